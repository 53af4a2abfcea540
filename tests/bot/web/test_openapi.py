"""The OpenAPI document tells of every route, answer and event, and its page loads nothing from anywhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from bot.web.answers import SSE_EVENTS, TurnAnswer


def operations(client: Any) -> dict[str, Any]:
    document = client.get("/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/v1"}]
    return {f"{m.upper()} {path}": o for path, methods in document["paths"].items() for m, o in methods.items()}


def references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(references, part.values()))
    return set().union(*map(references, part)) if isinstance(part, list) else set()


def test_every_route_says_what_it_answers(client: Any) -> None:
    told = operations(client)
    assert {"POST /conversations/{conversation}/turns", "POST /events", "GET /users/{user}/conversations"} <= set(told)
    assert len({o["operationId"] for o in told.values()}) == len(told)
    for name, operation in told.items():
        assert operation["description"], name
        problem = operation["responses"]["default"]["content"]
        assert problem == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        right = next(operation["responses"][status] for status in ("200", "201") if status in operation["responses"])
        schemas = [content["schema"] for content in right["content"].values()]
        assert all("$ref" in schema or schema["type"] == "string" for schema in schemas), name


def test_every_schema_that_is_named_is_there(client: Any) -> None:
    document = client.get("/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert {reference.rpartition("/")[2] for reference in references(document)} <= set(schemas)
    assert "HTTPValidationError" not in schemas
    asked = [o["requestBody"] for o in operations(client).values() if "requestBody" in o]
    bodies = {body["content"]["application/json"]["schema"]["$ref"] for body in asked}
    for body in bodies:
        schema = schemas[body.rpartition("/")[2]]
        assert schema.get("examples"), body


def test_a_stream_and_the_whole_are_as_they_are_described(client: Any) -> None:
    turns = operations(client)["POST /conversations/{conversation}/turns"]["responses"]["200"]["content"]
    assert set(turns) == {"application/json", "text/event-stream"}
    assert set(turns["text/event-stream"]["schema"]["x-events"]) == set(SSE_EVENTS)
    conversation = client.begin()
    for step in ({"text": "a red jacket, no wool"}, {"text": "what do you know about me?"}, {"new": True}):
        events = client.stream(conversation, **step)
        for kind, data in events:
            SSE_EVENTS[kind].model_validate(data)
        assert set(events[-1][1]) == set(TurnAnswer.model_fields)
    refused = client.get("/v1/items/none").json()
    SSE_EVENTS["error"].model_validate(refused)


class Loads(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "link", "iframe", "form"):
            self.found.append((tag, ""))
        self.found += [(tag, value or "") for name, value in attrs if name in ("src", "href", "action")]


def test_the_page_of_it_runs_nothing_and_loads_nothing(client: Any) -> None:
    answer = client.get("/v1/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    page = Loads()
    page.feed(answer.text)
    assert {tag for tag, _ in page.found} == {"a"}
    assert all(target == "openapi.json" or target.startswith("#") for _, target in page.found)
    for name in operations(client):
        assert name.replace(" ", " /v1") in answer.text
    assert not re.search(r"@import|url\(", answer.text)
    anchors = {target.removeprefix("#") for _, target in page.found if target.startswith("#")}
    assert all(f'id="{anchor}"' in answer.text for anchor in anchors)
