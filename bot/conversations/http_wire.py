"""Steps to JSON and the HTTP API's answers back to values: the other side of `bot/projection.py`. Knows no transport.

What the wire does not carry is not made up. A parsed card has no contributions, and its score has four decimals. A
parsed reading has its intent, source and slots, these with the polarity of the projection (what was taken back is 0)
and without op, force, relative, item id and words said; and no request, time or reason of degradation. Of a wording
there is who worded it and why, not what was wrong nor the time. Milliseconds have one decimal. Events and state are
whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from bot.dialogue.constraint import Constraint
from bot.dialogue.events import Event, from_json
from bot.dialogue.state import DialogueState
from bot.messages import (
    Act,
    Belief,
    Chip,
    ItemCard,
    RemoveConstraint,
    Reply,
    Rewind,
    Step,
    Tune,
    TurnEvent,
    UserAction,
    UserText,
    Weigh,
    Wording,
)
from bot.understanding.reading import Intent, NumberRange, Polarity, Reading, Slot

Json = Mapping[str, Any]

_CARDS = TypeAdapter(tuple[ItemCard, ...])
_CHIPS = TypeAdapter(tuple[Chip, ...])
_BELIEFS = TypeAdapter(tuple[Belief, ...])


class _Slot(BaseModel):
    slot: str
    value: str | NumberRange
    polarity: Polarity


class _Understood(BaseModel):
    intent: Intent | None
    slots: tuple[_Slot, ...]
    source: Literal["model", "rules"] | None

    def reading(self) -> Reading | None:
        """What was read; None for a step without words."""
        if self.intent is None or self.source is None:
            return None
        slots = tuple(Slot(s.slot, s.value, s.polarity) for s in self.slots)
        return Reading(self.intent, slots, source=self.source)


class _Turn(BaseModel):
    understood: _Understood
    act: Act
    items: tuple[ItemCard, ...]
    text: str
    chips: tuple[Chip, ...]
    beliefs: tuple[Belief, ...]
    ms: dict[str, float]
    asks: str | None
    grounded: bool
    wording: Wording
    novelty: float


def step_json(step: Step) -> dict[str, Any]:
    """A step as the body of a turn."""
    if isinstance(step, UserText):
        return {"text": step.text}
    if isinstance(step, UserAction):
        return {"action": {"kind": step.kind, "item": step.item}}
    if isinstance(step, Tune):
        return {"novelty": step.novelty}
    if isinstance(step, Weigh):
        return {"must" if step.hard else "wish": step.key}
    if isinstance(step, Rewind):
        return {"rewind": True}
    return {"remove": step.key} if isinstance(step, RemoveConstraint) else {"new": True}


def reply_of(data: Json) -> Reply:
    """The turn object as a reply. Raises ValueError when it is none."""
    turn = _Turn.model_validate(data)
    return Reply(
        reading=turn.understood.reading(),
        act=turn.act,
        items=turn.items,
        text=turn.text,
        chips=turn.chips,
        beliefs=turn.beliefs,
        ms=turn.ms,
        asks=turn.asks,
        grounded=turn.grounded,
        wording=turn.wording,
        novelty=turn.novelty,
    )


def turn_event_of(kind: str, data: Json) -> TurnEvent | None:
    """One server-sent event; None for an unknown kind. Raises ValueError when `data` is not of its kind."""
    try:
        if kind in ("status", "delta"):
            return TurnEvent("status" if kind == "status" else "delta", {"text": str(data["text"])})
        if kind == "understood":
            reading = _Understood.model_validate(data["understood"]).reading()
            return TurnEvent("understood", {"reading": reading, "beliefs": _BELIEFS.validate_python(data["beliefs"])})
        if kind == "items":
            return TurnEvent("items", {"items": _CARDS.validate_python(data["items"])})
        if kind == "chips":
            return TurnEvent("chips", {"chips": _CHIPS.validate_python(data["chips"])})
        if kind == "error":
            return TurnEvent("error", {"message": str(data["detail"]), "hint": str(data["hint"])})
        return TurnEvent("done", {"reply": reply_of(data)}) if kind == "done" else None
    except KeyError as error:
        raise ValueError(f"a {kind!r} event without {error}") from error


def believed_of(data: Json) -> tuple[tuple[Event, ...], DialogueState]:
    """The answer of `/events`: what happened, and the state that the server reports. Raises ValueError otherwise."""
    try:
        events = tuple(from_json(event) for event in data["events"])
        return events, DialogueState(**{name: _value(value) for name, value in data["state"].items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not events and a state: {error}") from error


def _value(value: Any) -> Any:
    """One value of the state: lists become tuples, objects the event or the constraint that they are."""
    if isinstance(value, list):
        return tuple(_value(part) for part in value)
    if not isinstance(value, dict):
        return value
    if "event" in value:
        return from_json(value)
    return Constraint(**{name: _value(part) for name, part in value.items() if name != "key"})
