"""An assistant for the web's tests that is made once, clients of the API over it, and tabs of a browser."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.assistant import Assistant
from bot.web.api import build_api
from bot.web.frame import Frame, Here
from bot.web.page import Page
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

Json = dict[str, Any]
PARTS = ("box", "kept", "here", "dialogue", "cards", "beliefs", "chips", "tools")
SSE = {"Accept": "text/event-stream"}
WAIT_S = 20.0


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

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._reader, name)

        def after_the_first(*given: Any, **how: Any) -> Any:
            self._first()
            return method(*given, **how)

        return after_the_first


@dataclass
class Tab:
    """A tab of the browser: what it shows, and what it sends back."""

    page: Page
    kept: Any
    here: Here
    dialogue: list[dict[str, Any]]
    cards: str
    beliefs: str
    chips: str
    tools: str
    box: str = ""

    def does(self, frames: Iterable[Frame]) -> list[Frame]:
        """Take in frames; values are None or texts, lists and dicts, all else is left as it was."""
        taken = list(frames)
        for frame in taken:
            for part, value in zip(PARTS, frame[: len(PARTS)], strict=True):
                if isinstance(value, str | list | Here) or (part == "kept" and "visitor" in value):
                    setattr(self, part, value)
        return taken

    def say(self, text: str) -> None:
        self.does(self.page.say(text, self.kept, self.here, self.dialogue))

    def tap(self, kind: str, value: str) -> None:
        event = SimpleNamespace(_data={"kind": kind, "value": value})
        self.does(self.page.tap(self.kept, self.here, self.dialogue, event))  # type: ignore[arg-type]


def arrive(page: Page, kept: object = None) -> Tab:
    frame = page.arrive(kept)
    return Tab(page, *frame[1:])


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """The address of a server with `app`, on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
        listener.close()


def wait_until(true: Callable[[], object]) -> None:
    """Returns when `true` says so; raises when it does not in time."""
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    return wait_until


@pytest.fixture(scope="session")
def serving() -> Callable[[Any], AbstractContextManager[str]]:
    """`with serving(app) as url`: a real server, since a test client has no connection to close."""
    return listening


@pytest.fixture(scope="package")
def assistant(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return scratch_assistant(shop, tmp_path_factory.mktemp("data"))


@pytest.fixture
def client_of() -> type[Client]:
    """`client_of(assistant, limit=…, believes_users=…)`."""
    return Client


@pytest.fixture
def reading() -> Callable[[Assistant, Callable[[], object]], Assistant]:
    """`reading(assistant, first)`: the assistant with a reader that calls `first` before every message."""
    return lambda assistant, first: Assistant(replace(assistant.stages, reader=Reading(assistant, first)))  # type: ignore[arg-type]


@pytest.fixture
def client(assistant: Assistant) -> Iterator[Client]:
    with Client(assistant) as client:
        yield client
