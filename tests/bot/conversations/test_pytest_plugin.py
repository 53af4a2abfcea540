"""The plugin: what it collects, how it marks, what a failure and a report look like, and what importing it costs."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from bot.conversations.benches import Benches
from bot.conversations.expectations import LANGUAGES
from bot.conversations.pytest_plugin import MODES
from bot.conversations.word_checks import language_of
from bot.messages import Reply

SCRIPT = "reader: [rules, model]\nconversations:\n- name: says hi\n  turns:\n  - user: hi\n    expect: {act: chat}\n"
TAGGED = """\
reader: rules
conversations:
- name: a
  tags: [smoke]
  turns: [{user: hi}]
- name: b
  turns: [{user: hi}]
"""
AWAY = ("--conv-target", "http://localhost:9")


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, make: Any, talk: Any, bench: Any) -> Any:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)

    def run(act: Any, *arguments: str, script: str = SCRIPT) -> pytest.RunResult:
        conversation = make(reply=Reply(None, act, (), "Hello."))
        monkeypatch.setattr(Benches, "of", lambda *_: bench(talk(conversation)))
        (pytester.path / "x.conv.yaml").write_text(script, encoding="utf-8")
        return pytester.runpytest_inprocess("-p", "bot.conversations.pytest_plugin", "--strict-markers", *arguments)

    return run


def test_a_test_for_every_conversation_and_reader(run_pytest: Any) -> None:
    result = run_pytest("chat", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "conversations: 1 rules, 1 live (target: inproc)",
            "x.conv.yaml::says hi[[]rules] PASSED*",
            "x.conv.yaml::says hi[[]model] PASSED*",
        ]
    )


def test_the_models_conversations_are_marked(run_pytest: Any) -> None:
    run_pytest("chat", "-m", "model").assert_outcomes(passed=1, deselected=1)


def test_scripted_answers_need_no_weights(run_pytest: Any) -> None:
    run_pytest("chat", "-m", "model", "--conv-llm", "scripted").assert_outcomes(deselected=2)


def test_tags_are_marks_and_keywords(run_pytest: Any) -> None:
    run_pytest("chat", "-m", "smoke", script=TAGGED).assert_outcomes(passed=1, deselected=1)
    run_pytest("chat", "-k", "smoke", script=TAGGED).assert_outcomes(passed=1, deselected=1)


def test_a_failure_shows_the_transcript(run_pytest: Any) -> None:
    result = run_pytest("close", "-k", "rules")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*visitor:*hi", "*assistant: [[]close] Hello.", "*expected: chat", "*actual:*close"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("script", "arguments", "told"),
    [
        ("conversation: []\n", (), "*x.conv.yaml:1: unknown key 'conversation'*"),
        (SCRIPT + "    user: ho\n", (), "*x.conv.yaml:7: the key 'user' stands here a second time*"),
        (SCRIPT.replace("{act: chat}", "{items: {count: few}}"), (), "*x.conv.yaml:6: *items.count*"),
        (SCRIPT.replace("{act: chat}", "{items: {all: {gnre: x}}}"), (), "*x.conv.yaml:6: no facet 'gnre'*'genre'*"),
        (SCRIPT + "- name: says hi\n  turns: [{user: ho}]\n", (), "*x.conv.yaml:7: a second conversation*:3*"),
        (SCRIPT, ("--conv-llm", "replay"), "*x.conv.yaml:5: no recording of 'hi' in 'says hi[[]model]'*"),
    ],
)
def test_a_slip_is_an_error_of_collection(run_pytest: Any, script: str, arguments: tuple[str, ...], told: str) -> None:
    result = run_pytest("chat", *arguments, script=script)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("  - restart: server\n", "*a server's clock and its restarts are not ours*inproc*"),
        ("  - wait: 2 h\n", "*a server's clock and its restarts are not ours*inproc*"),
        ("  fixtures: {history: [{item: heat-1995, event: like}]}\n", "*history cannot be made on a server*inproc*"),
    ],
)
def test_what_a_server_cannot_do_is_skipped_with_the_reason(run_pytest: Any, more: str, reason: str) -> None:
    result = run_pytest("chat", *AWAY, "-rs", script=SCRIPT + more)
    result.assert_outcomes(skipped=1)  # a server reads in one way, so there is one case
    result.stdout.fnmatch_lines(["*these are not checked*", reason])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--conv-llm", "magic"), "*invalid choice: 'magic'*"),
        (("--conv-target", "nowhere"), "*no target 'nowhere'*"),
        ((*AWAY, "--conv-llm", "replay"), "*a server reads with its own model*"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(run_pytest: Any, arguments: tuple[str, ...], told: str) -> None:
    result = run_pytest("chat", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])


def test_recording_is_refused_in_ci(run_pytest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = run_pytest("chat", "--conv-llm", "record")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*recording is refused in CI*"])


def test_reports_say_what_happened_the_same_way_twice(run_pytest: Any, pytester: pytest.Pytester) -> None:
    run_pytest("chat", "--conv-report", "one/report.jsonl", "--junitxml", "junit.xml")
    run_pytest("chat", "--conv-report", "two/report.jsonl")
    one, two = ((pytester.path / name / "report.jsonl").read_bytes() for name in ("one", "two"))
    assert one == two
    rows = [json.loads(line) for line in one.splitlines()]
    assert [(row["name"], row["mode"], row["outcome"]) for row in rows] == [
        ("says hi[model]", "live", "passed"),
        ("says hi[rules]", "rules", "passed"),
    ]
    assert rows[0]["turns"][0]["visitor"] == "hi"
    properties = ET.parse(pytester.path / "junit.xml").iter("property")
    assert ("model_calls", "9") in {(p.get("name"), p.get("value")) for p in properties}


def test_a_report_that_cannot_be_written_is_told(run_pytest: Any, pytester: pytest.Pytester) -> None:
    (pytester.path / "file").write_text("")
    result = run_pytest("chat", "--conv-report", "file/report.jsonl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*the report 'file/report.jsonl' cannot be written*"])


def test_workers_of_xdist_share_a_suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)  # recording is refused there for another reason
    (pytester.path / "x.conv.yaml").write_text(TAGGED.replace("hi}", "'...'}"), encoding="utf-8")
    plugins = ("-p", "xdist", "-p", "bot.conversations.pytest_plugin", "-n", "2")
    result = pytester.runpytest_subprocess(*plugins, "--conv-report", "all.jsonl")
    result.assert_outcomes(passed=2)
    rows = [json.loads(line) for line in (pytester.path / "all.jsonl").read_text().splitlines()]
    assert [row["name"] for row in rows] == ["a", "b"]
    refused = pytester.runpytest_inprocess(*plugins, "--conv-llm", "record")
    refused.stderr.fnmatch_lines(["*several workers cannot record into one file*"])


def test_importing_it_imports_nothing_heavy() -> None:
    code = "import sys, pytest; before = set(sys.modules); import bot.conversations.pytest_plugin; "
    code += "print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"yaml", "pydantic", "numpy", "torch", "jinja2", "retrieval", "ranking", "prompts"}
    assert not heavy & set(done.stdout.split())


def test_the_modes_are_those_of_lanes() -> None:
    from typing import get_args

    from bot.conversations.benches import ModeOption

    assert get_args(ModeOption) == MODES


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Here are five comedies you have not seen yet. Shall it be something newer?", "en"),
        ("Aquí tienes cinco películas divertidas que todavía no has visto.", "es"),
        ("这里有五部你还没看过的科幻电影。", "zh"),
        ("Hier sind fünf lustige Filme, die du noch nicht gesehen hast.", "de"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert language in LANGUAGES
    assert language_of(text) == language
