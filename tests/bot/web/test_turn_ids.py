"""A turn that is sent again under its id is the same turn: in this process, while it is under way, after a restart."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.dialogue.events import StepBegan, from_json
from bot.web.visits import ANSWERS_KEPT
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

SSE = {"Accept": "text/event-stream"}
WAIT_S = 20.0


def steps(client: Any, conversation: str) -> int:
    events = [from_json(event) for event in client.believed(conversation)["events"]]
    return sum(isinstance(event, StepBegan) for event in events)


def test_a_retry_is_answered_the_same_and_is_no_second_turn(client: Any) -> None:
    conversation = client.begin()
    first = client.turn(conversation, text="a red jacket", turn_id="t-1")
    assert client.turn(conversation, text="a red jacket", turn_id="t-1") == first
    streamed = client.stream(conversation, text="a red jacket", turn_id="t-1")
    assert [kind for kind, _ in streamed][:3] == ["status", "understood", "items"]
    assert streamed[-1] == ("done", first)
    assert steps(client, conversation) == 1
    client.turn(conversation, text="a red jacket", turn_id="t-2")
    assert client.turn(client.begin(), text="boots", turn_id="t-1")["text"] != first["text"]  # ids are a conversation's
    assert steps(client, conversation) == 2


def test_a_step_that_was_streamed_is_not_taken_again_after_another_either(client: Any) -> None:
    conversation = client.begin()
    first = client.stream(conversation, text="a red jacket", turn_id="t-1")[-1]
    client.stream(conversation, text="cheaper", turn_id="t-2")
    assert client.stream(conversation, text="a red jacket", turn_id="t-1")[-1] == first
    assert steps(client, conversation) == 2
    answer = client.post(f"/v1/conversations/{conversation}/turns", json={"text": "boots", "turn_id": "t-1"})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("turn_id_taken")


def test_a_retry_joins_a_turn_that_is_under_way(assistant: Assistant, client_of: Any, reading: Any) -> None:
    go_on = threading.Event()
    with client_of(reading(assistant, lambda: go_on.wait(WAIT_S))) as client, ThreadPoolExecutor(3) as pool:
        conversation = client.begin()
        turns = [pool.submit(client.turn, conversation, text="a jacket", turn_id="t") for _ in range(2)]
        turns.append(pool.submit(lambda: client.stream(conversation, text="a jacket", turn_id="t")[-1][1]))
        go_on.set()
        answers = [turn.result(WAIT_S) for turn in turns]
        assert answers[0] == answers[1] == answers[2]
        assert steps(client, conversation) == 1


def test_another_step_under_the_same_id_is_refused(client: Any) -> None:
    conversation = client.begin()
    client.turn(conversation, text="a red jacket", turn_id="t")
    for step in ({"text": "a red jacket "}, {"new": True}):
        answer = client.post(f"/v1/conversations/{conversation}/turns", json={**step, "turn_id": "t"})
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("turn_id_taken")
        assert "red" not in answer.text
    assert steps(client, conversation) == 1


@pytest.mark.parametrize("turn_id", ["", "x" * 65, "a b", "a\n", "ä", 7, "a/b"])
def test_an_id_is_short_and_plain(client: Any, turn_id: object) -> None:
    answer = client.post(f"/v1/conversations/{client.begin()}/turns", json={"text": "hi", "turn_id": turn_id})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("field 'turn_id'")


def test_a_turn_that_failed_may_be_tried_again(assistant: Assistant, client_of: Any, reading: Any) -> None:
    fails = [True]

    def fail() -> None:
        if fails[0]:
            raise RuntimeError("no")

    client = client_of(reading(assistant, fail))
    conversation = client.begin()
    path = f"/v1/conversations/{conversation}/turns"
    assert client.post(path, json={"text": "a jacket", "turn_id": "t"}).status_code == 500
    fails[0] = False
    assert client.turn(conversation, text="a jacket", turn_id="t")["act"] == "recommend"


def test_the_last_turn_is_answered_again_after_a_restart(shop: Catalogue, tmp_path: Path, client_of: Any) -> None:
    client = client_of(scratch_assistant(shop, tmp_path))
    conversation = client.begin()
    client.turn(conversation, text="a jacket", turn_id="t-1")
    first = client.turn(conversation, text="a red one", turn_id="t-2")
    again = client_of(scratch_assistant(shop, tmp_path))
    events = again.stream(conversation, text="a red one", turn_id="t-2")
    assert [kind for kind, _ in events] == ["understood", "items", "delta", "chips", "done"]
    whole = events[-1][1]
    assert {**whole, "ms": 0} == {**first, "ms": 0}
    assert set(whole["ms"]) == set(first["ms"])
    for kind, data in events[:-1]:
        assert data == {name: whole[name] for name in data}, kind
    assert again.turn(conversation, text="a red one", turn_id="t-2") == whole
    assert steps(again, conversation) == 2
    refused = again.post(f"/v1/conversations/{conversation}/turns", json={"text": "blue", "turn_id": "t-2"})
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (422, "turn_id_taken")
    other = client_of(scratch_assistant(shop, tmp_path))
    refused = other.stream(conversation, text="blue", turn_id="t-2")[-1]
    assert (refused[0], refused[1]["status"]) == ("error", 422)
    assert steps(other, conversation) == 2


def test_answers_that_are_kept_are_bounded(client: Any) -> None:
    conversation = client.begin()
    for number in range(ANSWERS_KEPT + 1):
        client.turn(conversation, new=True, turn_id=f"t{number}")
    client.turn(conversation, new=True, turn_id=f"t{ANSWERS_KEPT}")
    assert steps(client, conversation) == ANSWERS_KEPT + 1
    client.turn(conversation, new=True, turn_id="t0")  # forgotten: it is a turn of its own
    assert steps(client, conversation) == ANSWERS_KEPT + 2


def test_nothing_of_an_incognito_turn_is_kept_in_the_database(shop: Catalogue, tmp_path: Path, client_of: Any) -> None:
    client = client_of(scratch_assistant(shop, tmp_path))
    conversation = client.begin(incognito=True)
    first = client.turn(conversation, text="a mauve jacket", turn_id="t")
    assert client.turn(conversation, text="a mauve jacket", turn_id="t") == first
    assert all(b"mauve" not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
