"""How a route describes its answers to the OpenAPI document. Knows shapes; knows no route's work."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from bot.web.answers import SSE_EVENTS

REF = "#/components/schemas/{model}"
EXAMPLE_STREAM = """event: status
data: {"text": "reading"}

event: items
data: {"items": [{"id": "rain-jacket-7", "title": "Rain Jacket", …}]}

event: delta
data: {"text": "Here are five jackets without wool."}

event: done
data: {"act": "recommend", …}
"""


def answers(model: type[BaseModel], *problems: int, status: int = 200) -> dict[str, Any]:
    """What a route's decorator is told: its answer, and the problems that are its own."""
    given: dict[int | str, Any] = {status: {"model": model, "description": (model.__doc__ or "").strip()}}
    return {
        "status_code": status,
        "response_model": None,
        "responses": given | {code: problem_told(HTTPStatus(code).phrase) for code in problems},
    }


def as_stream(answer: dict[str, Any]) -> dict[str, Any]:
    """The same for a route that also answers event by event."""
    events = {kind: {"$ref": REF.format(model=model.__name__)} for kind, model in SSE_EVENTS.items()}
    told = "With `Accept: text/event-stream`: the data of each event is JSON; the last event is `done` or `error`."
    stream = {
        "schema": {"type": "string", "description": told, "x-events": events},
        "examples": {"a turn": {"value": EXAMPLE_STREAM}},
    }
    answer["responses"][answer["status_code"]]["content"] = {"text/event-stream": stream}
    return answer


def problem_told(told: str) -> dict[str, Any]:
    """The answer of a route that is refused."""
    return {
        "description": told,
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}},
    }
