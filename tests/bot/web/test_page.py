"""What the page draws and what it accepts from a browser: everything escaped, every payload checked."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.messages import Belief, Chip, ItemCard, RemoveConstraint, Tune, UserAction, UserText, Weigh
from bot.web.frame import Frame
from bot.web.look import Look, looks
from bot.web.page import Page
from bot.web.render import MemoryEntry, PastTalk, beliefs_html, bubble, chips_html, history_html, memory_html
from bot.web.server import build_app
from bot.web.shelf import Shelf, comparison_html, shelf_html
from bot.web.taps import Watching, step_from_event, to_compare, watching
from bot.web.visits import Visits
from bot.web.words import INTERFACE, interface_language, words_in
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue
from tests.bot.web.conftest import arrive

EVIL = "\"><img src=x onerror=alert(1)><script>'"


@pytest.fixture
def look(shop: Catalogue) -> Look:
    return looks(shop)["en"]


def card(title: str = "Parka", **more: object) -> ItemCard:
    return ItemCard(title, title, 1.0, "a reason", {"brand": ["Nordwand"], "price": 30.0}, **more)  # type: ignore[arg-type]


def test_everything_is_escaped(look: Look) -> None:
    evil = ItemCard(EVIL, EVIL, 1.0, EVIL, {"brand": [EVIL]}, url="https://example.org/?" + EVIL, text=EVIL)
    words = look.words
    html = (
        shelf_html(Shelf([evil], why={EVIL: [EVIL]}, done=("like", EVIL)), look)
        + shelf_html(Shelf(starters=[EVIL]), look)
        + beliefs_html([Belief(EVIL, EVIL, True, 1)], words, {EVIL})
        + beliefs_html([Belief(EVIL, EVIL, False, 1)], words)
        + chips_html([Chip(EVIL, EVIL)], words)
        + bubble("assistant", f"{EVIL}\n| | {EVIL} |\n|---|---|\n| {EVIL} | {EVIL} |", words)["content"]
        + history_html([PastTalk(EVIL, EVIL, EVIL, True)], words)
        + history_html((), words, trouble=EVIL)
        + memory_html([MemoryEntry(EVIL, EVIL, EVIL, 0.5, (EVIL,))], words)
        + memory_html((), words, trouble=EVIL)
    )
    assert "<img src=x" not in html
    assert "<script" not in html
    assert html.count("onerror=alert(1)&gt;") > 20


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://[broken", "ftp://x/y"]
)
def test_only_web_addresses_become_links_or_pictures(look: Look, url: str) -> None:
    html = shelf_html(Shelf([card(image=url, url=url)]), look)
    assert "href" not in html
    assert "<img" not in html


def test_an_item_without_a_picture_has_a_cover_that_is_always_the_same(look: Look) -> None:
    drawn = [shelf_html(Shelf([card(title)]), look) for title in ("Parka", "Parka", "Anorak")]
    covers = [re.findall(r"<svg.*?</svg>", html)[0] for html in drawn]
    assert covers[0] == covers[1] != covers[2]
    pictured = shelf_html(Shelf([card("Parka", image="https://shop.example/parka.jpg")]), look)
    assert "<img" in pictured
    assert covers[0] in pictured, "a picture that does not come leaves the cover that was drawn"


def test_the_price_stands_by_itself(look: Look) -> None:
    html = shelf_html(Shelf([card()]), look)
    assert '<span class="cg-price">$30</span>' in html
    assert re.findall(r'cg-facts">(.*?)</p>', html) == ["Nordwand"]


def test_a_like_can_be_taken_back_where_it_was_given(look: Look) -> None:
    html = shelf_html(Shelf([card()], liked=frozenset({"Parka"}), done=("like", "Parka")), look)
    assert 'data-kind="remove" data-value="item:Parka" aria-label="Like: Parka" aria-pressed="true"' in html
    assert "You like Parka." in html
    assert 'data-kind="undo"' in html


def test_a_must_and_a_wish_differ_and_only_what_can_be_weighed_has_a_button(look: Look) -> None:
    beliefs = [Belief("a", "red", True, 1), Belief("b", "wool", False, 1), Belief("c", "no down", True, -1)]
    html = beliefs_html(beliefs, look.words, {"a", "b"})
    assert re.findall(r'data-kind="(must|wish)" data-value="(.)"', html) == [("wish", "a"), ("must", "b")]
    assert "red is a must. Make it a wish" in html
    assert "wool is a wish. Make it a must" in html
    assert html.count("Remove: ") == 2 * 3
    assert re.findall(r"cg-(hard|soft)", html) == ["hard", "soft", "hard"]


def test_a_comparison_has_a_column_an_item_and_what_can_be_done(look: Look, shop: Catalogue) -> None:
    items = shop.items[:3]
    html = comparison_html(items, look, {items[0].id: "Matches: red"})
    assert re.findall(r'<th scope="col">.*?<span>(.*?)</span></th>', html) == [escape(item.title) for item in items]
    assert html.count('data-kind="like"') == 3
    assert "Matches: red" in html
    assert 'data-kind="list"' in html


@pytest.mark.parametrize(
    "payload",
    [None, "x", [], {}, {"kind": "like"}, {"kind": "like", "value": "unknown"}, {"kind": "accept", "value": ""},
     {"kind": "say", "value": "  "}, {"kind": "say", "value": "x" * 3000}, {"kind": ["say"], "value": "x"},
     {"kind": "say", "value": {"a": 1}}, {"kind": "serve", "value": "a"}, {"kind": "tune", "value": "2"},
     {"kind": "tune", "value": "nan"}, {"kind": "tune", "value": "new"}, {"kind": "compare", "value": "a"},
     {"kind": "dwell", "value": "a\n0"}, {"kind": "dwell", "value": "a\ninf"}, {"kind": "dwell", "value": "x\n3"},
     {"kind": "view", "value": "a\n3"}],
)  # fmt: skip
def test_a_payload_that_is_not_ours_is_dropped(payload: object) -> None:
    assert step_from_event(payload, {"a"}) is None
    assert watching(payload, {"a"}) is None
    assert to_compare(payload, {"a"}) == ()


def test_payloads_become_steps() -> None:
    assert step_from_event({"kind": "say", "value": "hi"}, set()) == UserText("hi")
    assert step_from_event({"kind": "like", "value": "a"}, {"a"}) == UserAction("like", "a")
    assert step_from_event({"kind": "more", "value": "a"}, {"a"}) == UserAction("more", "a")
    assert step_from_event({"kind": "undo", "value": "undo"}, set()) == UserAction("undo")
    assert step_from_event({"kind": "remove", "value": "k=v"}, set()) == RemoveConstraint("k=v")
    assert step_from_event({"kind": "must", "value": "k=v"}, set()) == Weigh("k=v", hard=True)
    assert step_from_event({"kind": "wish", "value": "k=v"}, set()) == Weigh("k=v", hard=False)
    assert step_from_event({"kind": "tune", "value": "0.75"}, set()) == Tune(0.75)
    assert to_compare({"kind": "compare", "value": "a\nb\na\nx"}, {"a", "b"}) == ("a", "b")
    assert watching({"kind": "view", "value": "a"}, {"a"}) == Watching("view", "a")
    assert watching({"kind": "dwell", "value": "a\n2.5"}, {"a"}) == Watching("dwell", "a", 2.5)


def test_a_message_streams_cards_then_words(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    frames = tab.does(tab.page.say("a red jacket", tab.kept, tab.here, tab.dialogue))
    assert frames[0].dialogue[-1]["content"] == "…"
    assert len(frames) <= 4, "the line that waits, what is understood, cards, and the whole"
    assert [turn["role"] for turn in tab.dialogue] == ["assistant", "user", "assistant"]
    assert tab.dialogue[1]["content"] == "a red jacket"
    assert tab.dialogue[2]["content"] not in ("", "…")
    assert tab.cards.count('<li class="cg-card"') == 5
    assert "red" in tab.beliefs
    assert "cg-chip" in tab.chips


def test_parts_that_are_drawn_so_already_are_left_alone() -> None:
    drawn = Frame(cards="old").over(Frame(cards="older", beliefs="b"))
    assert drawn == Frame(cards="old", beliefs="b")
    assert Frame(cards="old", beliefs="c", tools="t").beyond(drawn) == Frame(beliefs="c", tools="t")


def test_what_is_typed_is_text_and_never_markup(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    first = tab.does(tab.page.say("<img src=x> a jacket & a hat", tab.kept, tab.here, tab.dialogue))[0]
    for drawn in (first.dialogue[1], tab.dialogue[1], arrive(tab.page, tab.kept).dialogue[0]):
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
    html = chips_html([Chip(str(n), str(n)) for n in range(8)], words_in("en"))
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


@pytest.mark.parametrize("language", INTERFACE)
def test_every_language_has_every_word_with_the_same_gaps(language: str) -> None:
    def gaps(words: dict[str, str]) -> dict[str, set[str]]:
        return {key: set(re.findall(r"{(\w+)}", text)) for key, text in words.items()}

    assert gaps(words_in(language).all()) == gaps(words_in("en").all())


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es-ES,es;q=0.9,en;q=0.8", "es"),
        ("es", "es"),
        ("en-GB,es;q=0.5", "en"),
        ("de-DE,es", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_the_interface_speaks_the_first_language_of_the_browser_where_it_can(accepted: str, language: str) -> None:
    assert interface_language(accepted) == language
