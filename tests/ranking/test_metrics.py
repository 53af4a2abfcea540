"""Measures against values worked by hand, and the evaluation on a log whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking import metrics
from ranking.evaluate import evaluate_ranking, render, split_by_time
from tests.ranking.cases import Row, tea, unit


def test_by_hand() -> None:
    ranked, relevant = ["a", "b", "c", "d"], ["b", "d", "z"]
    assert metrics.recall(ranked, relevant, 2) == pytest.approx(1 / 3)
    assert metrics.recall(ranked, relevant, 4) == pytest.approx(2 / 3)
    ideal = 1 + 1 / math.log2(3) + 0.5
    assert metrics.ndcg(ranked, relevant, 4) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
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


def log() -> list[Row]:
    """Two camps of 20 items; everyone likes 14 of their camp in turn."""
    rng = np.random.default_rng(0)
    rows = []
    for person in range(40):
        camp = "bg"[person % 2]
        for moment, n in enumerate(rng.permutation(20)[:14]):
            rows.append(Row(f"u{person}", f"{camp}{n}", "like", None, float(moment)))
    return rows


ITEMS = [tea(f"{camp}{n}") for camp in "bg" for n in range(20)]


def test_the_split_hides_the_future() -> None:
    split = split_by_time(log(), ITEMS, held_out=4, session=3, least=10)
    assert len(split.cases) == 40
    assert len(split.rows) == 40 * 10
    for case in split.cases:
        assert (len(case.relevant), len(case.session.liked), len(case.session.seen)) == (4, 3, 10)
        assert not set(case.relevant) & set(case.session.seen)
        assert case.session.liked == case.session.seen[-3:]
    assert split_by_time(log(), ITEMS, least=99).cases == ()


def test_behaviour_beats_popularity_where_people_differ() -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(40, 8)))
    split = split_by_time(log(), ITEMS, held_out=4, least=10)
    results = {r.name: r.measures for r in evaluate_ranking(ITEMS, vectors, log(), k=10, split=split)}
    assert list(results) == ["popularity", "similarity", "behaviour", "fused", "fused, diverse"]
    assert results["behaviour"]["recall@10"] == 1.0  # ten are left of the camp
    assert results["popularity"]["recall@10"] < 0.7
    assert results["fused"]["recall@10"] > results["popularity"]["recall@10"]
    table = render([*evaluate_ranking(ITEMS, vectors, log(), k=10, split=split)])
    assert len(table.splitlines()) == 6
