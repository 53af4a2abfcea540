"""What the policy may decide to do. Each is a frozen value; composing words for it is `bot/response`'s job.

Knows no words, no items' content, no retrieval.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.reading import Request


@dataclass(frozen=True, slots=True)
class Recommend:
    """Show a list. `fresh` is True when the visitor asked for others than those shown."""

    k: int = 5
    fresh: bool = False
    acknowledged: tuple[str, ...] = ()  #: ids just liked, disliked or seen, to be acknowledged in words
    unknown: tuple[str, ...] = ()  #: titles or values named that the catalogue does not carry
    again: bool = False  #: everything that matches was shown; these are shown once more
    also_ask: str | None = None  #: a facet to ask about under the list when it is still broad


@dataclass(frozen=True, slots=True)
class AskFacet:
    """Ask a newcomer one short question about `facet`, with `options` to tap; always skippable."""

    facet: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Describe:
    """Answer a question about items from their own fields. `about` names the facets or columns asked for, if any."""

    items: tuple[str, ...]
    question: str
    about: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explain:
    """Say why `items` were recommended, from their true contributions."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Put two to four items side by side."""

    items: tuple[str, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Liken:
    """Say how alike `item` and `other` are."""

    item: str
    other: str

    @property
    def items(self) -> tuple[str, ...]:
        return (self.item, self.other)


@dataclass(frozen=True, slots=True)
class AskValue:
    """Ask which of `values` of a facet was refused; none: the items of the list are offered instead."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """Acknowledge: an acceptance, a reaction without more to do, an undo, a removal."""

    #: "accept", "undo", "removed", "nothing_to_undo", "start_over", "liked", "forgotten", "kept", "seen", "corrected",
    #: "not_noted" (a taste was taken off what is known, or there was none to take), "misread", "tuned" and "rewound"
    what: str
    items: tuple[str, ...] = ()
    subject: str = ""  #: what was undone or removed, in words


@dataclass(frozen=True, slots=True)
class ConfirmForget:
    """Ask for a yes before everything known about the visitor is deleted."""


@dataclass(frozen=True, slots=True)
class AskMeant:
    """Ask whether a message that was probably misread was meant so."""


@dataclass(frozen=True, slots=True)
class ShowMemory:
    """Say what is known about the visitor."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Decline politely: off topic, hostile, or outside what a catalogue can do."""

    reason: str  #: "off_topic", "hostile", "unknown_item", "too_long", "empty"
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """Small talk that leads back: greeting, thanks, help."""

    what: str  #: "greet", "thanks", "help"
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """Say goodbye."""


Action = (
    Recommend
    | AskFacet
    | AskMeant
    | AskValue
    | Describe
    | Explain
    | Compare
    | Liken
    | Confirm
    | ConfirmForget
    | ShowMemory
    | Refuse
    | Chat
    | Close
)
