"""What conversations did: one object a conversation, ordered by file and name, written in the format of a file's name.

JSON Lines have no wall times, so that the same suite twice gives the same bytes; the other formats tell them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.conversations.bench import Mismatch
from bot.conversations.loading import Case
from bot.conversations.repeats import Repeated
from bot.conversations.report_pages import html, junit
from bot.conversations.runner import TurnRecord
from bot.conversations.summary import Difference, compared, markdown, summarised
from bot.dialogue.events import to_json
from bot.projection import item_json, reading_json
from retrieval.errors import ChatalogueError


class ReportError(ChatalogueError):
    """A report that cannot be written."""

    code = "report"


class Report:
    """The conversations of one run, in whatever order they end."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], dict[str, Any]] = {}

    def add(self, case: Case, talks: Repeated, mode: str) -> None:
        """Take in a conversation."""
        self.add_row(row_of(case, talks, mode))

    def add_row(self, row: dict[str, Any]) -> None:
        """Take in a conversation that ran in another process."""
        self._rows[row["script"], row["name"]] = row

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One object a conversation, in order."""
        return [row for _, row in sorted(self._rows.items())]

    def write(self, path: Path, earlier: Sequence[Mapping[str, Any]] | None = None) -> None:
        """Write the file as its suffix says, one of FORMATS; with what changed since an `earlier` run.

        Raises ReportError.
        """
        difference = compared(self.rows, earlier) if earlier is not None else None
        text = _format_of(path)(self.rows, difference)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise ReportError(
                f"the report {str(path)!r} cannot be written: {error}", hint="name another file"
            ) from error


@dataclass(frozen=True)
class Output:
    """Where reports of a run go, in any of FORMATS, and the earlier run (JSON Lines) they compare with.

    Made before anything runs: raises ReportError for a format that does not exist and for what is no earlier report.
    """

    paths: tuple[Path, ...] = ()
    since: Path | None = None
    earlier: Sequence[Mapping[str, Any]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        for path in self.paths:
            _format_of(path)
        if self.since is not None:
            object.__setattr__(self, "earlier", read_rows(self.since))

    def take(self, report: Report) -> None:
        """Write `report` to every path; raises ReportError."""
        for path in self.paths:
            report.write(path, self.earlier)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of an earlier report in JSON Lines. Raises ReportError."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        summarised(rows)
        compared(rows, rows)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(
            f"{str(path)!r} is no report of an earlier run: {error}", hint="name a .jsonl file that --report wrote"
        ) from error
    return rows


def _json_lines(rows: Sequence[Mapping[str, Any]], _: Difference | None) -> str:
    timeless = ({**row, "turns": [_without_times(turn) for turn in row["turns"]]} for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in timeless)


def _without_times(turn: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in turn.items() if key != "ms"}


FORMATS = {".jsonl": _json_lines, ".html": html, ".md": markdown, ".xml": junit}


def _format_of(path: Path) -> Callable[[Sequence[Mapping[str, Any]], Difference | None], str]:
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(FORMATS)
        raise ReportError(f"a report cannot be written as {path.name!r}", hint=f"name it with one of {known}") from None


def row_of(case: Case, talks: Repeated, mode: str) -> dict[str, Any]:
    """One conversation as a JSON object; of several runs, `Repeated.told` and how many passed."""
    return {
        "script": case.path.name,
        "line": case.line,
        "name": case.name,
        "catalogue": case.catalogue.name,
        "mode": mode,
        "tags": list(case.tags),
        "outcome": "failed" if talks.failed else "passed",
        **_rate(talks),
        "turns": [_turn(record) for record in talks.told.turns],
    }


def _rate(talks: Repeated) -> dict[str, Any]:
    if len(talks.transcripts) == 1:
        return {}
    low, high = talks.interval
    told = {"of": len(talks.transcripts), "passed": talks.passed, "needed": talks.needed}
    return {"runs": {**told, "low": round(low, 3), "high": round(high, 3)}}


def _turn(record: TurnRecord) -> dict[str, Any]:
    reply, seen = record.reply, record.seen
    row: dict[str, Any] = {
        "at": str(record.place),
        "visitor": record.said,
        "wrong": [_mismatch(m) for m in record.wrong],
    }
    if reply is None or seen is None:
        return row
    effort = seen.effort
    return {
        **row,
        "understood": reading_json(reply.reading) if reply.reading else None,
        "source": reply.reading.source if reply.reading else None,
        "filled": reply.reading is not None and reply.reading.filled,
        "act": reply.act,
        "asks": reply.asks,
        "items": [item_json(card) for card in reply.items],
        "text": reply.text,
        "grounded": reply.grounded,
        "chips": [chip.label for chip in reply.chips],
        "events": [to_json(event) for event in seen.recorded],
        "ms": {name: round(value, 1) for name, value in reply.ms.items()},
        "model": None if effort is None else {"requests": effort.requests, "model_calls": effort.model_calls},
    }


def _mismatch(mismatch: Mismatch) -> dict[str, str]:
    told = {"what": mismatch.what, "expected": mismatch.expected, "actual": mismatch.actual}
    return {**told, "law": mismatch.law} if mismatch.law else told
