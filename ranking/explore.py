"""Showing new items now and then, with a probability that is known: without being shown, nothing becomes known of them.

Epsilon-greedy on one place: with probability `share` the last place of a list goes to one of the candidates that
nobody has done anything with, each as likely as the others. The propensities are exact and bounded from below by
`share / POOL`, so that the log can judge other rankers (`offpolicy.py`). Knows no signal and draws no chance itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

POOL = 10  #: one of this many unknown candidates, the best by score, is shown


@dataclass(frozen=True, slots=True)
class Explored:
    """A list as shown. `order` are positions of candidates; `propensities` in (0, 1] are the probabilities with which
    each stands where it stands, given the greedy list."""

    order: tuple[int, ...]
    propensities: tuple[float, ...]


def explored(greedy: Sequence[int], unknown: Sequence[int], share: float, draw: float) -> Explored:
    """`greedy` with its last place given to one of `unknown` (best first) where `draw` < `share`.

    `draw` is uniform in [0, 1): the caller's chance, so that equal draws give equal lists. Lists of one place, and
    those where everything unknown is shown already, are never explored. Raises ValueError for a share or a draw out of
    range.
    """
    if not (0 <= share < 1 and 0 <= draw < 1):
        raise ValueError(f"a share and a draw lie in [0, 1): {share!r}, {draw!r}")
    shown = set(greedy)
    pool = [n for n in unknown if n not in shown][:POOL]
    certain = (1.0,) * max(0, len(greedy) - 1)
    if share == 0 or len(greedy) < 2 or not pool:
        return Explored(tuple(greedy), (1.0,) * len(greedy))
    if draw >= share:
        return Explored(tuple(greedy), (*certain, 1 - share))
    chosen = pool[min(len(pool) - 1, int(draw / share * len(pool)))]
    return Explored((*greedy[:-1], chosen), (*certain, share / len(pool)))
