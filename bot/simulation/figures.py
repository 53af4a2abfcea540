"""The figures of a simulation: rates and means a system, with intervals, and how they compare, persona by persona.

Intervals are percentiles of a bootstrap over personas (Efron and Tibshirani 1993): the same resamples for every system,
so that ratios are paired. Knows runs; knows no conversation and no table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.simulation.simulate import REPEAT, UNGROUNDED, UNHEARD, VIOLATION, Run

RESAMPLES = 2_000
FAULTS = (VIOLATION, REPEAT, UNHEARD, UNGROUNDED)

Interval = tuple[float, float]
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """One system over all personas.

    `success` in [0, 1] with its 95% interval; `turns` is the mean turn of the successes (NaN without any); `questions`
    are a conversation's; `faults` are counts over the whole simulation by kind; `ms` is (p50, p95) of a turn.
    `reworded` and `by_rules` count answers, `broken` and `left` conversations.
    """

    system: str
    success: float
    interval: Interval
    turns: float
    questions: float
    messages: float
    faults: Mapping[str, int]
    ms: tuple[float, float]
    reworded: int
    by_rules: int
    left: int
    broken: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Success of the first system over that of `other`: the ratio and its paired 95% interval; infinite where the other
    never succeeded, NaN where neither did."""

    other: str
    ratio: float
    interval: Interval


def figures(runs: Mapping[str, Sequence[Run]], seed: int) -> tuple[tuple[Figures, ...], tuple[Comparison, ...]]:
    """Every system's figures, and the first compared with each other one. `runs` are of the same personas in the same
    order; `seed` decides the resamples."""
    found = {name: np.array([run.success is not None for run in those], dtype=float) for name, those in runs.items()}
    people = len(next(iter(found.values())))
    weights = np.random.default_rng(seed).multinomial(people, np.full(people, 1 / people), RESAMPLES)
    sums = {name: weights @ hits for name, hits in found.items()}
    ours, *others = runs
    compared = (_comparison(name, found[ours], found[name], (sums[ours], sums[name])) for name in others)
    rates = {name: _interval(total / people) for name, total in sums.items()}
    return tuple(_figures(name, those, rates[name]) for name, those in runs.items()), tuple(compared)


def _figures(system: str, runs: Sequence[Run], interval: Interval) -> Figures:
    exchanges = [exchange for run in runs for exchange in run.exchanges]
    kinds = [fault.kind for run in runs for fault in run.faults]
    successes = [run.success for run in runs if run.success is not None]
    ms = [exchange.ms for exchange in exchanges] or [math.nan]
    return Figures(
        system=system,
        success=len(successes) / len(runs),
        interval=interval,
        turns=float(np.mean(successes)) if successes else math.nan,
        questions=sum(exchange.asks is not None for exchange in exchanges) / len(runs),
        messages=len(exchanges) / len(runs),
        faults={kind: kinds.count(kind) for kind in FAULTS},
        ms=(float(np.percentile(ms, 50)), float(np.percentile(ms, 95))),
        reworded=sum(exchange.reworded for exchange in exchanges),
        by_rules=sum(exchange.by_rules for exchange in exchanges),
        left=sum(run.left for run in runs),
        broken=sum(run.broken is not None for run in runs),
    )


def _comparison(other: str, ours: Counts, theirs: Counts, sums: tuple[Counts, Counts]) -> Comparison:
    ratios = _divided(*sums)
    return Comparison(other, float(_divided(ours.sum(), theirs.sum())), _interval(ratios[~np.isnan(ratios)]))


def _divided(ours: Counts, theirs: Counts) -> Counts:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(ours, theirs))


def _interval(values: Counts) -> Interval:
    """The middle 95%; by order, not interpolated, as a ratio may be infinite."""
    if not len(values):
        return math.nan, math.nan
    low, high = np.quantile(values, [0.025, 0.975], method="inverted_cdf")
    return float(low), float(high)
