"""Which slots of a message state a long-term taste ("I love comedies"), and which wish for one list ("a 90s comedy").

Also which message takes a taste back ("forget that I like horror"). English cues around what the reading found; knows
no catalogue beyond its facets' values and no storage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.dialogue.events import Value
from bot.memory.evidence import Sentiment
from bot.understanding.reading import Op, Reading, Slot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

_VERY = r"(?:(?:really|always|absolutely|just|do|also|generally|usually|mostly|still|all|do really|quite|very) )*"
_UNSAID_I = r"^\W*(?:(?:also|but|and|really|absolutely|just|totally|still|always) )*"  #: "… but hate musicals"
_LIKES = re.compile(
    rf"\bi {_VERY}(?:like|love|enjoy|adore|prefer)\b"
    rf"|{_UNSAID_I}(?:love|adore)\b(?! to\b)"
    rf"|\bi(?:'m| am) {_VERY}(?:into|fond of|an? (?:\w+ )?(?:fan of|\w+ fan))\b"
    rf"|\bi(?:'ve| have) always {_VERY}(?:liked|loved|enjoyed)\b|\bmy (?:all[- ]time )?favou?rites?\b",
    re.IGNORECASE,
)
_DISLIKES = re.compile(
    rf"\bi {_VERY}(?:hate|dislike|loathe|detest|can'?t stand|cannot stand|never (?:liked|enjoyed))\b"
    rf"|{_UNSAID_I}(?:hate|dislike|loathe|detest|can'?t stand|(?:do not|don'?t) (?:like|love|enjoy))\b(?! to\b)"
    rf"|\bi (?:do not|don'?t) {_VERY}(?:like|love|enjoy|care for)\b"
    r"|\b(?:i(?:'m| am) )?not (?:an? )?(?:\w+ )?(?:fan of|into)\b"
    r"|\bi (?:no longer|never) (?:like|love|enjoy)\b",
    re.IGNORECASE,
)
_TONIGHT = re.compile(r"\b(?:tonight|today|right now|this (?:time|evening|weekend)|for now|if i)\b", re.IGNORECASE)
_WISHES = re.compile(
    r"\b(?:want|need|give|show|find|looking|mood|something|anything|please|recommend|suggest|an?|no|not|without|"
    r"under|over|from|with)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?P<end>[.;!?\n]+|\b(?:but|though|however)\b)|,|\band\b|\bor\b", re.IGNORECASE)
_FORGET = re.compile(
    r"\b(?:forget|delete|remove|erase|drop|don'?t remember)\b.*\b(?:(?:i|i'm|i am|my) (?:\w+ )?"
    r"(?:like|liked|love|loved|enjoy|enjoyed|prefer|hate|hated|dislike|into|taste for|love (?:of|for)|interest in))\b",
    re.IGNORECASE,
)


#: a whole message that only says what to forget: "forget alien", "please delete horror"
_FORGET_NAMED = re.compile(
    r"\W*(?:(?:ok|okay|please|pls|plz|now|and|can you|could you)\W+)*(?:forget|delete|erase|remove)(?: about)? "
    r"(?P<name>.+?)(?:\W+(?:please|pls|plz|thanks))?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A taste in words: a facet's value, the sentiment, and the part of the message that said so."""

    facet: str
    value: Value
    sentiment: Sentiment
    said: str


@dataclass(frozen=True, slots=True)
class _Clause:
    """A part of a message, the taste it states (0: none), and the words from where that taste began."""

    part: str
    mood: Sentiment
    said: str


def stated(reading: Reading, text: str, catalogue: Catalogue) -> tuple[Stated, ...]:
    """The long-term tastes that `text`, read as `reading`, states; empty for wishes of the moment."""
    if reading.request is not None or takes_back(reading, text, catalogue):
        return ()
    clauses = list(_clauses(text))
    found = []
    for slot in reading.slots:
        value = _value(slot, catalogue)
        if value is None or slot.op is Op.REMOVE or slot.op is Op.SOFTEN or slot.relative is not None:
            continue
        heard = _spelled(*filter(None, (slot.said, str(value))))
        clause = next((c for c in clauses if heard.search(c.part)), None)
        if clause is not None and clause.mood and clause.mood == slot.polarity:
            found.append(Stated(slot.slot, value, clause.mood, clause.said))
    return tuple(dict.fromkeys(found))


def takes_back(reading: Reading, text: str, catalogue: Catalogue) -> tuple[tuple[str, Value], ...]:
    """The facet values whose taste `text` asks to forget; empty when it asks nothing of the kind."""
    if reading.request is not None or not _FORGET.search(text.replace("’", "'")):
        return ()
    values = ((slot.slot, _value(slot, catalogue)) for slot in reading.slots)
    return tuple(dict.fromkeys((facet, value) for facet, value in values if value is not None))


def named_to_forget(text: str) -> str | None:
    """What a message that says nothing else asks to forget by name, lower case; None: it asks no such thing."""
    found = _FORGET_NAMED.fullmatch(text)
    return found["name"].casefold() if found else None


def as_removal(reading: Reading) -> Reading:
    """The same reading with every slot taken back instead of wished for."""
    return replace(reading, slots=tuple(replace(s, op=Op.REMOVE, polarity=0, relative=None) for s in reading.slots))


def _clauses(text: str) -> Iterator[_Clause]:
    """The parts of a message, each with the taste it states.

    A list goes on as it began ("I love comedies, westerns and noir") until a part wishes for something.
    """
    text = text.replace("’", "'")
    mood: Sentiment = 0
    start = begun = 0
    for cut in [*_PARTS.finditer(text), None]:
        end = cut.start() if cut else len(text)
        own = _sentiment(text[start:end])
        if own is not None:
            begun, mood = start, own
        elif _WISHES.search(text[start:end]):
            mood = 0
        yield _Clause(text[start:end], mood, " ".join(text[begun:end].split()))
        if cut is None or cut["end"]:
            mood = 0
        start = cut.end() if cut else end


def _spelled(*names: str) -> re.Pattern[str]:
    """Any of several names in a message, however it is joined there: "sci-fi" is "sci fi" or "scifi" as well."""
    joined = (r"\W*".join(map(re.escape, re.findall(r"\w+", name) or [name])) for name in names)
    return re.compile("|".join(joined), re.IGNORECASE)


def _sentiment(part: str) -> Sentiment | None:
    if _TONIGHT.search(part):
        return 0
    return -1 if _DISLIKES.search(part) else 1 if _LIKES.search(part) else None


def _value(slot: Slot, catalogue: Catalogue) -> Value | None:
    """The slot's value as the catalogue writes it; None for items, needs, and what it does not carry."""
    facet = next((f for f in catalogue.schema.facets if f.name == slot.slot), None)
    if facet is None:
        return None
    if facet.kind is FacetKind.NUMBER:
        return slot.value if isinstance(slot.value, tuple) and slot.value != (None, None) else None
    values = {v.casefold(): v for v in catalogue.value_counts[facet.name]}
    return values.get(str(slot.value).casefold())
