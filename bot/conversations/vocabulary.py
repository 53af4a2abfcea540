"""Whether a case speaks of things that its catalogue has: facets, ids, values. Checked before anything runs.

An expectation about a value that no item carries could never fail (`none: {person: Robert De Nero}`), so it is an error
like a misspelt key. What visitors say, and slots, may hold anything: only their facets are checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.conversations.expectations import Expectation, ItemsExpectation, OrderExpectation, Predicate, Wanted
from bot.conversations.loading import Case
from bot.conversations.nodes import Location, ScriptError
from bot.conversations.predicates import within
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.loader import load_catalogue
from retrieval.catalogue.parse import suggestion
from retrieval.catalogue.schema import CatalogueSchema, FacetKind

SLOTS = ("item", "about")
opened = cache(load_catalogue)  #: catalogues are read once a process, however many scripts are about them


Problem = tuple[Location, str]  #: the keys that lead to it, and what is wrong in words


def check_cases(cases: Iterable[Case]) -> None:
    """Raises ScriptError with file and line for everything that the catalogue does not have."""
    problems = dict.fromkeys(f"{case.locate(where)}: {message}" for case in cases for where, message in _problems(case))
    if problems:
        raise ScriptError("\n".join(problems), hint="correct the script; the catalogue is the one it names")


def _problems(case: Case) -> Iterator[Problem]:
    catalogue = opened(case.catalogue)
    for i, entry in enumerate(case.fixtures.history):
        yield from ((("fixtures", "history", i), message) for message in _unknown_ids([entry.item], catalogue))
    for t, turn in enumerate(case.turns):
        if turn.action is not None and turn.action.item is not None:
            yield from ((("turns", t), message) for message in _unknown_ids([turn.action.item], catalogue))
        for where, message in unexpected(turn.expect, catalogue):
            yield ("turns", t, "expect", *where), message


def unexpected(expect: Expectation, catalogue: Catalogue) -> Iterator[Problem]:
    """What an expectation names that the catalogue does not have."""
    facets = [facet.name for facet in catalogue.schema.facets]
    state = expect.state
    constrained = [facet for facet, _, _ in state.constraints]
    named: list[tuple[Location, str, Iterable[str], Collection[str]]] = [
        (("slots",), "slot", (slot for slot, _, _ in expect.slots), [*SLOTS, *facets]),
        (("state", "constraints"), "facet", constrained, facets),
        (("state",), "facet", [*state.hard, *state.soft, *state.free], facets),
        (("asks",), "facet", expect.asks if isinstance(expect.asks, tuple) else (), facets),
    ]
    for where, what, names, known in named:
        yield from ((where, message) for message in _unknown(what, names, known))
    for reaction in ("liked", "disliked", "seen", "refused", "accepted"):
        found = _unknown_ids(getattr(state, reaction) or (), catalogue)
        yield from ((("state", reaction), message) for message in found)
    for key in ("events", "no_events"):
        for i, pattern in enumerate(getattr(expect, key)):
            yield from (((key, i), message) for message in _in_event(pattern, facets, catalogue))
    yield from ((("items", *where), message) for where, message in _about_items(expect.items, catalogue, facets))


def _in_event(pattern: Mapping[str, object], facets: Collection[str], catalogue: Catalogue) -> Iterator[str]:
    if "facet" in pattern:
        yield from _unknown("facet", [str(pattern["facet"])], facets)
    items = pattern.get("items", pattern.get("item", ()))
    yield from _unknown_ids([str(i) for i in items] if isinstance(items, tuple) else [str(items)], catalogue)


def _about_items(expect: ItemsExpectation, catalogue: Catalogue, facets: Collection[str]) -> Iterator[Problem]:
    parts: list[tuple[Location, Predicate]] = [
        *(((key,), getattr(expect, key)) for key in ("all", "none", "some", "first")),
        *((("top", i, "item"), top.item) for i, top in enumerate(expect.top)),
    ]
    for where, predicate in parts:
        for name, wanted in predicate.items():
            found = [*_unknown("facet", [name], ["id", "title", *facets])] or _impossible(name, wanted, catalogue)
            yield from (((*where, name), message) for message in found)
    if isinstance(expect.order, OrderExpectation):
        numbers = [facet.name for facet in catalogue.schema.facets if facet.kind is FacetKind.NUMBER]
        yield from ((("order",), message) for message in _unknown("number facet", [expect.order.by], numbers))
    else:
        yield from ((("order",), message) for message in _unknown_ids(expect.order or (), catalogue))


def _impossible(name: str, wanted: Wanted, catalogue: Catalogue) -> Iterator[str]:
    """Why no item can be, or fail to be, as `wanted`: then the expectation says nothing."""
    options = wanted if isinstance(wanted, tuple) else (wanted,)
    values = [option for option in options if isinstance(option, str) and not option.startswith("$")]
    if name not in ("id", "title") and not _is_named(name, catalogue.schema):
        yield from _no_range(name, options, catalogue)
    elif numbers := [option for option in options if not isinstance(option, str)]:
        yield f"{name} is no number, and {numbers[0]} no value of it"
    elif name == "id":
        yield from _unknown_ids(values, catalogue)
    else:
        there = _values(catalogue.schema.folder, name)
        for value in (v for v in values if v.casefold() not in there):
            close = _closest(value, there)
            yield f"no item has the {name} {value!r}, so this says nothing{close and ': ' + close}"


def _no_range(name: str, options: Sequence[object], catalogue: Catalogue) -> Iterator[str]:
    ends = [option for option in options if option is not None]
    if len(options) > 2 or not ends or not all(isinstance(end, int | float) for end in ends):
        yield f"{name} is a number: write one, or [low, high] with null for open"
        return
    low, high = (options[0], options[-1])
    known = [number for item in catalogue.items if (number := item.number(name)) is not None]
    if not any(within(number, _end(low), _end(high)) for number in known):
        written = f"from {low} to {high}" if len(options) == 2 else str(low)
        spread = f"they go from {min(known):g} to {max(known):g}" if known else "none is known"
        yield f"no item has the {name} {written}, so this says nothing: {spread}"


def _end(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


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
