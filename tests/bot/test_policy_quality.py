"""`chatalogue evaluate policy` on a log made here: figures, refusals, which ranker a name means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.policy_quality import measure_policy, ranker_named
from bot.settings import Settings, load_settings
from bot.wiring import build_memory, open_catalogue, weight_versions
from ranking.fusion import FusionWeights, WeightsError, load_weights
from ranking.interactions import Interaction
from ranking.judging import FEWEST, UnsupportedError
from ranking.versions import Version


def quiet(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def settings(shop_folder: Path, tmp_path: Path) -> Settings:
    return load_settings(catalogue=str(shop_folder), data=tmp_path / "data", cache=tmp_path / "cache")


def shown(n: int) -> list[Interaction]:
    """A list of two whose last place is one of two; whoever sees the one that was talked of likes it."""
    trendy, plain = ("a", {"text": 0.0, "trend": 1.0}), ("b", {"text": 1.0, "trend": 0.0})
    item = (trendy, plain)[n % 2][0]
    rivals = [{"item": one, "propensity": 0.5, "features": features} for one, features in (plain, trendy)]
    last = {"list": f"l{n}", "position": 2, "ranker": "r", "propensity": 0.5, "reacted": 9, "rivals": rivals}
    rows = [Interaction(f"u{n // 2}", item, "impression", None, float(n), last)]
    return rows + ([Interaction(f"u{n // 2}", item, "like", None, n + 0.5)] if item == "a" else [])


def test_a_ranker_is_judged_from_the_store(settings: Settings, tmp_path: Path) -> None:
    catalogue = open_catalogue(settings, quiet)
    build_memory(settings, catalogue).store.append(row for n in range(2 * FEWEST) for row in shown(n))
    by_trend = tmp_path / "trend.toml"
    by_trend.write_text("[signals]\ntrend = 1.0\n", encoding="utf-8")
    lines = list(measure_policy(settings, str(by_trend), tmp_path / "figures.json", quiet))
    assert lines[0].startswith(f"{2 * FEWEST} lists of {FEWEST} visitors")
    assert lines[-1].endswith("better")
    used, other = json.loads((tmp_path / "figures.json").read_text())
    assert (used["snips"]["value"], other["snips"]["value"]) == (0.0, 1.0)
    assert list(measure_policy(settings, "prior", None, quiet))[-1].endswith("the log cannot tell them apart")


def test_an_empty_log_is_refused_with_what_to_do(settings: Settings) -> None:
    with pytest.raises(UnsupportedError) as refused:
        list(measure_policy(settings, "shipped", None, quiet))
    assert "CHATALOGUE_EXPLORE" in refused.value.hint


def test_names_of_rankers(settings: Settings) -> None:
    catalogue = open_catalogue(settings, quiet)
    versions = weight_versions(settings, catalogue)
    versions.add(Version(FusionWeights({}, {"trend": 1.0}, name="trained"), "", "", ""))
    assert ranker_named("1", versions, catalogue).version.startswith("trained-")
    assert ranker_named("shipped", versions, catalogue).version == load_weights().version
    for unknown in ("7", "nothing.toml"):
        with pytest.raises(WeightsError):
            ranker_named(unknown, versions, catalogue)
