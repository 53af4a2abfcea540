"""Scores are the sums of their parts, with trees and without, and the few that are shown tell the same as all would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.request import Floats
from ranking.scoring import Scored, correction
from tests.ranking.test_learning import NAMES, TREES

COLUMNS = [*NAMES, "mute", "other"]


def scored(seed: int, n: int, trees: bool, weights: tuple[float, ...]) -> Scored:
    chance = np.random.default_rng(seed)
    scaled = chance.random((len(COLUMNS), n))
    raw: list[Floats] = [column.astype(np.float32) for column in scaled]
    raw[COLUMNS.index("mute")] = np.full(n, np.nan, dtype=np.float32)
    shares = np.array(weights) / (sum(weights) or 1.0)
    return Scored(raw, scaled, shares, correction(TREES if trees else None, COLUMNS))


@given(st.integers(0, 999), st.integers(1, 40), st.booleans(), st.tuples(*[st.floats(0, 1) for _ in COLUMNS]))
def test_parts_add_up_to_the_score(seed: int, n: int, trees: bool, weights: tuple[float, ...]) -> None:
    one = scored(seed, n, trees, weights)
    rows = list(range(n))
    assert one.parts(rows).sum(axis=0) == pytest.approx(one.totals, abs=1e-6)
    assert (one.totals >= -1e-9).all()
    assert (one.totals <= 1 + 1e-9).all()
    assert one.parts(rows[-1:])[:, 0] == pytest.approx(one.parts(rows)[:, -1], abs=1e-12)


def test_trees_change_the_scores() -> None:
    weights = tuple(1.0 for _ in COLUMNS)
    plain, corrected = (scored(1, 30, trees, weights).totals for trees in (False, True))
    assert np.abs(plain - corrected).max() > 0.01


def test_equal_candidates_have_equal_scores_wherever_they_stand() -> None:
    one = scored(2, 37, True, tuple(0.1 * n for n, _ in enumerate(COLUMNS, 1)))
    same = Scored(one.raw, np.repeat(one.scaled[:, :1], 37, axis=1), one.shares, one.correction)
    assert len(set(same.totals.tolist())) == 1
