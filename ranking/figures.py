"""One ranker's lists turned into figures, and many rankers' figures into one table. Knows ids; knows no model."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking import exposure, metrics
from ranking.request import Floats
from ranking.resampling import Interval, mean_interval, ratio_interval
from retrieval.catalogue.item import Catalogue

DEPTH = 50  #: the longest list that is measured
SHOWN = 10  #: how much of a list people look at: what is not accuracy is measured on that
CUTOFFS = (1, 5, 10, 50)
WIDTH = 120  #: of everything printed

#: What the table shows beside its leading measure, and under which heading.
COLUMNS = {
    "recall@10": "recall@10", "ndcg@10": "ndcg@10", "precision@10": "prec@10", "f1@10": "f1@10", "mrr": "mrr",
    "coverage": "cover", "novelty": "novel", "diversity": "diverse", "long_tail": "tail", "gini": "gini",
}  # fmt: skip

Doubles = npt.NDArray[np.float64]


@dataclass
class Lists:
    """What one ranker answered: for each case the best DEPTH ids."""

    name: str
    ranked: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Audience:
    """The cases that all rankers answered: what was `relevant`, whose each case is (`groups`), how many items that
    person had dealt with (`known`); how many `people` deal with an item of `everyone`, how many `rows` the log has of
    it. `vectors` is (n, d) float32 of the catalogue's items, rows L2-normalised."""

    relevant: Sequence[Sequence[str]]
    groups: Sequence[str]
    known: Sequence[int]
    people: Mapping[str, int]
    everyone: int
    catalogue: Catalogue = field(repr=False)
    vectors: Floats = field(repr=False)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The catalogue's ids."""
        return tuple(item.id for item in self.catalogue.items)

    @cached_property
    def row(self) -> dict[str, int]:
        """Row numbers by id."""
        return {item: n for n, item in enumerate(self.ids)}

    @cached_property
    def head(self) -> frozenset[str]:
        """The most popular items; see `exposure.head_of`."""
        return exposure.head_of({item: self.people.get(item, 0) for item in self.ids})


@dataclass(frozen=True)
class Figures:
    """The means of one ranker by measure; `cases` are the measures of accuracy for each case, (m,), and `groups` whose
    each case is; `lists` the top SHOWN of each."""

    name: str
    means: Mapping[str, float]
    cases: Mapping[str, Doubles] = field(repr=False)
    groups: Sequence[str] = field(repr=False)
    lists: Sequence[Sequence[str]] = field(repr=False, default=())
    setting: str = ""

    def interval(self, measure: str) -> Interval:
        """The mean of a measure of accuracy, people resampled."""
        return mean_interval(self.cases[measure], np.asarray(self.groups))


def figures_of(lists: Lists, audience: Audience, setting: str = "") -> Figures:
    """All measures of one ranker over the audience."""
    rows = [_one(ids, wanted) for ids, wanted in zip(lists.ranked, audience.relevant, strict=True)]
    cases = {name: np.array([row[name] for row in rows], dtype=np.float64) for name in rows[0]}
    shown = [ids[:SHOWN] for ids in lists.ranked]
    means = {name: float(np.mean(values)) for name, values in cases.items()} | beyond_accuracy(shown, audience)
    return Figures(lists.name, means, cases, audience.groups, shown, setting)


def beyond_accuracy(shown: Sequence[Sequence[str]], audience: Audience) -> dict[str, float]:
    """What is measured beside accuracy, each on the lists as people see them."""
    distances = [metrics.intra_list_distance(audience.vectors[[audience.row[i] for i in ids]]) for ids in shown if ids]
    surprises = [metrics.novelty(ids, audience.people, audience.everyone) for ids in shown if ids]
    return {
        "coverage": metrics.coverage(shown, audience.ids),
        "novelty": _mean(surprises),
        "diversity": _mean(distances),
        "long_tail": exposure.long_tail_share(shown, audience.head),
        "gini": exposure.gini(shown, audience.ids),
    }


def best_peer(figures: Sequence[Figures], ours: str, measure: str = "ndcg@10") -> Figures:
    """The peer with the highest mean of a measure."""
    return max((figure for figure in figures if figure.name != ours), key=lambda figure: figure.means[measure])


def ratio(ours: Figures, peer: Figures, measure: str = "ndcg@10") -> Interval:
    """A measure of ours over the peer's, paired by case, people resampled."""
    return ratio_interval(ours.cases[measure], peer.cases[measure], np.asarray(ours.groups))


def table(figures: Sequence[Figures], lead: str = "ndcg@10") -> str:
    """A line for each ranker, the best by the `lead` measure last."""
    ordered = sorted(figures, key=lambda figure: figure.means[lead])
    width = max(len(figure.name) for figure in ordered)
    others = {name: heading for name, heading in COLUMNS.items() if name != lead}
    lines = [f"{'':<{width}}  {lead + ', 95%':<20}" + "".join(f"  {heading:>5}" for heading in others.values())]
    for figure in ordered:
        cells = (f"  {_cell(figure.means[n]):>{max(5, len(heading))}}" for n, heading in others.items())
        lines.append(f"{figure.name:<{width}}  {figure.interval(lead)!s:<20}" + "".join(cells))
    return "\n".join(lines)


def depth_table(figures: Sequence[Figures], lead: str = "ndcg@10") -> str:
    """Recall, precision and F1 at every cut-off, in the order of `table`."""
    ordered = sorted(figures, key=lambda figure: figure.means[lead])
    width = max(len(figure.name) for figure in ordered)
    measures = ("recall", "precision", "f1")
    heads = (f"  {name:<10}" + "".join(f"{f'@{k}':>6}" for k in CUTOFFS)[10 - 6 :] for name in measures)
    lines = [" " * width + "".join(heads)]
    for figure in ordered:
        cells = ("  " + "".join(f"{_cell(figure.means[f'{n}@{k}']):>6}" for k in CUTOFFS) for n in measures)
        lines.append(f"{figure.name:<{width}}" + "".join(cells))
    return "\n".join(lines)


def settings_line(figures: Sequence[Figures]) -> str:
    """What validation chose for each, wrapped."""
    chosen = "; ".join(f"{figure.name}: {figure.setting}" for figure in figures if figure.setting)
    return textwrap.fill(f"chosen: {chosen}", WIDTH, subsequent_indent="  ")


def as_json(figures: Sequence[Figures]) -> list[dict[str, Any]]:
    """Everything that was measured, without the single cases; undefined is None."""
    return [
        {
            "name": figure.name,
            "setting": figure.setting,
            "intervals": {name: asdict(figure.interval(name)) for name in ("ndcg@10", "recall@10", "mrr")},
            "means": {name: None if math.isnan(value) else value for name, value in figure.means.items()},
        }
        for figure in figures
    ]


def _one(ids: Sequence[str], wanted: Sequence[str]) -> dict[str, float]:
    row = {f"recall@{k}": metrics.recall(ids, wanted, k) for k in CUTOFFS}
    row |= {f"precision@{k}": metrics.precision(ids, wanted, k) for k in CUTOFFS}
    row |= {f"f1@{k}": metrics.f1(ids, wanted, k) for k in CUTOFFS}
    return row | {"ndcg@10": metrics.ndcg(ids, wanted, 10), "mrr": metrics.reciprocal_rank(ids, wanted)}


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _cell(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"
