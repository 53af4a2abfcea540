"""Weights learned from what visitors were shown and took up, corrected for where they look. Knows no database.

A click is seen only where somebody looked, and people look at the top more than below, so that what the ranker in use
puts first gets the clicks and plain learning teaches it its own order. The position-based model (Richardson, Dominowska
& Ragno, "Predicting Clicks", WWW 2007) says P(click) = θ_position · P(relevant | features). Both factors are fitted
together by maximum likelihood, the optimum that regression-EM looks for (Wang, Golbandi, Bendersky, Metzler &
Najork, WSDM 2018): features that vary within a position tell them apart, so that no list has to be shuffled. Then a
click counts 1/θ, clipped, in the softmax loss (Joachims, Swaminathan & Schnabel, "Unbiased Learning-to-Rank", WSDM
2017). Not corrected: what was never shown, and trust in the top (a click there needs less relevance).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from ranking.learning import Example, LinearSettings, fit_linear
from ranking.offpolicy import LoggedPlace

Doubles = npt.NDArray[np.float64]
Scorer = Callable[["ShownList"], Doubles]

ENOUGH = 500  #: lists in which something was taken up, below which ratings teach more
LARGEST = 10.0  #: a click counts at most this often, however rarely its position is looked at
HELD_OUT = 0.2  #: the latest share of the lists, which judges and is not learned from
_RIDGE = 1e-3  # of the model of relevance, per place


@dataclass(frozen=True)
class ShownList:
    """One list of k ≥ 2 places in their order: their `features` as logged, `reacted` as in `RankedList`, the `rewards`
    (k,) in [0, 1] that came of them (above 0: a click), the `ids`, and the `user`."""

    features: tuple[Mapping[str, float], ...]
    reacted: int | None
    rewards: Doubles
    ids: tuple[str, ...]
    user: str

    def table(self, names: Sequence[str]) -> npt.NDArray[np.float32]:
        """(k, m) features in the order of `names`; 0 where a signal said nothing of the list, as in learning."""
        rows = [[one.get(name, 0.0) for name in names] for one in self.features]
        return np.array(rows, dtype=np.float32)


def shown_lists(places: Iterable[LoggedPlace]) -> list[ShownList]:
    """The lists of `places`, which stand in the order of the log; those logged without features are left out."""
    found = []
    for _, group in groupby(places, key=lambda place: place.list_id):
        row = sorted(group, key=lambda place: place.position)
        if len(row) > 1 and all(place.features for place in row):
            rewards = np.array([place.reward for place in row])
            features = tuple(place.features for place in row)
            found.append(ShownList(features, row[0].reacted, rewards, tuple(p.item for p in row), row[0].user))
    return found


def rewarded(lists: Iterable[ShownList]) -> int:
    """How many lists had something taken up."""
    return sum(bool(one.rewards.any()) for one in lists)


def examination(lists: Sequence[ShownList], names: Sequence[str]) -> Doubles:
    """(K,) how likely each position is looked at, in (0, 1], the first 1: θ is known up to a factor only."""
    from scipy.optimize import minimize

    features = np.vstack([one.table(names) for one in lists]).astype(np.float64)
    design = np.hstack([features, np.ones((len(features), 1))])
    position = np.concatenate([np.arange(len(one.ids)) for one in lists])
    clicked = np.concatenate([one.rewards > 0 for one in lists]).astype(np.float64)
    lower = int(position.max())

    def loss(given: Doubles) -> tuple[float, Doubles]:
        theta = np.concatenate([[1.0], _logistic(given[:lower])])[position]
        relevant = _logistic(design @ given[lower:])
        chance = np.clip(theta * relevant, 1e-9, 1 - 1e-9)
        slope = -(clicked / chance - (1 - clicked) / (1 - chance)) * chance  # by the logarithm of the chance
        by_position = np.bincount(position, weights=slope * (1 - theta), minlength=lower + 1)[1:]
        by_weight = design.T @ (slope * (1 - relevant))
        ridge = _RIDGE * len(clicked) * given[lower:-1]
        total = -float(clicked @ np.log(chance) + (1 - clicked) @ np.log1p(-chance))
        by_weight[:-1] += ridge
        return total + 0.5 * float(ridge @ given[lower:-1]), np.concatenate([by_position, by_weight])

    start = np.zeros(lower + design.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(-8, 8)] * len(start)).x
    return np.concatenate([[1.0], _logistic(found[:lower])])


def gains(one: ShownList, looked_at: Doubles | None) -> Doubles:
    """(k,) how much each place's reward counts; `looked_at` as `examination` gives it, None: all are looked at."""
    if looked_at is None:
        return one.rewards
    last = len(looked_at) - 1
    theta = looked_at[np.minimum(np.arange(len(one.rewards)), last)]
    return np.asarray(one.rewards * np.minimum(1 / theta, LARGEST))


def fit_clicks(
    lists: Sequence[ShownList], names: Sequence[str], looked_at: Doubles | None, ridge: float
) -> dict[str, float]:
    """Weights ≥ 0 by signal that add up to 1. With `looked_at` None clicks are taken for relevance."""
    examples = [
        Example(one.table(names), one.rewards > 0, one.ids, one.user, gains(one, looked_at))
        for one in lists
        if one.rewards.any()
    ]
    weights = fit_linear(examples, LinearSettings(ridge))
    return dict(zip(names, weights.tolist(), strict=True))


def judged_by_clicks(lists: Iterable[ShownList], looked_at: Doubles, scorer: Scorer) -> float:
    """How high `scorer` would have put, of each list, what was taken up: Σ gain / log2(1 + rank) over Σ gain, in
    [0.3, 1] with up to ten places; ties count as the worse rank."""
    worth = total = 0.0
    for one in lists:
        counts, scores = gains(one, looked_at), scorer(one)
        for n in np.flatnonzero(counts):
            worth += float(counts[n]) / np.log2(1 + int((scores >= scores[n]).sum()))
            total += float(counts[n])
    return worth / total if total else 0.0


def _logistic(values: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))
