"""Recall on recorded dialogues, cross-validated: `chatalogue evaluate ranking --dialogues DIR`.

For every fold of dialogues the fusion is chosen and learned on the others (one of them for choosing), and past contexts
that led to a recommendation speak from the others only. Relations and standing come from the folder's own log. The
candidates of a turn are the STAGE that stand highest by equal weights among the whole catalogue; a target that is
not among them is missed. Knows no command line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from ranking.behaviour import Behaviour
from ranking.dialogues import FOLDS, Bench, DialogueReader, Read, Turn, context_scores, with_feature
from ranking.evidence import BehaviourRow
from ranking.fusion import load_weights
from ranking.learning import Example, LinearSettings, fit_linear, hardest
from ranking.request import Floats
from ranking.resampling import Interval, ratio_interval
from ranking.signals import built_in_signals
from ranking.table import Doubles
from ranking.trees import Trees, TreeSettings, fit_trees
from retrieval.embedder import Embedder

STAGE = 1_000
CUTOFFS = (1, 5, 10, 50)
CONTEXTS = "contexts"
UNSAID = ("disliked", "avoided", "direction")  # nothing that linking alone finds
CHOICES: tuple[tuple[LinearSettings, TreeSettings | None], ...] = tuple(
    (LinearSettings(ridge, 200), trees) for ridge in (0.003, 0.03) for trees in (None, TreeSettings(60, 8, 0.05, 200))
)

Report = Callable[[str], None]


@dataclass(frozen=True)
class Recalled:
    """One ranker: `recall` at each cut-off over all pairs of turn and target, with intervals over dialogues, and
    recall@10 of every fold."""

    name: str
    recall: dict[int, Interval]
    folds: tuple[float, ...]


@dataclass(frozen=True)
class DialogueFigures:
    """All rankers, ours first; the mean of the learned weights over folds; which choice each fold took."""

    rankers: tuple[Recalled, ...]
    weights: dict[str, float]
    choices: tuple[str, ...]
    turns: int
    targets: int


@dataclass(frozen=True)
class _Lists:
    """The turns as lists, and what must be counted."""

    examples: list[Example]
    reads: list[Read]
    names: list[str]
    row: dict[str, int]

    @property
    def folds(self) -> npt.NDArray[np.int64]:
        return np.array([read.turn.fold for read in self.reads], dtype=np.int64)

    @property
    def targets(self) -> Doubles:
        return np.array([len(read.turn.targets) for read in self.reads], dtype=np.float64)


def recall_on_dialogues(
    bench: Bench, rows: Sequence[BehaviourRow], turns: Sequence[Turn], embedder: Embedder, report: Report
) -> DialogueFigures:
    """Ours and single signals on `turns`; `rows` is the log that belongs to them."""
    lists = _lists(bench, rows, turns, embedder, report)
    hits, weights, choices = _cross_validated(lists, report)
    rankers = [_recalled("learned", hits, lists), _recalled("equal weights", _hits(lists, _equal), lists)]
    shipped = load_weights()
    given = np.array([shipped.signals[name] for name in lists.names])
    rankers.append(_recalled("shipped weights", _hits(lists, lambda one: one.features @ given), lists))
    for column, name in enumerate(lists.names):
        rankers.append(_recalled(name, _hits(lists, partial(_alone, column)), lists))
    return DialogueFigures(tuple(rankers), weights, choices, len(turns), int(lists.targets.sum()))


def render(figures: DialogueFigures) -> str:
    """The table as text."""
    width = max(len(ranker.name) for ranker in figures.rankers)
    head = " " * width + "".join(f"{f'recall@{k}':>11}" for k in CUTOFFS) + "  recall@10, 95%     by fold"
    lines = [f"{figures.turns:,} turns, {figures.targets:,} targets, {FOLDS} folds by dialogue", head]
    for ranker in figures.rankers:
        cells = "".join(f"{ranker.recall[k].value:>11.4f}" for k in CUTOFFS)
        middle = f"[{ranker.recall[10].low:.3f}, {ranker.recall[10].high:.3f}]"
        lines.append(f"{ranker.name:<{width}}{cells}  {middle}     {' '.join(f'{fold:.3f}' for fold in ranker.folds)}")
    lines.append(
        "weights: " + ", ".join(f"{n} {w:.3f}" for n, w in sorted(figures.weights.items(), key=lambda p: -p[1]))
    )
    return "\n".join([*lines, "chosen: " + "; ".join(figures.choices)])


def _lists(
    bench: Bench, rows: Sequence[BehaviourRow], turns: Sequence[Turn], embedder: Embedder, report: Report
) -> _Lists:
    behaviour = Behaviour.fit(rows, [item.id for item in bench.catalogue.items])
    report("behaviour fitted")
    reads = DialogueReader(bench.catalogue, embedder).read(turns)
    report("turns read")
    signals = [s for s in built_in_signals(behaviour, bench.catalogue) if s.name not in UNSAID]
    examples = [hardest(bench.example(signals, read), STAGE) for read in reads]
    return _Lists(examples, reads, [signal.name for signal in signals], bench.row)


def _cross_validated(
    lists: _Lists, report: Report
) -> tuple[npt.NDArray[np.float64], dict[str, float], tuple[str, ...]]:
    """(turns, cut-offs) targets found."""
    found = np.zeros((len(lists.reads), len(CUTOFFS)))
    total, choices = np.zeros(len(lists.names) + 1), []
    for fold in range(FOLDS):
        examples = _with_contexts(lists, fold)
        inner = (fold + 1) % FOLDS
        known = [one for one, f in zip(examples, lists.folds, strict=True) if f not in (fold, inner)]
        judges = [one for one, f in zip(examples, lists.folds, strict=True) if f == inner]
        names = [*lists.names, CONTEXTS]
        scores = {choice: _judged(judges, *_fit(known, names, choice)) for choice in CHOICES}
        best = max(CHOICES, key=lambda choice: scores[choice])
        weights, trees = _fit([*known, *judges], names, best)
        for n in np.flatnonzero(lists.folds == fold):
            found[n] = _found(examples[n], weights, trees)
        total += weights / FOLDS
        choices.append(f"ridge {best[0].ridge:g}{', trees' if best[1] else ''}")
        report(f"fold {fold}: {choices[-1]}")
    return found, dict(zip([*lists.names, CONTEXTS], total.tolist(), strict=True)), tuple(choices)


def _fit(
    examples: Sequence[Example], names: Sequence[str], choice: tuple[LinearSettings, TreeSettings | None]
) -> tuple[Doubles, Trees | None]:
    weights = fit_linear(examples, choice[0])
    return weights, fit_trees(examples, weights, names, choice[1]) if choice[1] else None


def _with_contexts(lists: _Lists, held_out: int) -> list[Example]:
    """The contexts of a fold speak for other folds only, those held out for none."""
    examples = list(lists.examples)
    for fold in range(FOLDS):
        asked = np.flatnonzero(lists.folds == fold)
        past = [read for read in lists.reads if read.turn.fold not in (fold, held_out)]
        scores: Floats = context_scores([lists.reads[n] for n in asked], past, list(lists.row))
        for n, values in zip(asked, scores, strict=True):
            examples[n] = with_feature(examples[n], values, lists.row)
    return examples


def _found(one: Example, weights: Doubles, trees: Trees | None) -> Doubles:
    """(cut-offs,) how many targets stand that high."""
    return _standing(one, one.features @ weights + (trees.scores(one.features) if trees else 0.0))


def _judged(examples: Sequence[Example], weights: Doubles, trees: Trees | None) -> float:
    return float(sum(_found(one, weights, trees)[CUTOFFS.index(10)] for one in examples))


def _standing(one: Example, scores: npt.NDArray[np.floating]) -> Doubles:
    order = np.argsort(-scores, kind="stable")
    return np.array([one.relevant[order[:k]].sum() for k in CUTOFFS], dtype=np.float64)


def _alone(column: int, one: Example) -> Doubles:
    return one.features[:, column].astype(np.float64)


def _equal(one: Example) -> Doubles:
    return np.asarray(one.features.sum(axis=1), dtype=np.float64)


def _hits(lists: _Lists, score: Callable[[Example], Doubles]) -> Doubles:
    return np.array([_standing(one, score(one)) for one in lists.examples])


def _recalled(name: str, hits: Doubles, lists: _Lists) -> Recalled:
    groups = np.array([read.turn.dialogue for read in lists.reads])
    recall = {k: ratio_interval(hits[:, n], lists.targets, groups) for n, k in enumerate(CUTOFFS)}
    ten = CUTOFFS.index(10)
    by_fold = [(lists.folds == fold) for fold in range(FOLDS)]
    return Recalled(name, recall, tuple(float(hits[f, ten].sum() / lists.targets[f].sum()) for f in by_fold))
