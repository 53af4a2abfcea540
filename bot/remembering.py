"""What is remembered of a visitor between conversations: reactions and impressions, written where they happen.

Knows the interaction store and the difference between two states; knows no channel and no ranking.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from bot.dialogue.state import DialogueState
from bot.picking import Picked
from ranking.interactions import Interaction, InteractionStore, impressions
from ranking.request import Session

KINDS = ("like", "dislike", "seen", "accept", "click")
RETRACTED = ("like", "dislike", "seen", "accept")


def random_id() -> str:
    """64 random bits."""
    return secrets.token_hex(8)


class VisitorMemory:
    """Makes visitors. `now` gives UTC seconds, `new_id` an id that nobody has yet; tests freeze both."""

    def __init__(
        self, store: InteractionStore, now: Callable[[], float] = time.time, new_id: Callable[[], str] = random_id
    ) -> None:
        self.store = store
        self._now = now
        self._new_id = new_id

    def visitor(self, user: str | None, *, writes: bool = True) -> Visitor:
        """The visitor known as `user`; None is a stranger, of whom impressions alone are kept, under a random id."""
        known = Session(user=user) if user is None else self.store.session(user)
        name = user or f"stranger-{self._new_id()}"
        return Visitor(name, known, self.store if writes else None, self)

    def now(self) -> float:
        """UTC seconds since 1970."""
        return self._now()

    def new_id(self) -> str:
        """An id that nobody has yet."""
        return self._new_id()


class Visitor:
    """One visitor in one conversation. `history` is what was known when the conversation began."""

    def __init__(self, user: str, history: Session, store: InteractionStore | None, memory: VisitorMemory) -> None:
        self.history = history
        self._user = user
        self._store = store
        self._memory = memory

    def record(self, before: DialogueState, after: DialogueState, picked: Picked | None) -> None:
        """Store what this step changed: new reactions, reactions taken back, and the list that was shown."""
        if self._store is None:
            return
        moment = self._memory.now()
        rows = []
        for kind in KINDS:
            old, new = before.reacted(kind), after.reacted(kind)
            rows += [Interaction(self._user, item, kind, None, moment) for item in new if item not in old]
            if kind in RETRACTED:
                rows += [Interaction(self._user, item, kind, 0.0, moment) for item in old if item not in new]
        if picked is not None and picked.ranked.items:
            rows += impressions(self._user, picked.ranked, self._memory.new_id(), moment)
        if rows:
            self._store.append(rows)

    def forget(self) -> None:
        """Delete everything stored about this visitor, and what this conversation had loaded."""
        if self._store is not None:
            self._store.forget(self._user)
        self.history = Session(user=self.history.user)
