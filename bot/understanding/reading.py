"""What one message said: an intent, slots, and at most one request.

Frozen values; knows no model, no catalogue, no state.
`docs/design.md` section 3 ("Reading") is the contract; the labelling guide is its specification.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Polarity = Literal[-1, 0, 1]
NumberRange = tuple[float | None, float | None]


class Intent(StrEnum):
    """What the visitor wants of us with this message; exactly one."""

    GREET = "greet"
    RECOMMEND = "recommend"
    FEEDBACK = "feedback"
    ASK = "ask"
    COMPARE = "compare"
    ACCEPT = "accept"
    BYE = "bye"
    HELP = "help"
    OTHER = "other"


class Op(StrEnum):
    """What a slot does to what was believed before."""

    ADD = "add"
    REMOVE = "remove"  #: take a constraint back ("forget that I said no horror"); projects to polarity 0
    REPLACE = "replace"
    SOFTEN = "soften"


class Force(StrEnum):
    """Whether a wish filters or only ranks."""

    MUST = "must"
    PREFER = "prefer"


class Request(StrEnum):
    """Something asked of the assistant itself, not of the catalogue."""

    CAPABILITIES = "capabilities"
    UNDO = "undo"
    START_OVER = "start_over"
    SHOW_MEMORY = "show_memory"
    FORGET_ME = "forget_me"
    WHY = "why"
    DESCRIBE = "describe"


@dataclass(frozen=True, slots=True)
class Relative:
    """A wish relative to an item: `facet` in `direction`, compared with `item` (an item id; None: what is shown)."""

    facet: str
    direction: Literal["less", "more"]
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing the message states.

    `slot` is "item", "about" or a facet's name. `value` is text, or [low, high] for a number facet (None: open).
    `polarity`: 1 wants or likes, -1 avoids or dislikes, 0 mentions, has seen, asks about or takes back.
    `item_id` is set when the value was linked to an item of the catalogue; `known` is False when a category,
    entity or item is not in the catalogue. `said` is what the visitor wrote.
    """

    slot: str
    value: str | NumberRange
    polarity: Polarity = 1
    op: Op = Op.ADD
    force: Force = Force.MUST
    relative: Relative | None = None
    item_id: str | None = None
    known: bool = True
    said: str = ""
    leans: tuple[str, str] | None = None  #: (facet, category value) that a comparative leans to: "funnier", comedy
    seen: bool = False  #: an item the visitor says to have seen, read, owned already
    either: bool = False  #: one of several values of which any will do: "red or blue"
    sure: float = 1.0  #: of the link to `item_id`, in [0, 1]


@dataclass(frozen=True, slots=True)
class Reading:
    """A message understood. `source` says who spoke: the model or the rules; `ms` is wall time in milliseconds.

    `confidence`: the calibrated probability that the model read intent and slots all right, in (0, 1); None: not known.
    `agreed`: the rules read the same as the model. `filled`: the model read the message and found no slot; `slots` are
    those of the rules. `language` is the message's, `english` what of it was read as English where it is in another one
    (else itself), `unread` its words that nothing accounts for.
    """

    intent: Intent
    slots: tuple[Slot, ...] = ()
    request: Request | None = None
    source: Literal["model", "rules"] = "rules"
    ms: float = 0.0
    degraded: str | None = None  #: why the rules spoke although a model is configured
    confidence: float | None = None
    filled: bool = False
    agreed: bool = False
    language: str = "en"
    english: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item on the visitor's screen."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class MessageInContext:
    """A message and what it may refer to: earlier turns (oldest first; the last is the assistant's) and the screen.

    `language` is that of the conversation so far.
    """

    message: str
    context: tuple[str, ...] = ()
    shown: tuple[ShownItem, ...] = field(default_factory=tuple)
    language: str = "en"
