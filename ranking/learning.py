"""Weights of signals learned from lists in which some items turned out relevant. Knows no signal by name.

The listwise softmax loss (ListNet's top-one form, Cao et al. 2007) over each list's hardest candidates, weights held at
0 and above, because by contract every signal is better when higher. Ridge keeps weights alike where lists cannot
tell them apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ranking.fusion import FusionWeights, on_scale
from ranking.request import RankingRequest
from ranking.signals import Signal

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """One list: `features` (n, m) float32, each signal on the fusion's scale; which of the n are `relevant` (n,); the
    `ids`; the `group` (a person, a dialogue) that must not be split between learning and testing; and how much each of
    the n counts, `gains` (n,) ≥ 0. None: the relevant ones share 1."""

    features: npt.NDArray[np.float32]
    relevant: npt.NDArray[np.bool_]
    ids: tuple[str, ...]
    group: str
    gains: Doubles | None = None

    @property
    def counts(self) -> Doubles:
        """(n,) how much each candidate counts."""
        return self.relevant / max(1, self.relevant.sum()) if self.gains is None else self.gains


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """`ridge` on the weights; `hardest` candidates of a list by equal weights: the relevant must stand out there."""

    ridge: float = 0.1
    hardest: int = 100


def example(signals: Sequence[Signal], request: RankingRequest, relevant: Iterable[str], group: str) -> Example:
    """What `signals` say of the candidates of `request`; one that is silent about the whole list says 0."""
    wanted = set(relevant)
    raw = [np.asarray(signal.score(request), dtype=np.float32) for signal in signals]
    columns = [np.zeros(len(c)) if np.isnan(c).all() else on_scale(s, c) for s, c in zip(signals, raw, strict=True)]
    ids = tuple(item.id for item in request.items)
    return Example(np.array(columns, dtype=np.float32).T, np.array([i in wanted for i in ids]), ids, group)


def hardest(one: Example, most: int) -> Example:
    """The `most` candidates that stand highest by equal weights."""
    order = np.argsort(-one.features.sum(axis=1), kind="stable")[:most]
    gains = None if one.gains is None else one.gains[order]
    return Example(one.features[order], one.relevant[order], tuple(one.ids[n] for n in order), one.group, gains)


def fit_linear(examples: Sequence[Example], settings: LinearSettings) -> Doubles:
    """(m,) weights ≥ 0 that add up to 1; equal ones where nothing can be learned."""
    from scipy.optimize import minimize

    lists = [part for one in examples if (part := hardest(one, settings.hardest)).relevant.any()]
    m = examples[0].features.shape[1]
    if not lists:
        return np.full(m, 1 / m)
    counts = [part.counts for part in lists]
    mass = math.fsum(float(one.sum()) for one in counts)

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        total, slope = 0.0, np.zeros(m)
        for part, count in zip(lists, counts, strict=True):
            scores = part.features @ weights
            odds = np.exp(scores - scores.max())
            chances = odds / odds.sum()
            total -= float(count @ np.log(chances))
            slope -= (count - count.sum() * chances) @ part.features
        ridge = settings.ridge
        return total / mass + ridge * float(weights @ weights), slope / mass + 2 * ridge * weights

    found = minimize(
        loss, np.full(m, 0.5), jac=True, method="L-BFGS-B", bounds=[(0, None)] * m, options={"maxiter": 100}
    )
    weights: Doubles = found.x
    return weights / weights.sum() if weights.sum() > 0 else np.full(m, 1 / m)


def as_fusion(signals: Sequence[Signal], weights: Mapping[str, float], name: str) -> FusionWeights:
    """`weights` by name as the fusion takes them: of all `signals`, without groups, without diversity."""
    return FusionWeights({}, {signal.name: weights.get(signal.name, 0.0) for signal in signals}, 1.0, name)


def with_taste(weights: FusionWeights, learned: Mapping[str, float], name: str) -> FusionWeights:
    """`weights` without groups, those of the `learned` signals replaced, their sum as it was: how much words weigh
    beside taste is not to be seen in a log of what people did."""
    before = math.fsum(weights.signals.get(signal, 0.0) for signal in learned)
    scale = before / (math.fsum(learned.values()) or 1.0)
    taste = {signal: round(weight * scale, 4) for signal, weight in learned.items()}
    return replace(weights, groups={}, signals={**weights.signals, **taste}, name=name)
