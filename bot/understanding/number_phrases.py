"""The number phrases of a message, as copied words with their place ("under $50", "from the early 90s").

Knows English frames; what range a phrase means is decided in `numbers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.amounts import Amount, durations, plain_amounts, years
from bot.understanding.phrases import Phrase, Span, free
from retrieval.linking import NumberStyle

_LEAD = re.compile(
    r"(?:(?:\b(?:before|after|since|between|from|prior to|older than|newer than|"
    r"earlier than|later than|no(?:t|thing)?|under|below|over|above|less than|more than|"
    r"cheaper than|shorter than|longer than|at least|at most|up to|around|about|"
    r"roughly|max(?:imum)?|min(?:imum)?|within|until|to|pre|post|early|mid|late|"
    r"the|last|past|of|in|like|budget|is|my|can't|cannot|don't|dont|to|spend|go|"
    r"want|than|starting|a|by)\b|~|<|>)[\s\-:]*)+[$€£]?$",
    re.I,
)
_TRAIL = re.compile(
    r"^(?:\s*(?:\+|-?ish\b|dollars?|bucks|euros?|pounds?|usd|eur|gbp|minutes?|mins?|"
    r"hours?|stars?|years?))?(?:\s*(?:,?\s*(?:or|and) (?:less|more|under|over|above|"
    r"below|later|earlier|newer|older|up|longer|shorter|cheaper|so|onwards?|better|"
    r"before|after)\b|\b(?:max(?:imum)?|tops|min(?:imum)?|onwards?|at most)\b|\+)"
    r")?",
    re.I,
)
_JOIN = re.compile(
    r"^[\s\w$€£]{0,10}?\s*(?:-|–|to|and|or|,)\s*(?:the |(?:early|mid|late)[ -])"
    r"?[$€£]?\s*$|^\s*(?:dollars |bucks )?but (?:under|over|less than|more than|"
    r"below|at least) [$€£]?$",
    re.I,
)
_MONEY = re.compile(
    r"[$€£]|\b(?:dollars?|bucks|euros?|pounds?|usd|eur|gbp|budget|price[ds]?|cost\w*|"
    r"spend\w*|under|below|less than|more than|over|max\w*|at most|up to|cheaper than|"
    r"around|between|at least|tops)\b",
    re.I,
)
_RATED = re.compile(r"\b(?:stars?|rated|ratings?|score[ds]?|out of)\b|★", re.I)
_TIMED = re.compile(r"\b(?:hours?|hrs?|h|min|mins|minutes?)\b|\dh\d|\dh\b", re.I)


def number_phrases(text: str, style: NumberStyle, this_year: int, taken: Sequence[Span]) -> tuple[Phrase, ...]:
    """Phrases of `text` that speak of a number of this style, with the words that bound it ("under $50")."""
    amounts = [a for a in _amounts(text, style, this_year) if free((a.start, a.end), taken)]
    phrases: list[Phrase] = []
    while amounts:
        first = last = amounts.pop(0)
        if amounts and _JOIN.match(text[first.end : amounts[0].start]):
            last = amounts.pop(0)
        lead = _LEAD.search(text[: first.start])
        trail = _TRAIL.match(text[last.end :])
        start, end = lead.start() if lead else first.start, last.end + (trail.end() if trail else 0)
        if _speaks_of(text[max(0, start - 12) : end + 12], style):
            phrases.append(Phrase(text[start:end].strip(), start, end))
    if style is NumberStyle.YEAR and not phrases:
        back = re.search(
            r"\b(?:the )?(?:last|past) (?:\w+ )?(?:\w+ )?(?:years?|decades?)\b|\bthis (?:year|"
            r"century)\b",
            text,
            re.IGNORECASE,
        )
        phrases += [Phrase(back.group(), back.start(), back.end())] if back else []
    return tuple(phrases)


def _amounts(text: str, style: NumberStyle, this_year: int) -> tuple[Amount, ...]:
    if style is NumberStyle.YEAR:
        return years(text, this_year)
    return durations(text) if style is NumberStyle.DURATION else plain_amounts(text)


def _speaks_of(near: str, style: NumberStyle) -> bool:
    if style is NumberStyle.MONEY:
        return (
            bool(_MONEY.search(near))
            and not _TIMED.search(near)
            and not re.search(r"\bsize\b|\d0s\b|★|\bstars?\b", near, re.I)
        )
    if style is NumberStyle.DURATION:
        return bool(_TIMED.search(near))
    return style is NumberStyle.YEAR or bool(_RATED.search(near))
