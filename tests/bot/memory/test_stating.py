"""Which words state a taste for good, and which wish for one list."""

from __future__ import annotations

import pytest

from bot.memory.stating import as_removal, stated, takes_back
from bot.understanding.reader import Reader
from bot.understanding.reading import Intent, MessageInContext, Op, Reading, Request, Slot
from bot.wiring import wire_reader
from retrieval.catalogue.item import Catalogue


@pytest.fixture(scope="module")
def reader(films: Catalogue) -> Reader:
    return wire_reader(films, None)


def slot(facet: str, value: object, polarity: int = 1, said: str = "", **how: object) -> Slot:
    return Slot(facet, value, polarity, said=said or str(value), **how)  # type: ignore[arg-type]


def heard(text: str, *slots: Slot, catalogue: Catalogue, request: Request | None = None) -> list[tuple[object, int]]:
    reading = Reading(Intent.RECOMMEND, slots, request)
    return [(s.value, s.sentiment) for s in stated(reading, text, catalogue)]


COMEDY, WESTERN, NO_HORROR = slot("genre", "comedy"), slot("genre", "western"), slot("genre", "horror", -1)


@pytest.mark.parametrize(
    ("text", "slots", "expected"),
    [
        ("I love comedy", (COMEDY,), [("comedy", 1)]),
        ("i really like comedy and western", (COMEDY, WESTERN), [("comedy", 1), ("western", 1)]),
        ("My favourite genre is western", (WESTERN,), [("western", 1)]),
        ("I'm a big fan of comedy", (COMEDY,), [("comedy", 1)]),
        ("I’ve always loved comedy", (COMEDY,), [("comedy", 1)]),
        ("I hate horror", (NO_HORROR,), [("horror", -1)]),
        ("I can’t stand horror", (NO_HORROR,), [("horror", -1)]),
        ("I don't like horror any more", (NO_HORROR,), [("horror", -1)]),
        ("I'm not a fan of horror", (NO_HORROR,), [("horror", -1)]),
        ("I love comedy but I hate horror", (COMEDY, NO_HORROR), [("comedy", 1), ("horror", -1)]),
        # wishes of the moment
        ("a comedy", (COMEDY,), []),
        ("I'd like a comedy", (COMEDY,), []),
        ("I want comedy", (COMEDY,), []),
        ("no horror", (NO_HORROR,), []),
        ("preferably comedy", (COMEDY,), []),
        ("something like comedy", (COMEDY,), []),
        ("I'd love comedy tonight", (COMEDY,), []),
        ("I like comedy tonight", (COMEDY,), []),
        ("I love comedy, a western please", (COMEDY, WESTERN), [("comedy", 1)]),
        ("I love comedy. western", (COMEDY, WESTERN), [("comedy", 1)]),
        ("I love comedy and want western", (COMEDY, WESTERN), [("comedy", 1)]),
        ("I love comedy, no horror", (COMEDY, NO_HORROR), [("comedy", 1)]),
        # what the words and the reading do not agree about
        ("I love horror", (NO_HORROR,), []),
        ("I love comedy", (slot("genre", "comedy", 1, op=Op.REMOVE),), []),
        # what is no value of the catalogue, or no facet
        ("I love jazz", (slot("genre", "jazz"),), []),
        ("I love trains", (slot("about", "trains"),), []),
        ("I love Heat", (slot("item", "Heat", item_id="heat-1995"),), []),
    ],
)
def test_what_states_a_taste(films: Catalogue, text: str, slots: tuple[Slot, ...], expected: list[object]) -> None:
    assert heard(text, *slots, catalogue=films) == expected


def test_numbers_can_be_a_taste_too(films: Catalogue) -> None:
    nineties = slot("year", (1990.0, 1999.0), 1, "the 90s")
    assert heard("I love the 90s", nineties, catalogue=films) == [((1990.0, 1999.0), 1)]
    assert heard("a film of the 90s", nineties, catalogue=films) == []


def test_the_evidence_is_the_part_that_says_so(films: Catalogue) -> None:
    reading = Reading(Intent.RECOMMEND, (COMEDY, WESTERN, NO_HORROR))
    said = {s.value: s.said for s in stated(reading, "Hi. I love comedy and western, but I hate  horror.", films)}
    assert said == {"comedy": "I love comedy", "western": "I love comedy and western", "horror": "I hate horror"}


def test_a_request_states_nothing(films: Catalogue) -> None:
    assert heard("what do you think, I love comedy?", COMEDY, catalogue=films, request=Request.SHOW_MEMORY) == []


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        ("forget that I like horror", True),
        ("please forget I love horror", True),
        ("don't remember that I like horror", True),
        ("delete my interest in horror", True),
        ("I like horror", False),
        ("forget horror", False),
        ("no horror", False),
    ],
)
def test_what_takes_a_taste_back(films: Catalogue, text: str, taken_back: bool) -> None:
    reading = Reading(Intent.RECOMMEND, (slot("genre", "Horror", 0), slot("about", "x")))
    assert takes_back(reading, text, films) == ((("genre", "horror"),) if taken_back else ())
    assert all(s.op is Op.REMOVE and s.polarity == 0 for s in as_removal(reading).slots)


@pytest.mark.parametrize(
    ("text", "sentiments"),
    [("I love comedies", {"comedy": 1}), ("I hate musicals", {"musical": -1}), ("a 90s comedy", {})],
)
def test_as_the_rules_read_it(reader: Reader, films: Catalogue, text: str, sentiments: dict[str, int]) -> None:
    found = stated(reader.read(MessageInContext(text)), text, films)
    assert {str(s.value): s.sentiment for s in found} == sentiments
