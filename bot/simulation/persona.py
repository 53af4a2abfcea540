"""Who the simulated users are: people of the catalogue's own log, one liked item of each hidden as what they look for.

All of a persona is decided by the seed and the person. What they can speak of (`Profile`) is made without the hidden
item: it is in no list, and tastes are computed from the rest. Knows rows and facets; knows no words and no assistant.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.simulation.tastes import Everyone, Tastes, ValuesOf
from ranking.evidence import LIKED, BehaviourRow, evidence_by_user
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

LEAST_LIKES = 4  #: one to hide and three to speak of
DISLIKED = 0.0  #: evidence below this is a dislike: more than a star and a quarter below their mean
PATIENCE = (4, 8)  #: answers that brought nothing, fewest and most, before somebody leaves
TYPOS = (0.0, 0.0, 0.1, 0.25)  #: chances of a slip in a message, one drawn a person
WRONG = (0.0, 0.0, 0.05, 0.15)  #: chances of answering a question with something else


class SimulationError(ChatalogueError):
    """A simulation that cannot begin or cannot write its result."""

    code = "simulation"


@dataclass(frozen=True, slots=True)
class History:
    """What somebody did, as they can tell it: ids of what they liked, most first, disliked, and merely know."""

    liked: tuple[str, ...]
    disliked: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Traits:
    """How somebody talks. `patience` counts answers that brought nothing; `typos` and `wrong` are probabilities."""

    patience: int = 6
    typos: float = 0.0
    wrong: float = 0.0
    small: bool = False  #: writes without capitals


@dataclass(frozen=True, slots=True)
class Profile:
    """All that a simulated user speaks from; the hidden item left no trace in it. `seed` decides what they choose."""

    history: History
    tastes: Tastes
    traits: Traits
    seed: str


@dataclass(frozen=True, slots=True)
class Persona:
    """A simulated newcomer: the person of the log they are, what would make them happy, and what they speak from."""

    user: str
    target: str
    profile: Profile


def draw_personas(rows: Sequence[BehaviourRow], catalogue: Catalogue, users: int, seed: int) -> tuple[Persona, ...]:
    """At most `users` different people of the log, fewer when fewer liked `LEAST_LIKES` items; the same for a seed.

    A person's hidden item depends on seed and person alone, not on how many are drawn. Raises SimulationError when
    nobody fits.
    """
    if users < 1:
        raise SimulationError(f"{users} simulated users", hint="ask for one at least")
    evidence = evidence_by_user(rows, set(catalogue.by_id))
    likes = {user: _liked(items) for user, items in sorted(evidence.items())}
    fitting = [user for user, liked in likes.items() if len(liked) >= LEAST_LIKES]
    if not fitting:
        name = catalogue.schema.name
        told = f"nobody in it liked {LEAST_LIKES} items" if evidence else "it has no interactions"
        raise SimulationError(
            f"no users can be simulated on the catalogue {name!r}: {told}",
            hint="name a log of what people did as `interactions` in catalogue.toml; see docs/simulation.md",
        )
    drawn = random.Random(f"people {seed}").sample(fitting, min(users, len(fitting)))
    everyone = Everyone(likes.values(), ValuesOf(catalogue))
    rated = _rated(rows)
    return tuple(_persona(user, evidence[user], rated.get(user, frozenset()), everyone, seed) for user in drawn)


def _persona(user: str, evidence: Mapping[str, float], rated: frozenset[str], everyone: Everyone, seed: int) -> Persona:
    mark = f"{seed} {user}"
    r = random.Random(f"persona {mark}")
    own = _liked(evidence)
    target = r.choice(sorted(own))
    liked = tuple(item for item in own if item != target)
    disliked = tuple(sorted(item for item, value in evidence.items() if value < DISLIKED))
    known = tuple(sorted(rated & evidence.keys() - {target, *liked, *disliked}))
    traits = Traits(r.randint(*PATIENCE), r.choice(TYPOS), r.choice(WRONG), r.random() < 0.3)
    tastes = everyone.tastes(liked, disliked, own)
    return Persona(user, target, Profile(History(liked, disliked, known), tastes, traits, mark))


def _liked(evidence: Mapping[str, float]) -> tuple[str, ...]:
    """What somebody liked, most first."""
    return tuple(sorted((i for i, value in evidence.items() if value >= LIKED), key=lambda i: (-evidence[i], i)))


def _rated(rows: Sequence[BehaviourRow]) -> dict[str, frozenset[str]]:
    """What people rated, and so know for certain, whatever they thought of it."""
    found: dict[str, set[str]] = {}
    for row in rows:
        if row.rating is not None:
            found.setdefault(row.user, set()).add(row.item)
    return {user: frozenset(items) for user, items in found.items()}
