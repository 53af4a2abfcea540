"""What the signals of taste say: in range, in the right direction, NaN without evidence, whatever the order."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.behaviour import Behaviour, NoBehaviour
from ranking.facts import facts_of, numbers_of
from ranking.fusion import FusionWeights, Ranker
from ranking.request import RankingRequest, Session
from ranking.signals import Signal, built_in_signals
from retrieval.catalogue.schema import FacetKind
from tests.ranking.cases import CAMPS, request, tea, teas, two_camps, unit

MAKERS = ("Yu", "Ito", "Ma")
ITEMS = [
    tea(item, kind=("black" if item[0] == "b" else "green",), maker=MAKERS[n % 3], year=1990 + n)
    for n, item in enumerate(CAMPS[:12])
] + [tea("rare"), tea("new")]
BEHAVIOUR = Behaviour.fit(two_camps(), CAMPS)
CATALOGUE = teas(ITEMS)
SIGNALS = {signal.name: signal for signal in built_in_signals(BEHAVIOUR, CATALOGUE)}
VECTORS = unit(np.random.default_rng(3).normal(size=(len(ITEMS), 4)))
LIKES = st.lists(st.sampled_from(CAMPS), max_size=5, unique=True)


def asked(liked: list[str], k: int = 5) -> RankingRequest:
    vectors = VECTORS[[CAMPS.index(item) for item in liked]] if liked else VECTORS[:0]
    session = Session(liked=tuple(liked))
    return replace(request(ITEMS), vectors=VECTORS, liked_vectors=vectors, session=session, k=k)


@pytest.mark.parametrize(
    "name", ["behaviour", "together", "lately", "denoised", "sequence", "conversations", "categories", "alike"]
)
def test_a_like_speaks_for_its_camp(name: str) -> None:
    scores = dict(zip(CAMPS, SIGNALS[name].score(asked(["b0", "b1"])), strict=True))
    black, green = [scores[f"b{n}"] for n in range(2, 6)], [scores[f"g{n}"] for n in range(6)]
    assert np.nanmin(black) > np.nanmax(np.nan_to_num(green, nan=-1.0))


@given(LIKES)
def test_unknown_is_nan_and_numbers_are_finite(liked: list[str]) -> None:
    for name, signal in SIGNALS.items():
        scores = signal.score(asked(liked))
        assert scores.dtype == np.float32
        assert scores.shape == (len(ITEMS),)
        assert not np.isinf(scores).any()
        if name in (
            "behaviour",
            "popularity",
            "together",
            "lately",
            "denoised",
            "sequence",
            "conversations",
            "trend",
            "quality",
            "alike",
        ):
            assert np.isnan(scores[-1])  # nobody ever met "new"
        if name in ("categories", "names", "numbers"):
            known = scores[~np.isnan(scores)]
            assert ((known >= 0) & (known <= 1 + 1e-6)).all()


def test_without_a_log_or_likes_the_signals_abstain() -> None:
    speechless = {s.name: s for s in built_in_signals(NoBehaviour(), CATALOGUE)}
    for name in (
        "behaviour",
        "popularity",
        "together",
        "lately",
        "denoised",
        "sequence",
        "conversations",
        "trend",
        "quality",
        "talked",
    ):
        assert np.isnan(speechless[name].score(asked(["b0"]))).all()
    for name in ("liked", "categories", "names", "numbers", "together", "sequence", "alike"):
        assert np.isnan(SIGNALS[name].score(asked([]))).all()


def test_rare_values_in_common_say_more_than_frequent_ones() -> None:
    items = [tea("x", kind=("green", "smoked")), tea("y", kind=("green",)), tea("z", kind=("smoked",))]
    items += [tea(f"t{n}", kind=("green",)) for n in range(20)]
    scores = facts_of(teas(items), FacetKind.CATEGORY).shared(["x"], np.ones(1), ["y", "z"])
    assert scores[1] > scores[0] > 0


def test_near_numbers_are_near_by_how_many_lie_between() -> None:
    items = [tea(f"t{year}", year=year) for year in (1900, 1901, 1902, 2020)]
    scores = numbers_of(teas(items)).near(["t1901"], np.ones(1), ["t1900", "t1901", "t1902", "t2020", "nobody"])
    assert scores[1] == 1.0
    assert scores[0] == pytest.approx(scores[2])
    assert scores[3] < scores[2]
    assert np.isnan(scores[4])


# -- whatever the weights

weights = st.fixed_dictionaries({name: st.floats(0, 5) for name in SIGNALS})
groups = st.fixed_dictionaries({group: st.floats(0.01, 5) for group in "SBC"})


@given(weights, groups, LIKES, st.integers(1, 14), st.randoms(use_true_random=False))
def test_no_weights_break_a_constraint_or_depend_on_the_order(
    given_weights: dict[str, float], given_groups: dict[str, float], liked: list[str], k: int, rng: random.Random
) -> None:
    late = frozenset(CAMPS[:3])
    one = replace(asked(liked, k), passed_over=late)
    ranker = Ranker(list(SIGNALS.values()), FusionWeights(given_groups, given_weights, 0.8))
    ranked = [place.id for place in ranker.rank(one).items]
    assert len(ranked) == len(set(ranked)) == min(k, len(ITEMS))
    assert set(ranked) <= {item.id for item in ITEMS}  # what the filters left out is never dug up
    first_late = next((n for n, item in enumerate(ranked) if item in late), len(ranked))
    assert all(item in late for item in ranked[first_late:])
    for place in ranker.rank(one).items:
        assert sum(place.contributions.values()) == pytest.approx(place.score, abs=1e-6)
    rows = list(range(len(ITEMS)))
    rng.shuffle(rows)
    other = replace(one, items=tuple(ITEMS[n] for n in rows), vectors=VECTORS[rows], similarity=one.similarity[rows])
    assert Ranker(list(SIGNALS.values()), FusionWeights(given_groups, given_weights)).order(one) == Ranker(
        list(SIGNALS.values()), FusionWeights(given_groups, given_weights)
    ).order(other)


def test_the_order_is_that_of_the_list_without_diversity() -> None:
    signals: list[Signal] = list(SIGNALS.values())
    ranker = Ranker(signals, FusionWeights({"S": 1, "B": 1, "C": 1}, dict.fromkeys(SIGNALS, 1.0)), None)
    one = asked(["b0", "g1"], 14)
    assert ranker.order(one) == [place.id for place in ranker.rank(one).items]
    assert ranker.order(replace(one, items=())) == []
