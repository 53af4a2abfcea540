"""The number phrases of a message, as copied words with their place ("under $50", "from the early 90s").

Knows English frames; what range a phrase means is decided in `numbers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.amounts import Amount, durations, plain_amounts, years
from bot.understanding.numbers import AGED
from bot.understanding.phrases import Phrase, Span, free
from retrieval.linking import NumberStyle

_LEAD = re.compile(
    r"(?:(?:\b(?:before|after|since|between|from|prior to|older than|newer than|"
    r"earlier than|later than|no(?:t|thing)?|never|under|below|over|above|less than|more than|"
    r"cheaper than|shorter than|longer than|more recent than|younger than|at (?:the )?least|at (?:the )?most|"
    r"up to|around|about|roughly|max(?:imum)?|min(?:imum)?|within|until|to|pre|post|sub|early|mid|late|"
    r"the|last|past|of|in|like|budget|is|be|my|cannot|(?:do|does|wo|ca|would|should)n['’]?t|do|go|"
    r"spend(?:ing)?|have|got|pay(?:ing)?|cost(?:ing|s)?|exceed(?:s|ing)?|willing|happy|rather|much|"
    r"want|wanna|than|starting|upwards|north|south|a|by)\b|~|<|>)[\s\-:]*)+[$€£]?$",
    re.I,
)
#: a refusal that a few plain words part from the bound it turns round: "no films before 2000"
_REFUSED = re.compile(
    r"\b(?:no|not|nothing|never|without|(?:do|does|wo|ca|would|should)n['’]?t|(?:do|does|will|would|should|can) "
    r"?not)\s+(?:(?:i|me|we|us|want|wanna|need|like|give|show|see|watch|recommend|suggest|include|to|an?|the|any|anything|"
    r"something|one|ones|stuff|things?|items?|[a-z]+s|titles?|results?|options?|that|which|is|are|was|were|['’]s|"
    r"made|released|shot|filmed|come|comes|came|runs?|lasts?|from|of|be|go|goes|too|much|far|really)\s+)*$",
    re.I,
)
_BOUNDS = re.compile(
    r"(?:before|after|since|prior to|(?:old|new|earli|lat|cheap|short|long|young)er than|under|below|over|above|"
    r"(?:less|more|more recent) than)\b",
    re.I,
)
_REACH = 80  #: characters beside an amount that are looked at
_MOST_AMOUNTS = 12  #: of one message
_TRAIL = re.compile(
    r"^(?:\s*(?:\+|-?ish\b|dollars?|bucks|quid|euros?|pounds?|usd|eur|gbp|minutes?|mins?|"
    r"hours?|stars?|years?(?:\s+old)?))?(?:\s*(?:,?\s*(?:or|and) (?:less|more|under|over|above|"
    r"below|later|earlier|newer|older|up|longer|shorter|cheaper|so|onwards?|better|higher|lower|"
    r"before|after)\b|\b(?:max(?:imum)?|tops|min(?:imum)?|onwards?|at (?:the )?most|on(?=\W*$)|"
    r"(?:is|are|would be) (?:way |far )?too (?:much|expensive|dear|long|old))\b|"
    r"(?:-|–|to|until|till|through)\s*(?:now|today|(?:the )?present)\b|\+)"
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
    r"[$€£]|\b(?:dollars?|bucks|quid|tenner|fiver|euros?|pounds?|usd|eur|gbp|budget|price[ds]?|cost\w*|"
    r"spend\w*|pay(?:ing)?|under|below|sub|less than|more than|over|exceed\w*|max\w*|at (?:the )?most|up to|"
    r"cheaper than|around|between|at least|tops|(?:a|per) head|per person|"
    r"\d{1,6} (?:or|and) (?:less|under|cheaper|more|up))\b",
    re.I,
)
_SIZE = re.compile(r"\bsizes?\b\W{0,3}$", re.I)
#: an answer that is two amounts, or about one
_SPREAD = re.compile(r"\W*(?:\d+\s*(?:-|–|to)\s*\d+|\d+\s?-?ish)\W*", re.I)
_RATED = re.compile(r"\b(?:stars?|rated|ratings?|score[ds]?|out of)\b|★", re.I)
_TIMED = re.compile(
    r"\b(?:hours?|hrs?|h|min|mins|minutes?)\b|\dh\d|\dh\b|"
    r"\b(?:under|over|than|max|most|to|about|around|within)\s\d:[0-5]\d",
    re.I,
)


def number_phrases(
    text: str, style: NumberStyle, this_year: int, taken: Sequence[Span], *, named: bool = False
) -> tuple[Phrase, ...]:
    """Phrases of `text` that speak of a number of this style, with the words that bound it ("under $50").

    `named`: all numbers that could be of the style, for whoever looks for a facet's name beside them.
    """
    amounts = [a for a in _amounts(text, style, this_year) if free((a.start, a.end), taken)][:_MOST_AMOUNTS]
    phrases: list[Phrase] = []
    while amounts:
        first = last = amounts.pop(0)
        if amounts and _joined(text[first.end : amounts[0].start], style):
            last = amounts.pop(0)
        start, end = bounded(text, first.start, last.end)
        sized = style is NumberStyle.MONEY and _SIZE.search(text[max(0, first.start - 12) : first.start])
        if named or (not sized and _speaks_of(text[max(0, start - 12) : end + 12], style)):
            phrases.append(Phrase(text[start:end].strip(), start, end))
    if style is NumberStyle.YEAR and not phrases and (aged := AGED.search(text)) and free(aged.span(), taken):
        start, end = bounded(text, *aged.span())
        return (Phrase(text[start:end].strip(), start, end),)
    if style is NumberStyle.YEAR and not phrases:
        back = re.search(
            r"\b(?:the )?(?:last|past) (?:\w+ )?(?:\w+ )?(?:years?|decades?)\b|\bthis (?:year|"
            r"century)\b",
            text,
            re.IGNORECASE,
        )
        phrases += [Phrase(back.group(), back.start(), back.end())] if back else []
    return tuple(phrases)


def bounded(text: str, start: int, end: int) -> Span:
    """The place of a number with the words beside it that bound it: "2000" of "no films before 2000 please"."""
    seen_from = max(0, start - _REACH)
    lead = _LEAD.search(text[seen_from:start])
    trail = _TRAIL.match(text[end : end + _REACH])
    first, last = seen_from + lead.start() if lead else start, end + (trail.end() if trail else 0)
    if _BOUNDS.match(text, first) and (refused := _REFUSED.search(text[max(0, first - _REACH) : first])):
        first = max(0, first - _REACH) + refused.start()
    return first, last


def _joined(between: str, style: NumberStyle) -> bool:
    """Whether two amounts with these words between them are one phrase ("late 80s early 90s")."""
    return bool(_JOIN.match(between)) or (style is NumberStyle.YEAR and between.strip() in {"", "/"})


def _amounts(text: str, style: NumberStyle, this_year: int) -> tuple[Amount, ...]:
    if style is NumberStyle.YEAR:
        return years(text, this_year)
    return durations(text) if style is NumberStyle.DURATION else plain_amounts(text)


def _speaks_of(near: str, style: NumberStyle) -> bool:
    if style is NumberStyle.MONEY:
        return (
            bool(_MONEY.search(near) or _SPREAD.fullmatch(near))
            and not _TIMED.search(near)
            and not re.search(r"\d0s\b|★|\bstars?\b", near, re.I)
        )
    if style is NumberStyle.DURATION:
        return bool(_TIMED.search(near))
    return style is NumberStyle.YEAR or bool(_RATED.search(near))
