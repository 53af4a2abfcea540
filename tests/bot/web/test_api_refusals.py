"""What the JSON API refuses: always a problem that says what is wrong and what to do, never an inside."""

from __future__ import annotations

import json
import logging
import socket
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient

from bot.assistant import Assistant
from bot.settings import load_settings
from bot.web import serving
from bot.web.api import BODY_LIMIT
from bot.web.talk import MESSAGE_LIMIT
from bot.web.visits import Visits
from retrieval.errors import ChatalogueError

Json = dict[str, Any]
SSE = {"Accept": "text/event-stream"}
GONE = "A" * 22


def problem(answer: Any, status: int) -> Json:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert list(found) == ["type", "title", "status", "detail", "hint"]
    assert found["status"] == status
    assert found["type"].startswith("urn:chatalogue:problem:")
    assert found["title"]
    assert found["detail"]
    assert found["hint"]
    assert "Traceback" not in answer.text
    return dict(found)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "the body: give exactly one of"),
        ({"text": "hi", "new": True}, "the body: give exactly one of"),
        ({"text": 3}, "field 'text': Input should be a valid string"),
        ({"text": "\ud800"}, "field 'text'"),
        ({"txt": "hi"}, "field 'txt': Extra inputs"),
        ({"text": "hi", "x" * 200: 1}, f"field '{'x' * 80}': Extra inputs"),
        ({"text": "hi", "\ud800": 1}, "unicode"),
        ({"new": False}, "field 'new': give true"),
        ({"new": 1}, "field 'new'"),
        ({"action": "like"}, "field 'action'"),
        ({"action": {"kind": "love", "item": "j1"}}, "field 'action.kind': Input should be 'like', "),
        ({"action": {"kind": "like"}}, "field 'action': 'like' needs an 'item'"),
        ({"action": {"kind": "like", "item": 3}}, "field 'action.item'"),
        ({"action": {"kind": "like", "item": "no such"}}, "field 'action.item': the catalogue has no such"),
        ({"remove": ["a"]}, "field 'remove'"),
        ([], "the body"),
        ("hi", "the body"),
        (None, "the body"),
    ],
)
def test_a_body_that_is_no_step(client: Any, body: object, told: str) -> None:
    answer = client.post(
        f"/v1/conversations/{client.begin()}/turns",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    found = problem(answer, 422)
    assert told in found["detail"]
    assert len(found["detail"]) < 300
    assert "step" in found["hint"] or "id" in found["hint"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "told"),
    [
        ("{", "application/json", 422, "the body is not JSON"),
        ("[" * 50_000, "application/json", 400, ""),
        (b'{"text": "\xff"}', "application/json", 400, ""),
        ('{"text": "hi"}', "text/plain", 422, "the body"),
    ],
)
def test_a_body_that_is_not_json(client: Any, content: Any, kind: str, status: int, told: str) -> None:
    path = f"/v1/conversations/{client.begin()}/turns"
    found = problem(client.post(path, content=content, headers={"Content-Type": kind}), status)
    assert told in found["detail"]
    assert "JSON" in found["hint"] or "application/json" in found["hint"]


@pytest.mark.parametrize("user", ["", "x" * 129, 7, ["anna"], "a\nb", "a\0b"])
def test_a_user_that_is_no_id(assistant: Assistant, user: object, client_of: Any) -> None:
    found = problem(client_of(assistant, believes_users=True).post("/v1/conversations", json={"user": user}), 422)
    assert found["detail"].startswith("field 'user'")
    assert "anna" in found["hint"]


def test_what_is_not_there(client: Any) -> None:
    unknown = [
        client.post(f"/v1/conversations/{GONE}/turns", json={"text": "hi"}),
        client.post(f"/v1/conversations/{GONE}/turns", json={"text": "hi"}, headers=SSE),
        client.get(f"/v1/conversations/{GONE}/events"),
    ]
    for answer in unknown:
        found = problem(answer, 404)
        assert found["type"].endswith("unknown_conversation")
        assert "POST /v1/conversations" in found["hint"]
    assert problem(client.get("/v1/items/no/such"), 404)["type"].endswith("unknown_item")
    assert problem(client.get("/v1/nothing"), 404)["type"].endswith("unknown_path")
    wrong_method = client.get(f"/v1/conversations/{GONE}/turns")
    assert problem(wrong_method, 405)["type"].endswith("method")
    assert wrong_method.headers["allow"] == "POST"


def test_what_is_too_large(client: Any) -> None:
    conversation = client.begin()
    path = f"/v1/conversations/{conversation}/turns"
    long = problem(client.post(path, json={"text": "x" * (MESSAGE_LIMIT + 1)}), 413)
    assert f"{MESSAGE_LIMIT:,} characters" in long["detail"]
    body = problem(client.post(path, json={"text": "x" * BODY_LIMIT}), 413)
    assert f"{BODY_LIMIT:,} bytes" in body["detail"]
    assert long["type"] == body["type"]
    assert client.believed(conversation)["events"] == []
    assert client.turn(conversation, text="x" * MESSAGE_LIMIT)["act"] == "refuse"


def test_a_user_is_believed_only_where_the_server_says_so(assistant: Assistant, client_of: Any) -> None:
    refused = problem(client_of(assistant).post("/v1/conversations", json={"user": "anna"}), 403)
    assert "anna" not in json.dumps(refused)
    assert "--host 127.0.0.1" in refused["hint"]
    client = client_of(assistant, believes_users=True)
    first = client.begin(user="anna")
    item = client.turn(first, text="a red jacket")["items"][0]["id"]
    client.turn(first, action={"kind": "dislike", "item": item})
    again = client.turn(client.begin(user="anna"), text="a red jacket")
    assert item not in [card["id"] for card in again["items"]]
    other = client.turn(client.begin(user="bert"), text="a red jacket")
    assert item in [card["id"] for card in other["items"]]


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 201), ("0.0.0.0", 403)])
def test_a_user_is_believed_on_loopback_alone(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, host: str, status: int
) -> None:
    answers = []

    def ask(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        client = TestClient(server.config.app, base_url="http://127.0.0.1")  # type: ignore[arg-type]
        answers.append(client.post("/v1/conversations", json={"user": "anna"}))
        sockets[0].close()

    monkeypatch.setattr(serving, "build_assistant", lambda *_: assistant)
    monkeypatch.setattr(uvicorn.Server, "run", ask)
    serving.run(load_settings(host=host, port=0), lambda _: None)
    assert [answer.status_code for answer in answers] == [status]


def test_a_turn_that_fails_is_told_without_its_insides(assistant: Assistant, client_of: Any, reading: Any) -> None:
    def fail() -> None:
        raise RuntimeError("a secret")

    client = client_of(reading(assistant, fail))
    conversation = client.begin()
    answer = client.post(f"/v1/conversations/{conversation}/turns", json={"text": "hi"})
    found = problem(answer, 500)
    assert found["type"].endswith("turn_failed")
    events = client.stream(conversation, text="hi")
    assert [kind for kind, _ in events] == ["status", "error"]
    assert events[-1][1] == found
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (ChatalogueError("the store rests", hint="come back", retryable=True), 503, "the store rests"),
        (ChatalogueError("the store is gone", hint="restore it"), 500, "the store is gone"),
        (RuntimeError("a secret"), 500, "That went wrong on our side."),
    ],
)
def test_an_error_beside_a_turn(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, told: str, client_of: Any
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(Visits, "open", fail)
    answer = client_of(assistant).post("/v1/conversations")
    assert problem(answer, status)["detail"] == told
    assert "secret" not in answer.text


def test_what_visitors_say_is_not_logged(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    conversation = client.begin()
    client.turn(conversation, text="a mauve jacket")
    client.stream(conversation, text="a mauve hat")
    client.post(f"/v1/conversations/{conversation}/turns", json={"mauve": 1})
    assert caplog.records  # the client's own lines are there to be seen
    assert "mauve" not in caplog.text
