"""The page in a real browser: five turns of a visitor, taps included, with the real default model behind it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model]
READY = re.compile(r"open (http://\S+)")
START_S = 240


def _lines(stream: object, into: Queue[str]) -> None:
    for line in stream:  # type: ignore[attr-defined]
        into.put(line)


@pytest.fixture(scope="module")
def page_url(assets_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`chatalogue serve` on a free port, from a folder that is not the checkout."""
    home = tmp_path_factory.mktemp("serve")
    env = {**os.environ, "CHATALOGUE_CACHE": str(assets_cache), "CHATALOGUE_DATA": str(home / "data")}
    command = [str(Path(sys.executable).with_name("chatalogue")), "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=home, env=env, stderr=subprocess.PIPE, text=True)
    lines: Queue[str] = Queue()
    threading.Thread(target=_lines, args=(process.stderr, lines), daemon=True).start()
    seen, deadline, url = [], time.monotonic() + START_S, None
    while url is None and time.monotonic() < deadline and process.poll() is None:
        try:
            seen.append(lines.get(timeout=1))
        except Empty:
            continue
        if match := READY.search(seen[-1]):
            url = match.group(1)
    if url is None:
        process.kill()
        pytest.fail("the server did not get ready:\n" + "".join(seen))
    yield url
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=flags)
        yield running
        running.close()


def _say(page, text: str) -> None:
    """Type, send, and wait until the answer is complete."""
    before = page.locator("#cg-dialogue .bot").count()
    page.locator("#cg-box textarea").fill(text)
    page.locator("#cg-send").click()
    _settled(page, before)


def _settled(page, before: int) -> None:
    page.wait_for_function(
        """before => { const said = document.querySelectorAll('#cg-dialogue .bot');
                       return said.length > before
                          && said[said.length - 1].innerText.trim().replace('…', '').length > 3 }""",
        arg=before,
        timeout=30_000,
    )
    page.wait_for_timeout(400)


def test_five_turns_with_taps(page_url: str, browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    hosts: set[str] = set()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: hosts.add(re.sub(r"^(\w+://[^/]+).*", r"\1", request.url)))
    page.goto(page_url)
    page.locator("#cg-dialogue .bot").first.wait_for(timeout=60_000)

    _say(page, "something like Heat but funnier, no De Niro")
    cards = page.locator(".cg-card")
    assert cards.count() == 5
    assert "Robert De Niro" not in page.locator("#cg-cards").inner_text()
    assert "De Niro" in page.locator("#cg-beliefs").inner_text()

    disliked = cards.nth(0).get_attribute("data-id")
    said = page.locator("#cg-dialogue .bot").count()
    cards.nth(0).locator("button", has_text="Not for me").click()
    _settled(page, said)
    assert disliked not in [cards.nth(i).get_attribute("data-id") for i in range(cards.count())]

    _say(page, "something from the 90s")
    years = re.findall(r"^(\d{4})\b", "\n".join(page.locator(".cg-facts").all_inner_texts()), re.MULTILINE)
    assert years
    assert all(1990 <= int(year) <= 1999 for year in years)

    said = page.locator("#cg-dialogue .bot").count()
    page.locator(".cg-belief", has_text="De Niro").click()
    _settled(page, said)
    assert "De Niro" not in page.locator("#cg-beliefs").inner_text()

    _say(page, "<img src=x onerror=alert(1)> tell me about the second one")
    assert page.locator("#cg-dialogue img[src='x']").count() == 0
    page.screenshot(path=os.environ.get("CHATALOGUE_SCREENSHOT", str(tmp_path / "page.png")))
    assert not errors
    assert {h for h in hosts if not h.startswith(("data:", "blob:"))} == {page_url.rstrip("/")}


def test_the_page_fits_a_phone(page_url: str, browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(page_url)
    page.locator("#cg-dialogue .bot").first.wait_for(timeout=60_000)
    _say(page, "a comedy please")
    assert page.evaluate("document.documentElement.scrollWidth") <= 391
