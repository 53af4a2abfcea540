"""The page in a real browser: five turns of a visitor, taps included, with the real default model behind it.

Coming back and the memory panel, which no model has a part in, are tried on the page of `conftest.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

pytestmark = pytest.mark.browser
READY = re.compile(r"open (http://\S+)")
START_S = 420  # seconds; other tests may be building the same index


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


@pytest.mark.model
def test_five_turns_with_taps(page_url: str, browser, picture: Callable[[object, str], None]) -> None:
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
    page.locator(".cg-belief", has_text="De Niro").locator(".cg-remove").click()
    _settled(page, said)
    assert "De Niro" not in page.locator("#cg-beliefs").inner_text()

    _say(page, "<img src=x onerror=alert(1)> tell me about the second one")
    assert page.locator("#cg-dialogue img[src='x']").count() == 0
    picture(page, "five-turns")
    assert not errors
    assert {h for h in hosts if not h.startswith(("data:", "blob:"))} == {page_url.rstrip("/")}


def _arrived(page, url: str) -> None:
    page.goto(url)
    page.locator("#cg-dialogue .bot").first.wait_for(timeout=60_000)


def test_a_reload_goes_on_and_so_does_another_tab(quick_page: str, browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    _arrived(page, quick_page)
    _say(page, "a western <b>please</b>")
    said = page.locator("#cg-dialogue .bot").count()
    page.locator(".cg-card button", has_text="Like").first.click()
    _settled(page, said)
    last = page.locator("#cg-dialogue .bot").last.inner_text()
    parts = ("#cg-cards", "#cg-beliefs", "#cg-chips")
    before = [page.locator(part).inner_text() for part in parts]

    page.reload()
    page.locator("#cg-dialogue .bot").nth(1).wait_for(timeout=60_000)
    page.locator(".cg-card").first.wait_for()
    assert page.locator("#cg-dialogue .bot").last.inner_text() == last
    assert page.locator("#cg-dialogue .user").first.inner_text().strip() == "a western <b>please</b>"
    assert [page.locator(part).inner_text() for part in parts] == before

    other = context.new_page()
    _arrived(other, quick_page)
    _say(other, "from the 60s")
    _say(page, "nothing longer than two hours")
    said_there = page.locator("#cg-dialogue .user").all_inner_texts()
    assert [text.strip() for text in said_there if not text.startswith("I like")] == [
        "a western <b>please</b>",
        "from the 60s",
        "nothing longer than two hours",
    ]
    page.locator("#cg-over").click()
    page.wait_for_function("document.querySelectorAll('#cg-dialogue .user').length === 0")
    assert page.locator("#cg-beliefs .cg-hard").count() == 0
    assert context.cookies() == []
    context.close()


def test_the_memory_panel_shows_saves_takes_back_and_forgets(quick_page: str, browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, accept_downloads=True)
    page = context.new_page()
    _arrived(page, quick_page)
    _say(page, "I love westerns and I can't stand horror")
    page.locator("#cg-memory-open").click()
    known = page.locator("#cg-known .cg-what")
    known.first.wait_for()
    assert set(known.all_inner_texts()) == {"western", "not horror"}
    assert page.evaluate("document.documentElement.scrollWidth") <= 391

    with page.expect_download() as saved:
        page.locator("#cg-save").click()
    exported = json.loads(Path(saved.value.path()).read_text("utf-8"))
    assert {interest["value"] for interest in exported["interests"]} == {"western", "horror"}

    page.get_by_role("button", name="Forget: western").click()
    page.wait_for_function("document.querySelectorAll('#cg-known .cg-what').length === 1")
    assert known.all_inner_texts() == ["not horror"]
    page.locator("#cg-forget").click()
    page.locator("#cg-forget-yes").click()
    page.wait_for_function("document.querySelectorAll('#cg-known .cg-what').length === 0")
    assert "Nothing yet" in page.locator("#cg-known").inner_text()
    page.locator("#cg-memory-close").click()
    assert "deleted" in page.locator("#cg-dialogue").inner_text()
    assert page.locator("#cg-dialogue .user").count() == 0

    page.locator("#cg-incognito input").check()
    page.wait_for_function("document.querySelector('#cg-dialogue').innerText.includes('incognito')")
    _say(page, "I love comedies")
    page.locator("#cg-memory-open").click()
    page.wait_for_function("document.querySelector('#cg-known')?.innerText.includes('Nothing yet')")
    context.close()
