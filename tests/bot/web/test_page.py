"""What the page draws and what it accepts from a browser: everything escaped, every payload checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.messages import Belief, Chip, ItemCard, RemoveConstraint, UserAction, UserText
from bot.web.page import Page, step_from_event
from bot.web.render import beliefs_html, cards_html, chips_html
from bot.web.server import build_app
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

EVIL = "\"><img src=x onerror=alert(1)><script>'"


def test_everything_is_escaped(shop: Catalogue) -> None:
    card = ItemCard(
        EVIL, EVIL, 1.0, EVIL, {"brand": [EVIL], "price": 3.0}, url="https://example.org/?" + EVIL, text=EVIL
    )
    html = (
        cards_html([card], shop.schema) + beliefs_html([Belief(EVIL, EVIL, True, 1)]) + chips_html([Chip(EVIL, EVIL)])
    )
    assert "<img src=x" not in html
    assert "<script" not in html
    assert "onerror=alert(1)&gt;" in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://[broken", "ftp://x/y"]
)
def test_only_web_addresses_become_links_or_pictures(shop: Catalogue, url: str) -> None:
    html = cards_html([ItemCard("i", "t", 1.0, "w", {}, image=url, url=url)], shop.schema)
    assert "href" not in html
    assert "<img" not in html


@pytest.mark.parametrize(
    "payload",
    [None, "x", [], {}, {"kind": "like"}, {"kind": "like", "value": "unknown"}, {"kind": "undo", "value": "a"},
     {"kind": "say", "value": "  "}, {"kind": "say", "value": "x" * 3000}, {"kind": ["say"], "value": "x"},
     {"kind": "say", "value": {"a": 1}}, {"kind": "serve", "value": "a"}],
)  # fmt: skip
def test_a_payload_that_is_not_ours_is_dropped(payload: object) -> None:
    assert step_from_event(payload, {"a"}) is None


def test_payloads_become_steps() -> None:
    assert step_from_event({"kind": "say", "value": "hi"}, set()) == UserText("hi")
    assert step_from_event({"kind": "like", "value": "a"}, {"a"}) == UserAction("like", "a")
    assert step_from_event({"kind": "remove", "value": "k=v"}, set()) == RemoveConstraint("k=v")


def test_a_message_streams_cards_then_words(shop: Catalogue, tmp_path: Path) -> None:
    page = Page(Visits(scratch_assistant(shop, tmp_path)))
    _, visit, turns, *_ = page.arrive(None)
    frames = list(page.say("a red jacket", visit, turns, []))
    with_cards = next(i for i, f in enumerate(frames) if isinstance(f[3], str) and "cg-card" in f[3])
    assert frames[with_cards][2][-1]["content"] == "…"
    last = frames[-1]
    assert last[2][-2]["content"] == "a red jacket"
    assert last[2][-1]["content"] not in ("", "…")
    assert len(last[-1]) == 5


def test_what_is_typed_is_text_and_never_markup(shop: Catalogue, tmp_path: Path) -> None:
    page = Page(Visits(scratch_assistant(shop, tmp_path)))
    _, visit, turns, *_ = page.arrive(None)
    last = list(page.say("<img src=x> a jacket & a hat", visit, turns, []))[-1]
    assert last[2][-2]["content"] == "&lt;img src=x&gt; a jacket &amp; a hat"


def test_a_conversation_that_was_let_go_is_opened_again(shop: Catalogue, tmp_path: Path) -> None:
    page = Page(Visits(scratch_assistant(shop, tmp_path)))
    frames = list(page.say("a jacket", "gone", [], []))
    assert frames[-1][1] != "gone"
    assert len(frames[-1][-1]) == 5


def test_open_conversations_are_bounded(shop: Catalogue, tmp_path: Path) -> None:
    visits = Visits(scratch_assistant(shop, tmp_path), limit=2)
    first, second, third = visits.open(), visits.open(), visits.open()
    assert visits.conversation(first) is None
    assert visits.conversation(second) is not None
    assert visits.conversation(third) is not None


def test_health_and_the_page_are_served(shop: Catalogue, tmp_path: Path) -> None:
    with TestClient(build_app(scratch_assistant(shop, tmp_path))) as client:
        assert client.get("/v1/health").json() == {"status": "ready", "catalogue": "shop", "items": len(shop.items)}
        page = client.get("/")
        assert page.status_code == 200
        assert "fonts.googleapis" not in page.text
