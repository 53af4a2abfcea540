"""A catalogue folder → `Catalogue`: every row read, every bad row or field reported, the rest served.

Knows the three file kinds through `rows`, the declaration through `parse`; knows no vectors and no users.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from retrieval.catalogue.item import Catalogue, Item, RowProblem
from retrieval.catalogue.parse import FILE_NAME, parse_schema
from retrieval.catalogue.review_rows import load_reviews
from retrieval.catalogue.rows import Row, read_rows
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind
from retrieval.errors import CatalogueError

_LIST_IN_CELL = re.compile(r"[|;]")
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_UNREAD = re.compile(r"[\t\r\n]")  # that browsers leave out of an address


def load_catalogue(folder: Path) -> Catalogue:
    """The catalogue in `folder` (or whose `catalogue.toml` this is); raises CatalogueError if it is of no use."""
    path = folder if folder.suffix == ".toml" else folder / FILE_NAME
    schema, declaration = parse_schema(path)
    builder = _ItemBuilder(schema)
    fingerprint = hashlib.sha256(declaration.encode())
    items: list[Item] = []
    columns: set[str] = set()
    lines: dict[str, int] = {}
    for line, row in read_rows(schema.items_path):
        if isinstance(row, RowProblem):
            builder.problems.append(row)
            continue
        columns.update(row)
        item = builder.item(line, row)
        if item is None:
            continue
        if item.id in lines:
            builder.report(line, schema.id_column, f"{item.id!r} stands in line {lines[item.id]} already; row left out")
            continue
        lines[item.id] = line
        items.append(item)
        fingerprint.update(_digest(item.content_hash, dict(item.fields)))
    _check(schema, items, columns, builder.problems)
    if schema.interactions_path:
        _check_log(schema.interactions_path)
    reviews, unread = load_reviews(schema.reviews_path, lines) if schema.reviews_path else ((), ())
    problems = (*builder.problems, *_dead_synonyms(path, schema, items), *unread)
    return Catalogue(schema, tuple(items), problems, fingerprint.hexdigest(), reviews)


def _check(schema: CatalogueSchema, items: list[Item], columns: Iterable[str], problems: list[RowProblem]) -> None:
    """Refuse a file without rows, without a declared column or without one good row."""
    name, seen = schema.items_path.name, set(columns)
    if not seen and not problems:
        raise CatalogueError(f"{name} has no rows", hint="a catalogue needs at least one item")
    for purpose, column in _declared_columns(schema) if seen else ():
        if column not in seen:
            raise CatalogueError(
                f"{purpose} names the column {column!r}, which is in no row of {name}", hint=_columns_hint(column, seen)
            )
    if not items:
        raise CatalogueError(
            f"not one of the {len(problems)} rows of {name} can be used; the first: {problems[0]}",
            hint="correct the rows, or the columns that catalogue.toml names",
        )


def _check_log(path: Path) -> None:
    """Refuse now, before an index is built, a log that is not there or lacks a column; its first good row tells."""
    first = next((row for _, row in read_rows(path) if not isinstance(row, RowProblem)), None)
    if first is not None:
        check_log_columns(path, first, "item")


def check_log_columns(path: Path, row: Row, item_column: str) -> None:
    """Refuse the log `path` whose `row` lacks a column that is needed."""
    for column in ("user", item_column, "timestamp"):
        if column not in row:
            raise CatalogueError(f"{path.name} has no column {column!r}", hint=_columns_hint(column, set(row)))
    if "event" not in row and "rating" not in row:
        raise CatalogueError(f"{path.name} has neither 'event' nor 'rating'", hint="add one of the two columns")


def _columns_hint(column: str, seen: Collection[str]) -> str:
    """What to do about a `column` that is in no row: the one that was meant, or all that the file has."""
    if len(seen) == 1 and ";" in (only := next(iter(seen))):
        return f"the columns of {only[:80]!r} are separated by semicolons; separate with commas"
    if meant := difflib.get_close_matches(column, seen, n=1, cutoff=0.75):
        return f"did you mean {meant[0]!r}?"
    return f"the file has the columns {', '.join(sorted(seen))}"


def _declared_columns(schema: CatalogueSchema) -> list[tuple[str, str]]:
    """Every column that the declaration names, with where it does."""
    declared: list[tuple[str, str | None]] = [("columns.id", schema.id_column), ("columns.title", schema.title_column)]
    declared += [("columns.text", column) for column in schema.text_columns]
    declared += [("columns.image", schema.image_column), ("columns.url", schema.url_column)]
    declared += [(f"facets.{facet.name}", column) for facet in schema.facets for column in facet.columns]
    declared += [("interactions_join", schema.interactions_join)]
    declared += [("words", name) for name in schema.words if name not in {facet.name for facet in schema.facets}]
    return [(purpose, column) for purpose, column in declared if column is not None]


def _digest(*parts: object) -> bytes:
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).digest()


def _dead_synonyms(path: Path, schema: CatalogueSchema, items: list[Item]) -> list[RowProblem]:
    """Synonyms for values that no item carries: harmless, and most often a slip of the pen."""
    problems = []
    source = path.read_text(encoding="utf-8-sig").splitlines()
    for facet in schema.facets:
        carried = {value.casefold() for item in items for value in item.values(facet.name)} if facet.synonyms else set()
        for word, meaning in facet.synonyms.items():
            for value in meaning.split("+"):
                if value.casefold() not in carried:
                    line = next((n for n, text in enumerate(source, 1) if word in text.casefold()), 1)
                    reason = f"{word!r} means {value!r}, a {facet.name} that no item has"
                    problems.append(RowProblem(path.name, line, f"facets.{facet.name}.synonyms", reason))
    return problems


class _FieldError(ValueError):
    """A field that cannot be used; the message is the reason."""


class _ItemBuilder:
    """Rows → items; collects what had to be left out."""

    def __init__(self, schema: CatalogueSchema) -> None:
        self.schema = schema
        self.problems: list[RowProblem] = []
        self._cells_hold_lists = schema.items_path.suffix.lower() == ".csv"

    def report(self, line: int, column: str | None, reason: str) -> None:
        self.problems.append(RowProblem(self.schema.items_path.name, line, column, reason))

    def item(self, line: int, row: Row) -> Item | None:
        """The item in `row`; None, with a report, without a usable id or title."""
        schema = self.schema
        names = []
        for column in (schema.id_column, schema.title_column):
            try:
                names.append(_name(row.get(column)))
            except _FieldError as error:
                self.report(line, column, f"{error}; row left out")
                return None
        facets = {facet.name: self._facet(line, row, facet) for facet in schema.facets}
        text = "\n".join(filter(None, (_readable(column, row.get(column)) for column in schema.text_columns)))
        return Item(
            id=names[0],
            title=" ".join(names[1].split()),
            text=text,
            facets=facets,
            fields=row,
            image=self._link(line, row, schema.image_column),
            url=self._link(line, row, schema.url_column),
            content_hash=_digest(names, text, facets).hex(),
        )

    def _facet(self, line: int, row: Row, facet: Facet) -> tuple[str, ...] | float | None:
        if facet.kind is FacetKind.NUMBER:
            return self._number(line, row, facet.columns[0])
        values: dict[str, str] = {}
        for column in facet.columns:
            try:
                for value in _values(row.get(column), split=self._cells_hold_lists):
                    values.setdefault(value.casefold(), value)
            except _FieldError as error:
                self.report(line, column, f"{error}; field left out")
        return tuple(values.values())

    def _number(self, line: int, row: Row, column: str) -> float | None:
        try:
            return number(row.get(column))
        except ValueError as error:
            self.report(line, column, f"{error}; field left out")
            return None

    def _link(self, line: int, row: Row, column: str | None) -> str | None:
        value = row.get(column) if column else None
        if value is None or value == "":
            return None
        scheme = _SCHEME.match(_UNREAD.sub("", value)) if isinstance(value, str) else None
        if not isinstance(value, str) or (scheme and scheme[1].lower() not in ("http", "https")):
            self.report(line, column, f"{value!r} is no http(s) address; field left out")
            return None
        return value


def number(value: object) -> float | None:
    """`value` as a finite float, None when there is none; raises ValueError with the reason."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise _FieldError(f"{value!r} is not a number")
    try:
        result = float(value)
    except (ValueError, OverflowError) as error:
        raise _FieldError(f"{str(value)[:80]!r} is not a number") from error
    if not math.isfinite(result):
        raise _FieldError(f"{value!r} is not a finite number")
    return result


def _name(value: object) -> str:
    """An id or a title: a text that is not empty, or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None or value == "":
        raise _FieldError("is missing")
    if not isinstance(value, str):
        raise _FieldError(f"{value!r} is not a text")
    return value


def _values(value: object, *, split: bool) -> list[str]:
    """The texts that a cell holds, empty ones left out; a CSV cell is split at "|" and ";"."""
    if isinstance(value, str) and split:
        value = [part.strip() for part in _LIST_IN_CELL.split(value)]
    values = value if isinstance(value, list) else [value]
    return [text for text in map(_scalar_text, values) if text]


def _scalar_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return f"{value:g}" if isinstance(value, float) and math.isfinite(value) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise _FieldError(f"{type(value).__name__} {str(value)[:80]!r} is not a text")


def _readable(column: str, value: object) -> str:
    """A text column as a sentence; a list with its column's name before it."""
    if isinstance(value, list):
        words = [word for word in map(_readable_scalar, value) if word]
        return f"{column.replace('_', ' ').capitalize()}: {', '.join(words)}." if words else ""
    return _readable_scalar(value)


def _readable_scalar(value: object) -> str:
    try:
        return _scalar_text(value)
    except _FieldError:
        return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, Mapping) else str(value)
