"""Titles that stand beside one that was read: "Alien and The Thing: loved both" is about two.

A reader often copies one title of a pair. What is joined to it by "and", "or", a comma or a slash, and is a title of
the catalogue, is spoken of in the same way. Knows titles in running text; knows no sign but the neighbour's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.understanding.heard import find
from bot.understanding.target import RawSlot
from retrieval.linking import TitleMention

Scan = Callable[[str], Iterable[TitleMention]]

_JOINS = re.compile(r"\s*(?:\((?:18|19|20)\d\d\)\s*)?(?:,\s*(?:and|or)?|and|or|&|\+|/|,?\s*and also)\s*", re.I)


def with_conjuncts(raw_slots: Sequence[RawSlot], text: str, scan: Scan) -> list[RawSlot]:
    """`raw_slots` and, each after its neighbour, the titles in `text` that are joined to an item among them."""
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


def _joined(span: tuple[int, int] | None, title: TitleMention, text: str) -> bool:
    """Whether nothing but a joining word stands between the slot's words and `title`."""
    if span is None:
        return False
    between = text[span[1] : title.start] if span[1] <= title.start else text[title.end : span[0]]
    return _JOINS.fullmatch(between) is not None
