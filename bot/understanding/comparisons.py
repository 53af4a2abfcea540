"""Comparisons with the list on the screen: which of it is the cheapest, and what is too much ("too old").

Knows English and, through the linker, by which words a catalogue's numbers compare; knows no state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.understanding import cues
from bot.understanding.phrases import VAGUE, Span, free
from bot.understanding.reading import Force, Intent, MessageInContext, Op, Relative, Slot
from retrieval.linking import Linker
from retrieval.linking.text import FUNCTION_WORDS, tokens

_QUESTION = re.compile(r"\W*(?:how|what|which|why|when|who|where|is|are|was|were|does|do|did)\b", re.I)
_FILLING = frozenset({"pls", "plz", "thx", "nah", "hmm", "lol", "bit"})  #: beside what is asked for


def asks_extreme(message: MessageInContext, linker: Linker) -> bool:
    """Whether a message asks which of several items shown has the most or least of a number."""
    found = cues.EXTREME.match(message.message) if len(message.shown) > 1 else None
    return found is not None and linker.relative((found["asked"] or found["named"]).casefold()) is not None


def as_comparison(slots: Sequence[Slot]) -> list[Slot]:
    """The slots of a question that compares: nothing in it is wished, and the words that compare are no need."""
    return [replace(s, polarity=0) for s in slots if s.relative is None and s.op is Op.ADD]


def excess(intent: Intent, slots: Sequence[Slot], message: MessageInContext, linker: Linker) -> list[Slot]:
    """ "Too old" said of what is shown, as the wish for newer ones, "too violent" for less violent ones.

    Said of one item a number is measured against that one; said of a title that is not on the screen it is no wish, nor
    where the message wishes for it in other words.
    """
    shown = {s.id for s in message.shown}
    items = [s for s in slots if s.slot == "item"]
    found = cues.TOO.search(message.message.replace("’", "'"))
    if found is None or not shown or any(s.item_id not in shown for s in items):
        return []
    if intent not in {Intent.FEEDBACK, Intent.RECOMMEND, Intent.OTHER}:
        return []
    way = next((w for form in _comparatives(found["much"].casefold()) if (w := linker.relative(form))), None)
    said = found.group()
    if way is None:
        heard = any(found["much"].casefold() in s.said.casefold() for s in slots)
        return [] if heard else [Slot("about", f"less {found['much']}", 1, Op.ADD, Force.PREFER, said=said)]
    if any(s.relative is not None and s.relative.facet == way[0] for s in slots):
        return []
    direction: Literal["less", "more"] = "less" if way[1] == "more" else "more"
    than = items[0].item_id if len(items) == 1 else None
    return [Slot("about", said, 1, Op.ADD, Force.PREFER, Relative(way[0], direction, than), said=said)]


def plain_amounts(text: str, taken: Sequence[Span], linker: Linker) -> list[Span]:
    """The places of "cheap", "short", "old": said by themselves or beside what is `taken`, and nothing else is."""
    if cues.TOO.search(text) or _QUESTION.match(text):
        return []
    left = [t for t in tokens(text) if free((t.start, t.end), taken)]
    left = [t for t in left if t.key not in FUNCTION_WORDS and t.key not in VAGUE and t.key not in _FILLING]
    measured = all(any(linker.relative(form) for form in _comparatives(t.key)) for t in left)
    return [(t.start, t.end) for t in left] if measured else []


def _comparatives(word: str) -> tuple[str, ...]:
    """How a word may be raised: "old" → "older", "pricey" → "pricier", "expensive" → "more expensive"."""
    return f"{word}er", f"{word}r", f"{word.removesuffix('y').removesuffix('e')}ier", f"more {word}"
