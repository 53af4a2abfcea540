"""The widget on a shop's page: talking, reacting, buying, the three modes, themes, a phone, the keyboard alone."""

from __future__ import annotations

import gzip
import re
from statistics import median
from typing import Any

import pytest

from bot.web.widget.bundle import widget

pytestmark = pytest.mark.browser

SMALLEST_TARGET, SMALLEST_INPUT = 44, 16  # CSS pixels: a finger, and what iOS does not zoom into


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
    order = anna.inside("[...root.querySelector('.turn:last-child').children].map((part) => part.className)")
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
    sold.locator(".cart").click()
    anna.until(lambda: anna.reported)
    assert anna.reported[-1]["accepted"] == 1, "the server knows what went into the cart"
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

    other = anna.another_tab().goes().opens()
    other.find(".card").first.wait_for()
    other.says("in red")
    anna.until(lambda: anna.find(".mine").count() == 3)


def test_methods_and_the_page_as_a_hint(visitor: Any) -> None:
    anna = visitor().goes()
    anna.chat("setContext({item: 'marmot-precip-eco-jacket'})")
    anna.chat("open()")
    anna.does(lambda: anna.chat("send('something in blue')"))
    assert any("Marmot PreCip Eco Jacket" in belief for belief in anna.find(".belief").all_inner_texts())
    anna.chat("reset()")
    anna.until(lambda: anna.find(".mine").count() == 0)
    anna.chat("setContext({item: 'no-such-thing'})")
    anna.until(lambda: anna.heard("error"))
    assert anna.heard("error")[0]["code"] == "bad_hint"
    anna.chat("close()")
    assert anna.find(".panel").is_hidden()
    assert [name for name, _ in anna.heard() if name in ("ready", "open", "close")] == ["ready", "open", "close"]


# -- looks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["bubble", "inline", "full"])
def test_the_modes_have_no_barrier(visitor: Any, mode: str) -> None:
    anna = visitor().goes(f"/?mode={mode}" + ("&open" if mode == "full" else ""))
    if mode == "bubble":
        assert anna.barriers() == []
        anna.opens()
    anna.says("a rain jacket")
    anna.shot(mode)
    assert anna.barriers() == []
    assert anna.page.get_by_role("region" if mode == "inline" else "dialog", name="Ask Fern").count() == 1
    assert anna.find("[aria-live], [role=log], [role=alert]").count() == 1, "one live region"
    assert anna.find("[role=status]").inner_text().startswith("5 picks.")


def test_a_double_tap_on_a_reaction_is_one(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.says("a rain jacket")
    anna.does(lambda: anna.find(".card .like").first.evaluate("(like) => { like.click(); like.click(); }"))
    anna.says("cheaper")  # a second reaction would have come before
    assert [words.split("\n")[-1][:6] for words in anna.find("[part~=message-visitor]").all_inner_texts()] == [
        "a rain", "I like", "cheape",
    ]  # fmt: skip


def test_a_double_tap_on_a_suggestion_is_one(visitor: Any) -> None:
    anna = visitor().goes().opens()
    anna.says("a rain jacket")
    anna.does(lambda: anna.find(".chips .chip").first.evaluate("(chip) => { chip.click(); chip.click(); }"))
    anna.says("cheaper")  # a second one would have come before
    assert anna.find("[part~=message-visitor]").count() == 3


def test_of_somebody_who_only_opened_it_nothing_is_told(visitor: Any) -> None:
    anna = visitor().goes().opens()
    began = "() => Object.values(localStorage).some((kept) => JSON.parse(kept).conversation)"
    anna.until(lambda: anna.page.evaluate(began))  # the shop's policy refuses what Playwright would poll with
    look = "(id) => document.querySelector('chatalogue-chat').setContext({item: id})"
    anna.page.evaluate(look, "montane-spirit-jacket")
    anna.page.wait_for_timeout(500)
    assert anna.reported == []
    anna.says("a rain jacket")
    anna.page.evaluate(look, "rab-downpour-eco-jacket")
    anna.until(lambda: anna.reported)


def test_dark_and_themed(visitor: Any) -> None:
    anna = visitor(color_scheme="dark").goes("/?theme=dark").opens()
    anna.says("a rain jacket")
    anna.shot("dark")
    assert anna.barriers() == []
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
    assert auto.find(".launcher").evaluate(look) == ["rgb(154, 211, 168)", "rgb(16, 36, 26)"]


def test_a_phone_has_all_of_the_screen_and_room_for_fingers(visitor: Any) -> None:
    anna = visitor(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).goes()
    anna.find(".launcher").tap()
    anna.says("a rain jacket under 120 dollars, not black")
    anna.shot("phone")
    assert anna.barriers() == []
    assert anna.find(".panel").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = anna.inside(
        """[...root.querySelectorAll('.panel button:not(.chip, .title, .arrow), .panel textarea')]
            .filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect())
            .map((box) => Math.min(box.width, box.height))"""
    )
    assert min(sizes) >= SMALLEST_TARGET
    font = anna.find("textarea").evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")
    assert font >= SMALLEST_INPUT
    assert anna.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    anna.find(".close").tap()
    assert anna.page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"
    assert anna.find(".launcher").is_visible()
    assert anna.focused() == "launcher"


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
    anna.chat("open()")
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
    anna.page.set_viewport_size({"width": 1280, "height": 900})
    anna.page.wait_for_timeout(200)
    assert anna.find(".panel").bounding_box()["width"] == 420, "open still, and beside the page"
    assert anna.find(".launcher").is_visible()
