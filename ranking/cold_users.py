"""People whom no model has met: what each tells about themselves, and what they would like. Part (b) of the comparison.

By a hash of a seed and the person, a log's people fall into five parts. The first is for testing, the second for
choosing settings, and models are fitted without the part that they are asked about. Of what somebody liked, half, at
most ten, may be told, in a drawn order; all other likes are to be found, whatever was told of them, so that more told
is measured on the same aims. Peers are told the same titles, exactly. Knows no words and no assistant.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ranking.evidence import LIKED, BehaviourRow, evidence_by_user
from ranking.figures import DEPTH, Audience, Lists
from ranking.metrics import recall
from ranking.peers import Known, Material, Peer, Scorer
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

PARTS = 5
TOLD = (0, 1, 3, 5, 10)  #: how many likes are told before a list is asked for
LEAST = 6  #: likes of somebody who takes part: three to tell, three to find
Part = Literal["test", "validation"]
NUMBER: Mapping[Part, int] = {"test": 0, "validation": 1}


class ColdUsersError(ChatalogueError):
    """People who cannot be held out."""

    code = "cold_users"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody held out: ids they `may_tell`, in that order, and ids to be found."""

    user: str
    may_tell: tuple[str, ...]
    wanted: tuple[str, ...]


@dataclass(frozen=True)
class ColdSplit:
    """What models are fitted on, and whom they have not met."""

    rows: tuple[BehaviourRow, ...]
    newcomers: tuple[Newcomer, ...]

    def telling(self, told: int) -> list[int]:
        """Which newcomers have so many to tell, by number."""
        return [n for n, newcomer in enumerate(self.newcomers) if len(newcomer.may_tell) >= told]

    def audience(self, numbers: Sequence[int], catalogue: Catalogue, vectors: Any, told: int) -> Audience:
        """The newcomers of these `numbers` as an audience; popularity is that of the fitted rows."""
        people: dict[str, set[str]] = {}
        for row in self.rows:
            people.setdefault(row.item, set()).add(row.user)
        chosen = [self.newcomers[n] for n in numbers]
        return Audience(
            [one.wanted for one in chosen],
            [one.user for one in chosen],
            [told] * len(chosen),
            {item: len(users) for item, users in people.items()},
            len({row.user for row in self.rows}),
            catalogue,
            vectors,
        )


def part_named(name: str) -> Part:
    """The part called `name`. Raises ColdUsersError."""
    for part in NUMBER:
        if part == name:
            return part
    raise ColdUsersError(f"there is no part {name!r} of the people", hint=f"one of {', '.join(NUMBER)}")


def part_of(user: str, seed: int) -> int:
    """0 to PARTS − 1, the same for a person and a seed."""
    return int.from_bytes(hashlib.sha256(f"{seed}\x1f{user}".encode()).digest()[:8], "big") % PARTS


def cold_split(rows: Sequence[BehaviourRow], items: Sequence[str], seed: int, part: Part) -> ColdSplit:
    """Hold out a part. To choose by, models see neither it nor the people of the test. Raises ColdUsersError."""
    number = NUMBER[part]
    hidden = {number, NUMBER["test"]}
    kept = tuple(row for row in rows if part_of(row.user, seed) not in hidden)
    asked = [row for row in rows if part_of(row.user, seed) == number]
    likes = {user: sorted(i for i, value in seen.items() if value >= LIKED) for user, seen in
             sorted(evidence_by_user(asked, set(items)).items())}  # fmt: skip
    newcomers = tuple(_newcomer(user, liked, seed) for user, liked in likes.items() if len(liked) >= LEAST)
    if not newcomers or not kept:
        raise ColdUsersError("nobody can be held out of this log", hint=f"it needs people with {LEAST} likes or more")
    return ColdSplit(kept, newcomers)


def _newcomer(user: str, liked: list[str], seed: int) -> Newcomer:
    random.Random(f"cold {seed} {user}").shuffle(liked)
    told = min(max(TOLD), len(liked) // 2)
    return Newcomer(user, tuple(liked[:told]), tuple(liked[told:]))


def answers(scorer: Scorer, split: ColdSplit, told: int, catalogue: Catalogue) -> list[list[str]]:
    """A peer's lists for everyone who has `told` likes to tell; these are not repeated."""
    row = {item.id: n for n, item in enumerate(catalogue.items)}
    found = []
    for number in split.telling(told):
        known = np.array([row[item] for item in split.newcomers[number].may_tell[:told]], dtype=np.int64)
        scores = np.array(scorer(Known(known, known)), dtype=np.float64)
        scores[known] = -np.inf
        found.append([catalogue.items[n].id for n in np.argsort(-scores, kind="stable")[:DEPTH]])
    return found


def chosen_by(peer: Peer, split: ColdSplit, material: Material, catalogue: Catalogue) -> dict[int, Mapping[str, Any]]:
    """For each number of likes told, the setting with the best mean recall@10 on `split`; the first of equal ones."""
    scores: dict[int, list[float]] = {told: [] for told in TOLD if split.telling(told)}
    for setting in peer.grid:
        scorer = peer.fit(material, **setting)
        for told, found in scores.items():
            wanted = [split.newcomers[n].wanted for n in split.telling(told)]
            lists = zip(answers(scorer, split, told, catalogue), wanted, strict=True)
            found.append(float(np.mean([recall(one, aims, 10) for one, aims in lists])))
    return {told: peer.grid[int(np.argmax(found))] for told, found in scores.items()}


def peer_lists(
    peer: Peer, chosen: Mapping[int, Mapping[str, Any]], split: ColdSplit, material: Material, catalogue: Catalogue
) -> dict[int, Lists]:
    """A peer's lists by number of likes told, each with the setting chosen for it."""
    fitted: dict[str, Scorer] = {}
    found = {}
    for told, setting in chosen.items():
        key = repr(sorted(setting.items(), key=lambda pair: pair[0]))
        scorer = fitted.get(key) or fitted.setdefault(key, peer.fit(material, **setting))
        found[told] = Lists(peer.name, answers(scorer, split, told, catalogue))
    return found
