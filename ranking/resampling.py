"""How sure a comparison is: paired bootstrap over cases (Efron & Tibshirani 1993). Knows numbers only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95% percentile interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def mean_interval(values: Doubles, groups: Doubles | None = None, seed: int = 0) -> Interval:
    """The mean of `values` (m,); cases of one group (a dialogue, a person) are drawn together."""
    sums, counts = _by_group(values, groups)
    draws = _draws(len(sums), seed)
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    return Interval(float(np.mean(values)), *_ends(means))


def ratio_interval(ours: Doubles, theirs: Doubles, groups: Doubles | None = None, seed: int = 0) -> Interval:
    """mean(ours) / mean(theirs) of paired values (m,), both resampled alike."""
    (a, _), (b, _) = _by_group(ours, groups), _by_group(theirs, groups)
    draws = _draws(len(a), seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = a[draws].sum(axis=1) / b[draws].sum(axis=1)
        return Interval(float(np.sum(ours) / np.sum(theirs)), *_ends(ratios))


def _by_group(values: Doubles, groups: Doubles | None) -> tuple[Doubles, Doubles]:
    if groups is None:
        return np.asarray(values, dtype=np.float64), np.ones(len(values))
    _, number = np.unique(groups, return_inverse=True)
    return np.bincount(number, weights=values).astype(np.float64), np.bincount(number).astype(np.float64)


def _draws(n: int, seed: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, n, size=(DRAWS, n))


def _ends(values: Doubles) -> tuple[float, float]:
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)
