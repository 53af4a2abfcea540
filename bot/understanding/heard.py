"""A copied slot where it stands in its message: the clause up to it, what is before it, what follows it.

Words and their places only; knows no catalogue, no model, no state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.understanding import stance
from bot.understanding.reading import MessageInContext, Polarity
from bot.understanding.target import RawSlot

CLAUSE_END = re.compile(r"[.!?;…]|\bbut\b")
_PHRASE_END = re.compile(r"[.!?;,]|\bbut\b")


def find(text: str, value: str) -> int:
    """Where a value begins in a text, as whole words before as part of one; -1: not in it."""
    found = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)
    return found.start() if found else text.lower().find(value.lower())


@dataclass(frozen=True, slots=True)
class Heard:
    """A message and where in it a slot's words stand (-1: not in it). `names`: where names stand, [start, end).

    `pointed`: the clause that points at an item which the message does not name, where only one does.
    """

    message: MessageInContext
    raw: RawSlot
    start: int
    names: tuple[tuple[int, int], ...] = ()
    pointed: str = ""

    @property
    def clause(self) -> str:
        """The words of the clause up to the slot; the whole message when the slot is not in it."""
        text = self._text
        if self.start < 0:
            return text
        ends = [m.end() for m in CLAUSE_END.finditer(text[: self.start])]
        ends += [m.end() for m in stance.SCRATCHED.finditer(text) if m.end() <= self.start]
        return text[max(ends, default=0) : self.start]

    @property
    def before(self) -> str:
        """Everything before the slot; empty when the slot is not in the message."""
        return self._text[: max(self.start, 0)]

    @property
    def after(self) -> str:
        """The words that follow the slot, up to the end of the phrase."""
        if self.start < 0:
            return ""
        return _PHRASE_END.split(self._text[self.start + len(self.raw.value) :], maxsplit=1)[0]

    @property
    def rest(self) -> str:
        """Everything after the slot; empty when the slot is not in the message."""
        return self._text[self.start + len(self.raw.value) :] if self.start >= 0 else ""

    def with_sign(self, polarity: Polarity) -> Heard:
        """The same words with another sign."""
        return replace(self, raw=replace(self.raw, polarity=polarity))

    def as_need(self) -> Heard:
        """The same words as an `about` slot, beside which no other name is listed."""
        return Heard(self.message, replace(self.raw, slot="about"), self.start)

    @property
    def _text(self) -> str:
        return self.message.message.replace("’", "'")
