"""`chatalogue test --init`: a suite for a catalogue that nobody has seen passes, and notices what is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversations.benches import Lane
from bot.conversations.command import Choice, init_suite, run_path
from bot.conversations.nodes import ScriptError
from bot.conversations.report import Output
from bot.settings import Settings

CATALOGUE = """\
name = "eateries"
item = "restaurant"
items = "items.csv"
[columns]
id = "code"
title = "name"
text = ["blurb"]
[facets.cuisine]
column = "cuisine"
kind = "category"
[facets.district]
column = "district"
kind = "entity"
[facets.price]
column = "price"
kind = "number"
unit = "EUR"
better = "lower"
"""
ROWS = [
    ("Golden Spoon", "Italian", "Harbour"), ("Quiet Lantern", "Japanese", "Old Town"),
    ("Copper Fig", "Italian", "Old Town"), ("Salty Anchor", "Mexican", "Harbour"),
    ("Paper Heron", "Japanese", "Riverside"), ("Little Garden", "Indian", "Riverside"),
    ("Blue Table", "Indian", "Harbour"), ("Happy Heron", "Mexican", "Riverside"),
]  # fmt: skip


@pytest.fixture
def eateries(tmp_path: Path) -> Path:
    folder = tmp_path / "eateries"
    folder.mkdir()
    (folder / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    rows = [f"r{n},{t},{c},{d},{10 + 7 * n},{c} kitchen with a view" for n, (t, c, d) in enumerate(ROWS)]
    (folder / "items.csv").write_text("\n".join(["code,name,cuisine,district,price,blurb", *rows]) + "\n")
    return folder


def _run(suite: Path, choice: Choice | None = None) -> int:
    return run_path(suite, Lane("scripted", "inproc"), choice or Choice(), Output(), lambda line: None)


def test_it_runs_with_zero_edits(eateries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = tmp_path / "suite"
    init_suite(Settings(catalogue=str(eateries)), suite, lambda line: None)
    assert {path.name.partition(".")[0] for path in suite.iterdir()} == {"manners", "facets", "items", "changes"}
    assert _run(suite) == 0, capsys.readouterr().out
    told = capsys.readouterr().out
    for name in ("cuisine wanted: Indian", "district avoided: Harbour", "nothing matches both", "price: up to €38"):
        assert name in told


def test_it_notices_a_filter_that_is_off(
    eateries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = tmp_path / "suite"
    init_suite(Settings(catalogue=str(eateries)), suite, lambda line: None)
    monkeypatch.setattr("bot.picking.hard_filter", lambda state, catalogue: None)
    assert _run(suite, Choice(name="wanted")) == 1


def test_nothing_is_overwritten(eateries: Path, tmp_path: Path) -> None:
    suite = tmp_path / "suite"
    settings = Settings(catalogue=str(eateries))
    init_suite(settings, suite, lambda line: None)
    (suite / "items.conv.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(ScriptError, match="already has"):
        init_suite(settings, suite, lambda line: None)
    assert (suite / "items.conv.yaml").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made(eateries: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ScriptError, match="cannot be written"):
        init_suite(Settings(catalogue=str(eateries)), tmp_path / "file" / "suite", lambda line: None)
