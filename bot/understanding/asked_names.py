"""Names that a question or a comparison is about and that the catalogue does not have: "who directed Zorgon Nine?".

Asked of what a reader left out: without the name the question would be taken for one about something on the screen.
A name is told by its capitals, and counts only where the question's own words lead to it ("how much is the …").
Knows English questions, the linker and what visitors call a field; knows no state. A name in small letters is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.understanding import cues
from bot.understanding.heard import find
from bot.understanding.naming import is_name
from bot.understanding.pointing import LONGEST_NAME, SURE
from bot.understanding.reading import Intent, MessageInContext, Op, Request, Slot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker

Span = tuple[int, int]
MOST = 4  #: names of one message
_CAPITAL = r"(?-i:[A-ZÀ-ÖØ-Þ])"
_WORD = r"[\w'’\-]+"
#: words that begin with a capital or a digit, small words between them: "Zorgon Attack Nine", "Lord of the Zunks"
_NAME = re.compile(
    rf"(?<![\w'’])(?:\d+ )?{_CAPITAL}[\w'’\-]*"
    rf"(?::? (?:(?:of|the|in|a|to|on|de|la|van|von) ){{0,2}}(?:{_CAPITAL}|\d){_WORD}"
    rf"|:? (?:{_CAPITAL}|\d)(?![\w'’\-]))*"
)
_IS = r"(?:is|was|are|were|does|did|do|has|have|['’]?s)"
_MADE = (
    r"(?:directed|directs|wrote|made|makes|produced|designed|created|stars in|starred in|plays in|played in|acts in|"
    r"acted in|appears in|runs|cooks(?: at| in)?|owns|sells|(?:is|was|['’]?s) in)"
)
#: what stands before the name that a question is about
_LEADS = (
    rf"(?:\bwhos? {_MADE}|^\W*(?:(?:and|so|but|ok|well)\W+)?{_IS}"
    rf"|\b(?:who|what|when|where|which|how|whose)(?: \w+){{0,2}}? ?{_IS}(?: the \w+(?: \w+)? (?:of|for|in|at))?"
    r"|\b(?:tell me|know|info|details)(?: \w+)? (?:about|on)|\bwhat about|\bdescribe)"
    r"\s+(?:the |an? )?(?:(?:{nouns}) )?[\"'“‘]?$"
)
_COMPARES = re.compile(
    r"^\W*(?:(?:please|can you|could you|ok|and)\W+)*(?:compare\b|what(?:['’]?s| is) the difference between\b|"
    r"(?:which|what) is (?:better|cheaper)\b)",
    re.I,
)
#: the question is of something pointed at, and the name is only what it asks: "does it come with Zunk?"
_POINTS = re.compile(
    r"\b(?:it|its|this|that|these|those|they|them|one|ones|any(?! good)|anything|there|he|she|his|her)\b", re.I
)
#: questions of what things in a catalogue are like, whatever its columns
_OF_A_THING = (
    rf"\bwhos? {_MADE}|\bhow (?:long|much|old|big|expensive|good|scary)\b|\b(?:price|cost|length|plot|story) of\b|"
    r"\babout\W*$|\bcome out\b|\breleased\b|\bany good\b|\bworth (?:it|watching|reading|buying)\b"
)
_QUESTIONS = frozenset({Intent.ASK, Intent.OTHER, Intent.RECOMMEND, Intent.HELP, Intent.FEEDBACK})


class AskedNames:
    """Finds the names of one catalogue's messages."""

    def __init__(self, catalogue: Catalogue, linker: Linker) -> None:
        schema = catalogue.schema
        self._linker = linker
        self._nouns = frozenset(n.casefold() for n in (*schema.nouns, *schema.plural_nouns))
        called = {word for facet in schema.facets for word in (*schema.words_for(facet), facet.label) if word}
        fields = "|".join(map(re.escape, sorted(called, key=lambda w: (-len(w), w)))) or "(?!)"
        self._of_a_thing = re.compile(rf"{_OF_A_THING}|\b(?:{fields})\b", re.I)
        nouns = "|".join(map(re.escape, sorted(self._nouns))) or "(?!)"
        self._leads = re.compile(_LEADS.replace("{nouns}", nouns), re.I)

    def added(
        self, read: tuple[Intent, Sequence[Slot]], request: Request | None, message: MessageInContext
    ) -> tuple[Intent, tuple[Slot, ...]]:
        """Intent and slots, with an item that is not carried for every name that is asked about; else as read."""
        intent, slots = read[0], tuple(read[1])
        text = message.message
        if request not in (None, Request.DESCRIBE) or len(text) > LONGEST_NAME:
            return intent, slots
        if intent is Intent.COMPARE or (_COMPARES.match(text) and intent is not Intent.ASK):
            return self._with(self._unknown(message, slots), Intent.COMPARE, (intent, slots), text)
        of_items = any(s.slot == "item" for s in slots) or _POINTS.search(text)
        if intent not in _QUESTIONS or of_items or not (request or self._is_a_question(intent, text)):
            return intent, slots
        names = [span for span in self._unknown(message, slots) if self._leads.search(text[: span[0]])]
        return self._with(names, Intent.ASK, (intent, slots), text)

    def _is_a_question(self, intent: Intent, text: str) -> bool:
        return intent is Intent.ASK or (self._of_a_thing.search(text) is not None and _asks(text))

    @staticmethod
    def _with(
        names: Sequence[Span], then: Intent, read: tuple[Intent, tuple[Slot, ...]], text: str
    ) -> tuple[Intent, tuple[Slot, ...]]:
        """The slots outside the names and an item for each of these; as read where wishes stand beside them."""
        intent, slots = read
        left = [s for s in slots if not _inside(find(text, s.said), s.said, names)]
        if not names or (intent is Intent.RECOMMEND and any(s.slot != "item" and s.polarity for s in left)):
            return intent, slots
        found = (Slot("item", text[a:b], 0, Op.ADD, said=text[a:b], known=False) for a, b in names[:MOST])
        return then, (*left, *found)

    def _unknown(self, message: MessageInContext, slots: Sequence[Slot]) -> list[Span]:
        """The places of names that mean nothing in the catalogue and that no item of the slots holds."""
        text = message.message
        items = [(at, at + len(s.said)) for s in slots if s.slot == "item" and (at := find(text, s.said)) >= 0]
        known = [*items, *((m.start, m.end) for m in self._linker.scan(text) if m.known)]
        spans = [m.span() for m in _NAME.finditer(text) if not _begins_only(text, m)]
        free = [(a, b) for a, b in spans if not any(a < end and start < b for start, end in known)]
        return [span for span in free if self._is_new(span, message)]

    def _is_new(self, span: Span, message: MessageInContext) -> bool:
        name = message.message[slice(*span)]
        if not is_name(name, message, self._nouns):
            return False
        links = self._linker.items(name, message.shown, message.context)
        values = (v.start <= 0 and v.end >= len(name) for v in self._linker.scan_values(name))
        return not (links and links[0].confidence >= SURE) and not any(values)


def _asks(text: str) -> bool:
    return "?" in text or cues.ASK.search(text) is not None


def _begins_only(text: str, found: re.Match[str]) -> bool:
    """Whether it is no more than the capital of a sentence's first word."""
    return " " not in found.group() and not text[: found.start()].strip(" \"'“‘")


def _inside(start: int, said: str, names: Iterable[Span]) -> bool:
    return start >= 0 and any(a <= start and start + len(said) <= b for a, b in names)
