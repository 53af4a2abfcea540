"""The fall-back reader: intent and slots from cue words and the catalogue's names, English only, no model.

Answers what the model would: values are words of the message or the screen, linked later (`resolve.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from bot.understanding import cues, stance
from bot.understanding.ages import ages
from bot.understanding.comparisons import plain_amounts
from bot.understanding.lifting import lifted
from bot.understanding.mentions import Found, Mentions
from bot.understanding.number_slots import number_facets, numbers_said
from bot.understanding.phrases import about_phrases, free
from bot.understanding.reading import Intent, MessageInContext, Request
from bot.understanding.requests import detect_request
from bot.understanding.rule_signs import negated, polarity, reaction
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import Linker
from retrieval.linking.text import FUNCTION_WORDS, words

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
        self._items = {item.title: item for item in catalogue.items}
        self._called = {f.name: tuple({f.name, f.label.casefold()} - {""}) for f in schema.facets}
        self._this_year, self._linker = this_year, linker
        self._mentions = Mentions(catalogue, linker)
        self._nouns = (*schema.nouns, *schema.plural_nouns)
        self._categories = {f.name for f in schema.facets if f.kind is FacetKind.CATEGORY}
        self._entities = {f.name for f in schema.facets if f.kind is FacetKind.ENTITY}
        self._numbers = number_facets(catalogue)

    def read_raw(self, message: MessageInContext) -> RuleReading:
        """The message's intent and slots."""
        text = message.message.replace("’", "'")
        request = detect_request(text)
        if request in ABOUT_US and request is not Request.UNDO:
            return RuleReading(Intent.HELP, ())
        found = self._slots(text, message)
        if (end := _corrected_until(text)) and any(f.start >= end for f in found):
            text = " " * end + text[end:]  # "cheaper? no, I mean shorter" says shorter
            request, found = detect_request(text), [f for f in found if f.start >= end]
        head = text[: min((f.start for f in found if f.slot == "item"), default=len(text))]
        named = {f.value.lower() for f in found if f.slot == "item"}
        there = self._mentions.pointed_at(head, message, alone=not named) if head.strip() else ()
        pointed = tuple(title for title in there if title.lower() not in named)
        if pointed:  # "the cheaper one" points; it asks for nothing
            found = [f for f in found if f.slot != "about" or not text[: f.start].lower().endswith("the ")]
        intent = self._intent(text, message, found, pointed, request)
        if intent is not Intent.RECOMMEND or _reacts(head):
            refused = self._contrasted(head, message)
            attitude = reaction(head, intent)
            found += [Found(-1, -1, "item", t, attitude if not refused else -1 if t in refused else 1) for t in pointed]
        if (other := self._refused_value(text, message, pointed)) is not None:
            intent, found = Intent.RECOMMEND, [f for f in found if f.slot != "item"] + other
        if not found:
            intent, found = self._implied(intent, text, message)
        return RuleReading(intent, tuple(self._raw(f, text, intent, request, found) for f in found))

    def _implied(self, intent: Intent, text: str, message: MessageInContext) -> tuple[Intent, list[Found]]:
        """What a message that names nothing says by what it lifts, confirms or adds to the list."""
        if intent in {Intent.OTHER, Intent.FEEDBACK} and lifted(text, self._called):
            intent = Intent.RECOMMEND
        if intent is Intent.RECOMMEND:
            return intent, self._confirmed(text, message)
        bare = self._bare_need(text, message) if intent is Intent.OTHER else []
        return (Intent.RECOMMEND, bare) if bare else (intent, [])

    @cached_property
    def _written(self) -> frozenset[str]:
        """The words that titles and texts of the catalogue are written in."""
        return frozenset(w for item in self._items.values() for w in words(f"{item.title} {item.text}"))

    def _bare_need(self, text: str, message: MessageInContext) -> list[Found]:
        """ "Waterproof", "not a wallet", said to a list: a word or two that the catalogue's own texts use."""
        found = cues.BARE_NEED.match(text) if message.shown else None
        said = words(found["need"]) if found else ()
        if found is None or not said or any(w in FUNCTION_WORDS or w not in self._written for w in said):
            return []
        return [Found(*found.span("need"), "about", found["need"], -1 if found["no"] else 1)]

    def _refused_value(self, text: str, message: MessageInContext, pointed: tuple[str, ...]) -> list[Found] | None:
        """The value of the item in focus that "not that brand" refuses; None where nothing of the kind is said.

        In focus is what is pointed at, else everything on the screen: they must share the value, which must be one.
        """
        for facet, names in self._called.items():
            if not re.search(rf"{cues.REFUSES_THAT}(?:{'|'.join(map(re.escape, names))})\b", text, re.IGNORECASE):
                continue
            titles = pointed or tuple(s.title for s in message.shown)
            values = {v for t in titles if t in self._items for v in self._items[t].values(facet)}
            return [Found(-1, -1, facet, values.pop(), -1)] if len(values) == 1 else []
        return None

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
        for age in ages(text, self._nouns):
            if free((age.start, age.end), taken):
                found.append(Found(age.start, age.end, "about", age.text))
            taken.append((age.start, age.end))
        for name, phrase in numbers_said(text, self._numbers, self._this_year(), tuple(taken)):
            found.append(Found(phrase.start, phrase.end, name, phrase.text))
            taken.append((phrase.start, phrase.end))
        categories = [(f.start, f.end) for f in found if f.slot in self._categories]
        needs = about_phrases(text, taken, categories, self._nouns)
        called = {name for names in self._called.values() for name in names}
        found += [Found(p.start, p.end, "about", p.text) for p in needs if p.text.casefold() not in called]
        amounts = plain_amounts(text, [*taken, *((p.start, p.end) for p in needs)], self._linker)
        found += [Found(start, end, "about", text[start:end]) for start, end in amounts]
        return sorted(found, key=lambda f: f.start)

    def _raw(self, found: Found, text: str, intent: Intent, request: Request | None, others: list[Found]) -> RawSlot:
        if found.polarity is not None:
            return RawSlot(found.slot, found.value, found.polarity)
        sign = polarity(text, found, is_number=found.slot in {n.name for n in self._numbers})
        if sign == -1 and found.slot != "item" and self._past_refusal(found, text, others):
            sign = 1
        if request is Request.UNDO or (intent in {Intent.ASK, Intent.COMPARE} and sign == 1):
            sign = 0
        if intent is Intent.ACCEPT and found.slot == "item" and sign == 0:
            sign = 1
        return RawSlot(found.slot, found.value, sign)

    def _past_refusal(self, found: Found, text: str, others: list[Found]) -> bool:
        """Whether a refusal before ended with another name: "without Al Pacino in Italian", "not white size 44"."""
        before = max((f for f in others if f.start >= 0 and f.end <= found.start), key=lambda f: f.end, default=None)
        if before is None or not negated(text, before.start):
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
        if (accepts := cues.ACCEPT.search(text)) and not negated(text, accepts.start()):
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
        if cues.ASK_ABOUT_IT.search(text) and ("?" in text or referent):
            return True
        tail = cues.ASK_TAIL.search(text)
        return (
            referent
            and bool(tail or (cues.ASK.search(text) and not asks))
            and ("?" in text or bool(tail) or cues.ASK.search(text) is not None)
        )


def _corrected_until(text: str) -> int:
    """Where what a message puts in the place of its first words begins ("no wait, …", "I mean …"); 0: nowhere."""
    return max((m.end() for m in cues.CORRECTED.finditer(text)), default=0)


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
