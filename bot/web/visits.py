"""The conversations that are open in this process, by id. Bounded: the one unused longest is let go first.

One that is not open any more, after a restart too, is resumed from the database when it is asked for. Knows no
framework. A conversation answers one step at a time; a second step waits for the first. A step that is asked for again
under the same id is not taken again.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.assistant import Assistant, Conversation
from bot.calls import Call, fingerprint
from bot.dialogue.events import Event
from bot.dialogue.hints import Hint
from bot.dialogue.state import DialogueState
from bot.messages import Belief, Step, TurnEvent
from bot.remembering import conversation_id
from bot.web.admission import Admission, Turn
from bot.web.problems import ApiError
from bot.web.refusals import TurnIdTaken
from bot.web.taking import LiveTurn
from bot.whys import Why

OPEN_AT_ONCE = 1_000
ANSWERS_KEPT = 8  #: of a conversation, those last asked for under an id; the very last is stored with it
_AN_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, eq=False)
class _Open:
    """A conversation, the lock that a step holds, and turns: those under way and those to be asked for again."""

    conversation: Conversation
    lock: threading.Lock = field(default_factory=threading.Lock)
    under_way: list[LiveTurn] = field(default_factory=list)
    by_id: OrderedDict[str, LiveTurn] = field(default_factory=OrderedDict)


class Visits:
    """Opens conversations and hands steps to them, by way of the queue of turns, which several may share."""

    def __init__(self, assistant: Assistant, limit: int = OPEN_AT_ONCE, *, admission: Admission | None = None) -> None:
        self.assistant = assistant
        self._limit = limit
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._guard = threading.Lock()
        self._admission = admission or Admission()
        self._over_with: list[Callable[[LiveTurn], object]] = []

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
            return self._entry(visit).conversation
        except KeyError:
            return None

    def turn(self, visit: str, step: Step, turn_id: str | None = None) -> LiveTurn:
        """The events of one step, after the steps before it. Raises KeyError, at once, when it is not open; Busy or
        Stopping when the step is not taken.

        A step is taken to its end whether or not anybody listens, because what was shown must be on record. Only
        `stop`, or the last of its `LiveTurn.events` gone, ends it before it has shown anything: nothing has happened
        then. Under a `turn_id` of before it is the turn of before; raises TurnIdTaken where that was another step.
        """
        entry = self._entry(visit)
        turn, new = self._joined(entry, LiveTurn(step, turn_id))
        if new:
            try:
                self._admission.submit(visit, Turn(partial(self._take, entry, turn), partial(self._drop, entry, turn)))
            except ApiError:
                self._over(entry, turn)
                raise
        return turn

    def stop(self, visit: str) -> bool:
        """Stop what is under way and has shown nothing yet; whether anything was under way. Never raises."""
        with self._guard:
            entry = self._open.get(visit)
            turns = list(entry.under_way) if entry is not None else []
        for turn in turns:
            turn.stop()
        return bool(turns)

    def is_busy(self, visit: str) -> bool:
        """Whether a step of it is under way or waits."""
        with self._guard:
            entry = self._open.get(visit)
            return entry is not None and bool(entry.under_way)

    @property
    def stopping(self) -> bool:
        """Whether no steps are taken any more."""
        return self._admission.stopping

    @property
    def load(self) -> tuple[int, int]:
        """How many turns are running, and how many wait."""
        return self._admission.load

    def tell(self, told: Callable[[LiveTurn], object]) -> None:
        """Let `told` know of every turn that is over."""
        self._over_with.append(told)

    @property
    def count(self) -> int:
        """How many conversations are open."""
        return len(self._open)

    def turn_or_refusal(self, visit: str, step: Step) -> Iterator[Sequence[TurnEvent]]:
        """The same in batches, for a channel that has no status to answer with: a step that is not taken is an `error`
        event. The turn has begun when this returns."""
        try:
            return self.turn(visit, step).batches()
        except ApiError as error:
            told = {"message": f"{error.message.capitalize()}.", "hint": f"{error.hint.capitalize()}."}
            return iter([[TurnEvent("error", told)]])

    def hint(self, visit: str, hints: Iterable[Hint]) -> tuple[Belief, ...]:
        """State all that is known of the visitor and the page, between two steps; what is believed then.

        Raises KeyError when it is not open, HintError when the catalogue does not have what is named.
        """
        entry = self._entry(visit)
        with entry.lock:
            entry.conversation.hint(hints)
            return entry.conversation.screen().beliefs

    def why(self, visit: str, item: str) -> Why | None:
        """Why `item` is in the list on screen, between two steps; None where it is not in it. Raises KeyError when the
        conversation is not open."""
        entry = self._entry(visit)
        with entry.lock:
            entry.conversation.catch_up()
            return entry.conversation.why(item)

    def between_steps(self, visit: str) -> tuple[tuple[Event, ...], DialogueState]:
        """What happened and what is believed, when no step is under way. Raises KeyError when it is not open."""
        entry = self._entry(visit)
        with entry.lock:
            entry.conversation.catch_up()
            return entry.conversation.events, entry.conversation.state

    def _entry(self, visit: str) -> _Open:
        with self._guard:
            if visit in self._open:
                self._open.move_to_end(visit)
                return self._open[visit]
        stored = self.assistant.resume(visit) if _AN_ID.fullmatch(visit) else None
        if stored is None:
            raise KeyError(visit)
        return self._keep(visit, stored)

    def _keep(self, visit: str, conversation: Conversation) -> _Open:
        """Hold it open; two that resume the same one at the same time get the same."""
        with self._guard:
            entry = self._open.setdefault(visit, _Open(conversation))
            self._open.move_to_end(visit)
            while len(self._open) > self._limit:
                self._open.popitem(last=False)
            return entry

    def _joined(self, entry: _Open, turn: LiveTurn) -> tuple[LiveTurn, bool]:
        """The turn of the same id, or `turn` where there is none, which is under way from now on; whether it is new."""
        with self._guard:
            before = entry.by_id.get(turn.id) if turn.id is not None else None
            if before is not None and (before.answered or not before.stopped):
                if before.step != turn.step:
                    raise TurnIdTaken.for_another_step()
                return before, False
            entry.under_way.append(turn)
            if turn.id is not None:
                entry.by_id[turn.id] = turn
            return turn, True

    def _take(self, entry: _Open, turn: LiveTurn) -> None:
        """Take a turn to its end, in a thread of its own."""
        try:
            with entry.lock:
                _answer(entry.conversation, turn)
        finally:
            self._over(entry, turn)

    def _drop(self, entry: _Open, turn: LiveTurn) -> None:
        turn.put(TurnEvent("error", {"message": "The server is being restarted.", "hint": "Please send it again."}))
        self._over(entry, turn)

    def _over(self, entry: _Open, turn: LiveTurn) -> None:
        """Nothing more comes of it. Under its id it is kept if it was answered, else it may be tried again."""
        with self._guard:
            entry.under_way.remove(turn)
            if turn.id is not None and entry.by_id.get(turn.id) is turn and not turn.answered:
                del entry.by_id[turn.id]
            while len(entry.by_id) > ANSWERS_KEPT:
                entry.by_id.popitem(last=False)
        turn.end()
        for told in self._over_with:
            told(turn)


def _answer(conversation: Conversation, turn: LiveTurn) -> None:
    """Take the step, unless the stored conversation ends with it, asked for under the same id."""
    if turn.id is not None:
        conversation.catch_up()
        receipt = conversation.receipt
        if receipt is not None and receipt.id == turn.id:
            if receipt.step == fingerprint(turn.step):
                turn.again = receipt.turn
            else:
                refused = TurnIdTaken.for_another_step()
                turn.put(TurnEvent("error", {"message": refused.message, "hint": refused.hint, "code": refused.code}))
            return
    for event in conversation.turn(turn.step, Call(lambda: turn.stopped, turn.id)):
        turn.put(event)
