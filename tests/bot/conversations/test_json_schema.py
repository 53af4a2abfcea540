"""The published JSON Schema: it is the one of the models, and what editors would underline is what would be refused."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.conversations.json_schema import schema_text, script_schema

HEAD = "conversations:\n- name: one\n  turns:\n"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = script_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def written(text: str) -> Any:
    """YAML as an editor sees it: dates are texts."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def test_the_published_file_is_current() -> None:
    published = files("bot.conversations") / "conv.schema.json"
    remedy = "python -m bot.conversations.json_schema > bot/conversations/conv.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text(), remedy


def test_our_own_scripts_are_valid(validator: Draft202012Validator, request: pytest.FixtureRequest) -> None:
    scripts = sorted(Path(request.config.rootpath / "tests" / "conversations").glob("*.conv.yaml"))
    assert scripts
    for path in scripts:
        errors = [f"{path.name}: {e.json_path}: {e.message}" for e in validator.iter_errors(written(path.read_text()))]
        assert not errors, "\n".join(errors)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "  - user: hi\n    expect: {intent: greet, items: {count: 5, top: {k: 2, item: {genre: [a, b]}}}}\n",
        HEAD + "  - any_of: [a, b]\n    expect: {items: {count: '${n}'}, asks: a, events: [Shown, {event: Said}]}\n",
        HEAD + "  - wait: 2 h\n  - wait: 5\n  - restart: server\n  - new: true\n",
        "reader: rules\ntags: smoke\ninclude: x.yaml\nfixtures: {clock: 2026-01-15, seed: 3}\n"
        + HEAD
        + "  - user: hi\n",
        HEAD + "  - user: hi\n    expect: {slots: [[year, [1990, null], 1]], state: {liked: x, free: [a]}}\n",
        HEAD + "  - user: hi\n    expect: {trace: {ms: {total: 900}, requests: {max: 1}}, asks: true}\n",
    ],
)
def test_what_is_read_is_valid(validator: Draft202012Validator, text: str) -> None:
    assert [error.message for error in validator.iter_errors(written(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "conversation: []\n",
        HEAD + "  - usr: hi\n",
        HEAD + "  - user: hi\n    expect: {items: {count: many}}\n",
        HEAD + "  - user: hi\n    expect: {act: sing}\n",
        HEAD + "  - action: {kind: kick, item: x}\n",
        HEAD + "  - user: hi\n    expect: {slots: [[item, Heat, 2]]}\n",
    ],
)
def test_what_is_refused_is_not(validator: Draft202012Validator, text: str) -> None:
    assert list(validator.iter_errors(written(text)))
