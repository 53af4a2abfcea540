"""What a step does to a visitor's long-term taste: states it, takes an interest back, gives one back by an undo.

Joins the reading with what is kept of the visitor; knows no wording of the reply and decides nothing of the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.dialogue import actions as a
from bot.dialogue import events as ev
from bot.dialogue.constraint import constraint_key
from bot.dialogue.doubt import doubted
from bot.dialogue.events import Value
from bot.dialogue.state import DialogueState
from bot.memory.evidence import Evidence
from bot.memory.memory import ITEM
from bot.memory.stating import Stated, as_removal, named_to_forget, stated, takes_back
from bot.remembering import Visitor
from bot.understanding.reading import Op, Reading, Slot
from retrieval.catalogue.item import Catalogue

_Tastes = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Taste:
    """What one step told of taste. `events`: what it changed in memory, for an undo; `corrected` answers the step."""

    stated: tuple[Stated, ...] = ()
    corrected: a.Confirm | None = None
    events: tuple[ev.Event, ...] = ()


def told(reading: Reading, text: str, visitor: Visitor, catalogue: Catalogue) -> tuple[Reading, Taste]:
    """What a message tells of taste, and what is left to apply of it; an interest it asks to forget is taken back."""
    if not visitor.keeps_taste:
        return reading, Taste()
    said = _stated(reading, text, catalogue)
    forgotten = takes_back(reading, reading.english, catalogue)
    if not forgotten:
        known = _forgotten_by_name(reading, visitor)
        return _forget_named(reading, text, known, visitor, catalogue) if known else (reading, Taste(said))
    events, found = _taken_back(forgotten, text, visitor)
    subject = ", ".join(s.said or str(s.value) for s in reading.slots)
    corrected = a.Confirm("corrected" if found else "not_noted", subject=subject)
    return as_removal(reading), Taste(said, corrected, events if found else ())


def _taken_back(tastes: _Tastes, text: str, visitor: Visitor) -> tuple[tuple[ev.Event, ...], bool]:
    """Take tastes off what is known; what an undo needs, and whether anything was known of them."""
    events = []
    for facet, value in tastes:
        kept = tuple(
            json.dumps(asdict(e), ensure_ascii=False) for e in visitor.statements(constraint_key(facet, value))
        )
        events.append(ev.TasteTakenBack(facet, value, kept))
    known = visitor.correct([constraint_key(facet, value) for facet, value in tastes], text)
    return tuple(events), known


def _forgotten_by_name(reading: Reading, visitor: Visitor) -> _Tastes:
    """What "forget alien" names of what is known of the visitor, whatever it was read as."""
    name = named_to_forget(reading.english) if reading.request is None else None
    return visitor.named(name) if name else ()


def _forget_named(
    reading: Reading, text: str, known: _Tastes, visitor: Visitor, catalogue: Catalogue
) -> tuple[Reading, Taste]:
    """Tastes and reactions taken off what is known by name, and off what this conversation believes.

    An undo brings back tastes, and reactions of this conversation; not those of an earlier one.
    """
    items = [str(value) for facet, value in known if facet == ITEM]
    events, _ = _taken_back(tuple(one for one in known if one[0] != ITEM), text, visitor)
    visitor.correct([f"{ITEM}{item}" for item in items], text)
    titles = {item: catalogue.by_id[item].title for item in items}
    named = [Slot("item", title, 0, Op.REMOVE, item_id=item, said=title) for item, title in titles.items()]
    values = [Slot(facet, str(value), 0, Op.REMOVE, said=str(value)) for facet, value in known if facet != ITEM]
    slots = (*named, *values)
    subject = ", ".join(slot.said for slot in slots)
    return replace(reading, slots=slots), Taste((), a.Confirm("corrected", subject=subject), events)


def in_doubt(
    reading: Reading, text: str, changes: tuple[ev.Event, ...], visitor: Visitor, catalogue: Catalogue
) -> ev.Doubted:
    """The event that keeps what a doubtful message would change, and what it would tell of taste."""
    said = _stated(reading, text, catalogue) if visitor.keeps_taste else ()
    tastes = tuple(json.dumps(asdict(one), ensure_ascii=False) for one in said)
    return replace(doubted(reading, changes), tastes=tastes)


def confirmed(state: DialogueState, changes: tuple[ev.Event, ...]) -> Taste:
    """What a yes to "did you mean …?" tells of taste; nothing with a no, which changes nothing."""
    tastes = state.doubt.tastes if state.doubt is not None and changes else ()
    return Taste(tuple(Stated(**_as_kept(text)) for text in tastes))


def give_back(undone: Iterable[ev.Event], visitor: Visitor) -> None:
    """Interests that the undone step had taken back are known again."""
    for event in undone:
        if isinstance(event, ev.TasteTakenBack):
            statements = [Evidence(**_as_kept(text)) for text in event.statements]
            visitor.give_back(constraint_key(event.facet, event.value), statements)


def lasting(taste: Taste, undone: Iterable[ev.Event]) -> bool:
    """Whether a step has changed already what is known of the visitor, so that it must be answered."""
    return taste.corrected is not None or any(
        isinstance(event, ev.TasteTakenBack) for event in (*taste.events, *undone)
    )


def _stated(reading: Reading, text: str, catalogue: Catalogue) -> tuple[Stated, ...]:
    """What a message states, with the visitor's own words where they were read as English ones."""
    found = stated(reading, reading.english, catalogue)
    return found if reading.english == text else tuple(replace(s, said=text) for s in found)


def _as_kept(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(text)
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
