"""The JSON Lines contracts of `docs/design.md` section 3, key for key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.channels import chat_jsonl, recommend_jsonl, understand_jsonl
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

ITEM = {"id", "title", "score", "why", "facets"}


@pytest.fixture
def assistant(shop: Catalogue, tmp_path: Path) -> Assistant:
    return scratch_assistant(shop, tmp_path)


def talked(assistant: Assistant, user: str | None, lines: list[str]) -> int:
    return chat_jsonl(assistant.catalogue, assistant.open(user), lambda: assistant.open(user), lines)


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_understand(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": 7, "message": "no, I hate red", "context": ["hi", "How about a red jacket?"], "shown": []}
    code = understand_jsonl((assistant.stages.reader, assistant.catalogue), [json.dumps(row)])
    (answer,) = answers(capsys)
    assert code == 0
    assert set(answer) == {"id", "intent", "slots", "ms", "source"}
    assert answer["id"] == 7
    assert answer["source"] == "rules"
    assert {"slot": "color", "value": "red", "polarity": -1} in answer["slots"]  # type: ignore[operator]


def test_recommend(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": "1", "turns": [{"role": "user", "text": "a jacket under 100 dollars"}], "k": 3}
    assert recommend_jsonl(assistant, None, [json.dumps(row)]) == 0
    (answer,) = answers(capsys)
    assert set(answer) == {"id", "items", "ms"}
    assert len(answer["items"]) == 3  # type: ignore[arg-type]
    assert all(set(item) == ITEM for item in answer["items"])  # type: ignore[attr-defined]


def test_chat(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    first = assistant.catalogue.items[0].id
    steps = [{"text": "a jacket"}, {"action": {"kind": "dislike", "item": first}}, {"new": True}, {"text": "hi"}]
    assert talked(assistant, "ann", [json.dumps(step) for step in steps]) == 0
    turns = answers(capsys)
    assert len(turns) == 3  # `new` answers nothing
    for turn in turns:
        assert set(turn) == {"understood", "act", "items", "text", "chips", "ms", "wording"}
        assert set(turn["understood"]) == {"intent", "slots"}  # type: ignore[call-overload]
        assert {"understand", "cards", "total"} <= set(turn["ms"])  # type: ignore[call-overload]
    assert first not in [item["id"] for item in turns[1]["items"]]  # type: ignore[attr-defined]
    assert turns[2]["act"] == "chat"


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"id": "x"}', "turns"),
        ('{"id": "x", "turns": [{"role": "robot", "text": "hi"}]}', "robot"),
        ('{"id": "x", "turns": [{"role": "user", "text": 3}]}', "text"),
        ('{"id": "x", "turns": [{"role": "user", "text": "hi"}], "k": 0}', "k"),
        ('{"id": "x", "turns": [{"role": "user", "text": "hi"}], "k": "five"}', "five"),
    ],
)
def test_a_bad_row_is_answered_and_the_rest_goes_on(
    assistant: Assistant, capsys: pytest.CaptureFixture[str], line: str, part: str
) -> None:
    good = json.dumps({"id": "ok", "turns": [{"role": "user", "text": "a jacket"}]})
    assert recommend_jsonl(assistant, None, [line, "", good]) == 1
    bad, fine = answers(capsys)
    assert set(bad["error"]) == {"code", "message", "hint"}  # type: ignore[call-overload]
    assert part in bad["error"]["message"]  # type: ignore[index]
    assert fine["id"] == "ok"


def test_an_unknown_item_is_named(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    assert talked(assistant, None, ['{"action": {"kind": "like", "item": "no-such-thing"}}']) == 1
    (answer,) = answers(capsys)
    assert "no-such-thing" in answer["error"]["message"]  # type: ignore[index]


def test_hints_answer_nothing_and_are_believed(
    shop: Catalogue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        '{"hints": {"page": {"facets": {"color": "red"}}}}',
        '{"text": "what do you know about me?"}',
        '{"hints": {"page": {"facets": {"color": 3}}}}',
        '{"hints": {"page": {"item": "<b>"}}}',
    ]
    assert talked(scratch_assistant(shop, tmp_path), None, lines) == 1
    told, shape, unknown = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "red, as on this page" in told["text"]
    assert (shape["error"]["code"], unknown["error"]["code"]) == ("bad_hint", "bad_hint")
    assert shape["error"]["message"].startswith("field 'hints.page.facets.color': give a value")
