"""One ranker's lists turned into figures, and many rankers' figures into one table. Knows ids; knows no model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking import metrics
from ranking.resampling import Interval, mean_interval, ratio_interval

DEPTH = 50  #: the longest list that is measured
CUTOFFS = (1, 5, 10, 50)
SHOWN = ("recall@10", "precision@10", "f1@10", "ndcg@10", "mrr", "coverage", "novelty", "rmse")

Doubles = npt.NDArray[np.float64]


@dataclass
class Lists:
    """What one ranker answered: for each case the best DEPTH ids, and ratings foretold beside those given."""

    name: str
    ranked: list[list[str]] = field(default_factory=list)
    foretold: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Audience:
    """The cases that all rankers answered: what was `relevant`, whose each case is, how many `people` deal with an item
    of `everyone`, and the `catalogue`'s ids."""

    relevant: Sequence[Sequence[str]]
    groups: Sequence[str]
    people: Mapping[str, int]
    everyone: int
    catalogue: Sequence[str]


@dataclass(frozen=True)
class Figures:
    """The means of one ranker; `cases` is NDCG@10 of each case; `ratio` of its mean to the best peer's."""

    name: str
    means: Mapping[str, float]
    ndcg: Interval
    cases: Doubles = field(repr=False)
    setting: str = ""


def figures_of(lists: Lists, audience: Audience, setting: str = "") -> Figures:
    """All measures of one ranker over the audience."""
    rows = [_one(ids, wanted) for ids, wanted in zip(lists.ranked, audience.relevant, strict=True)]
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    means["coverage"] = metrics.coverage((ids[:10] for ids in lists.ranked), audience.catalogue)
    means["novelty"] = float(
        np.nanmean([metrics.novelty(ids[:10], audience.people, audience.everyone) for ids in lists.ranked])
    )
    means["rmse"] = metrics.rmse([p for p, _ in lists.foretold], [g for _, g in lists.foretold])
    cases = np.array([row["ndcg@10"] for row in rows])
    return Figures(lists.name, means, mean_interval(cases, np.asarray(audience.groups)), cases, setting)


def best_peer(figures: Sequence[Figures], ours: str) -> Figures:
    """The peer with the highest NDCG@10."""
    return max((figure for figure in figures if figure.name != ours), key=lambda figure: figure.ndcg.value)


def ratio(ours: Figures, peer: Figures, groups: Sequence[str]) -> Interval:
    """NDCG@10 of ours over the peer's, paired by case, people resampled."""
    return ratio_interval(ours.cases, peer.cases, np.asarray(groups))


def table(figures: Sequence[Figures]) -> str:
    """A line for each ranker, the best NDCG@10 last."""
    ordered = sorted(figures, key=lambda figure: figure.ndcg.value)
    width = max(len(figure.name) for figure in ordered)
    head = " " * width + "".join(f"{name:>13}" for name in SHOWN) + "  ndcg@10, 95%"
    lines = [head]
    for figure in ordered:
        cells = "".join(f"{_cell(figure.means[name]):>13}" for name in SHOWN)
        lines.append(
            f"{figure.name:<{width}}{cells}  [{figure.ndcg.low:.3f}, {figure.ndcg.high:.3f}]  {figure.setting}"
        )
    return "\n".join(lines)


def as_json(figures: Sequence[Figures]) -> list[dict[str, Any]]:
    """Everything that was measured, without the single cases; undefined is None."""
    return [
        {
            "name": figure.name,
            "setting": figure.setting,
            "ndcg@10": asdict(figure.ndcg),
            "means": {name: None if math.isnan(value) else value for name, value in figure.means.items()},
        }
        for figure in figures
    ]


def _one(ids: Sequence[str], wanted: Sequence[str]) -> dict[str, float]:
    row = {f"recall@{k}": metrics.recall(ids, wanted, k) for k in CUTOFFS}
    row |= {f"precision@{k}": metrics.precision(ids, wanted, k) for k in CUTOFFS}
    row |= {f"f1@{k}": metrics.f1(ids, wanted, k) for k in CUTOFFS}
    return row | {"ndcg@10": metrics.ndcg(ids, wanted, 10), "mrr": metrics.reciprocal_rank(ids, wanted)}


def _cell(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4f}"
