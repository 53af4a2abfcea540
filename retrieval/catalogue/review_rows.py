"""What people wrote about items, as it stands in the file: rows of `item`, `text` and, where given, `stars` out of 5.

Knows no language and no sentiment; `ranking` reads the texts.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from retrieval.catalogue.item import Review, RowProblem
from retrieval.catalogue.rows import Row, read_rows
from retrieval.errors import CatalogueError

MOST_STARS = 5.0


def load_reviews(path: Path, ids: Collection[str]) -> tuple[tuple[Review, ...], tuple[RowProblem, ...]]:
    """The reviews in `path` of the items `ids`, in the file's order, and what could not be used of it.

    Raises CatalogueError when the file cannot be read or its first row lacks a column.
    """
    known, reviews, problems = frozenset(ids), list[Review](), list[RowProblem]()
    unknown: list[tuple[int, str]] = []
    checked = False
    for line, row in read_rows(path):
        if isinstance(row, RowProblem):
            problems.append(row)
            continue
        if not checked:
            _check_columns(path, row)
            checked = True
        found = _review(row)
        if isinstance(found, str):
            problems.append(RowProblem(path.name, line, None, f"{found}; row left out"))
        elif found.item in known:
            reviews.append(found)
        else:
            unknown.append((line, found.item))
    if unknown:
        line, first = unknown[0]
        reason = f"{len(unknown):,} rows name items that are not in the catalogue, the first is {first!r}"
        problems.append(RowProblem(path.name, line, "item", reason))
    return tuple(reviews), tuple(problems)


def _check_columns(path: Path, row: Row) -> None:
    for column in ("item", "text"):
        if column not in row:
            columns = ", ".join(sorted(row))
            raise CatalogueError(f"{path.name} has no column {column!r}", hint=f"the file has the columns {columns}")


def _review(row: Row) -> Review | str:
    """The review in `row`, or why there is none. One without a text may still have stars."""
    item, text, stars = row.get("item"), row.get("text") or "", row.get("stars")
    if item is None or item == "" or not isinstance(text, str):
        return "the item or the text is no text"
    try:
        given = None if stars is None or stars == "" else float(str(stars))
    except ValueError:
        return f"{str(stars)[:80]!r} is no number of stars"
    if given is not None and not 0 <= given <= MOST_STARS:
        return f"{given:g} stars are not between 0 and {MOST_STARS:g}"
    if not text and given is None:
        return "neither a text nor stars"
    return Review(str(item), text, given)
