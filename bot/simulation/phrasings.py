"""The words of simulated users: phrasings of our own, filled with a catalogue's nouns and values, and slips of the pen.

Kept apart from the phrasings that the reader is trained on, so that what is measured was not learnt by heart; a test
compares the two. Knows the catalogue's words; knows no history and no target.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.dialogue.events import Value
from bot.response.labels import Labels
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import NumberStyle

SLIPS_FROM = 5  #: letters of a word that may be mistyped
_WORD = re.compile(rf"(?<![{{\w'])[a-z]{{{SLIPS_FROM},}}(?![\w}}'])")


@cache
def sections() -> Mapping[str, tuple[str, ...]]:
    """The phrasings by section name."""
    text = resources.files(__package__).joinpath("phrasings.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("## "):
            found[line[3:]] = []
        elif not line.startswith("#"):
            found[next(reversed(found))].append(line)
    return {name: tuple(lines) for name, lines in found.items()}


class Voice:
    """One catalogue's words in one person's mouth. `typos` is the chance of a slip in a message; names stay intact."""

    def __init__(self, catalogue: Catalogue, r: random.Random, *, typos: float = 0.0, small: bool = False) -> None:
        self._schema = catalogue.schema
        self._labels = Labels(catalogue)
        self._r, self._typos, self._small = r, typos, small
        self.named: list[str] = []  #: titles and values said so far

    def say(self, section: str, **words: str) -> str:
        """A phrasing of `section` with these words in it."""
        self.named += words.values()
        phrasing = self._r.choice(sections()[section])
        if self._r.random() < self._typos:
            phrasing = _mistyped(phrasing, self._r)
        said = phrasing.format(noun=self._schema.item, nouns=self._schema.items_noun, **words)
        return said.lower() if self._small else said

    def of_kind(self, section: str, facet: str, value: Value) -> str:
        """A phrasing about a value: the section is "`section` category", "… entity", "… year" or "… number"."""
        kind: str = self._schema.facet(facet).kind
        if kind == FacetKind.NUMBER and self._labels.styles[facet] is NumberStyle.YEAR:
            kind = NumberStyle.YEAR
        return self.say(f"{section} {kind}", value=self.spoken(facet, value))

    def spoken(self, facet: str, value: Value) -> str:
        """ "comedy", "size XL", "the 1990s", "$75 to $135", "under 100 min"."""
        if isinstance(value, str):
            return self._labels.value(facet, value)
        low, high = value
        if low is not None and self._labels.styles[facet] is NumberStyle.YEAR:
            return f"the {low:g}s"
        ends = [self._labels.number(facet, end) for end in (low, high) if end is not None]
        said = " to ".join(ends) if len(ends) > 1 else f"{'over' if high is None else 'under'} {ends[0]}"
        plain = self._labels.styles[facet] is NumberStyle.PLAIN
        return f"{self._labels.facet(facet)} {said}" if plain else said

    def relative(self, facet: str, more: bool) -> str:
        """ "older", "cheaper", "more pages"."""
        return self._labels.relative(facet, more)


def _mistyped(phrasing: str, r: random.Random) -> str:
    """`phrasing` with two neighbouring letters of one of its longer words swapped; words in braces stay."""
    words = list(_WORD.finditer(phrasing))
    if not words:
        return phrasing
    word = r.choice(words)
    at = word.start() + r.randrange(1, len(word[0]) - 2)
    return phrasing[:at] + phrasing[at + 1] + phrasing[at] + phrasing[at + 2 :]
