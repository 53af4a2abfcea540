"""Conversations with a running server: the same as in this process, and honest about what goes wrong."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from bot.assistant import Assistant
from bot.conversations import http_talk
from bot.conversations.http_talk import HttpTalk, Server, TargetError, open_http, remote_catalogue, server_sent
from bot.dialogue.events import Answered, Reacted
from bot.dialogue.hints import Hint
from bot.dialogue.state import DialogueState, fold
from bot.hint_json import hints_json, hints_of
from bot.messages import NewConversation, RemoveConstraint, Reply, Step, TurnEvent, UserAction, UserText
from bot.projection import turn_json
from bot.web.api import build_api
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

ROOT = Path(__file__).resolve().parents[3]
WAIT_S = 20.0


@contextmanager
def served(assistant: Assistant, limit: int = 100, *, believes_users: bool = True) -> Iterator[str]:
    """The address of a server with the API over `assistant`, on a free port."""
    app = FastAPI()
    app.mount("/v1", build_api(Visits(assistant, limit), believes_users=believes_users))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
        listener.close()


@contextmanager
def foreign(content: bytes, kind: str = "text/html", status: int = 200, wait_s: float = 0.0) -> Iterator[str]:
    """The address of a server that answers everything with `content` and then hangs up."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            time.sleep(wait_s)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(WAIT_S)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.01)


def reply(turn: list[TurnEvent]) -> Reply:
    last = turn[-1].data.get("reply")
    assert isinstance(last, Reply), turn[-1]
    return last


def comparable(answer: Reply) -> dict[str, Any]:
    return {name: value for name, value in turn_json(answer).items() if name != "ms"}


@pytest.fixture(scope="module")
def assistant(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return scratch_assistant(shop, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def url(assistant: Assistant) -> Iterator[str]:
    with served(assistant) as url:
        yield url


def test_the_same_conversation_as_in_process(assistant: Assistant, url: str) -> None:
    here, there = assistant.open(), open_http(url)(None)
    steps: list[Callable[[Reply | None], Step]] = [
        lambda _: UserText("recommend me something"),
        lambda _: UserText("a jacket between 20 and 250, no wool, for the rain"),
        lambda last: UserAction("dislike", last.items[0].id if last else None),
        lambda _: UserText("something cheaper, like the first one\u2028please"),
        lambda last: RemoveConstraint(last.beliefs[0].key if last else ""),
        lambda _: UserAction("undo"),
        lambda _: UserText("what do you know about me?"),
        lambda _: NewConversation(),
        lambda _: UserText("a red hat"),
    ]
    last = None
    for make in steps:
        step = make(last)
        ours, theirs = list(here.turn(step)), list(there.turn(step))
        assert [event.kind for event in theirs] == [event.kind for event in ours]
        assert comparable(reply(theirs)) == comparable(reply(ours))
        assert there.events == here.events
        assert there.state == here.state == fold(there.events)
        last = reply(ours)
    assert here.state.turn == len(steps)


def test_every_time_of_the_turn_is_told(url: str) -> None:
    answer = reply(list(open_http(url)(None).turn(UserText("a jacket"))))
    assert {"understand", "cards", "total"} <= set(answer.ms)


def test_conversations_keep_apart_and_visitors_are_known_again(url: str) -> None:
    begin = open_http(url)
    one, two = begin("anna"), begin(None)
    item = reply(list(one.turn(UserText("a jacket")))).items[0].id
    list(one.turn(UserAction("seen", item)))
    assert two.events == ()
    assert Reacted(item, "seen") in one.events
    assert item in [card.id for card in reply(list(two.turn(UserText("a jacket")))).items]
    assert item not in [card.id for card in reply(list(begin("anna").turn(UserText("a jacket")))).items]


def test_a_state_that_is_no_replay_is_seen_as_it_is_reported(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = open_http(url)(None)
    list(talk.turn(UserText("a jacket")))
    honest = Visits.between_steps
    monkeypatch.setattr(Visits, "between_steps", lambda *given: (honest(*given)[0], replace(honest(*given)[1], turn=7)))
    assert talk.state.turn == 7
    assert talk.state != fold(talk.events)


def test_hints_cross_the_wire_and_refused_ones_are_an_error(url: str, shop: Catalogue) -> None:
    hints = (Hint("page", shop.items[0].id), Hint("age", "red", "color"), Hint("age", "blue", "color"))
    hints += (Hint("page", (None, 50.0), "price"),)
    talk = open_http(url)(None)
    talk.hint(hints)
    assert {(h.source, h.value, h.facet) for h in talk.state.hints} == {(h.source, h.value, h.facet) for h in hints}
    assert hints_of(hints_json(hints)) == hints_of(json.loads(json.dumps(hints_json(hints))))
    with pytest.raises(TargetError, match="no facet 'colour'"):
        talk.hint([Hint("page", "red", "colour")])


def test_the_name_of_the_catalogue(url: str) -> None:
    assert remote_catalogue(url + "/")[0] == "shop"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_readmes_requests_are_answered_as_it_says(films: Catalogue, tmp_path: Path) -> None:
    """The blocks ```console api: `$ ` begins a command, `> ` continues it, all else is printed, `…` being anything."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [
        line for block in re.findall(r"^```console api\n(.*?)^```$", readme, re.M | re.S) for line in block.splitlines()
    ]
    commands = "\n".join(line[2:] for line in lines if line.startswith(("$ ", "> ")))
    with served(scratch_assistant(films, tmp_path)) as url:
        script = "set -euo pipefail\n" + commands.replace("http://127.0.0.1:7860", f"--noproxy '*' {url}")
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=WAIT_S, check=True)
    printed = [line for line in lines if not line.startswith(("$ ", "> "))]
    assert len(printed) == 5
    for line in printed:
        pattern = ".*".join(map(re.escape, line.split("…")))
        assert re.search(pattern, done.stdout), f"not printed: {line}\n{done.stdout}"


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_a_failed_turn_is_an_error_event(assistant: Assistant) -> None:
    class Broken:
        def hear(self, _: object, **how: object) -> None:
            raise RuntimeError("a secret")

    failing = Assistant(replace(assistant.stages, reader=Broken()))  # type: ignore[arg-type]
    with served(failing) as url:
        turn = list(open_http(url)(None).turn(UserText("hi")))
    assert [event.kind for event in turn] == ["status", "error"]
    assert turn[-1].data == {"message": "That went wrong on our side.", "hint": "Please try again."}


@pytest.mark.parametrize("step", [UserText("x" * 10_000), UserAction("like", "no such item"), UserAction("like")])
def test_a_refused_step_is_an_error_event(url: str, step: Step) -> None:
    talk = open_http(url)(None)
    turn = list(talk.turn(step))
    assert [event.kind for event in turn] == ["error"]
    assert "(status 4" in str(turn[0].data["message"])
    assert turn[0].data["hint"]
    assert talk.events == ()


def test_a_conversation_that_was_let_go(assistant: Assistant) -> None:
    with served(assistant, limit=1) as url:
        begin = open_http(url)
        gone, _ = begin(None), begin(None)
        turn = list(gone.turn(UserText("hi")))
        assert [event.kind for event in turn] == ["error"]
        assert "no conversation" in str(turn[0].data["message"])
        with pytest.raises(TargetError, match="no conversation") as caught:
            _ = gone.state
    assert "POST /v1/conversations" in caught.value.hint


def test_a_user_who_is_not_believed(assistant: Assistant) -> None:
    with served(assistant, believes_users=False) as url:
        begin = open_http(url)
        with pytest.raises(TargetError, match="status 403") as caught:
            begin("anna")
        assert begin(None).events == ()
    assert "--host 127.0.0.1" in caught.value.hint


def test_no_server(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(TargetError, match="no answer from http://127") as caught:
        open_http(nobody)(None)
    assert caught.value.retryable
    assert "chatalogue serve" in caught.value.hint
    with pytest.raises(TargetError):
        remote_catalogue(nobody)
    turn = list(HttpTalk(Server(nobody), "x").turn(UserText("hi")))
    assert [event.kind for event in turn] == ["error"]


@pytest.mark.parametrize("url", ["inproc", "", "127.0.0.1:8000", "ftp://example.org", "http://", "http://a:x"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(TargetError, match="not an address"):
        open_http(url)


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"<html>", 200), (b"[]", 200), (b"{}", 200), (b"\xff", 200), (b"<html>", 404), (b"{}", 502)],
)
def test_a_server_that_is_not_ours(content: bytes, status: int) -> None:
    with foreign(content, status=status) as url:
        for ask in (lambda: remote_catalogue(url), lambda: open_http(url)(None)):
            with pytest.raises(TargetError, match="does not answer as this version of Chatalogue"):
                ask()
        with pytest.raises(TargetError, match="does not answer as this version"):
            _ = HttpTalk(Server(url), "x").events


@pytest.mark.parametrize(
    ("content", "kinds", "told"),
    [
        (b"", ["error"], "broke off"),
        (b'event: delta\ndata: {"text": "a"}\n\n', ["delta", "error"], "broke off"),
        (b'event: delta\ndata: {"text": "a"}\n\nevent: done\ndata: {"text"', ["delta", "error"], "broke off"),
        (b"event: delta\ndata: {\n\n", ["error"], "does not answer"),
        (b"event: done\ndata: {}\n\n", ["error"], "does not answer"),
        (b": ping\n\nevent: new\ndata: {}\n\n", ["error"], "broke off"),
    ],
)
def test_a_stream_that_breaks(content: bytes, kinds: list[str], told: str) -> None:
    with foreign(content, "text/event-stream") as url:
        turn = list(HttpTalk(Server(url), "x").turn(UserText("hi")))
    assert [event.kind for event in turn] == kinds
    assert told in str(turn[-1].data["message"])


def test_a_server_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_talk, "ANSWER_S", 0.05)
    with foreign(b"{}", wait_s=0.3) as url, pytest.raises(TargetError, match="took too long") as caught:
        remote_catalogue(url)
    assert caught.value.retryable


def test_server_sent_events_are_read_as_the_standard_says() -> None:
    lines = ["data: 1", "", ": ping", "", "event:a", "data:[2,", "data: 3]", "id: 7", "", "event: b", "", "data: 4"]
    assert list(server_sent(iter(lines))) == [("message", 1), ("a", [2, 3])]


# -- the server's side of a connection that ends -----------------------------------------------------------------------


def test_a_turn_nobody_listens_to_before_its_list_has_not_happened(assistant: Assistant) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Waiting:
        def hear(self, message: Any, **how: Any) -> Any:
            begun.set()
            assert go_on.wait(WAIT_S)
            return assistant.stages.reader.hear(message, **how)

        def read(self, *given: Any, **how: Any) -> Any:
            return assistant.stages.reader.read(*given, **how)

    with served(Assistant(replace(assistant.stages, reader=Waiting()))) as url:  # type: ignore[arg-type]
        talk = open_http(url)(None)
        turn = talk.turn(UserText("a jacket"))
        assert next(turn).kind == "status"
        assert begun.wait(WAIT_S)
        turn.close()  # type: ignore[attr-defined]
        time.sleep(0.1)
        go_on.set()
        assert talk.events == ()  # asked after the turn: what was shown is finished (tests/bot/web/test_stopping.py)
        assert list(talk.turn(UserText("a jacket")))[-1].kind == "done"
        assert isinstance(talk.events[-1], Answered)
    assert isinstance(talk.state, DialogueState)
