"""What a channel knows of a visitor and of the page they are on, as soft wishes that are shown and can be removed.

A hint is a value of a facet, or an item, and where it comes from: what the page shows, the language, the place, the age
band. Whoever embeds the assistant says which value of their catalogue a place or an age band means; nothing is guessed
here. A channel states all its hints at once: those that it states no more are dropped, and one that the visitor removed
is not taken up again in the same conversation. Knows no words and no ranking.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue import events as e
from bot.dialogue.constraint import hint_key
from bot.dialogue.state import DialogueState
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.errors import ChatalogueError

SOURCES = ("page", "language", "place", "age")


class HintError(ChatalogueError):
    """A hint that the catalogue cannot make sense of."""

    code = "bad_hint"


@dataclass(frozen=True, slots=True)
class Hint:
    """`source` is one of `SOURCES`. `facet` names a facet and `value` one of its values, or (low, high), None open;
    without a facet `value` is the id of an item that the page shows."""

    source: str
    value: e.Value
    facet: str | None = None


def events_for_hints(hints: Iterable[Hint], state: DialogueState, catalogue: Catalogue) -> tuple[e.Event, ...]:
    """What stating these hints, and no others, changes. Raises HintError, which names what is wrong."""
    told = dict.fromkeys(_checked(hint, catalogue) for hint in hints)
    gone = (e.HintRemoved(old.facet, old.value, e.CHANNEL) for old in state.hints if old not in told)
    new = (hint for hint in told if hint not in state.hints and hint_key(hint.facet, hint.value) not in state.unhinted)
    return (*gone, *new)


def hints_in_force(state: DialogueState) -> tuple[e.Hinted, ...]:
    """The hints that still count: on facets that nothing was said about; items while none was named or liked."""
    spoken_of = {c.facet for c in state.constraints} | {d.facet for d in state.directions}
    examples = state.reacted("like", "reference", "accept")
    return tuple(h for h in state.hints if (h.facet not in spoken_of if h.facet is not None else not examples))


def hinted_items(state: DialogueState) -> tuple[str, ...]:
    """The items that the page shows, while they count."""
    return tuple(h.value for h in hints_in_force(state) if h.facet is None and isinstance(h.value, str))


def _checked(hint: Hint, catalogue: Catalogue) -> e.Hinted:
    """The hint with its value as the catalogue writes it."""
    if hint.source not in SOURCES:
        raise HintError(f"no hint comes from {hint.source!r}", hint=f"the sources are {', '.join(SOURCES)}")
    if hint.facet is None:
        if hint.value not in catalogue.by_id or not isinstance(hint.value, str):
            raise HintError(f"the catalogue has no item {hint.value!r}", hint="name an item by its id, or a facet")
        return e.Hinted(hint.source, None, hint.value)
    facet = next((f for f in catalogue.schema.facets if f.name == hint.facet), None)
    if facet is None:
        names = ", ".join(f.name for f in catalogue.schema.facets)
        raise HintError(f"the catalogue has no facet {hint.facet!r}", hint=f"its facets are {names}")
    return e.Hinted(hint.source, facet.name, _value(hint.value, facet, catalogue))


def _value(value: e.Value, facet: Facet, catalogue: Catalogue) -> e.Value:
    if facet.kind is FacetKind.NUMBER:
        ends = value if isinstance(value, tuple) and len(value) == 2 else ()
        if not any(end is not None for end in ends) or not all(end is None or _is_number(end) for end in ends):
            raise HintError(f"{value!r} is no range of {facet.name!r}", hint="give [low, high], null for an open end")
        return value
    values = {v.casefold(): v for v in catalogue.value_counts[facet.name]}
    if not isinstance(value, str) or value.casefold() not in values:
        raise HintError(f"{facet.name!r} has no value {value!r}", hint="use a value as the catalogue writes it")
    return values[value.casefold()]


def _is_number(end: object) -> bool:
    return isinstance(end, int | float) and not isinstance(end, bool) and math.isfinite(end)
