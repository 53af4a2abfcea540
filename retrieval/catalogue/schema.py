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
    ("older", "newer"; "cheaper", "dearer").
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


@dataclass(frozen=True, slots=True)
class CatalogueSchema:
    """The content of one `catalogue.toml`, checked. Paths are absolute."""

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

    def facet(self, name: str) -> Facet:
        """The facet called `name`; raises KeyError naming the alternatives."""
        for facet in self.facets:
            if facet.name == name:
                return facet
        raise KeyError(f"no facet {name!r}; this catalogue has {', '.join(f.name for f in self.facets)}")

    @property
    def items_noun(self) -> str:
        """The plural noun for items."""
        return self.item if self.item.endswith("s") else self.item + "s"
