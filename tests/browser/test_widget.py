"""The widget in a real browser, on a shop's page of another origin whose policy allows nothing inline.

The rules read, vectors are hashed: what is looked at is the widget, the API behind it and the border between them.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

import jwt
import pytest
import uvicorn

from bot.web.safety import Safety
from bot.web.server import build_app
from bot.web.sites import Site, Sites
from bot.web.tokens import Tokens
from bot.web.widget.bundle import widget
from bot.wiring import scratch_assistant
from retrieval.catalogue.loader import load_catalogue

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
KEY, SECRET = "pk_of_the_tests_shop", "s" * 48
SMALLEST_TARGET, SMALLEST_INPUT = 44, 16  # CSS pixels: a finger, and what iOS does not zoom into
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


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=flags)
        yield running
        running.close()


class Visitor:
    """A browser of one visitor, on the shop's pages."""

    def __init__(self, context: Any, places: tuple[str, str]) -> None:
        self.context, (self.shop, self.server) = context, places
        self.asked: list[str] = []  # addresses of all requests
        self.errors: list[str] = []
        context.set_default_timeout(15_000)
        context.add_init_script(WATCH)
        context.on("request", lambda request: self.asked.append(request.url))
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

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


AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def serious(page: Any) -> list[str]:
    """What axe finds that keeps somebody out; evaluated, because no policy of the page lets its script in."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']}"
        for rule in found["violations"] if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]  # fmt: skip


# -- small and soon ----------------------------------------------------------------------------------------------------


def test_the_script_is_small_and_interactive_at_once(visitor: Any) -> None:
    assert len(gzip.compress(widget().text, 6)) <= 30_000
    took = []
    for _ in range(3):
        page = visitor().goes().page
        took.append(
            page.evaluate(
                """performance.getEntriesByName('chatalogue:interactive')[0].startTime - performance
                    .getEntriesByType('resource').find((r) => r.name.endsWith('/chatalogue.js')).responseEnd"""
            )
        )
    assert median(took) <= 200, took


# -- a conversation ----------------------------------------------------------------------------------------------------


def test_a_visitor_talks_reacts_and_buys(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.says("a rain jacket under 120 dollars, no wool")
    cards = anna.find(".turn:last-child .card")
    assert cards.count() == 5
    assert re.fullmatch(r"\$\d+", anna.find(".price").first.inner_text())
    assert "rain jacket" in anna.find(".why").first.inner_text()
    assert anna.find(".turn:last-child .prose").inner_text().startswith("Here are")
    order = anna.page.evaluate(
        f"[...{CHAT}.shadowRoot.querySelector('.turn:last-child').children].map((part) => part.className)"
    )
    assert order == ["mine", "list", "answer"], "cards before prose"
    assert anna.find(".belief").all_inner_texts() == ["rain jacket", "up to $120", "no wool"]
    anna.shot("bubble")

    anna.does(anna.find(".belief", has_text="no wool").click)
    assert anna.find(".belief", has_text="wool").count() == 0
    liked = anna.find(".turn:last-child .card").first
    name = liked.get_attribute("data-id")
    anna.does(liked.locator(".like").click)
    same = anna.find(f'.card[data-id="{name}"] .like').first
    assert same.get_attribute("aria-pressed") == "true"
    assert anna.heard("feedback")[0] | {"facets": None, "title": None, "url": None} == {
        "id": name, "title": None, "url": None, "facets": None, "kind": "like", "taken_back": False,
    }  # fmt: skip
    anna.does(same.click)
    assert same.get_attribute("aria-pressed") == "false"
    anna.does(anna.find(".chips .chip").first.click)

    sold = anna.find(".turn:last-child .card").first
    with anna.page.expect_response(lambda answer: answer.url.endswith("/v1/events")) as told:
        sold.locator(".cart").click()
    assert told.value.json()["accepted"] == 1, "the server knows what went into the cart"
    assert sold.locator(".cart").inner_text() == "In your cart"
    assert anna.page.locator("#count").inner_text() == "1"
    assert anna.heard("add-to-cart")[0]["id"] == sold.get_attribute("data-id")
    anna.does(anna.find(".turn:last-child .card .more").last.click)
    assert anna.find(".turn:last-child .mine").inner_text().endswith(anna.heard("feedback")[-1]["title"])
    anna.says("compare the first two")
    assert anna.find("table th[scope=row]").count() > 2
    anna.shot("comparison")


def test_the_conversation_goes_on_on_the_next_page(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.says("a warm jacket")
    before = [anna.find(part).all_inner_texts() for part in (".turn:last-child .title", ".belief", ".chips .chip")]
    anna.page.evaluate("addEventListener('chatalogue:item-click', (event) => event.preventDefault(), {once: true})")
    title = anna.find(".title").first
    title.click()
    assert len(anna.heard("item-click")) == 1
    assert "/p/" not in anna.page.url, "a host that prevents it opens the item itself"
    title.click()
    anna.page.locator("article h1").wait_for()
    assert anna.page.locator("article h1").inner_text() == before[0][0]

    anna.opens()
    anna.find(".card").first.wait_for()
    assert anna.find(".mine").all_text_contents() == ["You: a warm jacket"]
    assert [anna.find(part).all_inner_texts() for part in (".turn:last-child .title", ".chips .chip")] == before[::2]
    anna.does(lambda: anna.page.get_by_role("button", name="Find something like it").click())
    assert anna.find(".mine").count() == 2

    other = Visitor(anna.context, (anna.shop, anna.server)).goes().opens()
    other.find(".card").first.wait_for()
    other.says("in red")
    anna.until(lambda: anna.find(".mine").count() == 3)


def test_methods_and_the_page_as_a_hint(visitor: Any) -> None:
    anna = visitor().goes()
    anna.page.evaluate(f"{CHAT}.setContext({{item: 'marmot-precip-eco-jacket'}})")
    anna.page.evaluate(f"{CHAT}.open()")
    anna.does(lambda: anna.page.evaluate(f"void {CHAT}.send('something in blue')"))
    assert any("Marmot PreCip Eco Jacket" in belief for belief in anna.find(".belief").all_inner_texts())
    anna.page.evaluate(f"{CHAT}.reset()")
    anna.until(lambda: anna.find(".mine").count() == 0)
    anna.page.evaluate(f"{CHAT}.setContext({{item: 'no-such-thing'}})")
    anna.until(lambda: anna.heard("error"))
    assert anna.heard("error")[0]["code"] == "bad_hint"
    anna.page.evaluate(f"{CHAT}.close()")
    assert anna.find(".panel").is_hidden()
    assert [name for name, _ in anna.heard() if name in ("ready", "open", "close")] == ["ready", "open", "close"]


# -- looks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["bubble", "inline", "full"])
def test_the_modes_have_no_barrier(visitor: Any, mode: str) -> None:
    anna = visitor().goes(f"/?mode={mode}" + ("&open" if mode == "full" else ""))
    if mode == "bubble":
        assert serious(anna.page) == []
        anna.opens()
    anna.says("a rain jacket")
    anna.shot(mode)
    assert serious(anna.page) == []
    assert anna.page.get_by_role("region" if mode == "inline" else "dialog", name="Ask Fern").count() == 1
    assert anna.find("[aria-live], [role=log], [role=alert]").count() == 1, "one live region"
    assert anna.find("[role=status]").inner_text().startswith("5 picks.")


def test_dark_and_themed(visitor: Any) -> None:
    anna = visitor(color_scheme="dark").goes("/?theme=dark").opens()
    anna.says("a rain jacket")
    anna.shot("dark")
    assert serious(anna.page) == []
    look = "(node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
    assert anna.find(".launcher").evaluate(look) == ["rgb(154, 211, 168)", "rgb(16, 36, 26)"]
    anna.page.evaluate(
        """const own = new CSSStyleSheet();
           own.replaceSync('chatalogue-chat::part(header) { background-color: rgb(1, 2, 3); }');
           document.adoptedStyleSheets = [own];"""
    )
    assert anna.find(".head").evaluate(look)[0] == "rgb(1, 2, 3)"
    auto = visitor(color_scheme="dark").goes().opens()
    assert auto.find(".panel").evaluate(look)[0] == "rgb(23, 24, 28)", "as the visitor's system is"


def test_a_phone_has_all_of_the_screen_and_room_for_fingers(visitor: Any) -> None:
    anna = visitor(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).goes()
    anna.find(".launcher").tap()
    anna.says("a rain jacket under 120 dollars, not black")
    anna.shot("phone")
    assert serious(anna.page) == []
    assert anna.find(".panel").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = anna.page.evaluate(
        f"""[...{CHAT}.shadowRoot.querySelectorAll('.panel button:not(.chip, .title, .arrow), .panel textarea')]
            .filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect())
            .map((box) => Math.min(box.width, box.height))"""
    )
    assert min(sizes) >= SMALLEST_TARGET
    font = anna.find("textarea").evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")
    assert font >= SMALLEST_INPUT
    assert anna.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    anna.find(".close").tap()
    assert anna.page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"


def test_right_to_left_and_spanish(visitor: Any) -> None:
    anna = visitor().goes("/?lang=ar").opens()
    anna.says("a rain jacket")
    anna.shot("rtl")
    assert anna.find(".panel").bounding_box()["x"] < 100, "the corner is the other one"
    close, heading = anna.find(".close").bounding_box(), anna.find(".heading").bounding_box()
    assert close["x"] < heading["x"]
    eva = visitor().goes("/?lang=es").opens()
    assert eva.find("textarea").get_attribute("placeholder") == "¿Qué buscas?"
    eva.says("una chaqueta impermeable")
    eva.shot("spanish")
    assert eva.find(".cart").first.inner_text() == "Añadir al carrito"
    assert "\xa0$" in eva.find(".price").first.inner_text()


# -- keyboard ----------------------------------------------------------------------------------------------------------


def test_the_keyboard_alone(visitor: Any) -> None:
    anna = visitor().goes()
    press = anna.page.keyboard.press
    for _ in range(40):
        press("Tab")
        if anna.focused() == "launcher":
            break
    press("Enter")
    assert anna.focused() == "box"
    anna.page.keyboard.type("a rain jacket")
    anna.does(lambda: press("Enter"))
    assert anna.focused() == "box", "the focus stays where one goes on"
    passed = set()
    for _ in range(60):
        press("Shift+Tab")
        passed.add(anna.focused().split(" ")[0])
        if anna.focused() == "reaction like":
            break
    assert {"chip", "reaction", "cart", "title"} <= passed | {"title"}
    anna.does(lambda: press("Space"))
    assert anna.focused() == "reaction like", "a reaction keeps the focus"
    press("Escape")
    assert anna.find(".panel").is_hidden()
    assert anna.focused() == "launcher"

    ask = anna.page.locator(".grid a").first
    ask.focus()
    anna.page.evaluate(f"{CHAT}.open()")
    press("Escape")
    assert ask.evaluate("(node) => node === document.activeElement"), "back to whatever opened it"


def test_a_modal_panel_keeps_the_focus(visitor: Any) -> None:
    anna = visitor(viewport={"width": 390, "height": 844}).goes().opens()
    anna.find(".chip").first.wait_for()
    places = []
    for _ in range(20):
        anna.page.keyboard.press("Tab")
        places.append(anna.focused())
    assert "BODY" not in places
    assert "launcher" not in places
    assert len(set(places)) > 3
    assert places.count("send") >= 2, "round and round"


# -- what can go wrong -------------------------------------------------------------------------------------------------


def test_hostile_words_are_words(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.says("<img src=x onerror=window.hit=1> a rain jacket under 10 dollars")
    card = anna.find(".card").first
    assert card.locator("h3").inner_text() == HOSTILE["title"]
    assert card.locator("img").count() == 0, "a picture at no address of the web is none"
    assert card.locator("a").get_attribute("href") == f"{anna.shop}/p/evil%2F%3C1%3E"
    assert "<img src=x" in anna.find(".mine").inner_text()
    anna.does(card.locator(".like").click)
    assert anna.page.evaluate("window.hit") is None


def test_a_lost_connection_is_tried_again_as_the_same_turn(visitor: Any) -> None:
    anna = visitor().goes().opens()
    sent: list[Any] = []

    def broken(route: Any) -> None:
        sent.append(route.request.post_data_json)
        route.abort() if len(sent) == 1 else route.continue_()

    anna.intercepts(broken)
    anna.says("a rain jacket")
    assert len(sent) == 2
    assert sent[0]["turn_id"] == sent[1]["turn_id"]
    assert anna.find(".turn:last-child .card").count() == 5
    assert anna.heard("error") == []


def test_a_full_server_is_waited_for(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.intercepts(anna.refused(429, "too_many_requests", {"Retry-After": "2"}), times=1)
    anna.find("textarea").fill("a rain jacket")
    anna.find("textarea").press("Enter")
    anna.find(".notice", has_text="I will answer in 2 s").wait_for()
    anna.until(lambda: anna.answers() == 1)
    assert anna.find(".notice").is_hidden()
    assert anna.find(".turn:last-child .card").count() == 5


def test_what_cannot_be_answered_is_told_and_tried_again_by_hand(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.intercepts(anna.refused(500, "turn_failed"), times=1)
    anna.find("textarea").fill("a rain jacket")
    anna.find("textarea").press("Enter")
    anna.find(".trouble").wait_for()
    assert "Try again" in anna.find("[role=status]").inner_text()
    assert anna.heard("error")[0]["code"] == "turn_failed"
    anna.shot("trouble")
    anna.does(anna.find(".answer .chip").click)
    assert anna.find(".turn:last-child .card").count() == 5


def test_an_old_token_is_renewed_and_a_lost_conversation_begun_again(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.says("a rain jacket")
    tokens = sum(url.endswith("/v1/token") for url in anna.asked)
    anna.intercepts(anna.refused(401, "token_expired"), times=1)
    anna.says("in red")
    assert sum(url.endswith("/v1/token") for url in anna.asked) > tokens
    anna.intercepts(anna.refused(404, "unknown_conversation"), times=1)
    anna.says("a scarf")
    assert anna.find(".belief").all_inner_texts() == ["scarf"], "what was said before is gone with it"


def test_without_storage_it_works_until_the_page_is_left(visitor: Any) -> None:
    anna = visitor()
    anna.context.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('private'); };")
    anna.goes().opens()
    anna.says("a rain jacket")
    assert anna.find(".turn:last-child .card").count() == 5


# -- who is who --------------------------------------------------------------------------------------------------------


def signed(sub: str) -> str:
    """What a shop's server hands its page for a customer."""
    return jwt.encode({"sub": sub, "aud": "chatalogue", "exp": int(time.time()) + 600}, SECRET, "HS256")


def test_visitors_never_mix(visitor: Any) -> None:
    anna, ben = visitor().goes().opens(), visitor().goes().opens()
    anna.says("I love wool")
    ben.says("a tent")
    assert "wool" not in ben.find(".log").inner_text()
    kept = "JSON.parse(Object.entries(localStorage).find(([key]) => key.startsWith('chatalogue:'))[1]).conversation"
    theirs = anna.page.evaluate(kept)
    assert theirs != ben.page.evaluate(kept)

    ben.page.evaluate(f"{CHAT}.identify({json.dumps(signed('customer-1'))})")
    ben.until(lambda: ben.find(".mine").count() == 0)
    ben.says("a scarf")
    ben.page.evaluate(f"{CHAT}.identify(null)")
    ben.until(lambda: ben.find(".mine").all_text_contents() == ["You: a tent"])
    ben.page.evaluate(f"{CHAT}.identify({json.dumps(signed('customer-2'))})")
    ben.until(lambda: ben.find(".mine").count() == 0)
    ben.page.evaluate(f"{CHAT}.identify({json.dumps(signed('customer-1'))})")
    ben.until(lambda: ben.find(".mine").all_text_contents() == ["You: a scarf"])
    assert "customer-1" not in json.dumps(ben.page.evaluate("({...localStorage})"))


def test_two_widgets_of_a_page_are_two_conversations(visitor: Any) -> None:
    anna = visitor().goes("/?mode=inline")
    anna.page.evaluate(f"""const second = {CHAT}.cloneNode(); second.id = 'second'; document.body.append(second)""")
    first, second = (anna.page.locator(name) for name in ("chatalogue-chat:not(#second)", "chatalogue-chat#second"))
    for element, text in ((first, "a rain jacket"), (second, "a scarf")):
        element.locator("textarea").fill(text)
        anna.does(lambda element=element: element.locator("textarea").press("Enter"))
    assert first.locator(".mine").all_text_contents() == ["You: a rain jacket"]
    assert second.locator(".mine").all_text_contents() == ["You: a scarf"]
    assert second.locator(".belief").all_inner_texts() == ["scarf"]


# -- in a frame --------------------------------------------------------------------------------------------------------


def test_a_frame_speaks_with_the_pages_of_its_site(visitor: Any) -> None:
    anna = visitor()
    anna.page.goto(anna.shop + "/frame")
    inside = anna.page.frame_locator("#chat")
    anna.page.locator("#heard li", has_text="ready").wait_for()
    anna.page.evaluate("say('a rain jacket')")
    inside.locator(".card").nth(4).wait_for()
    anna.page.locator("#heard li", has_text="message").nth(1).wait_for()
    anna.shot("frame")
    inside.locator(".cart").first.click()
    anna.page.locator("#count", has_text="1").wait_for()
    assert [f for f in serious(anna.page) if "chat" in f] == []
    frame = next(f for f in anna.page.frames if "/embed" in f.url)
    assert frame.evaluate("violations") == []
    inside.locator(".title").first.click()
    anna.page.wait_for_url("**/p/**")


def test_a_frame_is_deaf_and_dumb_to_other_pages(visitor: Any) -> None:
    anna = visitor()

    def of_another_site(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(anna.shop, "https://another.example"))

    anna.page.route("**/embed?*", of_another_site)
    anna.page.goto(anna.shop + "/frame")
    inside = anna.page.frame_locator("#chat")
    inside.locator("textarea").fill("a rain jacket")
    inside.locator("textarea").press("Enter")
    inside.locator(".card").nth(4).wait_for()
    anna.page.evaluate("say('a scarf')")
    anna.page.wait_for_timeout(400)
    assert inside.locator(".mine").count() == 1
    assert anna.page.locator("#heard li").count() == 0
