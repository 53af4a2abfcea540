"""Is every title, name, number and value of a reply true of what it stands next to? `ungrounded` lists the rest.

A reply is read clause by clause, a table column by column. Names are taken out first, the longest first; what a
clause says must then belong to the items it names (a clause that names none goes on about the clause before it), to
the visitor's own words, to the catalogue's values, or to the counts given. What is left over and looks like a name
(capital letters, quotation marks), a number or a category value of the catalogue ("horror", "Korean") is ungrounded. A
capital at the start of a sentence is excused for words of the templates and of plain English, and so are values that
are words of the templates themselves.

Not seen: names written small, a true value after a false "not", and a foreign title that is one plain English word and
starts a sentence; in Chinese, what is written without blanks around it is seen where it is a word of the catalogue's
lexicon. Knows no action.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from bot.languages.detection import HAN
from bot.languages.glossing import apart
from bot.response.tables import by_column
from bot.response.templates import PLAIN, SIGNALS, TEMPLATES, Phrasebook
from bot.response.tones import SHORT, TONED
from retrieval.catalogue.item import Item

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_NUMBER = re.compile(r"(?<![\w.])(?:[$€£])?(\d[\d,]*(?:\.\d+)?)(?:s|th|st|nd|rd|x)?(?![\w])")
_ANY_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_QUOTED = re.compile(r"[“\"]([^”\"]+)[”\"]")
_CLAUSE = re.compile(r"(?<=[.!?…;])\s+|(?<=[。！？；])|\n+")
_HAN = re.compile(f"[{HAN}]")
VALUE_WORDS = 4  #: words of the longest value that is looked for
_MARK = re.compile("\ue000(\\d+)\ue001")
_SELF = frozenset({"I", "I'd", "I'll", "I'm", "I've", "OK"})
_STARTER = re.compile(
    "an?|the|this|that|these|those|its?|they|their|s?he|his|her|if|for|with|from|in|on|at|and|but|or|so|both|each|all|"
    "most|here|there|your?|we|my|our|try|maybe|perhaps|also|as|not?|yes|by|to|of|is|are|was|were|do|does|how|what|when|"
    "where|which|who|why|would|could|should|may|might|any|some|then|than|other|another|more|less"
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a reply may name: facts of `items`, the visitor's `words` (and ours about them), `values`, and `counts`.

    `categories` maps the category values and their synonyms to values, all in small letters; what is said of them must
    be an item's or the visitor's. `book` is what the reply's own words come from.
    """

    items: tuple[Item, ...] = ()
    words: str = ""
    values: frozenset[str] = frozenset()
    counts: frozenset[int] = frozenset()
    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    book: Phrasebook = field(default_factory=lambda: Phrasebook(TEMPLATES))


def ungrounded(text: str, allowed: Grounds) -> tuple[str, ...]:
    """Names, quotations and numbers in `text` that nothing allowed accounts for, in order; empty: all is grounded."""
    by_title: dict[str, list[Item]] = {}
    for item in allowed.items:
        by_title.setdefault(item.title, []).append(item)
    names = {name for item in allowed.items for name in _names(item)}
    marks = sorted(names | set(by_title), key=lambda n: (-len(n), n))
    spoken = _Spoken(allowed)
    about: tuple[Item, ...] = allowed.items
    found: list[str] = []
    for clause in _CLAUSE.split(_marked(apart(by_column(text)), marks)):
        said = [marks[int(i)] for i in _MARK.findall(clause)]
        about = tuple(item for name in said for item in by_title.get(name, ())) or about
        found += spoken.strangers(clause, [name for name in said if name not in by_title], about)
    return tuple(dict.fromkeys(found))


def _marked(text: str, names: Iterable[str]) -> str:
    """`text` with each of `names`, the longest first, replaced by a mark that holds its position among them."""
    for i, name in enumerate(names):
        if name in text:
            text = re.sub(rf"(?<![\w\ue000]){re.escape(name)}(?![\w\ue001])", f"\ue000{i}\ue001", text)
    return text


class _Spoken:
    """What may be said in any clause, and the check of one clause."""

    def __init__(self, allowed: Grounds) -> None:
        self.own = _vocabulary() if allowed.book.language == "en" else _words_of(allowed.book.texts)
        self.counts = allowed.book.word("counts").split()
        words = apart(allowed.words)
        self.words = words.casefold()
        self.said = {form for token in _tokens(words) for form in singulars(token)}
        self.tokens = _tokens(words) | {t for value in allowed.values for t in _tokens(apart(value))}
        self.numbers = _numbers(words) | {float(c) for c in allowed.counts}
        self.numbers |= {n for value in allowed.values for n in _numbers(value)}
        self.values = {value.casefold() for value in allowed.values}
        self.categories = {v: means for v, means in allowed.categories.items() if v not in self.own}

    def strangers(self, clause: str, said: list[str], about: tuple[Item, ...]) -> list[str]:
        """What `clause` says, the marked names `said` among it, that neither `about` nor the visitor account for."""
        own = {name for item in about for name in _names(item)}
        foreign = [n for n in said if n not in own and n != n.lower() and not _tokens(n) <= self.tokens]
        rest = _MARK.sub("\ue002", clause)
        numbers = self.numbers | {n for item in about for n in _item_numbers(item)}
        texts = {t for item in about for t in _tokens(item.text)}
        found = [*self._quotations(rest), *self._figures(rest, numbers, texts), *self._capitals(rest, texts)]
        known = texts | self.said | {t for name in own for t in _tokens(name)}
        run = [v for v in self.categories if v in rest and _HAN.match(v)]  # Chinese puts no blanks between words
        run = [v for v in run if not any(v in longer for longer in run if longer != v)]
        values = dict.fromkeys((*said_values(rest, self.categories), *run))
        return foreign + found + [v for v in values if not self._has(v, known)]

    def _has(self, value: str, known: set[str]) -> bool:
        said = _HAN.match(value) is not None and value in self.words
        return said or any(_tokens(v) <= known for v in (value, *self.categories[value]))

    def _quotations(self, rest: str) -> list[str]:
        quoted = [part.strip(" .,") for q in _QUOTED.findall(rest) for part in q.split("\ue002")]  # names are checked
        return [q for q in quoted if q and q.casefold() not in self.words and q.casefold() not in self.values]

    def _figures(self, rest: str, numbers: set[float], texts: set[str]) -> list[str]:
        wrong = [m[0] for m in _NUMBER.finditer(rest) if _float(m[1]) not in numbers]
        spelled = [w for w in _WORD.findall(rest) if w.casefold() in self.counts[2:]]
        return wrong + [
            w
            for w in spelled
            if float(self.counts.index(w.casefold())) not in numbers and w.casefold() not in (texts | self.tokens)
        ]

    def _capitals(self, rest: str, texts: set[str]) -> list[str]:
        """Runs of capitalised words that are neither excused nor said by anybody."""
        runs: list[str] = []
        end = -2
        for match in _WORD.finditer(rest):
            word = match[0]
            if not word[0].isupper() or self._is_excused(word, rest[: match.start()], texts):
                continue
            joins = runs and rest[end : match.start()] == " "
            runs[-1:] = [f"{runs[-1]} {word}"] if joins else [*runs[-1:], word]
            end = match.end()
        return runs

    def _is_excused(self, word: str, before: str, texts: set[str]) -> bool:
        small = word.casefold()
        parts = set(_tokens(word))
        spoken = any(form in self.tokens for form in singulars(small))
        if word in _SELF or spoken or small in texts or (parts and parts <= (self.tokens | texts)):
            return True
        starts = not before.strip(" “\"'‘(–·:-¿¡")
        return starts and (small in self.own or bool(_STARTER.fullmatch(small)) or small in self.counts)


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the templates, without what fills them."""
    books = (TEMPLATES, *TONED.values(), SHORT)
    texts = [*(t for book in books for variants in book.values() for t in variants), *PLAIN.values(), *SIGNALS.values()]
    return _words_of(tuple(texts))


@lru_cache(maxsize=8)
def _words_of(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(t for text in texts for t in _tokens(re.sub(r"\{\w+\}", " ", text)))


def said_values(text: str, values: Container[str]) -> list[str]:
    """Those of `values` (small letters) that `text` says in whole words, in the plural too; the longest first."""
    said = [w.casefold() for w in _WORD.findall(text)]
    found: list[str] = []
    for length in range(min(VALUE_WORDS, len(said)), 0, -1):
        for start in range(len(said) - length + 1):
            *first, last = said[start : start + length]
            found += [v for end in singulars(last) if (v := " ".join((*first, end))) in values]
    return list(dict.fromkeys(found))


def singulars(word: str) -> tuple[str, ...]:
    """A word and what it may be the plural of: "comedies", "comedy"."""
    if word.endswith("ies"):
        return (word, f"{word[:-3]}y")
    return (word, word[:-2], word[:-1]) if word.endswith("es") else (word, word[:-1]) if word.endswith("s") else (word,)


def _tokens(text: str) -> set[str]:
    """The words of `text` in small letters, compounds whole and in parts."""
    whole = {w.casefold() for w in _WORD.findall(text)}
    return whole | {part for w in whole for part in re.split(r"['’.-]", w) if part}


def _float(figure: str) -> float:
    return float(figure.replace(",", ""))


def _numbers(text: str) -> set[float]:
    return {_float(n) for n in _ANY_NUMBER.findall(text)}


def _names(item: Item) -> set[str]:
    """The names and values of an item's own facets and fields."""
    found = {v for value in item.facets.values() if isinstance(value, tuple) for v in value}
    for value in item.fields.values():
        found |= {v for v in value if isinstance(v, str)} if isinstance(value, list) else set()
        found |= {value} if isinstance(value, str) and len(value.split()) <= 6 else set()
    return {name for name in found if _WORD.search(name)}


def _item_numbers(item: Item) -> set[float]:
    found = {float(v) for v in item.facets.values() if isinstance(v, int | float)}
    fields: Mapping[str, object] = item.fields
    for value in fields.values():
        if isinstance(value, int | float):
            found |= {float(value), round(float(value))}
        else:
            found |= _numbers(str(value))
    return found | _numbers(item.text)
