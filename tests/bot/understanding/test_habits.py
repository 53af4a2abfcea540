"""What is told as a habit or as "a bit more" is a soft wish; what is asked for stays a demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.reader import Reader
from bot.understanding.reading import Force, Intent, MessageInContext
from bot.wiring import wire_reader
from retrieval.catalogue.loader import load_catalogue

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def films() -> Reader:
    return wire_reader(load_catalogue(ROOT / "retrieval" / "films"), None)


@pytest.mark.parametrize(
    ("said", "force"),
    [
        ("I usually end up watching horror", Force.PREFER),
        ("westerns are my kind of thing", Force.PREFER),
        ("we mostly watch films from the 80s", Force.PREFER),
        ("a soft spot for Tom Hanks, that's me", Force.PREFER),
        ("comedy, if I had to pick", Force.PREFER),
        ("maybe with a bit more romance", Force.PREFER),
        ("more romance films please", Force.MUST),
        ("show me more westerns", Force.MUST),
        ("I want a horror film like the ones I usually watch", Force.MUST),
        ("films from the 80s with Tom Hanks", Force.MUST),
    ],
)
def test_force(films: Reader, said: str, force: Force) -> None:
    slots = [s for s in films.read(MessageInContext(said)).slots if s.slot not in ("item", "about")]
    assert slots
    assert {s.force for s in slots} == {force}


def test_a_verb_is_no_director_no_title_and_no_bargain(films: Reader) -> None:
    assert [s.slot for s in films.read(MessageInContext("i lean towards westerns")).slots] == ["genre"]
    assert films.read(MessageInContext("it just doesn't click with me")).slots == ()
    assert films.read(MessageInContext("I enjoyed Fargo a great deal")).intent is not Intent.ACCEPT
