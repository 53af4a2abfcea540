"""What the catalogue's owner logged, as it stands in the file: rows, unweighted and uninterpreted.

Reads `user,item,event|rating,timestamp` beside the catalogue, and the columns `seconds` and `position` where there are
such; for the demo, ratings from a downloaded asset that name the items by a column of theirs. Knows no weights;
`ranking` converts the rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from retrieval.catalogue.item import Catalogue, RowProblem
from retrieval.catalogue.loader import check_log_columns, number
from retrieval.catalogue.rows import Row, read_rows

ASSET_FILE = "ratings.parquet"
EVENTS = (
    "impression", "view", "click", "dwell", "like", "dislike", "seen", "cart", "purchase", "accept", "rating",
)  # fmt: skip
_MILLISECONDS = 1e11  # as seconds this is the year 5138: a greater stamp counts milliseconds


@dataclass(frozen=True, slots=True)
class InteractionRow:
    """One line of a log. `timestamp` is in UTC seconds since 1970; at least one of `event` and `rating` is there.

    `rating` is on the log's own scale, higher is better; `event` is casefolded. `seconds` is how long a dwell was,
    `position` the place of an impression, from 1.
    """

    user: str
    item: str
    event: str | None
    rating: float | None
    timestamp: float
    seconds: float | None = None
    position: float | None = None


def load_interactions(
    catalogue: Catalogue, asset_folder: Path | None = None
) -> tuple[list[InteractionRow], list[RowProblem]]:
    """The behaviour that comes with `catalogue`, in the file's order, and what could not be used of it.

    `asset_folder` holds the asset that the catalogue names, when it was downloaded. Rows about items that the
    catalogue lacks are one problem with their count; nobody reads 30,000 lines.
    """
    schema = catalogue.schema
    reading = _Reading({item.id: item.id for item in catalogue.items}, "item")
    if schema.interactions_path:
        reading.read(schema.interactions_path)
    if schema.interactions_join and asset_folder:
        join = schema.interactions_join
        values = ((item.fields.get(join), item.id) for item in catalogue.items)
        joined = _Reading({_key(value): id for value, id in values if value is not None}, join)
        joined.read(asset_folder / ASSET_FILE)
        return reading.rows + joined.rows, reading.problems + joined.problems
    return reading.rows, reading.problems


def _key(value: object) -> str:
    """A join value as text; 12, 12.0 and "12" are one."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class _Reading:
    """One file being read. `ids` maps what the file's `item_column` says to item ids."""

    def __init__(self, ids: Mapping[str, str], item_column: str) -> None:
        self.ids, self.item_column = ids, item_column
        self.rows: list[InteractionRow] = []
        self.problems: list[RowProblem] = []

    def read(self, path: Path) -> None:
        unknown: list[tuple[int, str]] = []
        checked = False
        for line, row in read_rows(path):
            if isinstance(row, RowProblem):
                self.problems.append(row)
                continue
            if not checked:
                check_log_columns(path, row, self.item_column)
                checked = True
            try:
                item = self._known(_key(_needed(row, self.item_column)))
                if item not in self.ids:
                    unknown.append((line, item))
                    continue
                self.rows.append(self._row(row, self.ids[item]))
            except _BadColumn as error:
                self.problems.append(RowProblem(path.name, line, error.column, f"{error}; row left out"))
        if unknown:
            line, first = unknown[0]
            reason = f"{len(unknown):,} rows name items that are not in the catalogue, the first is {first!r}"
            self.problems.append(RowProblem(path.name, line, self.item_column, reason))

    def _known(self, item: str) -> str:
        """`item`, or what it spells when read as a JSON string, as some programs quote the cells of their logs."""
        if item in self.ids or "\\" not in item:
            return item
        try:
            spelled = json.loads(f'"{item}"')
        except ValueError:
            return item
        return spelled if spelled in self.ids else item

    def _row(self, row: Row, item: str) -> InteractionRow:
        event = _event(row)
        rating = _number(row, "rating")
        if rating is not None and rating < 0:
            raise _BadColumn("rating", f"{rating:g} is below 0")
        if not event and rating is None:
            raise _BadColumn("event", "neither an event nor a rating")
        return InteractionRow(
            user=_key(_needed(row, "user")),
            item=item,
            event=event,
            rating=rating,
            timestamp=_timestamp(row),
            seconds=_at_least(row, "seconds", 0),
            position=_at_least(row, "position", 1),
        )


class _BadColumn(ValueError):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _needed(row: Row, column: str) -> object:
    value = row.get(column)
    if value is None or value == "":
        raise _BadColumn(column, "is missing")
    return value


def _event(row: Row) -> str | None:
    event = str(row.get("event") or "").casefold()
    if event and event not in EVENTS:
        raise _BadColumn("event", f"{event[:80]!r} is none of {', '.join(EVENTS)}")
    return event or None


def _number(row: Row, column: str) -> float | None:
    try:
        return number(row.get(column))
    except ValueError as error:
        raise _BadColumn(column, str(error)) from error


def _at_least(row: Row, column: str, least: float) -> float | None:
    value = _number(row, column)
    if value is not None and value < least:
        raise _BadColumn(column, f"{value:g} is below {least:g}")
    return value


def _timestamp(row: Row) -> float:
    """UTC seconds from a number (seconds, or milliseconds when that large) or an ISO 8601 date; UTC without a zone."""
    value = _needed(row, "timestamp")
    if isinstance(value, str) and not value.isdecimal() and not _is_number(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise _BadColumn("timestamp", f"{str(value)[:80]!r} is no time") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    seconds = _number({"timestamp": value}, "timestamp") or 0.0
    return seconds / 1000 if seconds >= _MILLISECONDS else seconds


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
