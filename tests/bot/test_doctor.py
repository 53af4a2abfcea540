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
