"""Facets that do not matter: what lifts one, and what beside it does not."""

from __future__ import annotations

import time

import pytest

from bot.understanding.lifting import lifted

CALLED = {"brand": ("brand", "label"), "price": ("price",), "color": ("color", "colour")}


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("any brand", ("brand",)),
        ("any brand is fine", ("brand",)),
        ("ok, any label will do", ("brand",)),
        ("jeans in any colour please", ("color",)),
        ("doesn't matter which brand", ("brand",)),
        ("brand doesn't matter", ("brand",)),
        ("the colour does not matter", ("color",)),
        ("I don't care about the brand", ("brand",)),
        ("no preference on brand", ("brand",)),
        ("whatever price", ("price",)),
        ("any price range", ("price",)),
        ("brand doesn't matter, any colour", ("brand", "color")),
        ("any brand but Nike", ()),
        ("any brand, but not Nike", ()),
        ("any brand you recommend?", ()),
        ("any good brand", ()),
        ("many brands", ()),
        ("is there any brand like Nike", ()),
        ("the brand matters", ()),
        ("I care about the brand", ()),
        ("any jeans", ()),
    ],
)
def test_lifted(text: str, facets: tuple[str, ...]) -> None:
    assert lifted(text, CALLED) == facets


@pytest.mark.parametrize("unit", ["any ", "any brand ", "don't care about ", "the ", "brand ", " ", "about which "])
def test_long_messages_take_no_longer_than_they_are(unit: str) -> None:
    began = time.process_time()
    lifted((unit * 2000)[:2000], CALLED)
    assert time.process_time() - began < 0.05
