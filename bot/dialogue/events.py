"""What happened in a conversation, as frozen events. State is a fold over these and nothing else.

Replaying them rebuilds it. Each event serialises to one JSON object and back (`to_json`, `from_json`).
Knows no storage and no channel.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

Value = str | tuple[float | None, float | None]

VISITOR, CHANNEL = "visitor", "channel"


@dataclass(frozen=True, slots=True)
class Said:
    """The visitor's words (or a tap described in words).

    `language` where they clearly are in one other than that of the words before, `english` how words in another
    language were read.
    """

    text: str
    language: str | None = None
    english: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The assistant's words, its act, and the facet it asked about, if any."""

    text: str
    act: str
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class ConstraintAdded:
    """A wish (`polarity` 1) or an avoidance (-1) on a facet. `hard` ones filter, soft ones rank.

    Of the wishes for one facet that are `either`, any one will do ("red or blue").
    """

    facet: str
    value: Value
    polarity: int
    hard: bool
    either: bool = False


@dataclass(frozen=True, slots=True)
class ConstraintRemoved:
    """A constraint is no longer believed. `value` None removes every constraint on the facet."""

    facet: str
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class NeedAdded:
    """A need in the visitor's own words (the `about` slot)."""

    text: str
    polarity: int


@dataclass(frozen=True, slots=True)
class NeedRemoved:
    """A need in words is no longer believed."""

    text: str


@dataclass(frozen=True, slots=True)
class DirectionSet:
    """A relative wish on a number facet ("cheaper", "newer"), than `than` (None: than what is shown)."""

    facet: str
    more: bool
    than: float | None = None


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction to an item: "like", "dislike", "seen", "accept", "click", "mention", "reference".

    "reference" is an item named as an example ("something like Heat"); "mention" one named without stance.
    """

    item: str
    kind: str


@dataclass(frozen=True, slots=True)
class ReactionRemoved:
    """Reactions to an item are taken back."""

    item: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A list was shown, in this order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownNamed:
    """A title or value was named that the catalogue does not carry; still helps retrieval as words."""

    slot: str
    text: str
    polarity: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The assistant asked about a facet."""

    facet: str


@dataclass(frozen=True, slots=True)
class Undone:
    """The last step of the visitor that changed beliefs is undone: its events no longer count."""


@dataclass(frozen=True, slots=True)
class Rewound:
    """The last step is taken back with its answer: everything is as it was before it."""


@dataclass(frozen=True, slots=True)
class StepBegan:
    """Marks the first event of a visitor's step; `number` counts from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """The visitor started over: beliefs of this conversation are gone, reactions stay."""


@dataclass(frozen=True, slots=True)
class ForgetRequested:
    """The visitor asked to be forgotten; the next yes acts."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """A message was probably misread and counts after a yes only.

    `changes`: the JSON of the events it would make; `tastes`: that of what it would tell of long-term taste.
    """

    intent: str
    changes: tuple[str, ...]
    tastes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TasteTakenBack:
    """An interest was taken back from memory; `statements` is the JSON of what had stated it, for an undo."""

    facet: str
    value: Value
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """A value was refused through an item that has several: one of `values`, or another, is meant."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hinted:
    """The channel told of a value that may suit, or of an item on the page (`facet` None). `source`: see `hints`."""

    source: str
    facet: str | None
    value: Value


@dataclass(frozen=True, slots=True)
class HintRemoved:
    """A hint counts no more: the VISITOR removed it, and it does not come back, or the CHANNEL states it no more."""

    facet: str | None
    value: Value
    by: str = VISITOR


@dataclass(frozen=True, slots=True)
class Tuned:
    """The dial between familiar (0) and new (1) was set; None: back to where the settings have it."""

    novelty: float | None


Event = (
    Said
    | Answered
    | ConstraintAdded
    | ConstraintRemoved
    | NeedAdded
    | NeedRemoved
    | DirectionSet
    | Reacted
    | ReactionRemoved
    | Shown
    | UnknownNamed
    | Asked
    | Undone
    | Rewound
    | StepBegan
    | Restarted
    | ForgetRequested
    | Doubted
    | TasteTakenBack
    | Unclear
    | Hinted
    | HintRemoved
    | Tuned
)

EVENT_TYPES: dict[str, type[Any]] = {t.__name__: t for t in Event.__args__}


def to_json(event: Event) -> dict[str, Any]:
    """`{"event": name, **fields}`; tuples become lists."""
    return {"event": type(event).__name__, **asdict(event)}


def from_json(data: dict[str, Any]) -> Event:
    """The inverse of `to_json`. Raises ValueError for an unknown event or field."""
    values = dict(data)
    name = values.pop("event", None)
    kind = EVENT_TYPES.get(str(name))
    if kind is None or set(values) - {f.name for f in fields(kind)}:
        raise ValueError(f"not a conversation event: {data!r}")
    event: Event = kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    return event
