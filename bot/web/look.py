"""How the page speaks of a catalogue in one language: its own words, and the catalogue's. Knows no conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.languages.replies import labels_by_language
from bot.response.facts import NAMES, facet_text
from bot.response.labels import Labels
from bot.response.templates import TEMPLATES, Phrasebook
from bot.web.words import INTERFACE, PageWords, words_in
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.linking.styles import NumberStyle

FACTS = 5  #: of an item on its card
_ORDER = (FacetKind.NUMBER, FacetKind.CATEGORY, FacetKind.ENTITY)

Facets = Mapping[str, list[str] | float | None]


@dataclass(frozen=True, slots=True)
class Look:
    """The words that are drawn: `words` are the page's, `labels` the catalogue's."""

    words: PageWords
    labels: Labels

    @property
    def items(self) -> str:
        """What several items are called."""
        return self.labels.noun(2)

    def fact(self, facet: Facet, value: list[str] | float | None) -> str:
        """One facet's value; empty when it is unknown."""
        if isinstance(value, list):
            said = self.labels.lexicon.values.get(facet.name, {})
            return ", ".join(said[v][0] if v in said else v for v in value[:NAMES])
        return facet_text(facet, value)

    def price(self, facets: Facets) -> str:
        """What the item costs, where the catalogue declares that; else empty."""
        return next((self.fact(f, facets.get(f.name)) for f in self._facets() if self._is_price(f)), "")

    def facts(self, facets: Facets) -> str:
        """What is known of an item beside its price: numbers first, then categories, then names."""
        told = (self.fact(f, facets.get(f.name)) for f in self._facets() if not self._is_price(f))
        return " · ".join([text for text in told if text][:FACTS])

    def kind(self, facets: Facets) -> str:
        """The item's first category: what it is akin to."""
        for facet in self._facets():
            values = facets.get(facet.name)
            if facet.kind is FacetKind.CATEGORY and isinstance(values, list) and values:
                return values[0]
        return ""

    def _facets(self) -> list[Facet]:
        return sorted(self.labels.schema.facets, key=lambda f: _ORDER.index(f.kind))

    def _is_price(self, facet: Facet) -> bool:
        return self.labels.styles.get(facet.name) is NumberStyle.MONEY


def looks(catalogue: Catalogue) -> Mapping[str, Look]:
    """How the page looks, by language of the interface."""
    labels = labels_by_language(catalogue, Phrasebook(TEMPLATES))
    return {language: Look(words_in(language), labels[language]) for language in INTERFACE}
