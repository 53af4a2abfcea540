"""JSON Lines in, JSON Lines out: one answer a row, an error object for a row that fails, nothing lost.

Exit codes: 0 all answered, 1 some rows failed, 2 usage. Knows rows and errors only.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from retrieval.errors import ChatalogueError

log = logging.getLogger(__name__)
Row = dict[str, Any]
Answer = Callable[[Row], Mapping[str, Any] | None]


class RowError(ChatalogueError):
    """A row of input that cannot be answered as it stands."""

    code = "bad_row"


def answer_rows(lines: Iterable[str], answer: Answer, out: IO[str] | None = None) -> int:
    """Answer every line; returns the exit code. An answer of None writes nothing. Blank lines are passed over."""
    stream = out or sys.stdout
    if isinstance(lines, io.TextIOWrapper):
        lines.reconfigure(errors="surrogateescape")  # a byte that is no UTF-8 spoils its row at most
    failed = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: Row | None = None
        try:
            row = _parse(line, number)
            result = answer(row)
        except ChatalogueError as error:
            failed = True
            result = {"id": (row or {}).get("id"), "error": describe(error)}
        except Exception as error:  # the channel: log and answer honestly
            log.exception("line %d failed", number)
            failed = True
            result = {"id": (row or {}).get("id"), "error": describe(error)}
        if result is not None:
            stream.write(_written(result) + "\n")
            stream.flush()
    return 1 if failed else 0


def describe(error: Exception) -> dict[str, str]:
    """An error as the `error` object of an answer; what is not ours is named without its internals."""
    if isinstance(error, ChatalogueError):
        return {"code": error.code, "message": error.message, "hint": error.hint}
    return {
        "code": "internal",
        "message": f"this row could not be answered ({type(error).__name__})",
        "hint": "the details are in the log on standard error; please report them",
    }


def text_field(row: Row, name: str) -> str:
    """`row[name]` as text; raises RowError when it is missing or something else."""
    value = row.get(name)
    if not isinstance(value, str):
        raise RowError(f"field {name!r} must be a string, not {value!r}", hint=f'give {{"{name}": "…"}} in every row')
    return value


def number_field(row: Row, name: str) -> float:
    """`row[name]` as a number; raises RowError when it is missing or something else."""
    value = row.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise RowError(f"field {name!r} must be a number, not {value!r}", hint=f'give {{"{name}": 0.5}}, say')
    return float(value)


def texts_field(row: Row, name: str) -> tuple[str, ...]:
    """`row[name]` as a list of texts, empty when absent; raises RowError when it is something else."""
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise RowError(f"field {name!r} must be a list of strings, not {value!r}", hint="leave it out or give a list")
    return tuple(value)


def _written(result: Mapping[str, Any]) -> str:
    """One line of JSON; a surrogate without its pair, which UTF-8 cannot hold, stays the escape that it came as."""
    return json.dumps(result, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


def _parse(line: str, number: int) -> Row:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise RowError(f"line {number} is not JSON: {error}", hint="write one JSON object a line") from error
    if not isinstance(row, dict):
        raise RowError(f"line {number} is not a JSON object but {type(row).__name__}", hint='write {"id": …, …}')
    return row
