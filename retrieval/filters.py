"""A closed algebra of conditions on items. `matches` is the definition of truth; `to_chroma` is a translation of it.

Knows items and Chroma's `where` language; knows no vectors, no index and no user. What is unknown about an item
satisfies no condition, and so satisfies the negation of every one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.catalogue.item import Item

LARGEST_ID_LIST = 5_000  #: ids beyond this do not go into one Chroma question


@dataclass(frozen=True, slots=True)
class Has:
    """The item carries `value` (in any letter case) in a category or entity facet."""

    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Range:
    """The item's number lies in [low, high], both included; None is an open end."""

    facet: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class IdIn:
    """The item is one of these."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not satisfy `part`."""

    part: Filter


@dataclass(frozen=True, slots=True)
class All:
    """The item satisfies every part; every item does when there is none."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The item satisfies some part; no item does when there is none."""

    parts: tuple[Filter, ...]


Filter = Has | Range | IdIn | Not | All | AnyOf


def matches(condition: Filter, item: Item) -> bool:
    """Whether `item` satisfies `condition`."""
    match condition:
        case Has(facet, value):
            wanted = value.casefold()
            return any(carried.casefold() == wanted for carried in item.values(facet))
        case Range(facet, low, high):
            number = item.number(facet)
            return number is not None and (low is None or low <= number) and (high is None or number <= high)
        case IdIn(ids):
            return item.id in ids
        case Not(part):
            return not matches(part, item)
        case All(parts):
            return all(matches(part, item) for part in parts)
        case AnyOf(parts):
            return any(matches(part, item) for part in parts)


def conjunction(parts: Iterable[Filter | None]) -> Filter | None:
    """All of the `parts` that are there, in the simplest form; None when there is none."""
    present = tuple(part for part in parts if part is not None)
    return present[0] if len(present) == 1 else All(present) if present else None


Where = dict[str, object]
ID_KEY = "id"
_NOTHING: Where = {ID_KEY: {"$eq": ""}}  # no id is empty
_EVERYTHING: Where = {ID_KEY: {"$ne": ""}}


def values_key(facet: str) -> str:
    """The metadata key of a category or entity facet: the item's values, casefolded."""
    return f"values_{facet}"


def number_key(facet: str) -> str:
    """The metadata key of a number facet."""
    return f"number_{facet}"


def known_key(facet: str) -> str:
    """The metadata key that says a number is known: Chroma has no test for a missing one."""
    return f"known_{facet}"


def metadata(item: Item) -> dict[str, object]:
    """What Chroma stores of an item, so that `to_chroma` means what `matches` does."""
    stored: dict[str, object] = {ID_KEY: item.id}
    for facet, value in item.facets.items():
        if isinstance(value, float):
            stored[number_key(facet)] = value
            stored[known_key(facet)] = True
        elif value:
            stored[values_key(facet)] = sorted({v.casefold() for v in value})
    return stored


class _Untranslatable(Exception):
    pass


def to_chroma(condition: Filter) -> Where | None:
    """Chroma's `where` for `condition`; None when it has none, and the caller filters by `matches` itself."""
    try:
        return _where(condition, negated=False)
    except _Untranslatable:
        return None


def _where(condition: Filter, *, negated: bool) -> Where:
    """Negations are pushed to the leaves (De Morgan), for Chroma has no `not`."""
    match condition:
        case Has(facet, value):
            return {values_key(facet): {"$not_contains" if negated else "$contains": value.casefold()}}
        case Range(facet, low, high):
            return _outside(facet, low, high) if negated else _inside(facet, low, high)
        case IdIn(ids):
            return _ids(ids, negated=negated)
        case Not(part):
            return _where(part, negated=not negated)
        case All(parts) | AnyOf(parts):
            translated = [_where(part, negated=negated) for part in parts]
            return _junction("$and" if isinstance(condition, All) != negated else "$or", translated)


def _junction(operator: str, parts: list[Where]) -> Where:
    if not parts:
        return dict(_EVERYTHING if operator == "$and" else _NOTHING)
    return parts[0] if len(parts) == 1 else {operator: parts}


def _inside(facet: str, low: float | None, high: float | None) -> Where:
    parts: list[Where] = [{known_key(facet): {"$eq": True}}]
    parts += [{number_key(facet): {"$gte": _finite(low)}}] if low is not None else []
    parts += [{number_key(facet): {"$lte": _finite(high)}}] if high is not None else []
    return _junction("$and", parts)


def _outside(facet: str, low: float | None, high: float | None) -> Where:
    parts: list[Where] = [{known_key(facet): {"$ne": True}}]
    parts += [{number_key(facet): {"$lt": _finite(low)}}] if low is not None else []
    parts += [{number_key(facet): {"$gt": _finite(high)}}] if high is not None else []
    return _junction("$or", parts)


def _ids(ids: frozenset[str], *, negated: bool) -> Where:
    if len(ids) > LARGEST_ID_LIST:
        raise _Untranslatable
    if not ids:
        return dict(_EVERYTHING if negated else _NOTHING)
    return {ID_KEY: {"$nin" if negated else "$in": sorted(ids)}}


def _finite(bound: float) -> float:
    if not math.isfinite(bound):
        raise _Untranslatable
    return float(bound)
