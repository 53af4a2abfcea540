"""Hints over HTTP: told at the start or between steps, believed openly, removed for good, refused when no hints."""

from __future__ import annotations

import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.dialogue.events import from_json
from bot.dialogue.state import fold
from bot.projection import state_json
from retrieval.catalogue.item import Catalogue

Json = dict[str, Any]
EVIL = '"><img src=x onerror=alert(1)>'


def put(client: Any, conversation: str, body: object) -> Any:
    content = json.dumps(body)
    kind = {"Content-Type": "application/json"}
    return client.put(f"/v1/conversations/{conversation}/hints", content=content, headers=kind)


def labels(turn: Json) -> list[str]:
    return [belief["label"] for belief in turn["beliefs"]]


def test_hints_of_the_start_are_believed_openly_and_lean_the_list(client: Any, shop: Catalogue) -> None:
    conversation = client.begin(
        hints={"page": {"facets": {"color": "RED"}}, "age_band": {"facets": {"material": ["wool"]}}}
    )
    turn = client.turn(conversation, text="a jacket")
    assert labels(turn) == ["jacket", "red, as on this page", "wool, by your age"]
    assert [b["hard"] for b in turn["beliefs"]] == [True, False, False]
    red = [item["id"] for item in turn["items"] if "red" in item["facets"]["color"]]
    without = client.turn(client.begin(), text="a jacket")["items"]
    assert len(red) > sum("red" in item["facets"]["color"] for item in without)


def test_an_entry_that_is_removed_stays_away_though_the_page_says_it_again(client: Any) -> None:
    page = {"page": {"facets": {"color": "red"}}}
    conversation = client.begin(hints=page)
    (belief,) = put(client, conversation, page).json()["beliefs"]
    client.turn(conversation, text="a jacket")
    assert labels(client.turn(conversation, remove=belief["key"])) == ["jacket"]
    assert [b["label"] for b in put(client, conversation, page).json()["beliefs"]] == ["jacket"]


def test_what_the_page_shows_changes_and_the_state_is_still_the_fold(client: Any, shop: Catalogue) -> None:
    item = shop.items[0]
    conversation = client.begin(hints={"page": {"item": item.id}})
    client.turn(conversation, text="hello")
    moved = put(client, conversation, {"page": {"facets": {"price": [None, 50], "color": ["red", "blue"]}}})
    assert moved.status_code == 200
    assert [b["key"] for b in moved.json()["beliefs"]] == ["hint:price=..50", "hint:color=red", "hint:color=blue"]
    believed = client.believed(conversation)
    state = fold(from_json(event) for event in believed["events"])
    assert believed["state"] == json.loads(json.dumps(state_json(state)))
    assert put(client, conversation, {}).json() == {"beliefs": []}


@pytest.mark.parametrize(
    ("hints", "told"),
    [
        ([], "field 'hints'"),
        ({"stars": {}}, "field 'hints.stars': Extra inputs"),
        ({"page": {}}, "field 'hints.page': give an 'item', 'facets' or both"),
        ({"page": {"item": 3}}, "field 'hints.page.item'"),
        ({"page": {"item": "x" * 201}}, "field 'hints.page.item'"),
        ({"page": {"item": "\ud800"}}, "field 'hints.page.item'"),
        ({"page": {"item": EVIL}}, "the catalogue has no item"),
        ({"page": {"facets": {"color": 3}}}, "field 'hints.page.facets.color': give a value"),
        ({"page": {"facets": {"color": ["a"] * 9}}}, "field 'hints.page.facets.color': give a value"),
        ({"page": {"facets": {"color": ["red", 3]}}}, "field 'hints.page.facets.color': give a value"),
        ({"page": {"facets": {"color": "x" * 201}}}, "field 'hints.page.facets.color': give a value"),
        ({"page": {"facets": {"color": {"a": 1}}}}, "field 'hints.page.facets.color': give a value"),
        ({"page": {"facets": {"color": [None, 3]}}}, "'color' has no value"),
        ({"page": {"facets": {"color": EVIL}}}, "'color' has no value"),
        ({"page": {"facets": {"price": "cheap"}}}, "'cheap' is no range"),
        ({"page": {"facets": {"price": [True, False]}}}, "is no range"),
        ({"page": {"facets": {"price": [math.nan, 3]}}}, "is no range"),
        ({"page": {"facets": {"no such": "red"}}}, "the catalogue has no facet 'no such'"),
        ({"page": {"facets": {f"f{n}": "red" for n in range(17)}}}, "field 'hints.page.facets'"),
        ({"age_band": "25-34"}, "field 'hints.age_band'"),
        ({"age_band": {"facets": {}}}, "field 'hints.age_band.facets'"),
        ({"language": {"item": "j1"}}, "field 'hints.language"),
    ],
)
def test_what_is_no_hint_is_refused_and_opens_or_changes_nothing(client: Any, hints: object, told: str) -> None:
    kind = {"Content-Type": "application/json"}
    conversation = client.begin()
    refused = client.post("/v1/conversations", content=json.dumps({"hints": hints}), headers=kind)
    later = put(client, conversation, hints)
    for answer, detail in (
        (refused, told),
        (later, told.replace("hints.", "", 1).replace("field 'hints'", "the body")),
    ):
        assert answer.status_code == 422
        problem = answer.json()
        assert detail in problem["detail"]
        assert len(problem["detail"]) < 600
        assert problem["hint"]
    assert client.believed(conversation)["events"] == []


def test_hints_of_a_conversation_that_is_not_there(client: Any) -> None:
    assert put(client, "A" * 22, {}).status_code == 404


def test_hints_wait_for_the_step_under_way(assistant: Assistant, client_of: Any, reading: Any) -> None:
    asked, may_read = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        assert may_read.wait(10)

    with client_of(reading(assistant, wait)) as client, ThreadPoolExecutor(2) as pool:
        conversation = client.begin()
        turn = pool.submit(lambda: client.turn(conversation, text="a jacket"))
        assert asked.wait(10)
        hinted = pool.submit(lambda: put(client, conversation, {"page": {"facets": {"color": "red"}}}).json())
        assert not hinted.done()
        may_read.set()
        assert labels(turn.result(20)) == ["jacket"]
        assert labels(hinted.result(20)) == ["jacket", "red, as on this page"]
        assert [event["event"] for event in client.believed(conversation)["events"]][-1] == "Hinted"
