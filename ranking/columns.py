"""The facets of a catalogue as columns, so that a list of candidates is looked up and not read item by item.

A column is made when its facet is first asked for. A candidate that is not in the catalogue is read itself; one that is
has, by its id, what the catalogue says of it. Knows no wish's weight and no facet by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.facts import Places
from ranking.request import FacetWish, Floats, RankingRequest
from retrieval.catalogue.item import Item

Doubles = npt.NDArray[np.float64]
Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class Values:
    """One category or entity facet: the rows (m,) of each casefolded value, and `blank` (n + 1,) float32, 0 where the
    item has any, NaN where none is known and in the last place, which stands for what has no row."""

    rows: dict[str, npt.NDArray[np.int64]]
    blank: Floats

    def held(self, value: str) -> Floats:
        """(n + 1,) 1 where the item has `value`, else `blank`."""
        column = self.blank.copy()
        if (rows := self.rows.get(value.casefold())) is not None:
            column[rows] = 1.0
        return column


class Columns:
    """The facets of `items`; without any every candidate is read itself."""

    def __init__(self, items: Sequence[Item] = ()) -> None:
        self._items = tuple(items)
        self._places = Places([item.id for item in self._items])
        self._values: Callable[[str], Values] = cache(self._values_of)
        self._numbers: Callable[[str], Doubles] = cache(self._numbers_of)

    def held(self, request: RankingRequest, wish: FacetWish) -> Floats:
        """(n,) 1 where the candidate has the value that `wish` names, else 0; NaN where its facet is unknown."""
        if not isinstance(wish.value, str):
            numbers = self.numbers(request, wish.facet)
            return np.where(np.isnan(numbers), np.nan, _inside(numbers, wish.value)).astype(np.float32)
        rows = self._places(request.ids)
        found: Floats = self._values(wish.facet).held(wish.value)[rows]
        for n in np.flatnonzero(rows < 0):
            found[n] = _known(has_value(request.items[n], wish))
        return found

    def numbers(self, request: RankingRequest, facet: str) -> Doubles:
        """(n,) the candidates' numbers, NaN unknown."""
        rows = self._places(request.ids)
        found: Doubles = self._numbers(facet)[rows]
        for n in np.flatnonzero(rows < 0):
            found[n] = _known(request.items[n].number(facet))
        return found

    def _values_of(self, facet: str) -> Values:
        rows: dict[str, list[int]] = {}
        blank = np.full(len(self._items) + 1, np.nan, dtype=np.float32)
        for row, item in enumerate(self._items):
            for folded in {value.casefold() for value in item.values(facet)}:
                rows.setdefault(folded, []).append(row)
                blank[row] = 0.0
        return Values({value: np.array(found, dtype=np.int64) for value, found in rows.items()}, blank)

    def _numbers_of(self, facet: str) -> Doubles:
        return np.array([*(_known(item.number(facet)) for item in self._items), math.nan])


def has_value(item: Item, wish: FacetWish) -> bool | None:
    """Whether the item has the value that `wish` names; None when its facet is unknown."""
    if isinstance(wish.value, str):
        known = item.values(wish.facet)
        return wish.value.casefold() in [value.casefold() for value in known] if known else None
    number = item.number(wish.facet)
    return None if number is None or math.isnan(number) else bool(_inside(number, wish.value))


def _inside(numbers: Any, bounds: Range) -> Any:
    """Whether a number, or which of (n,) numbers, lie within `bounds`; never where unknown."""
    low, high = bounds
    return (numbers >= (-math.inf if low is None else low)) & (numbers <= (math.inf if high is None else high))


def _known(value: float | None) -> float:
    return math.nan if value is None else float(value)
