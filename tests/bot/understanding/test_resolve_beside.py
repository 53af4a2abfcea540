"""What stands beside a copied word decides: a refusal that is part of a value's name, a count of something named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.reading import Intent, MessageInContext
from bot.understanding.resolve import Resolver
from bot.understanding.target import RawSlot
from retrieval.catalogue.loader import load_catalogue
from retrieval.linking import Linker


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    catalogue = load_catalogue(Path(__file__).resolve().parents[3] / "examples" / "restaurants")
    return Resolver(catalogue, Linker(catalogue), lambda: 2026)


@pytest.mark.parametrize(
    ("text", "raw", "slot"),
    [
        ("I eat no meat", RawSlot("dietary", "meat", -1), ("dietary", "vegetarian", 1)),
        ("I eat no meat", RawSlot("dietary", "no meat", -1), ("dietary", "vegetarian", 1)),
        ("no dairy please", RawSlot("dietary", "dairy", -1), ("dietary", "dairy-free", 1)),
        ("no vegan food", RawSlot("dietary", "vegan", -1), ("dietary", "vegan", -1)),
        ("room for us, at least 40 seats", RawSlot("price", "at least 40", 1), ("seats", (40.0, None), 1)),
        ("room for us, at least 40 seats", RawSlot("price", "at least 40 seats", 1), ("seats", (40.0, None), 1)),
        ("under 40 a head", RawSlot("price", "under 40", 1), ("price", (None, 40.0), 1)),
    ],
)
def test_what_stands_beside(resolver: Resolver, text: str, raw: RawSlot, slot: tuple[object, ...]) -> None:
    _, slots, _ = resolver.resolve(Intent.RECOMMEND, [raw], MessageInContext(text, (), ()))
    assert [(s.slot, s.value, s.polarity) for s in slots] == [slot]
