"""Exploration: its probabilities are what it says they are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.explore import POOL, explored

shares = st.floats(0, 0.9)
draws = st.floats(0, 1, exclude_max=True)


@given(st.integers(2, 8), st.integers(0, 30), shares, draws)
def test_only_the_last_place_changes_and_for_something_unknown(k: int, m: int, share: float, draw: float) -> None:
    greedy, unknown = list(range(k)), list(range(k - 1, k + m))
    shown = explored(greedy, unknown, share, draw)
    assert shown.order[:-1] == tuple(greedy[:-1])
    assert shown.order[-1] == greedy[-1] or shown.order[-1] in unknown[: POOL + 1]
    assert len(set(shown.order)) == k == len(shown.propensities)
    assert min(shown.propensities) >= min(1 - share, share / POOL if share else 1) - 1e-12


def test_what_is_logged_is_how_often_it_happens() -> None:
    steps, share = 4_000, 0.2
    seen = Counter(explored([0, 1], [5, 6, 7], share, n / steps).order[-1] for n in range(steps))
    logged = {explored([0, 1], [5, 6, 7], share, n / steps).order[-1]: n for n in range(steps)}
    for item, n in logged.items():
        propensity = explored([0, 1], [5, 6, 7], share, n / steps).propensities[-1]
        assert seen[item] / steps == pytest.approx(propensity, abs=0.001)
    assert set(seen) == {1, 5, 6, 7}


def test_nothing_unknown_nothing_explored() -> None:
    assert explored([0, 1], [1], 0.5, 0.0).propensities == (1.0, 1.0)


@pytest.mark.parametrize(("share", "draw"), [(1.0, 0.0), (-0.1, 0.0), (0.1, 1.0), (float("nan"), 0.1)])
def test_out_of_range(share: float, draw: float) -> None:
    with pytest.raises(ValueError, match=r"lie in \[0, 1\)"):
        explored([0, 1], [2], share, draw)
