"""A stored conversation in a catalogue that has changed since: what is no longer there is left out of its events.

Knows events and the catalogue's names; knows no storage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.dialogue import events as e
from retrieval.catalogue.item import Catalogue

_ABOUT_ITEMS = (e.Reacted, e.ReactionRemoved)
_ABOUT_EITHER = (e.Hinted, e.HintRemoved)
_ABOUT_FACETS = (e.ConstraintAdded, e.ConstraintRemoved, e.DirectionSet, e.Asked, e.TasteTakenBack)


def still_there(events: Iterable[e.Event], catalogue: Catalogue) -> tuple[e.Event, ...]:
    """`events` without items and facets that the catalogue does not have (any more)."""
    facets = {facet.name for facet in catalogue.schema.facets}
    adapted = (_adapted(event, catalogue, facets) for event in events)
    return tuple(event for event in adapted if event is not None)


def _adapted(event: e.Event, catalogue: Catalogue, facets: set[str]) -> e.Event | None:
    if isinstance(event, e.Shown):
        return e.Shown(tuple(item for item in event.items if item in catalogue.by_id))
    if isinstance(event, e.Answered):
        return replace(event, asks=event.asks if event.asks in facets else None)
    if isinstance(event, _ABOUT_ITEMS):
        return event if event.item in catalogue.by_id else None
    if isinstance(event, _ABOUT_EITHER) and event.facet is None:
        return event if event.value in catalogue.by_id else None
    if isinstance(event, (*_ABOUT_FACETS, *_ABOUT_EITHER)):
        return event if event.facet in facets else None
    return event
