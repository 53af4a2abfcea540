"""The conversations that are open in this process, by id. Bounded: the one unused longest is let go first.

Knows no framework. A conversation answers one step at a time; a second step waits for the first.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator

from bot.assistant import Assistant, Conversation
from bot.dialogue.events import Event
from bot.dialogue.state import DialogueState
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
        try:
            return self._entry(visit)[0]
        except KeyError:
            return None

    def turn(self, visit: str, step: Step) -> Iterator[TurnEvent]:
        """The events of one step, after the steps before it. Raises KeyError, at once, when it is not open."""
        return _in_turn(*self._entry(visit), step)

    def between_steps(self, visit: str) -> tuple[tuple[Event, ...], DialogueState]:
        """What happened and what is believed, when no step is under way. Raises KeyError when it is not open."""
        conversation, lock = self._entry(visit)
        with lock:
            return conversation.events, conversation.state

    def _entry(self, visit: str) -> tuple[Conversation, threading.Lock]:
        with self._guard:
            entry = self._open[visit]
            self._open.move_to_end(visit)
            return entry


def _in_turn(conversation: Conversation, lock: threading.Lock, step: Step) -> Iterator[TurnEvent]:
    with lock:
        yield from conversation.turn(step)
