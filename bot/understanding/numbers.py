"""Words about a number -> a range: "80s", "under $50", "90 minutes or less" -> [low, high], None for open.

Knows English and the style of a facet (year, money, duration, plain); knows no catalogue.
"""

from __future__ import annotations

import re

from bot.understanding.amounts import Amount, durations, plain_amounts, years
from bot.understanding.reading import NumberRange
from retrieval.linking import NumberStyle, number_style

__all__ = ["AGED", "TOO_MUCH", "NumberStyle", "number_style", "parse_range"]

_BELOW = re.compile(
    r"\b(?:before|prior to|earlier than|older than|predat\w+|pre)\b[\s-]*(?:the\s+|"
    r"like\s+)?$",
    re.I,
)
_UNTIL = re.compile(
    r"(?:\b(?:under|below|sub|less than|lower than|cheaper than|shorter than|smaller than|"
    r"max(?:imum)?(?: of)?|at (?:the )?most|up to|until|till|by|through|within|south of)|<=?|≤)"
    r"[\s-]*(?:the\s+|a\s+|like\s+)?[$€£]?$",
    re.I,
)
#: a sum that somebody has or spends is the most of it, refused or not
_BUDGET = re.compile(
    r"\b(?:go|spend(?:ing)?|pay(?:ing)?|have|got|budget(?:'s| is| of|:)?(?: like| about| around)?)\s*"
    r"(?:the\s+|a\s+|like\s+)?[$€£]?$",
    re.I,
)
#: how old a thing may be, in years: "older than 10 years", "less than five years old"
AGED = re.compile(
    r"\b(?P<way>older|newer|younger|more|less|over|under)(?: than)?\s+"
    r"(?P<n>\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty)\s+(?P<unit>years?|yrs?|decades?)\b(?P<old>(?:\s+old)?)",
    re.I,
)
_ABOVE = re.compile(
    r"\b(?:after|later than|newer than|younger than|past|post|more recent than)"
    r"\b[\s-]*(?:the\s+|like\s+)?$",
    re.I,
)
_POST = re.compile(r"\bpost[\s-]*$", re.I)
_FROM = re.compile(
    r"(?:\b(?:since|at (?:the )?least|over|above|more than|higher than|longer than|min(?:imum)"
    r"?(?: of)?|starting (?:at|from|in)|exceed(?:s|ing)?|upwards of|north of)|>=?|≥)\s*(?:the\s+|"
    r"a\s+|like\s+)?[$€£]?$",
    re.I,
)
_PRICED_FROM = re.compile(r"\bfrom\s*[$€£]?$", re.I)
_ABOUT = re.compile(
    r"(?:\b(?:around|about|roughly|approx\w*|circa|near|close to|somewhere)|~)\s*(?:the\s+|"
    r"a\s+)?[$€£]?$",
    re.I,
)
_OR_LESS = re.compile(
    r"^\W*(?:\w+\W+)?(?:or|and)\s+(?:less|under|below|cheaper|lower|shorter|older|"
    r"earlier|before|fewer)\b|^\W*(?:\w+\W+)?(?:max(?:imum)?|tops|at (?:the )?most)\b",
    re.I,
)
_OR_MORE = re.compile(
    r"^\W*(?:\w+\W+)?(?:or|and)\s+(?:more|above|over|up|higher|longer|later|newer|"
    r"after|beyond|onwards?|better)\b|^\s*\+|^\W*onwards?\b|^\s+on\b(?!\s+\w)|^\W*(?:\w+\W+)"
    r"?min(?:imum)?\b(?!\w)|^\s*(?:-|–|to|until|till|through)\s*(?:now|today|(?:the )?present)\b",
    re.I,
)
TOO_MUCH = re.compile(r"^\W*(?:\w+\W+)?(?:is|are|would be) (?:way |far )?too (?:much|expensive|dear|long|old)\b", re.I)
_ISH = re.compile(r"^\s?-?ish\b|^\W*(?:\w+\W+)?or so\b", re.I)
_PAIR = re.compile(
    r"^(?:[\s\w$€£'’]{0,9}?)\s*(?:-|–|—|\bto\b|\band\b|\bor\b|\bthrough\b|\btill\b|"
    r"\buntil\b|,)\s*(?:the\s+)?[$€£]?\s*$",
    re.I,
)
_NOT = re.compile(
    r"\b(?:not?|nothing|never|nor|without|cannot|(?:do|does|did|wo|ca|would|should|is)n['’]?t)\b"
    r"(?! (?:too|so|very|sure|bad|only|just|mind|care|thanks)\b)(?:(?!\bbut\b)[^.,;]){0,28}$",
    re.I,
)
_BACK = re.compile(
    r"\b(?:last|past)\s+(?:(\d{1,3}|couple(?: of)?|few|two|three|four|five|six|seven|"
    r"eight|nine|ten|fifteen|twenty)\s+)?(years?|yrs?|decades?)\b",
    re.I,
)
_COUNT = {
    "couple": 2,
    "couple of": 2,
    "few": 3,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "fifteen": 15,
    "twenty": 20,
}
_LONGEST = 200  #: characters of a phrase that are read
SLACK = {NumberStyle.MONEY: 0.25, NumberStyle.DURATION: 0.15, NumberStyle.PLAIN: 0.25}


def parse_range(text: str, style: NumberStyle, this_year: int) -> NumberRange | None:
    """The range `text` means, low <= high, ends included; None when it names no number ("cheap", "recent")."""
    text = text[:_LONGEST]
    if style is NumberStyle.YEAR and (back := _backwards(text, this_year)):
        return back
    if style is NumberStyle.YEAR:
        found = years(text, this_year)
    else:
        found = durations(text) if style is NumberStyle.DURATION else plain_amounts(text)
    if not found:
        return None
    if len(found) > 1 and (pair := _pair(text, found[0], found[1], style)):
        return _ordered(*pair)
    return _ordered(*_single(text, found[0], style))


def _backwards(text: str, this_year: int) -> NumberRange | None:
    """ "the last five years", "last year", "this year", "this century"."""
    if re.search(r"\b(?:this|21st|twenty[- ]first) century\b", text, re.I):
        return (2000.0, None)
    if re.search(r"\b(?:20th|twentieth|last) century\b", text, re.I):
        return (1900.0, 1999.0)
    if re.search(r"\b(?:this year|current year)(?!['’]?s? \w*\d)\b", text, re.I):
        return (float(this_year), float(this_year))
    if re.search(r"\bturn of the millenn?ium\b", text, re.I):
        return (1998.0, 2002.0)
    if (m := AGED.search(text)) and (m["old"] or m["way"].lower() in {"older", "newer", "younger"}):
        return _of_age(m, this_year, refused=bool(_NOT.search(text[: m.start()])))
    if not (m := _BACK.search(text)):
        return None
    number = int(m[1]) if m[1] and m[1].isdigit() else _COUNT.get((m[1] or "").lower(), 1)
    span = number * (10 if m[2].lower().startswith("decade") else 1)
    if span == 1:
        return (float(this_year - 1), float(this_year - 1))
    return (float(this_year - span), None)


def _of_age(m: re.Match[str], this_year: int, *, refused: bool) -> NumberRange:
    number = int(m["n"]) if m["n"].isdigit() else _COUNT[m["n"].lower()]
    limit = float(this_year - number * (10 if m["unit"].lower().startswith("decade") else 1))
    older = m["way"].lower() in {"older", "more", "over"}
    if older == refused:
        return (limit, None)
    return (None, limit - 1) if older else (None, limit)


def _pair(text: str, a: Amount, b: Amount, style: NumberStyle) -> tuple[float | None, float | None] | None:
    between, before = text[a.end : b.start], text[: a.start]
    beside = style is NumberStyle.YEAR and between.strip() in {"", "/"}
    if not (beside or _PAIR.match(between)):
        return _both_ends(text, a, b)
    if bound := _bound(before, "", a):
        if re.search(r"\bor\b", between, re.I):
            return None
        return (None, b.high) if bound[0] is None else bound  # "no more than 20-30"
    low = a.low
    if style is NumberStyle.DURATION and a.low < 10 and b.high >= 60:
        low = a.low * 60  # "1 to 2 hours"
    if style is NumberStyle.MONEY and b.high >= 1000 and a.low < 10 and b.high % 1000 == 0:
        low = a.low * 1000  # "1-2k"
    return (min(low, b.low), max(a.high, b.high))


def _both_ends(text: str, a: Amount, b: Amount) -> tuple[float | None, float | None] | None:
    """ "over 20 but under 50"."""
    first, second = _bound(text[: a.start], text[a.end : b.start], a), _bound(text[a.end : b.start], text[b.end :], b)
    if first and second and (first[0] is None) != (second[0] is None):
        low, high = (first[0], second[1]) if first[0] is not None else (second[0], first[1])
        return (low, high) if low is not None and high is not None and low <= high else None
    return None


def _bound(before: str, after: str, a: Amount) -> tuple[float | None, float | None] | None:
    """The open range that the words around an amount make of it, None when they do not bound it."""
    refused = bool(_NOT.search(before)) != bool(TOO_MUCH.search(after))
    beyond = a.low if _POST.search(before) and a.low == a.high else a.high + 1
    for pattern, below, above in (
        (_BELOW, (None, a.low - 1), (a.low, None)),
        (_ABOVE, (beyond, None), (None, a.high)),
        (_FROM, (a.low, None), (None, a.high)),
        (_UNTIL, (None, a.high), (a.low, None)),
    ):
        if pattern.search(before):
            return above if refused else below
    if _OR_LESS.search(after):
        return (None, a.high)
    return (a.low, None) if _OR_MORE.search(after) else None


def _single(text: str, a: Amount, style: NumberStyle) -> tuple[float | None, float | None]:
    before, after = text[: a.start], text[a.end :]
    about = _ABOUT.search(before)
    if bound := _bound(before[: about.start()] if about else before, after, a):
        return bound
    has = before[: about.start()] if about and style is NumberStyle.DURATION else before  # "I have about an hour"
    if style is not NumberStyle.YEAR and _BUDGET.search(has):
        return (None, a.high)
    if style is NumberStyle.MONEY and _PRICED_FROM.search(before):
        return (a.low, None)
    near = bool(about or _ISH.search(after))
    if style is NumberStyle.YEAR:
        return (a.low - 2, a.high + 2) if near and a.low == a.high else (a.low, a.high)
    if near or (style is not NumberStyle.PLAIN):
        return (a.low * (1 - SLACK[style]), a.high * (1 + SLACK[style]))
    return (a.low, a.high)


def _ordered(low: float | None, high: float | None) -> NumberRange:
    if low is not None and high is not None and low > high:
        low, high = high, low
    return (_rounded(low), _rounded(high))


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(round(value, 2))
