"""Which number facet a number in a message belongs to: the one named beside it, else one that has such numbers.

"Up to 50 seats" is no price though prices are written like that, and "up to 2006" is a year where nothing costs 2006.
Knows the catalogue's number facets; what a phrase means is decided in `numbers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.understanding.number_phrases import number_phrases
from bot.understanding.numbers import parse_range
from bot.understanding.phrases import Phrase, Span
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import NumberStyle, number_style

_BEFORE = r"\b(?:{names})(?:\s+(?:is|are|of|for|from|in|at))?[\s:]{{0,3}}$"
_AFTER = r"^[\s\-]?(?:(?:{unit})[\s\-])?(?:{names})\b"


@dataclass(frozen=True, slots=True)
class NumberFacet:
    """A number facet, what it is called beside a number, its unit (both as patterns), and the range of the items'."""

    name: str
    style: NumberStyle
    called: str
    unit: str
    least: float
    greatest: float

    def is_called_beside(self, text: str, phrase: Phrase) -> bool:
        """Whether the phrase has the facet's name before or after it ("seats up to 50", "50 seats", "9 cm pot")."""
        before, after = _BEFORE.format(names=self.called), _AFTER.format(names=self.called, unit=self.unit)
        return bool(
            re.search(before, text[: phrase.start], re.IGNORECASE)
            or re.search(after, text[phrase.end :], re.IGNORECASE)
        )

    def is_named_beside(self, text: str, phrase: Phrase) -> bool:
        """The same, or its unit after it ("50 cm"), which several facets may have."""
        counted = self.unit and re.search(rf"^[\s\-]?(?:{self.unit})\b", text[phrase.end :], re.IGNORECASE)
        return bool(counted) or self.is_called_beside(text, phrase)

    def is_named_in(self, text: str, start: int, value: str) -> bool:
        """The same of a number that was copied as `value`, which begins at `start` and may hold the name itself."""
        digits = list(re.finditer(r"\d[\d.,]*", value))
        end = start + (digits[-1].end() if digits else len(value))
        return self.is_named_beside(text, Phrase(text[start:end], start, end))

    def has(self, phrase: Phrase, this_year: int) -> bool:
        """Whether an end of what the phrase means lies among the items' numbers."""
        ends = parse_range(phrase.text, self.style, this_year) or ()
        return any(end is not None and self.least <= end <= self.greatest for end in ends)


def number_facets(catalogue: Catalogue) -> tuple[NumberFacet, ...]:
    """The number facets that some item has, in the schema's order."""
    found = []
    for facet in catalogue.schema.facets:
        numbers = [n for item in catalogue.items if (n := item.number(facet.name)) is not None]
        if facet.kind is FacetKind.NUMBER and numbers:
            names = {facet.name, facet.label.casefold()}
            style, unit = number_style(catalogue, facet), re.escape(facet.unit or "")
            found.append(NumberFacet(facet.name, style, _any_of(names), unit, min(numbers), max(numbers)))
    return tuple(found)


def _any_of(names: set[str]) -> str:
    return "|".join(map(re.escape, sorted(names - {""}, key=lambda name: (-len(name), name))))


def numbers_said(
    text: str, facets: Sequence[NumberFacet], this_year: int, taken: Sequence[Span]
) -> Iterator[tuple[str, Phrase]]:
    """(facet, phrase) for every number of `text` outside `taken`; no place is read twice."""
    gone = list(taken)
    for choice in ("called", "named", "fitting", "any"):  # "17 cm" may be a height, "pot size 17 cm" is none
        for facet in facets:
            for phrase in number_phrases(text, facet.style, this_year, gone, named=choice in ("called", "named")):
                if choice == "called" and not facet.is_called_beside(text, phrase):
                    continue
                if choice == "named" and not facet.is_named_beside(text, phrase):
                    continue
                if choice == "fitting" and not facet.has(phrase, this_year):
                    continue
                gone.append((phrase.start, phrase.end))
                yield facet.name, phrase
