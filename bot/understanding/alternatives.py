"""Values of which any one will do: "red or blue", "a comedy or a drama", "or green", "black is fine too".

Found from where values stand in a message and what joins them, whoever read it. Knows the linker; knows no state.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.understanding.reading import Op, Slot
from retrieval.linking import Linker, ValueMention

#: what joins two alternatives; a comma does where an "or" follows it: "red, blue or green"
_JOIN = re.compile(
    r"\s{0,4}(?P<or>or\b|/|,)\s{0,4}(?:or\b\s{0,4})?"
    r"(?:(?:an?|some|the|in|with|by|maybe|even|else|something|anything)\W{1,4}){0,6}",
    re.I,
)
_MORE = re.compile(r"^\W{0,4}(?:(?:ok(?:ay)?|yes|yeah|hm+|well|and|but)\W{1,4}){0,4}or\b", re.I)
_ALSO = re.compile(
    r"\W{0,4}(?:(?:is|are|would be|['’]s)\s{1,4})?(?:also |equally |just as )?"
    r"(?:fine|ok|okay|good|alright|cool|works?|would (?:do|work))\s{1,4}(?:too|as well|also)\b"
    r"|\W{1,4}(?:is|are|would be) (?:also|equally|just as) (?:fine|ok|okay|good)\b",
    re.I,
)


def as_alternatives(slots: Sequence[Slot], text: str, linker: Linker, nouns: Collection[str] = ()) -> list[Slot]:
    """The slots with `either` set on wanted values that the message names as alternatives; `nouns` call an item."""
    if not any(s.polarity > 0 and isinstance(s.value, str) for s in slots) or not _may_hold(text):
        return list(slots)
    found = alternatives(text, linker.scan_values(text), nouns)
    return [replace(s, either=True) if _is_one(s, found) else s for s in slots]


def alternatives(text: str, mentions: Sequence[ValueMention], nouns: Collection[str] = ()) -> set[tuple[str, str]]:
    """The (facet, value) pairs among `mentions` of which the message takes any."""
    found: set[tuple[str, str]] = set()
    for facet in dict.fromkeys(m.facet for m in mentions):
        mine = [m for m in mentions if m.facet == facet]
        for first, last in _chains(text, mentions, mine, nouns):
            found |= {(facet, value) for m in mine[first : last + 1] for value in m.values}
        if _MORE.match(text[: mine[0].start]) or _ALSO.match(text, mine[-1].end):
            found |= {(facet, value) for m in mine for value in m.values}
    return found


def _may_hold(text: str) -> bool:
    return re.search(r"\bor\b|/|\b(?:too|as well|also|equally|just as)\b", text, re.I) is not None


def _is_one(slot: Slot, found: set[tuple[str, str]]) -> bool:
    wanted = slot.polarity > 0 and slot.op in {Op.ADD, Op.REPLACE}
    return wanted and isinstance(slot.value, str) and (slot.slot, slot.value) in found


def _chains(
    text: str, mentions: Sequence[ValueMention], mine: Sequence[ValueMention], nouns: Collection[str]
) -> list[tuple[int, int]]:
    """Runs of `mine`, as [first, last] places, that are joined by commas and at least one "or"."""
    chains, first, ored = [], 0, False
    for i, m in enumerate(mine[1:], 1):
        joined = _JOIN.fullmatch(_between(text, mine[i - 1].end, m.start, mentions, nouns))
        if joined is None:
            chains += [(first, i - 1)] if ored else []
            first, ored = i, False
        else:
            ored = ored or joined["or"] != "," or " or" in joined.group()
    return [*chains, (first, len(mine) - 1)] if ored else chains


def _between(text: str, start: int, end: int, mentions: Sequence[ValueMention], nouns: Collection[str]) -> str:
    """The words from `start` to `end` without other facets' values and nouns for an item: "red dress or blue"."""
    for m in reversed([m for m in mentions if start <= m.start and m.end <= end]):
        text = text[: m.start] + " " + text[m.end :]
        end -= m.end - m.start - 1
    called = "|".join(re.escape(n) for n in (*nouns, "one", "ones"))
    left = re.sub(rf"\b(?:{called})\b", " ", text[start:end], flags=re.IGNORECASE)
    return f" {' '.join(left.split())} "
