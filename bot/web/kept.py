"""What a browser keeps for the page, in its own storage: who the visitor is and which conversation to go on with.

Comes back from the browser, so it is checked as any payload. No cookie: nothing is sent to other pages of a site.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.languages.detection import ENGLISH
from bot.web.words import INTERFACE

_VISITOR = re.compile(r"page-[A-Za-z0-9_-]{22}")  # no id that the API is given by others looks like this by chance
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{22}")


def _new_visitor() -> str:
    return f"page-{secrets.token_urlsafe(16)}"


@dataclass(frozen=True, slots=True)
class Kept:
    """`visitor` is 128 random bits that only this browser knows. `conversation` is None until something was said, and
    while `incognito`, of which no trace is left. `language` is the interface's, as the browser asked for it last."""

    visitor: str
    conversation: str | None = None
    incognito: bool = False
    language: str = ENGLISH

    @classmethod
    def nobody(cls) -> Kept:
        """A visitor who was never here."""
        return cls(_new_visitor())

    @classmethod
    def read(cls, data: object) -> Kept:
        """What the browser sent; a new visitor when it is not what the page gave it."""
        if not isinstance(data, dict):
            return cls.nobody()
        visitor, conversation = data.get("visitor"), data.get("conversation")
        if not isinstance(visitor, str) or not _VISITOR.fullmatch(visitor):
            return cls.nobody()
        known = is_conversation(conversation)
        language = data.get("language")
        spoken = language if isinstance(language, str) and language in INTERFACE else ENGLISH
        return cls(visitor, conversation if known else None, data.get("incognito") is True, spoken)

    def going_on_with(self, conversation: str) -> Kept:
        """The same visitor after a turn of `conversation`."""
        return replace(self, conversation=None if self.incognito else conversation)

    def json(self) -> dict[str, Any]:
        """For the browser's storage."""
        return asdict(self)


def is_conversation(data: object) -> bool:
    """Whether `data` may be a conversation's id."""
    return isinstance(data, str) and _CONVERSATION.fullmatch(data) is not None
