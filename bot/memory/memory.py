"""What is known of visitors, across conversations: history, taste, everything stored; correcting, forgetting, tidying.

Knows the stores, the catalogue and the clock; knows no conversation in progress (`bot/remembering.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from bot.memory.evidence import Evidence, from_reactions
from bot.memory.export import Json, export_json, profile_json
from bot.memory.profile import DAY_S, Interest, interests, tastes
from bot.memory.store import ConversationStore
from ranking.interactions import RETRACTABLE, Interaction, InteractionStore, standing
from ranking.request import Session
from retrieval.catalogue.item import Catalogue

ITEM = "item:"  #: begins the key of an item, as in `Belief.key`


@dataclass(frozen=True)
class Keeping:
    """How long things count, in days: the half-life of evidence for a taste, the age at which rows are deleted (None:
    never)."""

    half_life_days: float = 180.0
    retention_days: float | None = None


class Learner(Protocol):
    """A model that goes by everybody's stored reactions."""

    def observe(self, rows: Iterable[Interaction], /) -> None:
        """Take in what was stored."""

    def forget(self, user: str, /) -> None:
        """Take out what one user did."""

    def relearn(self, rows: Iterable[Interaction], /) -> None:
        """Take in all that is stored, instead of what was taken in so far."""


class Memory:
    """What is known of the visitors of one catalogue. `now` gives UTC seconds since 1970. Errors are StorageErrors."""

    def __init__(
        self, catalogue: Catalogue, stores: tuple[InteractionStore, ConversationStore], keeping: Keeping | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.catalogue = catalogue
        self.store, self.conversations = stores
        self.now = now
        self._keeping = keeping or Keeping()
        self._tidied: float | None = None
        self.learner: Learner | None = None  #: is told of every reaction that is stored and every one deleted

    def history(self, user: str) -> Session:
        """What `user` likes, dislikes and has seen, and the tastes they stated."""
        stated = self._interests(self.conversations.statements(user))
        return replace(self.store.session(user), tastes=tastes(stated))

    def interests(self, user: str) -> tuple[Interest, ...]:
        """The long-term taste of `user`, the strongest interest first."""
        reactions = from_reactions(self.store.of_user(user, impressions=False), self.catalogue)
        return self._interests([*self.conversations.statements(user), *reactions])

    def correct(self, user: str, key: str, said: str = "", conversation: str | None = None) -> bool:
        """Take one interest back; False when nothing was known under `key`. Reactions so far speak of it no more.

        The key of an item ("item:heat") takes the visitor's reactions to it back.
        """
        if key.startswith(ITEM):
            return self._take_back_reactions(user, key.removeprefix(ITEM))
        known = next((i for i in self.interests(user) if i.key == key), None)
        instead = None
        if known is not None and any(e.source == "reaction" for e in known.evidence):
            instead = Evidence(known.facet, known.value, 0, said, self.now(), conversation)
        self.conversations.correct(user, key, instead)
        return known is not None

    def state(self, user: str, facet: str, value: str, sentiment: Literal[-1, 1], said: str = "") -> None:
        """Note that `user` likes a value or does not, as if they had said so; it makes void what spoke otherwise."""
        one = Evidence(facet, value, sentiment, said, self.now())
        self.conversations.restate(user, one.key, [one])

    def forget(self, user: str) -> int:
        """Delete everything stored about `user`; returns how many rows that were."""
        gone = self.conversations.forget(user)
        if self.learner is not None:
            self.learner.forget(user)
        return gone

    def profile(self, user: str) -> Json:
        """The profile as JSON; its shape is in `docs/design.md` section 3."""
        return profile_json(user, self.store.session(user), self.interests(user))

    def export(self, user: str) -> Json:
        """Everything stored about `user`, with the profile."""
        conversations, statements = self.conversations.of_visitor(user), self.conversations.statements(user)
        return export_json(self.profile(user), conversations, statements, self.store.of_user(user))

    def tidy(self) -> int:
        """Delete what is older than the retention allows, once a day at the most; returns how many rows that were."""
        days, now = self._keeping.retention_days, self.now()
        if days is None or (self._tidied is not None and 0 <= now - self._tidied < DAY_S):
            return 0
        gone = self.conversations.purge(now - days * DAY_S)
        self._tidied = now
        if gone and self.learner is not None:
            self.learner.relearn(self.store.since())
        return gone

    def _take_back_reactions(self, user: str, item: str) -> bool:
        rows = standing(self.store.of_user(user, impressions=False))
        kinds = dict.fromkeys(row.event for row in rows if row.item == item and row.event in RETRACTABLE)
        taken = [Interaction(user, item, kind, 0.0, self.now()) for kind in kinds]
        self.store.append(taken)
        self.learned(taken)
        return bool(taken)

    def learned(self, rows: Iterable[Interaction]) -> None:
        """Tell whoever learns from everybody what was stored."""
        if self.learner is not None:
            self.learner.observe(rows)

    def _interests(self, evidence: Iterable[Evidence]) -> tuple[Interest, ...]:
        return interests(evidence, self.now(), self._keeping.half_life_days)
