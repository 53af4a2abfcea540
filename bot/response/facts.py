"""An item's facets as a short line of facts: "1995 · 170 min · action, crime".

Generic over catalogues; knows no prose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind

CURRENCY = {"USD": "$", "EUR": "€", "GBP": "£"}
NAMES = 3  #: how many values of one facet a line of facts names


def number_text(value: float, unit: str | None) -> str:
    """A number as people write it: "$99", "170 min", "1995"."""
    plain = f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"
    if unit in CURRENCY:
        return CURRENCY[unit] + plain
    return f"{plain} {unit}" if unit else plain


def facet_text(facet: Facet, value: Sequence[str] | float | None, names: int = NAMES) -> str:
    """One facet's value in words; empty when unknown. A number facet takes a float, the others a list."""
    if value is None or (isinstance(value, Sequence) and not value):
        return ""
    if facet.kind is FacetKind.NUMBER:
        return number_text(float(value), facet.unit) if isinstance(value, int | float) else ""
    values = [str(v) for v in value] if isinstance(value, Sequence) else [str(value)]
    return ", ".join(values[:names])


def facts_line(facets: Mapping[str, Sequence[str] | float | None], schema: CatalogueSchema, parts: int = 5) -> str:
    """At most `parts` facts: numbers first, then categories, then names, each in the catalogue's order."""
    order = (FacetKind.NUMBER, FacetKind.CATEGORY, FacetKind.ENTITY)
    ranked = sorted(schema.facets, key=lambda f: order.index(f.kind))
    texts = (facet_text(f, facets.get(f.name)) for f in ranked)
    return " · ".join([text for text in texts if text][:parts])
