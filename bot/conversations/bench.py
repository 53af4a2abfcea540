"""What a script is run against, as the runner needs it: seams, and what is seen of one turn.

Knows nothing concrete; `benches.py` fills a bench with the real assistant, tests with doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.dialogue.events import Event, Value
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
    def constraints(self) -> Sequence[Belief]: ...


class Talk(Protocol):
    """One conversation in progress."""

    @property
    def state(self) -> Any: ...  # a `Beliefs`; any, because a property of a narrower type would not match a Protocol's

    @property
    def events(self) -> Sequence[Event]: ...

    def turn(self, step: Step) -> Iterator[TurnEvent]:
        """Take a step; the last event is `done` or `error`."""
        ...


@dataclass(frozen=True)
class Bench:
    """Where conversations run: `open` begins one with a visitor (None: a stranger), `replay` folds events."""

    catalogue: Catalogue
    open: Callable[[str | None], Talk]
    replay: Callable[[Sequence[Event]], object]


@dataclass(frozen=True)
class Observation:
    """A turn that was answered: what crossed the channel, and what is believed and recorded afterwards."""

    reply: Reply
    crossed: tuple[TurnEvent, ...]
    state: Beliefs
    events: tuple[Event, ...]

    @property
    def recommends(self) -> bool:
        """Whether the items are a list to choose from, rather than ones that the visitor asked about or took."""
        return self.reply.act in ("recommend", "ask", "confirm")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is not as it should be: what, and both sides in words."""

    what: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.what}\n  expected: {self.expected}\n  actual:   {self.actual}"
