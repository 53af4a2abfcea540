"""Amounts in words and digits -> numbers with their place in the text ("fifty", "2k", "an hour and a half", "'90s").

Knows English number words; knows no facet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.linking.text import word_list

_UNITS = dict(
    zip(
        word_list(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen"
        ),
        range(20),
        strict=True,
    )
)
_TENS = dict(zip(word_list("twenty thirty forty fifty sixty seventy eighty ninety"), range(20, 100, 10), strict=True))
_WORD = "|".join([*_TENS, *sorted(_UNITS, key=len, reverse=True)])
_WORDS = re.compile(
    rf"\b(?:(?:an?|{_WORD})[\s-]+)?(?:(?:hundred|thousand|grand)\b(?:\s+(?:and\s+)"
    rf"?(?:{_WORD})\b)*|\b(?:{_WORD})\b(?:[\s-](?:{_WORD})\b)*)",
    re.I,
)
_NOTES = {"fiver": 5, "tenner": 10}
_NOTE = re.compile(rf"\b(?:an?\s+)?({'|'.join(_NOTES)})\b", re.I)
_DIGITS = re.compile(
    r"(?<![\w.])(?:[$€£]\s*)?(\d{1,3}(?:,\d{3}){1,3}|\d{1,12}(?!\d))((?:\.\d{1,6})?)\s*(k\b|grand\b|"
    r"thousand\b|hundred\b)?",
    re.I,
)
_HOURS = re.compile(
    r"(?P<part>half(?: an)? hour\b|three[\s-]quarters of an hour\b|(?:an? )?couple (?:of )?(?:hours|hrs)\b|"
    r"(?<!an )(?<!one )hour and a half\b)"
    r"|(?<![\w.])(?P<mixed>\d{1,3})\s+and a (?P<more>half|quarter)\b(?:\s*(?:hours?|hrs?)\b)?"
    r"|(?<![\w.:])(?P<c>\d)[h:](?P<cm>[0-5]\d)\b(?!:)"
    r"|(?<![\w.])(?P<h>\d{1,3}(?:\.\d{1,3})?|an?|one)\s*(?:hours?|"
    r"hrs?|(?<=\d)h|(?<=\d )h)\b\s*(?:and\s+)?(?:(?P<and>a half|half)|(?P<m>\d{1,2})"
    r"\s*(?:minutes?|mins?|m)?\b)?",
    re.I,
)
_PARTS = {"half": 30, "three": 45, "hour": 90}
_BEFORE_HOURS = re.compile(
    rf"\b({_WORD})\b(?=(?:[\s-]+and a (?:half|quarter))?[\s-]+(?:hours?|hrs?)\b|\s+and a (?:half|quarter)\b"
    rf"|(?:\s+(?:to|or|and)\s+|-)(?:{_WORD}|\d)\b[\s-]*(?:and a half )?(?:hours?|hrs?)\b)",
    re.I,
)
_DECADES = {
    "twenties": 1920,
    "thirties": 1930,
    "forties": 1940,
    "fifties": 1950,
    "sixties": 1960,
    "seventies": 1970,
    "eighties": 1980,
    "nineties": 1990,
    "noughties": 2000,
    "two thousands": 2000,
}
_DECADE = re.compile(
    r"(?:\b(early|mid|late)(?:\s*(?:to|and|or|-|/)\s*(mid|late))?(?:[\s-]+|\b))?(?:\bthe\s+)?(?:['’]?(?<!\d)((?:1[89]|"
    rf"20)?\d0)\s?['’]?s\b|\b({'|'.join(_DECADES)})\b)",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d|['’]?s\b)|(?<!\w)['’](\d\d)\b(?!['’]?s)", re.I)
_PART = {"early": (0, 3), "mid": (4, 6), "late": (6, 9)}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or a span of years, and where it stands: [start, end)."""

    low: float
    high: float
    start: int
    end: int


def spelled(text: str) -> float:
    """The value of number words ("one hundred and twenty"); the words must be known."""
    total, current = 0, 0
    for word in re.split(r"[\s-]+", text.lower().strip()):
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in {"thousand", "grand"}:
            total, current = total + max(current, 1) * 1000, 0
    return float(total + current)


def plain_amounts(text: str) -> tuple[Amount, ...]:
    """All numbers in `text`, in order."""
    scale = {"k": 1000, "grand": 1000, "thousand": 1000, "hundred": 100}
    found = []
    for m in _DIGITS.finditer(text):
        value = float(m[1].replace(",", "") + m[2]) * scale.get((m[3] or "").lower(), 1)
        found.append(Amount(value, value, m.start(), m.end()))
    found += [Amount(v := float(_NOTES[m[1].lower()]), v, m.start(), m.end()) for m in _NOTE.finditer(text)]
    for m in _WORDS.finditer(text):
        if m.group().strip().lower() != "one" and not any(a.start < m.end() and m.start() < a.end for a in found):
            found.append(Amount(spelled(m.group()), spelled(m.group()), m.start(), m.end()))
    return tuple(sorted(found, key=lambda a: a.start))


def _minutes(m: re.Match[str]) -> float:
    """The minutes that a match of `_HOURS` means."""
    if m["part"]:
        return float(next((n for word, n in _PARTS.items() if m["part"].startswith(word)), 120))
    if m["mixed"]:
        return int(m["mixed"]) * 60.0 + (30 if m["more"] == "half" else 15)
    if m["c"]:
        return int(m["c"]) * 60.0 + int(m["cm"])
    hours = float(m["h"]) if m["h"][0].isdigit() else 1.0
    return float(int(hours * 60) + (30 if m["and"] else int(m["m"] or 0)))


def durations(text: str) -> tuple[Amount, ...]:
    """All durations in `text`, in minutes; a number without a unit counts as minutes, below 5 as hours."""
    lowered = _BEFORE_HOURS.sub(lambda m: str(int(spelled(m[1]))).ljust(len(m[1])), text.lower())
    timed = [Amount(v := _minutes(m), v, m.start(), m.end()) for m in _HOURS.finditer(lowered)]
    found = list(timed)
    for a in plain_amounts(lowered):
        if not any(h.start < a.end and a.start < h.end for h in timed):
            value = a.low * 60 if a.low < 5 and found else a.low
            found.append(Amount(value, value, a.start, a.end))
    return tuple(sorted(found, key=lambda a: a.start))


def years(text: str, this_year: int) -> tuple[Amount, ...]:
    """All decades and years in `text`, in order; "20s" is the latest twenties that have begun."""
    found = []
    for m in _DECADE.finditer(text):
        digits = m[3]
        start = _DECADES[m[4].lower()] if m[4] else int(digits)
        if digits and len(digits) == 2:
            start += 2000 if 2000 + start <= this_year else 1900
        low, high = _PART.get((m[1] or "").lower(), (0, 9))
        high = _PART[m[2].lower()][1] if m[2] else high  # "early to mid 90s"
        found.append(Amount(float(start + low), float(start + high), m.start(), m.end()))
    for m in _YEAR.finditer(text):
        if not any(a.start < m.end() and m.start() < a.end for a in found):
            short = int(m[2]) if m[2] else 0
            value = float(m[1]) if m[1] else float(short + (2000 if 2000 + short <= this_year else 1900))
            found.append(Amount(value, value, m.start(), m.end()))
    return tuple(sorted(found, key=lambda a: a.start))
