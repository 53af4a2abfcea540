"""Invented facts to word replies from: items with a line of facts, wishes, questions, under a drawn schema.

A title is put beside facts that are not its own, so that a model learns to read facts and not to remember them. Knows
no phrasing of a reply.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cached_property

from bot.response.facts import number_text
from bot.response.labels import joined
from bot.understanding.prompt import FacetView
from bot.understanding.training import names
from bot.understanding.training.draft import DoesNotFit
from bot.understanding.training.lists import mapping, words
from bot.understanding.training.schema import Schema
from retrieval.catalogue.schema import FacetKind

#: Lowest and highest number of a concept, and the step between two; prices are the domain's own.
NUMBERS: Mapping[str, tuple[float, float, float]] = {
    "year": (1950, 2025, 1),
    "stars": (1, 5, 1),
    "runtime": (70, 200, 1),
    "rating": (3, 10, 0.1),
    "pages": (90, 900, 1),
}
PRICES: Mapping[str, tuple[float, float, float]] = {
    "shop": (10, 240, 5),
    "books": (6, 45, 1),
    "restaurants": (12, 150, 2),
    "games": (5, 80, 5),
    "hotels": (50, 400, 5),
    "groceries": (1, 30, 0.5),
    "courses": (20, 600, 10),
}
YEARS, MONEY = "year", "price"
UNWRITABLE = frozenset('!"“”<>|')  #: what the grammar of replies does not let a model copy


class Invented:
    """Draws facts of one invented catalogue."""

    def __init__(self, r: random.Random, schema: Schema) -> None:
        self.r, self.schema = r, schema

    @cached_property
    def concepts(self) -> dict[str, str]:
        """Facet → concept."""
        return {facet: concept for concept, facet in self.schema.names.items()}

    def title(self) -> str:
        """A title that a reply can name."""
        for _ in range(20):
            title = (
                names.film(self.r)[0] if self.schema.domain == "films" else names.product(self.r, self.schema.domain)
            )
            if not UNWRITABLE & set(title):
                return title
        raise DoesNotFit

    def titles(self, count: int) -> tuple[str, ...]:
        """Different titles. Raises DoesNotFit."""
        found = dict.fromkeys(self.title() for _ in range(3 * count))
        if len(found) < count:
            raise DoesNotFit
        return tuple(found)[:count]

    def number(self, view: FacetView) -> str:
        """A number with its unit: "1995", "$99", "170 min"."""
        value = self._number(self.concepts[view.name])
        return number_text(value, view.unit)

    def value(self, view: FacetView) -> str:
        """A value of a category, or a name. Raises DoesNotFit where there is none."""
        if view.kind is FacetKind.CATEGORY:
            if not view.values:
                raise DoesNotFit
            return self.r.choice(view.values)
        concept = self.concepts[view.name]
        if concept == "person":
            return names.person(self.r)
        if concept == "author":
            return self.r.choice([author for (author,) in mapping("books", "titles").values()])
        return self.r.choice(words(self.schema.domain)[concept])

    def facts(self) -> tuple[str, ...]:
        """The parts of an item's line of facts: numbers, then categories, then names, as `facts_line` has them."""
        order = (FacetKind.NUMBER, FacetKind.CATEGORY, FacetKind.ENTITY)
        ranked = sorted(self.schema.facets, key=lambda f: order.index(f.kind))
        return tuple(self._part(view) for view in ranked if self.r.random() < 0.85)[:5]

    def wish(self) -> str:
        """What somebody asked for, as a list says it: "comedy", "up to $50", "no horror", "cheaper"."""
        r, view = self.r, self.r.choice(self.schema.facets)
        if r.random() < 0.2:
            return r.choice(("", "not ")) + r.choice(words(self.schema.domain)[_needs(self.schema.domain)])
        if view.kind is FacetKind.NUMBER:
            return self._range(view)
        value = self.value(view)
        cryptic = value[:1].isdigit() or (len(value) <= 4 and value.isupper())
        return ("no " if r.random() < 0.25 else "") + (f"{view.name} {value}" if cryptic else value)

    def values(self, count: int) -> tuple[str, ...]:
        """Different values of categories. Raises DoesNotFit where there are none."""
        views = [f for f in self.schema.facets if f.kind is FacetKind.CATEGORY]
        if not views:
            raise DoesNotFit
        return tuple(dict.fromkeys(self.value(self.r.choice(views)) for _ in range(count)))

    def view(self) -> FacetView:
        """Some facet."""
        return self.r.choice(self.schema.facets)

    def fact(self, view: FacetView) -> str:
        """What an item has of a facet: "$99", "wool and denim"."""
        if view.kind is FacetKind.NUMBER:
            return self.number(view)
        return joined(tuple(dict.fromkeys(self.value(view) for _ in range(self.r.randint(1, 2)))))

    def wishes(self, count: int) -> tuple[str, ...]:
        """Different wishes, the refused ones last."""
        found = tuple(dict.fromkeys(self.wish() for _ in range(count)))
        return tuple(sorted(found, key=lambda w: w.startswith(("no ", "not "))))

    def label(self, kinds: tuple[FacetKind, ...], concept: str | None = None) -> str:
        """What a facet is called, in words. Raises DoesNotFit where the catalogue has none."""
        fitting = [f for f in self.schema.facets if f.kind in kinds]
        if concept is not None:
            fitting = [f for f in fitting if self.concepts[f.name] == concept]
        if not fitting:
            raise DoesNotFit
        return self.r.choice(fitting).name.replace("_", " ")

    def titles_said(self) -> str:
        """One title, or two joined."""
        return joined(self.titles(1 if self.r.random() < 0.75 else 2))

    def _number(self, concept: str) -> float:
        low, high, step = PRICES[self.schema.domain] if concept == MONEY else NUMBERS[concept]
        return round(low + step * self.r.randint(0, round((high - low) / step)), 2)

    def _range(self, view: FacetView) -> str:
        concept = self.concepts[view.name]
        if concept == YEARS and self.r.random() < 0.5:
            decade = 10 * self.r.randint(195, 202)
            return f"{decade}–{decade + 9}"
        return self.r.choice(("up to ", "from ")) + self.number(view)

    def _part(self, view: FacetView) -> str:
        if view.kind is FacetKind.NUMBER:
            return self.number(view)
        count = 1 if self.r.random() < 0.6 else 2
        return ", ".join(dict.fromkeys(self.value(view) for _ in range(count)))


def _needs(domain: str) -> str:
    return "adjectives" if domain == "films" else "needs"
