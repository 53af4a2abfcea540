"""What the browser adds to a turn: from the key to the drawn answer, against the server's own time of the same turn.

`pytest -m benchmark -s tests/benchmarks/test_page_cost.py`. DESIGN allows 0.2 s beside the server's turn.
"""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from bot.messages import Reply
from bot.web.server import build_app
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue
from tests.conftest import chromium

pytestmark = [pytest.mark.benchmark, pytest.mark.browser]
MESSAGES = ("a western", "from the 60s", "no Clint Eastwood", "shorter", "a comedy instead", "something else", "newer",
            "a drama", "from the 90s", "I love musicals")  # fmt: skip
ADDED_MS = 200.0
ANSWERED = """n => { const said = document.querySelectorAll('#cg-dialogue .bot');
                     return said.length === n && !said[n - 1].innerText.trim().endsWith('…') }"""


@pytest.fixture
def served(films: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[float]]]:
    """The page's address, and the server's milliseconds of each turn."""
    took: list[float] = []
    turn = Visits.turn_or_refusal

    def timed(visits, visit, step):
        return noted(turn(visits, visit, step))

    def noted(batches):
        for batch in batches:
            if batch[-1].kind == "done":
                reply = batch[-1].data["reply"]
                assert isinstance(reply, Reply)
                took.append(reply.ms["total"])
            yield batch

    monkeypatch.setattr(Visits, "turn_or_refusal", timed)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(build_app(scratch_assistant(films, tmp_path)), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", took
    server.should_exit = True
    thread.join(10)


def test_the_browser_adds_little_to_the_servers_turn(served: tuple[str, list[float]]) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    url, took = served
    seen: list[float] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url)
        page.locator(".cg-starter").first.wait_for()
        for n, text in enumerate(MESSAGES, 1):
            page.locator("#cg-box textarea").fill(text)
            start = time.perf_counter()
            page.keyboard.press("Enter")
            page.wait_for_function(ANSWERED, arg=n + 1, polling=10)
            seen.append((time.perf_counter() - start) * 1000)
            page.locator("#cg-tools [data-kind=retry]").wait_for()
        browser.close()
    added = [there - here for there, here in zip(seen, took, strict=True)]
    for name, values in (("browser", seen), ("server", took), ("added", added)):
        print(f"{name:8} p50 {statistics.median(values):6.0f} ms, worst {max(values):6.0f} ms")
    assert statistics.median(added) <= ADDED_MS
