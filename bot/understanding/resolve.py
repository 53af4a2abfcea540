"""Copied words -> slots that mean something in this catalogue: linked, ranged, with op, force and relative.

The door to resolving: says which words are whose, and what a message as a whole does with its slots. Names are
resolved in `name_slots.py`, values and needs in `need_slots.py`, signs in `signs.py`. Knows no state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.understanding import cues, stance
from bot.understanding.ages import told
from bot.understanding.alternatives import as_alternatives
from bot.understanding.asked_names import AskedNames
from bot.understanding.comparisons import as_comparison, asks_extreme, excess
from bot.understanding.conjuncts import with_conjuncts
from bot.understanding.governed import places
from bot.understanding.heard import Heard, find
from bot.understanding.lifting import lifted
from bot.understanding.limits import joined
from bot.understanding.name_slots import NameSlots
from bot.understanding.need_slots import NeedSlots
from bot.understanding.number_slots import number_facets
from bot.understanding.pointing import pointing_clause, settle, trimmed
from bot.understanding.projection import project
from bot.understanding.reading import Intent, MessageInContext, Op, Request, Slot
from bot.understanding.requests import detect_request
from bot.understanding.signs import as_governed, as_refused, commits, scorns, with_praise
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import Linker, ValueMention
from retrieval.linking.text import words

__all__ = ["Resolver", "project"]

_TOLD_ABOUT = re.compile(r"\b(?:about|describe|on)\s+(?P<what>[^.!?;]{2,60}?)\s*[.!?]*$", re.I)
_REFUSES = re.compile(r"(?:no|non|not|without|zero)\b", re.I)  #: how the name of a value may begin
_OF_US = {Request.CAPABILITIES, Request.START_OVER, Request.FORGET_ME, Request.SHOW_MEMORY}


class Resolver:
    """Turns what a reader copied into slots. Deterministic; never fails on a visitor's words."""

    def __init__(self, catalogue: Catalogue, linker: Linker, this_year: Callable[[], int]) -> None:
        self._linker = linker
        schema = catalogue.schema
        self._nouns = frozenset(n.casefold() for n in (*schema.nouns, *schema.plural_nouns))
        self._by_id = catalogue.by_id
        self._kinds = {f.name: f.kind for f in schema.facets}
        self._labels = {f.name: f.label for f in schema.facets}
        self._names = {"item", *(f.name for f in schema.facets if f.kind is FacetKind.ENTITY)}
        self._numbers = number_facets(catalogue)
        self._needs = NeedSlots(catalogue, linker, this_year)
        self._named = NameSlots(catalogue, linker, self._needs)
        self._asked = AskedNames(catalogue, linker)

    def resolve(
        self, intent: Intent, raw_slots: Sequence[RawSlot], message: MessageInContext
    ) -> tuple[Intent, tuple[Slot, ...], Request | None]:
        """The intent, the slots and the request of a message."""
        request = detect_request(message.message, raw_slots)
        if request in _OF_US:
            return Intent.HELP, (), request
        if scorns(message.message):
            intent, raw_slots = Intent.FEEDBACK, [raw for raw in raw_slots if raw.slot == "item"]
        slots = [slot for heard in self._heard(intent, raw_slots, message) for slot in self._slot(heard)]
        request, slots = self._requested(request, slots, message)
        slots = self._without_makers(slots, message.message)
        slots = as_alternatives(slots, message.message, self._linker, self._nouns)
        if intent is Intent.RECOMMEND:
            slots = joined([self._needs.wished(s, message.message) for s in slots])
        intent = _intended(intent, request, slots, message)
        if request is None and asks_extreme(message, self._linker):
            return Intent.COMPARE, _deduplicated(as_comparison(slots)), None
        intent, named = self._asked.added((intent, slots), request, message)
        found = with_praise(intent, _deduplicated(named), message.message)
        if intent is Intent.FEEDBACK and request is None and any(_is_news(s, message) for s in found):
            intent = Intent.RECOMMEND  # a reaction with something new to go by
        if request is None and (more := excess(intent, found, message, self._linker)):
            intent, found = Intent.FEEDBACK if intent is Intent.OTHER else intent, (*found, *more)
        return intent, found, request

    def _requested(
        self, request: Request | None, slots: list[Slot], message: MessageInContext
    ) -> tuple[Request | None, list[Slot]]:
        """The slots as a request makes of them: what is described, taken back or, without one, does not matter."""
        if request is Request.DESCRIBE and not slots:
            slots = self._described(message)
        if request is not Request.UNDO:
            return request, slots + self._lifted(slots, message.message)
        if corrected := _corrected(slots, message.message):
            return None, corrected
        taken_back = [replace(s, polarity=0, op=Op.REMOVE) for s in slots]
        return request, taken_back or self._facets_named(message.message)

    def comparative_value(self, word: str) -> tuple[str, str] | None:
        """The category value a comparative leans to ("funnier" -> genre, comedy): a soft preference, else None."""
        return self._linker.comparative_value(word)

    def _heard(self, intent: Intent, raw_slots: Sequence[RawSlot], message: MessageInContext) -> list[Heard]:
        """The copied slots as the screen and the message bear them out, each with its place and those of names."""
        every = with_conjuncts(raw_slots, message.message, self._linker.scan)
        whole = self._whole(told(every, message.message, self._nouns), message.message)
        copied = [trimmed(raw, message, self._linker, self._nouns) for raw in whole]
        settled = settle(intent, copied, message, self._linker)
        names = places(message.message, [raw.value for raw in settled if raw.slot in self._names])
        at = [find(message.message, raw.value) for raw in settled]
        several = sum(raw.slot == "item" for raw in settled) > 1
        clauses = [pointing_clause(raw, message, self._linker) if several else "" for raw in settled]
        return [Heard(message, *one) for one in zip(settled, at, [names] * len(at), clauses, strict=True)]

    def _whole(self, raw_slots: Sequence[RawSlot], text: str) -> list[RawSlot]:
        """A copied part of a value's longer name as that name: "leather" of "vegan leather", which is not leather.

        A leather jacket is of leather and a jacket: names whose every word is a value stay apart.
        """
        long = [v for v in self._linker.scan_values(text) if self._is_one(v)]

        def whole(raw: RawSlot) -> RawSlot:
            if self._kinds.get(raw.slot, FacetKind.CATEGORY) is not FacetKind.CATEGORY or raw.slot == "item":
                return raw
            places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(raw.value)}(?!\w)", text, re.I)]
            within = [v for v in long if places and all(v.start <= p < v.end for p in places)]
            if within and _REFUSES.match(within[0].text):  # "no meat" is a name of vegetarian, which is wanted
                return replace(raw, slot=within[0].facet, value=text[within[0].start : within[0].end], polarity=1)
            if not within or len(within[0].text) <= len(raw.value):
                return raw
            return replace(raw, slot=within[0].facet, value=text[within[0].start : within[0].end])

        return [whole(raw) for raw in raw_slots] if long else list(raw_slots)

    def _is_one(self, named: ValueMention) -> bool:
        parts = named.text.split()
        category = self._kinds[named.facet] is FacetKind.CATEGORY
        return category and len(parts) > 1 and not all(self._linker.scan_values(part) for part in parts)

    def _without_makers(self, slots: list[Slot], text: str) -> list[Slot]:
        """The slots without a name that begins or ends an item's: "converse" of "converse chuck 70" is part of it."""
        items = [s for s in slots if s.item_id in self._by_id and s.polarity > 0 and find(text, s.said) >= 0]

        def is_part(slot: Slot) -> bool:
            at = find(text, slot.said)
            return any(
                at >= 0
                and str(slot.value) in self._by_id[str(item.item_id)].values(slot.slot)
                and _adjacent((at, at + len(slot.said)), find(text, item.said), item.said, text)
                for item in items
            )

        return [s for s in slots if self._kinds.get(s.slot) is not FacetKind.ENTITY or not s.polarity or not is_part(s)]

    def is_category(self, facet: str) -> bool:
        """Whether a slot is a category of the catalogue."""
        return self._kinds.get(facet) is FacetKind.CATEGORY

    def _described(self, message: MessageInContext) -> list[Slot]:
        """The item that "tell me about …" ends with, by its whole title: "alien" is no need then."""
        found = _TOLD_ABOUT.search(message.message)
        raw = RawSlot("item", found["what"], 0) if found else None
        slots = [] if raw is None else self._named.item(Heard(message, raw, found.start("what") if found else -1))
        return [slot for slot in slots if slot.item_id is not None]

    def _lifted(self, slots: Sequence[Slot], text: str) -> list[Slot]:
        """The facets that the message says do not matter ("any brand"), as wholes, unless it states one of them."""
        stated = {s.slot for s in slots if s.polarity}
        called = {n: tuple({n, self._labels[n].casefold()} - {""}) for n in self._kinds if n not in stated}
        return [Slot(name, name, 0, Op.REMOVE, said=name) for name in lifted(text, called)]

    def _facets_named(self, text: str) -> list[Slot]:
        """The facets that a taking back names ("never mind the year"), each as a whole."""
        said = set(words(text.casefold()))
        named = [n for n in self._kinds if said & {*words(n.casefold()), *words(self._labels[n].casefold())}]
        relative = [way[0] for word in said if (way := self._linker.relative(word))]
        return [Slot(name, name, 0, Op.REMOVE, said=name) for name in dict.fromkeys((*named, *relative))]

    def _slot(self, heard: Heard) -> Iterable[Slot]:
        heard = as_refused(heard)
        if heard.raw.slot == "item":
            return self._named.item(as_governed(heard))
        match self._kinds.get(heard.raw.slot):
            case FacetKind.ENTITY:
                return self._named.entity(as_governed(heard))
            case FacetKind.CATEGORY:
                return self._needs.category(heard)
            case FacetKind.NUMBER:
                return self._needs.number(self._counted(heard))
            case _:
                return self._needs.need(heard)

    def _counted(self, heard: Heard) -> Heard:
        """A number as one of the facet that is named beside it: "at least 40 seats" is no price."""
        text, raw = heard.message.message, heard.raw
        named = [f.name for f in self._numbers if heard.start >= 0 and f.is_named_in(text, heard.start, raw.value)]
        return replace(heard, raw=replace(raw, slot=named[0])) if named and raw.slot not in named else heard


def _intended(intent: Intent, request: Request | None, slots: Sequence[Slot], message: MessageInContext) -> Intent:
    """The intent that a message's request and slots leave: a question, a commitment, a reaction, or as it was read."""
    if request in {Request.WHY, Request.DESCRIBE} and not any(s.polarity for s in slots if s.slot != "item"):
        intent = Intent.ASK
    if request is None and intent is not Intent.COMPARE and cues.tells_occasion(message.message):
        return Intent.RECOMMEND
    if intent in {Intent.RECOMMEND, Intent.FEEDBACK} and commits(message.message, slots):
        return Intent.ACCEPT
    if intent is Intent.OTHER and message.shown and cues.EXTREME.match(message.message):
        return (
            Intent.COMPARE if len(message.shown) > 1 else Intent.ASK
        )  # "the lightest?", which no number of ours tells
    if intent is Intent.RECOMMEND and message.shown and slots and all(s.seen and s.polarity == 0 for s in slots):
        return Intent.FEEDBACK  # what was seen, said to a list, and no wish
    return intent


def _adjacent(name: tuple[int, int], start: int, said: str, text: str) -> bool:
    """Whether nothing stands between a name and the words of an item."""
    end = start + len(said)
    return not text[name[1] : start].strip() if name[1] <= start else not text[end : name[0]].strip()


def _is_news(slot: Slot, message: MessageInContext) -> bool:
    """Whether a slot says what to look for that the turns before and the screen have not named."""
    if slot.op not in {Op.ADD, Op.REPLACE} or not slot.polarity or (slot.slot == "item" and slot.polarity < 0):
        return False
    if slot.slot != "item":
        return True
    if any(slot.item_id == s.id for s in message.shown):
        return False
    earlier = words(" ".join((*message.context, *(s.title for s in message.shown))).casefold())
    return not any(_within(words(name.casefold()), earlier) for name in (str(slot.value), slot.said) if name)


def _within(name: Sequence[str], text: Sequence[str]) -> bool:
    return any(tuple(text[i : i + len(name)]) == tuple(name) for i in range(len(text)))


def _corrected(slots: Sequence[Slot], text: str) -> list[Slot]:
    """What a message puts in the place of what it takes back ("comedy, no, scratch that, a whodunit"); else empty."""
    found = stance.SCRATCHED.search(text)
    after = [s for s in slots if found and s.polarity and not 0 <= find(text, s.said) < found.end()]
    return [replace(s, op=Op.REPLACE) if s.op in {Op.REMOVE, Op.ADD} else s for s in after]


def _deduplicated(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    kept: dict[tuple[str, object], Slot] = {}
    for slot in slots:
        end = tuple(n is None for n in slot.value) if not isinstance(slot.value, str) else None
        bound = (*end, slot.polarity) if end in {(True, False), (False, True)} else None
        if bound:  # "50, ok 60 max": of two limits the last holds
            kept.pop((slot.slot, bound), None)
        key = slot.slot, bound or slot.item_id or slot.value
        kept[key] = slot if key not in kept or (kept[key].polarity == 0 and slot.polarity) else kept[key]
    return tuple(kept.values())
