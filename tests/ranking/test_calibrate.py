"""Calibrated lists, and who is shown."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.calibrate import calibrated, miscalibration, shares_of
from ranking.exposure import by_activity, by_group, gap, gini, head_of, long_tail_share

ONE_HOT = np.eye(2)


def test_seven_dramas_three_comedies() -> None:
    genres = np.array([ONE_HOT[0]] * 10 + [ONE_HOT[1]] * 10)
    scores = [1 - n / 100 for n in range(20)]
    target = np.array([0.7, 0.3])
    plain = calibrated(range(20), scores, genres, target, 10, 0.0)
    fair = calibrated(range(20), scores, genres, target, 10, 0.8)
    assert plain == list(range(10))
    assert shares_of(genres[fair]) == pytest.approx([0.7, 0.3])
    assert [n for n in fair if n < 10] == list(range(7))  # within a genre the best come first
    assert miscalibration(target, shares_of(genres[fair])) == pytest.approx(0)
    assert miscalibration(target, shares_of(genres[plain])) > 1


def test_nothing_known_changes_nothing() -> None:
    assert calibrated([2, 0, 1], [0.1] * 3, np.ones((3, 2)), np.zeros(2), 2, 0.9) == [2, 0]


def test_items_without_categories_never_break_it() -> None:
    genres = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert sorted(calibrated(range(3), [0.9, 0.8, 0.7], genres, np.array([0.5, 0.5]), 3, 0.5)) == [0, 1, 2]


def test_a_weight_out_of_range() -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        calibrated([0], [1.0], np.ones((1, 1)), np.ones(1), 1, 1.5)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2)), min_size=1, max_size=6), st.floats(0.05, 1))
def test_greedy_is_near_the_best_list(items: list[tuple[float, int]], weight: float) -> None:
    scores = [score for score, _ in items]
    genres = np.eye(3)[[genre for _, genre in items]]
    target, k = np.array([0.5, 0.3, 0.2]), min(3, len(items))

    def worth(chosen: tuple[int, ...] | list[int]) -> float:
        rows = list(chosen)
        return (1 - weight) * sum(scores[n] for n in rows) - weight * miscalibration(target, shares_of(genres[rows]))

    order = sorted(range(len(items)), key=lambda n: -scores[n])
    greedy = worth(calibrated(order, scores, genres, target, k, weight))
    best = max(worth(list(p)) for p in permutations(range(len(items)), k))
    worst = -weight * math.log2(100)  # the divergence is at most log2(1 / smoothing)
    assert greedy - worst >= (1 - 1 / math.e) * (best - worst) - 1e-9


def test_the_head_has_four_fifths() -> None:
    assert head_of({"a": 60, "b": 20, "c": 10, "d": 10}) == {"a", "b"}
    assert head_of({}) == frozenset()


def test_tail_and_inequality() -> None:
    assert long_tail_share([["a", "c"], ["a", "b"], []], {"a", "b"}) == 0.25
    assert gini([["a"], ["b"]], ["a", "b"]) == 0
    assert gini([["a"], ["a"]], ["a", "b", "c", "d"]) == 0.75
    assert math.isnan(gini([], ["a"]))
    assert math.isnan(long_tail_share([], {"a"}))


def test_groups_are_measured_apart() -> None:
    groups = by_group({"u": 0.2, "v": 0.4, "w": 0.1, "x": math.nan}, {"u": "old", "v": "old", "w": "new", "x": "new"})
    assert [(g.name, g.people) for g in groups] == [("new", 1), ("old", 2)]
    assert gap(groups) == pytest.approx(0.2)
    assert math.isnan(gap(groups[:1]))


def test_thirds_by_activity() -> None:
    names = by_activity({f"u{n}": n for n in range(9)})
    assert [list(names.values()).count(name) for name in sorted(set(names.values()))] == [3, 3, 3]
    assert names["u0"] < names["u8"]
    assert len(set(by_activity({"a": 5, "b": 5}).values())) == 1
