"""The page by its qualities: no serious finding of axe, nothing from other hosts, keys alone, narrow, in Spanish.

The assistant reads by the rules and has no weights; `test_page.py` talks with the real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
SERIOUS = ("serious", "critical")
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
CUT_OFF = ("AbortError", "Connection errored out")  #: what Gradio says of a stream that a reload of the page ended
Picture = Callable[[object, str], None]


@pytest.fixture
def tab(browser, quick_page: str) -> Iterator[Callable[..., object]]:
    """`tab(viewport, locale=…, color_scheme=…)`: the page, arrived, for a visitor of its own.

    What it asked for of other hosts, and what went wrong in it, fails the test.
    """
    opened, strangers, wrong = [], [], []

    def asked(request) -> None:
        if not request.url.startswith((quick_page, "data:", "blob:")):
            strangers.append(request.url)

    def arrived(viewport=DESKTOP, **how):
        context = browser.new_context(viewport=viewport, **how)
        opened.append(context)
        page = context.new_page()
        page.on("request", asked)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.goto(quick_page)
        page.locator("#cg-dialogue .bot").first.wait_for(timeout=60_000)
        page.locator(".cg-starter").first.wait_for()
        return page

    yield arrived
    for context in opened:
        context.close()
    assert strangers == []
    assert [line for line in wrong if not any(cut in line for cut in CUT_OFF)] == []


def settled(page, answers: int) -> None:
    """Wait until there are `answers` and the last is complete: what can be done with it is offered again."""
    page.wait_for_function(
        """n => document.querySelectorAll('#cg-dialogue .bot').length === n
                && !document.querySelector('[data-kind="stop"]')
                && !document.querySelector('#cg-dialogue').innerText.trim().endsWith('…')""",
        arg=answers,
        timeout=30_000,
    )


def say(page, text: str) -> None:
    answers = page.locator("#cg-dialogue .bot").count()
    page.locator("#cg-box textarea").fill(text)
    page.locator("#cg-send").click()
    settled(page, answers + 1)


def findings(page) -> list[tuple[str, str, list[str]]]:
    violations = Axe().run(page).response["violations"]
    return [
        (v["impact"], v["id"], [str(n["target"]) for n in v["nodes"]]) for v in violations if v["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_whatever_is_open(tab, picture: Picture, scheme: str) -> None:
    page = tab(color_scheme=scheme)
    found = {"start": findings(page)}
    picture(page, f"start-{scheme}")
    say(page, "I love westerns, no Clint Eastwood, from the 60s")
    page.locator(".cg-card button", has_text="Like").first.click()
    settled(page, 3)
    page.locator(".cg-because summary").first.click()
    found["list"] = findings(page)
    picture(page, f"list-{scheme}")
    for box in page.locator("[data-pick]").all()[:3]:
        box.check()
    page.locator("[data-kind=compare]").click()
    page.locator(".cg-side").wait_for()
    found["comparison"] = findings(page)
    picture(page, f"comparison-{scheme}")
    for drawer in ("history", "memory"):
        page.locator(f"#cg-{drawer}-open").click()
        page.locator(f"#cg-{drawer} .cg-known").first.wait_for()
        found[drawer] = findings(page)
        picture(page, f"{drawer}-{scheme}")
        page.locator(f"#cg-{drawer}-close").click()
        page.locator(f"#cg-{drawer}").wait_for(state="hidden")
    assert found == {name: [] for name in found}


def test_a_turn_is_said_again_changed_and_taken_back_with_all_it_did(tab) -> None:
    page = tab()
    say(page, "a western")
    before = page.locator("#cg-cards").inner_text()
    page.locator("#cg-tools [data-kind=retry]").click()
    page.wait_for_timeout(300)
    settled(page, 2)
    assert page.locator("#cg-cards").inner_text() == before
    assert page.locator("#cg-dialogue .user").all_inner_texts() == ["a western"]

    say(page, "I can't stand horror, from the 60s")
    page.locator("#cg-tools [data-kind=edit]").dblclick()  # one tap, however nervous
    settled(page, 2)
    page.wait_for_function("document.activeElement === document.querySelector('#cg-box textarea')")
    assert page.locator("#cg-box textarea").input_value() == "I can't stand horror, from the 60s"
    assert page.locator("#cg-cards").inner_text() == before
    assert "horror" not in page.locator("#cg-beliefs").inner_text()
    page.locator("#cg-memory-open").click()
    page.wait_for_function("document.querySelector('#cg-known')?.innerText.includes('Nothing yet')")


def test_what_was_understood_is_weighed_and_removed_and_a_tap_undone(tab) -> None:
    page = tab()
    say(page, "a western from the 60s")
    belief = page.locator(".cg-belief", has_text="western")
    assert "cg-hard" in belief.get_attribute("class")
    belief.locator("[data-kind=wish]").click()
    page.locator(".cg-belief.cg-soft", has_text="western").wait_for()
    settled(page, 3)
    page.locator(".cg-belief", has_text="western").locator(".cg-remove").click()
    page.locator(".cg-belief", has_text="western").wait_for(state="detached")
    settled(page, 4)

    gone = page.locator(".cg-card").first.get_attribute("data-id")
    page.locator(".cg-card button", has_text="Not for me").first.click()
    page.locator(".cg-done").wait_for()
    settled(page, 5)
    assert page.locator(f'.cg-card[data-id="{gone}"]').count() == 0
    page.locator(".cg-done button").click()
    settled(page, 6)
    assert page.locator(f'.cg-card[data-id="{gone}"]').count() == 1
    page.locator("[data-kind=tune]").fill("1")
    page.locator(".cg-belief", has_text="less known").wait_for()


def test_conversations_are_listed_gone_on_with_and_deleted(tab) -> None:
    page = tab()
    say(page, "a western from the 60s")
    page.locator("#cg-over").click()
    page.wait_for_function("document.querySelectorAll('#cg-dialogue .user').length === 0")
    page.reload()
    page.locator("#cg-dialogue .bot").first.wait_for()
    page.evaluate("localStorage.clear()")  # another visitor sees nothing of it
    page.reload()
    page.locator(".cg-starter").first.wait_for()
    page.locator("#cg-history-open").click()
    page.wait_for_function("document.querySelector('#cg-talks')?.innerText.includes('Nothing yet')")
    page.locator("#cg-history-close").click()

    say(page, "a musical")
    page.locator("#cg-incognito input").check()
    page.wait_for_function("document.querySelector('#cg-dialogue').innerText.includes('incognito')")
    page.locator("#cg-history-open").click()
    page.locator(".cg-past").click()
    page.locator("#cg-history").wait_for(state="hidden")
    assert page.locator("#cg-dialogue .user").all_inner_texts() == ["a musical"]
    assert not page.locator("#cg-incognito input").is_checked()
    assert "musical" in page.locator("#cg-beliefs").inner_text()
    page.locator("#cg-history-open").click()
    page.locator("#cg-talks [data-kind=delete]").click()
    page.wait_for_function("document.querySelector('#cg-talks').innerText.includes('Nothing yet')")
    assert page.locator("#cg-dialogue .user").count() == 0


def focused(page) -> str:
    return page.evaluate(
        """() => { const e = document.activeElement;
                   const seen = getComputedStyle(e).outlineStyle !== 'none' || e.matches('textarea');
                   const name = e.dataset.kind || e.id || e.closest('[id^=cg-]')?.id || e.tagName;
                   return name + (seen ? '' : ' unseen') }"""
    )


def walk(page, wanted: str, most: int = 60) -> list[str]:
    """Tab until `wanted` has the focus; what had it on the way."""
    passed: list[str] = []
    while len(passed) < most:
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1] == wanted:
            return passed
    raise AssertionError(f"{wanted} is not reached: {passed}")


def test_everything_is_done_with_the_keyboard_alone(tab) -> None:
    page = tab()
    page.locator("#cg-box textarea").focus()
    page.keyboard.type("a western from the 60s")
    page.keyboard.press("Enter")
    settled(page, 2)
    assert page.locator('#cg-dialogue [role="log"][aria-live="polite"]').count() == 1
    page.locator("#cg-over").focus()
    passed = walk(page, "like")
    assert [name for name in passed if name.endswith("unseen")] == []
    order = list(dict.fromkeys(passed))
    assert order.index("retry") < order.index("remove") < order.index("say") < order.index("tune") < order.index("like")
    page.keyboard.press("Enter")
    page.locator(".cg-done").wait_for()
    settled(page, 3)
    page.wait_for_function("document.activeElement !== document.body")
    page.locator("#cg-memory-open").focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.activeElement?.id === 'cg-memory-close'")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement?.id === 'cg-memory-open'")


@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_a_phone_needs_no_sideways_scrolling_in_either_language(tab, picture: Picture, locale: str) -> None:
    page = tab(PHONE, locale=locale, has_touch=True, is_mobile=True)
    name = locale[:2]

    def fits() -> bool:
        return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    assert fits()
    picture(page, f"phone-start-{name}")
    say(page, {"en": "a comedy from the 90s", "es": "busco una comedia de los 90"}[name])
    assert page.locator(".cg-card").count() == 5
    assert fits()
    picture(page, f"phone-list-{name}")
    page.locator("#cg-memory-open").click()
    page.locator("#cg-memory").wait_for()
    assert fits()
    picture(page, f"phone-memory-{name}")


def test_the_box_stays_in_sight_on_a_small_phone(tab, picture: Picture) -> None:
    page = tab({"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    say(page, "a comedy from the 90s")
    box = page.locator("#cg-box textarea")
    for where in (0, 9_999):
        page.evaluate("y => scrollTo(0, y)", where)
        placed = box.bounding_box()
        assert placed["y"] + placed["height"] <= 640
    chips = page.locator("#cg-chips").bounding_box()
    assert chips["y"] + chips["height"] <= page.locator("#cg-say").bounding_box()["y"], "the box hides nothing for good"
    picture(page, "small-phone")


def test_a_spanish_browser_reads_spanish_everywhere(tab, picture: Picture) -> None:
    page = tab(locale="es-ES")
    assert page.evaluate("document.documentElement.lang") == "es"
    top = page.locator("#cg-top").inner_text()
    assert re.search(r"Incógnito\s+Historial\s+Memoria\s+Nueva", top)
    assert page.locator("#cg-box textarea").get_attribute("placeholder") == "Di qué te apetece…"
    answers = page.locator("#cg-dialogue .bot").count()
    starter = page.locator(".cg-starter", has_text="de los")
    text = starter.inner_text()
    starter.click()
    settled(page, answers + 1)
    assert page.locator("#cg-dialogue .user").all_inner_texts() == [text]
    assert page.locator(".cg-card").count() == 5
    for words in ("Me gusta", "No es para mí", "Similares", "Tu selección", "Conocido"):
        assert words in page.locator("#cg-cards").inner_text()
    english = {"Like", "Seen it", "Compare", "What I understood", "must", "Try again", "Suggestions"}
    buttons = page.locator("#cg-main button:not([data-kind=say]), #cg-main label, .cg-caption, .cg-force, summary")
    drawn = " ".join(buttons.all_inner_texts())
    assert not {word for word in english if re.search(rf"\b{word}\b", drawn)}
    picture(page, "spanish")


def test_a_card_that_was_read_is_on_record(tab) -> None:
    page = tab()
    say(page, "a western from the 60s")
    summary = page.locator(".cg-because summary").first
    item = page.locator(".cg-because").first.get_attribute("data-open")
    summary.click()
    page.wait_for_timeout(1_100)
    summary.click()
    page.wait_for_timeout(300)
    page.locator("#cg-memory-open").click()
    page.locator("#cg-save").wait_for()
    with page.expect_download() as saved:
        page.locator("#cg-save").click()
    done = json.loads(Path(saved.value.path()).read_text("utf-8"))["interactions"]
    assert {row["event"] for row in done if row["item"] == item} >= {"view", "dwell"}


def test_what_is_typed_while_the_answer_comes_is_not_lost(tab) -> None:
    page = tab()
    box = page.locator("#cg-box textarea")
    box.fill("a comedy from the 90s")
    box.press("Enter")
    box.press_sequentially("no jim carrey")
    box.press("Enter")
    box.press_sequentially("and one more th")
    settled(page, 3)
    said = page.locator("#cg-dialogue .user")
    assert [said.nth(n).inner_text().strip() for n in range(said.count())] == ["a comedy from the 90s", "no jim carrey"]
    assert box.input_value() == "and one more th"
