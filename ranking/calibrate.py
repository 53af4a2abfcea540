"""Lists whose shares of categories are those of what a visitor likes.

Somebody who likes seven dramas and three comedies should not get ten dramas, which ranking by score alone tends to
give (Steck, "Calibrated Recommendations", RecSys 2018). Knows scores and shares; knows no catalogue and no visitor.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SMOOTHING = (
    0.01  #: Steck's alpha: how much of the target is mixed into a list's shares, so that the divergence is finite
)

Doubles = npt.NDArray[np.float64]


def miscalibration(target: Doubles, shares: Doubles) -> float:
    """C_KL(p, q) = Σ p · log2(p / q̃) in bits, 0 where the shares agree; q̃ = (1 − α) q + α p.

    `target` p and `shares` q are (g,), each sums to 1. A target of zeros (nothing is known) is met by every list: 0.
    """
    return float(_divergence(target, shares[None, :])[0])


def shares_of(categories: Doubles) -> Doubles:
    """(g,) shares of g categories over n items from (n, g) rows, each item's categories sharing its weight equally.

    Items without any category do not count; zeros where none has one.
    """
    each = categories.sum(axis=1, keepdims=True)
    total = np.divide(categories, each, out=np.zeros(categories.shape), where=each > 0).sum(axis=0)
    mass = total.sum()
    return np.asarray(total / mass if mass else total)


def calibrated(
    order: Sequence[int], scores: Sequence[float], categories: Doubles, target: Doubles, k: int, weight: float
) -> list[int]:
    """The `k` of `order` (positions, best first) that maximise (1 − w) · Σ score − w · C_KL, chosen greedily.

    `scores` and `categories` (n, g) are by position; scores lie in [0, 1]. Greedy choice is within (1 − 1/e) of the
    best set, as the objective is submodular (Steck 2018, section 4). Weight 0, or nothing known of the visitor's
    taste, leaves the order as it is; ties go to the earlier. Raises ValueError for a weight out of [0, 1].
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"the weight of calibration lies in [0, 1]: {weight!r}")
    left = list(order)
    if weight == 0 or not target.any():
        return left[:k]
    each = np.maximum(categories.sum(axis=1, keepdims=True), 1)
    own = categories / each
    chosen: list[int] = []
    worth, mass = 0.0, np.zeros(len(target))
    while left and len(chosen) < k:
        masses = mass + own[left]
        sums = masses.sum(axis=1, keepdims=True)
        shares = np.divide(masses, sums, out=np.zeros_like(masses), where=sums > 0)
        gains = worth + np.asarray([scores[n] for n in left])
        best = int(np.argmax((1 - weight) * gains - weight * _divergence(target, shares)))
        worth, mass = float(gains[best]), masses[best]
        chosen.append(left.pop(best))
    return chosen


def _divergence(target: Doubles, shares: Doubles) -> Doubles:
    """C_KL of (g,) from each row of (m, g)."""
    mixed = (1 - SMOOTHING) * shares + SMOOTHING * target
    ratio = np.divide(target, mixed, out=np.ones_like(mixed), where=(target > 0) & (mixed > 0))
    return np.asarray((target * np.log2(ratio)).sum(axis=1))
