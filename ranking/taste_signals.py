"""Signals that go by what was done before: relations between items, their standing, what likes have in common.

The same contract as `ranking/signals.py`. A path fades: what was done last says more than what was done first. Knows no
weights and no words.
"""

from __future__ import annotations

from dataclasses import dataclass

from ranking.behaviour import Behaviour
from ranking.facts import Facts, Numbers, facts_of, numbers_of, places_of
from ranking.neighbourhood import fading, trail
from ranking.request import Floats, Group, RankingRequest, silent
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

LATELY = 10.0  #: likes after which one counts half, where the latest are meant
JUST_NOW = 3.0
STANDING = ("trend", "quality", "talked", "clicks", "dwell", "purchases")
NEAR_NUMBERS = 10  #: latest likes whose numbers are compared


@dataclass(frozen=True)
class Related:
    """Sums of a relation over the visitor's path: likes, or with `everything` all they dealt with. In group B."""

    name: str
    behaviour: Behaviour
    relation: str
    half_life: float | None = None
    everything: bool = False
    group: Group = "B"

    def score(self, request: RankingRequest, /) -> Floats:
        path = trail(request.session) if self.everything else request.session.liked
        return self.behaviour.neighbourhood.related(self.relation, path, request.ids, self.half_life)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        """None: the collaborative model names the liked item behind all of these."""
        return None


@dataclass(frozen=True)
class LikeMinded:
    """What the people like who like what the visitor likes. In group B. Evidence: none, `behaviour` names the item."""

    behaviour: Behaviour
    name: str = "alike"
    group: Group = "B"

    def score(self, request: RankingRequest, /) -> Floats:
        return self.behaviour.neighbourhood.alike(request.session.liked, request.ids)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


@dataclass(frozen=True)
class ItemStanding:
    """What the log says of an item whoever asks: one of the arrays of `Standing`, by its name. In group B."""

    name: str
    behaviour: Behaviour
    group: Group = "B"

    def score(self, request: RankingRequest, /) -> Floats:
        return self.behaviour.neighbourhood.standing(self.name, request.ids)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


@dataclass(frozen=True)
class SharedValues:
    """What the item's categories or names share with those of the likes: all alike, and the latest, half each."""

    name: str
    facts: Facts
    group: Group = "C"

    def score(self, request: RankingRequest, /) -> Floats:
        liked = request.session.liked
        if not liked:
            return silent(request)
        weights = fading(len(liked), None) / len(liked)
        late = fading(len(liked), LATELY)
        return self.facts.shared(liked, (weights + late / late.sum()) / 2, request.ids)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


@dataclass(frozen=True)
class NearNumbers:
    """How near the item's numbers are to those of the latest likes."""

    name: str
    numbers: Numbers
    group: Group = "C"

    def score(self, request: RankingRequest, /) -> Floats:
        liked = request.session.liked[-NEAR_NUMBERS:]
        return self.numbers.near(liked, fading(len(liked), LATELY), request.ids)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


TasteSignal = Related | LikeMinded | ItemStanding | SharedValues | NearNumbers


def behaviour_signals(behaviour: Behaviour) -> tuple[TasteSignal, ...]:
    """Those that need a log."""
    return (
        Related("together", behaviour, "together"),
        Related("lately", behaviour, "together", LATELY),
        Related("denoised", behaviour, "denoised"),
        Related("sequence", behaviour, "sequence", JUST_NOW, everything=True),
        Related("conversations", behaviour, "conversations", LATELY, everything=True),
        LikeMinded(behaviour),
        *(ItemStanding(name, behaviour) for name in STANDING),
    )


def catalogue_signals(catalogue: Catalogue) -> tuple[TasteSignal, ...]:
    """Those that need the catalogue's facets."""
    places = places_of(catalogue)
    return (
        SharedValues("categories", facts_of(catalogue, FacetKind.CATEGORY, places)),
        SharedValues("names", facts_of(catalogue, FacetKind.ENTITY, places)),
        NearNumbers("numbers", numbers_of(catalogue, places)),
    )
