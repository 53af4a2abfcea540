"""Copied words -> slots that mean something in this catalogue: linked, ranged, with op, force and relative.

Knows the linker and English cues; knows no state.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.understanding import cues, stance
from bot.understanding.governed import asks_whether_seen, beside, said_of, said_of_those_before
from bot.understanding.naming import is_name
from bot.understanding.numbers import parse_range
from bot.understanding.pointing import MOST_REFUSED, SURE, part_of_one, pointing, settle, trimmed
from bot.understanding.projection import project
from bot.understanding.reading import Force, Intent, MessageInContext, Op, Polarity, Relative, Request, Slot
from bot.understanding.requests import detect_request
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import ItemLink, Linker, NumberStyle, number_style
from retrieval.linking.text import FUNCTION_WORDS, singular, title_cased, words

__all__ = ["Resolver", "project"]

_YEAR = re.compile(r"\s*[\(\[](?:18|19|20)\d\d[\)\]]\s*$")
_UNITS = {
    NumberStyle.DURATION: re.compile(r"\b(?:min(?:ute)?s?|h(?:ou)?rs?|h)\b", re.I),
    NumberStyle.YEAR: re.compile(
        r"\b(?:18|19|20)\d\d\b|\b'?\d0'?s\b|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ties\b"
        r"|\b(?:last|past)\s+\w+\s+(?:years|yrs|decades)\b",
        re.I,
    ),
    NumberStyle.MONEY: re.compile(r"[$€£]\s*\d|\b(?:dollars?|bucks|euros?|pounds|quid)\b", re.I),
}
NEW_VALUE = 0.001  #: a facet whose next value is a new one less often has a closed list of values
MOST_PLAIN = 3  #: words of a need that was copied as a name
_CLAUSE_END = re.compile(r"[.!?;…]|\bbut\b")
_OF_US = {Request.CAPABILITIES, Request.START_OVER, Request.FORGET_ME, Request.SHOW_MEMORY}


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message and where in it a slot's words stand (-1: not in it). `names`: those of other slots, as copied."""

    message: MessageInContext
    raw: RawSlot
    start: int
    names: tuple[str, ...] = ()

    @property
    def clause(self) -> str:
        """The words of the clause up to the slot; the whole message when the slot is not in it."""
        text = self.message.message.replace("’", "'")
        if self.start < 0:
            return text
        ends = [m.end() for m in _CLAUSE_END.finditer(text[: self.start])]
        ends += [m.end() for m in stance.SCRATCHED.finditer(text) if m.end() <= self.start]
        return text[max(ends, default=0) : self.start]

    @property
    def before(self) -> str:
        """Everything before the slot; empty when the slot is not in the message."""
        return self.message.message.replace("’", "'")[: max(self.start, 0)]

    @property
    def after(self) -> str:
        """The words that follow the slot, up to the end of the clause."""
        if self.start < 0:
            return ""
        rest = self.message.message.replace("’", "'")[self.start + len(self.raw.value) :]
        return re.split(r"[.!?;,]|\bbut\b", rest, maxsplit=1)[0]


class Resolver:
    """Turns what a reader copied into slots. Deterministic; never fails on a visitor's words."""

    def __init__(self, catalogue: Catalogue, linker: Linker, this_year: Callable[[], int]) -> None:
        self._linker = linker
        self._this_year = this_year
        facets = catalogue.schema.facets
        self._nouns = frozenset(n.casefold() for n in (*catalogue.schema.nouns, *catalogue.schema.plural_nouns))
        self._kinds = {f.name: f.kind for f in facets}
        self._labels = {f.name: f.label for f in facets}
        self._styles = {f.name: number_style(catalogue, f) for f in facets if f.kind is FacetKind.NUMBER}
        self._categories = [f.name for f in facets if f.kind is FacetKind.CATEGORY]
        self._entities = [f.name for f in facets if f.kind is FacetKind.ENTITY]
        self._closed = {name for name in self._categories if _is_closed(catalogue, name)}

    def resolve(
        self, intent: Intent, raw_slots: Sequence[RawSlot], message: MessageInContext
    ) -> tuple[Intent, tuple[Slot, ...], Request | None]:
        """The intent, the slots and the request of a message."""
        request = detect_request(message.message, raw_slots)
        if request in _OF_US:
            return Intent.HELP, (), request
        copied = [trimmed(raw, message, self._linker, self._nouns) for raw in raw_slots]
        settled = settle(intent, copied, message, self._linker)
        heard = [_Heard(message, raw, _find(message.message, raw.value)) for raw in settled]
        names = {h.raw.value for h in heard if h.raw.slot in {"item", *self._entities}}
        slots = [slot for h in heard for slot in self._slot(replace(h, names=(*(names - {h.raw.value}),)))]
        if request is Request.UNDO and (corrected := _corrected(slots, message.message)):
            request, slots = None, corrected
        elif request is Request.UNDO:
            slots = [replace(s, polarity=0, op=Op.REMOVE) for s in slots] or self._facets_named(message.message)
        if intent is Intent.RECOMMEND:
            slots = [self._wished(s, message.message) for s in slots]
        if request in {Request.WHY, Request.DESCRIBE} and not any(s.polarity for s in slots if s.slot != "item"):
            intent = Intent.ASK
        if intent in {Intent.RECOMMEND, Intent.FEEDBACK} and _commits(message.message, slots):
            intent = Intent.ACCEPT
        if intent is Intent.RECOMMEND and message.shown and slots and all(s.seen and s.polarity == 0 for s in slots):
            intent = Intent.FEEDBACK  # what was seen, said to a list, and no wish
        found = _with_praise(intent, _deduplicated(slots), message.message)
        if intent is Intent.FEEDBACK and request is None and any(_is_news(s, message) for s in found):
            intent = Intent.RECOMMEND  # a reaction with something new to go by
        return intent, found, request

    def comparative_value(self, word: str) -> tuple[str, str] | None:
        """The category value a comparative leans to ("funnier" -> genre, comedy): a soft preference, else None."""
        return self._linker.comparative_value(word)

    def _facets_named(self, text: str) -> list[Slot]:
        """The facets that a taking back names ("never mind the year"), each as a whole."""
        said = set(words(text.casefold()))
        named = [n for n in self._kinds if said & {*words(n.casefold()), *words(self._labels[n].casefold())}]
        relative = [way[0] for word in said if (way := self._linker.relative(word))]
        return [Slot(name, name, 0, Op.REMOVE, said=name) for name in dict.fromkeys((*named, *relative))]

    def _slot(self, heard: _Heard) -> Iterable[Slot]:
        if heard.raw.polarity > 0 and stance.REFUSED_BEFORE.search(heard.before):
            heard = replace(heard, raw=replace(heard.raw, polarity=-1))  # "no X" is a refusal whoever read it
        kind = self._kinds.get(heard.raw.slot)
        if heard.raw.slot == "item" or kind is FacetKind.ENTITY:
            heard = _as_governed(heard)
        if heard.raw.slot == "item":
            return self._item(heard)
        if kind is FacetKind.ENTITY:
            return self._entity(heard)
        if kind is FacetKind.CATEGORY:
            return self._category(heard)
        if kind is FacetKind.NUMBER:
            return self._number(heard)
        return self._about(heard)

    def _item(self, heard: _Heard) -> Iterable[Slot]:
        typed, shown = pointing(heard.raw.value, heard.message), heard.message.shown
        ids = self._linker.reference(typed, shown) if not any(words(typed) == words(s.title) for s in shown) else ()
        ids = ids or part_of_one(typed, shown)
        links = () if ids else self._linker.items(typed, shown, heard.message.context)
        if len(ids) > MOST_REFUSED and heard.raw.polarity < 0:
            return []
        if ids:
            titles = {s.id: s.title for s in shown}
            return [self._item_slot(heard, titles[i], i) for i in ids]
        best = links[0] if links else None
        if (not best or best.confidence < 0.95) and (moved := self._refused(heard) or self._moved(heard, best)):
            return moved
        if not best or best.confidence < SURE:
            if several := self._listed(heard):
                return several
            if not is_name(typed, heard.message, self._nouns):
                return self._plain_words(heard)
            return [
                replace(self._item_slot(heard, title_cased(_YEAR.sub("", typed).strip(" \"'“”")), None), known=False)
            ]
        return [self._item_slot(heard, _named(best), best.id)]

    def _listed(self, heard: _Heard) -> list[Slot]:
        """The items of a list that was copied as one name ("Alien and The Thing"); empty unless every part is one."""
        parts = re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|&|or|n)\s+", heard.raw.value)
        links = [next(iter(self._linker.items(part, heard.message.shown)), None) for part in parts]
        sure = [link for link in links if link is not None and link.confidence >= 0.85]
        if len(parts) < 2 or len(sure) < len(parts):
            return []
        return [self._item_slot(heard, _named(link), link.id) for link in sure]

    def _refused(self, heard: _Heard) -> list[Slot]:
        """A value or need that is no item but was copied with its refusal ("no Nike", "no zombies"); else empty."""
        found = re.fullmatch(r"(?:no|not|without)\s+(?:any\s+)?(?P<name>.+)", heard.raw.value, re.I)
        if found is None:
            return []
        raw = replace(heard.raw, value=found["name"], polarity=-1)
        told = _Heard(heard.message, raw, _find(heard.message.message, raw.value))
        return self._moved(told, None) or ([] if is_name(raw.value, heard.message) else [*self._plain_words(told)])

    def _item_slot(self, heard: _Heard, title: str, item_id: str | None) -> Slot:
        seen = bool(cues.SEEN.search(heard.clause) or (cues.SEEN.search(heard.message.message) and heard.start < 0))
        unseen = re.search(
            r"\b(?:not|never|n'?t|have you|you)\b[^.,]{0,12}\b(?:seen|watched|read|owned?|"
            r"heard)\b|\bheard of\b",
            heard.message.message.replace("’", "'"),
            re.I,
        )
        return Slot(
            "item",
            _YEAR.sub("", title),
            heard.raw.polarity,
            self._op(heard),
            Force.PREFER if self._is_taste(heard) else Force.MUST,
            item_id=item_id,
            said=heard.raw.value,
            seen=seen and not unseen,
        )

    def _moved(self, heard: _Heard, best: ItemLink | None) -> list[Slot]:
        """An "item" that is a person's exact name or exactly a category's word, and no such title."""
        for name in self._entities:
            link = self._linker.values(name, heard.raw.value)[0]
            needed = 0.8 if best is None else 0.95 if len(words(heard.raw.value)) > 1 else 1.0
            if link.known and link.confidence >= needed:
                return [self._made(heard, name, link.value)]
        for name in self._categories if best is None or best.confidence < 0.9 else []:
            links = self._linker.values(name, heard.raw.value)
            if links[0].known and links[0].confidence >= 0.97:
                return [self._made(heard, name, v.value) for v in links]
        return []

    def _entity(self, heard: _Heard) -> Iterable[Slot]:
        name, typed = heard.raw.slot, heard.raw.value
        link = self._linker.values(name, typed)[0]
        if not link.known:  # "Spielberg's", but "Levi's" is a name
            typed = typed.removesuffix("'s").removesuffix("’s")
            link = self._linker.values(name, typed)[0]
        if link.known and link.confidence >= 0.5:
            return [self._made(heard, name, link.value)]
        for other in (e for e in self._entities if e != name):
            rival = self._linker.values(other, typed)[0]
            if rival.known and rival.confidence >= 0.95:
                return [self._made(heard, other, rival.value)]
        title = next(iter(self._linker.items(typed, heard.message.shown)), None)
        if title and title.confidence >= 0.95:
            return [self._item_slot(heard, _named(title), title.id)]
        if not is_name(typed, heard.message, self._nouns):
            return self._plain_words(heard)
        return [replace(self._made(heard, name, link.value if not link.known else title_cased(typed)), known=False)]

    def _plain_words(self, heard: _Heard) -> Iterable[Slot]:
        """What was copied as a name but is none: a need where it can be one ("with clowns"), else nothing."""
        said = words(heard.raw.value.casefold())
        if (
            not heard.raw.polarity
            or len(said) > MOST_PLAIN
            or any(w in FUNCTION_WORDS for w in said)
            or heard.start < 0
        ):
            return []
        return self._about(_Heard(heard.message, replace(heard.raw, slot="about"), heard.start))

    def _category(self, heard: _Heard) -> Iterable[Slot]:
        links = self._linker.values(heard.raw.slot, heard.raw.value)
        if not links[0].known:
            for other in (c for c in self._categories if c != heard.raw.slot):
                rivals = self._linker.values(other, heard.raw.value)
                if rivals[0].known and rivals[0].confidence >= 0.97:
                    return [self._made(heard, other, v.value) for v in rivals]
            for name in self._entities:
                rival = self._linker.values(name, heard.raw.value)[0]
                if rival.known and rival.confidence >= 0.95:
                    return [self._made(heard, name, rival.value)]
            if heard.raw.slot in self._closed or heard.raw.polarity < 0:  # nothing has a value that nothing has
                return self._about(_Heard(heard.message, replace(heard.raw, slot="about"), heard.start))
            *rest, last = links[0].value.split(" ")
            return [replace(self._made(heard, heard.raw.slot, " ".join([*rest, singular(last)])), known=False)]
        return [self._made(heard, heard.raw.slot, v.value) for v in links]

    def _number(self, heard: _Heard) -> Iterable[Slot]:
        span = parse_range(heard.raw.value, self._styles[heard.raw.slot], self._this_year())
        if span is None:
            return self._about(_Heard(heard.message, replace(heard.raw, slot="about"), heard.start))
        return [Slot(heard.raw.slot, span, heard.raw.polarity, self._op(heard), Force.MUST, said=heard.raw.value)]

    def _about(self, heard: _Heard) -> Iterable[Slot]:
        typed = " ".join(heard.raw.value.split())
        if stance.NO_NEED.fullmatch(typed):
            return []
        if found := stance.THAT_IS_NOT.match(typed):
            typed = typed[found.end() :]
            heard = replace(heard, raw=replace(heard.raw, value=typed, polarity=-1))
        slot = Slot("about", typed, heard.raw.polarity, self._op(heard), Force.PREFER, said=heard.raw.value)
        way = self._linker.relative(typed.lower().removesuffix(" one").removeprefix("the "))
        if way:
            direction: Literal["less", "more"] = "less" if way[1] == "less" else "more"
            return [replace(slot, relative=Relative(way[0], direction, self._compared_with(heard)))]
        if leans := self._linker.comparative_value(typed):
            return [replace(slot, leans=leans)]
        for name in self._categories:
            links = self._linker.values(name, typed)
            if links[0].known and links[0].confidence >= 0.95:
                return [self._made(heard, name, v.value) for v in links]
        return [self._measure(heard, typed) or slot]

    def _wished(self, slot: Slot, text: str) -> Slot:
        """A number or need said in a search and not taken back is a wish; a number is refused by words before it."""
        if slot.op not in {Op.ADD, Op.REPLACE} or not (slot.slot in self._styles or slot.slot == "about"):
            return slot
        if slot.slot == "about":
            return slot if slot.polarity else replace(slot, polarity=1)
        clause = _CLAUSE_END.split(text[: max(_find(text, slot.said), 0)])[-1]
        if slot.polarity > 0 or (slot.polarity < 0 and stance.NEGATION.search(clause + slot.said)):
            return slot
        return replace(slot, polarity=-1 if stance.REFUSED_NUMBER.search(clause) else 1)

    def _measure(self, heard: _Heard, typed: str) -> Slot | None:
        """A need that is an amount in the unit of a number facet: "under 2 hours" where there is a duration."""
        for name, style in self._styles.items():
            if style not in _UNITS or not _UNITS[style].search(typed):
                continue
            if span := parse_range(typed, style, self._this_year()):
                return Slot(name, span, heard.raw.polarity, self._op(heard), Force.MUST, said=heard.raw.value)
        return None

    def _compared_with(self, heard: _Heard) -> str | None:
        """The item of "cheaper than the second one"; None: than what is shown."""
        found = re.match(r"\s+than\s+(?P<what>.{2,60})", heard.after, re.I)
        if not found:
            return heard.message.shown[0].id if len(heard.message.shown) == 1 else None
        ids = self._linker.reference(found["what"], heard.message.shown)
        links = self._linker.items(found["what"], heard.message.shown) if not ids else ()
        return ids[0] if len(ids) == 1 else links[0].id if links and links[0].confidence >= SURE else None

    def _made(self, heard: _Heard, facet: str, value: str) -> Slot:
        op = self._op(heard)
        polarity: Polarity = 0 if op in {Op.REMOVE, Op.SOFTEN} else heard.raw.polarity
        taste = polarity >= 0 and self._is_taste(heard)
        return Slot(facet, value, polarity, op, Force.PREFER if taste else Force.MUST, said=heard.raw.value)

    @staticmethod
    def _is_taste(heard: _Heard) -> bool:
        """Whether the clause states a taste ("I love …") rather than a wish for this list ("something like …")."""
        wish = r"\b(?:want|need|looking for|something|would like|i'd)\b(?!.*\b(?:love|like|enjoy)\b)"
        return stance.TASTE.search(heard.clause) is not None and not re.search(wish, heard.clause, re.I)

    @staticmethod
    def _op(heard: _Heard) -> Op:
        if heard.start < 0:
            return Op.ADD
        if stance.SOFTENED.search(heard.clause):
            return Op.SOFTEN
        if stance.TAKEN_BACK.search(heard.clause):
            return Op.REMOVE
        if re.match(r"\s+(?:\w+\s+)?instead\b", heard.after, re.I) and not re.match(
            r"\s+instead of\b.*\binstead\b", heard.after, re.I
        ):
            return Op.REPLACE
        return (
            Op.REPLACE
            if stance.INSTEAD.match(heard.clause.strip())
            or (heard.raw.polarity == 1 and stance.INSTEAD.search(heard.message.message))
            else Op.ADD
        )


def _is_closed(catalogue: Catalogue, facet: str) -> bool:
    """Whether the catalogue's values of a facet are all there are, as genres are and colours are not.

    The chance that one more item brings a value not seen yet is about n1 / N, the share of values that occur once
    (Good, "The population frequencies of species and the estimation of population parameters", Biometrika 40, 1953);
    with one added, so that few items prove nothing. What visitors ask beyond a closed list is a need in words.
    """
    counts = Counter(value for item in catalogue.items for value in item.values(facet))
    return (sum(n == 1 for n in counts.values()) + 1) / max(1, counts.total()) < NEW_VALUE


def _as_governed(heard: _Heard) -> _Heard:
    """The slot of a name with the sign that the words beside it state; as it was read where they state none."""
    if heard.start < 0:
        return _as_praised(heard)
    text, end = heard.message.message, heard.start + len(heard.raw.value)
    sign = said_of(*beside(text[: heard.start], text[end:], heard.names))
    return heard if sign is None else replace(heard, raw=replace(heard.raw, polarity=sign))


def _as_praised(heard: _Heard) -> _Heard:
    """An item of the turns before: a mention that is praised is a like, "not seen" is no dislike."""
    asked = bool(heard.message.context) and asks_whether_seen(heard.message.context[-1])
    sign = said_of_those_before(heard.message.message, asked) if heard.raw.slot == "item" else None
    changed = (heard.raw.polarity, sign) in {(0, 1), (-1, 0)}
    return replace(heard, raw=replace(heard.raw, polarity=sign)) if changed and sign is not None else heard


def _corrected(slots: Sequence[Slot], text: str) -> list[Slot]:
    """What a message puts in the place of what it takes back ("comedy, no, scratch that, a whodunit"); else empty."""
    found = stance.SCRATCHED.search(text)
    after = [s for s in slots if found and s.polarity and not 0 <= _find(text, s.said) < found.end()]
    return [replace(s, op=Op.REPLACE) if s.op in {Op.REMOVE, Op.ADD} else s for s in after]


def _with_praise(intent: Intent, slots: tuple[Slot, ...], text: str) -> tuple[Slot, ...]:
    """The slots; an item only mentioned is wanted where the message accepts it, or praises it and nothing else."""
    items = [s for s in slots if s.slot == "item"]
    praised = len(items) == 1 and stance.PRAISE.search(text) is not None and stance.DOUBT.search(text) is None
    if not (intent is Intent.ACCEPT or (praised and intent in {Intent.FEEDBACK, Intent.RECOMMEND})):
        return slots
    return tuple(
        replace(s, polarity=1) if s.slot == "item" and s.polarity == 0 and s.op is Op.ADD else s for s in slots
    )


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


def _commits(text: str, slots: Iterable[Slot]) -> bool:
    """Whether a message takes an item by name ("I'll watch Jaws") and asks for nothing more."""
    taken = any(s.slot == "item" and s.item_id is not None and s.polarity > 0 for s in slots)
    return taken and stance.COMMITS.search(text) is not None and not cues.MORE.search(text)


def _named(link: ItemLink) -> str:
    return link.name if link.how == "franchise" and link.name else link.title


def _find(text: str, value: str) -> int:
    found = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)
    return found.start() if found else text.lower().find(value.lower())


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
