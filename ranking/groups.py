"""Accuracy for groups of people and of items, beside the means: who is served worse, what is found less.

People are grouped by how much they had done, items by the values of the catalogue's category facets where enough of
what was wanted has them. A log says nothing of people but what they did: attributes of theirs, which no log here
declares, would be one more grouping in `by_people`. Knows figures and facets; knows no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ranking.exposure import Group, by_activity, by_group, gap
from ranking.figures import SHOWN, Audience, Figures
from retrieval.catalogue.schema import FacetKind

LEAST = 30  #: wanted items, over all cases, that a group of items has at least
MEASURE = "ndcg@10"
_TOLD = 3  # groups of items in the table, the least found and the most


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Items with a facet's value: how many `wanted` ones there are, which share of them was in the top SHOWN, and their
    share of all places shown."""

    facet: str
    value: str
    wanted: int
    found: float
    shown: float


def by_people(figures: Figures, audience: Audience, measure: str = MEASURE) -> list[Group]:
    """The mean of a measure by thirds of activity. Cases are counted, not people, as in the means."""
    cases = {str(n): float(value) for n, value in enumerate(figures.cases[measure])}
    return by_group(cases, by_activity({str(n): known for n, known in enumerate(audience.known)}))


def by_items(figures: Figures, audience: Audience) -> list[ItemGroup]:
    """Groups of items by every value of every category facet, in the order of the schema, most wanted first."""
    facets = [facet.name for facet in audience.catalogue.schema.facets if facet.kind is FacetKind.CATEGORY]
    return [group for facet in facets for group in _of_facet(facet, figures, audience)]


def _of_facet(facet: str, figures: Figures, audience: Audience) -> list[ItemGroup]:
    values = {item.id: item.values(facet) for item in audience.catalogue.items}
    wanted: dict[str, int] = {}
    found: dict[str, int] = {}
    shown: dict[str, int] = {}
    for ids, aims in zip(figures.lists, audience.relevant, strict=True):
        hits = set(ids) & set(aims)
        for counts, items in ((wanted, aims), (found, hits), (shown, ids)):
            for value in (value for item in items for value in values.get(item, ())):
                counts[value] = counts.get(value, 0) + 1
    places = sum(len(ids) for ids in figures.lists) or 1
    told = sorted((value for value, count in wanted.items() if count >= LEAST), key=lambda v: (-wanted[v], v))
    return [ItemGroup(facet, v, wanted[v], found.get(v, 0) / wanted[v], shown.get(v, 0) / places) for v in told]


def group_lines(figures: Sequence[Figures], audience: Audience) -> Iterator[str]:
    """For each ranker its accuracy by activity, and the items that it finds least and most."""
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        people = by_people(figure, audience)
        means = ", ".join(f"{group.name[2:]} {group.mean:.3f}" for group in people)
        yield f"{figure.name:<{width}}  {MEASURE} by activity: {means}; gap {gap(people):.3f}"
        every = by_items(figure, audience)
        if not every:
            continue
        items = sorted((group for group in every if group.facet == every[0].facet), key=lambda group: group.found)
        ends = items if len(items) <= 2 * _TOLD else [*items[:_TOLD], *items[-_TOLD:]]
        found = ", ".join(f"{group.value} {group.found:.3f}" for group in ends)
        yield f"{'':<{width}}  recall@{SHOWN} by {every[0].facet}, least and most: {found}"


def groups_json(figure: Figures, audience: Audience) -> Mapping[str, Any]:
    """All groups of one ranker."""
    people = by_people(figure, audience)
    return {
        "people": [asdict(group) for group in people],
        "gap": gap(people),
        "items": [asdict(group) for group in by_items(figure, audience)],
    }
