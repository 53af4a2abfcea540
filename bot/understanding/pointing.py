"""Which items on the screen a message really speaks of: the model proposes titles, the words decide.

A title that the model copied from the screen stands only if the message names it, or points at something. Where the
message points by place or description ("the second one", "the cheaper one"), what stands there replaces what the model
chose: code can count. Knows the linker and pronouns; knows no facet and no state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.reading import MessageInContext, ShownItem
from bot.understanding.target import RawSlot
from retrieval.linking import Linker
from retrieval.linking.text import words

CERTAIN = 0.9  #: of a link to a title that neither the message nor the screen holds
MOST_REFUSED = 2  #: more refusals at once than this refuse the list, not its items
_ONE = re.compile(r"\b(?:it|its|it's|that|this|one|that's|thats|he|she)\b", re.I)
_MANY = re.compile(r"\b(?:them|they|these|those|both|all|each|either|neither|any of|none of)\b", re.I)


def settle(slots: Sequence[RawSlot], message: MessageInContext, linker: Linker) -> tuple[RawSlot, ...]:
    """The slots with every title that was taken from the screen confirmed, replaced or dropped."""
    if message.shown:
        slots = [slot for slot in slots if slot.slot != "item" or _stands(slot, message, linker)]
    proposed = [slot for slot in slots if slot.slot == "item" and _only_on_screen(slot, message)]
    if not proposed:
        return tuple(slots)
    others = [slot for slot in slots if slot not in proposed]
    if len(proposed) > MOST_REFUSED and all(s.polarity < 0 for s in proposed):
        return tuple(others)  # "none of these" asks for others; it is no judgement of each
    titles = {s.id: s.title for s in message.shown}
    named = [s.value.casefold() for s in others if s.slot == "item"]
    pointed = linker.reference(message.message, message.shown) if len(message.shown) > 1 else ()
    if pointed and not any(linker.reference(s.value, message.shown) for s in others if s.slot == "item"):
        chosen = {titles[i] for i in pointed if titles[i].casefold() not in named}
        kept = [s for s in proposed if s.value in chosen]
        left = [t for t in titles.values() if t in chosen and t not in {s.value for s in kept}]
        return (*kept, *(replace(proposed[0], value=title) for title in left), *others)
    many, one = bool(_MANY.search(message.message)), bool(_ONE.search(message.message))
    if len(message.shown) == 1 or many or (one and len(proposed) == 1):
        return tuple(slots)
    return tuple(others)


def _stands(slot: RawSlot, message: MessageInContext, linker: Linker) -> bool:
    """Whether a title is in the message, on the screen or in the catalogue: our own turns hold other words, too."""
    if slot.value.casefold() in message.message.casefold() or any(slot.value == s.title for s in message.shown):
        return True
    links = linker.items(slot.value)
    return bool(links) and links[0].confidence >= CERTAIN


def _only_on_screen(slot: RawSlot, message: MessageInContext) -> bool:
    """Whether a value is a title on the screen of which the message itself, and the last turn, say nothing."""
    if not any(slot.value == s.title for s in message.shown):
        return False
    return not _spoken(slot.value, message.message) and not (message.context and _alone(slot.value, message))


def _spoken(title: str, text: str) -> bool:
    """Whether the text names the title, or at least a telling word of it."""
    said = set(words(text.casefold()))
    telling = [w for w in words(title.casefold()) if len(w) > 3] or list(words(title.casefold()))
    return any(w in said for w in telling)


def _alone(title: str, message: MessageInContext) -> bool:
    """Whether the assistant's last turn was about this shown title and no other one."""
    last = message.context[-1].casefold()

    def about(item: ShownItem) -> bool:
        return item.title.casefold() in last

    return title.casefold() in last and sum(about(s) for s in message.shown) == 1
