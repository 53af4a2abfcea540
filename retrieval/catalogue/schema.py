"""What a catalogue declares about itself: its columns and its facets.

Everything downstream (the grammar the model decodes into, filters, questions, chips, cards, signals) derives from the
values defined here. Knows nothing of rows, vectors, users or films.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal


class FacetKind(StrEnum):
    """How a facet's values behave."""

    CATEGORY = "category"  #: a closed list of values, with synonyms
    ENTITY = "entity"  #: open names: people, brands
    NUMBER = "number"  #: one number an item: a UTC year, a price in `unit`


@dataclass(frozen=True, slots=True)
class Facet:
    """One property that a visitor may ask for or avoid.

    `synonyms` maps what visitors write (lower case) to one or more catalogue values joined by "+"
    ("rom-com" -> "romance+comedy"). `less` and `more` are the words of a relative wish on a number
    ("older", "newer"; "cheaper", "dearer"). `variants`: an item comes in each of its values and a visitor takes one
    (colours, sizes; not genres), so that who avoids one is still shown what comes in another.
    """

    name: str
    kind: FacetKind
    columns: tuple[str, ...]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    better: Literal["lower", "higher"] | None = None
    label: str = ""
    less: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    variants: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueSchema:
    """The content of one `catalogue.toml`, checked. Paths are absolute.

    `words` maps a column or a facet to what visitors call it when they ask ("directors" -> "directed by", "who made").
    """

    name: str
    item: str  #: the singular noun for one item: "film", "product"
    folder: Path
    items_path: Path
    interactions_path: Path | None
    id_column: str
    title_column: str
    text_columns: tuple[str, ...]
    facets: tuple[Facet, ...]
    image_column: str | None = None
    url_column: str | None = None
    interactions_asset: str | None = None  #: the name of a downloadable asset that holds the demo behaviour
    interactions_join: str | None = None  #: the items' column whose value the asset's rows name
    item_words: tuple[str, ...] = ()  #: other singular nouns that visitors use for an item: "movie"
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reviews_path: Path | None = None

    def facet(self, name: str) -> Facet:
        """The facet called `name`; raises KeyError naming the alternatives."""
        for facet in self.facets:
            if facet.name == name:
                return facet
        raise KeyError(f"no facet {name!r}; this catalogue has {', '.join(f.name for f in self.facets)}")

    @property
    def items_noun(self) -> str:
        """The plural noun for items."""
        return _plural(self.item)

    @property
    def nouns(self) -> tuple[str, ...]:
        """Every singular noun for an item, casefolded, the catalogue's own first."""
        return tuple(dict.fromkeys(noun.casefold() for noun in (self.item, *self.item_words)))

    @property
    def plural_nouns(self) -> tuple[str, ...]:
        """Their plurals, in the same order."""
        return tuple(map(_plural, self.nouns))

    def words_for(self, facet: Facet) -> tuple[str, ...]:
        """What visitors call a facet or its columns: declared words, then the facet's name."""
        declared = (word for name in (facet.name, *facet.columns) for word in self.words.get(name, ()))
        return tuple(dict.fromkeys((*declared, facet.name.replace("_", " "))))


def _plural(noun: str) -> str:
    return noun if noun.endswith("s") else noun + "s"
