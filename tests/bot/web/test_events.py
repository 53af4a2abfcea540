"""What pages report of visitors: good rows are stored for the conversation's visitor, bad ones told by their index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.web.behaviour import BATCH, LONGEST_DWELL_S, SKEW_S
from bot.wiring import scratch_assistant
from bot.world import World
from ranking.storage import StorageError
from retrieval.catalogue.item import Catalogue

NOW = 1_768_478_400.0
Json = dict[str, Any]


@pytest.fixture
def fresh(shop: Catalogue, tmp_path: Path) -> Assistant:
    return scratch_assistant(shop, tmp_path, world=World(now=lambda: NOW))


@pytest.fixture
def fresh_client(fresh: Assistant, client_of: Any) -> Any:
    return client_of(fresh, believes_users=True)


def send(client: Any, *rows: Json) -> Json:
    answer = client.post("/v1/events", json={"events": list(rows)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_every_kind_is_stored_for_the_conversations_visitor(
    fresh: Assistant, fresh_client: Any, shop: Catalogue
) -> None:
    conversation, item = fresh_client.begin(user="anna"), shop.items[0].id
    at = {"conversation": conversation, "item": item}
    done = send(
        fresh_client,
        {**at, "event": "impression", "position": 3, "list": "home"},
        {**at, "event": "view"},
        {**at, "event": "click", "position": 3},
        {**at, "event": "dwell", "value": 12.5},
        {**at, "event": "cart"},
        {**at, "event": "purchase"},
    )
    assert done == {"accepted": 6, "duplicates": 0, "rejected": []}
    rows = fresh.stages.memory.store.of_user("anna")
    assert [(row.event, row.value, row.timestamp) for row in rows] == [
        ("impression", None, NOW), ("view", None, NOW), ("click", None, NOW), ("dwell", 12.5, NOW), ("cart", None, NOW),
        ("purchase", None, NOW),
    ]  # fmt: skip
    assert dict(rows[0].context) == {
        "list": "page:home", "conversation": conversation, "from": "page", "position": 3, "ranker": "page",
        "propensity": 1.0,
    }  # fmt: skip
    assert fresh_client.get("/v1/users/anna/profile").json()["liked"] == [item]  # bought


def test_ranking_sees_a_purchase_in_the_very_next_list(fresh_client: Any, fresh: Assistant) -> None:
    conversation = fresh_client.begin(user="anna")
    shown = fresh_client.turn(conversation, text="a jacket")["items"]
    send(fresh_client, {"conversation": conversation, "item": shown[0]["id"], "event": "purchase"})
    again = fresh_client.turn(fresh_client.begin(user="anna"), text="a jacket")["items"]
    other = fresh_client.turn(fresh_client.begin(user="bert"), text="a jacket")["items"]
    assert [i["score"] for i in again] != [i["score"] for i in other]


def test_good_rows_are_taken_and_bad_ones_told_by_their_index(fresh_client: Any, shop: Catalogue) -> None:
    conversation = fresh_client.begin()
    at = {"conversation": conversation, "item": shop.items[0].id}
    bad: list[tuple[Any, str]] = [
        ({**at, "event": "love"}, "'event'"),
        ({**at, "event": "dwell"}, "seconds"),
        ({**at, "event": "dwell", "value": 0}, "seconds"),
        ({**at, "event": "dwell", "value": LONGEST_DWELL_S + 1}, "'value'"),
        ({**at, "event": "click", "value": 3}, "has no 'value'"),
        ({**at, "event": "cart", "value": 2}, "'value' of a cart"),
        ({**at, "event": "impression"}, "'position'"),
        ({**at, "event": "impression", "position": 0}, "'position'"),
        ({**at, "event": "view", "at": -1}, "'at'"),
        ({**at, "event": "view", "at": "now"}, "'at'"),
        ({**at, "event": "view", "user": "anna"}, "'user'"),
        ({**at, "event": "view", "item": "no such"}, "no such item"),
        ({**at, "event": "view", "conversation": "A" * 22}, "'conversation'"),
        (7, "the row"),
    ]
    rows = [row for row, _ in bad]
    done = send(fresh_client, {**at, "event": "view"}, *rows, {**at, "event": "cart", "value": 0})
    assert (done["accepted"], done["duplicates"]) == (2, 0)
    assert [row["index"] for row in done["rejected"]] == list(range(1, len(bad) + 1))
    for told, (_, what) in zip(done["rejected"], bad, strict=True):
        assert what in told["detail"]
        assert told["hint"]


@pytest.mark.parametrize("events", [[], [{}] * (BATCH + 1), None, {}])
def test_a_batch_is_bounded(fresh_client: Any, events: object) -> None:
    answer = fresh_client.post("/v1/events", json={"events": events})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("field 'events'")


def test_a_list_of_ours_is_recorded_once(fresh: Assistant, fresh_client: Any, shop: Catalogue) -> None:
    conversation = fresh_client.begin(user="anna")
    shown = [card["id"] for card in fresh_client.turn(conversation, text="a jacket")["items"]]
    other = next(item.id for item in shop.items if item.id not in shown)
    rows = [
        {"conversation": conversation, "item": item, "event": "impression", "position": n}
        for n, item in enumerate([*shown, other], 1)
    ]
    assert send(fresh_client, *rows)["duplicates"] == len(shown)
    impressions = [row.item for row in fresh.stages.memory.store.of_user("anna") if row.event == "impression"]
    assert sorted(impressions) == sorted([*shown, other])


def test_a_batch_that_is_sent_again_counts_once(fresh: Assistant, fresh_client: Any, shop: Catalogue) -> None:
    conversation = fresh_client.begin(user="anna")
    row = {"conversation": conversation, "item": shop.items[0].id, "event": "click", "at": NOW - 3}
    assert send(fresh_client, row, row)["duplicates"] == 1
    assert send(fresh_client, row) == {"accepted": 0, "duplicates": 1, "rejected": []}
    assert send(fresh_client, {**row, "at": NOW - 2})["accepted"] == 1
    assert fresh.stages.memory.store.count("anna") == 2


def test_a_batch_that_could_not_be_stored_may_be_sent_again(
    fresh: Assistant, fresh_client: Any, shop: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = fresh_client.begin(user="anna")
    row = {"conversation": conversation, "item": shop.items[0].id, "event": "click", "at": NOW - 3}

    def fail(*_: object) -> int:
        raise StorageError("the disk is full", hint="make room", reason="failed")

    with monkeypatch.context() as patched:
        patched.setattr(fresh.stages.memory.store, "append", fail)
        answer = fresh_client.post("/v1/events", json={"events": [row]})
    assert answer.status_code in (500, 503)
    assert send(fresh_client, row)["accepted"] == 1


@pytest.mark.parametrize(
    ("told", "believed"), [(NOW - SKEW_S, NOW - SKEW_S), (NOW - SKEW_S - 1, NOW), (NOW + 1, NOW), (0, NOW)]
)
def test_a_clients_clock_is_believed_only_a_little_behind_ours(
    fresh: Assistant, fresh_client: Any, shop: Catalogue, told: float, believed: float
) -> None:
    conversation = fresh_client.begin(user="anna")
    send(fresh_client, {"conversation": conversation, "item": shop.items[0].id, "event": "view", "at": told})
    assert [row.timestamp for row in fresh.stages.memory.store.of_user("anna")] == [believed]


def test_nothing_is_stored_of_an_incognito_conversation(fresh: Assistant, fresh_client: Any, shop: Catalogue) -> None:
    conversation = fresh_client.begin(user="anna", incognito=True)
    done = send(fresh_client, {"conversation": conversation, "item": shop.items[0].id, "event": "purchase"})
    assert done["accepted"] == 1
    assert fresh.stages.memory.store.count() == 0
