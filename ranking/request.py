"""What the ranker is asked and what it answers. Frozen values; knows no dialogue, no model, no vector store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from ranking.explore import Exploring
from retrieval.catalogue.item import Item

Floats = npt.NDArray[np.float32]
Group = Literal["S", "B", "C"]  #: of signals: similarity, what people did, what the catalogue declares


@dataclass(frozen=True, slots=True)
class FacetWish:
    """A facet value wanted (`weight` in (0, 1]) or avoided ([-1, 0)). `value` is text or (low, high), None open."""

    facet: str
    value: str | tuple[float | None, float | None]
    weight: float


@dataclass(frozen=True, slots=True)
class Direction:
    """A relative wish on a number facet: `less` or `more` than `than` (None: than the typical candidate)."""

    facet: str
    more: bool
    than: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What one visitor did, as far as ranking cares: item ids, oldest first. `user` is a known user's id or None.

    `tastes` are soft wishes known from before, which what is asked for now outweighs.
    """

    user: str | None = None
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    tastes: tuple[FacetWish, ...] = ()


@dataclass(frozen=True)
class RankingRequest:
    """One list to order.

    `items` are the n candidates, all of which satisfy the hard constraints. `similarity` is (n,) cosine of the need's
    text to each item in [-1, 1], NaN where there is no text. `vectors` is (n, d) float32, rows L2-normalised;
    `liked_vectors` and `disliked_vectors` are (m, d), m may be 0. What was `passed_over` stands after all other items,
    whatever its score. `novelty` is the dial of `ranking/dial.py`, in [0, 1].
    `exploring` leaves the last place to chance; None: nothing is.
    """

    items: tuple[Item, ...]
    similarity: Floats
    vectors: Floats
    liked_vectors: Floats
    disliked_vectors: Floats
    session: Session = field(default_factory=Session)
    wishes: tuple[FacetWish, ...] = ()
    directions: tuple[Direction, ...] = ()
    text: str = ""
    k: int = 5
    passed_over: frozenset[str] = frozenset()
    exploring: Exploring | None = None
    novelty: float = 0.5

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The candidates' ids."""
        return tuple(item.id for item in self.items)


@dataclass(frozen=True, slots=True)
class RankedItem:
    """One place in the list.

    `score` in [0, 1], higher is better, comparable within one list only. `contributions` maps a signal's name to its
    additive share of the score before diversification (they sum to `score` within 1e-6). `evidence` maps a signal's
    name to the fact behind it in a form that words can use (e.g. "neighbour" -> the liked item's id). `features` maps
    each signal that was worked out and spoke of the list to what it said, in [0, 1] on the fusion's scale. Of the
    `guessed` ones nothing is known of this item, which counts as a typical one.
    """

    id: str
    score: float
    contributions: Mapping[str, float]
    evidence: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, float] = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rival:
    """An item that could have stood at a list's last place: with which probability, and its `features`."""

    id: str
    propensity: float
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RankedList:
    """The answer. `ranker` is the version that impressions are logged with; `propensities` are each item's probability
    of standing where it stands, in (0, 1] (1.0: no exploration).

    `rivals` are all that could have stood last, none where that was certain. `reacted` is how many reactions decided
    between cold and learned weights; None where a need was said in words (`FusionWeights.after`).
    """

    items: tuple[RankedItem, ...]
    ranker: str
    propensities: tuple[float, ...] = ()
    rivals: tuple[Rival, ...] = ()
    reacted: int | None = None


def silent(request: RankingRequest) -> Floats:
    """(n,) NaN: the scores of a signal that has nothing to say about the list."""
    return np.full(len(request.items), np.nan, dtype=np.float32)
