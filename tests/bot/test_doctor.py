"""The examination's last line and its table are the whole truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import doctor
from bot.doctor import Finding, summary
from bot.settings import load_settings

OK = Finding("ok", "python", "3")
FETCH = Finding("note", "model", "missing", "wait", due="fetch")
BUILD = Finding("note", "index", "missing", "wait", due="build")


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ([OK, Finding("note", "reader", "the rules")], "nothing is wrong"),
        ([OK, BUILD], "nothing is wrong, but 1 thing is still to be fetched or built"),
        (
            [FETCH, FETCH, BUILD],
            "nothing is wrong, but 3 things are still to be fetched or built: the first start needs the network",
        ),
        ([FETCH, Finding("wrong", "torch", "is not installed")], "1 problem found"),
    ],
)
def test_the_summary_says_what_is_still_to_come(findings: list[Finding], line: str) -> None:
    assert summary(findings) == line


def test_a_long_folder_is_told_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    folder = "/" + "x" * 150 + "/END"
    for part in ("_assets", "_model", "_storage", "_index"):
        monkeypatch.setattr(doctor, part, lambda settings: [Finding("note", "model", folder, due="fetch")])
    assert doctor.examine(load_settings(cache=tmp_path), fix=False) == 0
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert printed.count("x") >= 4 * 150
    assert "4 things" in printed


def test_what_is_left_out_of_the_log_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATALOGUE_CATALOGUE", str(tmp_path))
    (tmp_path / "catalogue.toml").write_text(
        'name = "teas"\nitem = "tea"\nitems = "teas.csv"\ninteractions = "log.csv"\n'
        '[columns]\nid = "id"\ntitle = "title"\n',
        encoding="utf-8",
    )
    (tmp_path / "teas.csv").write_text("id,title\nt1,Sencha\n", encoding="utf-8")
    rows = ["u,t1,like,1700000000", "u,t1,like,1700000000", "v,t1,view,-5"]
    (tmp_path / "log.csv").write_text("\n".join(["user,item,event,timestamp", *rows]) + "\n", encoding="utf-8")
    findings = list(doctor._log(load_settings(cache=tmp_path)))
    told = [finding.what for finding in findings]
    assert {finding.level for finding in findings} == {"ok"}
    assert told[0].startswith("1 of 3 rows, 1 people, 1 items")
    assert told[2:] == ["left out: 1 rows, a time before 1970", "left out: 1 rows, the same row again"]


def test_a_log_that_was_not_fetched_yet_is_told_among_the_assets_alone(tmp_path: Path) -> None:
    assert list(doctor._log(load_settings(cache=tmp_path))) == []


def test_who_could_reach_a_server_is_told(tmp_path: Path) -> None:
    told = list(doctor._reach(load_settings(data=tmp_path)))
    assert [(finding.level, finding.subject) for finding in told] == [("ok", "server")]
    assert "127.0.0.1" in told[0].what
    beyond = list(doctor._reach(load_settings(data=tmp_path, host="0.0.0.0")))
    assert [finding.level for finding in beyond] == ["ok", "note"]
    assert "docs/safety.md" in beyond[1].what
    wrong = list(doctor._reach(load_settings(data=tmp_path, sites=tmp_path / "none.toml")))
    assert [(finding.level, bool(finding.remedy)) for finding in wrong] == [("wrong", True)]
