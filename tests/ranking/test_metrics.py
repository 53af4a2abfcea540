"""Measures against values worked by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking import metrics
from tests.ranking.cases import unit


def test_by_hand() -> None:
    ranked, relevant = ["a", "b", "c", "d"], ["b", "d", "z"]
    assert metrics.recall(ranked, relevant, 2) == pytest.approx(1 / 3)
    assert metrics.recall(ranked, relevant, 4) == pytest.approx(2 / 3)
    ideal = 1 + 1 / math.log2(3) + 0.5
    assert metrics.ndcg(ranked, relevant, 4) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert metrics.precision(ranked, relevant, 4) == 0.5
    assert metrics.f1(ranked, relevant, 4) == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    assert metrics.f1(ranked, ["z"], 4) == 0
    assert metrics.rmse([3.0, 4.0], [4.0, 4.0]) == pytest.approx(0.5**0.5)
    assert metrics.reciprocal_rank(ranked, relevant) == 0.5
    assert metrics.reciprocal_rank(ranked, ["z"]) == 0
    assert metrics.intra_list_distance(unit([[1, 0], [-1, 0]])) == pytest.approx(1)
    assert metrics.intra_list_distance(unit([[1, 0], [0, 1], [1, 0]])) == pytest.approx(1 / 3)
    assert metrics.coverage([["a"], ["a", "b"]], "abcd") == 0.5
    assert metrics.novelty(["a", "b"], {"a": 3}, 3) == pytest.approx(1.0)


def test_undefined_is_nan() -> None:
    values = [metrics.recall(["a"], [], 1), metrics.ndcg(["a"], [], 1), metrics.reciprocal_rank(["a"], [])]
    values += [metrics.intra_list_distance(unit([[1, 0]])), metrics.coverage([], []), metrics.novelty([], {}, 1)]
    assert all(math.isnan(value) for value in values)


@given(st.permutations("abcdefgh"), st.sets(st.sampled_from("abcdefgh"), min_size=1), st.integers(1, 8))
def test_bounds_and_the_best_list(ranked: list[str], relevant: set[str], k: int) -> None:
    best = sorted(ranked, key=lambda item: item not in relevant)
    assert 0 <= metrics.ndcg(ranked, relevant, k) <= metrics.ndcg(best, relevant, k) + 1e-12
    assert metrics.ndcg(best, relevant, k) == pytest.approx(1)
    assert 0 <= metrics.recall(ranked, relevant, k) <= 1
