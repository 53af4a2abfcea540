"""The conversations that are open in this process, by id. Bounded: the one unused longest is let go first.

Knows no framework. A conversation answers one step at a time; a second step waits for the first.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator

from bot.assistant import Assistant, Conversation
from bot.messages import Step, TurnEvent

OPEN_AT_ONCE = 1_000


class Visits:
    """Opens conversations and hands steps to them."""

    def __init__(self, assistant: Assistant, limit: int = OPEN_AT_ONCE) -> None:
        self.assistant = assistant
        self._limit = limit
        self._open: OrderedDict[str, tuple[Conversation, threading.Lock]] = OrderedDict()
        self._guard = threading.Lock()

    def open(self, user: str | None = None) -> str:
        """A new conversation's id (128 random bits)."""
        visit = secrets.token_urlsafe(16)
        with self._guard:
            self._open[visit] = (self.assistant.open(user), threading.Lock())
            while len(self._open) > self._limit:
                self._open.popitem(last=False)
        return visit

    def conversation(self, visit: str) -> Conversation | None:
        """The conversation, or None when it is not open (any more)."""
        entry = self._entry(visit)
        return entry[0] if entry else None

    def turn(self, visit: str, step: Step) -> Iterator[TurnEvent]:
        """The events of one step. Raises KeyError when the conversation is not open."""
        entry = self._entry(visit)
        if entry is None:
            raise KeyError(visit)
        conversation, lock = entry
        with lock:
            yield from conversation.turn(step)

    def _entry(self, visit: str) -> tuple[Conversation, threading.Lock] | None:
        with self._guard:
            entry = self._open.get(visit)
            if entry is not None:
                self._open.move_to_end(visit)
            return entry
