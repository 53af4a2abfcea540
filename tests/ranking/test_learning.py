"""Weights and trees learned from lists whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.fusion import FusionWeights, Ranker
from ranking.learning import Example, LinearSettings, as_fusion, example, fit_linear, hardest, with_taste
from ranking.trees import Trees, TreeSettings, fit_trees
from tests.ranking.cases import request
from tests.ranking.test_fusion import Given

NAMES = ["useful", "noise", "harmful"]


def lists(count: int = 60, both: bool = False, seed: int = 0) -> list[Example]:
    """What is relevant stands high by the first feature (with `both`: by the lower of two), and low by the last."""
    rng = np.random.default_rng(seed)
    found = []
    for n in range(count):
        features = rng.random((50, 3)).astype(np.float32)
        merit = (features[:, :2].min(axis=1) if both else features[:, 0]) - 0.3 * features[:, 2]
        relevant = np.zeros(50, dtype=bool)
        relevant[np.argsort(-merit)[:3]] = True
        found.append(Example(features, relevant, tuple(f"t{k:03}" for k in range(50)), f"p{n}"))
    return found


def test_weights_find_what_is_useful_and_are_never_negative() -> None:
    weights = fit_linear(lists(), LinearSettings(ridge=0.01))
    assert weights.sum() == pytest.approx(1)
    assert weights[0] > 0.8
    assert weights[2] == 0.0
    assert fit_linear(lists(), LinearSettings(ridge=0.01)).tolist() == weights.tolist()


def test_where_nothing_can_be_learned_all_count_alike() -> None:
    (one,) = lists(1)
    nothing = Example(one.features, np.zeros(50, dtype=bool), one.ids, one.group)
    assert fit_linear([nothing], LinearSettings()).tolist() == pytest.approx([1 / 3] * 3)


def test_the_hardest_are_those_that_stand_high() -> None:
    (one,) = lists(1)
    part = hardest(one, 10)
    assert part.features.sum(axis=1).min() >= np.sort(one.features.sum(axis=1))[-10]
    assert part.ids == tuple(one.ids[n] for n in np.argsort(-one.features.sum(axis=1))[:10])


def test_an_example_is_what_the_signals_say() -> None:
    signals = [Given("one", "S", {"t000": 2.0, "t001": 4.0}), Given("two", "B", {"t000": np.nan, "t001": np.nan})]
    made = example(signals, request(2), ["t001"], "ann")
    assert made.features.tolist() == [[0.0, 0.0], [1.0, 0.0]]
    assert made.relevant.tolist() == [False, True]


def test_learned_weights_leave_what_is_silent_to_all_others() -> None:
    silent = {item: float("nan") for item in ("t000", "t001")}
    signals = [Given("one", "S", silent), Given("two", "S", {"t000": 0.0, "t001": 1.0})]
    signals.append(Given("three", "B", {"t000": 1.0, "t001": 0.0}))
    fusion = as_fusion(signals, {"one": 0.6, "two": 0.1, "three": 0.3}, "learned")
    best = Ranker(signals, fusion, None).rank(request(2)).items[0]
    assert (best.id, best.score) == ("t000", pytest.approx(0.75))
    assert fusion.signals == {"one": 0.6, "two": 0.1, "three": 0.3}


def test_what_was_learned_of_taste_leaves_the_weight_of_words_alone() -> None:
    shipped = FusionWeights({}, {"text": 0.4, "one": 0.1, "two": 0.2}, 0.8, cold={"text": 0.1}, credible=2.0)
    trained = with_taste(shipped, {"one": 0.75, "two": 0.25}, "trained")
    assert trained.signals == {"text": 0.4, "one": pytest.approx(0.225), "two": pytest.approx(0.075)}
    assert (trained.cold, trained.credible, trained.relevance) == (shipped.cold, 2.0, 0.8)
    assert trained.version != shipped.version


# -- trees

EXAMPLES = lists(200, both=True)
WEIGHTS = fit_linear(EXAMPLES, LinearSettings(ridge=0.01))
TREES = fit_trees(EXAMPLES, WEIGHTS, NAMES, TreeSettings(rounds=100, rate=0.1))


def hits(examples: list[Example], trees: Trees | None) -> float:
    found = []
    for one in examples:
        scores = one.features @ WEIGHTS + (trees.parts(one.features).sum(axis=1) if trees else 0.0)
        found.append(one.relevant[np.argsort(-scores)[:3]].mean())
    return float(np.mean(found))


def test_trees_learn_what_weights_cannot_say() -> None:
    fresh = lists(both=True, seed=9)
    assert hits(fresh, TREES) > hits(fresh, None) + 0.02


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3), st.integers(0, 2), st.floats(0, 1, width=32))
def test_better_is_never_worse(values: list[float], column: int, more: float) -> None:
    better = list(values)
    better[column] = max(values[column], more)
    low, high = TREES.parts(np.array([values, better], dtype=np.float32)).sum(axis=1)
    assert high >= low - 1e-9


def test_trees_are_kept(tmp_path: Path) -> None:
    TREES.save(tmp_path / "trees.txt")
    again = Trees.load(tmp_path / "trees.txt")
    assert again.names == TREES.names
    np.testing.assert_allclose(again.parts(EXAMPLES[0].features), TREES.parts(EXAMPLES[0].features))


def test_scores_are_the_sum_of_the_parts_but_for_a_constant() -> None:
    apart = TREES.scores(EXAMPLES[0].features) - TREES.parts(EXAMPLES[0].features).sum(axis=1)
    np.testing.assert_allclose(apart, apart[0], atol=1e-9)


def test_corrected_scores_are_shares_that_add_up() -> None:
    (one,) = lists(1, both=True, seed=4)
    signals = [
        Given(name, "S", {item: float(one.features[n, column]) for n, item in enumerate(one.ids)})
        for column, name in enumerate(NAMES)
    ]
    fusion = FusionWeights({"S": 1.0}, dict(zip(NAMES, WEIGHTS.tolist(), strict=True)))
    plain, corrected = (Ranker(signals, fusion, None, trees).rank(request(50)) for trees in (None, TREES))
    assert [p.id for p in plain.items] != [p.id for p in corrected.items]
    for place in corrected.items:
        assert -1e-9 <= place.score <= 1
        assert sum(place.contributions.values()) == pytest.approx(place.score, abs=1e-6)
    assert [p.score for p in corrected.items] == sorted((p.score for p in corrected.items), reverse=True)
