"""The ages of people in a message ("for my 6 year old", "kids under 8"): no number of an item's, and no title.

Knows English frames; what a catalogue has for a child is decided in `need_slots.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from bot.understanding.amounts import plain_amounts
from bot.understanding.heard import find
from bot.understanding.target import RawSlot

OLDEST_CHILD = 11  #: years; what is for kids is for them
_N = (
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen)"
)
_SOME = rf"{_N}(?:\s*(?:-|–|to|and|or|&|,)\s*(?:an?\s+)?{_N}){{0,4}}"
_PERSON = (
    r"(?:(?:grand|god|step)?(?:kids?|child(?:ren)?|sons?|daughters?)|kiddos?|boys?|girls?|nieces?|nephews?|toddlers?|"
    r"little ones?|brothers?|sisters?)"
)
_FOR = r"(?:(?:suitable|appropriate|good|ok|okay|safe|fine)\s+)?(?:for\s+)?(?:(?:an?|my|our|his|her|their|the)\s+)?"
_AGE = re.compile(
    rf"\b{_FOR}(?:{_SOME}[\s-]*(?:(?:years?|yrs?|y)[\s-]*old(?:s|er)?|years? of age|y/?os?)\b(?:\s+{_PERSON}\b)?"
    rf"|{_PERSON}\s*(?:(?:who|that)\s+)?(?:is|are|['’]s|['’]re|r|of|turned|turns|under|below|over|above)\s+"
    rf"(?:(?:just|only|turned|turning|aged?|under|below|over|above)\s+)*{_SOME}(?!['’\w])"
    rf"|(?:{_PERSON}\s+)?(?:aged|ages?)\s+{_SOME}(?!['’\w]))"
    r"(?!\s*(?:%|[$€£]|mins?\b|minutes?\b|hours?\b|h\b|dollars?\b))",
    re.I,
)
#: "more than 5 years old" is said of things
_COMPARED = re.compile(r"\b(?:more|less|older|newer|younger|over|under) (?:than )?$", re.I)


@dataclass(frozen=True, slots=True)
class Age:
    """The words that tell an age, with their place [start, end), and the oldest age told, in years."""

    text: str
    start: int
    end: int
    oldest: int


def ages(text: str, nouns: Collection[str]) -> tuple[Age, ...]:
    """The ages of people told in `text`; `nouns` are what items are called: "a 20 year old film" is nobody's age."""
    found = []
    for m in _AGE.finditer(text):
        after = re.match(r"[\s-]*(\w+)", text[m.end() :])
        numbers = [int(a.high) for a in plain_amounts(m.group())]
        of_a_thing = _COMPARED.search(text[: m.start()]) or (after and after[1].casefold() in nouns)
        if numbers and not of_a_thing:
            found.append(Age(m.group(), m.start(), m.end(), max(numbers)))
    return tuple(found)


def told(raw_slots: Iterable[RawSlot], text: str, nouns: Collection[str]) -> list[RawSlot]:
    """The slots, those that copy an age as a number, a title or a value as the need that the age tells."""
    spans = ages(text, nouns)

    def one(raw: RawSlot) -> RawSlot:
        at = find(text, raw.value)
        if raw.slot == "about" or at < 0 or not plain_amounts(raw.value):
            return raw
        within = [age for age in spans if at < age.end and age.start < at + len(raw.value)]
        return replace(raw, slot="about", value=within[0].text) if within else raw

    return [one(raw) for raw in raw_slots] if spans else list(raw_slots)
