"""How much the answer to a question about a facet tells of what somebody likes.

The share of the variance between items of the behaviour model's space that lies between the values of the facet
(epsilon squared: Kelley, "An unbiased correlation ratio measure", PNAS 21, 1935): eta squared corrected for what as
many values drawn at random would explain, so that many small values gain nothing by being many. It does not tell taste
from exposure: people rate what came out in their time, which makes the decade look telling. Knows items and places; no
popularity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Shares = Mapping[str, Sequence[tuple[int, float]]]  #: answer → (item's position, its share of that item in (0, 1])

LEAST_ITEMS = 5.0  #: values of fewer items count together, as one more value


def variance_between(shares: Shares, places: Doubles) -> float:
    """Epsilon squared in [0, 1] of `places` (n, f), NaN rows for unknown ones; 0 where nothing can be told.

    An item with several values counts for each by its share; items without a value take no part.
    """
    known = np.isfinite(places.sum(axis=1))
    table: Doubles = _memberships(shares, len(places)) * known
    table = table[table.sum(axis=1) > 0]
    mass = table.sum(axis=0)
    n, k = float(mass.sum()), len(table)
    if k < 2 or n <= k:
        return 0.0
    at = np.where(known[:, None], places, 0.0)
    centre = mass @ at / n
    total = float(mass @ ((at - centre) ** 2).sum(axis=1))
    means = table @ at / table.sum(axis=1, keepdims=True)
    between = float(table.sum(axis=1) @ ((means - centre) ** 2).sum(axis=1))
    if total <= 0:
        return 0.0
    return max(0.0, 1.0 - (1 - between / total) * (n - 1) / (n - k))


def _memberships(shares: Shares, count: int) -> Doubles:
    """(values, items): how far each item belongs to each value; the last row is that of all small values."""
    large = [members for members in shares.values() if sum(share for _, share in members) >= LEAST_ITEMS]
    small = [members for members in shares.values() if sum(share for _, share in members) < LEAST_ITEMS]
    table = np.zeros((len(large) + 1, count))
    for row, members in enumerate(large):
        for position, share in members:
            table[row, position] = share
    for members in small:
        for position, share in members:
            table[-1, position] += share
    return table
