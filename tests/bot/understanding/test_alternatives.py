"""Which values a message takes as alternatives, by its words and where values stand in them."""

from __future__ import annotations

import pytest

from bot.understanding.alternatives import alternatives, as_alternatives
from bot.understanding.reading import Op, Slot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker

NOUNS = ("film", "films", "movie", "product")


@pytest.fixture(scope="module")
def linkers(films: Catalogue, shop: Catalogue) -> dict[str, Linker]:
    return {"films": Linker(films), "shop": Linker(shop)}


@pytest.mark.parametrize(
    ("where", "text", "either"),
    [
        ("shop", "a red or blue dress", {"red", "blue"}),
        ("shop", "a red dress or a blue one", {"red", "blue"}),
        ("shop", "red/blue, size 8", {"red", "blue"}),
        ("shop", "in red, blue or green", {"red", "blue", "green"}),
        ("shop", "or green", {"green"}),
        ("shop", "black is fine too", {"black"}),
        ("shop", "red and blue", set()),
        ("shop", "a red, blue dress", set()),
        ("films", "a comedy or maybe a drama", {"comedy", "drama"}),
        ("films", "a comedy movie or something scary", {"comedy", "horror"}),
        ("films", "with Tom Hanks or Meg Ryan", {"Tom Hanks", "Meg Ryan"}),
        ("films", "a comedy with Tom Hanks", set()),
        ("films", "a comedy, and tell me or show me a drama", set()),
    ],
)
def test_values_joined_by_or_are_alternatives(
    linkers: dict[str, Linker], where: str, text: str, either: set[str]
) -> None:
    found = alternatives(text, linkers[where].scan_values(text), NOUNS)
    assert {value for _, value in found} == either


def test_only_what_is_wanted_becomes_one(linkers: dict[str, Linker]) -> None:
    slots = [Slot("color", "red", -1), Slot("color", "blue"), Slot("color", "green", 0, Op.REMOVE), Slot("size", "M")]
    marked = as_alternatives(slots, "no red or blue or green, size M", linkers["shop"], NOUNS)
    assert [s.either for s in marked] == [False, True, False, False]
