"""Whether a case speaks of things that its catalogue has: facets, ids, values. Checked before anything runs.

An expectation about a value that no item carries could never fail (`none: {person: Robert De Nero}`), so it is an error
like a misspelt key. What visitors say, and slots, may hold anything: only their facets are checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from bot.conversations.expectations import Expectation, ItemsExpectation, OrderExpectation, Predicate
from bot.conversations.loading import Case
from bot.conversations.nodes import ScriptError
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.loader import load_catalogue
from retrieval.catalogue.parse import suggestion
from retrieval.catalogue.schema import CatalogueSchema, FacetKind

SLOTS = ("item", "about")
opened = cache(load_catalogue)  #: catalogues are read once a process, however many scripts are about them


def check_cases(cases: Iterable[Case]) -> None:
    """Raises ScriptError with file and line for the first thing, in each turn, that the catalogue does not have."""
    problems = dict.fromkeys(problem for case in cases for problem in _problems(case))
    if problems:
        *others, last = problems
        where = "\n".join(f"{place}: {message}" for place, message in (*others, last))
        raise ScriptError(where, hint="correct the script; the catalogue is the one it names")


def _problems(case: Case) -> Iterator[tuple[str, str]]:
    catalogue = opened(case.catalogue)
    for entry in case.fixtures.history:
        yield from ((str(case.place), message) for message in _unknown_ids([entry.item], catalogue))
    for turn, place in zip(case.turns, case.places, strict=True):
        if turn.action is not None and turn.action.item is not None:
            yield from ((str(place), message) for message in _unknown_ids([turn.action.item], catalogue))
        yield from ((str(place), message) for message in unexpected(turn.expect, catalogue))


def unexpected(expect: Expectation, catalogue: Catalogue) -> Iterator[str]:
    """What an expectation names that the catalogue does not have, in words."""
    schema = catalogue.schema
    facets = [facet.name for facet in schema.facets]
    state = expect.state
    yield from _unknown("slot", (slot for slot, _, _ in expect.slots), [*SLOTS, *facets])
    constrained = [facet for facet, _, _ in state.constraints]
    yield from _unknown("facet", [*constrained, *state.hard, *state.soft, *state.free], facets)
    yield from _unknown("facet", expect.asks if isinstance(expect.asks, tuple) else (), facets)
    told = [p["facet"] for p in (*expect.events, *expect.no_events) if isinstance(p.get("facet"), str)]
    yield from _unknown("facet", told, facets)
    for ids in (state.liked, state.disliked, state.seen, state.refused, state.accepted):
        yield from _unknown_ids(ids or (), catalogue)
    yield from _about_items(expect.items, catalogue, facets)


def _about_items(expect: ItemsExpectation, catalogue: Catalogue, facets: Collection[str]) -> Iterator[str]:
    for predicate in (expect.all, expect.none, expect.some, expect.first, *(top.item for top in expect.top)):
        yield from _unknown("facet", predicate, ["id", "title", *facets])
        yield from _impossible(predicate, catalogue)
    if isinstance(expect.order, OrderExpectation):
        numbers = [facet.name for facet in catalogue.schema.facets if facet.kind is FacetKind.NUMBER]
        yield from _unknown("number facet", [expect.order.by], numbers)
    else:
        yield from _unknown_ids(expect.order or (), catalogue)


def _impossible(predicate: Predicate, catalogue: Catalogue) -> Iterator[str]:
    for name, wanted in predicate.items():
        options = [o for o in (wanted if isinstance(wanted, tuple) else (wanted,)) if isinstance(o, str)]
        values = [o for o in options if not o.startswith("$")]
        if name == "id":
            yield from _unknown_ids(values, catalogue)
        elif name == "title" or _is_named(name, catalogue.schema):
            there = _values(catalogue.schema.folder, name)
            for value in values:
                if value.casefold() not in there:
                    close = suggestion(value.casefold(), there) if len(there) < 50 else _closest(value, there)
                    yield f"no item has the {name} {value!r}, so this says nothing{close and ': ' + close}"


def _is_named(name: str, schema: CatalogueSchema) -> bool:
    return any(facet.name == name and facet.kind is not FacetKind.NUMBER for facet in schema.facets)


@cache
def _values(folder: Path, name: str) -> frozenset[str]:
    """The titles, or the values of a facet, in small letters."""
    items = opened(folder).items
    if name == "title":
        return frozenset(item.title.casefold() for item in items)
    return frozenset(value.casefold() for item in items for value in item.values(name))


def _closest(value: str, there: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(value.casefold(), there, n=1)
    return f"did you mean {close[0]!r}?" if close else ""


def _unknown(what: str, names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    yield from (f"no {what} {name!r}: {suggestion(name, known)}" for name in names if name not in known)


def _unknown_ids(ids: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    for item_id in ids:
        if not item_id.startswith("$") and item_id not in catalogue.by_id:
            close = _closest(item_id, catalogue.by_id)
            yield f"no item {item_id!r} in catalogue {catalogue.schema.name!r}{close and ': ' + close}"
