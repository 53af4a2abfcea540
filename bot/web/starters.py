"""Sentences to begin with, made of the catalogue: an example, a kind with a number, a kind without another.

Each is one that our own rules read, which a test checks. Knows catalogues and words; knows no conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from statistics import median

from bot.web.look import Look
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.linking.styles import NumberStyle

MOST = 4
SHORT = 24  #: characters of a title that fits into a sentence to begin with


def starters(catalogue: Catalogue, popularity: Mapping[str, float], look: Look) -> tuple[str, ...]:
    """At most `MOST` sentences, in the language of `look`. `popularity` is in [0, 1], of items with behaviour."""
    found = [*_like(catalogue, popularity, look), *_numbers(catalogue, look), *_without(catalogue, look)]
    return (*found[: MOST - 1], look.words("start_surprise"))


def _like(catalogue: Catalogue, popularity: Mapping[str, float], look: Look) -> Iterator[str]:
    """One of the items most people know."""
    known = sorted(popularity, key=lambda i: (-popularity[i], i)) or [item.id for item in catalogue.items]
    titles = (catalogue.by_id[i].title for i in known if i in catalogue.by_id)
    for title in islice((t for t in titles if len(t) <= SHORT and "," not in t), 1):
        yield look.words("start_like", title=title)


def _numbers(catalogue: Catalogue, look: Look) -> Iterator[str]:
    """A common kind within its commonest decade, or below its middle price."""
    kind = _kind(catalogue)
    if kind is None:
        return
    value = catalogue.facet_values(kind.name)[0]
    items = [item for item in catalogue.items if value in item.values(kind.name)]
    for facet in catalogue.schema.facets:
        numbers = [n for item in items if (n := item.number(facet.name)) is not None]
        style, said = look.labels.styles.get(facet.name), look.labels.value(kind.name, value)
        if numbers and style is NumberStyle.YEAR:
            decade = int(median(numbers)) // 10 * 10
            yield look.words("start_decade", value=said, decade=f"{decade % 100:02d}" if decade < 2000 else decade)
        elif numbers and style is NumberStyle.MONEY:
            price = look.labels.number(facet.name, float(round(median(numbers), -1) or 10))
            yield look.words("start_price", value=said, price=price)


def _without(catalogue: Catalogue, look: Look) -> Iterator[str]:
    """A kind without one that often comes with it."""
    kind = _kind(catalogue)
    if kind is None:
        return
    for value in catalogue.facet_values(kind.name)[1:]:
        held = [item.values(kind.name) for item in catalogue.items if value in item.values(kind.name)]
        beside = [v for values in held for v in values if v != value]
        if beside:
            other = max(sorted(set(beside)), key=beside.count)
            named = (look.labels.value(kind.name, v) for v in (value, other))
            yield look.words("start_without", **dict(zip(("value", "other"), named, strict=True)))
            return


def _kind(catalogue: Catalogue) -> Facet | None:
    return next((f for f in catalogue.schema.facets if f.kind is FacetKind.CATEGORY), None)
