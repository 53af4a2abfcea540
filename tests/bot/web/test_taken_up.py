"""What a client draws when it takes a conversation up: from the conversation, whoever asks and whenever."""

from __future__ import annotations

from typing import Any


def test_a_conversation_that_has_not_begun_has_its_greeting(client: Any) -> None:
    screen = client.get(f"/v1/conversations/{client.begin()}").json()
    assert [line["role"] for line in screen["lines"]] == ["assistant"]
    assert screen["items"] == []
    assert all(chip["text"] for chip in screen["chips"])
    assert screen["chips"]


def test_it_is_what_the_last_answer_left(client: Any) -> None:
    conversation = client.begin()
    turn = client.turn(conversation, text="a rain jacket under 120 dollars")
    liked = turn["items"][0]["id"]
    client.turn(conversation, action={"kind": "like", "item": liked})
    last = client.turn(conversation, text="something in black")
    screen = client.get(f"/v1/conversations/{conversation}").json()
    assert [line["role"] for line in screen["lines"]] == ["user", "assistant"] * 3
    assert screen["lines"][0]["text"] == "a rain jacket under 120 dollars"
    assert screen["lines"][-1]["text"] == last["text"]
    assert [item["id"] for item in screen["items"]] == [item["id"] for item in last["items"]]
    assert (screen["beliefs"], screen["chips"]) == (last["beliefs"], last["chips"])
    assert screen["reactions"] == {liked: "like"}


def test_a_card_has_what_a_page_draws_and_no_made_up_score(client: Any) -> None:
    conversation = client.begin()
    told = client.turn(conversation, text="a rain jacket")["items"][0]
    again = client.get(f"/v1/conversations/{conversation}").json()["items"][0]
    assert told["text"]
    assert (again["text"], again["image"], again["url"]) == (told["text"], told["image"], told["url"])
    assert isinstance(told["score"], float)
    assert again["score"] is None


def test_an_id_that_names_nothing_is_a_problem(client: Any) -> None:
    answer = client.get("/v1/conversations/nobody")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith(":unknown_conversation")
