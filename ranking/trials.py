"""Which weights, and whether trees beside them: trials on windows in time, each judged on what came later.

Each window but the first is judged by what was learned from those before it; what was best then learns from all of
them. Lists and scores are kept as they are found (`ranking/keeping.py`), so that a run that is stopped goes on where it
was. Knows examples; knows no log and no signal by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ranking.keeping import Kept
from ranking.learning import Example, LinearSettings, fit_linear
from ranking.metrics import ndcg
from ranking.table import Doubles
from ranking.trees import Trees, TreeSettings, fit_trees

LEARNED_FIRST = 1  # the first window is only learned from; the next ones choose

RIDGES = (0.03, 0.1, 0.3, 1.0)
TREES = tuple(TreeSettings(rounds, leaves) for rounds in (30, 80) for leaves in (4, 8))

Report = Callable[[str], None]
Windows = Sequence[Sequence[Example]]  #: the lists of each window, oldest first


@dataclass(frozen=True)
class Learned:
    """What validation preferred: `weights` of the signals that said anything in some list, since of the others nothing
    was learned; `trees` only where they helped; the `scores` of all trials."""

    weights: dict[str, float]
    trees: Trees | None
    scores: dict[str, float]
    setting: str


def try_out(lists: Windows, names: Sequence[str], report: Report, kept: Kept, *, trees: bool = True) -> Learned:
    """The best of RIDGES, corrected by the best of TREES where that is better still. `names` are the signals'."""
    ridges = {ridge: _linear_score(lists, ridge, report, kept) for ridge in RIDGES}
    ridge = max(RIDGES, key=lambda ridge: ridges[ridge])
    every = [one for part in lists for one in part]
    weights = fit_linear(every, LinearSettings(ridge))
    spoke = np.any([one.features.any(axis=0) for one in every], axis=0)
    given = {name: round(float(weights[m]), 4) for m, name in enumerate(names) if spoke[m]}
    scores = {_linear_name(r): score for r, score in ridges.items()}
    grown = _grown(lists, names, ridge, report, kept) if trees else {}
    scores |= {_trees_name(settings): score for settings, score in grown.items()}
    best = max(grown, key=lambda settings: grown[settings], default=None)
    if best is None or grown[best] <= ridges[ridge]:
        return Learned(given, None, scores, _linear_name(ridge))
    return Learned(given, fit_trees(every, weights, names, best), scores, f"{best}")


def _linear_score(lists: Windows, ridge: float, report: Report, kept: Kept) -> float:
    def judged() -> float:
        return _judged(lists, [(weights, None) for weights in _linear(lists, ridge)])

    return _told(kept, _linear_name(ridge), judged, report)


def _grown(lists: Windows, names: Sequence[str], ridge: float, report: Report, kept: Kept) -> dict[TreeSettings, float]:
    """The score of each of TREES on top of the linear weights of `ridge`."""
    linear: list[Doubles] = []

    def judged(settings: TreeSettings) -> float:
        linear.extend(() if linear else _linear(lists, ridge))
        fits = [
            (weights, fit_trees([one for part in lists[:n] for one in part], weights, names, settings))
            for n, weights in enumerate(linear, LEARNED_FIRST)
        ]
        return _judged(lists, fits)

    return {s: _told(kept, _trees_name(s), partial(judged, s), report) for s in TREES}


def _linear(lists: Windows, ridge: float) -> list[Doubles]:
    """The weights that each window but the first is judged with."""
    parts = ([one for part in lists[:n] for one in part] for n in range(LEARNED_FIRST, len(lists)))
    return [fit_linear(part, LinearSettings(ridge)) for part in parts]


def _told(kept: Kept, name: str, judged: Callable[[], float], report: Report) -> float:
    score = kept.score(name, judged)
    report(f"validation ndcg@10 {score:.4f}, {name}")
    return score


def _judged(lists: Windows, fits: Sequence[tuple[Doubles, Trees | None]]) -> float:
    """The mean NDCG@10 of `fits`, one for each window but the first, each on its window."""
    windows = zip(lists[LEARNED_FIRST:], fits, strict=True)
    return float(np.mean([_ndcg(one, weights, trees) for part, (weights, trees) in windows for one in part]))


def _ndcg(one: Example, weights: Doubles, trees: Trees | None) -> float:
    scores = one.features @ weights + (trees.scores(one.features) if trees else 0.0)
    order = np.argsort(-scores, kind="stable")[:10]
    wanted = [item for item, yes in zip(one.ids, one.relevant, strict=True) if yes]
    return ndcg([one.ids[n] for n in order], wanted, 10)


def _linear_name(ridge: float) -> str:
    return f"linear, ridge {ridge:g}"


def _trees_name(settings: TreeSettings) -> str:
    return f"trees, {settings}"
