"""What somebody's history says of their tastes: values that stand out among what they liked, against everyone's likes.

A value's share among a person's n likes is smoothed towards its share p among all other people's likes, which counts as
`PRIOR` likes: s = (c + PRIOR · p) / (n + PRIOR). Its weight is its term of the relative entropy, s · ln(s / p): how
much it tells this person from everyone (Kullback and Leibler 1951). Numbers count by decade where they are years, else
by quarter of the catalogue. Knows ids and facets; knows no target and no words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, pstdev, quantiles

from bot.dialogue.events import Value
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.linking.styles import NumberStyle, number_style

PRIOR = 5.0  #: how many likes everyone's taste counts for
LEAST = 2  #: a value that fewer liked (or disliked) items carry is no taste
LEAST_NAMES = 3  #: the same for names, which people learn more slowly than kinds
A_TENTH = 0.1  #: nor is one that a smaller part of them carries: people do not know it of themselves
STANDS_OUT = 1.25  #: s / p from which on a value is a taste
PUTS_OFF = 1.5  #: the same among the disliked, for an aversion

Carried = tuple[str, Value]  #: a facet's name and one of its values; numbers as a range (low, high), None open


@dataclass(frozen=True, slots=True)
class Taste:
    """A value that stands out. `share` in (0, 1) is smoothed; `lift` is `share` over everyone's, > 0."""

    facet: str
    value: Value
    share: float
    lift: float

    @property
    def weight(self) -> float:
        """In nats; higher tells more of the person."""
        return self.share * math.log(self.lift)


@dataclass(frozen=True, slots=True)
class Tastes:
    """One person's tastes: `likes` and `aversions`, the most telling first; `typical` is the middle of their liked
    items' numbers, by facet."""

    likes: tuple[Taste, ...] = ()
    aversions: tuple[Taste, ...] = ()
    typical: Mapping[str, float] = field(default_factory=dict)

    def of(self, facet: str) -> tuple[Taste, ...]:
        """The tastes of one facet, the most telling first."""
        return tuple(taste for taste in self.likes if taste.facet == facet)


class ValuesOf:
    """What items carry, by id: every facet's values, numbers as the band they fall into."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._facets = catalogue.schema.facets
        self._by_id = catalogue.by_id
        self._cuts = {f.name: _cuts(catalogue, f) for f in self._facets if f.kind is FacetKind.NUMBER}
        self.names = frozenset(f.name for f in self._facets if f.kind is FacetKind.ENTITY)
        self.spread = {name: _spread(catalogue, name) for name in self._cuts}  #: standard deviation of each number
        years = (f for f in self._facets if f.kind is FacetKind.NUMBER)
        self.years = frozenset(f.name for f in years if number_style(catalogue, f) is NumberStyle.YEAR)

    def __call__(self, item: str) -> frozenset[Carried]:
        """What the item called `item` carries."""
        return frozenset(pair for facet in self._facets for pair in self._carried(self._by_id[item], facet))

    def number(self, item: str, facet: str) -> float | None:
        """The item's number; None when unknown."""
        return self._by_id[item].number(facet)

    def _carried(self, item: Item, facet: Facet) -> Iterable[Carried]:
        if facet.kind is not FacetKind.NUMBER:
            return ((facet.name, value) for value in item.values(facet.name))
        number = item.number(facet.name)
        return () if number is None else ((facet.name, self._band(facet.name, number)),)

    def _band(self, facet: str, number: float) -> tuple[float | None, float | None]:
        if facet in self.years:
            decade = number // 10 * 10
            return decade, decade + 9
        below = [cut for cut in self._cuts[facet] if cut <= number]
        above = [cut for cut in self._cuts[facet] if cut > number]
        return (below[-1] if below else None), (above[0] if above else None)


def _cuts(catalogue: Catalogue, facet: Facet) -> tuple[float, ...]:
    """Whole numbers near the quartiles of the catalogue."""
    numbers = [n for item in catalogue.items if (n := item.number(facet.name)) is not None]
    return tuple(sorted({float(round(cut)) for cut in quantiles(numbers, n=4)})) if len(numbers) > 1 else ()


def _spread(catalogue: Catalogue, facet: str) -> float:
    return pstdev([n for item in catalogue.items if (n := item.number(facet)) is not None] or [0.0])


class Everyone:
    """How often values are carried by what people liked: (people's) likes by value, and how many likes there are."""

    def __init__(self, likes: Iterable[Sequence[str]], values_of: ValuesOf) -> None:
        self._values_of = values_of
        self._counts: Counter[Carried] = Counter()
        self._likes = 0
        for liked in likes:
            self._likes += len(liked)
            self._counts.update(pair for item in liked for pair in values_of(item))

    def tastes(self, liked: Sequence[str], disliked: Sequence[str], own: Sequence[str]) -> Tastes:
        """The tastes of somebody who liked and disliked these. `own` are all their likes among everyone's, which are
        taken out of the base: what is hidden from `liked` then shows nowhere."""
        others = self._counts.copy()
        others.subtract(pair for item in own for pair in self._values_of(item))
        base = _Base(others, self._likes - len(own))
        mine, theirs = self._count(liked), self._count(disliked)
        tastes = (base.taste(pair, count, len(liked)) for pair, count in self._frequent(mine, len(liked)))
        aversions = (base.taste(pair, count, len(disliked)) for pair, count in self._frequent(theirs, len(disliked)))
        typical: dict[str, float] = {}
        for facet in dict.fromkeys(facet for facet, value in mine if not isinstance(value, str)):
            numbers = (self._values_of.number(item, facet) for item in liked)
            typical[facet] = median(number for number in numbers if number is not None)
        return Tastes(
            _ordered(taste for taste in tastes if taste.lift >= STANDS_OUT),
            _ordered(a for a in aversions if a.lift >= PUTS_OFF and not mine[a.facet, a.value]),
            typical,
        )

    def _frequent(self, counts: Counter[Carried], of: int) -> list[tuple[Carried, int]]:
        """The values that enough of `of` items carry for somebody to know it of themselves."""
        least = {name: LEAST_NAMES for name in self._values_of.names}
        return [(p, count) for p, count in counts.items() if count >= max(least.get(p[0], LEAST), A_TENTH * of)]

    def _count(self, items: Sequence[str]) -> Counter[Carried]:
        return Counter(pair for item in items for pair in self._values_of(item))


@dataclass(frozen=True, slots=True)
class _Base:
    counts: Counter[Carried]
    likes: int

    def taste(self, pair: Carried, count: int, of: int) -> Taste:
        usual = (self.counts[pair] + 0.5) / (self.likes + 1)  # half a like: nothing has no share
        share = (count + PRIOR * usual) / (of + PRIOR)
        return Taste(*pair, share, share / usual)


def _ordered(tastes: Iterable[Taste]) -> tuple[Taste, ...]:
    return tuple(sorted(tastes, key=lambda taste: (-taste.weight, taste.facet, str(taste.value))))
