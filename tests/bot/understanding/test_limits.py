"""Limits and ages, copied whole, in part or as a need: the range that is wished, whoever copied what."""

from __future__ import annotations

from typing import Literal

import pytest

from bot.understanding.ages import ages
from bot.understanding.reading import Intent, MessageInContext, Slot
from bot.understanding.resolve import Resolver
from bot.understanding.rules import RuleReader
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker

NOW = 2026


@pytest.fixture(scope="module")
def resolver(films: Catalogue) -> Resolver:
    return Resolver(films, Linker(films), lambda: NOW)


def read(resolver: Resolver, text: str, *raw: RawSlot) -> list[Slot]:
    return list(resolver.resolve(Intent.RECOMMEND, raw, MessageInContext(text))[1])


LIMITS = [
    ("nothing before 2000", "year", ("nothing before 2000", "before 2000", "2000"), (2000, None)),
    ("no films before 2000", "year", ("no films before 2000", "before 2000", "2000"), (2000, None)),
    ("not before 1990", "year", ("not before 1990", "before 1990", "1990"), (1990, None)),
    ("nothing after 1970", "year", ("nothing after 1970", "after 1970", "1970"), (None, 1970)),
    ("no older than 2010", "year", ("no older than 2010", "older than 2010", "2010"), (2010, None)),
    ("something newer than 2010", "year", ("newer than 2010", "2010"), (2011, None)),
    ("nothing older than 10 years", "year", ("nothing older than 10 years", "10 years"), (2016, None)),
    ("not more than 5 years old", "year", ("more than 5 years old", "5 years old"), (2021, None)),
    ("not longer than 100 min", "runtime", ("not longer than 100 min", "longer than 100 min", "100"), (None, 100)),
    ("no more than 2 hours", "runtime", ("no more than 2 hours", "more than 2 hours", "2 hours"), (None, 120)),
    ("nothing over 2 hours", "runtime", ("nothing over 2 hours", "over 2 hours", "2 hours"), (None, 120)),
    ("i don't want anything over 2 hours", "runtime", ("over 2 hours", "2 hours"), (None, 120)),
    ("not under 2 hours", "runtime", ("not under 2 hours", "under 2 hours", "2 hours"), (120, None)),
    ("i have 90 minutes", "runtime", ("i have 90 minutes", "90 minutes"), (None, 90)),
    ("i only have about 90 minutes", "runtime", ("about 90 minutes", "90 minutes"), (None, 90)),
]


@pytest.mark.parametrize("sign", [1, -1, 0])
@pytest.mark.parametrize(("text", "slot", "forms", "expected"), LIMITS)
def test_a_limit_is_what_is_wished_whatever_of_it_was_copied(
    resolver: Resolver,
    text: str,
    slot: str,
    forms: tuple[str, ...],
    expected: tuple[float | None, float | None],
    sign: Literal[-1, 0, 1],
) -> None:
    for form in forms:
        (found,) = read(resolver, text, RawSlot(slot, form, sign))
        assert (found.slot, found.value, found.polarity) == (slot, expected, 1), form


@pytest.mark.parametrize(("text", "slot", "forms", "expected"), LIMITS)
def test_the_rules_read_the_same_limit(
    resolver: Resolver, films: Catalogue, text: str, slot: str, forms: tuple[str, ...], expected: tuple[float, float]
) -> None:
    raw = RuleReader(films, Linker(films), lambda: NOW).read_raw(MessageInContext(text))
    assert [(s.slot, s.value, s.polarity) for s in read(resolver, text, *raw.slots)] == [(slot, expected, 1)], forms


@pytest.mark.parametrize("form", ["older than 10 years", "nothing older than 10 years"])
def test_an_age_of_things_taken_for_a_need_is_a_limit(resolver: Resolver, form: str) -> None:
    signs: tuple[Literal[-1, 1], ...] = (1, -1)
    for sign in signs:
        (found,) = read(resolver, "nothing older than 10 years", RawSlot("about", form, sign))
        assert (found.slot, found.value, found.polarity) == ("year", (2016, None), 1)


@pytest.mark.parametrize("form", ["from the 80s", "80s"])
def test_a_span_with_two_ends_stays_refused(resolver: Resolver, form: str) -> None:
    signs: tuple[Literal[-1, 0, 1], ...] = (1, -1, 0)
    for sign in signs:
        (found,) = read(resolver, "nothing from the 80s", RawSlot("year", form, sign))
        assert (found.value, found.polarity) == ((1980, 1989), -1)


def test_what_else_is_refused_turns_no_limit_round(resolver: Resolver) -> None:
    (found,) = read(resolver, "not horror, after 2000", RawSlot("year", "after 2000", 1))
    assert (found.value, found.polarity) == ((2001, None), 1)


def test_two_limits_that_can_both_hold_are_one_range(resolver: Resolver) -> None:
    text = "nothing before 1950 and nothing after 1970"
    apart = "before 1970 or after 1990"
    both = read(resolver, text, RawSlot("year", "before 1950", -1), RawSlot("year", "after 1970", -1))
    assert [s.value for s in both] == [(1950, 1970)]
    either = read(resolver, apart, RawSlot("year", "before 1970", 1), RawSlot("year", "after 1990", 1))
    assert [s.value for s in either] == [(None, 1969), (1991, None)]


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("movie for 5 year old", [("runtime", "5"), ("about", "5 year old"), ("item", "5 year old")]),
        ("for kids under 8, no scary bits", [("runtime", "under 8"), ("genre", "kids under 8"), ("year", "8")]),
        ("suitable for a 10 year old?", [("runtime", "10"), ("item", "10"), ("about", "for a 10 year old")]),
        ("something for my 6 yo", [("item", "6"), ("about", "for my 6 yo")]),
        ("my kids are 4 and 7", [("item", "4"), ("item", "7"), ("runtime", "4 and 7")]),
    ],
)
def test_a_childs_age_is_what_is_for_kids(resolver: Resolver, text: str, copied: list[tuple[str, str]]) -> None:
    for slot, value in copied:
        assert [(s.slot, s.value, s.polarity) for s in read(resolver, text, RawSlot(slot, value, 1))] == [
            ("genre", "children", 1)
        ], (slot, value)


@pytest.mark.parametrize("slot", ["runtime", "year", "item", "genre"])
def test_an_older_age_is_a_need(resolver: Resolver, slot: str) -> None:
    (found,) = read(resolver, "movie for a 12 year old", RawSlot(slot, "12", 1))
    assert (found.slot, found.value) == ("about", "for a 12 year old")


@pytest.mark.parametrize(
    "text", ["a 20 year old film", "more than 5 years old", "i liked 10", "kids in the 80s", "under 90 minutes"]
)
def test_what_is_nobodys_age(text: str) -> None:
    assert ages(text, {"film", "films"}) == ()


def test_a_number_that_is_a_title_stays_one(resolver: Resolver) -> None:
    (found,) = read(resolver, "i loved 300", RawSlot("item", "300", 1))
    assert found.slot == "item"
