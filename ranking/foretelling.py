"""Stars that somebody will give, foretold: ours and peers, each tuned on the same earlier windows. Knows no list.

All are fitted on the ratings before a window and told the session's own ratings. The peers are the person's mean, the
damped biases of person and item (Koren 2008, section 2.1) and what neighbouring items got from the person beyond
these (item-based, Sarwar et al. 2001). Ours is the person's mean and how far above their own means others rate
the item, which is the signal `quality`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ranking.behaviour import Behaviour
from ranking.evidence import LIKE
from ranking.metrics import rmse
from ranking.splitting import Case, Window

Doubles = npt.NDArray[np.float64]
LOWEST, HIGHEST = 0.5, 5.0  #: stars
_NEUTRAL = 2.5  # evidence of an average rating; half a star is one
_PER_STAR = 2.0
_NOBODY = 3.5  # stars of somebody who has given none, where no log says better


class Ready(Protocol):
    """A window, and ours fitted before it."""

    @property
    def window(self) -> Window: ...
    @property
    def behaviour(self) -> Behaviour: ...


@dataclass(frozen=True)
class Stars:
    """The ratings before a window: everybody's mean, and matrices of people × items by row number."""

    ready: Ready

    @cached_property
    def given(self) -> csr_matrix:
        """Stars, people × items."""
        rows = [row for row in self.ready.window.rows if row.rating is not None and row.item in self.place]
        people = {user: n for n, user in enumerate(dict.fromkeys(row.user for row in rows))}
        latest = {(people[row.user], self.place[row.item]): float(row.rating or 0.0) for row in rows}
        where = np.array(list(latest), dtype=np.int64).reshape(-1, 2)
        return csr_matrix((list(latest.values()), (where[:, 0], where[:, 1])), shape=(len(people), len(self.place)))

    @cached_property
    def place(self) -> dict[str, int]:
        """Row numbers by item."""
        return {item: n for n, item in enumerate(self.ready.behaviour.ids)}

    @cached_property
    def mean(self) -> float:
        """Everybody's mean."""
        return float(self.given.data.mean()) if self.given.nnz else _NOBODY

    def item_bias(self, damping: float) -> Doubles:
        """(n,) how far an item's ratings lie from everybody's mean, `damping` ratings at the mean added."""
        counts = np.asarray((self.given > 0).sum(axis=0), dtype=np.float64).ravel()
        sums = np.asarray(self.given.sum(axis=0), dtype=np.float64).ravel() - counts * self.mean
        return sums / (counts + damping)

    def user_bias(self, case: Case, items: Doubles, damping: float) -> float:
        """How far the session's ratings lie from everybody's mean and the items' biases."""
        over = [stars - self.mean - items[self.place[item]] for item, stars in case.stars if item in self.place]
        return float(sum(over) / (len(over) + damping))


Foretell = Callable[[Case, Sequence[str]], Doubles]  #: (m,) stars for the items named, before they are cut to the scale


@dataclass(frozen=True)
class Foreteller:
    """A name, the settings to try, how it is fitted with one."""

    name: str
    grid: Sequence[Mapping[str, Any]]
    fit: Callable[..., Foretell]


def by_quality(stars: Stars, weight: float) -> Foretell:
    """Ours: the person's mean, and `weight` times how far above their own means people rate the item."""
    neighbourhood = stars.ready.behaviour.neighbourhood

    def foretell(case: Case, ids: Sequence[str]) -> Doubles:
        above = np.nan_to_num((neighbourhood.standing("quality", list(ids)) * LIKE - _NEUTRAL) / _PER_STAR)
        return np.asarray(_mean(case, stars.mean, 0.0) + weight * above, dtype=np.float64)

    return foretell


def by_mean(stars: Stars, damping: float) -> Foretell:
    """The person's mean, `damping` ratings at everybody's mean added."""
    return lambda case, ids: np.full(len(ids), _mean(case, stars.mean, damping))


def by_bias(stars: Stars, items: float, people: float) -> Foretell:
    """Everybody's mean and the damped biases of person and item."""
    bias = stars.item_bias(items)

    def foretell(case: Case, ids: Sequence[str]) -> Doubles:
        own = stars.user_bias(case, bias, people)
        return np.array([stars.mean + own + bias[stars.place[item]] for item in ids], dtype=np.float64)

    return foretell


def by_neighbours(stars: Stars, shrink: float, damping: float) -> Foretell:
    """Biases, and what the person gave similar items beyond theirs; cosine of residuals, `shrink` raters added."""
    bias = stars.item_bias(5.0)
    residual = _residuals(stars, bias)
    gram = (residual.T @ residual).toarray()
    lengths = np.sqrt(np.diag(gram))
    both = ((residual != 0).T.astype(np.float64) @ (residual != 0).astype(np.float64)).toarray()
    alike = np.maximum(gram / np.maximum(np.outer(lengths, lengths), 1e-9) * both / (both + shrink), 0.0)
    np.fill_diagonal(alike, 0.0)

    def foretell(case: Case, ids: Sequence[str]) -> Doubles:
        own = stars.user_bias(case, bias, 5.0)
        known = [(stars.place[i], given) for i, given in case.stars if i in stars.place]
        mine = np.array([place for place, _ in known], dtype=np.int64)
        over = np.array([given - stars.mean - own - bias[place] for place, given in known], dtype=np.float64)
        asked = np.array([stars.place[item] for item in ids], dtype=np.int64)
        near = alike[np.ix_(asked, mine)]
        found: Doubles = stars.mean + own + bias[asked] + near @ over / (near.sum(axis=1) + damping)
        return found

    return foretell


def _residuals(stars: Stars, bias: Doubles) -> csr_matrix:
    """What is left of each rating without everybody's mean, the item's bias and the person's."""
    left = stars.given.tocoo()
    values = left.data - stars.mean - bias[left.col]
    counts = np.bincount(left.row, minlength=left.shape[0])
    people = np.bincount(left.row, weights=values, minlength=left.shape[0]) / (counts + 5.0)
    return csr_matrix((values - people[left.row], (left.row, left.col)), shape=left.shape)


def _mean(case: Case, everybody: float, damping: float) -> float:
    given = [stars for _, stars in case.stars]
    count = len(given) + damping
    return (sum(given) + damping * everybody) / count if count else everybody


FORETELLERS = (
    Foreteller("chatalogue", [{"weight": w} for w in (0.3, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5)], by_quality),
    Foreteller("person's mean", [{"damping": d} for d in (0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)], by_mean),
    Foreteller("biases", [{"items": i, "people": u} for i in (2.0, 5.0, 10.0, 25.0) for u in (1.0, 5.0)], by_bias),
    Foreteller(
        "item-kNN, residuals",
        [{"shrink": s, "damping": d} for s in (5.0, 20.0, 50.0, 100.0) for d in (0.5, 2.0)],
        by_neighbours,
    ),
)


def rmse_by_name(choosing: Sequence[Ready], testing: Sequence[Ready]) -> dict[str, float]:
    """RMSE in stars on the tested windows, settings chosen on the earlier ones; empty where nobody rated."""
    before, after = [Stars(ready) for ready in choosing], [Stars(ready) for ready in testing]
    if not any(case.ratings for stars in after for case in stars.ready.window.cases):
        return {}
    found = {}
    for one in FORETELLERS:
        setting = min(one.grid, key=lambda setting, one=one: _error(one, before, setting))  # type: ignore[misc]
        found[one.name] = _error(one, after, setting)
    return found


def _error(one: Foreteller, every: Sequence[Stars], setting: Mapping[str, Any]) -> float:
    foretold: list[float] = []
    given: list[float] = []
    for stars in every:
        foretell = one.fit(stars, **setting)
        for case in stars.ready.window.cases:
            asked = [(item, value) for item, value in case.ratings if item in stars.place]
            foretold += np.clip(foretell(case, [item for item, _ in asked]), LOWEST, HIGHEST).tolist()
            given += [value for _, value in asked]
    return rmse(foretold, given)
