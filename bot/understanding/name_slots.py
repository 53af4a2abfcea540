"""Copied names -> slots: items by title, place or description, and entities such as people and brands.

A model that must copy something sometimes copies a list as one name, a value as a title, or plain words; each becomes
what it is. Knows the linker, the screen and what a name looks like; numbers and needs are `need_slots.py`'s.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.heard import Heard, find
from bot.understanding.naming import is_name
from bot.understanding.need_slots import NeedSlots
from bot.understanding.pointing import LONGEST_NAME, MOST_REFUSED, SURE, part_of_one, pointing
from bot.understanding.reading import Slot
from bot.understanding.signs import facet_slot, force, operation, seen
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import ItemLink, Linker
from retrieval.linking.text import FUNCTION_WORDS, title_cased, words

MOST_PLAIN = 3  #: words of a need that was copied as a name
_EXACT = 0.95  #: of a link that no rival reading of the same words can take away
_LISTED = 0.85  #: of every part of a list
_YEAR = re.compile(r"(?<!\s)\s*[\(\[](?:18|19|20)\d\d[\)\]]\s*$")
_PRONOUNS = frozenset({"it", "this", "that", "these", "those", "them", "one", "ones"})
_JOINT = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|&|or|n)\s+")
_THE = re.compile(r"(?:the|that|this)\s", re.I)
_AFTER_A_TITLE = frozenset({"for", "on", "in", "with", "suitable", "ok", "okay", "good", "or", "any", "too", "safe"})
_NO = re.compile(r"(?:no|not|without)\s+(?:any\s+)?(?P<name>.+)", re.I)


class NameSlots:
    """Turns copied names into slots. Deterministic; never fails on a visitor's words."""

    def __init__(self, catalogue: Catalogue, linker: Linker, needs: NeedSlots) -> None:
        self._linker = linker
        self._needs = needs
        schema = catalogue.schema
        self._nouns = frozenset(n.casefold() for n in (*schema.nouns, *schema.plural_nouns))
        self._categories = [f.name for f in schema.facets if f.kind is FacetKind.CATEGORY]
        self._entities = [f.name for f in schema.facets if f.kind is FacetKind.ENTITY]

    def item(self, heard: Heard) -> list[Slot]:
        """The items that the words mean, on the screen or in the catalogue; a title not carried where they name one."""
        typed, shown = pointing(heard.raw.value, heard.message), heard.message.shown
        if typed in _PRONOUNS and not shown:
            return []  # "it" is the film It when it is written so
        if len(typed) > LONGEST_NAME:
            return self._listed(heard)
        if ids := self._pointed_at(typed, heard):
            titles = {s.id: s.title for s in shown}
            refuses_the_list = len(ids) > MOST_REFUSED and heard.raw.polarity < 0
            return [] if refuses_the_list else [_item_slot(heard, titles[i], i) for i in ids]
        best = next(iter(self._linker.items(typed, shown, heard.message.context)), None)
        if (not best or best.confidence < _EXACT) and (moved := self._refused(heard) or self._moved(heard, best)):
            return moved
        if best and best.confidence >= SURE:
            return [_item_slot(heard, _named(best), best.id, best.confidence)]
        if found := self._listed(heard) or self._begun(heard):
            return found
        if not is_name(typed, heard.message, self._nouns):
            return self._plain_words(heard)
        return [replace(_item_slot(heard, title_cased(_YEAR.sub("", typed).strip(" \"'“”")), None), known=False)]

    def entity(self, heard: Heard) -> list[Slot]:
        """The entity that the words name, of this facet before others; a title, plain words, or a name not carried."""
        name, typed = heard.raw.slot, heard.raw.value
        if len(typed) > LONGEST_NAME:
            return []
        link = self._linker.values(name, typed)[0]
        if not link.known:  # "Spielberg's", but "Levi's" is a name
            typed = typed.removesuffix("'s").removesuffix("’s")
            link = self._linker.values(name, typed)[0]
        if link.known and link.confidence >= 0.5:
            return [facet_slot(heard, name, link.value)]
        for other in (e for e in self._entities if e != name):
            rival = self._linker.values(other, typed)[0]
            if rival.known and rival.confidence >= _EXACT:
                return [facet_slot(heard, other, rival.value)]
        title = next(iter(self._linker.items(typed, heard.message.shown)), None)
        if title and title.confidence >= _EXACT:
            return [_item_slot(heard, _named(title), title.id)]
        if not is_name(typed, heard.message, self._nouns):
            return self._plain_words(heard)
        return [replace(facet_slot(heard, name, link.value if not link.known else title_cased(typed)), known=False)]

    def _pointed_at(self, typed: str, heard: Heard) -> tuple[str, ...]:
        """Ids of the shown items that the words point at by place, description or a part of the title."""
        shown = heard.message.shown
        titled = any(words(typed) == words(s.title) for s in shown)
        if ids := () if titled else self._linker.reference(typed, shown):
            return ids
        named = not _THE.match(typed) and self._moved(heard, None)  # "Veja" is a brand before it is a part of a title
        return () if named else part_of_one(typed, shown)

    def _listed(self, heard: Heard) -> list[Slot]:
        """The items of a list that was copied as one name ("Alien and The Thing"); empty unless every part is one."""
        parts = _JOINT.split(" ".join(heard.raw.value.split()))
        found: list[Slot] = []
        for part in parts if len(parts) > 1 else ():
            link = next(iter(self._linker.items(part, heard.message.shown)), None)
            if link is None or link.confidence < _LISTED:
                return []
            found.append(_item_slot(heard, _named(link), link.id))
        return found

    def _begun(self, heard: Heard) -> list[Slot]:
        """The item whose whole title begins what was copied, before a small word: "shrek for kids"; else empty."""
        said = heard.raw.value.split()
        for end in range(len(said) - 1, 0, -1):
            rest = said[end].casefold()
            link = next(iter(self._linker.items(" ".join(said[:end]))), None) if rest in _AFTER_A_TITLE else None
            if link is not None and link.confidence >= _EXACT:
                return [_item_slot(heard, _named(link), link.id)]
        return []

    def _refused(self, heard: Heard) -> list[Slot]:
        """A value or need that is no item but was copied with its refusal ("no Nike", "no zombies"); else empty."""
        found = _NO.fullmatch(heard.raw.value)
        if found is None:
            return []
        raw = replace(heard.raw, value=found["name"], polarity=-1)
        told = Heard(heard.message, raw, find(heard.message.message, raw.value))
        return self._moved(told, None) or ([] if is_name(raw.value, heard.message) else self._plain_words(told))

    def _moved(self, heard: Heard, best: ItemLink | None) -> list[Slot]:
        """An "item" that is a person's exact name or exactly a category's word, and no such title."""
        for name in self._entities:
            link = self._linker.values(name, heard.raw.value)[0]
            needed = 0.8 if best is None else _EXACT if len(words(heard.raw.value)) > 1 else 1.0
            if link.known and link.confidence >= needed:
                return [facet_slot(heard, name, link.value)]
        for name in self._categories if best is None or best.confidence < 0.9 else []:
            links = self._linker.values(name, heard.raw.value)
            if links[0].known and links[0].confidence >= 0.97:
                return [facet_slot(heard, name, v.value) for v in links]
        return []

    def _plain_words(self, heard: Heard) -> list[Slot]:
        """What was copied as a name but is none: a need where it can be one ("with clowns"), else nothing."""
        said = words(heard.raw.value.casefold())
        needless = not heard.raw.polarity or len(said) > MOST_PLAIN or any(w in FUNCTION_WORDS for w in said)
        return [] if needless or heard.start < 0 else self._needs.need(heard.as_need())


def _item_slot(heard: Heard, title: str, item_id: str | None, sure: float = 1.0) -> Slot:
    return Slot(
        "item",
        _YEAR.sub("", title),
        heard.raw.polarity,
        operation(heard),
        force(heard),
        item_id=item_id,
        said=heard.raw.value,
        seen=seen(heard),
        sure=sure,
    )


def _named(link: ItemLink) -> str:
    return link.name if link.how == "franchise" and link.name else link.title
