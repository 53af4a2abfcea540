"""The dial between familiar and new in the visitor's own words: "less mainstream", "hidden gems", "only popular ones".

A question about one message and its reading, asked after whoever read it: no reader has a slot for how well known
something is, and what it makes of such words is a need that no text answers. A value or title of the catalogue that is
called so goes first ("the series Unknown"), and how *recent* something is ("new films") is no matter of the dial.
English only; knows no catalogue and no ranking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.dialogue.cues import asks_which
from bot.understanding.reading import Intent, Reading, Request, Slot

NEW, FAMILIAR = 0.8, 0.2  #: where a wish puts the dial; saying it again goes to the end of it

_KNOWN = r"(?:mainstream|popular|(?:(?:well|better|best|widely)[- ]?)?known|famous|best[- ]?sell(?:ers?|ing))"
_RARE = (
    r"(?:obscure|niche|unknown|unpopular|under-?rated|overlooked|unheard[- ]of|(?:lesser|little|less)[- ]known"
    r"|under the radar|off the beaten (?:path|track))"
)
_LESS = (
    r"(?:less|lesser|not|no|nothing|too|isn'?t|aren'?t|don'?t (?:want|need|like)|without|avoid|hate"
    r"|(?:tired|sick|enough) of|fed up with|anything but)"
)
_BETWEEN = (
    r"(?:(?:all|the|so|too|that|very|really|quite|as|such|an?|any|more|most|these|those|something|anything)\s+){0,3}"
)
_MORE = r"(?:more|most|only|just|really|very|super|quite|rather|pretty|some|any|something|anything|things?|stuff|ones)"
_ADJECTIVE = re.compile(
    rf"(?<!\w)(?P<less>{_LESS}\s+{_BETWEEN})?(?P<more>{_MORE}\s+(?:(?:that|which)(?:'s| is| are)\s+)?{_BETWEEN})?"
    rf"(?:(?P<rare>{_RARE})|(?P<known>{_KNOWN}(?!\s+(?:for|as)\b)))(?!\w|-)"
    r"(?=(?P<after>(?:\s+(?P<head>[^\W_]+))?))",
    re.I,
)
_THINGS = r"(?:something|anything|stuff|things?|ones?|some|those|picks?|titles?|options?)"
_SOMEBODY = r"(?:everyone|everybody|most people|all)"
_NOBODY = r"(?:no ?(?:body|one)|hardly any(?:one|body)|few(?: people)?|not many(?: people)?)"
_WE = r"(?:i|we)(?:'ve| have|ve)?"
_KNOW = r"(?:(?:has |have )?(?:ever )?heard (?:of|about)|knows?(?: about)?)"
_NEW_TO_ME = re.compile(
    rf"(?<!\w)(?:hidden (?:gems?|treasures?)"
    rf"|{_THINGS} (?:(?:(?:that|which)(?:'s)?|all|completely|totally|is|are) ){{0,3}}(?:new|unfamiliar) to (?:me|us)"
    rf"|(?:that|which|{_THINGS}) {_NOBODY} {_KNOW}"
    rf"|(?P<head>[^\W_]+) (?:(?:that|which) )?(?:{_WE} (?:never|not|haven'?t)(?: ever)? heard (?:of|about)"
    rf"|(?:i|we) (?:haven'?t|have not|havent)(?: ever)? heard (?:of|about)|(?:i|we) (?:don'?t|do not|wouldn'?t) know))"
    r"(?: (?:yet|before|already))?(?=\W*$|\W*[,.;!?]|\s+(?:and|but|with|from|for|please|pls|tonight)\b)",
    re.I,
)
_KNOWN_TO_ALL = re.compile(
    rf"(?<!\w)(?:that|which|{_THINGS}) (?:{_SOMEBODY} (?:{_KNOW}|(?:is |are )?talk(?:s|ing)? about)"
    rf"|{_WE} (?:already |probably |actually )?(?:heard (?:of|about)))(?=\W|$)",
    re.I,
)
_EITHER = re.compile(
    rf"(?<!\w)(?:{_KNOWN}|{_RARE}) or (?:not|{_KNOWN}|{_RARE})(?!\w)"
    rf"|(?<!\w)(?:{_KNOWN}|{_RARE})(?: \w+)? (?:is|are|would be) (?:fine|ok|okay|alright)(?: too| again)?(?!\w)"
    rf"|(?:doesn'?t|does not|don'?t|do not) (?:have to be|need to be|(?:matter|care|mind) how) {_BETWEEN}"
    rf"(?:{_KNOWN}|{_RARE})(?!\w)",
    re.I,
)
_TOLD = re.compile(r"\b(?:it|that|this|he|she|they)(?:'s|\s+(?:is|was|were|are|got|became))\b", re.I)
_FILLERS = frozenset(
    """a an and any anything bit but even give i just like little me more much of one ones only please pls show some
    something stuff than that the them these thing things those to very want""".split()  # noqa: SIM905 - words to read
)
_FOLLOWING = _FILLERS | {"for", "from", "in", "on", "with", "without", "or", "if", "instead", "tonight", "now", "too"}


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a message asks of the dial: `novelty` in [0, 1], None: it may stand where it stood; the words that say it,
    as (start, end) in the message."""

    novelty: float | None
    place: tuple[int, int]


def dialled(reading: Reading, said: str, nouns: Iterable[str], before: float | None) -> tuple[Dialled | None, Reading]:
    """What a message `said` asks of the dial, None where it asks nothing; and its reading without the words for it.

    `nouns` are what visitors call an item, casefolded; `before` is where they had set the dial.
    """
    text = said.replace("’", "'")
    found = _found(reading, text, frozenset(nouns)) if _may_ask(reading) and not asks_which(text) else None
    if found is None or any(_is_ours(slot) and _apart(slot, text, found) is not None for slot in reading.slots):
        return None, reading
    slots = [kept for slot in reading.slots if (kept := _without(slot, text, found)) is not None]
    return replace(found, novelty=_further(found.novelty, before)), replace(reading, slots=tuple(slots))


def takes_back_dial(reading: Reading, said: str, nouns: Iterable[str]) -> bool:
    """Whether an undo names what was asked of the dial: "forget that I said less popular"."""
    return dialled(replace(reading, intent=Intent.OTHER, request=None), said, nouns, None)[0] is not None


def _may_ask(reading: Reading) -> bool:
    return reading.intent not in (Intent.ASK, Intent.COMPARE, Intent.ACCEPT, Intent.HELP, Intent.BYE) and (
        reading.request in (None, Request.START_OVER)
    )


def _found(reading: Reading, text: str, nouns: frozenset[str]) -> Dialled | None:
    values = {word for slot in reading.slots if slot.slot != "about" for word in slot.said.casefold().split()}
    named = nouns | values | {"ones", "stuff", "things"}
    if m := _EITHER.search(text):
        return Dialled(None, m.span())
    if (m := _NEW_TO_ME.search(text)) and (not m["head"] or m["head"].casefold() in named | _FILLERS):
        start = m.end("head") if m["head"] and m["head"].casefold() in values else m.start()
        return Dialled(NEW, (start, m.end()))
    if m := _KNOWN_TO_ALL.search(text):
        return Dialled(FAMILIAR, m.span())
    for m in _ADJECTIVE.finditer(text):
        head = (m["head"] or "").casefold()
        asked = m["less"] or m["more"] or head in named or m.group() == text.strip(" .!?")
        if asked and (not head or head in named | _FOLLOWING) and (m["less"] or not _TOLD.search(text)):
            return Dialled(NEW if bool(m["less"]) != bool(m["rare"]) else FAMILIAR, m.span())
    return None


def _further(novelty: float | None, before: float | None) -> float | None:
    """ "Even less known": at the end of the dial, where it stood on this side already."""
    if novelty is None or before is None:
        return novelty
    if novelty == NEW:
        return 1.0 if before >= NEW else NEW
    return 0.0 if before <= FAMILIAR else FAMILIAR


def _is_ours(slot: Slot) -> bool:
    """Whether the catalogue has what the slot names."""
    if slot.slot == "item":
        return slot.item_id is not None
    return slot.slot != "about" and (slot.relative is not None or slot.known)


def _apart(slot: Slot, text: str, found: Dialled) -> str | None:
    """What the slot's words say beside those of the dial; None where they have none in common."""
    words = slot.said or str(slot.value)
    start = text.casefold().find(words.replace("’", "'").casefold())
    low, high = max(start, found.place[0]), min(start + len(words), found.place[1])
    return None if start < 0 or low >= high else f"{text[start:low]} {text[high : start + len(words)]}"


def _without(slot: Slot, text: str, found: Dialled) -> Slot | None:
    """The slot with what else it says; None where that is nothing."""
    rest = _apart(slot, text, found)
    if rest is None:
        return slot
    words = rest.split()
    telling = [n for n, word in enumerate(words) if word.strip(".,;!?").casefold() not in _FILLERS]
    kept = " ".join(words[telling[0] : telling[-1] + 1]) if telling else ""
    return replace(slot, value=kept, said=kept) if kept and slot.slot == "about" else None
