"""The shared model learns while it runs: a stored reaction changes what all visitors' lists go by, without a refit.

Updated exactly, as fitting on the log and the reactions would have it: popularity, novelty, trend, quality, how much is
talked of an item, and which items are named together (`tally.py`). A visitor's factors are folded in as before; item
factors, EASE, sequence and like-minded people stay as fitted. What one process takes in another sees at its next start,
when stored reactions are counted again.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from scipy.sparse import csr_matrix

from ranking.behaviour import Behaviour
from ranking.evidence import BehaviourRow
from ranking.interactions import Interaction
from ranking.neighbourhood import QUALITY_PRIOR, Neighbourhood, Standing, fading
from ranking.relations import RelationSettings, strongest
from ranking.request import Floats
from ranking.table import Doubles
from ranking.tally import Tally

_SETTINGS = RelationSettings()


@dataclass(frozen=True)
class NamedTogether:
    """Which items short sittings name together, now: `pairs` of the log, `since` what to add row by row, `sittings`
    (n,) that name an item."""

    pairs: csr_matrix
    since: dict[int, dict[int, float]]
    sittings: Doubles

    def summed(self, rows: Sequence[int], weights: Doubles) -> Floats:
        """(n,) the relation of `rows` to every item, weighed; the same as `relations.conversations` would give."""
        part = self.pairs[list(rows)]
        new = [(k, col, value) for k, row in enumerate(rows) for col, value in self.since.get(row, {}).items()]
        added = np.array(new, dtype=np.float64).reshape(-1, 3)
        at = np.concatenate([np.repeat(np.arange(len(rows)), np.diff(part.indptr)), added[:, 0].astype(np.int64)])
        col = np.concatenate([part.indices, added[:, 1].astype(np.int64)])
        own = np.asarray(rows)[at]
        norm = np.sqrt(np.maximum(self.sittings[own] * self.sittings[col], 0.0)) + _SETTINGS.shrink
        near = np.concatenate([part.data, added[:, 2]]) * (own != col) / norm
        if np.bincount(at, minlength=1).max() > _SETTINGS.kept:  # else none is too weak to count
            kept = strongest(csr_matrix((near, (at, col)), shape=part.shape), _SETTINGS.kept)
            return np.asarray(kept.T @ weights, dtype=np.float32).ravel()
        return np.bincount(col, weights=near * weights[at], minlength=part.shape[1]).astype(np.float32)


class LiveNeighbourhood(Neighbourhood):
    """A neighbourhood whose standing and co-mention are of now; the rest as fitted. Pure: one a change."""

    _named: NamedTogether

    @classmethod
    def over(cls, fitted: Neighbourhood, standing: Standing, named: NamedTogether) -> LiveNeighbourhood:
        """`fitted` with another `standing` and co-mention."""
        live = cls.__new__(cls)
        live.__dict__.update(fitted.__dict__)
        live._standing, live._named = standing, named
        return live

    def related(self, name: str, path: Iterable[str], ids: Sequence[str], half_life: float | None = None) -> Floats:
        """See Neighbourhood."""
        if name != "conversations":
            return super().related(name, path, ids, half_life)
        place = [self._row[item] for item in path if item in self._row]
        weights = fading(len(place), half_life)
        named = [n for n, row in enumerate(place) if self._named.sittings[row] > 0]
        if not named:
            return np.full(len(ids), np.nan, dtype=np.float32)
        everywhere = self._named.summed([place[n] for n in named], weights[named])
        everywhere[self._named.sittings <= 0] = np.nan
        return self._pick(everywhere, ids)


class LiveBehaviour(Behaviour):
    """A fitted model that takes reactions in. Safe to share between threads: each change is one new value."""

    def __init__(self, fitted: Behaviour, rows: Iterable[BehaviourRow], ids: Sequence[str]) -> None:
        """`fitted` on `rows` about `ids`; without a log, a model that begins with nothing."""
        base = fitted if fitted.ids else Behaviour.fit((), ids, fitted.settings)
        self.__dict__.update(copy.copy(base.__dict__))
        self._fitted = base.neighbourhood
        self._tally = Tally.of(rows, ids)
        self._lock = Lock()
        self._publish()

    def observe(self, rows: Iterable[Interaction]) -> None:
        """Take in what was stored: reactions, and reactions taken back."""
        by_user: dict[str, list[Interaction]] = {}
        for row in rows:
            by_user.setdefault(row.user, []).append(row)
        with self._lock:
            if any([self._tally.react(user, theirs) for user, theirs in by_user.items()]):
                self._publish()

    def forget(self, user: str) -> None:
        """Take out what `user` did here."""
        with self._lock:
            self._tally.forget(user)
            self._publish()

    def relearn(self, rows: Iterable[Interaction]) -> None:
        """Take in `rows`, all that is stored, instead of what was taken in so far."""
        with self._lock:
            self._tally.restart()
            self._publish()
        self.observe(rows)

    def popularity(self, ids: Sequence[str]) -> Floats:
        """See Behaviour; of now."""
        return self._of(self._popular, ids)

    def novelty(self, ids: Sequence[str]) -> Floats:
        """See Behaviour; of now."""
        return self._of(self._novel, ids) if self.fitted else np.full(len(ids), np.nan, dtype=np.float32)

    def _of(self, everywhere: Floats, ids: Sequence[str]) -> Floats:
        found: Floats = np.append(everywhere[:-1], everywhere[-1])[self._places(ids)]
        return found

    def _publish(self) -> None:
        sums = self._tally.sums
        most = math.log1p(float(sums.likes.max(initial=0.0))) or math.nan
        share = np.log1p(np.maximum(sums.likes, 0.0)) / most
        known = (sums.people >= self.settings.min_users) & (sums.likes > 0)
        self._popular = np.append(np.where(known, share, np.nan), np.nan).astype(np.float32)
        self._novel = np.append(1 - share, 1.0).astype(np.float32)
        there = sums.people > 0
        mean = float(sums.worth.sum() / max(1.0, sums.people.sum()))
        quality = (sums.worth + QUALITY_PRIOR * mean) / (sums.people + QUALITY_PRIOR)
        standing = replace(
            self._fitted._standing,
            trend=np.where(there, np.log1p(10 * np.maximum(sums.trend, 0.0)), np.nan).astype(np.float32),
            quality=np.where(there, quality, np.nan).astype(np.float32),
            talked=np.where(sums.sittings > 0, np.log1p(sums.sittings), np.nan).astype(np.float32),
        )
        named = NamedTogether(self._tally.pairs, self._tally.since, sums.sittings.copy())
        self.neighbourhood = LiveNeighbourhood.over(self._fitted, standing, named)
