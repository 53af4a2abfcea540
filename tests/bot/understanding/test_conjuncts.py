"""The second of two titles: what is joined to a title that was read is spoken of in the same way."""

from __future__ import annotations

import pytest

from bot.understanding.conjuncts import with_conjuncts
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker


@pytest.fixture(scope="module")
def linker(films: Catalogue) -> Linker:
    return Linker(films)


@pytest.mark.parametrize(
    ("text", "read", "titles"),
    [
        ("Alien and The Thing: loved every minute", "Alien", ["Alien", "The Thing"]),
        ("Alien and The Thing: loved every minute", "The Thing", ["The Thing", "Alien"]),
        ("I loved Toy Story, Jurassic Park and Heat", "Toy Story", ["Toy Story", "Jurassic Park", "Heat"]),
        ("I loved Toy Story, but Heat is dull", "Toy Story", ["Toy Story"]),
        ("Alien beats The Thing", "Alien", ["Alien"]),
        ("Toy Story (1995) and Jurassic Park", "Toy Story", ["Toy Story", "Jurassic Park"]),
    ],
)
def test_what_is_joined_comes_along(linker: Linker, text: str, read: str, titles: list[str]) -> None:
    found = with_conjuncts([RawSlot("item", read, 1)], text, linker.scan)
    assert [raw.value for raw in found] == titles
    assert {raw.polarity for raw in found} == {1}


@pytest.mark.parametrize(
    ("read", "titles"),
    [
        ("The Terminator: loved every minute", ["The Terminator"]),
        ("Knocked Up over and over", ["Knocked Up"]),
        ("Dude, Where's My Car?, Legends of the Fall", ["Dude, Where's My Car", "Legends of the Fall"]),
        ("Toy Story and Heat were great fun", ["Toy Story", "Heat"]),
        ("Heat Wave", ["Heat Wave"]),
        ("Toy Story 9", ["Toy Story 9"]),
        ("heat wave", ["heat wave"]),
        ("the one with Heat", ["the one with Heat"]),
        ("Toy Story beats Heat", ["Toy Story beats Heat"]),
    ],
)
def test_an_item_is_cut_to_its_titles(linker: Linker, read: str, titles: list[str]) -> None:
    found = with_conjuncts([RawSlot("item", read, -1)], f"so {read} it was", linker.scan)
    assert [raw.value for raw in found] == titles
    assert {raw.polarity for raw in found} == {-1}


def test_nothing_comes_along_with_a_value(linker: Linker) -> None:
    raw = [RawSlot("genre", "drama", 1)]
    assert with_conjuncts(raw, "drama and Heat", linker.scan) == raw
