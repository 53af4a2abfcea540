"""What a number facet measures, found from its unit and values; and the words that compare by it.

Knows facets and their numbers, no facet's name.
"""

from __future__ import annotations

from enum import StrEnum

from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet

CURRENCIES = frozenset({"USD", "EUR", "GBP", "CHF", "CAD", "AUD", "$", "€", "£"})
MINUTES = frozenset({"min", "mins", "minute", "minutes"})
LESS = {
    "money": ("cheaper", "cheapest", "less expensive", "least expensive", "more affordable", "most affordable"),
    "year": ("older", "oldest", "earlier", "earliest", "less recent"),
    "duration": ("shorter", "shortest"),
    "plain": (),
}
MORE = {
    "money": ("dearer", "dearest", "more expensive", "most expensive", "pricier", "priciest"),
    "year": ("newer", "newest", "more recent", "most recent", "later", "latest", "more modern"),
    "duration": ("longer", "longest"),
    "plain": (),
}


class NumberStyle(StrEnum):
    """How a facet's numbers are spoken of."""

    YEAR = "year"
    MONEY = "money"
    DURATION = "duration"  #: minutes
    PLAIN = "plain"


def number_style(catalogue: Catalogue, facet: Facet) -> NumberStyle:
    """The style of a number facet: by unit, else year when every value is a whole number in [1800, 2100]."""
    if facet.unit in CURRENCIES:
        return NumberStyle.MONEY
    if facet.unit in MINUTES:
        return NumberStyle.DURATION
    values = [n for item in catalogue.items if (n := item.number(facet.name)) is not None]
    years = facet.unit in {None, "year"} and all(n == int(n) and 1800 <= n <= 2100 for n in values)
    return NumberStyle.YEAR if values and years else NumberStyle.PLAIN


def comparatives(facet: Facet, style: NumberStyle) -> dict[str, str]:
    """Words of a relative wish on `facet` -> "less" or "more"; the catalogue's own words come first."""
    less = [*facet.less, *(_superlative(w) for w in facet.less), *LESS[style.value]]
    more = [*facet.more, *(_superlative(w) for w in facet.more), *MORE[style.value]]
    found = dict.fromkeys(more, "more") | dict.fromkeys(less, "less")
    for direction, own in (("less", facet.less), ("more", facet.more)):
        found.update(dict.fromkeys(own, direction))
    return found


def _superlative(word: str) -> str:
    if word.startswith("more "):
        return "most " + word.removeprefix("more ")
    if word.startswith("less "):
        return "least " + word.removeprefix("less ")
    return word.removesuffix("er") + "est" if word.endswith("er") else word
