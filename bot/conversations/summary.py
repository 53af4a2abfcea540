"""What a run of conversations comes to, in figures, and how it differs from an earlier one. Knows rows of a report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranking.resampling import Interval, mean_interval

Row = Mapping[str, Any]
CONSTRAINTS, REPEATS, GROUNDING = "hard_constraints_hold", "nothing_refused_returns", "every_statement_is_grounded"


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run. Counts are of turns that broke a law.

    `accepted` counts conversations in which an item was accepted, `turns_to_accept` is their mean number of visitor's
    turns up to it, NaN without one; `p50_ms` and `p95_ms` are of whole turns, NaN where nothing was timed.
    """

    conversations: int
    passed: int
    turns: int
    constraint_violations: int
    repeats: int
    ungrounded: int
    accepted: int
    turns_to_accept: float
    p50_ms: float
    p95_ms: float
    runs: Interval | None = None  #: the share of all runs that passed, conversations resampled; None: one run each

    @property
    def pass_rate(self) -> float:
        """In [0, 1]; NaN when nothing ran."""
        return self.passed / self.conversations if self.conversations else math.nan


@dataclass(frozen=True, slots=True)
class Difference:
    """Conversations by name, against an earlier run: which fail now, pass again, are new or gone, show other items."""

    failing: tuple[str, ...]
    mended: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    other_items: tuple[str, ...]


def summarised(rows: Sequence[Row]) -> Summary:
    """The figures of `rows`, one a conversation as `report.row_of` makes them."""
    turns = [turn for row in rows for turn in row["turns"]]
    laws = [{wrong.get("law", "") for wrong in turn["wrong"]} for turn in turns]
    accepts = [n for row in rows if (n := _accepted_after(row)) is not None]
    times = [total for turn in turns if (total := (turn.get("ms") or {}).get("total")) is not None]
    return Summary(
        conversations=len(rows),
        passed=sum(row["outcome"] == "passed" for row in rows),
        turns=len(turns),
        constraint_violations=sum(CONSTRAINTS in broken for broken in laws),
        repeats=sum(REPEATS in broken for broken in laws),
        ungrounded=sum(GROUNDING in broken for broken in laws),
        accepted=len(accepts),
        turns_to_accept=float(np.mean(accepts)) if accepts else math.nan,
        p50_ms=float(np.percentile(times, 50)) if times else math.nan,
        p95_ms=float(np.percentile(times, 95)) if times else math.nan,
        runs=_runs([row["runs"] for row in rows if "runs" in row]),
    )


def _runs(counts: Sequence[Mapping[str, int]]) -> Interval | None:
    """Runs of one conversation are not independent: conversations are drawn, with all their runs."""
    if not counts:
        return None
    passed = np.concatenate([np.arange(c["of"]) < c["passed"] for c in counts]).astype(np.float64)
    return mean_interval(passed, np.repeat(np.arange(len(counts), dtype=np.float64), [c["of"] for c in counts]))


def _accepted_after(row: Row) -> int | None:
    """How many turns until an item is accepted; None when none is."""
    for number, turn in enumerate(row["turns"], 1):
        events = turn.get("events", ())
        if any(event["event"] == "Reacted" and event["kind"] == "accept" for event in events):
            return number
    return None


def compared(rows: Sequence[Row], earlier: Sequence[Row]) -> Difference:
    """What changed since `earlier`; conversations are the same when script, name and mode are."""
    now, then = _by_name(rows), _by_name(earlier)
    both = [name for name in now if name in then]
    failed = {name for name in now if now[name]["outcome"] != "passed"}
    were = {name for name in then if then[name]["outcome"] != "passed"}
    return Difference(
        failing=tuple(name for name in both if name in failed and name not in were),
        mended=tuple(name for name in both if name in were and name not in failed),
        new=tuple(name for name in now if name not in then),
        gone=tuple(name for name in then if name not in now),
        other_items=tuple(name for name in both if _shown(now[name]) != _shown(then[name])),
    )


def _by_name(rows: Sequence[Row]) -> dict[str, Row]:
    return {f"{row['script']}::{row['name']} ({row['mode']})": row for row in rows}


def _shown(row: Row) -> list[list[str]]:
    return [[item["id"] for item in turn.get("items", ())] for turn in row["turns"]]


def markdown(rows: Sequence[Row], difference: Difference | None) -> str:
    """The figures, what failed and what changed, as Markdown."""
    return "\n".join([*_figures(summarised(rows)), *_failed(rows), *_changes(difference)]) + "\n"


def labelled(summary: Summary) -> list[tuple[str, str]]:
    """The figures in words, in the order in which they are shown."""
    rate = [] if summary.runs is None else [("share of runs that passed, 95%", str(summary.runs))]
    return [
        ("passed", f"{summary.passed} of {summary.conversations} ({_share(summary.pass_rate)})"),
        *rate,
        ("turns", str(summary.turns)),
        ("constraint violations", str(summary.constraint_violations)),
        ("repeats of what was refused or seen", str(summary.repeats)),
        ("ungrounded statements", str(summary.ungrounded)),
        ("turns to accept", f"{_number(summary.turns_to_accept)} ({summary.accepted} accepted)"),
        ("p50 / p95 of a turn", f"{_number(summary.p50_ms)} / {_number(summary.p95_ms)} ms"),
    ]


def _figures(summary: Summary) -> Iterator[str]:
    yield from ("# Conversations", "", "| | |", "|---|---|")
    yield from (f"| {name} | {value} |" for name, value in labelled(summary))


def _failed(rows: Sequence[Row]) -> Iterator[str]:
    failed = [row for row in rows if row["outcome"] != "passed"]
    if failed:
        yield from ("", "## Failed", "")
    for row in failed:
        wrong = next(w for turn in row["turns"] for w in turn["wrong"])
        place = f"`{row['script']}:{row['line']}` {row['name']} ({row['mode']})"
        yield f"- {place}{_often(row)}: {wrong['what']}: expected {wrong['expected']}"


def _often(row: Row) -> str:
    runs = row.get("runs")
    return f", {runs['passed']} of {runs['of']} runs" if runs else ""


def _changes(difference: Difference | None) -> Iterator[str]:
    if difference is None:
        return
    yield from ("", "## Since the earlier run", "")
    for told, names in changes_in_words(difference):
        yield f"- {told}: {', '.join(names) or 'none'}"


def changes_in_words(difference: Difference) -> list[tuple[str, tuple[str, ...]]]:
    """What changed, each with its words."""
    return [
        ("fail now", difference.failing),
        ("pass again", difference.mended),
        ("new", difference.new),
        ("gone", difference.gone),
        ("show other items", difference.other_items),
    ]


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}%"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1f}" if value < 100 else f"{value:.0f}"
