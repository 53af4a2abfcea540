"""A mention of a facet's value -> the catalogue's values: `ValueIndex.values` and, in raw text, `ValueIndex.scan`.

Knows category and entity facets; knows no item and no dialogue.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.linking.names import NameIndex
from retrieval.linking.text import COMMON_WORDS, FUNCTION_WORDS, Token, positive, singular, title_cased, tokens, words

WINDOW = 5  #: words
FILLERS = frozenset({"one", "stuff", "type", "kind", "the", "a", "an", "some", "any"})  #: and the catalogue's nouns
SIZES = {"small": "S", "medium": "M", "large": "L", "extra large": "XL", "extra small": "XS"}


@dataclass(frozen=True, slots=True)
class ValueLink:
    """A facet value a mention may mean. `confidence` in [0, 1]; `known` False: the words as typed, not carried."""

    value: str
    confidence: float
    known: bool = True


@dataclass(frozen=True, slots=True)
class ValueMention:
    """Values of `facet` that the text names at [start, end)."""

    facet: str
    values: tuple[str, ...]
    start: int
    end: int
    text: str
    confidence: float = 1.0


class CategoryIndex:
    """The values and synonyms of one category facet by what visitors write."""

    def __init__(self, facet: Facet, counts: dict[str, int], nouns: tuple[str, ...] = ()) -> None:
        self.keys: dict[str, tuple[str, ...]] = {}
        self._fillers = FILLERS | {singular(noun) for noun in nouns} | {singular(facet.name)}
        self.compact: dict[str, tuple[str, ...]] = {}
        for value in counts:
            self._add(value, (value,))
        for phrase, value in SIZES.items():
            if value in counts:
                self.keys.setdefault(phrase, (value,))
        for phrase, target in facet.synonyms.items():
            self._add(phrase, tuple(v.strip() for v in target.split("+")))
        self.counts = counts
        self._long = [k for k in self.compact if len(k) > 4]

    def _add(self, phrase: str, values: tuple[str, ...]) -> None:
        key = _key(words(phrase))
        self.keys.setdefault(key, values)
        if len(key) > 2:
            self.compact.setdefault(key.replace(" ", ""), values)

    def exact(self, key: tuple[str, ...]) -> tuple[str, ...]:
        """The values these folded words say, spelling aside in spaces, hyphens and plurals."""
        phrase = _key(key)
        return self.keys.get(phrase) or (self.compact.get(phrase.replace(" ", ""), ()) if len(phrase) > 3 else ())

    def misspelt(self, word: str) -> tuple[str, ...]:
        """The values one misspelt word says: one edit from five letters on, two from eight."""
        if len(word) < 5 or word in COMMON_WORDS or singular(word) in COMMON_WORDS:
            return ()
        cutoff = 1 if len(word) < 8 else 2
        hit = process.extractOne(singular(word), self._long, scorer=OSA.distance, score_cutoff=cutoff)
        return self.compact[hit[0]] if hit and hit[0][0] == word[0] and not _inflects(word, hit[0]) else ()

    def link(self, mention: str) -> tuple[ValueLink, ...]:
        """What `mention` says; several values for "romantic comedies"."""
        said = tuple(k for k in words(mention))
        if values := self.exact(said):
            return tuple(ValueLink(v, 1.0) for v in values)
        said = tuple(k for k in said if singular(k) not in self._fillers) or said
        if values := self.exact(said):
            return tuple(ValueLink(v, 0.97) for v in values)
        if len(said) == 1:
            plain = positive(said[0])
            values = (self.exact((plain,)) if plain else ()) or self.misspelt(said[0])
            return tuple(ValueLink(v, 0.8) for v in values)
        each = [self.exact((k,)) or self.misspelt(k) for k in said if k not in {"and", "or"}]
        if each and all(each):
            return tuple(dict.fromkeys(ValueLink(v, 0.9) for values in each for v in values))
        for size in range(len(said) - 1, 0, -1):
            if values := self.exact(said[-size:]):
                return tuple(ValueLink(v, 0.65) for v in values)
        return tuple(ValueLink(v, 0.7) for v in self.misspelt("".join(said)))


def _inflects(word: str, value: str) -> bool:
    """Whether `word` is another word of the same stem, as "thrilled" is of "thriller", and no slip."""
    return any(word.endswith(end) and not value.endswith(end) for end in ("ed", "ing"))


def _key(said: tuple[str, ...]) -> str:
    return " ".join(singular(k) for k in said)


class ValueIndex:
    """Category and entity facets of a catalogue, ready to be asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.categories: dict[str, CategoryIndex] = {}
        self.names: dict[str, NameIndex] = {}
        schema = catalogue.schema
        for facet in schema.facets:
            counts = dict(catalogue.value_counts.get(facet.name, {}))
            if facet.kind is FacetKind.CATEGORY:
                self.categories[facet.name] = CategoryIndex(facet, counts, schema.nouns)
            elif facet.kind is FacetKind.ENTITY:
                self.names[facet.name] = NameIndex(counts, schema.words_for(facet))
        self._starts: dict[str, int] = defaultdict(int)
        for index in self.categories.values():
            for key in index.keys:
                first, *rest = key.split()
                self._starts[first] = max(self._starts[first], len(rest) + 1)

    def values(self, facet: str, mention: str) -> tuple[ValueLink, ...]:
        """The values of `facet` that `mention` may mean. Category: all that it says; entity: best first.

        Never empty: what is not carried comes back as typed with known=False (an entity with capitals).
        """
        if facet in self.categories:
            typed = " ".join(mention.split())
            head, _, last = typed.lower().rpartition(" ")
            return self.categories[facet].link(mention) or (ValueLink(f"{head} {singular(last)}".strip(), 0.0, False),)
        links = tuple(ValueLink(v, c) for v, c in self.names[facet].find(mention))
        return links or (ValueLink(title_cased(mention), 0.0, False),)

    def scan(self, text: str) -> tuple[ValueMention, ...]:
        """Every facet value `text` names, in order, without overlap."""
        said = tokens(text)
        found: list[ValueMention] = []
        i = 0
        while i < len(said):
            hits = [h for h in (self._category_at(text, said, i), self._name_at(text, said, i)) if h]
            if hits:
                best = max(hits, key=lambda h: (h.end, h.confidence))
                found.append(best)
                while i < len(said) and said[i].start < best.end:
                    i += 1
            else:
                i += 1
        return tuple(found)

    def _category_at(self, text: str, said: tuple[Token, ...], i: int) -> ValueMention | None:
        longest = min(WINDOW, len(said) - i)
        for size in range(longest, 0, -1):
            window = said[i : i + size]
            if size > 1 and size > self._starts.get(singular(window[0].key), 0) and size > 2:
                continue
            typed = text[window[0].start : window[-1].end]
            hits = [
                (index.counts.get(v[0], 0), name, v)
                for name, index in self.categories.items()
                if (v := self._said(index, window, typed))
            ]
            if hits:
                _, name, values = max(hits, key=lambda h: h[0])
                return ValueMention(name, values, window[0].start, window[-1].end, typed)
        word = said[i].key
        if len(word) > 5 and word not in COMMON_WORDS and not any(word in n.words for n in self.names.values()):
            for name, index in self.categories.items():
                if values := index.misspelt(word):
                    return ValueMention(
                        name, values, said[i].start, said[i].end, text[said[i].start : said[i].end], 0.7
                    )
        return None

    @staticmethod
    def _said(index: CategoryIndex, window: tuple[Token, ...], typed: str) -> tuple[str, ...]:
        keys = tuple(t.key for t in window)
        if len(keys) == 1 and (keys[0] in FUNCTION_WORDS or keys[0].isdigit()):
            return ()  # sizes that are bare numbers need the word "size"; callers pass them to `values`
        values = index.exact(keys)
        if len(typed) < 3 and values and typed not in values:
            return ()
        return values

    def _name_at(self, text: str, said: tuple[Token, ...], i: int) -> ValueMention | None:
        for name, index in self.names.items():
            for size in range(min(4, len(said) - i), 0, -1):
                window = said[i : i + size]
                typed = text[window[0].start : window[-1].end]
                before = said[i - 1].key if i else ""
                if hit := index.spotted(tuple(t.key for t in window), typed, before, starts=i == 0):
                    return ValueMention(name, (hit[0],), window[0].start, window[-1].end, typed, hit[1])
        return None
