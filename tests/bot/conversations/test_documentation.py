"""What `docs/conversations.md` shows is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

BLOCK = re.compile(r"^```(yaml script|python test)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_example_passes(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs" / "conversations.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    assert [kind for kind, _ in blocks] == ["yaml script", "yaml script", "python test"]
    for number, (kind, text) in enumerate(blocks):
        name = f"test_{number}.py" if kind == "python test" else f"example{number}.conv.yaml"
        Path(pytester.path / name).write_text(text, encoding="utf-8")
    result = pytester.runpytest_inprocess("--conv-llm", "scripted", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1 + 2 * 3 + 1 + 1)


def test_the_page_names_every_key_of_an_expectation(request: pytest.FixtureRequest) -> None:
    from bot.conversations.expectations import Expectation
    from bot.conversations.script import Script, ScriptedConversation, Turn

    page = (request.config.rootpath / "docs" / "conversations.md").read_text(encoding="utf-8")
    models = (Script, ScriptedConversation, Turn, Expectation)
    missing = [key for model in models for key in model.model_fields if not re.search(rf"\b{key}\b", page)]
    assert not missing
