"""The conversations that are open in this process, by id. Bounded: the one unused longest is let go first.

One that is not open any more, after a restart too, is resumed from the database when it is asked for. Knows no
framework. A conversation answers one step at a time; a second step waits for the first.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator

from bot.assistant import Assistant, Conversation
from bot.dialogue.events import Event
from bot.dialogue.state import DialogueState
from bot.messages import Step, TurnEvent
from bot.remembering import conversation_id

OPEN_AT_ONCE = 1_000
_AN_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_Entry = tuple[Conversation, threading.Lock]


class Visits:
    """Opens conversations and hands steps to them."""

    def __init__(self, assistant: Assistant, limit: int = OPEN_AT_ONCE) -> None:
        self.assistant = assistant
        self._limit = limit
        self._open: OrderedDict[str, _Entry] = OrderedDict()
        self._guard = threading.Lock()

    def open(self, user: str | None = None, *, incognito: bool = False) -> str:
        """A new conversation's id (128 random bits)."""
        visit = conversation_id()
        self._keep(visit, self.assistant.open(user, conversation=visit, incognito=incognito))
        return visit

    def conversation(self, visit: str) -> Conversation | None:
        """The conversation, or None when it is neither open nor stored (any more)."""
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
            conversation.catch_up()
            return conversation.events, conversation.state

    def _entry(self, visit: str) -> _Entry:
        with self._guard:
            if visit in self._open:
                self._open.move_to_end(visit)
                return self._open[visit]
        stored = self.assistant.resume(visit) if _AN_ID.fullmatch(visit) else None
        if stored is None:
            raise KeyError(visit)
        return self._keep(visit, stored)

    def _keep(self, visit: str, conversation: Conversation) -> _Entry:
        """Hold it open; two that resume the same one at the same time get the same."""
        with self._guard:
            entry = self._open.setdefault(visit, (conversation, threading.Lock()))
            self._open.move_to_end(visit)
            while len(self._open) > self._limit:
                self._open.popitem(last=False)
            return entry


def _in_turn(conversation: Conversation, lock: threading.Lock, step: Step) -> Iterator[TurnEvent]:
    with lock:
        yield from conversation.turn(step)
