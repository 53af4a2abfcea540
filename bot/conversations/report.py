"""What conversations did, as JSON Lines: one object a conversation, ordered by file and name.

Wall times are left out, so that the same suite twice gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.conversations.loading import Case
from bot.conversations.runner import Transcript, TurnRecord
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

    def add(self, case: Case, transcript: Transcript, mode: str) -> None:
        """Take in a conversation."""
        self.add_row(row_of(case, transcript, mode))

    def add_row(self, row: dict[str, Any]) -> None:
        """Take in a conversation that ran in another process."""
        self._rows[row["script"], row["name"]] = row

    def write(self, path: Path) -> None:
        """Write the file; raises ReportError."""
        lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for _, row in sorted(self._rows.items())]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines), encoding="utf-8", newline="\n")
        except OSError as error:
            raise ReportError(
                f"the report {str(path)!r} cannot be written: {error}", hint="name another file"
            ) from error


def row_of(case: Case, transcript: Transcript, mode: str) -> dict[str, Any]:
    """One conversation as a JSON object."""
    return {
        "script": case.path.name,
        "line": case.line,
        "name": case.name,
        "catalogue": case.catalogue.name,
        "mode": mode,
        "tags": list(case.tags),
        "outcome": "failed" if transcript.failed else "passed",
        "turns": [_turn(record) for record in transcript.turns],
    }


def _turn(record: TurnRecord) -> dict[str, Any]:
    reply, seen = record.reply, record.seen
    row: dict[str, Any] = {
        "at": str(record.place),
        "visitor": record.said,
        "wrong": [{"what": m.what, "expected": m.expected, "actual": m.actual} for m in record.wrong],
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
        "model": None if effort is None else {"requests": effort.requests, "model_calls": effort.model_calls},
    }
