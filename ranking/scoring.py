"""One score a candidate out of weighted signals and, where there are some, trees; and the parts it is the sum of.

Scores of all candidates are cheap; the trees' own explanation costs a hundred times as much and is asked for the places
that are shown. Knows no signal and no request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ranking.request import Floats
from ranking.trees import Trees

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Correction:
    """Trees, and the rows of the signals that are their features, in their order."""

    trees: Trees
    rows: tuple[int, ...]


def correction(trees: Trees | None, names: Sequence[str]) -> Correction | None:
    """`trees` beside signals called `names`, which hold all their features; None without trees."""
    return None if trees is None else Correction(trees, tuple(names.index(name) for name in trees.names))


@dataclass(frozen=True)
class Scored:
    """n candidates by m signals. `raw` are m columns (n,), NaN unknown; `scaled` (m, n) the same in [0, 1]; `shares`
    (m,) are each signal's part of the score, summing to 1.

    With trees the score is brought back to [0, 1]: less the lowest where that is below 0, over the highest where that
    is above 1. What is taken off is shared by all signals that speak, so that parts still add up to the score.
    """

    raw: list[Floats]
    scaled: Doubles
    shares: Doubles
    correction: Correction | None = None

    @cached_property
    def totals(self) -> Doubles:
        """(n,) scores."""
        plain: Doubles = self._uncorrected
        if self.correction is None:
            return plain
        low, top = self._range
        return (plain - low) / top

    def parts(self, rows: Sequence[int]) -> Doubles:
        """(m, len(rows)): what each signal adds to the scores of the candidates `rows`."""
        chosen = list(rows)
        parts: Doubles = self.shares[:, None] * self.scaled[:, chosen]
        if self.correction is None or not chosen:
            return parts
        features = list(self.correction.rows)
        parts[features] += self._taste * self.correction.trees.parts(self._seen(features)[:, chosen].T).T
        low, top = self._range
        speaking = ~self._mute if (~self._mute).any() else np.ones(len(self.raw), dtype=bool)
        parts[speaking] -= low / speaking.sum()
        return parts / top

    def typical(self, rows: Sequence[int], asked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """(m, len(rows)): which of the candidates `rows` the signals `asked` (m,) hold for typical or better, at or
        above the median of those known; never where unknown or not asked."""
        chosen, above = list(rows), np.zeros((len(self.raw), len(rows)), dtype=bool)
        for m in map(int, np.flatnonzero(asked)):
            known = self.raw[m][~np.isnan(self.raw[m])]
            if len(known):
                above[m] = self.raw[m][chosen] >= _median(known)
        return above

    @cached_property
    def _uncorrected(self) -> Doubles:
        plain: Doubles = (self.shares[:, None] * self.scaled).sum(axis=0)  # a product of matrices rounds by column
        if self.correction is None:
            return plain
        rows = list(self.correction.rows)
        return plain + self._taste * self.correction.trees.scores(self._seen(rows).T)

    @cached_property
    def _range(self) -> tuple[float, float]:
        """What is taken off every score, and what it is divided by then."""
        low = min(0.0, float(self._uncorrected.min()))
        return low, max(1.0, float(self._uncorrected.max()) - low)

    @cached_property
    def _mute(self) -> npt.NDArray[np.bool_]:
        return np.array([bool(np.isnan(column).all()) for column in self.raw])

    @property
    def _taste(self) -> float:
        """The share of the trees' features: trees were learned where only these spoke."""
        assert self.correction is not None
        return float(self.shares[list(self.correction.rows)].sum())

    def _seen(self, rows: list[int]) -> Doubles:
        """The features as in learning: what is silent about the whole list is 0."""
        return np.where(self._mute[rows][:, None], 0.0, self.scaled[rows])


def _median(values: Floats) -> np.float32:
    """`np.median` to the last bit, at half its cost for a few hundred numbers: a list asks for twenty."""
    half = len(values) // 2
    if len(values) % 2:
        return np.float32(np.partition(values, half)[half])
    low, high = np.partition(values, (half - 1, half))[half - 1 : half + 1]
    return np.float32((low + high) / 2)
