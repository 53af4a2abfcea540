"""Signals that judge an item by what it is and costs, not by what goes with it: unknown, new, within one's means.

The same contract as `ranking/signals.py`. Which facet is a price or a year is told by its unit and its numbers
(`retrieval/linking/styles.py`), as everywhere; no facet is known by name. Knows no weights and no words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranking.behaviour import Behaviour
from ranking.facts import Doubles, Places, column_of, percentiles, places_of
from ranking.neighbourhood import fading
from ranking.request import Floats, Group, RankingRequest, silent
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import NumberStyle, number_style

LATEST_PRICES = 10  #: likes whose prices are compared
PRICES_FADE = 10.0  #: likes after which one counts half
USUAL_SPREAD = math.log(2.0)  #: of the prices that somebody likes, in logarithms: half or twice as dear
SPREAD_PRIOR = 2.0  #: likes that the usual spread is worth
BEYOND_BOUND = math.log(1.25)  #: a quarter beyond what was said is as far off as one spread


@dataclass(frozen=True)
class Novelty:
    """How few people know the item: its self-information over the most there can be, in [0, 1], 1: nobody knows it.

    Zhou et al. 2010, "Solving the apparent diversity-accuracy dilemma of recommender systems". NaN only where there is
    no log: what nobody dealt with is new, which is not the same as unknown to us.
    """

    behaviour: Behaviour
    name: str = "novelty"
    group: Group = "B"

    def score(self, request: RankingRequest, /) -> Floats:
        return self.behaviour.novelty(request.ids)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        """None: that few know it is a reason only for who asked for it, and the dial says so then."""
        return None


@dataclass(frozen=True)
class Freshness:
    """How new the item is: the percentile of its year in the catalogue, in (0, 1), 1 the newest.

    The year is that of the first number facet that holds years; in a catalogue without one it is when the log first
    names the item. NaN where neither is known. A percentile, because a film is new for longer than a headline.
    """

    behaviour: Behaviour
    places: Places
    years: Doubles | None  #: (n,) percentiles
    name: str = "freshness"
    group: Group = "C"

    def score(self, request: RankingRequest, /) -> Floats:
        if self.years is None:
            return self.behaviour.neighbourhood.standing("first", request.ids)
        return np.append(self.years, np.nan)[self.places(request.ids)].astype(np.float32)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


@dataclass(frozen=True)
class PriceFit:
    """How near the item's price is to what the visitor pays, in [0, 1]: exp(−d²/2), d the distance in spreads.

    Distances are of logarithms (Weber's law: 5 more matters beside 10, not beside 500). A soft wish about the price
    goes first: within its bounds 1, beyond them by BEYOND_BOUND. Else the prices of the latest likes, the last most;
    their spread is shrunk towards USUAL_SPREAD. NaN without a price facet, a known price, or either of the two.
    """

    facet: str
    places: Places
    logs: Doubles  #: (n,) log prices, NaN unknown
    name: str = "price_fit"
    group: Group = "C"
    absolute = True

    def score(self, request: RankingRequest, /) -> Floats:
        bounds = [w.value for w in request.wishes if w.facet == self.facet and w.weight > 0]
        apart = self._beyond(bounds[-1], request) if bounds else self._from_likes(request)
        return silent(request) if apart is None else np.exp(-(apart**2) / 2).astype(np.float32)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None

    def _beyond(self, value: str | tuple[float | None, float | None], request: RankingRequest) -> Doubles | None:
        if isinstance(value, str):
            return None
        low, high = value
        logs = self._of(request.ids)
        below = 0.0 if not low or low <= 0 else math.log(low) - logs
        above = -np.inf if high is None else logs - math.log(max(high, 1e-9))
        return np.maximum(np.maximum(below, above), 0.0 * logs) / BEYOND_BOUND

    def _from_likes(self, request: RankingRequest) -> Doubles | None:
        liked = request.session.liked[-LATEST_PRICES:]
        paid, weights = self._of(liked), fading(len(liked), PRICES_FADE)
        known = ~np.isnan(paid)
        if not known.any():
            return None
        paid, weights = paid[known], weights[known]
        usual = float(weights @ paid / weights.sum())
        spread = (weights @ (paid - usual) ** 2 + SPREAD_PRIOR * USUAL_SPREAD**2) / (weights.sum() + SPREAD_PRIOR)
        return (self._of(request.ids) - usual) / math.sqrt(spread)

    def _of(self, ids: Sequence[str]) -> Doubles:
        return np.append(self.logs, np.nan)[self.places(ids)]


ItemSignal = Novelty | Freshness | PriceFit


def item_signals(behaviour: Behaviour, catalogue: Catalogue | None) -> tuple[ItemSignal, ...]:
    """All of them; without a catalogue only those that need none."""
    if catalogue is None:
        return (Novelty(behaviour),)
    return (Novelty(behaviour), freshness_of(behaviour, catalogue), price_fit_of(catalogue))


def freshness_of(behaviour: Behaviour, catalogue: Catalogue) -> Freshness:
    """By the first facet of `catalogue` that holds years."""
    facet = _first(catalogue, NumberStyle.YEAR)
    years = None if facet is None else percentiles(column_of(catalogue, facet))
    return Freshness(behaviour, places_of(catalogue), years)


def price_fit_of(catalogue: Catalogue) -> PriceFit:
    """By the first facet of `catalogue` whose unit is a currency; of a catalogue without one it is always silent."""
    facet = _first(catalogue, NumberStyle.MONEY)
    prices = np.full(len(catalogue.items), np.nan) if facet is None else column_of(catalogue, facet)
    known = np.where(prices > 0, prices, np.nan)
    return PriceFit(facet or "", places_of(catalogue), np.log(known))


def _first(catalogue: Catalogue, style: NumberStyle) -> str | None:
    numbers = [facet for facet in catalogue.schema.facets if facet.kind is FacetKind.NUMBER]
    return next((facet.name for facet in numbers if number_style(catalogue, facet) is style), None)
