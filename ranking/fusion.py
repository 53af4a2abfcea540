"""Signals → one ordered list whose scores add up. Knows no signal by name; the weights are in `weights.toml`.

Each signal is put on one scale within the list by min-max: the lowest candidate 0, the highest 1, a constant list 0.5;
one that declares its range absolute (`Signal`) is on it already.
Rank percentiles lose how far a candidate stands out and did much worse (docs/log.md); they only break ties, so that a
candidate that is nowhere worse and somewhere better than another never ranks below it. Two kinds of silence:

- a signal that knows nothing about the whole list takes no part; learned weights go to all others in proportion, those
  of the prior to the others of its group (a silent group's to the other groups): the prior is about groups, and a
  first message has no likes to compare with;
- a signal silent about one candidate counts as the list's median of that signal, the typical candidate: unknown is
  neither praise nor blame. Giving that weight to the candidate's other signals would magnify them, and a new item
  would win by being unknown; a fixed 0.5 would do the same wherever most candidates lie near 0.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ranking.dial import Tilt, novelty_of, tilt
from ranking.diversify import POOL, Diversify, by_mmr, version_mark
from ranking.explore import Explored, explored
from ranking.request import Floats, RankedItem, RankedList, RankingRequest, Rival, silent
from ranking.scoring import Scored, correction
from ranking.signals import Signal, is_absolute, mid_ranks
from ranking.trees import Trees
from retrieval.errors import ChatalogueError

NAME = "prior"
NEUTRAL = 0.5

Doubles = npt.NDArray[np.float64]


class WeightsError(ChatalogueError):
    """A file of weights that cannot be used."""

    code = "weights"


@dataclass(frozen=True)
class FusionWeights:
    """Weights ≥ 0 of groups and, within a group, of signals; only ratios matter. `relevance` in [0, 1] is MMR's λ.

    Without groups the signals' weights stand beside each other, as learned ones do: what is silent leaves its weight
    to all others in proportion. Otherwise a wish in words that was not said would count for likeness to the likes.

    `cold` are the weights of some of them, by name, where no item was reacted to; `credible` see `after`.
    """

    groups: Mapping[str, float]
    signals: Mapping[str, float]
    relevance: float = 1.0
    name: str = NAME
    cold: Mapping[str, float] = field(default_factory=dict)
    credible: float = 0.0

    def __post_init__(self) -> None:
        given = {f"cold {name}": weight for name, weight in self.cold.items()}
        given |= {**self.groups, **self.signals, "relevance": self.relevance, "credible": self.credible}
        for name, value in given.items():
            if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
                raise WeightsError(f"the weight of {name!r} is {value!r}", hint="a weight is a number from 0 up")
        if self.relevance > 1 or sum((self.groups or self.signals).values()) <= 0:
            raise WeightsError(f"these weights say nothing: {given}", hint="relevance is at most 1, some group above 0")

    def after(self, evidence: int) -> FusionWeights:
        """The weights where `evidence` >= 0 items were reacted to: shrunk towards `cold` while they are few.

        w(n) = z · w + (1 − z) · w_cold with z = n / (n + credible), the credibility of n observations (Bühlmann,
        "Experience rating and credibility", ASTIN Bulletin 4, 1967). What `cold` does not name keeps its weight.
        """
        if not self.credible:
            return self
        z = evidence / (evidence + self.credible)

        def mixed(weights: Mapping[str, float]) -> dict[str, float]:
            return {name: z * weight + (1 - z) * self.cold.get(name, weight) for name, weight in weights.items()}

        return replace(self, groups=mixed(self.groups), signals=mixed(self.signals))

    def covering(self, names: Iterable[str]) -> FusionWeights:
        """With a weight of 0 for each of `names` that has none: weights kept from before a signal existed."""
        return replace(self, signals={**dict.fromkeys(names, 0.0), **self.signals})

    @cached_property
    def version(self) -> str:
        """The name and a hash of all weights: equal versions rank equally."""
        parts = [sorted(weights.items()) for weights in (self.groups, self.signals, self.cold)]
        content = json.dumps([*parts, self.relevance, self.credible])
        return f"{self.name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def load_weights(path: Path | None = None, *, prior: bool = False) -> FusionWeights:
    """The weights in `path`, or those shipped, learned or `prior`. Raises WeightsError."""
    try:
        source = path or files("ranking").joinpath("prior.toml" if prior else "weights.toml")
        given = tomllib.loads(source.read_text(encoding="utf-8"))
        relevance, name = given.get("diversity", {}).get("relevance", 1.0), given.get("name", NAME)
        cold = dict(given.get("cold", {}))
        return FusionWeights(
            given.get("groups", {}), given["signals"], relevance, name, cold, cold.pop("credible", 0.0)
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise WeightsError(
            f"cannot read weights from {str(path)!r}: {error}", hint="write it like ranking/weights.toml"
        ) from error


def default_weights(behaviour: bool) -> FusionWeights:
    """The weights shipped: learned ones, and the stated prior where there is no `behaviour` to go by."""
    return load_weights() if behaviour else load_weights(prior=True)


class Ranker:
    """Orders candidates. Pure: the same request, in any order of its candidates, gives the same list."""

    def __init__(
        self,
        signals: Sequence[Signal],
        weights: FusionWeights,
        diversify: Diversify | None = by_mmr,
        trees: Trees | None = None,
    ) -> None:
        """`trees` correct the weighted sum; their features are some of `signals`, by name."""
        missing = [signal.name for signal in signals if signal.name not in weights.signals]
        if missing:
            raise WeightsError(f"there is no weight for {', '.join(missing)}", hint="add them under [signals]")
        self._signals = tuple(signals)
        self._weights = weights
        self._diversify = diversify
        self._trees = trees
        self._novelty = novelty_of(self._signals)

    @property
    def version(self) -> str:
        """What impressions are logged with."""
        trees = f"-{self._trees.mark}" if self._trees else ""
        return f"{self._weights.version}{trees}{version_mark(self._diversify)}"

    def rank(self, request: RankingRequest) -> RankedList:
        """The best `request.k` candidates."""
        if not request.items:
            return RankedList((), self.version)
        scored = self._scored(request)
        raw, scores = scored.raw, scored.totals
        lean = None if request.novelty == NEUTRAL else tilt(self._novelty(request), request.novelty)
        standing = self._order(request, raw, scores)
        shown = _with_chance(request, standing, self._chosen(request, standing, scores.astype(np.float32), lean))
        unknown = np.isnan(np.array(raw))
        order, said = shown.order, self._said(unknown, scored.scaled, {*shown.order, *(n for n, _ in shown.rivals)})
        parts = scored.parts(order)
        above = scored.typical(order, np.any(parts != 0, axis=1))
        ranked = tuple(self._place(request, n, float(scores[n]), parts[:, i], above[:, i]) for i, n in enumerate(order))
        ranked = tuple(
            replace(place, features=said[n], guessed=self._guessed(unknown, n))
            for place, n in zip(ranked, order, strict=True)
        )
        rivals = tuple(Rival(request.ids[n], chance, said[n]) for n, chance in shown.rivals)
        if lean is not None:
            ranked = tuple(lean.applied(place, n) for place, n in zip(ranked, order, strict=True))
        version = self.version if lean is None else f"{self.version}+{lean.name}{lean.share:.3f}"
        return RankedList(ranked, version, shown.propensities, rivals, _reacted(request))

    def order(self, request: RankingRequest) -> list[str]:
        """The ids of all candidates, best first, before diversity: `rank` without the reasons, which cost most."""
        if not request.items:
            return []
        scored = self._scored(request)
        return [request.items[n].id for n in self._order(request, scored.raw, scored.totals)]

    def scores(self, features: Sequence[Mapping[str, float]], reacted: int | None) -> Doubles:
        """(n,) scores of candidates of one list by what signals said of them when it was logged, higher is better; how
        much chance or diversity would change is not among them. `features` and `reacted` as in `RankedList`."""
        columns = [np.array([one.get(s.name, np.nan) for one in features], dtype=np.float32) for s in self._signals]
        weights = self._weights if reacted is None else self._weights.after(reacted)
        scaled: Doubles = np.nan_to_num(np.array(columns, dtype=np.float64))
        return self._summed(columns, scaled, weights).totals

    def _scored(self, request: RankingRequest) -> Scored:
        """What the signals say, on one scale, weighted and summed."""
        weights = self._weights_for(request)
        everything = self._trees or request.exploring  # else what counts for nothing is not worked out
        raw = [
            np.asarray(signal.score(request), dtype=np.float32)
            if weights.signals[signal.name] or everything
            else silent(request)
            for signal in self._signals
        ]
        scaled = np.array([on_scale(s, column) for s, column in zip(self._signals, raw, strict=True)])
        return self._summed(raw, scaled, weights)

    def _summed(self, raw: list[Floats], scaled: Doubles, weights: FusionWeights) -> Scored:
        names = [signal.name for signal in self._signals]
        return Scored(raw, scaled, np.array(self._shares(raw, weights)), correction(self._trees, names))

    def _order(self, request: RankingRequest, raw: Sequence[Floats], scores: Doubles) -> list[int]:
        """By score, ties by rank percentiles, then by id."""
        if len(np.unique(scores)) == len(scores):
            return [int(n) for n in np.argsort(-scores)]
        finer = np.zeros(len(scores))
        for share, column in zip(self._shares(raw, self._weights_for(request)), raw, strict=True):
            if share:
                finer += share * percentiles(column)
        return sorted(range(len(scores)), key=lambda n: (-scores[n], -finer[n], request.items[n].id))

    def _chosen(self, request: RankingRequest, order: Sequence[int], scores: Floats, lean: Tilt | None) -> list[int]:
        """At most k of `order`; what was passed over only where the rest does not suffice."""
        late = [n for n in order if request.items[n].id in request.passed_over]
        chosen: list[int] = []
        for part in ([n for n in order if n not in late], late):
            free = request.k - len(chosen)
            if part and free > 0 and lean is None:
                chosen += self._diverse(part, request, scores, free)
            elif part and free > 0 and lean is not None:
                pool = self._diverse(part[: free * POOL], request, scores, free * POOL)
                chosen += lean.first([*pool, *part[free * POOL :]], scores, free)
        return chosen

    def _diverse(self, order: list[int], request: RankingRequest, scores: Floats, k: int) -> list[int]:
        if self._diversify is None:
            return order[:k]
        return self._diversify(order, scores, request, k, self._weights.relevance)

    def _weights_for(self, request: RankingRequest) -> FusionWeights:
        """A need in words is evidence in full: it was said for this list."""
        reacted = _reacted(request)
        return self._weights if reacted is None else self._weights.after(reacted)

    def _guessed(self, unknown: npt.NDArray[np.bool_], n: int) -> frozenset[str]:
        """The signals that spoke of the list and know nothing of candidate `n`; `unknown` is (m, n)."""
        silent_here = unknown[:, n] & ~unknown.all(axis=1)
        return frozenset(self._signals[m].name for m in np.flatnonzero(silent_here))

    def _said(
        self, unknown: npt.NDArray[np.bool_], scaled: Doubles, rows: Iterable[int]
    ) -> dict[int, dict[str, float]]:
        """The features of the candidates `rows`: of the signals that spoke, on one scale within the list."""
        spoke = [(m, self._signals[m].name) for m in np.flatnonzero(~unknown.all(axis=1))]
        return {n: {name: float(scaled[m, n]) for m, name in spoke} for n in rows}

    def _shares(self, raw: Sequence[Floats], weights: FusionWeights) -> list[float]:
        """Each signal's part of the score, adding up to 1; 0 for those silent about the whole list."""
        speaks = [bool((~np.isnan(column)).any()) for column in raw]
        within = [weights.signals[s.name] * speaking for s, speaking in zip(self._signals, speaks, strict=True)]
        if not weights.groups:
            return [weight / (sum(within) or 1.0) for weight in within]
        groups = {name: 0.0 for name in weights.groups}
        for signal, weight in zip(self._signals, within, strict=True):
            groups[signal.group] = groups.get(signal.group, 0.0) + weight
        total = sum(weights.groups.get(name, 0.0) for name, weight in groups.items() if weight)
        if not total:
            return [0.0] * len(within)
        return [
            weights.groups.get(signal.group, 0.0) / total * weight / groups[signal.group] if weight else 0.0
            for signal, weight in zip(self._signals, within, strict=True)
        ]

    def _place(
        self, request: RankingRequest, n: int, score: float, parts: Doubles, above: npt.NDArray[np.bool_]
    ) -> RankedItem:
        """Evidence is asked only of signals that know the candidate and hold it for typical or better."""
        contributions = {s.name: float(part) for s, part in zip(self._signals, parts, strict=True) if part}
        speaking = [s for s, yes in zip(self._signals, above, strict=True) if yes and s.name in contributions]
        facts = {signal.name: signal.evidence(request, n) for signal in speaking}
        evidence = {name: fact for name, fact in facts.items() if fact is not None}
        return RankedItem(request.items[n].id, min(1.0, score), contributions, evidence)


def _reacted(request: RankingRequest) -> int | None:
    return None if request.text else len(request.session.liked) + len(request.session.disliked)


def _with_chance(request: RankingRequest, order: Sequence[int], chosen: Sequence[int]) -> Explored:
    """`chosen` as shown: of what is unknown, the best by score that was not passed over may take the last place."""
    if (given := request.exploring) is None:
        return Explored(tuple(chosen), (1.0,) * len(chosen))
    ids, late = request.ids, request.passed_over
    unknown = [n for n in order if ids[n] in given.unknown and ids[n] not in late]
    return explored(chosen, unknown, given.share, given.draw)


def on_scale(signal: Signal, values: Floats) -> Doubles:
    """`values` of `signal` in [0, 1]: stretched over the list, or as they are where that is what they mean."""
    if not is_absolute(signal) or np.isnan(values).all():
        return normalised(values)
    wide: Doubles = np.clip(np.asarray(values, dtype=np.float64), 0.0, 1.0)
    return np.where(np.isnan(wide), np.nanmedian(wide), wide)


def normalised(values: Floats) -> Doubles:
    """(value − lowest) / (highest − lowest) in [0, 1]; 0.5 where all are equal; the median of these for NaN."""
    wide = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(wide)
    seen = wide if known.all() else wide[known]
    if not len(seen):
        return np.full(len(wide), NEUTRAL)
    span = seen.max() - seen.min()
    stretched: Doubles = (seen - seen.min()) / span if span > 0 else np.full(len(seen), NEUTRAL)
    if len(seen) == len(wide):
        return stretched
    result = np.full(len(wide), np.median(stretched))
    result[known] = stretched
    return result


def percentiles(values: Floats) -> Doubles:
    """Mid-rank percentiles of `values` in (0, 1), the largest highest; 0.5 for NaN and where all are equal."""
    result = np.full(len(values), NEUTRAL)
    known = ~np.isnan(values)
    if known.any():
        result[known] = mid_ranks(values[known]) / known.sum()
    return result
