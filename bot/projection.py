"""Values of a turn as the JSON objects of the contracts in `docs/design.md` section 3. Knows shapes, not channels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from bot.dialogue.constraint import Constraint
from bot.dialogue.events import to_json
from bot.dialogue.state import DialogueState
from bot.messages import Belief, Chip, ItemCard, Reply, Screen, TurnEvent
from bot.transcript import Line
from bot.understanding.reading import Reading
from bot.understanding.resolve import project
from retrieval.catalogue.item import Catalogue, Item


def reading_json(reading: Reading) -> dict[str, Any]:
    """{"intent", "slots": [{"slot", "value", "polarity"}]}."""
    return {"intent": reading.intent.value, "slots": project(reading.slots)}


def item_json(card: ItemCard) -> dict[str, Any]:
    """{"id", "title", "score", "why", "facets"}."""
    return {
        "id": card.id,
        "title": card.title,
        "score": round(card.score, 4),
        "why": card.why,
        "facets": dict(card.facets),
    }


def card_json(card: ItemCard) -> dict[str, Any]:
    """`item_json` with what a page draws ("text", "image", "url", as the catalogue has them); no score is null."""
    known = {} if math.isfinite(card.score) else {"score": None}
    return {**item_json(card), **known, "text": card.text, "image": card.image, "url": card.url}


def reply_json(reply: Reply) -> dict[str, Any]:
    """The turn as one object: the answer of `chat --jsonl`."""
    return {
        "understood": reading_json(reply.reading) if reply.reading else {"intent": None, "slots": []},
        "act": reply.act,
        "items": [item_json(card) for card in reply.items],
        "text": reply.text,
        "chips": chips_json(reply.chips),
        "wording": {"source": reply.wording.source, "reason": reply.wording.reason},
        "ms": {name: round(value, 1) for name, value in reply.ms.items()},
    }


def turn_json(reply: Reply) -> dict[str, Any]:
    """The answer of the HTTP API: `reply_json`, its items to be drawn, with who read the message, what is believed,
    what is asked, whether the wording passed its check and where the dial stands."""
    return {
        **reply_json(reply),
        "items": [card_json(card) for card in reply.items],
        "understood": understood_json(reply.reading),
        "beliefs": beliefs_json(reply.beliefs),
        "asks": reply.asks,
        "grounded": reply.grounded,
        "novelty": reply.novelty,
    }


def screen_json(lines: Iterable[Line], screen: Screen, state: DialogueState) -> dict[str, Any]:
    """What a client draws when it takes a conversation up: {"lines": [{"role", "text"}], "items", "beliefs", "chips",
    "reactions": {item: kind}}, the last kind of each item."""
    return {
        "lines": [{"role": line.role, "text": line.text} for line in lines],
        "items": [card_json(card) for card in screen.items],
        "beliefs": beliefs_json(screen.beliefs),
        "chips": chips_json(screen.chips),
        "reactions": {reaction.item: reaction.kind for reaction in state.reactions},
    }


def event_json(event: TurnEvent) -> dict[str, Any]:
    """The data of one turn event: that part of `turn_json` which has come into being."""
    data: Any = event.data
    if event.kind == "understood":
        return {"understood": understood_json(data["reading"]), "beliefs": beliefs_json(data["beliefs"])}
    if event.kind == "items":
        return {"items": [card_json(card) for card in data["items"]]}
    if event.kind == "chips":
        return {"chips": chips_json(data["chips"])}
    return turn_json(data["reply"]) if event.kind == "done" else dict(data)


def understood_json(reading: Reading | None) -> dict[str, Any]:
    """`reading_json` and {"source"}; all of it empty for a step without words."""
    if reading is None:
        return {"intent": None, "slots": [], "source": None}
    return {**reading_json(reading), "source": reading.source}


def chips_json(chips: Sequence[Chip]) -> list[dict[str, Any]]:
    """[{"label", "text"}]."""
    return [asdict(chip) for chip in chips]


def beliefs_json(beliefs: Sequence[Belief]) -> list[dict[str, Any]]:
    """[{"key", "label", "hard", "polarity"}]."""
    return [asdict(belief) for belief in beliefs]


def state_json(state: DialogueState) -> dict[str, Any]:
    """Every field of the state by its name; events as `to_json` gives them, constraints with their key."""
    return {field.name: _plain(getattr(state, field.name)) for field in fields(state)}


def catalogue_json(catalogue: Catalogue) -> dict[str, Any]:
    """{"name", "item", "count", "fingerprint", "facets": [{"name", "kind", "unit", "label"}]}.

    `item` is the noun for one; the fingerprint changes with the schema and with any item.
    """
    facets = [{"name": f.name, "kind": f.kind.value, "unit": f.unit, "label": f.label} for f in catalogue.schema.facets]
    return {
        "name": catalogue.schema.name,
        "item": catalogue.schema.item,
        "count": len(catalogue.items),
        "fingerprint": catalogue.fingerprint,
        "facets": facets,
    }


def catalogue_item_json(item: Item) -> dict[str, Any]:
    """{"id", "title", "text", "facets", "image", "url"}, as the catalogue has them: whoever draws it escapes it."""
    return {
        "id": item.id,
        "title": item.title,
        "text": item.text,
        "facets": dict(item.facets),
        "image": item.image,
        "url": item.url,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Constraint):
        return {"key": value.key, **asdict(value)}
    return value if value is None or isinstance(value, str | int | float) else to_json(value)
