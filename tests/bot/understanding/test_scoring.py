"""Figures of a reader, compared with those computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bot.understanding.labels import Label
from bot.understanding.reading import Intent
from bot.understanding.scoring import Matcher, Pair, Tally, score
from retrieval.catalogue.item import Catalogue


@pytest.fixture(scope="module")
def matcher(films: Catalogue) -> Matcher:
    return Matcher(films)


# --- what counts as the same value


@pytest.mark.parametrize(
    ("slot", "gold", "read", "same"),
    [
        ("item", "The Martian", "martian", True),
        ("item", "Heat (1995)", "heat", True),
        ("item", "Ocean's Eleven", "Oceans Eleven", True),
        ("item", "Harry Potter and the Goblet of Fire", "Harry Potter", False),  # less than 60% of it
        ("person", "Leonardo DiCaprio", "Leonardo Di Caprio", True),
        ("person", "Robert De Niro", "Robert Duvall", False),
        ("genre", "comedy", "comedies", True),
        ("genre", "sci-fi", "fantasy", False),
        ("year", (1980.0, 1989.0), (1981.0, 1989.0), True),
        ("year", (1980.0, 1989.0), (1982.0, 1989.0), False),
        ("year", (1980.0, None), (1980.0, 1989.0), False),
        ("runtime", (None, 100.0), (None, 109.0), True),  # no year: a tenth
        ("runtime", (None, 100.0), (None, 111.0), False),
        ("about", "based on a true story", "a true story", True),
        ("about", "slow burn", "slow paced", True),  # half the words
        ("about", "mind-bending", "slow", False),
        ("about", "a movie", "a movie", False),  # nothing but words to pass over
    ],
)
def test_values_are_compared_by_the_kind_of_slot(matcher: Matcher, slot: str, gold: Any, read: Any, same: bool) -> None:
    assert matcher.equal(Label(slot, gold, 1), Label(slot, read, 1)) is same


def test_a_slot_read_counts_once_and_stance_counts_unless_ignored(matcher: Matcher) -> None:
    twice, once = [Label("item", "Heat", 1), Label("item", "Heat", 1)], [Label("item", "Heat", 1)]
    assert len(matcher.hits(twice, once)) == 1
    assert matcher.hits(once, [Label("item", "Heat", -1)]) == ()
    assert matcher.hits(once, [Label("item", "Heat", -1)], polarity=False) == tuple(once)
    assert matcher.hits(once, [Label("person", "Heat", 1)]) == ()


# --- figures


def pair(intent: str, gold: list[tuple[str, Any, int]], read_intent: str | None, read: list[Any]) -> Pair:
    labels, found = (tuple(Label(s, v, p) for s, v, p in slots) for slots in (gold, read))  # type: ignore[arg-type]
    return Pair(Intent(intent), labels, Intent(read_intent) if read_intent else None, found)


def test_the_figures_are_those_computed_by_hand(matcher: Matcher) -> None:
    pairs = [
        pair("greet", [], "greet", []),  # exact
        pair("recommend", [("genre", "comedy", 1), ("about", "slow", 1)], "recommend", [("genre", "comedy", 1)]),
        pair("recommend", [("item", "Heat", 1)], "feedback", [("item", "Heat", 0), ("about", "odd", 1)]),
        pair("ask", [("item", "Jaws", 0)], None, []),
        pair("recommend", [("year", (1980, 1989), 1)], "recommend", [("year", (1980, 1989), 1)]),  # exact
    ]
    found = score(pairs, matcher)
    assert (found.messages, found.intent_accuracy, found.exact) == (5, 0.6, 0.4)
    assert found.slots == Tally(hits=2, labelled=5, read=4)
    assert (found.slots.precision, found.slots.recall) == (0.5, 0.4)
    assert found.slots.f1 == pytest.approx(4 / 9)
    assert found.without_about == Tally(hits=2, labelled=4, read=3)
    assert found.ignoring_polarity == Tally(hits=3, labelled=5, read=4)
    assert found.per_slot == {
        "about": Tally(0, 1, 1),
        "genre": Tally(1, 1, 1),
        "item": Tally(0, 2, 1),
        "year": Tally(1, 1, 1),
    }
    assert dict(found.confusions) == {(Intent.RECOMMEND, Intent.FEEDBACK): 1, (Intent.ASK, None): 1}


def test_one_slot_too_many_is_not_exact(matcher: Matcher) -> None:
    heat = ("item", "Heat", 1)
    assert score([pair("ask", [heat], "ask", [heat])], matcher).exact == 1
    assert score([pair("ask", [heat], "ask", [heat, ("about", "odd", 1)])], matcher).exact == 0
    assert score([pair("ask", [heat, ("about", "odd", 1)], "ask", [heat])], matcher).exact == 0


def test_nothing_read_is_zero_not_an_error(matcher: Matcher) -> None:
    found = score([pair("greet", [], "other", [])], matcher)
    assert (found.slots.precision, found.slots.recall, found.slots.f1, found.exact) == (0.0, 0.0, 0.0, 0.0)
    assert found.intent_interval == (0.0, 0.0)


def test_intervals_hold_the_figure_and_are_the_same_every_time(matcher: Matcher) -> None:
    right = pair("recommend", [("item", "Heat", 1)], "recommend", [("item", "Heat", 1)])
    wrong = pair("ask", [("item", "Heat", 0)], "recommend", [("item", "Jaws", 0)])
    few, many = score([right, right, wrong] * 10, matcher), score([right, right, wrong] * 100, matcher)
    for one in (few, many):
        low, high = one.intent_interval
        assert low < one.intent_accuracy < high
        assert one.without_about_interval[0] < one.without_about.f1 < one.without_about_interval[1]
    assert few == score([right, right, wrong] * 10, matcher)
    width = few.intent_interval[1] - few.intent_interval[0]
    assert width == pytest.approx(2 * 1.96 * (2 / 9 / 30) ** 0.5, rel=0.15)  # the normal approximation's
    assert width > 2.5 * (many.intent_interval[1] - many.intent_interval[0])


# --- the file
