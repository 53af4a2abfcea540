"""From a mention ("lotr", "Leo DiCaprio", "the second one") to items and facet values: `Linker`.

Knows a catalogue's names; knows no dialogue, no user and no model.
"""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.catalogue.item import Catalogue
from retrieval.linking.mending import Mender
from retrieval.linking.scan import TitleMention, TitleScanner
from retrieval.linking.screen import Screen
from retrieval.linking.styles import NumberStyle, number_style
from retrieval.linking.text import positive
from retrieval.linking.titles import ItemLink, Shown, TitleIndex
from retrieval.linking.values import ValueIndex, ValueLink, ValueMention

__all__ = ["ItemLink", "Linker", "NumberStyle", "Shown", "TitleMention", "ValueLink", "ValueMention", "number_style"]


class Linker:
    """Everything a catalogue's names can be asked. Built once a catalogue; never changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._titles = TitleIndex(catalogue)
        self._scanner = TitleScanner(self._titles)
        self._values = ValueIndex(catalogue)
        self._screen = Screen(catalogue, self._values)
        self._mender = Mender(catalogue, self._values, self._scanner, self._screen.relative)

    def mended(self, text: str) -> str:
        """`text` with slips in the words of values, comparisons and nouns put right; names stay as typed."""
        return self._mender.mended(text)

    def items(self, mention: str, shown: Sequence[Shown] = (), context: Sequence[str] = ()) -> tuple[ItemLink, ...]:
        """The items a mention may mean, best first; empty when the title is not carried."""
        return self._titles.items(mention, shown, context)

    def scan(self, text: str) -> tuple[TitleMention, ...]:
        """Titles named in raw text; quoted names count even when they are not carried (known=False)."""
        return self._scanner.scan(text)

    def reference(self, text: str, shown: Sequence[Shown], focus: str | None = None) -> tuple[str, ...]:
        """Ids of the shown items the text points at ("the second one"); empty when none for certain."""
        return self._screen.reference(text, shown, focus)

    def values(self, facet: str, mention: str) -> tuple[ValueLink, ...]:
        """The values of a category or entity facet that a mention means; known=False when not carried."""
        return self._values.values(facet, mention)

    def scan_values(self, text: str) -> tuple[ValueMention, ...]:
        """All facet values named in raw text, with their places."""
        return self._values.scan(text)

    def relative(self, phrase: str) -> tuple[str, str] | None:
        """The number facet and direction ("less", "more") a comparative means ("cheaper"), else None."""
        return self._screen.relative.get(" ".join(phrase.lower().split()))

    def comparative_value(self, word: str) -> tuple[str, str] | None:
        """The category value a comparative leans to ("funnier" -> genre, comedy), else None."""
        plain = positive(word.lower().removeprefix("more ").removesuffix(" one").strip())
        candidates = (
            [plain]
            if plain
            else [word.lower().removeprefix("more ").strip()]
            if word.lower().startswith("more ")
            else []
        )
        for name, index in self._values.categories.items():
            for candidate in candidates:
                if values := index.exact((candidate,)):
                    return name, values[0]
        return None
