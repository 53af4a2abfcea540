"""Simulated users as scripts: what is written runs green at once, and tells of a change."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from bot.conversations.benches import Benches
from bot.conversations.loading import load_cases
from bot.simulation.exporting import MOST, NAME, check_folder, export_scripts
from bot.simulation.persona import SimulationError
from bot.simulation.simulate import Exchange, Run


def said(*texts: str, target: str = "x", success: int | None = None) -> Run:
    exchanges = tuple(Exchange(text, "recommend", (), None, (), 1.0) for text in texts)
    return Run(SimpleNamespace(user="ann", target=target), "ours", exchanges, success)  # type: ignore[arg-type]


RUNS = (
    said("something warm for a walk in the rain", "cheaper please", "no wool", success=3),
    said("a wool sweater", "not the first one", "what about something blue"),
)


def test_what_is_written_runs_green_at_once(shop_folder: Path, tmp_path: Path) -> None:
    path = export_scripts(RUNS, shop_folder, str(shop_folder), tmp_path / "talks")
    benches = Benches(tmp_path / "data", lambda _: None)
    cases = load_cases(path)
    assert [case.conversation for case in cases] == ["1: x, found after 3", "2: x, not found"]
    assert [len(case.turns) for case in cases] == [3, 3]
    assert [str(benches.run(case)) for case in cases if benches.run(case).failed] == []
    benches.close()


def test_it_tells_of_a_change(shop_folder: Path, tmp_path: Path) -> None:
    path = export_scripts(RUNS[:1], shop_folder, str(shop_folder), tmp_path)
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    script["conversations"][0]["turns"][2]["expect"]["state"]["constraints"] = [["material", "cotton", 1]]
    path.write_text(yaml.safe_dump(script), encoding="utf-8")
    benches = Benches(tmp_path / "data", lambda _: None)
    assert benches.run(load_cases(path)[0]).failed
    benches.close()


def test_so_many_are_written_at_most(shop_folder: Path, tmp_path: Path) -> None:
    path = export_scripts([said("hello")] * (MOST + 1), shop_folder, str(shop_folder), tmp_path)
    assert len(load_cases(path)) == MOST


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("mine", encoding="utf-8")
    with pytest.raises(SimulationError, match="exists"):
        check_folder(tmp_path)
