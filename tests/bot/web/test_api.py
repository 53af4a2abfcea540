"""The JSON API: every answer, every refusal, and conversations that keep apart and take turns."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.assistant import Assistant
from bot.dialogue.events import Answered, StepBegan, from_json
from bot.dialogue.state import fold
from bot.messages import NewConversation, RemoveConstraint, UserAction, UserText
from bot.projection import reply_json, state_json, turn_json
from bot.web.api import BODY_LIMIT, MESSAGE_LIMIT, build_api
from bot.web.server import build_app
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

Json = dict[str, Any]
SSE = {"Accept": "text/event-stream"}
GONE = "A" * 22


class Client(TestClient):
    """A client of the API over one assistant; errors of the server are answers."""

    def __init__(self, assistant: Assistant, limit: int = 100, *, believes_users: bool = False) -> None:
        app = FastAPI()
        app.mount("/v1", build_api(Visits(assistant, limit), believes_users=believes_users))
        super().__init__(app, raise_server_exceptions=False)

    def begin(self, **body: object) -> str:
        answer = self.post("/v1/conversations", json=body)
        assert answer.status_code == 201
        return str(answer.json()["conversation"])

    def turn(self, conversation: str, **step: object) -> Json:
        answer = self.post(f"/v1/conversations/{conversation}/turns", json=step)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def stream(self, conversation: str, **step: object) -> list[tuple[str, Any]]:  # type: ignore[override]
        answer = self.post(f"/v1/conversations/{conversation}/turns", json=step, headers=SSE)
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [block.split("\n") for block in answer.text.strip().split("\n\n")]
        return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in events]

    def believed(self, conversation: str) -> Json:
        return dict(self.get(f"/v1/conversations/{conversation}/events").json())


class Reading:
    """A reader that does something before it reads; a test tells what."""

    def __init__(self, assistant: Assistant, first: Callable[[], object]) -> None:
        self._reader = assistant.stages.reader
        self._first = first

    def read(self, message: Any) -> Any:
        self._first()
        return self._reader.read(message)


def reading(assistant: Assistant, first: Callable[[], object]) -> Assistant:
    """The assistant with a reader that calls `first` before every message."""
    return Assistant(replace(assistant.stages, reader=Reading(assistant, first)))  # type: ignore[arg-type]


def without_times(turn: Json) -> Json:
    return {name: value for name, value in turn.items() if name != "ms"}


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


@pytest.fixture(scope="module")
def assistant(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return scratch_assistant(shop, tmp_path_factory.mktemp("data"))


@pytest.fixture
def client(assistant: Assistant) -> Iterator[Client]:
    with Client(assistant) as client:
        yield client


# -- answers -----------------------------------------------------------------------------------------------------------


def test_a_conversation_has_an_id_of_128_random_bits(client: Client) -> None:
    answers = [client.post("/v1/conversations", **given) for given in ({}, {"json": {}}, {"json": {"user": None}})]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert {answer.json()["catalogue"] for answer in answers} == {"shop"}
    ids = {answer.json()["conversation"] for answer in answers}
    assert len(ids) == 3
    assert all(len(conversation) == 22 for conversation in ids)


def test_every_step_is_answered_as_in_process(client: Client, assistant: Assistant) -> None:
    here, there = assistant.open(), client.begin()
    first = here.reply(UserText("a red jacket under 200, no wool"))
    said = client.turn(there, text="a red jacket under 200, no wool")
    assert without_times(said) == json.loads(json.dumps(without_times(turn_json(first))))
    assert {name: said[name] for name in reply_json(first) if name not in ("understood", "ms")} == {
        name: value for name, value in reply_json(first).items() if name not in ("understood", "ms")
    }
    assert said["understood"]["source"] == "rules"
    item, key = said["items"][0]["id"], said["beliefs"][0]["key"]
    steps: list[tuple[Any, Json]] = [
        (UserAction("dislike", item), {"action": {"kind": "dislike", "item": item}}),
        (UserAction("undo"), {"action": {"kind": "undo"}}),
        (RemoveConstraint(key), {"remove": key}),
        (NewConversation(), {"new": True}),
    ]
    for step, body in steps:
        expected = json.loads(json.dumps(without_times(turn_json(here.reply(step)))))
        assert without_times(client.turn(there, **body)) == expected
    assert client.turn(there, new=True)["understood"] == {"intent": None, "slots": [], "source": None}


def test_a_question_says_what_it_asks(client: Client) -> None:
    turn = client.turn(client.begin(), text="recommend me something")
    assert turn["act"] == "ask"
    assert turn["asks"] in {facet["name"] for facet in client.get("/v1/catalogue").json()["facets"]}


def test_a_stream_gives_the_turn_piece_by_piece_and_cards_before_words(client: Client) -> None:
    events = client.stream(client.begin(), text="a red jacket\u2028under 200")
    kinds = [kind for kind, _ in events]
    assert kinds[:3] == ["status", "understood", "items"]
    assert kinds[3:-2] == ["delta"] * (len(kinds) - 5)
    assert "delta" in kinds
    assert kinds[-2:] == ["chips", "done"]
    whole = events[-1][1]
    assert "".join(data["text"] for kind, data in events if kind == "delta") == whole["text"]
    for kind, data in events[1:3] + events[-2:-1]:
        assert data == {name: whole[name] for name in data}, kind


def test_what_is_believed_is_the_fold_of_the_events(client: Client, assistant: Assistant) -> None:
    conversation = client.begin()
    item = client.turn(conversation, text="a red jacket between 20 and 200")["items"][0]["id"]
    client.turn(conversation, action={"kind": "like", "item": item})
    client.turn(conversation, text="cheaper")
    client.turn(conversation, text="undo")
    believed = client.believed(conversation)
    state = fold(from_json(event) for event in believed["events"])
    assert state.turn == 4
    assert state.liked == (item,)
    assert believed["state"] == json.loads(json.dumps(state_json(state)))


def test_the_catalogue_and_its_items(client: Client, shop: Catalogue) -> None:
    answer = client.get("/v1/catalogue").json()
    assert (answer["name"], answer["item"], answer["count"]) == ("shop", shop.schema.item, len(shop.items))
    assert [facet["name"] for facet in answer["facets"]] == [facet.name for facet in shop.schema.facets]
    assert {"name", "kind", "unit", "label"} == set(answer["facets"][0])
    item = client.get(f"/v1/items/{shop.items[0].id}").json()
    assert (item["id"], item["title"]) == (shop.items[0].id, shop.items[0].title)
    assert set(item) == {"id", "title", "text", "facets", "image", "url"}


def test_the_api_is_part_of_what_is_served(assistant: Assistant) -> None:
    with TestClient(build_app(assistant)) as client:
        assert client.post("/v1/conversations").status_code == 201
        problem(client.post("/v1/conversations", json={"user": "anna"}), 403)
        problem(client.get("/v1/nothing"), 404)


# -- refusals ----------------------------------------------------------------------------------------------------------


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
def test_a_body_that_is_no_step(client: Client, body: object, told: str) -> None:
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
def test_a_body_that_is_not_json(client: Client, content: Any, kind: str, status: int, told: str) -> None:
    path = f"/v1/conversations/{client.begin()}/turns"
    found = problem(client.post(path, content=content, headers={"Content-Type": kind}), status)
    assert told in found["detail"]
    assert "JSON" in found["hint"] or "application/json" in found["hint"]


@pytest.mark.parametrize("user", ["", "x" * 129, 7, ["anna"], "a\nb", "a\0b"])
def test_a_user_that_is_no_id(assistant: Assistant, user: object) -> None:
    found = problem(Client(assistant, believes_users=True).post("/v1/conversations", json={"user": user}), 422)
    assert found["detail"].startswith("field 'user'")
    assert "anna" in found["hint"]


def test_what_is_not_there(client: Client) -> None:
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


def test_what_is_too_large(client: Client) -> None:
    conversation = client.begin()
    path = f"/v1/conversations/{conversation}/turns"
    long = problem(client.post(path, json={"text": "x" * (MESSAGE_LIMIT + 1)}), 413)
    assert f"{MESSAGE_LIMIT:,} characters" in long["detail"]
    body = problem(client.post(path, json={"text": "x" * BODY_LIMIT}), 413)
    assert f"{BODY_LIMIT:,} bytes" in body["detail"]
    assert long["type"] == body["type"]
    assert client.believed(conversation)["events"] == []
    assert client.turn(conversation, text="x" * MESSAGE_LIMIT)["act"] == "refuse"


def test_a_user_is_believed_only_where_the_server_says_so(assistant: Assistant) -> None:
    refused = problem(Client(assistant).post("/v1/conversations", json={"user": "anna"}), 403)
    assert "anna" not in json.dumps(refused)
    assert "--host 127.0.0.1" in refused["hint"]
    client = Client(assistant, believes_users=True)
    first = client.begin(user="anna")
    item = client.turn(first, text="a red jacket")["items"][0]["id"]
    client.turn(first, action={"kind": "dislike", "item": item})
    again = client.turn(client.begin(user="anna"), text="a red jacket")
    assert item not in [card["id"] for card in again["items"]]
    other = client.turn(client.begin(user="bert"), text="a red jacket")
    assert item in [card["id"] for card in other["items"]]


def test_a_turn_that_fails_is_told_without_its_insides(assistant: Assistant) -> None:
    def fail() -> None:
        raise RuntimeError("a secret")

    client = Client(reading(assistant, fail))
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
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, told: str
) -> None:
    def fail(*_: object) -> str:
        raise error

    monkeypatch.setattr(Visits, "open", fail)
    answer = Client(assistant).post("/v1/conversations")
    assert problem(answer, status)["detail"] == told
    assert "secret" not in answer.text


def test_what_visitors_say_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    conversation = client.begin()
    client.turn(conversation, text="a mauve jacket")
    client.stream(conversation, text="a mauve hat")
    client.post(f"/v1/conversations/{conversation}/turns", json={"mauve": 1})
    assert caplog.records  # the client's own lines are there to be seen
    assert "mauve" not in caplog.text


# -- conversations keep apart, and take turns --------------------------------------------------------------------------


def test_conversations_unused_longest_are_let_go(assistant: Assistant) -> None:
    client = Client(assistant, limit=2)
    first, second = client.begin(), client.begin()
    client.turn(first, text="a jacket")
    third = client.begin()
    problem(client.post(f"/v1/conversations/{second}/turns", json={"text": "hi"}), 404)
    assert len(client.believed(first)["events"]) > 1
    assert client.believed(third)["events"] == []


def test_two_conversations_never_mix(assistant: Assistant) -> None:
    wishes = ["a red jacket", "black boots", "a cheap hat", "a blue dress"]
    alone = []
    for wish in wishes:
        conversation = assistant.open()
        alone.append([without_times(turn_json(conversation.reply(UserText(text)))) for text in (wish, "cheaper")])
    with Client(assistant) as client, ThreadPoolExecutor(len(wishes)) as pool:

        def talk(wish: str) -> list[Json]:
            conversation = client.begin()
            return [without_times(client.turn(conversation, text=text)) for text in (wish, "cheaper")]

        together = list(pool.map(talk, wishes))
    assert together == json.loads(json.dumps(alone))
    assert len({turns[0]["text"] for turns in together}) == len(wishes)


def test_steps_of_one_conversation_wait_for_each_other(assistant: Assistant) -> None:
    reading_now, most = [0], [0]
    guard = threading.Lock()

    def slowly() -> None:
        with guard:
            reading_now[0] += 1
            most[0] = max(most[0], reading_now[0])
        time.sleep(0.02)
        with guard:
            reading_now[0] -= 1

    with Client(reading(assistant, slowly)) as client, ThreadPoolExecutor(6) as pool:
        conversation = client.begin()
        steps = [client.turn, client.stream] * 3
        list(pool.map(lambda step: step(conversation, text="a jacket"), steps))
        events = [from_json(event) for event in client.believed(conversation)["events"]]
    frame = [event for event in events if isinstance(event, StepBegan | Answered)]
    assert [type(event) for event in frame] == [StepBegan, Answered] * 6
    assert [event.number for event in frame if isinstance(event, StepBegan)] == [1, 2, 3, 4, 5, 6]
    assert most == [1]


def test_steps_of_two_conversations_do_not_wait_for_each_other(assistant: Assistant) -> None:
    both = threading.Barrier(2, timeout=10)
    with Client(reading(assistant, both.wait)) as client, ThreadPoolExecutor(2) as pool:
        turns = list(pool.map(lambda _: client.turn(client.begin(), text="a jacket"), range(2)))
    assert [turn["act"] for turn in turns] == ["recommend", "recommend"]
