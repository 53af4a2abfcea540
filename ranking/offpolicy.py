"""How good another ranker would have been, judged from a log of what this one showed: IPS and SNIPS.

A log is a sequence of places: an item at a position of a list, the probability with which it was put there, and what
came of it. The estimators follow the item-position model (Li, Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay & Wen,
"Offline Evaluation of Ranking Policies with Click Models", KDD 2018): what a place earns depends on its item and its
position, not on its neighbours. They are right where every place that the new ranker may fill was possible under the
old one; where it was not, nothing can be known from the log, and `Estimate.covered` says how much that is. Knows no
database and no ranker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ranking.interactions import PAGE, Interaction
from ranking.request import Rival

REWARDS: Mapping[str, float] = {"click": 0.2, "like": 1.0, "cart": 1.0, "accept": 1.0, "purchase": 1.0, "dislike": 0.0}
LARGEST = 50.0  #: weights above are clipped (Ionides, "Truncated Importance Sampling", 2008): less variance, some bias
RESAMPLES = 500

Doubles = npt.NDArray[np.float64]
Chances = Callable[["LoggedPlace"], float]


@dataclass(frozen=True, slots=True)
class LoggedPlace:
    """An item that was shown. `position` is 1-based; `propensity` in (0, 1] is the probability of this item standing
    at this position of this list; `reward` in [0, 1] is what came of it.

    Of places that `logged_places` read, also who it was shown to, and `features`, `reacted` and `rivals` as they were
    logged (`interactions.impressions`): empty, None and none where the log has none.
    """

    list_id: str
    position: int
    item: str
    propensity: float
    reward: float
    user: str = ""
    features: Mapping[str, float] = field(default_factory=dict)
    reacted: int | None = None
    rivals: tuple[Rival, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.propensity <= 1:
            raise ValueError(f"a propensity lies in (0, 1]: {self!r}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """The reward a list would have earned, and how far that can be believed.

    `value` is the mean reward of a list, `low` and `high` its 95% interval (percentile bootstrap over users, whose
    lists are alike; over lists where the users are not known).
    `effective` is the effective number of places, (Σw)² / Σw² (Kish 1965): small means that few places decide.
    `covered` is the mean of w over all places, 1 in expectation where the log could have shown all that the new
    ranker shows; well below 1, the new ranker shows what was never tried. `clipped` counts weights above `LARGEST`.
    """

    value: float
    low: float
    high: float
    effective: float
    covered: float
    clipped: int


def logged_places(rows: Iterable[Interaction], rewards: Mapping[str, float] = REWARDS) -> list[LoggedPlace]:
    """The impressions among `rows` (oldest first) with the best reward that the same user's later rows give the item.

    A reaction belongs to the user's latest impression of its item: earlier ones earned nothing.
    """
    places: list[LoggedPlace] = []
    latest: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.event == "impression" and row.context["ranker"] != PAGE:  # what a page shows judges no ranker of ours
            latest[row.user, row.item] = len(places)
            places.append(_place(row))
        elif row.event in rewards and not row.taken_back and (row.user, row.item) in latest:
            at = latest[row.user, row.item]
            place = places[at]
            places[at] = replace(place, reward=max(place.reward, rewards[row.event]))
    return places


def _place(row: Interaction) -> LoggedPlace:
    c = row.context
    rivals = tuple(Rival(r["item"], float(r["propensity"]), r["features"]) for r in c.get("rivals", ()))
    return LoggedPlace(
        str(c["list"]), int(c["position"]), row.item, float(c["propensity"]), 0.0,
        row.user, c.get("features", {}), c.get("reacted"), rivals,
    )  # fmt: skip


def ips(places: Sequence[LoggedPlace], chance: Chances, seed: int = 0, largest: float = LARGEST) -> Estimate:
    """Inverse propensity scoring (Horvitz & Thompson 1952): V = 1/L · Σ_lists Σ_k w · reward, w = π(k) / p(k).

    `chance` gives π: the probability in [0, 1] with which the new ranker puts the place's item at its position of its
    list. Unbiased, up to clipping weights at `largest`. Raises ValueError without places.
    """
    return _estimated(places, chance, (seed, largest), normalised=False)


def snips(places: Sequence[LoggedPlace], chance: Chances, seed: int = 0, largest: float = LARGEST) -> Estimate:
    """Self-normalised (Swaminathan & Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NIPS 2015):
    V = Σ_k (Σ w · reward / Σ w) over the places at position k. Slightly biased, much less noisy; a position that
    the new ranker never fills with what was shown counts 0. Raises ValueError without places.
    """
    return _estimated(places, chance, (seed, largest), normalised=True)


def _estimated(places: Sequence[LoggedPlace], chance: Chances, how: tuple[int, float], *, normalised: bool) -> Estimate:
    """`how` is the seed of the bootstrap and the largest weight."""
    if not places:
        raise ValueError("the log shows nothing: there are no impressions to judge by")
    ratios = np.array([chance(p) / p.propensity for p in places])
    weights = np.minimum(ratios, how[1])
    whose = {p.list_id: p.user or p.list_id for p in places}
    group = {name: row for row, name in enumerate(dict.fromkeys(whose.values()))}
    depth = max(p.position for p in places)
    worth, weight, lists = np.zeros((len(group), depth)), np.zeros((len(group), depth)), np.zeros(len(group))
    for place, w in zip(places, weights, strict=True):
        at = (group[whose[place.list_id]], place.position - 1)
        worth[at] += w * place.reward
        weight[at] += w
    for name in whose.values():
        lists[group[name]] += 1
    rng = np.random.default_rng(how[0])
    draws = [rng.integers(0, len(group), len(group)) for _ in range(RESAMPLES)]
    drawn = [_value(worth[d], weight[d], None if normalised else lists[d]) for d in draws]
    low, high = np.percentile(drawn, [2.5, 97.5])
    total = float((weights**2).sum())
    return Estimate(
        value=_value(worth, weight, None if normalised else lists),
        low=float(low),
        high=float(high),
        effective=float(weights.sum()) ** 2 / total if total else 0.0,
        covered=float(ratios.mean()),
        clipped=int((ratios > how[1]).sum()),
    )


def _value(worth: Doubles, weight: Doubles, lists: Doubles | None) -> float:
    """The mean reward of a list from (groups, positions) of weighted rewards and of weights, and (groups,) how many
    lists; None: self-normalised."""
    if lists is not None:
        return float(worth.sum() / lists.sum())
    earned, mass = worth.sum(axis=0), weight.sum(axis=0)
    return float(np.divide(earned, mass, out=np.zeros_like(earned), where=mass > 0).sum())
