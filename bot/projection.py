"""Values of a turn as the JSON objects of the contracts in `docs/design.md` section 3. Knows shapes, not channels."""

from __future__ import annotations

from typing import Any

from bot.messages import ItemCard, Reply
from bot.understanding.reading import Reading
from bot.understanding.resolve import project


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


def reply_json(reply: Reply) -> dict[str, Any]:
    """The turn as one object: the answer of `chat --jsonl`."""
    return {
        "understood": reading_json(reply.reading) if reply.reading else {"intent": None, "slots": []},
        "act": reply.act,
        "items": [item_json(card) for card in reply.items],
        "text": reply.text,
        "chips": [{"label": c.label, "text": c.text} for c in reply.chips],
        "ms": {name: round(value, 1) for name, value in reply.ms.items()},
    }
