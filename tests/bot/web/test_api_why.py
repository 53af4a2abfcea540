"""The dial and the why view over HTTP: as in process, for what is on screen, and refused for anything else."""

from __future__ import annotations

from typing import Any

import pytest


def test_the_dial_is_a_step_and_says_where_it_stands(client: Any) -> None:
    conversation = client.begin()
    assert client.turn(conversation, text="a red jacket")["novelty"] == 0.5
    turned = client.turn(conversation, novelty=0.9)
    assert (turned["act"], turned["novelty"]) == ("recommend", 0.9)
    assert "novelty" in [belief["key"] for belief in turned["beliefs"]]
    back = client.turn(conversation, remove="novelty")
    assert back["novelty"] == 0.5
    events = client.get(f"/v1/conversations/{conversation}/events").json()
    assert [event["novelty"] for event in events["events"] if event["event"] == "Tuned"] == [0.9, None]
    assert events["state"]["novelty"] is None


@pytest.mark.parametrize("wrong", [-0.1, 1.5, "new", True])
def test_a_place_that_the_dial_does_not_have_is_refused(client: Any, wrong: object) -> None:
    answer = client.post(f"/v1/conversations/{client.begin()}/turns", json={"novelty": wrong})
    assert answer.status_code == 422
    assert "novelty" in answer.json()["detail"]


def test_why_sums_to_the_score_of_the_item(client: Any) -> None:
    conversation = client.begin()
    item = client.turn(conversation, text="a red jacket")["items"][0]
    why = client.get(f"/v1/conversations/{conversation}/why/{item['id']}").json()
    assert (why["item"], why["title"], why["reason"]) == (item["id"], item["title"], item["why"])
    assert sum(share["share"] for share in why["shares"]) == pytest.approx(why["score"], abs=1e-6)
    assert round(why["score"], 4) == item["score"]
    assert all(share["label"] and share["signal"] for share in why["shares"])


def test_why_of_what_is_not_there_is_refused(client: Any) -> None:
    conversation = client.begin()
    client.turn(conversation, text="a red jacket")
    elsewhere = client.get(f"/v1/conversations/{conversation}/why/nothing")
    assert (elsewhere.status_code, elsewhere.json()["type"].rsplit("/", 1)[-1].rsplit(":", 1)[-1]) == (
        404,
        "not_on_screen",
    )
    assert client.get("/v1/conversations/nowhere/why/nothing").status_code == 404
