"""The load test itself: what is an error, told to wait, or mixed; and a short one against a real server."""

from __future__ import annotations

import asyncio
import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bot.load.measuring import KEY, ORIGIN, SITE, Load, LoadError, Measured, Memory, measure
from bot.load.visitor import LoadVisitor, Noted, Target
from bot.web.admission import Admission
from bot.web.api import build_api
from bot.web.border import Border
from bot.web.safety import Safety
from bot.web.sites import load_sites
from bot.web.tokens import Tokens
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

Answer = Callable[[httpx.Request], httpx.Response]
ITEM = {"id": "1", "title": "A jacket"}


def stream(*events: tuple[str, Any]) -> httpx.Response:
    return httpx.Response(200, text="".join(f"event: {kind}\ndata: {json.dumps(data)}\n\n" for kind, data in events))


def done(text: str = "Here you are.") -> tuple[str, Any]:
    return "done", {"text": text, "understood": {"source": "rules"}}


def visited(answer: Answer, seconds: float = 0.05, key: str | None = None) -> Noted:
    """What one visitor notes of a server whose turns are answered by `answer`."""
    said: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/turns"):
            said.append(request.content.decode())
            return answer(request)
        if path.endswith("/events"):
            return httpx.Response(200, json={"events": said})
        return httpx.Response(201, json={"conversation": "c"})

    async def visit() -> Noted:
        noted = Noted()
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://x") as client:
            visitor = LoadVisitor(client, Target("http://x", key, pause_s=0.001), noted, [])
            await visitor.visit(time.monotonic() + seconds)
        return noted

    return asyncio.run(visit())


def test_turns_are_timed_and_taps_go_to_what_was_shown() -> None:
    steps: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        steps.append(json.loads(request.content))
        return stream(("items", {"items": [ITEM]}), done())

    noted = visited(answer)
    assert not noted.errors
    assert noted.mixed == 0
    assert len(noted.cards_ms) == len(noted.answer_ms) == len(steps)
    assert {"action": {"kind": "like", "item": "1"}} in steps
    assert any("something like A jacket" in step.get("text", "") for step in steps)
    assert noted.by_rules == sum("text" in step for step in steps)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda _: httpx.Response(500), "status 500"),
        (lambda _: httpx.Response(429), "status 429"),  # without a Retry-After it is not honest
        (lambda _: stream(("items", {"items": [ITEM]})), "the stream ended without done"),
        (lambda _: stream(("error", {"type": "urn:x:turn_failed"})), "error event: turn_failed"),
    ],
)
def test_what_is_an_error(answer: Answer, kind: str) -> None:
    noted = visited(answer)
    assert set(noted.errors) == {kind}
    assert not noted.answer_ms


def test_a_connection_that_fails_is_an_error() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down", request=request)

    assert set(visited(answer).errors) == {"ConnectError"}


def test_who_is_told_to_wait_waits_and_asks_again() -> None:
    refused = iter([True])

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "0"}) if next(refused, False) else stream(done())

    noted = visited(answer)
    assert (noted.told_to_wait, dict(noted.errors)) == (1, {})
    assert noted.answer_ms


def test_another_visitors_word_is_a_mixed_session() -> None:
    assert visited(lambda _: stream(done("You said zq0123456789ab."))).mixed > 0
    own = visited(lambda request: stream(done(json.loads(request.content).get("text", ""))))
    assert own.mixed == 0


def figures(**other: Any) -> Measured:
    quantiles = {"p50": 1.0, "p95": 2.0, "max": 3.0}
    given = {"load": Load(), "turns": 9, "conversations": 1, "errors": {}, "told_to_wait": 0, "mixed": 0, "by_rules": 0}
    return Measured(**{**given, "cards_ms": quantiles, "answer_ms": quantiles, **other})


@pytest.mark.parametrize(
    ("other", "passed"),
    [
        ({}, True),
        ({"told_to_wait": 5}, True),
        ({"rss_mb": (100.0, 104.0)}, True),
        ({"rss_mb": (100.0, 106.0)}, False),
        ({"errors": {"status 500": 1}}, False),
        ({"mixed": 1}, False),
        ({"turns": 0}, False),
    ],
)
def test_the_level(other: dict[str, Any], passed: bool) -> None:
    measured = figures(**other)
    assert measured.passed is passed
    assert list(measured.lines())[-1] == ("passed" if passed else "not passed")
    assert json.loads(measured.json())["passed"] is passed


def test_memory_is_measured_after_warm_up_and_at_the_end() -> None:
    memory = Memory(
        None, [(float(second), (50 if second < 25 else 100 + second // 50) * 10**6) for second in range(100)]
    )
    after, end = memory.after_and_end(100.0)
    assert (after, end) == (100.0, 101.0)
    assert math.isnan(Memory(None).after_and_end(100.0)[0])


def test_no_server_is_told() -> None:
    with pytest.raises(LoadError, match="no server"):
        measure(Target("http://127.0.0.1:9"), Load(1, 1))


@pytest.fixture
def address(shop: Catalogue, tmp_path: Path) -> Iterator[str]:
    """A server behind its border, with two places in its queue, in a thread of this process."""
    (tmp_path / "sites.toml").write_text(SITE, "utf-8")
    safety = Safety("sites", load_sites(tmp_path / "sites.toml", {}.get), Tokens("s" * 32))
    app = FastAPI()
    admission = Admission(at_once=2, waiting=1)
    app.mount("/v1", build_api(Visits(scratch_assistant(shop, tmp_path), admission=admission), safety=safety))
    server = uvicorn.Server(uvicorn.Config(Border(app, safety, {"": ""}), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_a_short_load_mixes_nothing_and_breaks_nothing(address: str) -> None:
    measured = measure(Target(address, KEY, ORIGIN, pause_s=0.02), Load(6, 6.0, 0.02), os.getpid())
    assert (measured.errors, measured.mixed) == ({}, 0)
    assert measured.turns > 0
    assert measured.told_to_wait > 0, "six at once do not fit into a queue of three, and are told so"
    assert measured.cards_ms["p50"] <= measured.cards_ms["p95"] <= measured.cards_ms["max"]
    assert measured.rss_mb[0] > 0
