"""A server process that is killed or told to stop in the middle of turns: what was answered is there, streams end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.assistant import Assistant
from bot.dialogue.events import Said
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

WAIT_S = 120.0
PROGRAM = """
import sys, time
from dataclasses import replace
from pathlib import Path
import uvicorn
from fastapi import FastAPI
from bot.assistant import Assistant
from bot.web.admission import Admission
from bot.web.api import build_api
from bot.web.serving import _Server
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.loader import load_catalogue

class Slow:
    def __init__(self, reader): self._reader = reader
    def __getattr__(self, name): return getattr(self._reader, name)
    def read(self, message, *given, **how):
        if "slowly" in message.message: time.sleep(float(sys.argv[3]))
        return self._reader.read(message, *given, **how)

made = scratch_assistant(load_catalogue(Path(sys.argv[1])), Path(sys.argv[2]))
made = Assistant(replace(made.stages, reader=Slow(made.stages.reader)))
admission = Admission(1)
app = FastAPI()
app.mount("/v1", build_api(Visits(made, admission=admission), believes_users=True))
config = uvicorn.Config(app, port=int(sys.argv[4]), log_level="warning", timeout_graceful_shutdown=2)
_Server(config, admission).run()
"""


class Running:
    """A server over the shop; its data outlive it."""

    def __init__(self, shop: Path, data: Path, slow_s: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        arguments = [str(shop), str(data), str(slow_s), str(port)]
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments])
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WAIT_S)
        deadline = time.monotonic() + WAIT_S
        while not self._answers():
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return self.client.get("/v1/health").is_success
        except httpx.TransportError:
            return False

    def open(self) -> str:
        return str(self.client.post("/v1/conversations", json={"user": "anna"}).json()["conversation"])

    def turn(self, conversation: str, text: str) -> dict[str, Any]:
        answer = self.client.post(f"/v1/conversations/{conversation}/turns", json={"text": text})
        assert answer.is_success, answer.text
        return dict(answer.json())

    def events(self, conversation: str, text: str, into: list[tuple[str, Any]], begun: threading.Event) -> None:
        """The events of a turn as they come; a connection that breaks is the last one."""
        path = f"/v1/conversations/{conversation}/turns"
        try:
            with self.client.stream(
                "POST", path, json={"text": text}, headers={"Accept": "text/event-stream"}
            ) as answer:
                kind = ""
                for line in answer.iter_lines():
                    begun.set()
                    if line.startswith("event: "):
                        kind = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        into.append((kind, json.loads(line.removeprefix("data: "))))
        except httpx.TransportError as error:
            into.append(("broken", type(error).__name__))
        finally:
            begun.set()

    def listen(self, conversation: str, text: str) -> tuple[threading.Thread, list[tuple[str, Any]]]:
        """Take a turn in a thread; returns when it has begun to answer."""
        into: list[tuple[str, Any]] = []
        begun = threading.Event()
        thread = threading.Thread(target=self.events, args=(conversation, text, into, begun), daemon=True)
        thread.start()
        return thread, into

    def end(self) -> None:
        self.process.kill()
        self.process.wait(WAIT_S)
        self.client.close()


@pytest.fixture
def running(shop_folder: Path, tmp_path: Path) -> Iterator[Any]:
    """`running(slow_s)`: a server that keeps its data in `tmp_path`."""
    made: list[Running] = []

    def run(slow_s: float) -> Running:
        made.append(Running(shop_folder, tmp_path, slow_s))
        return made[-1]

    yield run
    for one in made:
        one.end()


def said(assistant: Assistant, conversation: str) -> list[str]:
    resumed = assistant.resume(conversation)
    assert resumed is not None
    return [event.text for event in resumed.events if isinstance(event, Said)]


def test_what_was_answered_survives_a_kill_and_the_conversation_goes_on(
    running: Any, shop: Catalogue, tmp_path: Path, client_of: Any
) -> None:
    server = running(60.0)
    conversation = server.open()
    first = server.turn(conversation, "a red jacket")
    assert first["items"]
    before = server.client.get(f"/v1/conversations/{conversation}/events").json()
    thread, events = server.listen(conversation, "slowly now")
    time.sleep(1.0)  # the turn is being read
    server.process.send_signal(signal.SIGKILL)
    thread.join(WAIT_S)
    assert events[-1][0] == "broken"
    assert "done" not in [kind for kind, _ in events]

    again = scratch_assistant(shop, tmp_path)
    client = client_of(again, believes_users=True)
    assert client.believed(conversation) == before
    answer = client.turn(conversation, text="in black instead")
    assert answer["items"]
    assert any("jacket" in belief["label"] for belief in answer["beliefs"])
    assert said(again, conversation) == ["a red jacket", "in black instead"]


def test_a_server_that_stops_finishes_what_runs_and_ends_what_waits(
    running: Any, shop: Catalogue, tmp_path: Path
) -> None:
    server = running(2.0)
    one, other = server.open(), server.open()
    first, finished = server.listen(one, "a red jacket, slowly")
    time.sleep(0.7)
    second, waiting = server.listen(other, "a black jacket")
    time.sleep(0.5)
    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    for thread in (first, second):
        thread.join(WAIT_S)
    server.process.wait(WAIT_S)
    assert time.monotonic() - begun < 20
    assert finished[-1][0] == "done"
    assert waiting[-1][0] == "error"
    assert "restarted" in waiting[-1][1]["detail"]
    again = scratch_assistant(shop, tmp_path)
    assert said(again, one) == ["a red jacket, slowly"]
    assert again.resume(other) is None  # nothing was taken of it
