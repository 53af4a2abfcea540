"""The same scripts through the widget: what a visitor of a page can do and see passes as it does in process.

In a process of its own, since a browser is driven from one loop and other tests here hold theirs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from bot.web.server import build_app
from bot.wiring import scratch_assistant
from retrieval.catalogue.loader import load_catalogue
from tests.conftest import chromium

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tests" / "conversations"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("playwright.sync_api")
    if chromium() is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    catalogue = load_catalogue(ROOT / "examples" / "restaurants")
    app = build_app(scratch_assistant(catalogue, tmp_path_factory.mktemp("restaurants")))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_conversations_pass_on_the_page_as_they_do_here(served: str) -> None:
    run = "import sys; from bot.cli import app; sys.argv[0] = 'chatalogue'; app()"
    options = ["test", str(SCRIPTS), "--target", f"widget:{served}", "--tag", "widget"]
    told = subprocess.run(
        [sys.executable, "-c", run, *options], capture_output=True, text=True, timeout=300, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(r"^8 passed, 0 failed$", told.stdout, re.MULTILINE)
