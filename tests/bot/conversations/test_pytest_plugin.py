"""The plugin: what it collects, how it marks, what a failure looks like, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from bot.conversations.benches import Benches
from bot.messages import Reply

SCRIPT = "reader: [rules, model]\nconversations:\n- name: says hi\n  turns:\n  - user: hi\n    expect: {act: chat}\n"


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, make: Any, talk: Any, bench: Any) -> Any:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(act: Any, *arguments: str, script: str = SCRIPT) -> pytest.RunResult:
        conversation = make(reply=Reply(None, act, (), "Hello."))
        monkeypatch.setattr(Benches, "of", lambda *_: bench(talk(conversation)))
        (pytester.path / "x.conv.yaml").write_text(script, encoding="utf-8")
        return pytester.runpytest_inprocess("-p", "bot.conversations.pytest_plugin", "--strict-markers", *arguments)

    return run


def test_a_test_for_every_conversation_and_reader(run_pytest: Any) -> None:
    result = run_pytest("chat", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["x.conv.yaml::says hi[[]rules] PASSED*", "x.conv.yaml::says hi[[]model] PASSED*"])


def test_the_models_conversations_are_marked(run_pytest: Any) -> None:
    run_pytest("chat", "-m", "model").assert_outcomes(passed=1, deselected=1)


def test_a_failure_shows_the_transcript(run_pytest: Any) -> None:
    result = run_pytest("close", "-k", "rules")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*visitor:*hi", "*assistant: [[]close] Hello.", "*expected: chat", "*actual:*close"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_broken_script_is_an_error_of_collection(run_pytest: Any) -> None:
    result = run_pytest("chat", script="conversation: []\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*x.conv.yaml:1: unknown key 'conversation'*"])


def test_importing_it_imports_nothing_heavy() -> None:
    code = "import sys, pytest; before = set(sys.modules); import bot.conversations.pytest_plugin; "
    code += "print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"yaml", "pydantic", "numpy", "torch", "jinja2", "retrieval", "ranking", "prompts"}
    assert not heavy & set(done.stdout.split())
