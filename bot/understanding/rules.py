"""The fall-back reader: intent and slots from cue words and the catalogue's names, English only, no model.

Answers what the model would: values are words of the message or the screen, linked later (`resolve.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.understanding import cues, stance
from bot.understanding.mentions import Found, Mentions
from bot.understanding.number_phrases import number_phrases
from bot.understanding.phrases import about_phrases
from bot.understanding.reading import Intent, MessageInContext, Polarity, Request
from bot.understanding.requests import detect_request
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import Linker, number_style

ABOUT_US = {Request.CAPABILITIES, Request.START_OVER, Request.FORGET_ME, Request.SHOW_MEMORY, Request.UNDO}


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What the rules read: slots in the order of the message."""

    intent: Intent
    slots: tuple[RawSlot, ...]


class RuleReader:
    """Reads a message by rules. Never fails; a message it cannot place is `other` without slots."""

    def __init__(self, catalogue: Catalogue, linker: Linker, this_year: Callable[[], int]) -> None:
        schema = catalogue.schema
        self._this_year = this_year
        self._mentions = Mentions(catalogue, linker)
        self._nouns = (*schema.nouns, *schema.plural_nouns)
        self._categories = {f.name for f in schema.facets if f.kind is FacetKind.CATEGORY}
        self._entities = {f.name for f in schema.facets if f.kind is FacetKind.ENTITY}
        self._numbers = [(f.name, number_style(catalogue, f)) for f in schema.facets if f.kind is FacetKind.NUMBER]

    def read_raw(self, message: MessageInContext) -> RuleReading:
        """The message's intent and slots."""
        text = message.message.replace("’", "'")
        request = detect_request(text)
        if request in ABOUT_US and request is not Request.UNDO:
            return RuleReading(Intent.HELP, ())
        found = self._slots(text, message)
        head = text[: min((f.start for f in found if f.slot == "item"), default=len(text))]
        named = {f.value.lower() for f in found if f.slot == "item"}
        there = self._mentions.pointed_at(head, message, alone=not named) if head.strip() else ()
        pointed = tuple(title for title in there if title.lower() not in named)
        if pointed:  # "the cheaper one" points; it asks for nothing
            found = [f for f in found if f.slot != "about" or not text[: f.start].lower().endswith("the ")]
        intent = self._intent(text, message, found, pointed, request)
        if intent is not Intent.RECOMMEND or _reacts(head):
            refused = self._contrasted(head, message)
            attitude = _reaction(head, intent)
            found += [Found(-1, -1, "item", t, attitude if not refused else -1 if t in refused else 1) for t in pointed]
        if intent is Intent.RECOMMEND and not found:
            found = self._confirmed(text, message)
        return RuleReading(intent, tuple(self._raw(f, text, intent, request, found) for f in found))

    def _contrasted(self, text: str, message: MessageInContext) -> tuple[str, ...]:
        """The refused one of "not the second, the third"; empty where no two shown items are set against each other."""
        text = " ".join(text.split())
        for pattern in (stance.NOT_THIS_BUT_THAT, stance.THAT_NOT_THIS):
            if message.shown and (m := pattern.search(text)):
                no, yes = (self._mentions.pointed_at(m[side], message) for side in ("no", "yes"))
                if no and yes and not set(no) & set(yes):
                    return no
        return ()

    def _slots(self, text: str, message: MessageInContext) -> list[Found]:
        found = self._mentions.named(text, message.shown)
        taken = [(f.start, f.end) for f in found]
        for name, style in self._numbers:
            for phrase in number_phrases(text, style, self._this_year(), taken):
                found.append(Found(phrase.start, phrase.end, name, phrase.text))
                taken.append((phrase.start, phrase.end))
        categories = [(f.start, f.end) for f in found if f.slot in self._categories]
        needs = about_phrases(text, taken, categories, self._nouns)
        found += [Found(p.start, p.end, "about", p.text) for p in needs if p.text.casefold() not in self._categories]
        return sorted(found, key=lambda f: f.start)

    def _raw(self, found: Found, text: str, intent: Intent, request: Request | None, others: list[Found]) -> RawSlot:
        if found.polarity is not None:
            return RawSlot(found.slot, found.value, found.polarity)
        polarity = _polarity(text, found, isinstance_number=found.slot in {n for n, _ in self._numbers})
        if polarity == -1 and found.slot != "item" and self._past_refusal(found, text, others):
            polarity = 1
        if request is Request.UNDO or (intent in {Intent.ASK, Intent.COMPARE} and polarity == 1):
            polarity = 0
        if intent is Intent.ACCEPT and found.slot == "item" and polarity == 0:
            polarity = 1
        return RawSlot(found.slot, found.value, polarity)

    def _past_refusal(self, found: Found, text: str, others: list[Found]) -> bool:
        """Whether a refusal before ended with another name: "without Al Pacino in Italian", "not white size 44"."""
        before = max((f for f in others if f.start >= 0 and f.end <= found.start), key=lambda f: f.end, default=None)
        if before is None or not _negated(text, before.start):
            return False
        between = text[before.end : found.start].lower()
        labelled = re.fullmatch(rf"\s+(?:in\s+)?{re.escape(found.slot.lower())}\s+", between)
        named = before.slot == "item" or before.slot in self._entities
        return bool(labelled) or (named and before.slot != found.slot and between.strip() == "in")

    def _confirmed(self, text: str, message: MessageInContext) -> list[Found]:
        """ "Yes" to the assistant's "do you like comedies?" states that taste."""
        last = message.context[-1] if message.context else ""
        if not cues.AFFIRM.search(text) or "?" not in last:
            return []
        question = last[: last.rfind("?")]
        question = question[max(question.rfind("."), question.rfind("!")) + 1 :]
        named = [f for f in self._mentions.named(question) if f.slot != "item"]
        return [Found(-1, -1, f.slot, f.value, 1) for f in named] if len(named) == 1 else []

    def _intent(
        self,
        text: str,
        message: MessageInContext,
        found: list[Found],
        pointed: tuple[str, ...],
        request: Request | None,
    ) -> Intent:
        items = [f for f in found if f.slot == "item"]
        wishes = [f for f in found if f.slot != "item"]
        asks = bool(cues.WISH.search(text))
        sides = len(items) or len(pointed)
        if _compares(text, sides, asks=asks, on_screen=bool(message.shown) and not wishes):
            return Intent.COMPARE
        if (accepts := cues.ACCEPT.search(text)) and not _negated(text, accepts.start()):
            return Intent.RECOMMEND if cues.MORE.search(text) else Intent.ACCEPT
        if self._is_question(text, request, bool(items or pointed or message.shown or message.context), asks):
            return Intent.ASK
        reacts = any(
            p.search(text) for p in (cues.LIKED, cues.DISLIKED, cues.SEEN, cues.MORE)
        ) or cues.SHORT_REACTION.search(text)
        fresh = [f for f in items if not self._mentions.stands_in(f.value, message)]
        if wishes and not (reacts and not asks and all(f.slot == "about" for f in wishes)):
            return Intent.RECOMMEND
        if self._confirmed(text, message) or (fresh and (asks or _offers(text))):
            return Intent.RECOMMEND
        if pointed and not found and not reacts and not asks:
            return Intent.FEEDBACK
        return self._bare(text, message, reacts=bool(reacts), asks=asks, found=bool(found))

    @staticmethod
    def _bare(text: str, message: MessageInContext, *, reacts: bool, asks: bool, found: bool) -> Intent:
        """The intent of a message that names nothing new."""
        explicit = asks and not (cues.MORE.search(text) and (message.shown or message.context))
        if cues.BYE.search(text) and not found and not (explicit and "?" in text):
            return Intent.BYE
        if cues.GREET.search(text) and not cues.GREET_REST.sub("", text).strip(" ,.!?'"):
            return Intent.GREET
        if reacts and (message.context or message.shown or found) and not explicit:
            return Intent.FEEDBACK
        if asks or found:
            return Intent.RECOMMEND
        if cues.GREET.search(text):
            return Intent.GREET
        return Intent.FEEDBACK if reacts else Intent.OTHER

    @staticmethod
    def _is_question(text: str, request: Request | None, referent: bool, asks: bool) -> bool:
        if request in {Request.WHY, Request.DESCRIBE}:
            return True
        tail = cues.ASK_TAIL.search(text)
        return (
            referent
            and bool(tail or (cues.ASK.search(text) and not asks))
            and ("?" in text or bool(tail) or cues.ASK.search(text) is not None)
        )


def _offers(text: str) -> bool:
    """Whether titles are named as tastes, not merely as seen."""
    return bool(
        re.search(r"\bhave you\b", text, re.IGNORECASE) or not cues.SEEN.search(text) or cues.LIKED.search(text)
    )


def _compares(text: str, sides: int, *, asks: bool, on_screen: bool) -> bool:
    if cues.COMPARE.search(text):
        return sides > 1 or on_screen or (bool(sides) and not asks)
    return sides > 1 and "?" in text and " or " in text and not asks


def _reacts(head: str) -> bool:
    """Whether the words before any new name react to something already on the table ("not that one", "like that")."""
    patterns = (cues.LIKED, cues.DISLIKED, cues.SEEN, stance.LIKE_THAT)
    return any(p.search(head) for p in patterns)


def _negated(text: str, start: int) -> bool:
    """Whether position `start` lies in the scope of a negation before it."""
    found = list(stance.NEGATION.finditer(text, 0, start))
    return bool(found) and not stance.SCOPE_END.search(text, found[-1].end(), start)


def _polarity(text: str, found: Found, *, isinstance_number: bool) -> Polarity:
    """The stance towards what stands at `found`."""
    clause = text[max(text.rfind(c, 0, found.start) for c in ".!?;") + 1 : found.start]
    if stance.TAKEN_BACK.search(clause) or stance.SOFTENED.search(clause):
        return 0
    if isinstance_number:
        digit = re.search(r"['’$€£]?(?:\d|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ties)", found.value)
        upto = text[: found.start + (digit.start() if digit else 0)]
        return -1 if stance.REFUSED_NUMBER.search(upto) else 1
    if stance.REPEATED_NO.search(text[: found.start]):
        return 1
    if _negated(text, found.start) and not found.value.lower().startswith("not "):
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


def _reaction(text: str, intent: Intent) -> Polarity:
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
