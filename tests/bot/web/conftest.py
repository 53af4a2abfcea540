"""An assistant for the web's tests that is made once, and clients of the API over it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.assistant import Assistant
from bot.web.api import build_api
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

Json = dict[str, Any]
SSE = {"Accept": "text/event-stream"}


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
