"""Diversity by likeness and by shares: laws that every way keeps, and what each is for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.calibrate import miscalibration, shares_of
from ranking.diversify import ENOUGH_LIKES, FEW, ByShares, Kind, by_dpp, by_mmr, diversity_by_name, version_mark
from ranking.metrics import intra_list_distance
from ranking.request import Session
from tests.ranking.cases import request, tea, teas, unit

TEAS = [tea(f"t{n:03}", kind=("green", "black")[n >= 30]) for n in range(60)]  # the best thirty are all green
CATALOGUE = teas(TEAS)
LIKED = Session(liked=tuple(f"t{n:03}" for n in (*range(3), *range(57, 60))))  # as many black ones
ALL: tuple[Kind, ...] = ("mmr", "dpp", "calibrated", "none")


@given(st.sampled_from(ALL), st.integers(1, 60), st.integers(1, 8), st.floats(0, 1))
def test_every_way_fills_the_list_and_invents_nothing(kind: Kind, n: int, k: int, relevance: float) -> None:
    way = diversity_by_name(kind, CATALOGUE)
    asked = replace(request(TEAS[:n]), session=LIKED)
    scores = np.linspace(1, 0, n, dtype=np.float32)
    chosen = way(range(n), scores, asked, k, relevance) if way else list(range(n))[:k]
    assert len(set(chosen)) == len(chosen) == min(n, k)
    assert set(chosen) <= set(range(n))
    assert way is None or way(range(n), scores, asked, k, 1.0) == list(range(min(n, k)))


def test_a_dpp_spreads_near_duplicates() -> None:
    vectors = unit([[1, 0, 0], [1, 0.01, 0], [1, 0, 0.01], [0, 1, 0], [0, 0, 1]])
    asked, scores = replace(request(5), vectors=vectors), np.array([0.9, 0.89, 0.88, 0.8, 0.79], dtype=np.float32)
    plain, spread = by_dpp(range(5), scores, asked, 3, 1.0), by_dpp(range(5), scores, asked, 3, 0.5)
    assert plain == [0, 1, 2]
    assert intra_list_distance(vectors[spread]) > intra_list_distance(vectors[plain])


def test_shares_of_the_likes_come_into_the_list() -> None:
    way, scores = ByShares.of(CATALOGUE), np.linspace(1, 0.5, 60, dtype=np.float32)
    asked = replace(request(TEAS), session=LIKED)
    target = shares_of(way.categories[[way.rows[item] for item in LIKED.liked]])

    def off(chosen: list[int]) -> float:
        return miscalibration(target, shares_of(way.categories[chosen]))

    plain, shared = way(range(60), scores, asked, 8, 1.0), way(range(60), scores, asked, 8, 0.5)
    assert off(shared) < 0.3
    assert off(plain) > 2


def test_few_likes_say_no_shares() -> None:
    way, scores = ByShares.of(CATALOGUE), np.linspace(1, 0.5, 60, dtype=np.float32)
    few = replace(request(TEAS), session=Session(liked=LIKED.liked[: ENOUGH_LIKES - 1]))
    a_little, whole = (by_mmr(range(60), scores, few, 8, strength) for strength in (1 - 0.5 * FEW, 0.5))
    assert way(range(60), scores, few, 8, 0.5) == a_little != whole
    assert way(range(60), scores, request(TEAS), 8, 0.5) == whole


def test_lists_of_different_ways_have_different_versions() -> None:
    marks = [version_mark(diversity_by_name(kind, CATALOGUE)) for kind in ALL]
    assert len(set(marks)) == len(marks)
    assert marks[0] == ""


@pytest.mark.parametrize("kind", ALL)
def test_the_settings_name_every_way(kind: Kind) -> None:
    assert (diversity_by_name(kind, CATALOGUE) is None) == (kind == "none")
