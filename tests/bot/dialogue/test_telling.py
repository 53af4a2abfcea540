"""How much a facet tells of taste: the variance between its values, corrected for how many they are."""

from __future__ import annotations

import numpy as np
import pytest

from bot.dialogue.telling import variance_between

CAMPS = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)  #: twenty items in two camps


def having(*values: str) -> dict[str, list[tuple[int, float]]]:
    shares: dict[str, list[tuple[int, float]]] = {}
    for position, value in enumerate(values):
        shares.setdefault(value, []).append((position, 1.0))
    return shares


def test_values_that_are_the_camps_explain_everything_and_values_across_them_nothing() -> None:
    assert variance_between(having(*"a" * 10, *"b" * 10), CAMPS) == pytest.approx(1.0)
    assert variance_between(having(*"ab" * 10), CAMPS) == 0.0


def test_many_values_gain_nothing_by_being_many() -> None:
    places = np.random.default_rng(1).normal(size=(400, 8))
    assert variance_between(having(*(str(i % 50) for i in range(400))), places) < 0.02
    assert variance_between(having(*(str(i) for i in range(400))), places) == 0.0


def test_items_of_two_values_count_half_for_each_and_unknown_places_take_no_part() -> None:
    mixed = {"a": [(i, 0.5) for i in range(20)], "b": [(i, 0.5) for i in range(20)]}
    assert variance_between(mixed, CAMPS) == 0.0
    unknown = np.vstack([CAMPS, np.full((20, 2), np.nan)])
    assert variance_between(having(*"a" * 10, *"b" * 10, *"ab" * 10), unknown) == pytest.approx(1.0)
    assert variance_between(having(*"ab" * 10), np.full((20, 2), np.nan)) == 0.0
