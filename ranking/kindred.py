"""Like-minded people: what those like who like what one visitor likes. Knows rows and columns; knows no ids.

User-based collaborative filtering with the cosine of likes (Resnick et al. 1994, "GroupLens"; its norm shrunk as in
Bell & Koren 2007). The log's people are rows without names. One sparse product finds the neighbours of a session and
another one sums over them, so that nothing is fitted and a session's first like counts at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ranking.facts import summed_rows
from ranking.request import Floats
from ranking.table import Doubles, LogTable


@dataclass(frozen=True, slots=True)
class KindredSettings:
    """How many `people` are asked at most; `shrink` is added to the cosine's norm, so that few likes in common with
    somebody who liked little say little. Chosen in validation (docs/log.md)."""

    people: int = 20
    shrink: float = 2.0


class Kindred:
    """Who liked what. Pure after construction."""

    def __init__(self, liked: csr_matrix, settings: KindredSettings | None = None) -> None:
        """`liked` is (people, items) float32 in (0, 1]: how much each person likes each item."""
        self.settings = settings or KindredSettings()
        self._liked = liked
        self._by_item = csr_matrix(liked.T)
        self._lengths = np.sqrt(np.asarray(liked.multiply(liked).sum(axis=1), dtype=np.float64).ravel())
        self._known = np.diff(self._by_item.indptr) > 0

    @classmethod
    def fit(cls, table: LogTable, settings: KindredSettings | None = None) -> Kindred:
        """The likes of `table`."""
        return cls(table.matrix(np.clip(table.values, 0.0, 1.0)), settings)

    def score(self, likes: Sequence[int]) -> Floats | None:
        """(items,) the share of like-minded people who like each item, weighed by how near they are and how much they
        like it, in [0, 1]; NaN for what nobody likes. None where nobody shares one of `likes` (columns)."""
        people, near = self._nearest(likes)
        if not len(people):
            return None
        total = summed_rows(self._liked, people, near) / near.sum()
        return np.where(self._known, np.minimum(total, 1.0), np.nan).astype(np.float32)

    def _nearest(self, likes: Sequence[int]) -> tuple[npt.NDArray[np.int64], Doubles]:
        """The people with the nearest likes, nearest first, and how near they are, in (0, 1]."""
        shared = sorted(set(likes))
        common = summed_rows(self._by_item, shared, np.ones(len(shared)))
        some = np.flatnonzero(common)
        near: Doubles = common[some] / (self._lengths[some] * np.sqrt(max(1, len(shared))) + self.settings.shrink)
        best = np.argsort(-near, kind="stable")[: self.settings.people]
        return some[best], near[best]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays by name, for keeping."""
        parts = {part: getattr(self._liked, part) for part in ("data", "indices", "indptr")}
        return {**parts, "shape": np.array(self._liked.shape)}

    @classmethod
    def of_arrays(cls, kept: Mapping[str, npt.NDArray[Any]]) -> Kindred:
        """The inverse of `arrays`. Raises KeyError or ValueError when something is missing or does not fit."""
        shape = tuple(int(size) for size in kept["shape"])
        return cls(csr_matrix((kept["data"], kept["indices"], kept["indptr"]), shape=shape))
