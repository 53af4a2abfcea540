"""Showing new items now and then, with a known probability: without being shown, nothing becomes known of them.

Epsilon-greedy on one place: with probability `share` the last place of a list goes to one of the candidates of which
too little is known, each as likely as the others. The propensities are exact and bounded from below by `share / POOL`,
so that the log can judge other rankers (`offpolicy.py`). Knows no signal and draws no chance itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

POOL = 10  #: one of this many unknown candidates, the best by score, is shown


@dataclass(frozen=True, slots=True)
class Exploring:
    """One list's share of chance: with probability `share` in [0, 1) its last place goes to one of `unknown`, the ids
    of which too little is known. `draw`, uniform in [0, 1), decides; equal draws give equal lists."""

    share: float
    draw: float
    unknown: frozenset[str]


@dataclass(frozen=True, slots=True)
class Explored:
    """A list as shown. `order` are positions of candidates; `propensities` in (0, 1] are the probabilities with which
    each stands where it stands, given the greedy list. `rivals` are the positions of all that could have stood last,
    each with its probability, together 1; none where nothing else could."""

    order: tuple[int, ...]
    propensities: tuple[float, ...]
    rivals: tuple[tuple[int, float], ...] = ()


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
    if share == 0 or len(greedy) < 2 or not pool:
        return Explored(tuple(greedy), (1.0,) * len(greedy))
    each = share / len(pool)
    rivals = ((greedy[-1], 1 - share), *((n, each) for n in pool))
    last, chance = rivals[0] if draw >= share else rivals[1 + min(len(pool) - 1, int(draw / share * len(pool)))]
    return Explored((*greedy[:-1], last), (*(1.0,) * (len(greedy) - 1), chance), rivals)
