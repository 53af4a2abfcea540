"""Exploration: its probabilities are what it says they are, and it never leaves what may be shown."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.explore import POOL, Exploring, explored
from ranking.fusion import FusionWeights, Ranker
from ranking.request import Floats, Group, RankingRequest
from tests.ranking.cases import request

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


SIGNALS = ("one", "two", "three")
weights = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda given: sum(given) > 0.1)
tables = st.lists(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=3, max_size=3), min_size=3, max_size=14)


@dataclass(frozen=True)
class Given:
    """A signal that says what it was told, by item id."""

    name: str
    values: dict[str, float]
    group: Group = "S"

    def score(self, request: RankingRequest, /) -> Floats:
        return np.array([self.values[item] for item in request.ids], dtype=np.float32)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


def ranker(table: list[list[float]], shares_of: list[float]) -> Ranker:
    signals = [Given(name, {f"t{n:03}": row[m] for n, row in enumerate(table)}) for m, name in enumerate(SIGNALS)]
    return Ranker(signals, FusionWeights({}, dict(zip(SIGNALS, shares_of, strict=True)), 0.8))


@given(tables, weights, draws, st.floats(0.01, 0.5), st.randoms(use_true_random=False))
def test_a_list_explores_within_its_candidates_whatever_their_order(
    table: list[list[float]], shares_of: list[float], draw: float, share: float, rng: random.Random
) -> None:
    ids = [f"t{n:03}" for n in range(len(table))]
    unknown, late = frozenset(ids[::2]), frozenset(ids[:3])
    asked = request(len(table), k=4, passed_over=late, exploring=Exploring(share, draw, unknown))
    rows = list(range(len(table)))
    rng.shuffle(rows)
    other = replace(asked, items=tuple(asked.items[n] for n in rows), vectors=asked.vectors[rows])
    by = ranker(table, shares_of)
    shown, greedy = by.rank(asked), by.rank(replace(asked, exploring=None))
    assert shown == by.rank(other)
    assert [place.id for place in shown.items[:-1]] == [place.id for place in greedy.items[:-1]]
    last = shown.items[-1].id
    assert last == greedy.items[-1].id or last in unknown - late
    if shown.rivals:
        assert sum(rival.propensity for rival in shown.rivals) == pytest.approx(1)
        assert {rival.id: rival.propensity for rival in shown.rivals}[last] == shown.propensities[-1]
        assert all(set(rival.features) == set(SIGNALS) for rival in shown.rivals)


def test_what_counts_for_nothing_is_logged_where_the_list_explores() -> None:
    table = [[1.0, 0.5, 0.0], [0.5, 0.0, 1.0], [0.0, 1.0, 0.5]]
    asked = request(3, k=2)
    by = ranker(table, [1.0, 0.0, 0.0])
    assert by.rank(asked).items[0].features == {"one": 1.0}
    explored_one = by.rank(replace(asked, exploring=Exploring(0.1, 0.0, frozenset({"t002"}))))
    assert [place.id for place in explored_one.items] == ["t000", "t002"]
    assert explored_one.items[1].features == {"one": 0.0, "two": 1.0, "three": 0.5}
    assert explored_one.propensities == (1.0, 0.1)
