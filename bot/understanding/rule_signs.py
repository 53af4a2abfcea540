"""The signs of what the rules found, by the words around it: refused, only mentioned, wanted.

English only; knows no catalogue. What every reading gets, whoever read the message, is in `signs.py`.
"""

from __future__ import annotations

import re

from bot.understanding import cues, stance
from bot.understanding.mentions import Found
from bot.understanding.reading import Intent, Polarity


def negated(text: str, start: int) -> bool:
    """Whether position `start` lies in the scope of a negation before it."""
    found = list(stance.NEGATION.finditer(text, 0, start))
    return bool(found) and not stance.SCOPE_END.search(text, found[-1].end(), start)


def polarity(text: str, found: Found, *, is_number: bool) -> Polarity:
    """The stance towards what stands at `found`."""
    clause = text[max(text.rfind(c, 0, found.start) for c in ".!?;") + 1 : found.start]
    taken_back = stance.TAKEN_BACK.search(clause) or cues.FINE_AGAIN.match(text, found.end)
    if taken_back or stance.SOFTENED.search(clause + text[found.start : found.end]):
        return 0
    if is_number:
        digit = re.search(r"['’$€£]?(?:\d|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ties)", found.value)
        upto = text[: found.start + (digit.start() if digit else 0)]
        return -1 if stance.REFUSED_NUMBER.search(upto) else 1
    if stance.REPEATED_NO.search(text[: found.start]):
        return 1
    refused = negated(text, found.start) and not found.value.lower().startswith("not ")
    if refused or cues.ANY_BUT.search(clause):
        return -1
    if found.slot != "item":
        return 1
    after = text[found.end : found.end + 70]
    if stance.NEGATIVE_AFTER.search(after):
        return -1
    liked = cues.LIKED.search(clause)
    seen = cues.SEEN.search(clause) or cues.SEEN.search(text[found.start : found.end + 30])
    if seen and not (liked and liked.end() > seen.end()):
        return 1 if stance.POSITIVE_AFTER.search(after) else 0
    return 1


def reaction(text: str, intent: Intent) -> Polarity:
    """The stance of a whole message towards what it points at."""
    if intent is Intent.ACCEPT:
        return 1
    if intent in {Intent.ASK, Intent.COMPARE}:
        return 0
    if cues.DISLIKED.search(text):
        return -1
    if cues.SEEN.search(text) and not cues.LIKED.search(text):
        return 0
    if cues.MORE.search(text) and not cues.LIKED.search(text):
        return -1
    return 1
