"""What crosses a channel: a visitor's step in, turn events out. Knows no web framework and no model.

One generator of `TurnEvent` feeds the page, the API, the widget, the terminal and the tests. Cards come before prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.understanding.reading import Reading
from retrieval.errors import ChatalogueError

ActionKind = Literal["like", "dislike", "seen", "accept", "click", "more", "undo"]
Act = Literal["recommend", "ask", "describe", "compare", "confirm", "refuse", "chat", "close"]


class TuneError(ChatalogueError):
    """The dial has no such place."""

    code = "novelty"


@dataclass(frozen=True, slots=True)
class UserText:
    """Something typed."""

    text: str


@dataclass(frozen=True, slots=True)
class UserAction:
    """Something tapped. `item` is an item id (None for undo); "more" asks for more like it, and is no like."""

    kind: ActionKind
    item: str | None = None


@dataclass(frozen=True, slots=True)
class RemoveConstraint:
    """The visitor removes one entry of "what I understood"; `key` is a `Constraint.key`."""

    key: str


@dataclass(frozen=True, slots=True)
class NewConversation:
    """Start over; answers nothing but a greeting."""


@dataclass(frozen=True, slots=True)
class Tune:
    """The visitor sets the dial: `novelty` in [0, 1], 0 familiar, 0.5 neutral, 1 new. Raises TuneError outside."""

    novelty: float

    def __post_init__(self) -> None:
        if not 0 <= self.novelty <= 1:  # what is not a number fails too
            raise TuneError(
                f"novelty is {self.novelty!r}", hint="give a number from 0 (familiar) over 0.5 (neutral) to 1 (new)"
            )


@dataclass(frozen=True, slots=True)
class Weigh:
    """The visitor makes one entry of "what I understood" a must (`hard`) or a wish; `key` is a `Constraint.key`."""

    key: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Rewind:
    """Takes the last turn back: everything is as it was before it. What was shown stays on record as shown."""


Step = UserText | UserAction | RemoveConstraint | NewConversation | Tune | Weigh | Rewind


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item as a channel shows it. `facets` has lists of strings, numbers, or None; `why` is one true line.

    `contributions` and `guessed` are those of `ranking.request.RankedItem`; `facts` maps a signal to what it found, as
    a line.
    """

    id: str
    title: str
    score: float
    why: str
    facets: Mapping[str, list[str] | float | None]
    image: str | None = None
    url: str | None = None
    text: str = ""
    contributions: Mapping[str, float] = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chip:
    """A tappable suggestion: tapping sends `text` as if typed."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Belief:
    """One line of "what I understood": `key` removes it; `hard` filters, soft ranks."""

    key: str
    label: str
    hard: bool
    polarity: int


@dataclass(frozen=True, slots=True)
class Screen:
    """What a conversation left to see and tap: the last list, what is believed, suggestions.

    Of the cards, scores and contributions are no longer known (NaN, empty).
    """

    items: tuple[ItemCard, ...]
    beliefs: tuple[Belief, ...]
    chips: tuple[Chip, ...]
    novelty: float = 0.5  #: where the dial stands


@dataclass(frozen=True, slots=True)
class Wording:
    """Who worded a reply. `reason`: why the template did although a model was asked, in a word; else empty.

    `found` says what of the model's wording was wrong, for logs; `ms` is its wall time, None when none was asked.
    """

    source: Literal["template", "model"] = "template"
    reason: str = ""
    found: str = ""
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole turn. `ms` maps "understand", "cards", "total" to wall milliseconds."""

    reading: Reading | None
    act: Act
    items: tuple[ItemCard, ...]
    text: str
    chips: tuple[Chip, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    ms: Mapping[str, float] = field(default_factory=dict)
    asks: str | None = None  #: the facet a question is about
    grounded: bool = True  #: False when a template's wording failed the check and a plainer one stands instead
    wording: Wording = Wording()
    novelty: float = 0.5  #: where the dial stands


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """One event of a turn. `kind` says which field of `data` to expect:

    status {"text"}; understood {"reading", "beliefs"}; items {"items"}; delta {"text"}; chips {"chips"};
    done {"reply"}; error {"message", "hint"}, and {"code": "cancelled"} where the turn was stopped and not taken.
    """

    kind: Literal["status", "understood", "items", "delta", "chips", "done", "error"]
    data: Mapping[str, object]


def ending(reply: Reply) -> Iterator[TurnEvent]:
    """The last events of a turn: the words, the suggestions, and all of it."""
    for piece in reply.text.splitlines(keepends=True):
        yield TurnEvent("delta", {"text": piece})
    yield TurnEvent("chips", {"chips": reply.chips})
    yield TurnEvent("done", {"reply": reply})
