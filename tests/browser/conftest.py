"""Chromium, a page whose assistant is made without weights and reads by the rules, and screenshots that are kept.

CHATALOGUE_SCREENSHOTS names a folder for the pictures that tests take; without it they go to the test's own.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from bot.web.server import build_app
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue
from tests.conftest import chromium

START_S = 60  #: of the server on a busy machine


@pytest.fixture(scope="module")  # no longer: its event loop stands in the way of other files' own
def browser() -> Iterator[object]:
    """Chromium, which asks nobody for updates."""
    sync_api = pytest.importorskip("playwright.sync_api")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield running
        running.close()


@pytest.fixture(scope="module")
def quick_page(films: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page over the films, in this process."""
    app = build_app(scratch_assistant(films, tmp_path_factory.mktemp("page")))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[object, str], None]:
    """`picture(page, name)`: a screenshot to be looked at."""
    folder = Path(os.environ.get("CHATALOGUE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(page, name: str) -> None:  # type: ignore[no-untyped-def]
        page.screenshot(path=folder / f"{name}.png")

    return take
