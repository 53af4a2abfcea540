"""One ranker for click, like and accept beside a ranker for each: the multi-task option, compared and not assumed.

The model is the linear one of `ranking/learning.py`; the multi-task loss is Σ_t w_t · L_t, where L_t is the listwise
softmax loss on the lists in which task t was done. Which events do a task is stated in `DOES`; stars stand in for them
where a log has only these: any rating is a click, four of five a like, five an accept. Knows windows, lists and
weights; ships nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ranking.evidence import BehaviourRow
from ranking.learning import Example, LinearSettings, fit_linear
from ranking.metrics import ndcg
from ranking.resampling import Interval, ratio_interval
from ranking.splitting import Window
from ranking.table import Doubles

CLICK, LIKE, ACCEPT = "click", "like", "accept"
TASKS = (CLICK, LIKE, ACCEPT)
DOES: Mapping[str, frozenset[str]] = {
    CLICK: frozenset({"click", "like", "cart", "purchase", "accept"}),
    LIKE: frozenset({"like", "cart", "purchase", "accept"}),
    ACCEPT: frozenset({"purchase", "accept"}),
}
STARS: Mapping[str, float] = {CLICK: 0.0, LIKE: 4.0, ACCEPT: 5.0}  #: out of 5, what does a task where there are stars
LOSSES: tuple[tuple[float, float, float], ...] = ((1.0, 1.0, 1.0), (1.0, 2.0, 4.0))  #: w of click, like, accept
RIDGES, HARDEST = (0.03, 0.1, 0.3, 1.0), (100, 300)
MULTI, SINGLE = "multi-task", "single-task"

Report = Callable[[str], None]


class Ready(Protocol):
    """A window made ready to learn from."""

    @property
    def window(self) -> Window: ...
    def examples(self) -> list[Example]: ...


@dataclass(frozen=True)
class Trial:
    """One setting; `loss` are the tasks' weights, and None for the single task."""

    settings: LinearSettings
    loss: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class TaskFigures:
    """One task: its lists, NDCG@10 of both models on validation and on the tested windows, and the ratio there."""

    task: str
    lists: int
    validation: Mapping[str, float]
    tested: Mapping[str, float]
    ratio: Interval


@dataclass(frozen=True)
class TaskComparison:
    """All tasks; the loss that validation preferred, and whether one model was better there, on the tasks' mean."""

    tasks: tuple[TaskFigures, ...]
    loss: tuple[float, float, float]
    wins: bool


_Windows = Sequence[Mapping[str, Sequence[Example]]]  # for each window, each task's lists: those in which it was done


def compare_tasks(choosing: Sequence[Ready], testing: Sequence[Ready], report: Report) -> TaskComparison:
    """Choose on the windows before the tested ones, `len(RIDGES) * 2` trials for each model, then test both."""
    before, after = _windows(choosing), _windows(testing)
    singles = [Trial(LinearSettings(r, h)) for r in RIDGES for h in HARDEST]
    multis = [Trial(LinearSettings(r), loss) for r in RIDGES for loss in LOSSES]
    scores = {trial: _judged(before, trial) for trial in (*singles, *multis)}
    multi = max(multis, key=lambda trial: _mean(scores[trial].values()))
    report(f"one model: {multi}, {_mean(scores[multi].values()):.4f}")
    shared = _fit(before, len(choosing), multi)
    figures = []
    for task in TASKS:
        best = max(singles, key=lambda trial: scores[trial][task])
        report(f"{task}: {best.settings}, {scores[best][task]:.4f}")
        validation = {MULTI: scores[multi][task], SINGLE: scores[best][task]}
        own = _fit(before, len(choosing), best)
        figures.append(_tested(task, validation, (shared[task], own[task]), after))
    assert multi.loss is not None
    wins = _mean(f.validation[MULTI] for f in figures) > _mean(f.validation[SINGLE] for f in figures)
    return TaskComparison(tuple(figures), multi.loss, wins)


def done(rows: Iterable[BehaviourRow]) -> dict[str, set[str]]:
    """Task → items with which it was done. Stars are out of 5."""
    found: dict[str, set[str]] = {task: set() for task in TASKS}
    for row in rows:
        for task in TASKS:
            if row.event in DOES[task] or (row.rating is not None and row.rating >= STARS[task]):
                found[task].add(row.item)
    return found


def lines(comparison: TaskComparison) -> list[str]:
    """The comparison as a table."""
    found = [
        f"{'':<8}{'':>6}  validation        tested",
        f"{'task':<8}{'lists':>6}  one     each     one     each     ratio, 95%",
    ]
    for one in comparison.tasks:
        cells = "  ".join(f"{means[name]:.4f} " for means in (one.validation, one.tested) for name in (MULTI, SINGLE))
        found.append(f"{one.task:<8}{one.lists:>6}  {cells} {one.ratio}")
    click, like, accept = comparison.loss
    verdict = "better" if comparison.wins else "no better"
    found.append(f"loss {click:g} click + {like:g} like + {accept:g} accept: one model is {verdict} on validation")
    return found


def _windows(ready: Sequence[Ready]) -> _Windows:
    found = []
    for one in ready:
        examples, cases = one.examples(), one.window.cases
        wanted = [done(case.later) for case in cases]
        found.append({task: _lists(examples, [items[task] for items in wanted]) for task in TASKS})
    return found


def _lists(examples: Sequence[Example], wanted: Sequence[set[str]]) -> list[Example]:
    marked = (
        replace(one, relevant=np.array([item in items for item in one.ids], dtype=np.bool_))
        for one, items in zip(examples, wanted, strict=True)
    )
    return [one for one in marked if one.relevant.any()]


def _fit(windows: _Windows, number: int, trial: Trial) -> dict[str, Doubles]:
    """The weights that each task is ranked by, learned on the first `number` windows."""
    parts = {task: [one for window in windows[:number] for one in window[task]] for task in TASKS}
    if trial.loss is None:
        m = next(one.features.shape[1] for part in parts.values() for one in part)
        equal = np.full(m, 1 / m)  # where nobody did the task yet
        return {task: fit_linear(part, trial.settings) if part else equal for task, part in parts.items()}
    weighed = [_counting(one, w) for part, w in zip(parts.values(), trial.loss, strict=True) for one in part]
    weights = fit_linear(weighed, trial.settings)
    return dict.fromkeys(TASKS, weights)


def _counting(one: Example, weight: float) -> Example:
    """A list whose loss counts `weight`."""
    return replace(one, gains=weight * one.counts)


def _judged(windows: _Windows, trial: Trial) -> dict[str, float]:
    """NDCG@10 by task: each window after the first by the weights of those before it."""
    scores: dict[str, list[float]] = {task: [] for task in TASKS}
    for number in range(1, len(windows)):
        weights = _fit(windows, number, trial)
        for task, found in scores.items():
            found += [_ndcg(one, weights[task]) for one in windows[number][task]]
    return {task: _mean(found) for task, found in scores.items()}


def _tested(
    task: str, validation: Mapping[str, float], weights: tuple[Doubles, Doubles], after: _Windows
) -> TaskFigures:
    lists = [one for window in after for one in window[task]]
    multi, single = (np.array([_ndcg(one, each) for one in lists]) for each in weights)
    tested = {MULTI: float(multi.mean()), SINGLE: float(single.mean())}
    against = ratio_interval(multi, single, np.array([one.group for one in lists]))
    return TaskFigures(task, len(lists), validation, tested, against)


def _ndcg(one: Example, weights: Doubles) -> float:
    order = np.argsort(-(one.features @ weights), kind="stable")[:10]
    wanted = [item for item, yes in zip(one.ids, one.relevant, strict=True) if yes]
    return ndcg([one.ids[n] for n in order], wanted, 10)


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return math.fsum(known) / len(known) if known else math.nan
