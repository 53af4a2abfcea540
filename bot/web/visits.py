"""The conversations that are open in this process, by id. Bounded: the one unused longest is let go first.

One that is not open any more, after a restart too, is resumed from the database when it is asked for. Knows no
framework. A conversation answers one step at a time; a second step waits for the first.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue as Queue

from bot.assistant import Assistant, Conversation
from bot.dialogue.events import Event
from bot.dialogue.hints import Hint
from bot.dialogue.state import DialogueState
from bot.messages import Belief, Step, TurnEvent
from bot.remembering import conversation_id

OPEN_AT_ONCE = 1_000
TURNS_AT_ONCE = 40  #: threads for turns, those that wait for an earlier step of their conversation included
_AN_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_Entry = tuple[Conversation, threading.Lock]


class Visits:
    """Opens conversations and hands steps to them."""

    def __init__(self, assistant: Assistant, limit: int = OPEN_AT_ONCE) -> None:
        self.assistant = assistant
        self._limit = limit
        self._open: OrderedDict[str, _Entry] = OrderedDict()
        self._guard = threading.Lock()
        self._turns = ThreadPoolExecutor(TURNS_AT_ONCE, thread_name_prefix="turn")

    def open(self, user: str | None = None, *, incognito: bool = False, hints: Iterable[Hint] = ()) -> str:
        """A new conversation's id (128 random bits). Raises HintError, and opens nothing then."""
        visit = conversation_id()
        conversation = self.assistant.open(user, conversation=visit, incognito=incognito)
        conversation.hint(hints)
        self._keep(visit, conversation)
        return visit

    def conversation(self, visit: str) -> Conversation | None:
        """The conversation, or None when it is neither open nor stored (any more)."""
        try:
            return self._entry(visit)[0]
        except KeyError:
            return None

    def turn(self, visit: str, step: Step) -> Iterator[TurnEvent]:
        """The events of one step, after the steps before it. Raises KeyError, at once, when it is not open.

        The step is taken to its end whether or not anybody listens: what was shown must be on record.
        """
        conversation, lock = self._entry(visit)
        events: Queue[TurnEvent | None] = Queue()
        self._turns.submit(_to_the_end, conversation, lock, step, events)
        return iter(events.get, None)

    def hint(self, visit: str, hints: Iterable[Hint]) -> tuple[Belief, ...]:
        """State all that is known of the visitor and the page, between two steps; what is believed then.

        Raises KeyError when it is not open, HintError when the catalogue does not have what is named.
        """
        conversation, lock = self._entry(visit)
        with lock:
            conversation.hint(hints)
            return conversation.screen().beliefs

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


def _to_the_end(conversation: Conversation, lock: threading.Lock, step: Step, events: Queue[TurnEvent | None]) -> None:
    try:
        with lock:
            for event in conversation.turn(step):
                events.put(event)
    finally:
        events.put(None)
