"""Alive, ready, and counted; what is counted names no visitor and no word of theirs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.assistant import Assistant
from bot.messages import UserText
from bot.understanding.reading import Reading
from bot.web.admission import Admission
from bot.web.api import build_api
from bot.web.metrics import Metrics
from bot.web.safety import Safety
from bot.web.sites import Sites
from bot.web.tokens import Tokens
from bot.web.visits import Visits
from ranking.storage import StorageError
from retrieval.catalogue.item import Catalogue


def figures(client: Any) -> dict[str, float]:
    answer = client.get("/v1/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines if "_created" not in name}


def test_alive_and_ready(client: Any, shop: Catalogue) -> None:
    assert client.get("/v1/health").json() == {"status": "ready", "catalogue": "shop", "items": len(shop.items)}
    assert client.get("/v1/ready").json() == {"status": "ready"}


def test_not_ready_while_it_stops_and_without_its_database(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    admission = Admission()
    client = TestClient(build_api(Visits(assistant, admission=admission)), raise_server_exceptions=False)

    def fail(_: str) -> None:
        raise StorageError("the file is gone", hint="bring it back", reason="failed")

    with monkeypatch.context() as patched:
        patched.setattr(assistant.stages.memory.conversations, "stamp", fail)
        answer = client.get("/ready")
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "not_ready")
        assert client.get("/health").status_code == 200
    assert client.get("/ready").status_code == 200
    admission.stop(1)
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200


def test_turns_are_counted_by_act_outcome_stage_and_reader(assistant: Assistant, client_of: Any) -> None:
    client = client_of(assistant, believes_users=True)
    conversation = client.begin(user="zzanna")
    client.turn(conversation, text="a mauve jacket", turn_id="one")
    client.turn(conversation, new=True)
    client.post(f"/v1/conversations/{conversation}/turns", json={"mauve": 1})
    client.get("/v1/items/none")
    item = client.get("/v1/catalogue").json() and next(iter(assistant.catalogue.by_id))
    client.post("/v1/events", json={"events": [{"conversation": conversation, "item": item, "event": "view"}, 7]})
    found = figures(client)
    assert found['chatalogue_turns_total{act="recommend",outcome="answered"}'] == 1
    assert found['chatalogue_turns_total{act="confirm",outcome="answered"}'] == 1
    assert found['chatalogue_readings_total{source="rules"}'] == 1
    assert found["chatalogue_conversations_open"] == 1
    assert found["chatalogue_turns_running"] == found["chatalogue_turns_waiting"] == 0
    for stage in ("understand", "cards", "total"):
        assert found[f'chatalogue_turn_seconds_count{{stage="{stage}"}}'] == 2
    assert found['chatalogue_refusals_total{problem="bad_request"}'] == 1
    assert found['chatalogue_refusals_total{problem="unknown_item"}'] == 1
    assert found['chatalogue_events_total{event="view",outcome="accepted"}'] == 1
    assert found['chatalogue_events_total{event="",outcome="rejected"}'] == 1
    text = client.get("/v1/metrics").text
    assert not re.search(rf"mauve|zzanna|{conversation}|{re.escape(str(item))}", text)


def test_what_the_rules_read_for_the_model_is_counted_by_its_reason(assistant: Assistant) -> None:
    metrics, reader = Metrics(), assistant.stages.reader
    degraded = iter(["the model took longer than 4 s", "no such server"])

    class Degraded:
        def __getattr__(self, name: str) -> Any:
            return getattr(reader, name)

        def read(self, *given: Any, **how: Any) -> Reading:
            return replace(reader.read(*given, **how), degraded=next(degraded))

    visits = Visits(Assistant(replace(assistant.stages, reader=Degraded())))  # type: ignore[arg-type]
    metrics.watch(visits)
    visit = visits.open()
    for text in ("a jacket", "boots"):
        list(visits.turn(visit, UserText(text)))
    text = metrics.text().decode()
    assert 'chatalogue_reading_fallbacks_total{reason="deadline"} 1.0' in text
    assert 'chatalogue_reading_fallbacks_total{reason="failed"} 1.0' in text


def test_two_servers_do_not_add_up(assistant: Assistant, client_of: Any) -> None:
    one, other = client_of(assistant), client_of(assistant)
    one.turn(one.begin(), text="a jacket")
    assert 'chatalogue_turns_total{act="recommend",outcome="answered"}' not in figures(other)


@pytest.mark.parametrize(
    ("exposure", "token", "sent", "status"),
    [
        ("laptop", None, "", 200),
        ("open", None, "", 404),
        ("open", None, "Bearer ", 404),
        ("open", "s3cret", "", 404),
        ("open", "s3cret", "Bearer wrong", 404),
        ("open", "s3cret", "Bearer s3cret", 200),
        ("sites", "s3cret", "Bearer s3cret", 200),
    ],
)
def test_metrics_are_for_this_machine_or_for_whoever_has_the_token(
    assistant: Assistant, exposure: Any, token: str | None, sent: str, status: int
) -> None:
    safety = Safety(exposure, Sites(), Tokens("x" * 48), metrics_token=token)
    app = FastAPI()
    app.mount("/v1", build_api(Visits(assistant), safety=safety))
    answer = TestClient(app).get("/v1/metrics", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == status
    assert ("chatalogue_conversations_open" in answer.text) is (status == 200)
