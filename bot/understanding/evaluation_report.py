"""What `evaluate understanding` prints and writes: a table with a column a reader, and the same as JSON.

Knows measurements; measures nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from bot.understanding.evaluation import Measured, Unmeasured
from bot.understanding.labels import LabelledFile
from bot.understanding.scoring import Interval, Scores, Tally

Outcome = Measured | Unmeasured
CONFUSIONS = 8  #: pairs of intents that are printed; the JSON has them all
WIDTH, CELL = 30, 20


def table(labelled: LabelledFile, catalogue: str, outcomes: Sequence[Outcome]) -> str:
    """The comparison as text."""
    measured = [o for o in outcomes if isinstance(o, Measured)]
    scores = [m.scores for m in measured]
    lines = [_heading(labelled, catalogue), "", _line("", [m.name for m in measured])]
    lines += [
        _line("intent accuracy", [_with_interval(s.intent_accuracy, s.intent_interval) for s in scores]),
        _line("slot F1 without about", [_with_interval(s.without_about.f1, s.without_about_interval) for s in scores]),
        _line("  precision, recall", [_precision_recall(s.without_about) for s in scores]),
        _line("slot F1", [f"{s.slots.f1:.3f}" for s in scores]),
        _line("  precision, recall", [_precision_recall(s.slots) for s in scores]),
        _line("  ignoring polarity", [f"{s.ignoring_polarity.f1:.3f}" for s in scores]),
        _line("exact match", [f"{s.exact:.3f}" for s in scores]),
        *_per_slot(scores),
        *_certainty(measured),
        _line("ms a message, p50 / p95", [f"{m.ms[0]:.0f} / {m.ms[1]:.0f}" for m in measured]),
        _line("model calls, median", ["–" if m.calls is None else f"{m.calls:g}" for m in measured]),
        _line("read by", [", ".join(f"{who} {n}" for who, n in sorted(m.sources.items())) for m in measured]),
    ]
    for one in measured:
        lines += _confusions(one)
        lines += [f"{one.name}: the rules read {n} because {why}" for why, n in one.degraded.items()]
    lines += [f"{o.name}: could not be measured: {o.reason}" for o in outcomes if isinstance(o, Unmeasured)]
    lines += [f"left out: {problem}" for problem in labelled.problems]
    return "\n".join(lines)


def as_json(labelled: LabelledFile, catalogue: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The comparison with every reading, in figures that are not rounded."""
    return {
        "file": labelled.name,
        "catalogue": catalogue,
        "messages": len(labelled.rows),
        "left_out": list(labelled.problems),
        "readers": {o.name: _measured_json(o) if isinstance(o, Measured) else {"error": o.reason} for o in outcomes},
    }


def _heading(labelled: LabelledFile, catalogue: str) -> str:
    slots = sum(len(row.slots) for row in labelled.rows)
    out = f", {len(labelled.problems)} left out" if labelled.problems else ""
    return f"{labelled.name}: {len(labelled.rows):,} messages{out}, {slots:,} slots; catalogue {catalogue}"


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:{WIDTH}}" + "".join(f"{cell:>{CELL}}" for cell in cells).rstrip()


def _with_interval(figure: float, interval: Interval) -> str:
    return f"{figure:.3f} [{interval[0]:.2f}, {interval[1]:.2f}]"


def _precision_recall(tally: Tally) -> str:
    return f"{tally.precision:.3f}, {tally.recall:.3f}"


def _per_slot(scores: Sequence[Scores]) -> Iterator[str]:
    """A line a slot: F1 (precision, recall), most frequently labelled first."""
    seen: dict[str, int] = {}
    for one in scores:
        for slot, tally in one.per_slot.items():
            seen[slot] = tally.labelled
    for slot, labelled in sorted(seen.items(), key=lambda s: (-s[1], s[0])):
        tallies = [one.per_slot.get(slot, Tally(labelled=labelled)) for one in scores]
        yield _line(f"  {slot} ({labelled})", [f"{t.f1:.3f} ({t.precision:.2f}, {t.recall:.2f})" for t in tallies])


def _certainty(measured: Sequence[Measured]) -> Iterator[str]:
    """Whether confidences hold, and what asking back below `DOUBTFUL` would catch; nothing when no reader told one."""
    told = [m.certainty for m in measured]
    if any(told):
        yield _line("calibration error", ["–" if c is None else f"{c.error:.3f}" for c in told])
        yield _line(
            "doubtful, wrong of them", ["–" if c is None else f"{c.doubtful}, {c.doubtful_wrong}" for c in told]
        )


def _confusions(one: Measured) -> Iterator[str]:
    if one.scores.confusions:
        shown = [f"{gold}→{read} {n}" for (gold, read), n in one.scores.confusions[:CONFUSIONS]]
        more = len(one.scores.confusions) - CONFUSIONS
        yield f"{one.name}, labelled→read: {', '.join(shown)}{f', {more} more pairs' if more > 0 else ''}"


def _measured_json(one: Measured) -> dict[str, Any]:
    scores = one.scores
    confusions = [{"labelled": gold, "read": read, "count": n} for (gold, read), n in scores.confusions]
    return {
        "intent": {"accuracy": scores.intent_accuracy, "interval": scores.intent_interval, "confusions": confusions},
        "slots": {
            "all": _tally_json(scores.slots),
            "without_about": {**_tally_json(scores.without_about), "interval": scores.without_about_interval},
            "ignoring_polarity": _tally_json(scores.ignoring_polarity),
            "per_slot": {slot: _tally_json(tally) for slot, tally in scores.per_slot.items()},
        },
        "exact": scores.exact,
        "ms": {"p50": one.ms[0], "p95": one.ms[1]},
        "calls_median": one.calls,
        "certainty": None if one.certainty is None else asdict(one.certainty),
        "sources": dict(one.sources),
        "degraded": dict(one.degraded),
        "readings": [dict(reading) for reading in one.readings],
    }


def _tally_json(tally: Tally) -> dict[str, float]:
    counts = {"hits": tally.hits, "labelled": tally.labelled, "read": tally.read}
    return {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1, **counts}
