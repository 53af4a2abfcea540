"""Memory by API and command line: seen, corrected, exported, deleted; conversations that outlive the server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot import cli
from bot.assistant import Assistant
from bot.dialogue.events import from_json
from bot.dialogue.state import fold
from bot.messages import UserAction, UserText
from bot.projection import state_json
from bot.settings import load_settings
from bot.web import serving
from bot.web.api import build_api
from bot.web.visits import Visits
from bot.wiring import open_memory
from tests.bot.memory.conftest import Clock

Json = dict[str, Any]
Start = Callable[..., Assistant]
Serve = Callable[..., TestClient]


@pytest.fixture
def serve(start: Start) -> Iterator[Serve]:
    """Start a server over the one database."""

    def begin(*, believes_users: bool = True, limit: int = 100) -> TestClient:
        app = FastAPI()
        app.mount("/v1", build_api(Visits(start(), limit), believes_users=believes_users))
        return TestClient(app, raise_server_exceptions=False)

    return begin


def opened(client: TestClient, **body: object) -> str:
    answer = client.post("/v1/conversations", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["conversation"])


def turn(client: TestClient, conversation: str, **step: object) -> Json:
    answer = client.post(f"/v1/conversations/{conversation}/turns", json=step)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def believed(client: TestClient, conversation: str) -> Json:
    return dict(client.get(f"/v1/conversations/{conversation}/events").json())


def test_a_conversation_outlives_the_server(serve: Serve) -> None:
    before = serve(believes_users=False)
    conversation = opened(before)
    shown = turn(before, conversation, text="a jacket under 150 dollars")["items"]
    turn(before, conversation, action={"kind": "dislike", "item": shown[0]["id"]})
    told = believed(before, conversation)
    after = serve(believes_users=False)
    assert believed(after, conversation) == told
    assert json.loads(json.dumps(state_json(fold(map(from_json, told["events"]))))) == told["state"]
    answered = turn(after, conversation, text="in black")
    assert shown[0]["id"] not in {item["id"] for item in answered["items"]}
    assert {belief["key"] for belief in answered["beliefs"]} >= {"category=jacket", "color=black"}


def test_a_conversation_that_was_let_go_is_found_again(serve: Serve) -> None:
    client = serve(limit=1)
    conversation = opened(client)
    turn(client, conversation, text="a jacket")
    opened(client)
    assert believed(client, conversation)["state"]["constraints"][0]["key"] == "category=jacket"


def test_reactions_to_an_item_are_taken_back_by_its_key(serve: Serve) -> None:
    client = serve()
    conversation = opened(client, user="ann")
    one, two = (item["id"] for item in turn(client, conversation, text="a jacket")["items"][:2])
    for item in (one, two):
        turn(client, conversation, action={"kind": "dislike", "item": item})
        turn(client, conversation, action={"kind": "seen", "item": item})
    assert client.delete(f"/v1/users/ann/profile/item:{one}").json() == {"forgotten": f"item:{one}"}
    profile = client.get("/v1/users/ann/profile").json()
    assert (profile["disliked"], profile["seen"]) == ([two], [two])
    assert client.delete(f"/v1/users/ann/profile/item:{one}").status_code == 404
    assert client.delete("/v1/users/ann/profile/item:no such").status_code == 404


@pytest.mark.parametrize("conversation", ["A" * 22, "x", "a%00b", "%ff", "..", "a" * 5000])
def test_no_conversation_is_made_up(serve: Serve, conversation: str) -> None:
    assert serve().post(f"/v1/conversations/{conversation}/turns", json={"text": "hi"}).status_code == 404


def test_an_incognito_conversation_ends_with_the_server(serve: Serve) -> None:
    client = serve()
    conversation = opened(client, user="ann", incognito=True)
    turn(client, conversation, text="I love wool")
    assert client.get("/v1/users/ann/profile").json()["interests"] == []
    assert client.get(f"/v1/conversations/{conversation}/events").status_code == 200
    answer = serve().get(f"/v1/conversations/{conversation}/events")
    assert answer.status_code == 404
    assert "incognito" in answer.json()["hint"]


def test_what_is_known_is_seen_corrected_exported_and_deleted(serve: Serve, clock: Clock) -> None:
    client = serve()
    conversation = opened(client, user="ann/of@cleves")
    shown = turn(client, conversation, text="I love wool")["items"]
    clock.now += 60
    turn(client, conversation, action={"kind": "dislike", "item": shown[0]["id"]})
    profile = client.get("/v1/users/ann%2Fof@cleves/profile").json()
    wool = next(i for i in profile["interests"] if i["key"] == "material=wool")
    assert 0 < wool["score"] <= 1
    assert wool["against"] > 0  # the item disliked is of wool
    assert {e["sentiment"] for e in wool["evidence"]} == {1, -1}
    stated = next(e for e in wool["evidence"] if e["source"] == "statement")
    assert stated == {
        "said": "I love wool", "sentiment": 1, "at": "2026-01-15T12:00:00Z", "source": "statement",
        "conversation": conversation,
    }  # fmt: skip
    assert profile["disliked"] == [shown[0]["id"]]

    exported = client.get("/v1/users/ann%2Fof@cleves/export").json()
    assert exported["interests"] == profile["interests"]
    assert exported["conversations"][0]["events"] == believed(client, conversation)["events"]
    assert [s["key"] for s in exported["statements"]] == ["material=wool"]
    assert {row["event"] for row in exported["interactions"]} == {"impression", "dislike"}

    gone = client.delete("/v1/users/ann%2Fof@cleves/profile/material=wool")
    assert (gone.status_code, gone.json()) == (200, {"forgotten": "material=wool"})
    left = client.get("/v1/users/ann%2Fof@cleves/profile").json()
    assert "material=wool" not in {i["key"] for i in left["interests"]}
    assert left["disliked"] == profile["disliked"]
    again = client.delete("/v1/users/ann%2Fof@cleves/profile/material=wool")
    assert again.status_code == 404
    assert again.json()["type"].endswith("unknown_interest")

    deleted = client.delete("/v1/users/ann%2Fof@cleves")
    assert deleted.json()["deleted"] > 5
    empty = client.get("/v1/users/ann%2Fof@cleves/export").json()
    assert [empty[part] for part in ("conversations", "statements", "interactions", "interests")] == [[], [], [], []]
    assert believed(client, conversation)["events"] == []  # open as it is, it has forgotten too


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "profile"), ("GET", "export"), ("DELETE", "profile/material=wool"), ("DELETE", "")],
)
def test_a_user_is_believed_on_loopback_only(serve: Serve, method: str, path: str) -> None:
    client = serve(believes_users=False)
    answer = client.request(method, f"/v1/users/ann/{path}".rstrip("/"))
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("user_not_believed")
    assert client.request(method, f"/v1/users/{'a' * 200}/{path}".rstrip("/")).status_code in (403, 422)


@pytest.mark.parametrize("user", ["a%00b", "a" * 129])
def test_a_user_that_cannot_be_one_is_refused(serve: Serve, user: str) -> None:
    answer = serve().get(f"/v1/users/{user}/profile")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


# -- the command line --------------------------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["chatalogue", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return int(stop.value.code or 0)


def test_export_and_forget(
    shop_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], start: Start
) -> None:
    monkeypatch.setenv("CHATALOGUE_DATA", str(tmp_path / "kept"))
    memory = open_memory(load_settings(catalogue=str(shop_folder)))
    monkeypatch.setenv("CHATALOGUE_DATABASE_URL", str(memory.conversations._engine.url))
    assistant = start()
    assistant.stages.memory.store, assistant.stages.memory.conversations = memory.store, memory.conversations
    talk = assistant.open("ann")
    talk.reply(UserAction("dislike", talk.reply(UserText("I love wool")).items[0].id))

    assert run(monkeypatch, "export", "ann", "--catalogue", str(shop_folder)) == 0
    exported = json.loads(capsys.readouterr().out)
    assert exported["user"] == "ann"
    assert exported["statements"][0]["said"] == "I love wool"
    assert run(monkeypatch, "forget", "ann", "--catalogue", str(shop_folder)) == 0
    assert "forgot 'ann'" in capsys.readouterr().out
    assert memory.export("ann")["conversations"] == []
    assert memory.store.count() == 0


def test_settings_say_how_long_things_count(shop_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATALOGUE_DATA", str(tmp_path))
    monkeypatch.setenv("CHATALOGUE_RETENTION_DAYS", "30")
    monkeypatch.setenv("CHATALOGUE_TASTE_HALF_LIFE_DAYS", "90")
    keeping = open_memory(load_settings(catalogue=str(shop_folder)))._keeping
    assert (keeping.retention_days, keeping.half_life_days) == (30.0, 90.0)


def test_the_server_tidies_while_nobody_comes(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    memory, done = start(retention_days=1).stages.memory, threading.Event()
    calls: list[int] = []

    def tidy() -> int:
        calls.append(1)
        if len(calls) == 1:
            from ranking.storage import StorageError

            raise StorageError("cannot delete what is too old: locked", hint="wait")
        done.set()
        monkeypatch.setattr(serving, "TIDY_S", 3600.0)
        return 0

    monkeypatch.setattr(memory, "tidy", tidy)
    monkeypatch.setattr(serving, "TIDY_S", 0.01)
    serving._keep_tidy(memory)
    assert done.wait(10)
