"""What `chatalogue train ranking` takes into use: what stands highest on the latest impressions; trees too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.ranking_training import IN_USE, Contender, contest, take_back
from bot.settings import load_settings
from bot.wiring import build_ranker, open_catalogue, weight_versions
from ranking.behaviour import NoBehaviour
from ranking.clicks import ShownList
from ranking.fusion import FusionWeights, WeightsError, load_weights
from ranking.learning import Example, LinearSettings, fit_linear
from ranking.signals import built_in_signals
from ranking.trees import Trees, TreeSettings, fit_trees
from ranking.versions import Version, WeightVersions

SIGNALS = built_in_signals(NoBehaviour())
NAMES = ("trend", "quality", "sequence")
TRUE, USED = np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.0, 1.0])


def shown(seed: int = 0, lists: int = 1_500) -> list[ShownList]:
    """People go by TRUE and look at the top most; lists go by USED."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(lists):
        table = rng.random((5, 3))
        table = table[np.argsort(-(table @ USED))]
        wanted = 1 / (1 + np.exp(-6 * (table @ TRUE - 1)))
        clicks = (rng.random(5) < wanted / (1 + np.arange(5))).astype(float)
        features = tuple(dict(zip(NAMES, row.tolist(), strict=True)) for row in table)
        found.append(ShownList(features, None, clicks, tuple("abcde"), "u"))
    return found


def fusion(weights: np.ndarray, name: str) -> FusionWeights:
    given = dict(zip(NAMES, weights.tolist(), strict=True))
    return FusionWeights({}, {signal.name: given.get(signal.name, 0.0) for signal in SIGNALS}, name=name)


def contender(weights: np.ndarray, name: str) -> Contender:
    return Contender(name, fusion(weights, name), None, {})


def test_what_clicks_teach_is_taken_where_it_is_better() -> None:
    ratings, used = contender(np.array([0.2, 0.2, 0.6]), "ratings"), contender(USED, IN_USE)
    (best, *rest), scores = contest(shown(), [ratings, used], SIGNALS, "ab" * 32)
    assert best.name.startswith("clicks")
    assert best.weights.signals["trend"] > best.weights.signals["quality"] > best.weights.signals["sequence"]
    assert best.data == "ab" * 32
    assert [one.name for one in rest] == ["ratings", IN_USE]
    assert scores[best.name] > scores["ratings"] > scores[IN_USE]
    assert best.scores["looked at, position 1"] == 1.0
    assert 0.05 < best.scores["looked at, position 5"] < 0.5


def test_what_is_in_use_stays_where_nothing_is_better() -> None:
    (best, *_), scores = contest(shown(lists=80), [contender(TRUE, IN_USE)], SIGNALS, "")
    assert best.name == IN_USE
    assert scores[IN_USE] == max(scores.values())


def grown(names: list[str]) -> Trees:
    rng = np.random.default_rng(0)
    lists = []
    for n in range(60):
        features = rng.random((40, len(names))).astype(np.float32)
        relevant = np.zeros(40, dtype=bool)
        relevant[np.argsort(-features.min(axis=1))[:3]] = True
        lists.append(Example(features, relevant, tuple(map(str, range(40))), str(n)))
    return fit_trees(lists, fit_linear(lists, LinearSettings()), names, TreeSettings(rounds=20))


def test_trees_are_kept_used_and_taken_back_with_their_version(tmp_path: Path) -> None:
    settings = load_settings().model_copy(update={"data": tmp_path})
    catalogue = open_catalogue(settings, lambda _: None)
    versions, trees = weight_versions(settings, catalogue), grown(list(NAMES))
    plain = replace(load_weights(), name="trained")
    versions.add(Version(plain, "", "", ""))
    versions.add(Version(plain, "", "", ""), trees)
    kept = versions.current()
    assert kept is not None
    features = np.random.default_rng(1).random((5, 3))
    again = versions.trees(kept)
    assert again is not None
    assert again.scores(features).tolist() == trees.scores(features).tolist()
    assert build_ranker(settings, catalogue, NoBehaviour()).version.startswith(f"{plain.version}-{trees.mark}")
    assert take_back(settings, lambda _: None) == "version 0001 in use"
    assert trees.mark not in build_ranker(settings, catalogue, NoBehaviour()).version


def test_trees_that_were_changed_are_refused(tmp_path: Path) -> None:
    versions = WeightVersions(tmp_path)
    versions.add(Version(load_weights(), "", "", ""), grown(["trend"]))
    (tmp_path / "0001.trees.txt").write_text("tree", encoding="utf-8")
    kept = versions.current()
    assert kept is not None
    with pytest.raises(WeightsError, match="changed"):
        versions.trees(kept)
