"""The titles of a catalogue by what visitors call them: whole, short, by subtitle, initials, series.

Knows titles and years; which of several is meant is decided in `titles.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import NumberStyle, number_style
from retrieval.linking.text import (
    ARTICLES,
    COMMON_WORDS,
    FUNCTION_WORDS,
    YEAR,
    title_key,
    tokens,
    without_article,
)

How = Literal["exact", "article", "prefix", "acronym", "fuzzy", "position", "description", "franchise"]
Key = tuple[str, ...]
GLUE = ARTICLES | {"of", "and", "in", "to"}
KINDS = frozenset({"series", "franchise", "trilogy", "saga"})  #: with the catalogue's nouns: no part of a title
ORDINALS = {
    "first": 0,
    "original": 0,
    "1st": 0,
    "old": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "5th": 4,
    "last": -1,
    "latest": -1,
    "newest": -1,
    "new": -1,
}
LEET = str.maketrans("013457", "oieasv")
POSTINGS = 400  #: a word in more titles than this says nothing about which one is meant


class Shown(Protocol):
    """What linking needs to know of an item on screen."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ItemLink:
    """An item a mention may mean: `confidence` in [0, 1], higher is surer; below 0.6 it should count as unknown.

    `name` is the group's name when the mention names several items ("Harry Potter"), else the item's title.
    """

    id: str
    title: str
    confidence: float
    how: How
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A title prepared for comparison. `year`: the item's number on its year facet, None when unknown."""

    id: str
    title: str
    year: int | None
    key: Key
    mains: tuple[Key, ...]
    subtitle: Key


_SPLIT = re.compile(r":\s+|\s+[-–—]\s+")
_AND_THE = re.compile(r"\s+and the\s+", re.IGNORECASE)
_TRAILING_YEAR = re.compile(r"\s*\((\d{4})\)\s*$")


def make_entry(item: Item, year_facet: str | None) -> Entry:
    """The keys of one item's title."""
    found = _TRAILING_YEAR.search(item.title)
    title = item.title[: found.start()] if found else item.title
    year = item.number(year_facet) if year_facet else None
    key = title_key(title) or title_key(item.title) or (item.title.lower(),)
    mains: list[Key] = []
    subtitle: Key = ()
    parts = _SPLIT.split(title, maxsplit=1)
    if len(parts) == 2:
        mains.append(title_key(parts[0]))
        subtitle = without_article(title_key(_SPLIT.split(parts[1])[-1]))
    pair = _AND_THE.split(title, maxsplit=1)
    if len(pair) == 2 and len(parts) == 1 and " " in pair[0]:
        mains.append(title_key(pair[0]))
        subtitle = title_key(pair[1])
    if len(key) > 1 and key[-1].isdigit() and len(key[-1]) < 3:
        mains.append(key[:-1])
    return Entry(
        item.id,
        item.title,
        int(year) if year else int(found[1]) if found else None,
        key,
        tuple(dict.fromkeys(without_article(m) for m in mains if m)),
        subtitle,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A mention taken apart: its words, the year it names, the place in a series ("the first X")."""

    key: Key
    year: int | None = None
    nth: int | None = None
    typed: str = ""


def take_apart(mention: str, known: Iterable[Key] = (), kinds: frozenset[str] = KINDS) -> Asked:
    """Remove what is not part of a title: a year, "the movie", "the first ... one"."""
    year = None
    text = mention.strip(" \t\"'“”‘’.,!?")
    if found := re.search(r"\s*[\(\[](\d{4})[\)\]]", text):
        year, text = int(found[1]), text[: found.start()] + text[found.end() :]
    key = title_key(text)
    known = set(known)
    if key in known:
        return Asked(key, year, None, mention)
    if year is None and len(key) > 1 and YEAR.match(key[-1]):
        year, key = int(key[-1]), key[:-1]
    while len(key) > 1 and (key[-1] in kinds or (key[-1] in {"1", "one"} and "one" in mention.lower().split())):
        key = key[:-1]
    nth = None
    bare = key[1:] if key[0] in {"the", "that", "this"} and len(key) > 1 else key
    if len(bare) > 1 and key not in known and bare[0] in kinds:
        key = bare = bare[1:]
    if len(bare) > 1 and key not in known and bare not in known and bare[0] in ORDINALS:
        nth, key = ORDINALS[bare[0]], bare[1:]
    return Asked(key, year, nth, mention)


class TitleKeys:
    """All titles of a catalogue by what visitors call them."""

    def __init__(self, catalogue: Catalogue) -> None:
        numbers = [f for f in catalogue.schema.facets if f.kind is FacetKind.NUMBER]
        years = [f.name for f in numbers if number_style(catalogue, f) is NumberStyle.YEAR]
        self.nouns = frozenset(catalogue.schema.nouns)
        self.plurals = frozenset(catalogue.schema.plural_nouns)
        self.entries = [make_entry(item, years[0] if years else None) for item in catalogue.items]
        self.full: dict[Key, list[int]] = defaultdict(list)
        self.bare: dict[Key, list[int]] = defaultdict(list)
        self.mains: dict[Key, list[int]] = defaultdict(list)
        self.subtitles: dict[Key, list[int]] = defaultdict(list)
        self.skeletons: dict[Key, list[int]] = defaultdict(list)
        self.acronyms: dict[str, list[int]] = defaultdict(list)
        self.postings: dict[str, list[int]] = defaultdict(list)
        self.compact: dict[str, Key] = {}
        for n, entry in enumerate(self.entries):
            self._add(n, entry)
        self._group()
        self.spellings = list(self.compact)

    def _add(self, n: int, entry: Entry) -> None:
        key, bare = entry.key, without_article(entry.key)
        self.full[key].append(n)
        self.bare[bare].append(n)
        for main in entry.mains:
            self.mains[main].append(n)
            self.compact.setdefault("".join(main), main)
        if len(entry.subtitle) > 1 or (entry.subtitle and entry.subtitle[0] not in COMMON_WORDS):
            self.subtitles[entry.subtitle].append(n)
            self.compact.setdefault("".join(entry.subtitle), entry.subtitle)
        self.compact["".join(bare)] = bare
        skeleton = tuple(k for k in key if k not in GLUE)
        if len(skeleton) > 1:
            self.skeletons[skeleton].append(n)
        for source in {key, bare, *entry.mains}:
            if len(source) > 2 or (len(source) == 2 and source[-1].isdigit()):
                self.acronyms["".join(k if k.isdigit() else k[0] for k in source)].append(n)
        for word in set(key):
            self.postings[word].append(n)

    def _group(self) -> None:
        """Series: every item whose title begins with another's title or main title."""
        starts = {k for k in (*self.mains, *self.bare) if len(k) > 1 or (k and k[0] not in FUNCTION_WORDS)}
        groups: dict[Key, list[int]] = defaultdict(list)
        for n, entry in enumerate(self.entries):
            bare = without_article(entry.key)
            for size in range(1, min(len(bare), 6) + 1):
                if bare[:size] in starts:
                    groups[bare[:size]].append(n)
        self.groups = {k: v for k, v in groups.items() if len(v) > 1}

    def in_series(self, n: int, bare: Key) -> bool:
        """Strictly: "Rocky III" and "Rocky: ..." belong to "Rocky", "The Rocky Horror Picture Show" does not."""
        key = without_article(self.entries[n].key)
        rest = key[len(bare) :]
        return not rest or bare in self.entries[n].mains or rest[0].isdigit() or key[: len(bare)] in self.mains

    def counted(self, bare: Key) -> bool:
        """Whether a series numbers its titles, so that a missing number is a title not carried."""
        return any(k.isdigit() for n in self.groups.get(bare, ()) for k in self.entries[n].key[1:])

    def as_series(self, members: list[int], confidence: float, how: How) -> dict[int, tuple[float, How, str]]:
        """Several items are an answer only when one series holds them all."""
        if len(members) == 1:
            return {members[0]: (confidence, how, "")}
        for key in dict.fromkeys(
            m for n in members for m in (*self.entries[n].mains, without_article(self.entries[n].key))
        ):
            if set(members) <= set(self.groups.get(key, ())):
                return {n: (min(confidence, 0.8), "franchise", self.group_name(key)) for n in self.groups[key]}
        return {n: (0.4, how, "") for n in members[:5]}

    def group_name(self, key: Key) -> str:
        """The series' name as its titles write it ("The Lord of the Rings")."""
        for n in self.groups[key]:
            title = self.entries[n].title
            for m in tokens(title):
                if without_article(title_key(title[: m.end])) == key:
                    return title[: m.end]
        return " ".join(key).title()
