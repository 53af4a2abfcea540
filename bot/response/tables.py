"""A small table inside a reply: Markdown in the text, rows again for a channel that draws it.

Knows no catalogue and no channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Rows = tuple[tuple[str, ...], ...]
_RULE = re.compile(r"\|(?:-+\|)+")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown of `rows`, of which the first is the head. Cells are one line; a bar in one becomes a slash."""
    lines = ["| " + " | ".join(" ".join(cell.replace("|", "/").split()) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def parts(text: str) -> Iterator[str | Rows]:
    """`text` in order: prose as it is, each table as its rows, the head first."""
    prose: list[str] = []
    lines = text.split("\n")
    while lines:
        height = _height(lines)
        if height:
            if prose:
                yield "\n".join(prose)
                prose = []
            yield tuple(_cells(line) for i, line in enumerate(lines[:height]) if i != 1)
            lines = lines[height:]
        else:
            prose.append(lines.pop(0))
    if prose:
        yield "\n".join(prose)


def by_column(text: str) -> str:
    """`text` with each table as prose, a line for each column: its head, then what stands below it."""
    told: list[str] = []
    for part in parts(text):
        if isinstance(part, str):
            told.append(part)
        else:
            labels = [row[0] for row in part[1:]]
            told += [
                f"{head}: " + ", ".join(f"{label} {row[i]}" for label, row in zip(labels, part[1:], strict=True))
                for i, head in enumerate(part[0])
                if i
            ]
    return "\n".join(told)


def _height(lines: Sequence[str]) -> int:
    """How many of the first `lines` are a table; 0: they begin with none."""
    if len(lines) < 2 or not lines[0].startswith("| ") or not _RULE.fullmatch(lines[1]):
        return 0
    return next((i for i, line in enumerate(lines) if not line.startswith("|")), len(lines))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))
