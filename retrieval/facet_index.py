"""Which items match a filter, as one boolean an item: what `filters.matches` says, at the speed of NumPy.

Knows items and filters; knows no vectors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue.item import Item
from retrieval.filters import All, AnyOf, Filter, Has, IdIn, Not, Range

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

_NO_ROWS: Rows = np.empty(0, dtype=np.int64)


class FacetIndex:
    """Rows by facet value, and the numbers as columns (NaN: unknown). Row i is the i-th item given."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.size = len(items)
        self._row_of = {item.id: row for row, item in enumerate(items)}
        postings: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._numbers: dict[str, NDArray[np.float64]] = {}
        for row, item in enumerate(items):
            for facet, value in item.facets.items():
                if isinstance(value, float):
                    column = self._numbers.setdefault(facet, np.full(self.size, np.nan))
                    column[row] = value
                elif value:
                    for folded in {v.casefold() for v in value}:
                        postings[facet, folded].append(row)
        self._postings = {key: np.array(rows, dtype=np.int64) for key, rows in postings.items()}

    def mask(self, condition: Filter | None) -> Mask:
        """(n,) booleans, True where the item matches; no condition matches all."""
        match condition:
            case None:
                return np.ones(self.size, dtype=np.bool_)
            case Has(facet, value):
                return self._of_rows(self._postings.get((facet, value.casefold()), _NO_ROWS))
            case Range(facet, low, high):
                return self._range(facet, low, high)
            case IdIn(ids):
                return self._of_rows(np.array([self._row_of[i] for i in ids if i in self._row_of], dtype=np.int64))
            case Not(part):
                return np.logical_not(self.mask(part))
            case All(parts):
                return self._all(parts)
            case AnyOf(parts):
                return np.logical_not(self._all(tuple(Not(part) for part in parts)))

    def _all(self, parts: Sequence[Filter]) -> Mask:
        mask = self.mask(None)
        for part in parts:
            mask &= self.mask(part)
        return mask

    def _of_rows(self, rows: Rows) -> Mask:
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[rows] = True
        return mask

    def _range(self, facet: str, low: float | None, high: float | None) -> Mask:
        numbers = self._numbers.get(facet)
        if numbers is None:
            return np.zeros(self.size, dtype=np.bool_)
        mask = ~np.isnan(numbers)
        if low is not None:
            mask &= numbers >= low
        if high is not None:
            mask &= numbers <= high
        return mask
