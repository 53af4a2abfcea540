"""One thing a catalogue offers, and the loaded catalogue as a whole: frozen values.

Knows no file format and no vector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from retrieval.catalogue.schema import CatalogueSchema, FacetKind


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    `facets` holds a tuple of strings for category and entity facets (empty: unknown) and a float or None
    (unknown) for number facets. `fields` is the row as the catalogue gave it, for questions about the item.
    `content_hash` covers what the index stores of it (sha256 hex).
    """

    id: str
    title: str
    text: str
    facets: Mapping[str, tuple[str, ...] | float | None]
    fields: Mapping[str, object] = field(default_factory=dict)
    image: str | None = None
    url: str | None = None
    content_hash: str = ""

    def values(self, facet: str) -> tuple[str, ...]:
        """The item's category or entity values for `facet`; empty when unknown or a number."""
        value = self.facets.get(facet)
        return value if isinstance(value, tuple) else ()

    def number(self, facet: str) -> float | None:
        """The item's number for `facet`; None when unknown or not a number."""
        value = self.facets.get(facet)
        return value if isinstance(value, float) else None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One row that was left out, or one field of it that was: where (file, 1-based line, column) and why."""

    path: str
    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" + (f", column {self.column!r}" if self.column else "")
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody wrote about an item. `stars` are out of 5, higher is better, None where none were given."""

    item: str
    text: str
    stars: float | None = None


@dataclass(frozen=True)
class Catalogue:
    """A schema and the items that could be read. `fingerprint` changes when schema or any item changes (sha256 hex);
    `reviews`, which no index holds, are not part of it."""

    schema: CatalogueSchema
    items: tuple[Item, ...]
    problems: tuple[RowProblem, ...] = ()
    fingerprint: str = ""
    reviews: tuple[Review, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    @cached_property
    def value_counts(self) -> dict[str, Counter[str]]:
        """For every category and entity facet, how many items carry each value."""
        counts: dict[str, Counter[str]] = {}
        for facet in self.schema.facets:
            if facet.kind is not FacetKind.NUMBER:
                counts[facet.name] = Counter(v for item in self.items for v in item.values(facet.name))
        return counts

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """The values of a category or entity facet, most frequent first, ties by name."""
        return tuple(v for v, _ in sorted(self.value_counts[facet].items(), key=lambda kv: (-kv[1], kv[0])))
