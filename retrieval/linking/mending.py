"""A message with the slips in it put right: "smth funy, cheeper" -> "smth funny, cheaper". `Mender.mended`.

Only words that a catalogue's values, comparisons and nouns are called by are looked for (`slips.py`). What may be a
name stays as typed: titles, people and brands have spellings of their own (`titles.py`, `names.py`). Knows no dialogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from retrieval.catalogue.item import Catalogue
from retrieval.linking.scan import TitleScanner
from retrieval.linking.slips import Slips
from retrieval.linking.text import Token, singular, tokens, words
from retrieval.linking.values import ValueIndex

_QUOTED = re.compile(r"[\"“”«»][^\"“”«»]{1,80}[\"“”«»]")


class Mender:
    """The slips that visitors of one catalogue make. `relative` are its comparatives ("cheaper")."""

    def __init__(
        self, catalogue: Catalogue, values: ValueIndex, scanner: TitleScanner, relative: Iterable[str]
    ) -> None:
        self._catalogue, self._values, self._scanner = catalogue, values, scanner
        self._slips = Slips(_meanings(catalogue, values, relative))
        self._is_written = lru_cache(maxsize=1024)(self._written)

    def mended(self, text: str) -> str:
        """`text` as it was meant; words that are none of the catalogue's, and all names, as they were typed."""
        found = [(token, meant) for token in tokens(text) if (meant := self._meant(token, text))]
        if not found:
            return text
        names = [*((m.start, m.end) for m in self._scanner.scan(text)), *(m.span() for m in _QUOTED.finditer(text))]
        for token, meant in reversed(found):
            if not any(start < token.end and token.start < end for start, end in names):
                text = f"{text[: token.start]}{meant}{text[token.end :]}"
        return text

    def _meant(self, token: Token, text: str) -> str | None:
        """What a token is a slip of. A capital within a sentence that is not all capitals begins a name."""
        typed = text[token.start : token.end]
        if not typed.isalpha() or (typed[0].isupper() and not typed.isupper() and not _opens(text, token.start)):
            return None
        meant = self._slips.meant(token.key)
        if meant is None or any(token.key in names.words for names in self._values.names.values()):
            return None
        return None if self._is_written(token.key) else meant

    def _written(self, word: str) -> bool:
        """Whether the catalogue's own texts use a word."""
        pattern = re.compile(rf"(?<!\w){word}(?!\w)")
        texts = (f"{item.title} {item.text}".casefold() for item in self._catalogue.items)
        return any(word in text and pattern.search(text) for text in texts)


def _opens(text: str, start: int) -> bool:
    return not text[:start].strip() or text[:start].rstrip()[-1] in ".!?"


def _meanings(catalogue: Catalogue, values: ValueIndex, relative: Iterable[str]) -> dict[str, object]:
    """The words that may be meant, each with what it means."""
    found: dict[str, object] = {}
    for name, index in values.categories.items():
        for key, meant in index.keys.items():
            alone = len(key.split()) == 1
            for word in key.split():
                found.setdefault(word, (name, meant) if alone else word)
            found |= {form: (name, meant) for form in _compared(key) if alone}
    schema = catalogue.schema
    for phrase in (*relative, *schema.nouns, *schema.plural_nouns):
        found |= {word: singular(word) for word in words(phrase) if word not in found}
    return found


def _compared(word: str) -> Iterator[str]:
    """How a describing word is raised: "funny" -> "funnier", "funniest"."""
    if word.endswith("y"):
        yield from (f"{word[:-1]}ier", f"{word[:-1]}iest")
