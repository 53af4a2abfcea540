"""What words point at on the screen: "the second one", "both", "the cheaper one", "the one with Pacino".

Knows the items shown and their facets, no facet's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import comparatives, number_style
from retrieval.linking.text import FUNCTION_WORDS, singular, word_list, words
from retrieval.linking.titles import Shown
from retrieval.linking.values import ValueIndex

PLACES = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "5th": 4,
    "sixth": 5,
    "6th": 5,
    "seventh": 6,
    "7th": 6,
    "eighth": 7,
    "8th": 7,
    "ninth": 8,
    "tenth": 9,
}
COUNTS = {w: n for n, w in enumerate(word_list("one two three four five six seven eight nine ten"), 1)}
_ORDINAL = "|".join([*PLACES, "last", "final", "bottom", "top", "middle"])
_AFTER = (
    r"(?=\s*(?:$|[.,!?;:)]|(?:one|ones|option|pick|choice|suggestion|recommendation|"
    r"item|{noun}|and|or|is|was|looks?|looked|sounds?|sounded|seems?|seemed|feels?|could|can|might|may|would|has|"
    r"had|does|did|costs?|comes?|fits?|runs?|goes|gets|stars|have|in(?= [\w ]{2,20}\?)|"
    r"nope|nah|yes|yeah|no|too|about|tho|though|also|please|but|because|cos|bc|"
    r"instead|for|if|then)\b))"
)
#: in a question what follows a place may be anything but a noun: "what is the first made of"
_ASKED = (
    rf"\b(?:is|was|does|did|has|can|could|will|would)\s+the\s+({_ORDINAL})\b"
    r"(?=\s+(?!(?:time|part|half|season|episode|"
    r"day|date|world|war|year|week|person|thing|place|name|chapter|sequel|series|of)\b)(?-i:[a-z]))"
)
_NUMBER = re.compile(
    r"(?:#\s*|\b(?:number|no\.?|option|nr\.?)\s+)(\d{1,2}|one|two|three|four|five|"
    r"six|seven|eight|nine|ten)\b",
    re.I,
)
_SEVERAL = re.compile(r"\b(?:the\s+)?(first|last|top)\s+(two|three|four|five|2|3|4|5)\b", re.I)
_ALL = re.compile(
    r"\b(?:all (?:of )?(?:them|these|those)|all (?:two|three|four|five|six|the above)"
    r"|(?:them|['’]?em) all|these all|those all|all of ['’]?em|"
    r"(?:none|any|either|neither|each|most) of (?:them|these|those)|every one of (?:them|"
    r"these)|everything here|(?<!\d of )(?:them|these|those))\b",
    re.I,
)
_BOTH = re.compile(r"\b(?:both|neither|either(?: one)?)\b", re.I)
_THAT = re.compile(r"\b(?:that|this) (?:one|{noun})\b|\b(?:it|that|this)\b|\bthe one\b", re.I)
_THE_ONE = re.compile(
    r"\bthe\s+(?P<what>[\w'’\- ]{2,40}?)\s+one\b|\bthe one\s+(?:with|w/?|by|about|in|"
    r"from|of|set in|starring|directed by|that is|that's|where)\s+(?P<of>[\w'’.\- ]{2,60})",
    re.I,
)
#: bare numbers joined to each other, and what must stand before and after for them to be places on the list
_BARE = re.compile(
    r"(?<![\w$€£.#'’:/+\-])\d{1,2}(?:(?:\s*(?:,\s*and|,|&)\s*|\s+(?:and|or|vs\.?|versus|with|to|not)\s+)\d{1,2})*"
    r"(?![\w%'’/:\-+]|[.,]\d|\s*[$€£★])"
)
_BARE_BEFORE = re.compile(
    r"(?:^\W*|[.!?;,]\s*|\b(?:compare|seen|watched|saw|read|own|liked?|loved?|enjoyed|hated?|disliked?|why|pick|choose|"
    r"take|buy|order|watch|describe|explain|prefer|not|no|but|go with|both|either|neither|between|which is better|"
    r"(?:what|how|more|me|tell|something) about|\d \w{2,12} than|is)\s+)$",
    re.I,
)
_BARE_AFTER = re.compile(
    r"\s*(?:$|[.!?;,)](?!\d)|(?:looks?|sounds?|seems?|is|was|are|were|please|pls|too|then|instead|but|already|"
    r"(?:better|\w{2,10}er) than)\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Look:
    """The words that point, the ids on screen in order, the item under discussion."""

    text: str
    ids: tuple[str, ...]
    focus: str | None


class Screen:
    """Resolves words that point at shown items."""

    def __init__(self, catalogue: Catalogue, values: ValueIndex) -> None:
        self._items = catalogue.by_id
        self._values = values
        noun = "|".join(map(re.escape, catalogue.schema.nouns))
        self._ordinal = re.compile(
            rf"\b(?:second|2nd) (?:to )?last\b|{_ASKED}|\b({_ORDINAL})\b{_AFTER.replace('{noun}', noun)}", re.I
        )
        self._that = re.compile(_THAT.pattern.replace("{noun}", noun), re.I)
        numbers = [f for f in catalogue.schema.facets if f.kind is FacetKind.NUMBER]
        self.relative = {
            w: (f.name, way) for f in numbers for w, way in comparatives(f, number_style(catalogue, f)).items()
        }
        longest_first = sorted(self.relative, key=len, reverse=True)
        self._compared = (
            re.compile(rf"\bthe\s+({'|'.join(map(re.escape, longest_first))})\b", re.I) if longest_first else None
        )

    def reference(self, text: str, shown: Sequence[Shown], focus: str | None = None) -> tuple[str, ...]:
        """Ids of the shown items `text` points at, in screen order; empty when it points at none for certain.

        `focus` is the item under discussion, if any: what "it" and "the other one" go by.
        """
        ids = tuple(s.id for s in shown)
        if not ids:
            return ()
        look = _Look(text, ids, focus)
        steps: tuple[Callable[[_Look], Iterable[str]], ...] = (
            self._several,
            self._placed,
            self._relative,
            self._described,
            self._every,
            self._other,
            self._single,
        )
        for step in steps:
            if found := set(step(look)):
                return tuple(i for i in ids if i in found)
        return ()

    def _several(self, look: _Look) -> Iterable[str]:
        if m := _SEVERAL.search(look.text):
            n = COUNTS.get(m[2].lower()) or int(m[2])
            return look.ids[-n:] if m[1].lower() == "last" else look.ids[:n]
        return ()

    def _placed(self, look: _Look) -> Iterable[str]:
        spots = [COUNTS.get(m[1].lower()) or int(m[1]) for m in _NUMBER.finditer(look.text)]
        places = [n - 1 for n in spots if 0 < n <= len(look.ids)]
        for m in self._ordinal.finditer(look.text):
            word = (m[1] or m[2] or "").lower()
            if word == "middle":
                places += [len(look.ids) // 2] if len(look.ids) % 2 else []
            elif word in {"last", "final", "bottom"}:
                places.append(len(look.ids) - 1)
            elif word:
                places.append(PLACES.get(word, 0))
            elif len(look.ids) > 1:
                places.append(len(look.ids) - 2)
        return [look.ids[p] for p in places or _bare_places(look) if p < len(look.ids)]

    def _relative(self, look: _Look) -> Iterable[str]:
        found = self._compared.search(look.text) if self._compared else None
        if not found:
            return ()
        facet, way = self.relative[found[1].lower()]
        numbers = {i: n for i in look.ids if i in self._items and (n := self._items[i].number(facet)) is not None}
        best = (min if way == "less" else max)(numbers.values(), default=None)
        hits = [i for i, n in numbers.items() if n == best]
        return hits if len(hits) == 1 and len(numbers) > 1 else ()

    def _described(self, look: _Look) -> Iterable[str]:
        found = _THE_ONE.search(look.text)
        said = (found["what"] or found["of"]) if found else ""
        if not said or said.lower() in {"other", "last", "only", "same"}:
            return ()
        items = [self._items[i] for i in look.ids if i in self._items]
        scores = {item.id: self._fit(item, said) for item in items}
        best = max(scores.values(), default=0.0)
        hits = [i for i, s in scores.items() if s == best]
        return hits if best > 0 and len(hits) == 1 else ()

    def _fit(self, item: Item, said: str) -> float:
        """How many of the words name a value of the item (2 each) or stand in its title or text (1 each)."""
        score = 0.0
        for facet in (*self._values.categories, *self._values.names):
            links = self._values.values(facet, said)
            score += 2 * any(link.known and link.value in item.values(facet) for link in links)
        bag = {singular(w) for w in words(f"{item.title} {item.text}")}
        years = {str(int(n)) for f in item.facets if (n := item.number(f)) is not None}
        telling = [w for w in words(said) if w not in FUNCTION_WORDS]
        return score + sum(singular(w) in bag or w in years for w in telling)

    def _every(self, look: _Look) -> Iterable[str]:
        if _BOTH.search(look.text):
            return look.ids if len(look.ids) == 2 else ()
        return look.ids if _ALL.search(look.text) and (len(look.ids) > 1) else ()

    def _other(self, look: _Look) -> Iterable[str]:
        others = [i for i in look.ids if i != look.focus]
        return (
            others
            if re.search(r"\bthe other(?: one)?\b", look.text, re.I) and look.focus in look.ids and len(others) == 1
            else ()
        )

    def _single(self, look: _Look) -> Iterable[str]:
        if not self._that.search(look.text) or re.search(r"\bthe other\b", look.text, re.I):
            return ()
        return look.ids if len(look.ids) == 1 else (look.focus,) if look.focus in look.ids and look.focus else ()


def _bare_places(look: _Look) -> list[int]:
    """The places of "compare 1 and 3": numbers that measure and count nothing, every one of a chain on the list."""
    places: list[int] = []
    for m in _BARE.finditer(look.text):
        numbers = [int(n) for n in re.findall(r"\d+", m.group())]
        framed = _BARE_BEFORE.search(look.text[: m.start()]) and _BARE_AFTER.match(look.text[m.end() :])
        if framed and all(0 < n <= len(look.ids) for n in numbers):
            places += [n - 1 for n in numbers]
    return places
