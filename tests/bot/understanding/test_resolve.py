"""Copied words -> slots: linking, moving between slots, force, op, relative."""

from __future__ import annotations

import time

import pytest

from bot.understanding.reading import Force, Intent, MessageInContext, Op, Relative, Request, ShownItem, Slot
from bot.understanding.resolve import Resolver, project
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker


@pytest.fixture(scope="module")
def resolver(films: Catalogue) -> Resolver:
    return Resolver(films, Linker(films), lambda: 2026)


def one(
    resolver: Resolver, text: str, *raw: tuple[str, str, int], shown: tuple[ShownItem, ...] = ()
) -> tuple[Slot, ...]:
    slots = [RawSlot(slot, value, 1 if polarity > 0 else -1 if polarity < 0 else 0) for slot, value, polarity in raw]
    return resolver.resolve(Intent.RECOMMEND, slots, MessageInContext(text, (), shown))[1]


def test_item_gets_its_id_and_title(resolver: Resolver, films: Catalogue) -> None:
    (slot,) = one(resolver, "like heat 1995", ("item", "heat 1995", 1))
    assert (slot.value, slot.known, slot.said, slot.force) == ("Heat", True, "heat 1995", Force.MUST)
    assert films.by_id[slot.item_id or ""].title == "Heat"


def test_item_not_carried_stays_as_typed(resolver: Resolver) -> None:
    (slot,) = one(resolver, "like paw patrol (2013)", ("item", "paw patrol (2013)", 1))
    assert (slot.value, slot.known, slot.item_id) == ("Paw Patrol", False, None)


def test_item_by_position(resolver: Resolver, films: Catalogue) -> None:
    shown = tuple(ShownItem(i.id, i.title) for i in films.items if i.title in {"Heat", "Inception"})
    (slot,) = one(resolver, "the second one", ("item", "the second one", 1), shown=shown)
    assert slot.item_id == shown[1].id


@pytest.mark.parametrize(
    ("raw", "slot", "values"),
    [
        (("item", "Tom Hanks", 1), "person", ["Tom Hanks"]),
        (("item", "horror", 1), "genre", ["horror"]),
        (("person", "inception", 1), "item", ["Inception"]),
        (("about", "scary", 1), "genre", ["horror"]),
        (("genre", "rom-com", 1), "genre", ["romance", "comedy"]),
        (("genre", "superhero", 1), "about", ["superhero"]),  # genres are a closed list
        (("person", "leo dicaprio", 1), "person", ["Leonardo DiCaprio"]),
        (("year", "recent", 1), "about", ["recent"]),
        (("about", "funnier", 1), "about", ["funnier"]),
    ],
)
def test_words_find_their_slot(resolver: Resolver, raw: tuple[str, str, int], slot: str, values: list[str]) -> None:
    assert [(s.slot, s.value) for s in one(resolver, f"I want {raw[1]}", raw)] == [(slot, v) for v in values]


def test_not_carried_is_said(resolver: Resolver) -> None:
    assert [s.known for s in one(resolver, "in Frisian", ("language", "Frisian", 1))] == [False]
    assert [s.known for s in one(resolver, "with Zoltan Bartha", ("person", "Zoltan Bartha", 1))] == [False]


@pytest.mark.parametrize(
    ("text", "raw", "force"),
    [
        ("I love comedies", ("genre", "comedies", 1), Force.PREFER),
        ("I'm a fan of comedies", ("genre", "comedies", 1), Force.PREFER),
        ("preferably a comedy", ("genre", "comedy", 1), Force.PREFER),
        ("a comedy please", ("genre", "comedy", 1), Force.MUST),
        ("I'm looking for comedy", ("genre", "comedy", 1), Force.MUST),
        ("something with Al Pacino", ("person", "Al Pacino", 1), Force.MUST),
        ("I don't like comedies", ("genre", "comedies", -1), Force.MUST),
        ("from the 80s", ("year", "80s", 1), Force.MUST),
    ],
)
def test_force(resolver: Resolver, text: str, raw: tuple[str, str, int], force: Force) -> None:
    assert [s.force for s in one(resolver, text, raw)] == [force]


@pytest.mark.parametrize(
    ("text", "raw", "op"),
    [
        ("forget that I said no horror", ("genre", "horror", 0), Op.REMOVE),
        ("it doesn't have to be a comedy", ("genre", "comedy", 1), Op.SOFTEN),
        ("horror instead", ("genre", "horror", 1), Op.REPLACE),
        ("a comedy", ("genre", "comedy", 1), Op.ADD),
    ],
)
def test_op(resolver: Resolver, text: str, raw: tuple[str, str, int], op: Op) -> None:
    assert [s.op for s in one(resolver, text, raw)] == [op]


def test_relative(resolver: Resolver) -> None:
    (slot,) = one(resolver, "something newer", ("about", "newer", 1))
    assert slot.relative == Relative("year", "more", None)
    (slot,) = one(resolver, "older than Heat", ("about", "older", 1))
    assert slot.relative is not None
    assert (slot.relative.direction, slot.relative.item is not None) == ("less", True)
    assert resolver.comparative_value("funnier") == ("genre", "comedy")


def test_no_preference_is_nothing_avoided(resolver: Resolver) -> None:
    assert one(resolver, "no preference", ("about", "preference", -1)) == ()


def test_seen(resolver: Resolver) -> None:
    assert one(resolver, "I've already seen Heat", ("item", "Heat", 0))[0].seen
    assert not one(resolver, "I have never seen Heat", ("item", "Heat", 0))[0].seen
    assert not one(resolver, "have you seen Heat?", ("item", "Heat", 0))[0].seen


def test_request_about_us_leaves_no_slots(resolver: Resolver) -> None:
    message = MessageInContext("start over")
    assert resolver.resolve(Intent.OTHER, (), message) == (Intent.HELP, (), Request.START_OVER)


def test_projection() -> None:
    slots = (
        Slot("year", (1980.0, None)),
        Slot("price", (12.5, 20.0)),
        Slot("genre", "horror", 1, Op.REMOVE),
        Slot("item", "Heat", -1),
    )
    assert project(slots) == [
        {"slot": "year", "value": [1980, None], "polarity": 1},
        {"slot": "price", "value": [12.5, 20], "polarity": 1},
        {"slot": "genre", "value": "horror", "polarity": 0},
        {"slot": "item", "value": "Heat", "polarity": -1},
    ]


@pytest.mark.parametrize("typed", ["last 15 yrs", "the last fifteen years", "past 15 years"])
def test_a_need_that_is_a_span_of_years_is_one(resolver: Resolver, typed: str) -> None:
    (slot,) = one(resolver, f"like {typed}", ("about", typed, 1))
    assert (slot.slot, slot.value) == ("year", (2011.0, None))


def test_what_is_asked_beyond_a_closed_list_is_a_need(resolver: Resolver) -> None:
    (slot,) = one(resolver, "some zydeco please", ("genre", "zydeco", 1))
    assert (slot.slot, slot.value) == ("about", "zydeco")


@pytest.mark.parametrize(("polarity", "slot"), [(1, "color"), (-1, "about")])
def test_an_open_list_has_values_not_carried_unless_they_are_refused(shop: Catalogue, polarity: int, slot: str) -> None:
    (found,) = one(Resolver(shop, Linker(shop), lambda: 2026), "in zydeco", ("color", "zydeco", polarity))
    assert (found.slot, found.value, found.polarity) == (slot, "zydeco", polarity)


def test_a_correction_stands_in_the_place_of_what_it_corrects(resolver: Resolver) -> None:
    text = "comedy, no, scratch that, a horror"
    assert [(s.value, s.op) for s in one(resolver, text, ("genre", "comedy", 1), ("genre", "horror", 1))] == [
        ("horror", Op.REPLACE)
    ]


@pytest.mark.parametrize(
    ("text", "said", "ranges"),
    [
        ("under 90 minutes, ok 100 min max", ("under 90 minutes", "100 min max"), [(None, 100.0)]),
        ("over 90 minutes, under 120 minutes", ("over 90 minutes", "under 120 minutes"), [(90.0, 120.0)]),
    ],
)
def test_of_two_limits_on_one_side_the_last_holds(
    resolver: Resolver, text: str, said: tuple[str, ...], ranges: list[tuple[float | None, float | None]]
) -> None:
    assert [s.value for s in one(resolver, text, *(("runtime", words, 1) for words in said))] == ranges


@pytest.mark.parametrize(
    ("text", "polarities"),
    [
        ("loved Heat and Jaws", [1, 1]),
        ("Heat and Jaws were boring", [-1, -1]),
        ("hated Heat, loved Jaws", [-1, 1]),
        ("is Heat or Jaws good?", [0, 0]),
    ],
)
def test_the_words_around_a_list_are_said_of_its_items(resolver: Resolver, text: str, polarities: list[int]) -> None:
    assert [s.polarity for s in one(resolver, text, ("item", "Heat", 0), ("item", "Jaws", 0))] == polarities


def test_plain_words_copied_as_a_title_are_a_need_or_nothing(resolver: Resolver) -> None:
    assert one(resolver, "one sec", ("item", "one sec", 1)) == ()
    assert [s.slot for s in one(resolver, "got clowns", ("item", "clowns", 1))] == ["about"]


def test_a_copy_too_long_for_a_name_is_none_but_may_list_some(resolver: Resolver) -> None:
    assert one(resolver, "zorko " * 100, ("item", "Zorko " * 100, 1)) == ()
    titles = ", ".join(["Heat", "Jaws", "Alien", "Fargo"] * 20)
    assert {s.value for s in one(resolver, titles, ("item", titles, 1))} == {"Heat", "Jaws", "Alien", "Fargo"}


@pytest.mark.parametrize("piece", ["I ", "n't ", "my ", "\n", "and ", "no, ", "1 and 2 ", "that one ", "really not "])
@pytest.mark.parametrize("named", ["Heat", "", "zorko"])
def test_no_message_is_slow_to_resolve(resolver: Resolver, films: Catalogue, piece: str, named: str) -> None:
    shown = tuple(ShownItem(i.id, i.title) for i in films.items[:5])
    text = (piece * 2_000)[: 2_000 - len(named)] + named
    message = MessageInContext(text, ("Have you seen Heat?", text), shown)
    raw = [RawSlot("item", named or text, 0), RawSlot("person", piece.strip() or "x", 1), RawSlot("about", text, 1)]
    assert min(_seconds(resolver, raw, message) for _ in range(3)) < 0.15  # 0.05 here; a wide bound for slow machines


def _seconds(resolver: Resolver, raw: list[RawSlot], message: MessageInContext) -> float:
    start = time.process_time()
    resolver.resolve(Intent.FEEDBACK, raw, message)
    return time.process_time() - start


def test_what_a_refusal_is_set_against_is_wanted(resolver: Resolver) -> None:
    for text, polarity in [
        ("scary but not gory", 1),
        ("scary, no gore", 1),
        ("not scary but not dull", -1),
        ("scary", -1),
    ]:
        assert [s.polarity for s in one(resolver, text, ("genre", "horror", -1))] == [polarity]


def test_a_name_that_was_taken_for_a_need_is_a_name(resolver: Resolver) -> None:
    (slot,) = one(resolver, "NO DE NIRO", ("about", "DE NIRO", -1))
    assert (slot.slot, slot.value, slot.polarity) == ("person", "Robert De Niro", -1)
    assert [s.slot for s in one(resolver, "a true story", ("about", "true story", 1))] == ["about"]


def test_a_facet_that_does_not_matter_is_lifted(resolver: Resolver) -> None:
    for text in ("any genre", "the genre doesn't matter"):
        assert [(s.slot, s.op) for s in one(resolver, text)] == [("genre", Op.REMOVE)]
    assert [s.slot for s in one(resolver, "any film")] == []
    (kept,) = one(resolver, "any genre but horror", ("genre", "horror", -1))
    assert (kept.value, kept.polarity, kept.op) == ("horror", -1, Op.ADD)


def test_what_is_fine_after_all_is_lifted_and_required_by_nobody(resolver: Resolver) -> None:
    (slot,) = one(resolver, "horror is fine after all", ("genre", "horror", 1))
    assert (slot.polarity, slot.op) == (0, Op.REMOVE)


def test_maybe_but_not_necessarily_is_soft(resolver: Resolver) -> None:
    (soft,) = one(resolver, "maybe romance, but not necessarily", ("genre", "romance", 1))
    (hard,) = one(resolver, "maybe romance", ("genre", "romance", 1))
    assert (soft.force, hard.force) == (Force.PREFER, Force.MUST)


def test_over_a_number_is_a_limit_after_a_refusal(resolver: Resolver) -> None:
    for text, raw, expected in [
        ("I don't want to go over 120 minutes", ("runtime", "over 120 minutes", 1), ((None, 120.0), 1)),
        ("over 120 minutes", ("runtime", "over 120 minutes", 1), ((120.0, None), 1)),
        ("nothing over 120 minutes", ("runtime", "over 120 minutes", -1), ((None, 120.0), 1)),
    ]:
        assert [(s.value, s.polarity) for s in one(resolver, text, raw)] == [expected]
