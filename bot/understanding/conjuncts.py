"""Titles that stand beside one that was read: "Alien and The Thing: loved both" is about two.

A reader often copies one title of a pair. What is joined to it by "and", "or", a comma or a slash, and is a title of
the catalogue, is spoken of in the same way. It may also copy two titles as one, or a title with what is said of it.
Knows titles in running text; knows no sign but the neighbour's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.understanding.heard import find
from bot.understanding.target import RawSlot
from retrieval.linking import TitleMention

Scan = Callable[[str], Iterable[TitleMention]]

_JOINS = re.compile(r"\s*(?:\((?:18|19|20)\d\d\)\s*)?(?:,\s*(?:and|or)?|and|or|&|\+|/|,?\s*and also)\s*", re.I)
_MARKS = "?!."  #: at the end of a title, which may stand outside what was found of it
_SAID_OF_IT = re.compile(r"[\s.!?]*|\s*[:,;–-]?\s+[^A-Z\d]+")


def with_conjuncts(raw_slots: Sequence[RawSlot], text: str, scan: Scan) -> list[RawSlot]:
    """`raw_slots`, items cut to their titles, and, each after its neighbour, the titles in `text` that are joined to an
    item among them."""
    raw_slots = [one for raw in raw_slots for one in _cut(raw, scan)]
    if not any(raw.slot == "item" for raw in raw_slots):
        return list(raw_slots)
    spans = {raw: (at, at + len(raw.value)) for raw in raw_slots if (at := find(text, raw.value)) >= 0}
    free = [
        m for m in scan(text) if m.known and not any(m.start < end and start < m.end for start, end in spans.values())
    ]
    found = list(raw_slots)
    changed = bool(free)
    while changed:
        changed = False
        for title in list(free):
            beside = next((raw for raw in found if raw.slot == "item" and _joined(spans.get(raw), title, text)), None)
            if beside is not None:
                more = replace(beside, value=text[title.start : title.end])
                found.insert(found.index(beside) + 1, more)
                spans[more] = (title.start, title.end)
                free.remove(title)
                changed = True
    return found


def _cut(raw: RawSlot, scan: Scan) -> list[RawSlot]:
    """The titles of an item slot that is titles joined to each other and, at most, words without a capital after them;
    else the slot as it is: "Heat Wave" is not Heat, and in a message without capitals nothing tells a title's end."""
    titles = sorted((m for m in scan(raw.value) if m.known), key=lambda m: m.start) if raw.slot == "item" else []
    if not titles or titles[0].start or not any(map(str.isupper, raw.value)):
        return [raw]
    between = [raw.value[one.end : other.start].lstrip(_MARKS) for one, other in pairwise(titles)]
    rest = raw.value[titles[-1].end :]
    if not all(map(_JOINS.fullmatch, between)) or not _SAID_OF_IT.fullmatch(rest):
        return [raw]
    return [replace(raw, value=raw.value[m.start : m.end]) for m in titles]


def _joined(span: tuple[int, int] | None, title: TitleMention, text: str) -> bool:
    """Whether nothing but a joining word stands between the slot's words and `title`."""
    if span is None:
        return False
    between = text[span[1] : title.start] if span[1] <= title.start else text[title.end : span[0]]
    return _JOINS.fullmatch(between) is not None
