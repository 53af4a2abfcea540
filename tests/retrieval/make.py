"""Small catalogues for tests: in memory, or written to a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind
from retrieval.filters import All, AnyOf, Filter, Has, IdIn, Not, Range

SCHEMA = CatalogueSchema(
    name="toys",
    item="toy",
    folder=Path(),
    items_path=Path("items.jsonl"),
    interactions_path=None,
    id_column="id",
    title_column="title",
    text_columns=(),
    facets=(
        Facet("kind", FacetKind.CATEGORY, ("kind",)),
        Facet("maker", FacetKind.ENTITY, ("maker",)),
        Facet("price", FacetKind.NUMBER, ("price",)),
    ),
)
KINDS = ("Car", "doll", "Puzzle", "STRASSE", "straße")
MAKERS = ("Ann", "ann", "Bo Li")
WORDS = ("red", "wooden", "the", "it", "fast", "robot", "épée", "1984")
PRICES = (-1.0, 0.0, 0.5, 2.0, 2.5, 1e9)


def toy(id: str, title: str = "A toy", text: str = "", **facets: tuple[str, ...] | float | None) -> Item:
    return Item(
        id, title, text, {"kind": (), "maker": (), "price": None, **facets}, content_hash=f"{title}{text}{facets}"
    )


def toys(*items: Item, fingerprint: str = "f") -> Catalogue:
    return Catalogue(SCHEMA, tuple(items), (), fingerprint)


_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
_some_kinds = st.lists(st.sampled_from(KINDS), max_size=2, unique=True).map(tuple)
_some_makers = st.lists(st.sampled_from(MAKERS), max_size=2, unique=True).map(tuple)
_price = st.none() | st.sampled_from(PRICES)
_toy_parts = st.tuples(_words, _words, _some_kinds, _some_makers, _price)


def _numbered(parts: Sequence[tuple[str, str, tuple[str, ...], tuple[str, ...], float | None]]) -> list[Item]:
    return [toy(f"t{n}", a, b, kind=k, maker=m, price=p) for n, (a, b, k, m, p) in enumerate(parts)]


toy_lists = st.lists(_toy_parts, min_size=1, max_size=12).map(_numbered)
ids = st.integers(0, 14).map(lambda n: f"t{n}")
_leaves: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Has, st.sampled_from(("kind", "maker", "price", "unknown")), st.sampled_from((*KINDS, *MAKERS, "none"))),
    st.builds(Range, st.sampled_from(("price", "kind", "unknown")), _price, _price | st.just(float("inf"))),
    st.builds(IdIn, st.frozensets(ids, max_size=4)),
)
filters: st.SearchStrategy[Filter] = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=6,
)

DECLARATION = """
name = "toys"
item = "toy"
items = "items.jsonl"
[columns]
id = "id"
title = "title"
text = ["text"]
[facets.kind]
column = "kind"
kind = "category"
[facets.price]
column = "price"
kind = "number"
"""


def write_catalogue(folder: Path, rows: Sequence[object] | bytes, declaration: str = DECLARATION) -> Path:
    """A catalogue folder; `rows` are objects for `items.jsonl`, or the bytes of whatever file is declared."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.toml").write_text(declaration, encoding="utf-8")
    name = next(line.split('"')[1] for line in declaration.splitlines() if line.startswith("items ="))
    content = rows if isinstance(rows, bytes) else b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    (folder / name).write_bytes(content)
    return folder


def row(id: object = "a", **more: object) -> dict[str, object]:
    return {"id": id, "title": "A toy", "text": "red", "kind": ["car"], "price": 2, **more}
