"""Ratings foretold: who rates high and what is rated high is learned, on what lies before the window alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

from ranking.behaviour import Behaviour
from ranking.foretelling import FORETELLERS, Stars, rmse_by_name
from ranking.splitting import Window, windows
from tests.ranking.cases import Row

ITEMS = [f"t{n}" for n in range(12)]


@dataclass(frozen=True)
class Ready:
    window: Window

    @cached_property
    def behaviour(self) -> Behaviour:
        return Behaviour.fit(self.window.rows, ITEMS)


def log(people: int = 40) -> list[Row]:
    """Even people are strict, even teas good."""
    rng = np.random.default_rng(0)
    rows = []
    for person in range(people):
        for n, item in enumerate(rng.permutation(12)):
            stars = 2.5 + person % 2 + (0.5 if item % 2 == 0 else -0.5)
            rows.append(Row(f"u{person}", f"t{item}", None, stars, 1_000.0 * person + n))
    return rows


def test_who_knows_items_errs_less_than_who_knows_the_person() -> None:
    first, second = (Ready(window) for window in windows(log(), ITEMS, (0.3, 0.6, 1.0)))
    found = rmse_by_name([first], [second])
    assert set(found) == {one.name for one in FORETELLERS}
    assert found["person's mean"] == pytest.approx(0.5, abs=0.1)
    assert found["biases"] < 0.2
    assert found["chatalogue"] < 0.3
    assert found["item-kNN, residuals"] < 0.3


def test_biases_are_damped() -> None:
    (ready,) = (Ready(window) for window in windows(log(), ITEMS, (0.5, 1.0)))
    stars = Stars(ready)
    assert stars.mean == pytest.approx(3.0, abs=0.05)
    free, damped = stars.item_bias(0.0), stars.item_bias(20.0)
    assert free[0] == pytest.approx(0.5, abs=0.05)
    assert damped[0] == pytest.approx(0.25, abs=0.05)  # twenty raters, twenty at the mean
    assert free[1] < 0


def test_nothing_is_foretold_where_nobody_rates() -> None:
    likes = [Row(row.user, row.item, "like", None, row.timestamp) for row in log()]
    first, second = (Ready(window) for window in windows(likes, ITEMS, (0.3, 0.6, 1.0)))
    assert rmse_by_name([first], [second]) == {}
