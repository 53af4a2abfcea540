"""A shop's page on an origin of its own with the widget on it, the server behind it, and visitors in a browser.

The rules read, vectors are hashed: what is looked at is the widget, the API and the border between the two origins.
CHATALOGUE_SCREENSHOTS names a folder for pictures that are to be looked at.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jwt
import pytest
import uvicorn

from bot.web.safety import Safety
from bot.web.server import build_app
from bot.web.sites import Site, Sites
from bot.web.tokens import Tokens
from bot.wiring import scratch_assistant
from retrieval.catalogue.loader import load_catalogue

ROOT = Path(__file__).resolve().parents[3]
KEY, SECRET = "pk_of_the_tests_shop", "s" * 48
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
CHAT = "document.querySelector('chatalogue-chat')"
WATCH = """
  window.violations = [];
  window.heard = [];
  addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) => {
    violations.push(violatedDirective + ' ' + blockedURI);
  });
  for (const name of ['ready', 'message', 'item-click', 'add-to-cart', 'feedback', 'error', 'open', 'close']) {
    addEventListener('chatalogue:' + name, (event) => heard.push([name, event.detail]), true);
  }
"""
HOSTILE = {
    "id": "evil/<1>", "title": "<img src=x onerror=window.hit=1> Jacket", "category": ["jacket", "rain jacket"],
    "brand": "\"><script>window.hit=1</script>", "color": ["red"], "size": ["M"], "material": ["nylon"], "price": 5.0,
    "rating": 4.0, "audience": "men", "occasion": ["hiking"], "description": "<svg onload=window.hit=1>",
    "image": "javascript:window.hit=1", "url": "javascript:window.hit=1",
}  # fmt: skip


def demo_shop() -> Any:
    """The documented demo, as a module."""
    spec = importlib.util.spec_from_file_location("demo_shop", ROOT / "docs" / "demo-shop" / "serve.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="package")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The shop's origin and the server's."""
    home = tmp_path_factory.mktemp("widget")
    catalogue = Path(shutil.copytree(ROOT / "examples" / "shop", home / "shop"))
    described = (catalogue / "catalogue.toml").read_text("utf-8")
    with_links = described.replace('title = "title"\n', 'title = "title"\nimage = "image"\nurl = "url"\n', 1)
    (catalogue / "catalogue.toml").write_text(with_links, "utf-8")
    with (catalogue / "items.jsonl").open("a", encoding="utf-8") as items:
        items.write(json.dumps(HOSTILE) + "\n")
    server = uvicorn.Server(uvicorn.Config("unused", port=0, log_level="error"))
    listener = server.config.bind_socket()
    at = f"http://127.0.0.1:{listener.getsockname()[1]}"
    shop = demo_shop().shop(at, KEY, port=0)
    origin = f"http://127.0.0.1:{shop.server_address[1]}"
    sites = Sites([Site("shop", KEY, frozenset({origin}), (SECRET,))])
    assistant = scratch_assistant(load_catalogue(catalogue), home / "data")
    server.config.loaded_app = server.config.app = build_app(assistant, Safety("sites", sites, Tokens("t" * 64)))
    threads = [
        threading.Thread(target=shop.serve_forever, daemon=True),
        threading.Thread(target=server.run, args=([listener],), daemon=True),
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield origin, at
    server.should_exit = True
    shop.shutdown()
    for thread in threads:
        thread.join(10)


class Visitor:
    """A browser of one visitor, on the shop's pages."""

    hostile = HOSTILE

    def __init__(self, context: Any, places: tuple[str, str]) -> None:
        self.context, (self.shop, self.server) = context, places
        self.asked: list[str] = []  # addresses of all requests
        self.errors: list[str] = []
        context.set_default_timeout(15_000)
        context.add_init_script(WATCH)
        context.on("request", lambda request: self.asked.append(request.url))
        self.page = context.new_page()
        self.reported: list[Any] = []  # what the server answered to events of items
        self.page.route("**/v1/events", self._reports)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _reports(self, route: Any) -> None:
        answer = route.fetch()
        if route.request.method == "POST":
            self.reported.append(answer.json())
        route.fulfill(response=answer)

    def another_tab(self) -> Visitor:
        """The same browser, one tab more."""
        return Visitor(self.context, (self.shop, self.server))

    def goes(self, path: str = "/") -> Visitor:
        self.page.goto(self.shop + path)
        self.page.locator("chatalogue-chat:defined").wait_for(state="attached")
        return self

    def opens(self) -> Visitor:
        self.find(".launcher").click()
        self.find(".panel").wait_for()
        return self

    def find(self, selector: str, **how: Any) -> Any:
        return self.page.locator(f"chatalogue-chat {selector}", **how)

    def says(self, text: str) -> None:
        box = self.find("textarea")
        box.fill(text)
        self.does(lambda: box.press("Enter"))

    def does(self, step: Callable[[], object]) -> None:
        """A step, and the whole of its answer."""
        before = self.answers()
        step()
        self.until(lambda: self.answers() > before and self.find(".log[aria-busy=true]").count() == 0)

    def answers(self) -> int:
        return sum(1 for name, detail in self.heard() if name == "message" and detail["role"] == "assistant")

    def heard(self, name: str | None = None) -> list[Any]:
        told = self.page.evaluate("JSON.parse(JSON.stringify(heard))")
        return [detail for kind, detail in told if kind == name] if name else told

    def until(self, true: Callable[[], object], seconds: float = 15) -> None:
        """Polled from here: the page's policy allows no evaluation that Playwright would wait with."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "it did not come true in time"
            self.page.wait_for_timeout(25)

    def intercepts(self, answer: Callable[[Any], None], times: int = 99) -> None:
        """Turns are answered by `answer`, so often; what a browser asks beforehand is the server's to answer."""
        left = [times]

        def answered(route: Any) -> None:
            if route.request.method == "OPTIONS" or left[0] == 0:
                route.continue_()
            else:
                left[0] -= 1
                answer(route)

        self.page.route("**/turns", answered)

    def refused(self, status: int, code: str, headers: dict[str, str] | None = None) -> Callable[[Any], None]:
        """An answer of the API that is a problem, readable by the shop's pages."""
        told = {"type": f"urn:chatalogue:problem:{code}", "status": status, "detail": "", "hint": ""}
        readable = {"Access-Control-Allow-Origin": self.shop, "Access-Control-Expose-Headers": "Retry-After"}
        return lambda route: route.fulfill(status=status, json=told, headers={**readable, **(headers or {})})

    def focused(self) -> str:
        return str(self.page.evaluate(f"{CHAT}.shadowRoot.activeElement?.className ?? document.activeElement.tagName"))

    def violations(self) -> list[str]:
        return list(self.page.evaluate("violations"))

    def chat(self, call: str) -> Any:
        """A method of the element, called by the page; what it promises is not waited for."""
        return self.page.evaluate(f"void {CHAT}.{call}")

    def inside(self, expression: str) -> Any:
        """Of an expression over `root`, the element's shadow."""
        return self.page.evaluate(f"((root) => {expression})({CHAT}.shadowRoot)")

    def barriers(self) -> list[str]:
        """What axe finds that keeps somebody out; evaluated, because no policy of the page lets its script in."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {node['target']}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    def shot(self, name: str) -> None:
        """A picture to be looked at, where CHATALOGUE_SCREENSHOTS names a folder."""
        if folder := os.environ.get("CHATALOGUE_SCREENSHOTS"):
            self.page.wait_for_timeout(250)
            self.page.screenshot(path=str(Path(folder) / f"widget-{name}.png"))


@pytest.fixture
def visitor(browser: Any, places: tuple[str, str]) -> Iterator[Callable[..., Visitor]]:
    """`visitor(viewport=…, …)`: somebody new; everything they asked and did is checked at the end."""
    made: list[Visitor] = []

    def new(**how: Any) -> Visitor:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        made.append(Visitor(context, places))
        return made[-1]

    yield new
    for somebody in made:
        assert not somebody.errors
        assert not somebody.violations()
        strangers = {url for url in somebody.asked if not url.startswith(places) and url != "about:blank"}
        assert not strangers, "nothing is asked of a third party"
        assert somebody.context.cookies() == []
        somebody.context.close()


@pytest.fixture
def signed() -> Callable[[str], str]:
    """`signed(id)`: what a shop's server hands its page for a customer."""

    def token(sub: str) -> str:
        return jwt.encode({"sub": sub, "aud": "chatalogue", "exp": int(time.time()) + 600}, SECRET, "HS256")

    return token
