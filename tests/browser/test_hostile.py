"""Hostile catalogue text, links and messages in a real browser: nothing runs, nothing is fetched from elsewhere."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from bot.web.server import build_app
from bot.wiring import scratch_assistant
from retrieval.catalogue.loader import load_catalogue

pytestmark = pytest.mark.browser

START_S = 60
HIT = "window.hit=(window.hit||0)+1"
CATALOGUE = """
name = "bazaar"
item = "product"
items = "items.jsonl"
[columns]
id = "id"
title = "title"
text = ["text"]
image = "image"
url = "url"
[facets.brand]
column = "brand"
kind = "entity"
[facets.color]
column = "color"
kind = "category"
"""
TITLES = (
    f"<img src=x onerror={HIT}> jacket",
    f'"><svg onload={HIT}> jacket',
    f"<script>{HIT}</script> jacket",
    f"[jacket](javascript:{HIT})",
    f"${{{HIT}}} {{{{{HIT}}}}} jacket",
    "\u202egnp.exe\u202c jacket",
)
LINKS = (
    f"javascript:{HIT}",
    f" java\nscript:{HIT}",
    f"data:text/html,<script>{HIT}</script>",
    "//evil.example/item",
    f'https://fine.example/" onmouseover="{HIT}',
    f"vbscript:{HIT}",
)
IMAGES = tuple(link if link.split(":")[0].strip() not in ("https", "//evil.example/item") else None for link in LINKS)
MESSAGES = (
    f"a red jacket <img src=x onerror={HIT}>",
    f"[tell me](javascript:{HIT}) about the first one ![](https://evil.example/x.png)",
    "compare the first two",
    f"</textarea><iframe srcdoc='<script>parent.{HIT}</script>'></iframe> why the second one?",
)
HITS = "window.hit || 0"


@pytest.fixture(scope="module")
def bazaar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page over a catalogue that nobody should trust."""
    folder = tmp_path_factory.mktemp("bazaar")
    (folder / "catalogue.toml").write_text(CATALOGUE, "utf-8")
    rows = [
        {"id": f"<{n}>'\"", "title": title, "text": f"A jacket. <img src=x onerror={HIT}>", "image": IMAGES[n],
         "url": LINKS[n], "brand": f"'\"><script>{HIT}</script>", "color": ["red"]}
        for n, title in enumerate(TITLES)
    ]  # fmt: skip
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    app = build_app(scratch_assistant(load_catalogue(folder), folder / "data"))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def watched(browser: Any) -> Iterator[tuple[Any, set[str], list[str]]]:
    """A page, the hosts that it asks, and what its policy had to stop."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    hosts: set[str] = set()
    stopped: list[str] = []
    page.on("request", lambda request: hosts.add(re.sub(r"^(\w+:(//[^/]+)?).*", r"\1", request.url)))
    page.on("console", lambda line: stopped.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("dialog", lambda dialog: stopped.append(f"dialog {dialog.message}"))
    yield page, hosts, stopped
    context.close()


def links(page: Any, inside: str) -> list[str]:
    """What can be followed or fetched, in the light and in open shadow trees."""
    return list(
        page.evaluate(
            """inside => {
              const found = [], look = root => {
                for (const e of root.querySelectorAll('*')) {
                  for (const name of ['href', 'src', 'srcdoc', 'action', 'formaction'])
                    if (e.hasAttribute(name)) found.push(e.getAttribute(name));
                  if (e.shadowRoot) look(e.shadowRoot);
                }
              };
              document.querySelectorAll(inside).forEach(look);
              return found;
            }""",
            inside,
        )
    )


def test_the_page_runs_and_fetches_nothing_of_theirs(bazaar: str, watched: Any) -> None:
    page, hosts, stopped = watched
    page.goto(bazaar)
    page.locator("#cg-dialogue .bot").first.wait_for(timeout=60_000)
    for number, message in enumerate(MESSAGES, 2):
        page.locator("#cg-box textarea").fill(message)
        page.locator("#cg-send").click()
        page.wait_for_function(
            "n => document.querySelectorAll('#cg-dialogue .bot').length >= n", arg=number, timeout=30_000
        )
        page.wait_for_timeout(500)
    assert page.locator(".cg-card").count() >= 3
    page.locator(".cg-card button", has_text="Like").first.click()
    page.locator("#cg-memory-open").click()
    page.wait_for_timeout(1_000)
    assert page.evaluate(HITS) == 0
    assert "<img src=x" in page.locator("#cg-dialogue .user").first.inner_text()
    assert "<img src=x onerror" in page.locator("#cg-cards").inner_text() + page.locator("#cg-dialogue").inner_text()
    assert [link for link in links(page, "#cg-cards, #cg-dialogue") if not re.match(r"(https?:/)?/(?!/)", link)] == []
    assert {host for host in hosts if not host.startswith(("data:", "blob:"))} == {bazaar}
    assert stopped == [], "it is escaped, so that the policy has nothing to stop"
    page.evaluate("""() => { const dead = Object.assign(new Image(), { src: '/no-such-picture.png', id: 'dead' });
                             document.querySelector('#cg-cards .cg-cover').append(dead); }""")  # fmt: skip
    page.locator("#dead").wait_for(state="detached", timeout=5_000)
    assert page.locator("#cg-cards .cg-cover svg").first.is_visible(), "the cover that was drawn is left"


def test_the_policy_would_stop_what_escaping_missed(bazaar: str, watched: Any) -> None:
    page, _, stopped = watched
    page.goto(bazaar)
    page.locator("#cg-dialogue .bot").first.wait_for(timeout=60_000)
    page.evaluate(
        """hit => {
          document.body.insertAdjacentHTML('beforeend', `<img src="/none" onerror="${hit}">
            <a id="evil" href="javascript:${hit}">x</a><img src="https://evil.example/x.png">`);
          const script = document.createElement('script'); script.textContent = hit; document.body.append(script);
          document.getElementById('evil').click();
        }""",
        HIT,
    )
    page.wait_for_timeout(1_000)
    assert page.evaluate(HITS) == 0
    assert len(stopped) >= 4, stopped


def test_the_frame_runs_and_fetches_nothing_of_theirs(bazaar: str, watched: Any) -> None:
    page, hosts, stopped = watched
    page.goto(f"{bazaar}/embed?heading=%3Cimg%20src%3Dx%20onerror%3D{HIT}%3E&greeting=%3Cscript%3E{HIT}%3C/script%3E")
    box = page.locator("chatalogue-chat textarea, chatalogue-chat input[type=text]").first
    box.wait_for(timeout=60_000)
    for message in MESSAGES[:2]:
        box.fill(message)
        box.press("Enter")
        page.wait_for_timeout(3_000)
    text = page.evaluate("document.querySelector('chatalogue-chat').shadowRoot.textContent")
    assert "onerror" in text
    assert "Shopping assistant" in text, "a link's words are not said, because nobody framed it"
    assert page.evaluate(HITS) == 0
    assert [link for link in links(page, "body") if not re.match(r"(https?:/)?/(?!/)", link)] == []
    assert {host for host in hosts if not host.startswith(("data:", "blob:"))} == {bazaar}
    assert stopped == []
    link = page.url
    page.goto(bazaar)  # a page of ours may frame it, and what it asks for is said
    page.evaluate("src => document.body.append(Object.assign(document.createElement('iframe'), { src }))", link)
    page.frame_locator("iframe").locator("chatalogue-chat .heading", has_text="onerror").wait_for(timeout=20_000)
    assert page.evaluate(HITS) == 0


def test_a_stranger_cannot_frame_the_page(bazaar: str, watched: Any) -> None:
    page, _, stopped = watched
    page.set_content(f'<iframe src="{bazaar}/"></iframe><iframe src="{bazaar}/embed"></iframe>')
    page.wait_for_timeout(2_000)
    assert sum("frame-ancestors" in line for line in stopped) == 2
