"""The widget where something is wrong: hostile words, lost connections, full servers, other visitors, other pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser


# -- what can go wrong -------------------------------------------------------------------------------------------------


def test_hostile_words_are_words(visitor: Any) -> None:
    anna = visitor().goes().opens()

    def of_a_hostile_catalogue(route: Any) -> None:  # ours lets no such address in
        answer = route.fetch()
        body = answer.text()
        for name in ("image", "url"):
            assert f'"{name}": null' in body
            body = body.replace(f'"{name}": null', f'"{name}": "javascript:window.hit=1"')
        route.fulfill(response=answer, body=body)

    anna.intercepts(of_a_hostile_catalogue, times=1)
    anna.says("<img src=x onerror=window.hit=1> a rain jacket under 10 dollars")
    card = anna.find(".card").first
    assert card.locator("h3").inner_text() == anna.hostile["title"]
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


def test_visitors_never_mix(visitor: Any, signed: Callable[[str], str]) -> None:
    anna, ben = visitor().goes().opens(), visitor().goes().opens()
    anna.says("I love wool")
    ben.says("a tent")
    assert "wool" not in ben.find(".log").inner_text()
    kept = "JSON.parse(Object.entries(localStorage).find(([key]) => key.startsWith('chatalogue:'))[1]).conversation"
    theirs = anna.page.evaluate(kept)
    assert theirs != ben.page.evaluate(kept)

    ben.chat(f"identify({json.dumps(signed('customer-1'))})")
    ben.until(lambda: ben.find(".mine").count() == 0)
    ben.says("a scarf")
    ben.chat("identify(null)")
    ben.until(lambda: ben.find(".mine").all_text_contents() == ["You: a tent"])
    ben.chat(f"identify({json.dumps(signed('customer-2'))})")
    ben.until(lambda: ben.find(".mine").count() == 0)
    ben.chat(f"identify({json.dumps(signed('customer-1'))})")
    ben.until(lambda: ben.find(".mine").all_text_contents() == ["You: a scarf"])
    assert "customer-1" not in json.dumps(ben.page.evaluate("({...localStorage})"))


def test_two_widgets_of_a_page_are_two_conversations(visitor: Any) -> None:
    anna = visitor().goes("/?mode=inline")
    anna.inside("document.body.append(Object.assign(root.host.cloneNode(), {id: 'second'}))")
    first, second = (anna.page.locator(name) for name in ("chatalogue-chat:not(#second)", "chatalogue-chat#second"))
    for element, text in ((first, "a rain jacket"), (second, "a scarf")):
        element.locator("textarea").fill(text)
        anna.does(lambda element=element: element.locator("textarea").press("Enter"))
    assert first.locator(".mine").all_text_contents() == ["You: a rain jacket"]
    assert second.locator(".mine").all_text_contents() == ["You: a scarf"]
    assert second.locator(".belief").all_inner_texts() == ["scarf"]
    kept = anna.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('chatalogue:'))")
    assert len(kept) == 2, "each goes on with its own"


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
    assert [f for f in anna.barriers() if "chat" in f] == []
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
