"""The JSON API: every answer, and conversations that keep apart and take turns."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi.testclient import TestClient

from bot.assistant import Assistant
from bot.dialogue.events import Answered, StepBegan, from_json
from bot.dialogue.state import fold
from bot.messages import NewConversation, RemoveConstraint, Rewind, UserAction, UserText, Weigh
from bot.projection import reply_json, state_json, turn_json
from bot.web.server import build_app
from retrieval.catalogue.item import Catalogue

Json = dict[str, Any]
SSE = {"Accept": "text/event-stream"}


def without_times(turn: Json) -> Json:
    return {name: value for name, value in turn.items() if name != "ms"}


# -- answers -----------------------------------------------------------------------------------------------------------


def test_a_conversation_has_an_id_of_128_random_bits(client: Any) -> None:
    answers = [client.post("/v1/conversations", **given) for given in ({}, {"json": {}}, {"json": {"user": None}})]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert {answer.json()["catalogue"] for answer in answers} == {"shop"}
    ids = {answer.json()["conversation"] for answer in answers}
    assert len(ids) == 3
    assert all(len(conversation) == 22 for conversation in ids)


def test_every_step_is_answered_as_in_process(client: Any, assistant: Assistant) -> None:
    here, there = assistant.open(), client.begin()
    first = here.reply(UserText("a red jacket under 200, no wool"))
    said = client.turn(there, text="a red jacket under 200, no wool")
    assert without_times(said) == json.loads(json.dumps(without_times(turn_json(first))))
    drawn = ("text", "image", "url")  # what the API adds to an item of the command line
    said["items"] = [{name: item[name] for name in item if name not in drawn} for item in said["items"]]
    assert {name: said[name] for name in reply_json(first) if name not in ("understood", "ms")} == {
        name: value for name, value in reply_json(first).items() if name not in ("understood", "ms")
    }
    assert said["understood"]["source"] == "rules"
    item, key = said["items"][0]["id"], said["beliefs"][0]["key"]
    steps: list[tuple[Any, Json]] = [
        (UserAction("dislike", item), {"action": {"kind": "dislike", "item": item}}),
        (UserAction("undo"), {"action": {"kind": "undo"}}),
        (RemoveConstraint(key), {"remove": key}),
        (Rewind(), {"rewind": True}),
        (Weigh(key, hard=False), {"wish": key}),
        (Weigh(key, hard=True), {"must": key}),
        (NewConversation(), {"new": True}),
    ]
    for step, body in steps:
        expected = json.loads(json.dumps(without_times(turn_json(here.reply(step)))))
        assert without_times(client.turn(there, **body)) == expected
    assert client.turn(there, new=True)["understood"] == {"intent": None, "slots": [], "source": None}


def test_a_question_says_what_it_asks(client: Any) -> None:
    turn = client.turn(client.begin(), text="recommend me something")
    assert turn["act"] == "recommend"  # there is behaviour: a list at once, and the question with it
    assert turn["asks"] in {facet["name"] for facet in client.get("/v1/catalogue").json()["facets"]}


def test_a_stream_gives_the_turn_piece_by_piece_and_cards_before_words(client: Any) -> None:
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


def test_what_is_believed_is_the_fold_of_the_events(client: Any, assistant: Assistant) -> None:
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


def test_the_catalogue_and_its_items(client: Any, shop: Catalogue) -> None:
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
        assert client.post("/v1/conversations", json={"user": "anna"}).status_code == 403
        assert client.get("/v1/nothing").headers["content-type"] == "application/problem+json"


# -- conversations keep apart, and take turns --------------------------------------------------------------------------


def test_conversations_unused_longest_are_let_go(assistant: Assistant, client_of: Any) -> None:
    client = client_of(assistant, limit=2)
    first, second = client.begin(), client.begin()
    client.turn(first, text="a jacket")
    third = client.begin()
    assert client.post(f"/v1/conversations/{second}/turns", json={"text": "hi"}).status_code == 404
    assert len(client.believed(first)["events"]) > 1
    assert client.believed(third)["events"] == []


def test_two_conversations_never_mix(assistant: Assistant, client_of: Any) -> None:
    wishes = ["a red jacket", "black boots", "a cheap hat", "a blue dress"]
    alone = []
    for wish in wishes:
        conversation = assistant.open()
        alone.append([without_times(turn_json(conversation.reply(UserText(text)))) for text in (wish, "cheaper")])
    with client_of(assistant) as client, ThreadPoolExecutor(len(wishes)) as pool:

        def talk(wish: str) -> list[Json]:
            conversation = client.begin()
            return [without_times(client.turn(conversation, text=text)) for text in (wish, "cheaper")]

        together = list(pool.map(talk, wishes))
    assert together == json.loads(json.dumps(alone))
    assert len({turns[0]["text"] for turns in together}) == len(wishes)


def test_steps_of_one_conversation_wait_for_each_other(assistant: Assistant, client_of: Any, reading: Any) -> None:
    reading_now, most = [0], [0]
    guard = threading.Lock()

    def slowly() -> None:
        with guard:
            reading_now[0] += 1
            most[0] = max(most[0], reading_now[0])
        time.sleep(0.02)
        with guard:
            reading_now[0] -= 1

    with client_of(reading(assistant, slowly)) as client, ThreadPoolExecutor(4) as pool:
        conversation = client.begin()
        steps = [client.turn, client.stream] * 2
        list(pool.map(lambda step: step(conversation, text="a jacket"), steps))
        events = [from_json(event) for event in client.believed(conversation)["events"]]
    frame = [event for event in events if isinstance(event, StepBegan | Answered)]
    assert [type(event) for event in frame] == [StepBegan, Answered] * 4
    assert [event.number for event in frame if isinstance(event, StepBegan)] == [1, 2, 3, 4]
    assert most == [1]


def test_steps_of_two_conversations_do_not_wait_for_each_other(
    assistant: Assistant, client_of: Any, reading: Any
) -> None:
    both = threading.Barrier(2, timeout=10)
    with client_of(reading(assistant, both.wait)) as client, ThreadPoolExecutor(2) as pool:
        turns = list(pool.map(lambda _: client.turn(client.begin(), text="a jacket"), range(2)))
    assert [turn["act"] for turn in turns] == ["recommend", "recommend"]
