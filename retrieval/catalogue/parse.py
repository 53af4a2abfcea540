"""`catalogue.toml` → `CatalogueSchema`. Every key is checked; an unknown one is an error that names its neighbours.

Knows no rows: whether a column exists is the loader's business.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, cast

from retrieval.catalogue.rows import tidy_text
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind
from retrieval.errors import CatalogueError

FILE_NAME = "catalogue.toml"
TOP_KEYS = (
    *("name", "item", "item_words", "items", "interactions", "interactions_asset", "interactions_join", "reviews"),
    *("columns", "facets", "words"),
)
COLUMN_KEYS = ("id", "title", "text", "image", "url")
FACET_KEYS = ("column", "columns", "kind", "synonyms", "unit", "better", "label", "less", "more", "variants")
RESERVED = frozenset({"item", "about"})  # the slots that every catalogue has

_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")  # files are called so
_FACET_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")


def parse_schema(path: Path) -> tuple[CatalogueSchema, str]:
    """The checked content of `path`, and a sha256 (hex) of what it declares, whatever its comments and its folder."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CatalogueError(f"there is no {str(path)!r}", hint="name a folder with a catalogue.toml in it") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{str(path)!r} cannot be read: {error}", hint="it must be a UTF-8 text file") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{str(path)!r} is not valid TOML: {error}", hint="correct that line") from error
    schema = _schema(_Table(path, "", raw))
    canonical = json.dumps(raw, sort_keys=True, ensure_ascii=False, default=str)
    return schema, hashlib.sha256(canonical.encode()).hexdigest()


def suggestion(name: str, alternatives: Collection[str]) -> str:
    """ "did you mean 'x'?" or the list of all there is."""
    close = difflib.get_close_matches(name, alternatives, n=1)
    return f"did you mean {close[0]!r}?" if close else f"there is {', '.join(sorted(alternatives))}"


class _Table:
    """One TOML table with where it stands, whose getters refuse wrong types by name."""

    def __init__(self, path: Path, where: str, values: Mapping[str, Any]) -> None:
        self.path, self.where, self.values = path, where, values

    def error(self, key: str, reason: str, hint: str) -> CatalogueError:
        name = f"{self.where}.{key}" if self.where else key
        return CatalogueError(f"{self.path.name}: {name}: {reason}", hint=hint)

    def only(self, keys: Collection[str]) -> None:
        for key in self.values:
            if key not in keys:
                raise self.error(key, f"unknown key {key!r}", suggestion(key, keys))

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not tidy_text(value):
            raise self.error(key, f"{value!r} is not a text", "write it in quotes")
        return tidy_text(value)

    def need(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            raise self.error(key, "is missing", f'add {key} = "…"')
        return value

    def flag(self, key: str) -> bool:
        """A truth value; False when absent."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "is neither true nor false", f"write {key} = true")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) and tidy_text(v) for v in values):
            raise self.error(key, f"{value!r} is not a list of texts", f'write {key} = ["…", "…"]')
        return tuple(dict.fromkeys(tidy_text(v) for v in values))

    def table(self, key: str) -> _Table:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"{value!r} is not a table", f"write [{key}] and its keys below")
        return _Table(self.path, f"{self.where}.{key}" if self.where else key, value)


def _schema(top: _Table) -> CatalogueSchema:
    top.only(TOP_KEYS)
    columns = top.table("columns")
    columns.only(COLUMN_KEYS)
    facets = top.table("facets")
    folder = top.path.resolve().parent
    interactions, asset, join = top.text("interactions"), top.text("interactions_asset"), top.text("interactions_join")
    reviews = top.text("reviews")
    if (asset is None) != (join is None):
        raise top.error("interactions_asset", "goes with interactions_join", "name both, or neither")
    return CatalogueSchema(
        name=_name(top),
        item=top.need("item"),
        folder=folder,
        items_path=folder / top.need("items"),
        interactions_path=folder / interactions if interactions else None,
        id_column=columns.need("id"),
        title_column=columns.need("title"),
        text_columns=columns.texts("text"),
        facets=tuple(_facet(name, facets.table(name)) for name in facets.values),
        image_column=columns.text("image"),
        url_column=columns.text("url"),
        interactions_asset=asset,
        interactions_join=join,
        item_words=top.texts("item_words"),
        words=_words(top.table("words")),
        reviews_path=folder / reviews if reviews else None,
    )


def _name(top: _Table) -> str:
    name = top.need("name")
    if not _NAME.fullmatch(name):
        hint = "files are called so: use up to 64 letters and digits of English, blanks, _, - and single dots"
        raise top.error("name", f"{name[:80]!r} cannot name a catalogue", hint)
    return name


def _facet(name: str, table: _Table) -> Facet:
    table.only(FACET_KEYS)
    if name in RESERVED or not _FACET_NAME.fullmatch(name):
        raise table.error("", f"{name!r} cannot name a facet", f"use a-z, 0-9, _ and -; not {', '.join(RESERVED)}")
    try:
        kind = FacetKind(table.need("kind"))
    except ValueError as error:
        raise table.error("kind", str(error), suggestion(table.need("kind"), [k.value for k in FacetKind])) from error
    better = table.text("better")
    if better not in (None, "lower", "higher"):
        raise table.error("better", f"unknown direction {better!r}", 'write "lower" or "higher"')
    _check_numbers(table, kind)
    return Facet(
        name=name,
        kind=kind,
        columns=_facet_columns(table, kind),
        synonyms=_synonyms(table.table("synonyms")),
        unit=table.text("unit"),
        better=cast(Literal["lower", "higher"] | None, better),
        label=table.text("label") or name.replace("_", " "),
        less=tuple(word.casefold() for word in table.texts("less")),
        more=tuple(word.casefold() for word in table.texts("more")),
        variants=table.flag("variants"),
    )


def _facet_columns(table: _Table, kind: FacetKind) -> tuple[str, ...]:
    if "column" in table.values and "columns" in table.values:
        raise table.error("columns", "stands beside column", "keep one of the two")
    columns = table.texts("columns") or table.texts("column")
    if not columns:
        raise table.error("column", "is missing", 'add column = "…" or columns = ["…", "…"]')
    if kind is FacetKind.NUMBER and len(columns) > 1:
        raise table.error("columns", "a number has one column", 'write column = "…"')
    return columns


def _check_numbers(table: _Table, kind: FacetKind) -> None:
    """Refuse what only numbers may declare, and what they may not."""
    refused = ("synonyms", "variants") if kind is FacetKind.NUMBER else ("unit", "better", "less", "more")
    for key in refused:
        if key in table.values:
            raise table.error(key, f"has no meaning for kind {kind.value!r}", "remove it, or change the kind")


def _words(table: _Table) -> dict[str, tuple[str, ...]]:
    """Column or facet → what visitors call it, casefolded."""
    return {name: tuple(word.casefold() for word in table.texts(name)) for name in table.values}


def _synonyms(table: _Table) -> dict[str, str]:
    """What visitors write, casefolded → catalogue values joined by "+"."""
    return {tidy_text(word).casefold(): "+".join(table.texts(word)) for word in table.values}
