"""Requests and logs that the tests of ranking share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ranking.request import Floats, RankingRequest, Session
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind


@dataclass(frozen=True)
class Row:
    """A row of a log."""

    user: str
    item: str
    event: str | None = "like"
    rating: float | None = None
    timestamp: float = 0.0


def unit(vectors: Sequence[Sequence[float]]) -> Floats:
    array = np.array(vectors, dtype=np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def tea(item: str, **facets: Any) -> Item:
    """A tea: facets are text, a tuple of texts, or a number."""
    values: Mapping[str, Any] = {
        k: (v,) if isinstance(v, str) else float(v) if isinstance(v, int) else v for k, v in facets.items()
    }
    return Item(item, item.title(), "", values)


def teas(items: Sequence[Item]) -> Catalogue:
    """A catalogue of teas: `kind` is a category, `maker` a name, `year` a number."""
    kinds = {"kind": FacetKind.CATEGORY, "maker": FacetKind.ENTITY, "year": FacetKind.NUMBER}
    facets = tuple(Facet(name, kind, (name,)) for name, kind in kinds.items())
    place = Path("teas")
    return Catalogue(
        CatalogueSchema("teas", "tea", place, place / "teas.jsonl", None, "id", "title", (), facets), tuple(items)
    )


def request(items: Sequence[Item] | int, **given: Any) -> RankingRequest:
    """A request about `items` (or that many), where nothing else is known."""
    if isinstance(items, int):
        items = [tea(f"t{n:03}") for n in range(items)]
    nothing = np.zeros((0, 4), dtype=np.float32)
    silent = RankingRequest(
        items=tuple(items),
        similarity=np.full(len(items), np.nan, dtype=np.float32),
        vectors=unit(np.random.default_rng(0).normal(size=(len(items), 4))) if items else nothing,
        liked_vectors=nothing,
        disliked_vectors=nothing,
        session=Session(),
        k=len(items),
    )
    return replace(silent, **given)


def two_camps(people: int = 12) -> list[Row]:
    """Black-tea drinkers like b0..b5, green-tea drinkers g0..g5, each person but for one; `rare` has one fan."""
    rows = [Row("loner", "rare", "like", None, 1.0)]
    for person in range(people):
        for camp in "bg":
            rows += [Row(f"{camp}{person}", f"{camp}{n}", "like", None, float(n)) for n in range(6) if n != person % 6]
    return rows


CAMPS = [f"{camp}{n}" for camp in "bg" for n in range(6)] + ["rare", "new"]
