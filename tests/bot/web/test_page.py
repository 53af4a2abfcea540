"""What the page draws and what it accepts from a browser: everything escaped, every payload checked."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.messages import Belief, Chip, ItemCard, RemoveConstraint, UserAction, UserText
from bot.web.page import Page, step_from_event
from bot.web.render import MemoryEntry, beliefs_html, cards_html, chips_html, memory_html
from bot.web.server import build_app
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue
from tests.bot.web.conftest import arrive

EVIL = "\"><img src=x onerror=alert(1)><script>'"


def test_everything_is_escaped(shop: Catalogue) -> None:
    card = ItemCard(
        EVIL, EVIL, 1.0, EVIL, {"brand": [EVIL], "price": 3.0}, url="https://example.org/?" + EVIL, text=EVIL
    )
    html = (
        cards_html([card], shop.schema)
        + beliefs_html([Belief(EVIL, EVIL, True, 1)])
        + chips_html([Chip(EVIL, EVIL)])
        + memory_html([MemoryEntry(EVIL, EVIL, EVIL, 0.5, (EVIL,))])
        + memory_html((), trouble=EVIL)
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
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    frames = tab.does(tab.page.say("a red jacket", tab.kept, tab.here, tab.dialogue))
    with_cards = next(i for i, f in enumerate(frames) if isinstance(f[4], str) and "cg-card" in f[4])
    assert frames[with_cards][3][-1]["content"] == "…"
    assert [turn["role"] for turn in tab.dialogue] == ["assistant", "user", "assistant"]
    assert tab.dialogue[1]["content"] == "a red jacket"
    assert tab.dialogue[2]["content"] not in ("", "…")
    assert tab.cards.count('<article class="cg-card"') == 5
    assert "red" in tab.beliefs
    assert "cg-chip" in tab.chips


def test_what_is_typed_is_text_and_never_markup(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    first = tab.does(tab.page.say("<img src=x> a jacket & a hat", tab.kept, tab.here, tab.dialogue))[0]
    for drawn in (first[3][1], tab.dialogue[1], arrive(tab.page, tab.kept).dialogue[0]):
        assert drawn["content"] == "&lt;img src=x&gt; a jacket &amp; a hat"


def test_a_tap_on_a_card_is_said_in_words(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    tab.say("a jacket")
    tab.tap("dislike", shop.items[0].id)
    assert tab.dialogue[-2]["content"] == f"{escape(shop.items[0].title)} is not for me"
    before = list(tab.dialogue)
    tab.tap("dislike", "no such item")
    assert tab.dialogue == before


def test_at_most_six_suggestions_are_drawn_with_the_ways_round_a_question() -> None:
    html = chips_html([Chip(str(n), str(n)) for n in range(8)])
    assert re.findall(r'data-value="(.)"', html) == ["0", "1", "2", "3", "6", "7"]


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
