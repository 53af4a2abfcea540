"""Labelled messages: a JSON Lines file of what people wrote and what it means, for measuring a reader.

A row is a row of `chatalogue understand` with `intent` and `slots` beside it; `docs/understanding.md` is the format.
Every row that cannot be used is told with file and line. Knows the catalogue's schema; knows no reader and no score.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.jsonl import Row, RowError, text_field, texts_field
from bot.understanding.reading import Intent, MessageInContext, NumberRange, Polarity, ShownItem
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.errors import ChatalogueError

POLARITIES: tuple[Polarity, ...] = (-1, 0, 1)
HINT = "docs/understanding.md describes the format"


class LabelsUnusable(ChatalogueError):
    """A file of labelled messages from which nothing can be measured."""

    code = "labels"


@dataclass(frozen=True, slots=True)
class Label:
    """One slot as a label or a reading states it: text, or (low, high) of a number facet with None for open."""

    slot: str
    value: str | NumberRange
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A message with its meaning. `id` is unique in its file; `line` counts from 1."""

    id: str
    line: int
    message: MessageInContext
    intent: Intent
    slots: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """The usable rows of a file, at least one, and what is wrong with each of the others ("FILE:LINE: …")."""

    name: str
    rows: tuple[LabelledMessage, ...]
    problems: tuple[str, ...] = ()


def load_labelled(path: Path, catalogue: Catalogue) -> LabelledFile:
    """The labelled messages of `path`. Raises LabelsUnusable when the file cannot be read or no row can be used."""
    by_title = {item.title.casefold(): item.id for item in catalogue.items}
    rows: dict[str, LabelledMessage] = {}
    problems = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = _row(line, number, catalogue, by_title)
            if row.id in rows:
                raise RowError(f"id {row.id!r} stands on line {rows[row.id].line} already", hint=HINT)
        except RowError as error:
            problems.append(f"{path.name}:{number}: {error.message}")
        else:
            rows[row.id] = row
    if not rows:
        first = f"; the first problem is {problems[0]}" if problems else ""
        raise LabelsUnusable(f"{str(path)!r} has no labelled message that can be used{first}", hint=HINT)
    return LabelledFile(path.name, tuple(rows.values()), tuple(problems))


def label_of(slot: str, value: object, polarity: int) -> Label:
    """A slot of the command line's projection as a label; lists become tuples."""
    span: Any = tuple(value) if isinstance(value, list) else value
    return Label(slot, span, 1 if polarity > 0 else -1 if polarity < 0 else 0)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise LabelsUnusable(f"cannot read {str(path)!r}: {error.strerror}", hint="name a JSON Lines file") from error
    except UnicodeDecodeError as error:
        raise LabelsUnusable(f"{str(path)!r} is not UTF-8 text: byte {error.start}", hint="save it as UTF-8") from error


def _row(line: str, number: int, catalogue: Catalogue, by_title: Mapping[str, str]) -> LabelledMessage:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise RowError(f"is not JSON: {error}", hint=HINT) from error
    if not isinstance(row, dict):
        raise RowError(f"is not a JSON object but {type(row).__name__}", hint=HINT)
    shown = tuple(ShownItem(by_title.get(t.casefold(), ""), t) for t in texts_field(row, "shown"))
    message = MessageInContext(text_field(row, "message"), texts_field(row, "context"), shown)
    return LabelledMessage(_id(row), number, message, _intent(row), tuple(_slots(row, catalogue)))


def _id(row: Row) -> str:
    given = row.get("id")
    if not isinstance(given, str | int) or isinstance(given, bool):
        raise RowError(f"field 'id' must be a string or a whole number, not {given!r}", hint=HINT)
    return str(given)


def _intent(row: Row) -> Intent:
    try:
        return Intent(text_field(row, "intent"))
    except ValueError:
        known = ", ".join(Intent)
        raise RowError(f"unknown intent {row['intent']!r}; the intents are {known}", hint=HINT) from None


def _slots(row: Row, catalogue: Catalogue) -> Iterator[Label]:
    given = row.get("slots")
    if not isinstance(given, list):
        raise RowError(f"field 'slots' must be a list, empty when nothing is said, not {given!r}", hint=HINT)
    for slot in given:
        yield _slot(slot, {f.name: f.kind for f in catalogue.schema.facets})


def _slot(given: object, kinds: Mapping[str, FacetKind]) -> Label:
    if isinstance(given, dict):
        given = [given.get("slot"), given.get("value"), given.get("polarity", 1)]
    if not isinstance(given, list) or len(given) != 3:
        raise RowError(f"a slot is [slot, value, polarity], not {given!r}", hint=HINT)
    slot, value, polarity = given
    known = ("item", *kinds, "about")
    if slot not in known:
        raise RowError(f"unknown slot {slot!r}; this catalogue has {', '.join(known)}", hint=HINT)
    if isinstance(polarity, bool) or polarity not in POLARITIES:
        raise RowError(f"the polarity of {slot} must be 1, 0 or -1, not {polarity!r}", hint=HINT)
    if kinds.get(slot) is FacetKind.NUMBER:
        _check_range(slot, value)
    elif not isinstance(value, str) or not value.strip():
        raise RowError(f"the value of {slot} must be text, not {value!r}", hint=HINT)
    return label_of(slot, value, polarity)


def _check_range(slot: str, value: object) -> None:
    ends = value if isinstance(value, list) and len(value) == 2 else [None]
    known = [n for n in ends if isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n)]
    if not known or len(known) + ends.count(None) != len(ends) or known != sorted(known):
        raise RowError(f"the value of {slot} must be [low, high] with null for open, not {value!r}", hint=HINT)
