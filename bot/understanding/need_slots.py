"""Copied values and needs -> slots: a category's value, a range of numbers, a wish relative to an item, words.

What no facet holds stays a need in the visitor's words (`about`). Knows the catalogue's values, the linker and how
numbers are written; knows nothing of titles and of the screen but what a comparison points at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from bot.understanding import stance
from bot.understanding.ages import OLDEST_CHILD, ages
from bot.understanding.heard import CLAUSE_END, Heard, find
from bot.understanding.limits import is_open, limit, spelled_out
from bot.understanding.numbers import parse_range
from bot.understanding.pointing import LONGEST_NAME, SURE
from bot.understanding.reading import Force, Op, Polarity, Relative, Slot
from bot.understanding.signs import facet_slot, is_habit, operation
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import Linker, NumberStyle, number_style
from retrieval.linking.text import singular

NEW_VALUE = 0.001  #: a facet whose next value is a new one less often has a closed list of values
_EXACT = 0.97  #: of a value of another facet than the one it was copied for
_NAMED = 0.95  #: of an entity, or of a category, that plain words name
_UNITS = {
    NumberStyle.DURATION: re.compile(r"\b(?:min(?:ute)?s?|h(?:ou)?rs?|h)\b", re.I),
    NumberStyle.YEAR: re.compile(
        r"\b(?:18|19|20)\d\d\b|\b'?\d0'?s\b|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ties\b"
        r"|\b(?:last|past)\s+\w+\s+(?:years|yrs|decades)\b"
        r"|\b(?:older|newer|younger)\s+than\s+\w+\s+(?:years|yrs|decades)\b",
        re.I,
    ),
    NumberStyle.MONEY: re.compile(r"[$€£]\s*\d|\b(?:dollars?|bucks|euros?|pounds|quid)\b", re.I),
}
#: what a bare number counts, or says in the place of "for", when it is no limit: "2 of us", "4 tonight"
_COUNTS_PEOPLE = re.compile(
    r"(?:for )?\d{1,2}\s*(?:of us|people|ppl|persons?|adults?|kids|pax|tonight|tonite|today|tomorrow)\b", re.I
)
_OF_A_SORT = re.compile(r"[\s-]*(?:friendly|style|type|kind|sort|like)$", re.I)
_FOR_A = re.compile(r"^(?:for|at)\s+(?:an?\s+|the\s+)?", re.I)  #: "for dinner"
_ENTITY = 0.8  #: of a link from words to an entity that the model took for a need
#: one word refused by itself: "but not gory", "nothing sad"
_REFUSED_WORD = re.compile(
    r"\b(?:not(?: too| so| very| really)?|nothing(?: too| very)?|no|without|isn['’]?t)\s+"
    r"(?!(?:one|more|that|the|too|so|for|from|in|with|by|an?)\b)(?P<word>[a-z][\w\-]{2,})(?=\W*$|\W*[,.;!?]|\s+(?:and|but|or|please|plz)\b)",
    re.I,
)
_TONED = re.compile(r"\b(?:(?:not|nothing|never)\s+(?:too|so|very|that)|too|less)\s+$", re.I)
_BOUND_AFTER = re.compile(
    r"\s+than\s+(?:about\s+|around\s+)?(?:[$€£]?['’]?\d|(?:an?|half an|one|two|three) (?:hours?|half)\b|"
    r"(?:the\s+)?(?:twen|thir|for|fif|six|seven|eigh|nine)ties\b|\w+ (?:minutes|hours|years|decades|dollars|bucks)\b)",
    re.I,
)
_THAN = re.compile(r"\s+than\s+(?P<what>.{2,60})", re.I)


def is_closed(catalogue: Catalogue, facet: str) -> bool:
    """Whether the catalogue's values of a facet are all there are, as genres are and colours are not.

    The chance that one more item brings a value not seen yet is about n1 / N, the share of values that occur once
    (Good, "The population frequencies of species and the estimation of population parameters", Biometrika 40, 1953);
    with one added, so that few items prove nothing. What visitors ask beyond a closed list is a need in words.
    """
    counts = Counter(value for item in catalogue.items for value in item.values(facet))
    return (sum(n == 1 for n in counts.values()) + 1) / max(1, counts.total()) < NEW_VALUE


class NeedSlots:
    """Turns copied categories, numbers and needs into slots. Deterministic; never fails on a visitor's words."""

    def __init__(self, catalogue: Catalogue, linker: Linker, this_year: Callable[[], int]) -> None:
        self._linker = linker
        self._this_year = this_year
        facets = catalogue.schema.facets
        self._styles = {f.name: number_style(catalogue, f) for f in facets if f.kind is FacetKind.NUMBER}
        self._categories = [f.name for f in facets if f.kind is FacetKind.CATEGORY]
        self._entities = [f.name for f in facets if f.kind is FacetKind.ENTITY]
        self._closed = {name for name in self._categories if is_closed(catalogue, name)}

    def category(self, heard: Heard) -> list[Slot]:
        """The values that the words mean; in an open list a value not carried, else a need."""
        name = heard.raw.slot
        if (other := self._misnamed(heard)) is not None:
            return self.need(other)
        if (less := self._toned_down(heard)) is not None:
            return [less]
        links = self._linker.values(name, heard.raw.value)
        if not links[0].known:  # "family friendly", "the horror type"
            plain = self._linker.values(name, _OF_A_SORT.sub("", heard.raw.value) or heard.raw.value)
            links = plain if plain[0].known else links
        if links[0].known:
            heard = self._as_said(heard, {v.value for v in links})
            return [facet_slot(heard, name, v.value) for v in links]
        if moved := self._of_another(heard):
            return moved
        if name in self._closed or heard.raw.polarity < 0:  # nothing has a value that nothing has
            return self.need(heard.as_need())
        *rest, last = links[0].value.split(" ")
        return [replace(facet_slot(heard, name, " ".join([*rest, singular(last)])), known=False)]

    def _misnamed(self, heard: Heard) -> Heard | None:
        """A refused value that the message does not say in any way, as the refused word it must be: "not gory"."""
        text = heard.message.message.replace("’", "'")
        if heard.raw.polarity >= 0 or heard.start >= 0:
            return None
        named = self._linker.scan_values(text)
        values = {link.value for link in self._linker.values(heard.raw.slot, heard.raw.value)}
        if any(values & {*m.values} for m in named):
            return None
        words = [
            m
            for m in _REFUSED_WORD.finditer(text)
            if not any(n.start < m.end("word") and m.start("word") < n.end for n in named)
        ]
        if len(words) != 1:
            return None
        word = words[0]
        return Heard(heard.message, replace(heard.raw, slot="about", value=word["word"]), word.start("word"))

    def _toned_down(self, heard: Heard) -> Slot | None:
        """ "Too scary", "less scary", "not too scary": a need for less of what it names, which refuses no value."""
        text = heard.message.message.replace("’", "'")
        values = {link.value for link in self._linker.values(heard.raw.slot, heard.raw.value)}
        for m in self._linker.scan_values(text) if heard.raw.polarity else ():
            found = _TONED.search(text[: m.start])
            if found and m.facet == heard.raw.slot and values & {*m.values}:
                said = text[found.start() : m.end]
                need = f"less {m.text}" if found.group().lower().startswith("too") else " ".join(said.split())
                return Slot("about", need, 1, Op.ADD, Force.PREFER, said=said)
        return None

    def _as_said(self, heard: Heard, values: set[str]) -> Heard:
        """A refused value as wanted where its words are what a refusal is set against: "scary but not gory"."""
        if heard.raw.polarity >= 0:
            return heard
        text = heard.message.message.replace("’", "'")
        places = [m for m in self._linker.scan_values(text) if m.facet == heard.raw.slot and values & {*m.values}]
        set_against = any(
            (stance.CONTRASTED.match(text, m.end) or stance.FREE_OF.search(text[: m.start]))
            and not stance.NEGATION.search(text[: m.start])
            for m in places
        )
        return heard.with_sign(1) if set_against else heard

    def _of_another(self, heard: Heard) -> list[Slot]:
        """What is surely a value of another category or an entity's name; else empty."""
        for other in (c for c in self._categories if c != heard.raw.slot):
            rivals = self._linker.values(other, heard.raw.value)
            if rivals[0].known and rivals[0].confidence >= _EXACT:
                return [facet_slot(heard, other, v.value) for v in rivals]
        for name in self._entities:
            rival = self._linker.values(name, heard.raw.value)[0]
            if rival.known and rival.confidence >= _NAMED:
                return [facet_slot(heard, name, rival.value)]
        return []

    def number(self, heard: Heard) -> list[Slot]:
        """The range that the words mean; a need where they mean none, nothing where they count people."""
        count = re.search(r"\d", heard.raw.value)  # "dinner 4" was copied with a word before it
        if _COUNTS_PEOPLE.match(heard.raw.value[count.start() if count else 0 :] + heard.rest):
            return []
        found = limit(heard, self._styles[heard.raw.slot], self._this_year())
        if found is None:
            return self.need(heard.as_need())
        op = operation(heard)
        sign: Polarity = 0 if op is Op.SOFTEN else found[1]
        force = Force.PREFER if is_habit(heard) and sign > 0 else Force.MUST
        return [Slot(heard.raw.slot, found[0], sign, op, force, said=heard.raw.value)]

    def need(self, heard: Heard) -> list[Slot]:
        """A need in words: a relative wish, a leaning, a category's value, an amount; else the words themselves."""
        typed = " ".join(heard.raw.value.split())
        if stance.NO_NEED.fullmatch(typed):
            return []
        if found := stance.THAT_IS_NOT.match(typed):
            typed = typed[found.end() :]
            heard = replace(heard, raw=replace(heard.raw, value=typed, polarity=-1))
        slot = Slot("about", typed, heard.raw.polarity, operation(heard), Force.PREFER, said=heard.raw.value)
        way = self._linker.relative(typed.lower().removesuffix(" one").removeprefix("the "))
        if way and _BOUND_AFTER.match(heard.after):
            return []  # the number says it: "newer than 2010"
        if way:
            direction: Literal["less", "more"] = "less" if way[1] == "less" else "more"
            return [replace(slot, relative=Relative(way[0], direction, self._compared_with(heard)))]
        if leans := self._linker.comparative_value(typed):
            return [replace(slot, leans=leans)]
        return (
            self._value_named(heard, typed) or self._for_a_child(heard, typed) or [self._measure(heard, typed) or slot]
        )

    def _value_named(self, heard: Heard, typed: str) -> list[Slot]:
        """The values that the words of a need name outright; else empty, as where they are too long for a name."""
        if len(typed) > LONGEST_NAME:
            return []
        for name in self._categories:
            links = self._linker.values(name, _FOR_A.sub("", typed))
            if links[0].known and links[0].confidence >= _NAMED:
                return [facet_slot(heard, name, v.value) for v in links]
        for name in self._entities if len(typed.split()) > 1 else []:
            link = self._linker.values(name, typed)[0]
            if link.known and link.confidence >= _ENTITY:
                return [facet_slot(heard, name, link.value)]
        return []

    def _measure(self, heard: Heard, typed: str) -> Slot | None:
        """A need that is an amount in the unit of a number facet: "under 2 hours" where there is a duration."""
        year = self._this_year()
        for name, style in self._styles.items():
            if style not in _UNITS or not _UNITS[style].search(f"{typed} {spelled_out(heard)}"):
                continue
            if parse_range(typed, style, year) and (found := limit(heard, style, year)):
                return Slot(name, found[0], found[1], operation(heard), Force.MUST, said=heard.raw.value)
        return None

    def _for_a_child(self, heard: Heard, typed: str) -> list[Slot]:
        """What the catalogue has for kids, where a need is no more than a child's age; else empty."""
        told = ages(typed, ())
        if len(told) != 1 or told[0].text != typed or told[0].oldest > OLDEST_CHILD:
            return []
        for name in self._categories:
            links = self._linker.values(name, "kids")
            if links[0].known and links[0].confidence >= _NAMED:
                return [facet_slot(heard, name, v.value) for v in links]
        return []

    def _compared_with(self, heard: Heard) -> str | None:
        """The item of "cheaper than the second one"; None: than what is shown."""
        shown = heard.message.shown
        found = _THAN.match(heard.after)
        if not found:
            return shown[0].id if len(shown) == 1 else None
        ids = self._linker.reference(found["what"], shown)
        links = self._linker.items(found["what"], shown) if not ids else ()
        return ids[0] if len(ids) == 1 else links[0].id if links and links[0].confidence >= SURE else None

    def wished(self, slot: Slot, text: str) -> Slot:
        """A number or need said in a search and not taken back is a wish; a number is refused by words before it."""
        if slot.op not in {Op.ADD, Op.REPLACE} or not (slot.slot in self._styles or slot.slot == "about"):
            return slot
        if slot.slot == "about":
            return slot if slot.polarity else replace(slot, polarity=1)
        if is_open(slot.value):
            return replace(slot, polarity=1)  # a refused limit is read as the other side of it
        clause = CLAUSE_END.split(text[: max(find(text, slot.said), 0)])[-1]
        if slot.polarity > 0 or (slot.polarity < 0 and stance.NEGATION.search(clause + slot.said)):
            return slot
        return replace(slot, polarity=-1 if stance.REFUSED_NUMBER.search(clause) else 1)
