"""Laws of the dial: more of it never means less new items, nothing else changes hands, and scores still add up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.behaviour import NoBehaviour
from ranking.dial import FAMILIAR, NEUTRAL, NEW, STRENGTH, tilt
from ranking.diversify import Diversify, by_dpp, by_mmr
from ranking.fusion import FusionWeights, Ranker
from ranking.request import Floats, Group, RankingRequest
from ranking.signals import built_in_signals
from tests.ranking.cases import request, unit

WEIGHTS = FusionWeights({}, {"taste": 1.0, "novelty": 0.0}, relevance=0.8)
DIALS = (0.0, 0.1, 0.3, 0.45, 0.5, 0.55, 0.7, 0.9, 1.0)


class Told:
    """A signal that says `values`, in the order of the candidates."""

    group: Group = "B"

    def __init__(self, name: str, values: Floats) -> None:
        self.name, self._values = name, values

    def score(self, _request: RankingRequest, /) -> Floats:
        return self._values

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


def ranker(n: int, seed: int, diversify: Diversify | None) -> tuple[Ranker, Floats]:
    """With random tastes, and novelties of which a third is not known."""
    rng = np.random.default_rng(seed)
    novelty = rng.random(n).astype(np.float32)
    novelty[rng.random(n) < 1 / 3] = np.nan
    return Ranker(
        [Told("taste", rng.random(n).astype(np.float32)), Told("novelty", novelty)], WEIGHTS, diversify
    ), novelty


@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 999), st.sampled_from([None, by_mmr, by_dpp]))
def test_raising_the_dial_never_lowers_the_novelty_of_the_list(
    n: int, k: int, seed: int, diversify: Diversify | None
) -> None:
    mine, novelty = ranker(n, seed, diversify)
    vectors = unit(np.random.default_rng(seed).normal(size=(n, 4)))
    asked = replace(request(n), vectors=vectors, k=k)
    unknown = float(np.nanmedian(novelty)) if not np.isnan(novelty).all() else 0.5
    by_id = dict(zip(asked.ids, np.nan_to_num(novelty, nan=unknown), strict=True))
    means = []
    for dial in DIALS:
        ids = [place.id for place in mine.rank(replace(asked, novelty=dial)).items]
        assert len(set(ids)) == len(ids) == min(n, k)
        means.append(float(np.mean([by_id[item] for item in ids])))
    assert all(later >= before - 1e-6 for before, later in pairwise(means))


@given(st.integers(2, 40), st.integers(0, 999), st.sampled_from(DIALS))
def test_scores_are_the_sum_of_contributions_and_the_dial_has_a_bounded_share(n: int, seed: int, dial: float) -> None:
    mine, _ = ranker(n, seed, by_mmr)
    ranked = mine.rank(replace(request(n), novelty=dial))
    for place in ranked.items:
        assert sum(place.contributions.values()) == pytest.approx(place.score, abs=1e-6)
        assert 0 <= place.score <= 1
        own = place.contributions.get(NEW, 0.0) + place.contributions.get(FAMILIAR, 0.0)
        assert 0 <= own <= STRENGTH * (2 * dial - 1) ** 2 + 1e-9


@given(st.integers(1, 40), st.integers(0, 999))
def test_a_neutral_dial_changes_nothing(n: int, seed: int) -> None:
    mine, _ = ranker(n, seed, by_mmr)
    assert mine.rank(replace(request(n), novelty=NEUTRAL)) == mine.rank(request(n))


def test_what_was_passed_over_stays_behind_whatever_the_dial() -> None:
    mine, _ = ranker(30, 3, by_mmr)
    late = frozenset(f"t{n:03}" for n in range(20))
    ranked = mine.rank(replace(request(30), novelty=1.0, passed_over=late, k=10))
    assert not {place.id for place in ranked.items} & late


def test_a_list_with_the_dial_has_a_version_and_evidence_of_its_own() -> None:
    mine, novelty = ranker(30, 5, by_mmr)
    plain, new = mine.rank(request(30)), mine.rank(replace(request(30), novelty=1.0))
    assert plain.ranker == mine.version != new.ranker
    by_id, typical = dict(zip(request(30).ids, novelty, strict=True)), float(np.nanmedian(novelty))
    assert any(NEW in place.evidence for place in new.items)
    assert all((NEW in place.evidence) == bool(by_id[place.id] > typical) for place in new.items)


def test_where_nobody_is_known_to_know_anything_the_dial_is_silent() -> None:
    assert tilt(np.array([np.nan, np.nan], dtype=np.float32), 1.0) is None
    assert tilt(np.array([0.5, 0.5, np.nan], dtype=np.float32), 0.0) is None
    signals = built_in_signals(NoBehaviour())
    mine = Ranker(signals, FusionWeights({}, {signal.name: 1.0 for signal in signals}))
    assert mine.rank(replace(request(5), novelty=1.0)) == mine.rank(request(5))
