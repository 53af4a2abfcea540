"""The text the model writes for a message, and back.

First the intent, then one line a slot: a sign, the slot's name, the value.

    recommend
    +item heat
    +about funnier
    -person De Niro

Signs: "+" wants or likes, "-" avoids or dislikes, "=" mentions. Values of entity, item, number and `about` slots are
*copied* from the message, the recent turns or the screen, exactly as written there: the model points, code computes
(`numbers.py` turns "80s" into a range, linking turns "heat" into an item). A category value is one of the values the
schema lists when the words mean one of them ("scary" -> horror), else copied words.

Knows the line format only; the grammar that enforces it is in `grammar.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.understanding.reading import Intent, Polarity

SIGNS: dict[str, Polarity] = {"+": 1, "-": -1, "=": 0}
SIGN_OF: dict[Polarity, str] = {polarity: sign for sign, polarity in SIGNS.items()}


@dataclass(frozen=True, slots=True)
class RawSlot:
    """A slot as the model wrote it, before linking."""

    slot: str
    value: str
    polarity: Polarity


def write_target(intent: Intent, slots: Iterable[RawSlot]) -> str:
    """The answer text for training; no trailing newline."""
    lines = [f"{SIGN_OF[s.polarity]}{s.slot} {s.value}" for s in slots]
    return "\n".join([intent.value, *lines])


def parse_target(text: str) -> tuple[Intent, tuple[RawSlot, ...]]:
    """Read an answer back. Raises ValueError naming the line that does not fit."""
    first, *rest = text.strip().split("\n")
    intent = Intent(first.strip())
    slots = []
    for line in rest:
        sign, tail = line[:1], line[1:]
        slot, _, value = tail.partition(" ")
        if sign not in SIGNS or not slot or not value.strip():
            raise ValueError(f"not a slot line: {line!r}")
        slots.append(RawSlot(slot, value.strip(), SIGNS[sign]))
    return intent, tuple(slots)
