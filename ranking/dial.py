"""The dial from familiar to new: what of the ranking it decides, and which items it brings in front.

At d in [0, 1] a score becomes (1 − a) · score + a · v with a = (2d − 1)² · STRENGTH, where v is novelty above 0.5 and
familiarity, 1 − novelty, below. So places go by score + λ · novelty with a λ that grows with d, and the best k by such
a sum never lose novelty when λ grows (`Tilt.first` sees to it that nothing comes after). At 0.5 nothing changes, and
near it little, so that it can be set finely. Knows how few people know an item; knows no taste and no words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ranking.request import Floats, RankedItem, RankingRequest, silent
from ranking.signals import Signal

NEUTRAL = 0.5
STRENGTH = 0.2  #: the share of the score that the dial has at its ends; with more, taste is lost (docs/log.md)
NEW, FAMILIAR = "new", "familiar"  #: the names of its share among the contributions

Doubles = npt.NDArray[np.float64]
Novelty = Callable[[RankingRequest], Floats]  #: (n,) higher is less known, NaN unknown


def novelty_of(signals: Sequence[Signal]) -> Novelty:
    """How little known candidates are: the signal `novelty`, else 1 − `popularity`; without either nothing is known."""
    by_name = {signal.name: signal for signal in signals}
    if "novelty" in by_name:
        return by_name["novelty"].score
    if "popularity" in by_name:
        return lambda request: 1 - by_name["popularity"].score(request)
    return silent


@dataclass(frozen=True)
class Tilt:
    """A dial away from the middle. `share` in (0, STRENGTH] is what it has of the score, `values` (n,) in [0, 1] what
    it gives each candidate; `speaks` (n,) says of which it is known that they lie beyond the typical candidate."""

    name: str
    share: float
    values: Doubles
    speaks: npt.NDArray[np.bool_]

    def first(self, order: Sequence[int], scores: Floats, k: int) -> list[int]:
        """The `k` of `order` (positions, in the order without a dial) that come first with it.

        What stands n-th in `order`, diversified or not, counts with the n-th best of its scores. So places are a fixed
        worth to which the dial adds its values, and no choice made after it could undo the law above.
        """
        worth = np.sort(np.asarray(scores, dtype=np.float64)[list(order)])[::-1]
        total = (1 - self.share) * worth + self.share * self.values[list(order)]
        return [order[place] for place in np.argsort(-total, kind="stable")[:k]]

    def applied(self, ranked: RankedItem, n: int) -> RankedItem:
        """The candidate `n` with the dial in its score, its contributions and, where it speaks, its evidence."""
        own = self.share * float(self.values[n])
        contributions = {name: (1 - self.share) * part for name, part in ranked.contributions.items()}
        if own:
            contributions[self.name] = own
        evidence = {**ranked.evidence, **({self.name: f"{self.values[n]:.2f}"} if self.speaks[n] else {})}
        score = min(1.0, (1 - self.share) * ranked.score + own)
        return replace(ranked, score=score, contributions=contributions, evidence=evidence)


def tilt(novelty: Floats, dial: float) -> Tilt | None:
    """What a `dial` in [0, 1] does to candidates of `novelty` (n,); None where it is neutral or tells none apart."""
    wide = np.asarray(novelty, dtype=np.float64)
    known = wide[~np.isnan(wide)]
    if dial == NEUTRAL or not len(known) or not np.ptp(known):
        return None
    lean = 1.0 if dial > NEUTRAL else -1.0
    scaled = (np.nan_to_num(wide, nan=float(np.median(known))) - known.min()) / np.ptp(known)
    values = scaled if lean > 0 else 1 - scaled
    beyond = lean * wide > lean * float(np.median(known))  # False where unknown
    return Tilt(NEW if lean > 0 else FAMILIAR, (2 * dial - 1) ** 2 * STRENGTH, values, beyond)
