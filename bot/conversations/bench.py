"""What a script is run against, as the runner needs it: seams, and what is seen of one turn.

Knows nothing concrete; `benches.py` fills a bench with the real assistant, tests with doubles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from bot.conversations.script import HistoryEntry
from bot.dialogue.events import DirectionSet, Event, Hinted, NeedAdded, Value
from bot.dialogue.hints import Hint
from bot.messages import Reply, Step, TurnEvent
from retrieval.catalogue.item import Catalogue

Names = dict[str, tuple[str, ...]]  #: `$name` → the ids it stands for


class Belief(Protocol):
    """One constraint, as `bot.dialogue.events.ConstraintAdded` tells it."""

    @property
    def facet(self) -> str: ...
    @property
    def value(self) -> Value: ...
    @property
    def polarity(self) -> int: ...
    @property
    def hard(self) -> bool: ...
    @property
    def either(self) -> bool: ...


class Beliefs(Protocol):
    """What a dialogue state tells: item ids by reaction, and constraints. `refused` holds all that must not return."""

    @property
    def liked(self) -> Collection[str]: ...
    @property
    def disliked(self) -> Collection[str]: ...
    @property
    def seen(self) -> Collection[str]: ...
    @property
    def refused(self) -> Collection[str]: ...
    @property
    def accepted(self) -> Collection[str]: ...
    @property
    def referenced(self) -> Collection[str]: ...
    @property
    def mentioned(self) -> Collection[str]: ...
    @property
    def hints(self) -> Sequence[Hinted]: ...
    @property
    def language(self) -> str: ...
    @property
    def constraints(self) -> Sequence[Belief]: ...
    @property
    def directions(self) -> Sequence[DirectionSet]: ...
    @property
    def needs(self) -> Sequence[NeedAdded]: ...


class Talk(Protocol):
    """One conversation in progress."""

    @property
    def state(self) -> Any: ...  # a `Beliefs`; any, because a property of a narrower type would not match a Protocol's

    @property
    def events(self) -> Sequence[Event]: ...

    def turn(self, step: Step) -> Iterator[TurnEvent]:
        """Take a step; the last event is `done` or `error`."""
        ...


@runtime_checkable
class TakesHints(Protocol):
    """A conversation that takes what a channel knows, where its side has such: a baseline has none."""

    def hint(self, hints: Iterable[Hint], /) -> None:
        """Tell all that is known of the visitor and the page; raises ChatalogueError where it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes, and what a conversation finds. `user` None is a stranger, who has no history.

    `clock` is a UTC instant in seconds since 1970; `seed` decides every id. `resumes` is the id of the conversation
    that goes on after a restart; None begins a new one.
    """

    user: str | None
    history: tuple[HistoryEntry, ...]
    clock: float
    seed: int
    resumes: str | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """What the model did in one turn: requests to it, and the forward passes they cost (None: it does not tell)."""

    requests: int
    model_calls: int | None


class Bench(Protocol):
    """Where conversations run, one after the other."""

    @property
    def catalogue(self) -> Catalogue: ...

    def begin(self, visit: Visit) -> Talk:
        """A first conversation: the visitor's traces are gone, the clock and the ids begin anew."""
        ...

    def again(self, visit: Visit, /) -> Talk:
        """A conversation after the server was stopped and started; raises ScriptError where that cannot be done."""
        ...

    def wait(self, seconds: float, /) -> None:
        """Let time pass; raises ScriptError where that cannot be done."""
        ...

    def expecting(self, step: int, message: str, model: str | None, words: str | None = None) -> None:
        """Tell that step `step` (from 1) comes, what a scripted model writes of its message, and how one words it."""
        ...

    def effort(self) -> Effort | None:
        """What the model did since `expecting`; None: it cannot be seen from here."""
        ...


@dataclass(frozen=True)
class Observation:
    """A turn that was answered: what crossed the channel, and what is believed and recorded afterwards.

    `events` are all of the conversation, `recorded` those of this turn. `known` are ids of items that were spoken of
    before it, in what the script calls the visitor's history too; `told` are reasons given on cards so far, and
    what the visitor said before the server restarted.
    """

    reply: Reply
    crossed: tuple[TurnEvent, ...]
    state: Beliefs
    events: tuple[Event, ...]
    recorded: tuple[Event, ...] = ()
    effort: Effort | None = None
    budget_ms: float | None = None
    known: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()

    @property
    def recommends(self) -> bool:
        """Whether the items are a list to choose from, rather than ones that the visitor asked about or took."""
        return self.reply.act in ("recommend", "ask", "confirm")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is not as it should be: what, and both sides in words; and the law that says so, if one does."""

    what: str
    expected: str
    actual: str
    law: str = ""

    def __str__(self) -> str:
        return f"{self.what}\n  expected: {self.expected}\n  actual:   {self.actual}"
