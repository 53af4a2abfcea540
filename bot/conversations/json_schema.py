"""The JSON Schema of `*.conv.yaml`, for completion and checks in editors; made from the models that read scripts.

Editors see files before `${name}` is filled in, so a placeholder may stand wherever a value may. What only a
catalogue knows (facets, ids) is not in it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from bot.conversations.expectations import Bounds, Expectation
from bot.conversations.script import Script

ADDRESS = "https://json-schema.org/draft/2020-12/schema"
_PLACEHOLDER = {"type": "string", "pattern": r"^\$\{[A-Za-z_]\w*\}$"}
_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_DURATION = {"anyOf": [{"type": "number"}, {"type": "string"}], "examples": ["90 s", "2 h", "3 days"]}
_EVENT = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "properties": {"event": {"type": "string"}}, "required": ["event"]},
    ]
}


def script_schema() -> dict[str, Any]:
    """The schema as a value."""
    schema = Script.model_json_schema(mode="validation")
    for name, definition in [("Script", schema), *schema["$defs"].items()]:
        for key, part in definition.get("properties", {}).items():
            definition["properties"][key] = _as_written(name, key, _with_placeholders(part))
    return {"$schema": ADDRESS, **schema, "title": "A Chatalogue conversation script"}


def schema_text() -> str:
    """The schema as the file that is published."""
    return json.dumps(script_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _as_written(model: str, key: str, part: dict[str, Any]) -> dict[str, Any]:
    """What may be written in a place: also the short forms that the models take in."""
    kept = ("default", "description")
    about: dict[str, Any] = {name: part[name] for name in part if name in kept}
    if key in ("wait", "ago"):
        return {**_DURATION, **about}
    if key == "clock":
        return {"type": "string", "examples": ["2026-01-15", "2026-01-15T12:00:00Z"]}
    if key in ("events", "no_events") and model == Expectation.__name__:
        return {"anyOf": [_EVENT, {"type": "array", "items": _EVENT}]}
    forms = part.get("anyOf", [part])
    extra: list[dict[str, Any]] = [_PLACEHOLDER]
    for form in forms:
        if form.get("$ref", "").endswith(f"/{Bounds.__name__}"):
            extra.append({"type": "number"})
        if form.get("type") == "array" and key in ONE_OR_MORE:
            extra.append(form["items"])
    return {"anyOf": [*forms, *extra], **about}


def _with_placeholders(part: Any) -> Any:
    """A placeholder is allowed wherever something else than text is wanted."""
    if isinstance(part, list):
        return [_with_placeholders(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") in ("number", "integer", "boolean") or "enum" in part or "const" in part:
        return {"anyOf": [part, _PLACEHOLDER]}
    return {key: part[key] if key in ("default", "examples") else _with_placeholders(part[key]) for key in part}


ONE_OR_MORE = frozenset(
    {"include", "reader", "tags", "intent", "act", "asks", "top"}
    | {"liked", "disliked", "seen", "refused", "accepted", "hard", "soft", "free", "needs"}
)  #: where one may stand for a list of one


if __name__ == "__main__":
    sys.stdout.write(schema_text())
