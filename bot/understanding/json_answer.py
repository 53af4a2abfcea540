"""The answer about a message as JSON, for servers that enforce a JSON schema and no grammar.

    {"intent": "recommend", "slots": [{"slot": "item", "value": "heat", "polarity": 1}]}

The same as the lines of `target.py`, except that a schema cannot say "copied from the message": values of names,
numbers and needs are any text here, checked afterwards, and a category takes the catalogue's values only. It is the
same for every message of a catalogue, because servers compile a schema when they first see it.

Knows the format only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.understanding.grammar import SLOTS, listed_values
from bot.understanding.prompt import FacetView
from bot.understanding.reading import Intent, Polarity
from bot.understanding.target import SIGN_OF, RawSlot

VALUES = 900  #: category values in one schema, over all facets; hosted servers refuse more than a thousand
POLARITIES: tuple[Polarity, ...] = (1, 0, -1)


def answer_schema(facets: Sequence[FacetView]) -> dict[str, Any]:
    """The JSON schema of the answers, inside the subset that every server's strict mode knows."""
    listed = listed_values(facets)
    share = VALUES // max(len(listed), 1)
    free = ["item", *(f.name for f in facets if not listed.get(f.name)), "about"]
    kinds = [_slot(free, {"type": "string"})]
    kinds += [
        _slot([name], {"type": "string", "enum": list(values[:share])}) for name, values in listed.items() if values
    ]
    return _object(
        {
            "intent": {"type": "string", "enum": [intent.value for intent in Intent]},
            "slots": {"type": "array", "items": {"anyOf": kinds}, "maxItems": SLOTS},
        }
    )


def write_json_answer(intent: Intent, slots: Iterable[RawSlot]) -> str:
    """The answer as compact JSON."""
    rows = [{"slot": s.slot, "value": s.value, "polarity": s.polarity} for s in slots]
    return json.dumps({"intent": intent.value, "slots": rows}, ensure_ascii=False)


def parse_json_answer(text: str) -> tuple[Intent, tuple[RawSlot, ...]]:
    """Read an answer back. Raises ValueError naming what does not fit."""
    try:
        answer = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("slots"), list):
        raise ValueError(f"not an answer with intent and slots: {text[:80]!r}")
    return Intent(str(answer.get("intent"))), tuple(_read_slot(given) for given in answer["slots"])


def _read_slot(given: object) -> RawSlot:
    fields: Mapping[str, Any] = given if isinstance(given, dict) else {}
    slot, value, polarity = (fields.get(name) for name in ("slot", "value", "polarity"))
    known = isinstance(polarity, int) and not isinstance(polarity, bool) and polarity in SIGN_OF
    if not isinstance(slot, str) or not isinstance(value, str) or not value.strip() or not known:
        raise ValueError(f"not a slot: {str(given)[:80]!r}")
    return RawSlot(slot, " ".join(value.split()), next(p for p in POLARITIES if p == polarity))


def _slot(names: Sequence[str], value: dict[str, Any]) -> dict[str, Any]:
    polarity = {"type": "integer", "enum": list(POLARITIES)}
    return _object({"slot": {"type": "string", "enum": list(names)}, "value": value, "polarity": polarity})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
