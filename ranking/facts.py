"""What items have in common by what the catalogue declares: shared categories, shared names, numbers near each other.

Rare values say more than frequent ones (inverse document frequency). Knows the schema's kinds of facets; knows no
facet by name and nothing of what people did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from ranking.request import Floats
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import FacetKind

Doubles = npt.NDArray[np.float64]


class Places:
    """Row numbers of a catalogue's items by id. Looks a list of candidates up once for all signals that ask."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.row = {item: row for row, item in enumerate(ids)}
        self._known = lru_cache(maxsize=4)(self._looked_up)

    def __call__(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """(len(ids),) rows, −1 where there is none."""
        return self._known(tuple(ids))

    def _looked_up(self, ids: tuple[str, ...]) -> npt.NDArray[np.int64]:
        return np.fromiter((self.row.get(item, -1) for item in ids), dtype=np.int64, count=len(ids))


@dataclass(frozen=True)
class Facts:
    """The facets of one kind. `parts` are (n, values) each, rows of length 1 or empty where the facet is unknown."""

    places: Places
    parts: tuple[csr_matrix, ...]

    def shared(self, path: Sequence[str], weights: Doubles, ids: Sequence[str]) -> Floats:
        """(len(ids),) mean cosine of each item's values to those of `path`, in [0, 1], weighed by `weights` (≥ 0) of
        the path and averaged over the facets known of both; NaN where there is none."""
        row = self.places.row
        place = [(row[item], weight) for item, weight in zip(path, weights, strict=True) if item in row]
        asked = self.places(ids)
        total, count = np.zeros(len(ids)), np.zeros(len(ids))
        for part, known in zip(self.parts, self._known, strict=True):
            told = [(row, weight) for row, weight in place if known[row]]
            if not told:
                continue
            shares = np.array([weight for _, weight in told])
            taste = summed_rows(part, [row for row, _ in told], shares) / shares.sum()
            total += np.append(part @ taste, 0.0)[asked]
            count += known[asked]
        return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)

    @cached_property
    def _known(self) -> tuple[npt.NDArray[np.bool_], ...]:
        """(n + 1,) each: of which rows a value is known, never of the last, which stands for what has no row."""
        return tuple(np.append(np.diff(part.indptr) > 0, False) for part in self.parts)


@dataclass(frozen=True)
class Numbers:
    """The number facets as percentiles of the catalogue: (n, facets) in (0, 1), NaN unknown."""

    places: Places
    percentiles: Doubles

    def near(self, path: Sequence[str], weights: Doubles, ids: Sequence[str]) -> Floats:
        """(len(ids),) 1 − the mean distance in percentiles to the items of `path`, in [0, 1]; NaN unknown."""
        row = self.places.row
        place = [(row[item], weight) for item, weight in zip(path, weights, strict=True) if item in row]
        table = np.vstack([self.percentiles, np.full(self.percentiles.shape[1:], np.nan)])
        asked = table[self.places(ids)]
        if not place or not table.shape[1]:
            return np.full(len(ids), np.nan, dtype=np.float32)
        told, shares = table[[row for row, _ in place]], np.array([weight for _, weight in place])
        apart = np.abs(asked[:, None, :] - told[None, :, :])
        known = ~np.isnan(apart)
        mass = known * shares[None, :, None]
        sums = np.where(known, apart, 0.0) * mass
        weight = mass.sum(axis=(1, 2))
        return np.where(weight > 0, 1 - sums.sum(axis=(1, 2)) / np.maximum(weight, 1e-12), np.nan).astype(np.float32)


def summed_rows(matrix: csr_matrix, rows: Sequence[int] | npt.NDArray[np.int64], weights: Doubles) -> Doubles:
    """(columns,) Σ weight · row over `rows` of `matrix`: `weights @ matrix[rows]` without a matrix made for it, whose
    making costs several times as much as the sum."""
    at = np.asarray(rows, dtype=np.int64)
    starts = matrix.indptr[at]
    lengths = matrix.indptr[at + 1] - starts
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    cells = np.repeat(starts, lengths) + within
    values = matrix.data[cells] * np.repeat(weights, lengths)
    return np.bincount(matrix.indices[cells], values, matrix.shape[1]).astype(np.float64)


def places_of(catalogue: Catalogue) -> Places:
    """The rows of `catalogue`."""
    return Places([item.id for item in catalogue.items])


def facts_of(catalogue: Catalogue, kind: FacetKind, places: Places | None = None) -> Facts:
    """The category or entity facets of `catalogue`."""
    names = [facet.name for facet in catalogue.schema.facets if facet.kind is kind]
    return Facts(places or places_of(catalogue), tuple(_values(catalogue.items, name) for name in names))


def numbers_of(catalogue: Catalogue, places: Places | None = None) -> Numbers:
    """The number facets of `catalogue`."""
    names = [facet.name for facet in catalogue.schema.facets if facet.kind is FacetKind.NUMBER]
    columns = [percentiles(column_of(catalogue, name)) for name in names]
    table = np.array(columns).T if columns else np.zeros((len(catalogue.items), 0))
    return Numbers(places or places_of(catalogue), table)


def _values(items: Sequence[Item], facet: str) -> csr_matrix:
    number: dict[str, int] = {}
    cells = [
        (row, number.setdefault(value.casefold(), len(number)))
        for row, item in enumerate(items)
        for value in dict.fromkeys(item.values(facet))
    ]
    row, col = zip(*cells, strict=True) if cells else ((), ())
    held = csr_matrix((np.ones(len(cells)), (row, col)), shape=(len(items), max(1, len(number))))
    held.data[:] = 1.0
    rarity = np.log((1 + len(items)) / np.maximum(np.asarray(held.sum(axis=0)).ravel(), 1))
    weighed = csr_matrix(held @ diags(rarity))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.where(length > 0, length, 1)) @ weighed)


def column_of(catalogue: Catalogue, facet: str) -> Doubles:
    """(n,) the items' numbers, NaN unknown."""
    known = [item.number(facet) for item in catalogue.items]
    return np.array([np.nan if number is None else number for number in known])


def percentiles(numbers: Doubles) -> Doubles:
    """(n,) mid-rank percentiles of `numbers` (n,) in (0, 1), the largest highest; NaN where unknown."""
    there = ~np.isnan(numbers)
    _, place, counts = np.unique(numbers[there], return_inverse=True, return_counts=True)
    result = np.full(len(numbers), np.nan)
    if there.any():
        result[there] = (np.cumsum(counts) - counts / 2)[place] / there.sum()
    return result
