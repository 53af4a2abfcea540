"""What one conversation remembers and stores: reactions, impressions, what was said, the taste that follows from it.

Knows the stores and the difference between two states; knows no channel and no ranking.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.dialogue import events as ev
from bot.dialogue.constraint import constraint_key
from bot.dialogue.events import Value
from bot.dialogue.state import DialogueState
from bot.memory.evidence import Evidence
from bot.memory.leaving import KEPT, Left, as_screen, from_screen, left_by, withdrawn
from bot.memory.memory import ITEM, Keeping, Memory
from bot.memory.profile import Interest
from bot.memory.restoring import still_there
from bot.memory.stating import Stated
from bot.memory.store import ConversationStore, Stamp, StoredConversation, SupersededError, TurnToStore
from bot.picking import Picked
from ranking.interactions import Interaction, InteractionStore, impressions
from ranking.request import Session
from ranking.storage import StorageError
from retrieval.catalogue.item import Catalogue

log = logging.getLogger(__name__)

KINDS = ("like", "dislike", "seen", "accept", "click")
RETRACTED = ("like", "dislike", "seen", "accept")


def random_id() -> str:
    """64 random bits."""
    return secrets.token_hex(8)


def conversation_id() -> str:
    """128 random bits: whoever knows it may continue the conversation."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Happened:
    """One turn for memory. `events` are all of the conversation; `screen` is as in `ConversationRecord`."""

    before: DialogueState
    after: DialogueState
    picked: Picked | None
    events: tuple[ev.Event, ...]
    screen: Mapping[str, Any] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()

    @property
    def rewinds(self) -> bool:
        """Whether it took the turn before back (`Visitor.go_back`); it leaves no screen of its own then."""
        return bool(self.events) and isinstance(self.events[-1], ev.Rewound)


class VisitorMemory(Memory):
    """Makes visitors. `new_id` gives an id that nobody has yet; tests freeze it with the clock."""

    def __init__(
        self, catalogue: Catalogue, stores: tuple[InteractionStore, ConversationStore], keeping: Keeping | None = None,
        now: Callable[[], float] = time.time, new_id: Callable[[], str] = random_id,
        chance: Callable[[], float] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(catalogue, stores, keeping, now)
        self.new_id = new_id
        self.chance = chance

    def visitor(self, user: str | None, *, writes: bool = True, conversation: str | None = None) -> Visitor:
        """The visitor known as `user`; None is a stranger, who has a random name.

        Without `writes` nothing of the conversation is stored. A stranger's conversation is stored only when it has an
        id by which it can be found again; without one, impressions alone are.
        """
        self.tidy()
        name = user or f"stranger-{self.new_id()}"
        visitor = Visitor(self, name, user is not None, writes=writes)
        visitor.conversation = conversation or (conversation_id() if user is not None else None)
        return visitor

    def returning(self, conversation: str) -> tuple[Visitor, StoredConversation] | None:
        """The visitor of a stored conversation and what to go on from; None when none of that id is stored."""
        found = self.conversations.load(conversation)
        if found is None:
            return None
        visitor = Visitor(self, found.visitor, found.known)
        return visitor, visitor.adopt(found)


class Visitor:
    """One visitor in one conversation. `history` is what was known when the conversation began.

    What could not be stored is kept here and stored with the next turn.
    """

    def __init__(self, memory: VisitorMemory, name: str, known: bool, *, writes: bool = True) -> None:
        self.history = memory.history(name) if known else Session()
        self.conversation: str | None = None  #: the id under which it is stored; None: it is not
        self._memory = memory
        self._name = name
        self._known = known
        self._writes = writes
        self._stored: StoredConversation | None = None
        self._position = 0  # how many events are stored
        self._taken = 0  # how many of this process's are among them; fewer when the catalogue has changed
        self._rows: list[Interaction] = []
        self._stated: list[Evidence] = []
        self._unsaid: list[str] = []
        self._retracted: list[str] = []
        self._left: list[Left] = []  # by the latest turns, oldest first

    @property
    def stored_as(self) -> str | None:
        """The name under which what they do is stored; None: it is not."""
        return self._name if self._writes else None

    def is_user(self, name: str) -> bool:
        """Whether this is the visitor known as `name`."""
        return self._known and self._name == name

    @property
    def is_stranger(self) -> bool:
        """Whether nobody said who this is."""
        return not self._known

    @property
    def last_turn(self) -> float | None:
        """When the last stored turn was, UTC seconds since 1970; None: none is stored."""
        return self._stored.last if self._stored else None

    @property
    def keeps_taste(self) -> bool:
        """Whether what is stated about taste outlives the conversation."""
        return self._known and self._writes

    def catch_up(self) -> StoredConversation | None:
        """The stored conversation, when another process continued it or it was forgotten (then without events).

        None: what this process holds stands. A database that does not answer is noticed when the turn is stored.
        """
        try:
            if not self._writes or self.conversation is None:
                self.refresh()
                return None
            stamp = self._memory.conversations.stamp(self.conversation)
            if stamp == (self._stored.stamp if self._stored else None):
                if stamp is None:
                    self.refresh()
                return None
            found = self._memory.conversations.load(self.conversation)
            return self.adopt(found) if found is not None else self._forgotten()
        except StorageError as error:
            log.warning("memory cannot be read: %s", error)
            return None

    def adopt(self, found: StoredConversation) -> StoredConversation:
        """Go on from what is stored; returns it as it stands in today's catalogue."""
        events = still_there(found.events, self._memory.catalogue)
        self.conversation, self._stored = found.id, found
        self._position, self._taken = len(found.events), len(events)
        self._left = from_screen(found.screen)
        self._drop_pending()
        self.refresh()
        return replace(found, events=events)

    def draw(self) -> float | None:
        """Chance for one list, in [0, 1); None where its impressions are not stored: exploring would teach nothing."""
        return self._memory.chance() if self._writes and self._memory.chance is not None else None

    def refresh(self) -> None:
        """Read again what is known of the visitor."""
        self.history = self._memory.history(self._name) if self._known else Session()

    def record(self, happened: Happened) -> StorageError | None:
        """Store the turn in one transaction. What goes wrong is logged and returned, to be told with the answer."""
        unsaid = _taken_back(happened, self._taken) if self._known and self._writes and not happened.rewinds else []
        if not happened.rewinds:
            left = left_by(
                happened.screen, [constraint_key(s.facet, s.value) for s in happened.stated], self._said_here(unsaid)
            )
            self._left = [*self._left, left][-KEPT:]
        if not self._writes:
            return None
        moment = self._memory.now()
        self._rows += self._reactions(happened, moment)
        if happened.picked is not None and happened.picked.ranked.items:
            self._rows += impressions(self._name, happened.picked.ranked, self._memory.new_id(), moment)
        if self._known:
            self._unsaid += unsaid
            self._stated = [one for one in self._stated if one.key not in unsaid]
            self._stated += [_as_evidence(one, moment, self.conversation) for one in happened.stated]
        try:
            self._store(happened, moment)
        except SupersededError as error:
            self._drop_pending()
            log.warning("the turn is not stored: %s", error)
            return error
        except StorageError as error:
            log.warning("the turn is not stored yet: %s", error)
            return error
        self._memory.learned(self._rows)
        self._drop_pending()
        return None

    def go_back(self) -> Left:
        """Take back what the last turn told of taste, stored with the next turn; what the turn before it left."""
        gone = self._left.pop() if self._left else {}
        for key in gone.get("stated", ()):
            pending = [i for i, one in enumerate(self._stated) if one.key == key]
            if pending:
                del self._stated[pending[-1]]
            else:
                self._retracted.append(key)
        self._stated += withdrawn(gone)
        return self._left[-1] if self._left else {}

    def interests(self) -> tuple[Interest, ...]:
        """The long-term taste of a known visitor; nothing of a stranger."""
        return self._memory.interests(self._name) if self._known else ()

    def correct(self, keys: Iterable[str], said: str) -> bool:
        """Take interests back; whether anything was known of them."""
        found = [self._memory.correct(self._name, key, said, self.conversation) for key in keys]
        self.refresh()
        return any(found)

    def statements(self, key: str) -> tuple[Evidence, ...]:
        """What the visitor stated under one key, oldest first."""
        return tuple(e for e in self._memory.conversations.statements(self._name) if e.key == key and e.sentiment)

    def named(self, name: str) -> tuple[tuple[str, Value], ...]:
        """What is known of the visitor under a name: (facet, value) of stated interests, (ITEM, id) of items."""
        sought, by_id = name.casefold().removeprefix("the "), self._memory.catalogue.by_id

        def is_it(known: object) -> bool:
            return str(known).casefold().removeprefix("the ") == sought

        done = self._memory.store.session(self._name)
        items = dict.fromkeys(i for i in (*done.liked, *done.disliked, *done.seen) if i in by_id)
        values = [(i.facet, i.value) for i in self.interests() if i.stated and is_it(i.value)]
        return (*values, *((ITEM, item) for item in items if is_it(by_id[item].title)))

    def give_back(self, key: str, statements: Sequence[Evidence]) -> None:
        """An interest that was taken back is known again, by what had stated it and by reactions."""
        self._memory.conversations.restate(self._name, key, statements)
        self.refresh()

    def forget(self) -> None:
        """Delete everything stored about this visitor, and what this conversation had loaded."""
        self._memory.forget(self._name)
        self._forgotten()

    def _forgotten(self) -> StoredConversation:
        nothing = self._head(self._memory.now())
        self._stored, self._position, self._taken, self._left = None, 0, 0, []
        self._drop_pending()
        self.refresh()
        return nothing

    def _drop_pending(self) -> None:
        self._rows, self._stated, self._unsaid, self._retracted = [], [], [], []

    def _said_here(self, keys: Iterable[str]) -> list[Evidence]:
        """What this conversation stated under `keys`; nothing when it cannot be read, which storing the turn tells."""
        try:
            return [one for key in keys for one in self.statements(key) if one.conversation == self.conversation]
        except StorageError:
            return []

    def _reactions(self, happened: Happened, moment: float) -> list[Interaction]:
        """New reactions, and reactions taken back."""
        context = {"conversation": self.conversation} if self.conversation else {}
        rows = []
        for kind in KINDS:
            old, new = happened.before.reacted(kind), happened.after.reacted(kind)
            rows += [Interaction(self._name, item, kind, None, moment, context) for item in new if item not in old]
            if kind in RETRACTED:
                rows += [Interaction(self._name, item, kind, 0.0, moment, context) for item in old if item not in new]
        return rows

    def _store(self, happened: Happened, moment: float) -> None:
        if self.conversation is None:
            if self._rows:
                self._memory.store.append(self._rows)
            return
        head = replace(
            self._stored or self._head(moment), last=moment, screen={**happened.screen, **as_screen(self._left)}
        )
        turn = TurnToStore(
            conversation=head,
            begins=self._stored is None,
            position=self._position,
            events=happened.events[self._taken :],
            interactions=tuple(self._rows),
            statements=tuple(self._stated),
            unsaid=tuple(self._unsaid),
            retracted=tuple(self._retracted),
        )
        self._stored = replace(head, stamp=self._memory.conversations.save(turn), events=())
        self._position, self._taken = self._position + len(turn.events), len(happened.events)

    def _head(self, moment: float) -> StoredConversation:
        fingerprint = self._memory.catalogue.fingerprint
        return StoredConversation(
            self.conversation or "", self._name, self._known, fingerprint, Stamp(moment, 0), moment
        )  # fmt: skip


def _as_evidence(one: Stated, moment: float, conversation: str | None) -> Evidence:
    return Evidence(one.facet, one.value, one.sentiment, one.said, moment, conversation)


def _taken_back(happened: Happened, taken: int) -> list[str]:
    """Keys of beliefs that this turn withdrew without putting another value of the facet in their place."""
    new = happened.events[taken:]
    if any(isinstance(event, ev.Restarted) for event in new):
        return []
    replaced = {event.facet for event in new if isinstance(event, ev.ConstraintAdded)}
    left = {c.key for c in happened.after.constraints}
    return [c.key for c in happened.before.constraints if c.key not in left and c.facet not in replaced]
