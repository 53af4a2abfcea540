"""Reports of a run: figures, what changed, and pages that hold whatever was said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from bot.conversations.report import Output, Report, ReportError, read_rows
from bot.conversations.summary import compared, summarised

HOSTILE = "<script>alert('x')</script> {{ 7*7 }} \x00\ud800 & \"quotes\""


def turn(said: str = "hello", *, items: tuple[str, ...] = (), ms: float | None = 10.0, **more: Any) -> dict[str, Any]:
    return {
        "at": "a.conv.yaml:3", "visitor": said, "wrong": [], "understood": None, "source": None, "act": "chat",
        "items": [{"id": i, "title": i.title(), "why": "because"} for i in items], "text": said, "chips": ["more"],
        "events": [], "ms": {} if ms is None else {"total": ms}, **more,
    }  # fmt: skip


def row(name: str = "one", *turns: dict[str, Any], failed: bool = False) -> dict[str, Any]:
    return {
        "script": "a.conv.yaml", "line": 2, "name": name, "catalogue": "films", "mode": "rules", "tags": [],
        "outcome": "failed" if failed else "passed", "turns": list(turns) or [turn()],
    }  # fmt: skip


def wrong(law: str = "", said: str = "x") -> dict[str, str]:
    told = {"what": "reply", "expected": "words", "actual": said}
    return {**told, "law": law} if law else told


BROKEN = row("broken", turn(HOSTILE, wrong=[wrong("every_statement_is_grounded", HOSTILE)]), failed=True)
ACCEPTED = row(
    "accepted",
    turn(items=("heat",), ms=20.0),
    turn("ok", events=[{"event": "Reacted", "item": "heat", "kind": "accept"}]),
)


def written(tmp_path: Path, name: str, *rows: dict[str, Any], since: Path | None = None) -> str:
    report = Report()
    for one in rows:
        report.add_row(one)
    Output((tmp_path / name,), since).take(report)
    return (tmp_path / name).read_text(encoding="utf-8")


def test_figures() -> None:
    summary = summarised([row(), BROKEN, ACCEPTED])
    assert (summary.conversations, summary.passed, summary.turns, summary.ungrounded) == (3, 2, 4, 1)
    assert (summary.constraint_violations, summary.repeats, summary.accepted, summary.turns_to_accept) == (0, 0, 1, 2.0)
    assert summary.p50_ms == 10.0
    assert 10.0 < summary.p95_ms <= 20.0
    assert math.isnan(summarised([]).pass_rate)


def test_each_law_is_counted_under_its_name() -> None:
    laws = ("hard_constraints_hold", "nothing_refused_returns")
    summary = summarised([row("x", turn(wrong=[wrong(law) for law in laws]), failed=True)])
    assert (summary.constraint_violations, summary.repeats, summary.ungrounded) == (1, 1, 0)


def test_what_changed() -> None:
    then = [row("a"), row("b", failed=True), row("c", turn(items=("heat",))), row("gone")]
    now = [row("a", failed=True), row("b"), row("c", turn(items=("jaws",))), row("new")]
    change = compared(now, then)
    assert [len(names) for names in (change.failing, change.mended, change.new, change.gone)] == [1, 1, 1, 1]
    assert change.other_items == ("a.conv.yaml::c (rules)",)
    assert not any(compared(now, now).__getattribute__(name) for name in ("failing", "mended", "new", "gone"))


def test_the_page_escapes_what_was_said(tmp_path: Path) -> None:
    page = written(
        tmp_path, "report.html", BROKEN | {"turns": [turn("<script>alert('x')</script> {{ 7*7 }}")]}, ACCEPTED
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "Heat" in page
    assert "http" not in page  # needs nothing from anywhere


def test_junit_is_xml_whatever_was_said(tmp_path: Path) -> None:
    top = Xml.fromstring(written(tmp_path, "report.xml", BROKEN, row()).encode())
    suite = top[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "alert" in (suite[0][0].text or "")


def test_markdown_names_what_failed_and_what_changed(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.jsonl"
    written(tmp_path, "earlier.jsonl", row("broken"))
    told = written(tmp_path, "report.md", row("broken", turn(wrong=[wrong()]), failed=True), since=earlier)
    assert "passed | 0 of 1 (0.0%)" in told
    assert "`a.conv.yaml:2` broken (rules): reply: expected words" in told
    assert "fail now: a.conv.yaml::broken (rules)" in told


def test_json_lines_have_no_times(tmp_path: Path) -> None:
    written(tmp_path, "report.jsonl", ACCEPTED)
    rows = read_rows(tmp_path / "report.jsonl")
    assert "ms" not in rows[0]["turns"][0]
    assert rows[0]["turns"][0]["text"] == "hello"


@pytest.mark.parametrize("text", ["", "not json", json.dumps({"name": "x"}), "[]"])
def test_what_is_no_report_is_refused_before_anything_runs(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.jsonl").write_text(text, encoding="utf-8")
    if not text:
        assert Output((), tmp_path / "r.jsonl").earlier == []
        return
    with pytest.raises(ReportError, match="no report of an earlier run"):
        Output((), tmp_path / "r.jsonl")


def test_an_unknown_format_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report\.pdf"):
        Output((tmp_path / "report.pdf",))
