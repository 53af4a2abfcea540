"""Signals: each looks at the candidates from one side and gives every one a number, or abstains (NaN).

Group S is similarity, B what people did, C what the catalogue declares. Nothing here knows a facet by name: wishes and
directions come with the request. Knows no weights and no words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ranking.behaviour import Behaviour
from ranking.columns import Columns, has_value
from ranking.item_signals import item_signals
from ranking.request import Direction, FacetWish, Floats, Group, RankingRequest, silent
from ranking.reviews import review_signals
from ranking.taste_signals import behaviour_signals, catalogue_signals
from retrieval.catalogue.item import Catalogue, Item

FULL = 0.5  #: the weight from which a wish counts in full: that of a soft one of this list, hard ones being filters


class Signal(Protocol):
    """One side of relevance. Scores need no common scale: fusion stretches them over each list.

    One whose scores are in [0, 1] and mean the same in every list has `absolute = True` and is taken as it is, so that
    a weak wish does not count as a strong one only because nothing else was wished.
    """

    @property
    def name(self) -> str: ...

    @property
    def group(self) -> Group: ...

    def score(self, request: RankingRequest, /) -> Floats:
        """(n,) float32, higher is better, NaN where there is nothing to say."""

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        """The fact that speaks for candidate `position`, or None. Asked only where the signal spoke in favour."""


class TextSimilarity:
    """Cosine of the need's text to the item. Evidence: the text."""

    name: str = "text"
    group: Group = "S"
    close = 0.3  # below this cosine an item does not answer to the words

    def score(self, request: RankingRequest, /) -> Floats:
        return np.asarray(request.similarity, dtype=np.float32)

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        return request.text.strip() or None if request.similarity[position] >= self.close else None


class LikedSimilarity:
    """Mean of the largest and the average cosine to the liked items. Evidence: the id of the nearest liked item.

    `liked_vectors` are those of the latest likes, in the order of `session.liked`, all of which have a vector.
    """

    name: str = "liked"
    group: Group = "S"
    close = 0.6  # 95 of 100 pairs of films drawn at random are below 0.55: only beyond is "close" worth saying

    def score(self, request: RankingRequest, /) -> Floats:
        if not len(request.liked_vectors):
            return silent(request)
        cosines = request.vectors @ request.liked_vectors.T
        scores: Floats = (cosines.max(axis=1) + cosines.mean(axis=1)) / 2
        return scores.astype(np.float32)

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        latest = request.session.liked[-len(request.liked_vectors) :]
        if len(request.liked_vectors) != len(latest):
            return None
        cosines = request.liked_vectors @ request.vectors[position]
        nearest = int(np.argmax(cosines))
        return latest[nearest] if cosines[nearest] >= self.close else None


class DislikedDistance:
    """1 − the largest cosine to a disliked item."""

    name: str = "disliked"
    group: Group = "S"

    def score(self, request: RankingRequest, /) -> Floats:
        if not len(request.disliked_vectors):
            return silent(request)
        distances: Floats = 1 - (request.vectors @ request.disliked_vectors.T).max(axis=1)
        return distances.astype(np.float32)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


class BehaviourScore:
    """The collaborative model's prediction for this session. Evidence: the liked item that people liked with it."""

    name: str = "behaviour"
    group: Group = "B"

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def score(self, request: RankingRequest, /) -> Floats:
        return self._behaviour.fold_in(request.session, request.ids)

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        return self._behaviour.because(request.session, request.items[position].id)


class Popularity:
    """How many people dealt with the item, on a log scale. Evidence from `popular` on: the share of the most."""

    name: str = "popularity"
    group: Group = "B"
    popular = 0.75

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def score(self, request: RankingRequest, /) -> Floats:
        return self._behaviour.popularity(request.ids)

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        share = float(self._behaviour.popularity([request.items[position].id])[0])
        return f"{share:.2f}" if share >= self.popular else None


class WantedFacets:
    """How much of what is wanted the item has, in [0, 1], see `_shares`. Evidence: what it has, `facet=value; …`."""

    name: str = "wanted"
    group: Group = "C"
    absolute = True

    def __init__(self, columns: Columns | None = None) -> None:
        self._columns = columns or Columns()

    def score(self, request: RankingRequest, /) -> Floats:
        return _shares(request, [wish for wish in request.wishes if wish.weight > 0], self._columns)

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        met = met_wishes(request.items[position], request.wishes)
        return "; ".join(f"{wish.facet}={wish.value}" for wish in met) or None


class AvoidedFacets:
    """1 − how much of what is avoided the item has, in [0, 1]."""

    name: str = "avoided"
    group: Group = "C"
    absolute = True

    def __init__(self, columns: Columns | None = None) -> None:
        self._columns = columns or Columns()

    def score(self, request: RankingRequest, /) -> Floats:
        shares: Floats = 1 - _shares(request, [wish for wish in request.wishes if wish.weight < 0], self._columns)
        return shares

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


class DirectionMatch:
    """How far the item lies in the directions asked for, as its percentile among the candidates.

    Relative to a given number, those beyond it take the upper half of the scale and the others the lower. Evidence:
    the directions in which it does lie beyond, `facet>number; …`.
    """

    name: str = "direction"
    group: Group = "C"

    def __init__(self, columns: Columns | None = None) -> None:
        self._columns = columns or Columns()

    def score(self, request: RankingRequest, /) -> Floats:
        columns = [_percentiles(self._columns.numbers(request, one.facet), one) for one in request.directions]
        return _mean_of_known(columns, [1.0] * len(columns)) if columns else silent(request)

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        beyond = met_directions(request.items[position], request.directions)
        return "; ".join(f"{d.facet}{'>' if d.more else '<'}{d.than:g}" for d in beyond if d.than is not None) or None


def built_in_signals(behaviour: Behaviour, catalogue: Catalogue | None = None) -> tuple[Signal, ...]:
    """All of the above and those of `ranking/taste_signals.py`, `item_signals.py` and `reviews.py`; without a catalogue
    not those that compare its facets and read its reviews."""
    columns = Columns(catalogue.items if catalogue else ())
    return (
        TextSimilarity(),
        LikedSimilarity(),
        DislikedDistance(),
        BehaviourScore(behaviour),
        Popularity(behaviour),
        WantedFacets(columns),
        AvoidedFacets(columns),
        DirectionMatch(columns),
        *behaviour_signals(behaviour),
        *item_signals(behaviour, catalogue),
        *((*catalogue_signals(catalogue), *review_signals(catalogue)) if catalogue else ()),
    )


def is_absolute(signal: Signal) -> bool:
    """Whether the signal's scores are taken as they are."""
    return bool(getattr(signal, "absolute", False))


def met_wishes(item: Item, wishes: Iterable[FacetWish]) -> tuple[FacetWish, ...]:
    """The wanted values that the item has."""
    return tuple(wish for wish in wishes if wish.weight > 0 and has_value(item, wish))


def met_directions(item: Item, directions: Iterable[Direction]) -> tuple[Direction, ...]:
    """The directions with a given number beyond which the item lies."""
    return tuple(direction for direction in directions if _beyond(item.number(direction.facet), direction))


def _beyond(number: float | None, direction: Direction) -> bool:
    if number is None or direction.than is None:
        return False
    return number > direction.than if direction.more else number < direction.than


def _percentiles(numbers: npt.NDArray[np.float64], direction: Direction) -> Floats:
    """Mid-rank percentiles of `numbers` (n,) in (0, 1), 1 the furthest in the direction; NaN unknown."""
    scores = np.full(len(numbers), np.nan, dtype=np.float32)
    there = ~np.isnan(numbers)
    if there.any():
        scores[there] = mid_ranks(numbers[there] if direction.more else -numbers[there]) / there.sum()
    if direction.than is not None:
        beyond = numbers > direction.than if direction.more else numbers < direction.than
        return ((scores + beyond) / 2).astype(np.float32)
    return scores


def mid_ranks(values: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """How many values are smaller, and half of those that are equal, itself among them."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: npt.NDArray[np.float64] = (np.cumsum(counts) - counts / 2)[place]
    return ranks


def _shares(request: RankingRequest, wishes: Sequence[FacetWish], columns: Columns) -> Floats:
    """Σ w·has / max(FULL, Σ w) over those of `wishes` whose facet is known of the item, w in (0, 1] what each counts.

    A lone wish of 0.25 is worth half to who has it, two of 0.5 half each. Wishes that all or none of the candidates
    meet, as hard ones are, tell nothing apart and take nothing from the others.
    """
    if not wishes:
        return silent(request)
    held = [columns.held(request, wish) for wish in wishes]
    telling = [n for n, one in enumerate(held) if (one == 0.0).any() and (one == 1.0).any()] or range(len(wishes))
    weights = [abs(wishes[n].weight) for n in telling]
    return _mean_of_known([held[n] for n in telling], weights) * np.float32(min(1.0, math.fsum(weights) / FULL))


def _mean_of_known(columns: Sequence[Floats], weights: Sequence[float]) -> Floats:
    table, shares = np.array(columns, dtype=np.float64), np.array(weights)[:, None]
    known = ~np.isnan(table)
    total = (known * shares).sum(axis=0)
    sums = np.where(known, table * shares, 0.0).sum(axis=0)
    means: Floats = np.full(table.shape[1], np.nan, dtype=np.float32)
    means[total > 0] = sums[total > 0] / total[total > 0]
    return means
