"""What `evaluate dialogue` prints and writes: a line a system, ratios, the first faults; and all of it as JSON.

Knows figures and runs; computes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.simulation.figures import FAULTS, Comparison, Figures
from bot.simulation.simulate import TURNS, Exchange, Run

NAME, CELL = 17, 14
FAULTS_SHOWN = 5  #: of the assistant's, in full; the JSON has them all


@dataclass(frozen=True, slots=True)
class Heading:
    """What was simulated: `people` of the `asked` that the log could give, in `groups` with a behaviour model each."""

    catalogue: str
    people: int
    asked: int
    groups: int
    seed: int
    reader: str
    k: int


@dataclass(frozen=True)
class Outcome:
    """A simulation, measured. `runs` by system, the assistant first; `ceiling` in [0, 1] see `ceiling.py`."""

    heading: Heading
    runs: Mapping[str, Sequence[Run]]
    figures: Sequence[Figures]
    comparisons: Sequence[Comparison]
    ceiling: float = math.nan


def table(outcome: Outcome) -> str:
    """The comparison as text."""
    head = outcome.heading
    people = f"{head.people}" if head.people == head.asked else f"{head.people} (asked for {head.asked})"
    columns = (f"success@{head.k}", "95%", "turn", "asked", *FAULTS, "p50 ms", "p95 ms")
    lines = [
        f"{head.catalogue}: {people} simulated newcomers, seed {head.seed}, read by the {head.reader}; "
        f"{TURNS} messages at most, {head.k} items a list",
        "",
        f"{'':{NAME}}" + "".join(f"{name:>{CELL}}" for name in columns),
        *map(_line, outcome.figures),
        "",
        *(_compared(outcome.figures[0].system, one) for one in outcome.comparisons),
        f"in the best {TURNS * head.k} of behaviour, had all they like and know been told: {outcome.ceiling:.3f}",
        *_notes(outcome.figures),
        *_faults(outcome.runs[outcome.figures[0].system]),
    ]
    return "\n".join(lines)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Figures and every conversation; the same for a seed but for what stands under a key "ms"."""
    head = outcome.heading
    return {
        "catalogue": head.catalogue,
        "users": head.people,
        "groups": head.groups,
        "seed": head.seed,
        "reader": head.reader,
        "turns": TURNS,
        "k": head.k,
        "systems": {one.system: _figures_json(one) for one in outcome.figures},
        "ceiling": _number(outcome.ceiling),
        "ratios": {one.other: _ratio_json(one) for one in outcome.comparisons},
        "conversations": [_run_json(run) for runs in outcome.runs.values() for run in runs],
    }


def _line(one: Figures) -> str:
    low, high = one.interval
    cells = [f"{one.success:.3f}", f"[{low:.2f}, {high:.2f}]", f"{one.turns:.2f}", f"{one.questions:.2f}"]
    cells += [str(one.faults[kind]) for kind in FAULTS] + [f"{ms:.0f}" for ms in one.ms]
    return f"{one.system:{NAME}}" + "".join(f"{cell:>{CELL}}" for cell in cells)


def _compared(ours: str, one: Comparison) -> str:
    low, high = one.interval
    return f"{ours} / {one.other}: {one.ratio:.2f} [{low:.2f}, {high:.2f}]"


def _notes(figures: Sequence[Figures]) -> Iterator[str]:
    """What a reader of the table must know and no column says."""
    for one in figures:
        if one.broken:
            yield f"{one.system}: {one.broken} conversations ended because a message was not answered"
        if one.by_rules:
            yield f"{one.system}: the rules read {one.by_rules} messages that the model should have read"
        if one.reworded:
            yield f"{one.system}: {one.reworded} wordings failed the check and were replaced by templates"


def _faults(runs: Sequence[Run]) -> Iterator[str]:
    shown = [(run, exchange) for run in runs for exchange in run.exchanges if exchange.faults]
    for run, exchange in shown[:FAULTS_SHOWN]:
        said = " | ".join(one.said for one in run.exchanges[: run.exchanges.index(exchange) + 1])
        yield from ("", f"user {run.persona.user}: {said}")
        yield from (f"  {fault.kind}: {fault.detail}" for fault in exchange.faults)


def _figures_json(one: Figures) -> dict[str, Any]:
    return {
        "success": one.success,
        "interval": _pair(one.interval),
        "turns_to_success": _number(one.turns),
        "questions": one.questions,
        "messages": one.messages,
        "faults": dict(one.faults),
        "reworded": one.reworded,
        "read_by_rules_instead": one.by_rules,
        "left": one.left,
        "broken": one.broken,
        "ms": {"p50": _number(one.ms[0]), "p95": _number(one.ms[1])},
    }


def _ratio_json(one: Comparison) -> dict[str, Any]:
    return {"ratio": _number(one.ratio), "interval": _pair(one.interval)}


def _run_json(run: Run) -> dict[str, Any]:
    return {
        "system": run.system,
        "user": run.persona.user,
        "target": run.persona.target,
        "success": run.success,
        "left": run.left,
        "broken": run.broken,
        "exchanges": [_exchange_json(exchange) for exchange in run.exchanges],
        "accepted": None if run.accepted is None else _exchange_json(run.accepted),
    }


def _exchange_json(exchange: Exchange) -> dict[str, Any]:
    return {
        "said": exchange.said,
        "act": exchange.act,
        "items": list(exchange.items),
        "asks": exchange.asks,
        "faults": [{"kind": fault.kind, "detail": fault.detail} for fault in exchange.faults],
    }


def _pair(interval: tuple[float, float]) -> list[float | None]:
    return [_number(interval[0]), _number(interval[1])]


def _number(value: float) -> float | None:
    """JSON has neither NaN nor infinity: both are null."""
    return value if math.isfinite(value) else None
