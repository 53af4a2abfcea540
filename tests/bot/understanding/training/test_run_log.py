"""What a run writes down: the CSV file, and TensorBoard's event files read back."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.understanding.training.run_log import COLUMNS, CsvLog, Measured, TensorBoardLog, columns, objective
from bot.understanding.training.tasks import Task, TrainingError

TASKS = (Task("understanding"), Task("wording", 0.5))
POINT = Measured(
    step=10,
    tokens=2000,
    answer_tokens=300,
    seconds=12.34,
    losses={"understanding": 0.5, "wording": 2.0},
    norm=0.75,
    rate=4e-4,
    tokens_per_second=162.5,
)
LATER = replace(
    POINT, step=20, dev={"understanding": 0.25, "wording": 1.5}, unseen={"understanding": 0.75, "wording": 1.0}
)


def told(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_objective_is_the_weighted_sum() -> None:
    assert objective(POINT.losses, TASKS) == 1.5
    assert objective({}, TASKS) is None


def test_a_row_has_the_objective_and_every_task(tmp_path: Path) -> None:
    log = CsvLog(tmp_path / "training.csv", TASKS, 0)
    log.write(POINT)
    log.write(LATER)
    first, second = told(tmp_path / "training.csv")
    assert tuple(first) == columns(TASKS)
    assert (first["loss"], first["dev_loss"], first["wording_loss"], first["wording_dev_loss"]) == (
        "1.5",
        "",
        "2.0",
        "",
    )
    assert (second["dev_loss"], second["unseen_loss"], second["wording_dev_loss"]) == ("1.0", "1.25", "1.5")
    assert (first["seconds"], first["rate"], first["tokens_per_second"]) == ("12.3", "4.00e-04", "162")


def test_one_task_alone_has_the_columns_of_before(tmp_path: Path) -> None:
    CsvLog(tmp_path / "training.csv", TASKS[:1], 0).write(POINT)
    (row,) = told(tmp_path / "training.csv")
    assert tuple(row) == COLUMNS
    assert row["loss"] == "0.5"


def test_a_resumed_log_drops_what_is_done_again(tmp_path: Path) -> None:
    log = CsvLog(tmp_path / "training.csv", TASKS, 0)
    log.write(POINT)
    log.write(LATER)
    CsvLog(tmp_path / "training.csv", TASKS, 15)
    assert [row["step"] for row in told(tmp_path / "training.csv")] == ["10"]


def test_event_files_hold_losses_scores_and_speed(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    log = TensorBoardLog(tmp_path, TASKS, 0)
    log.write(POINT)
    log.write(LATER)
    log.close(20, {"dev": {"intent": 0.875, "loss": 0.125}, "wording": {"dev_loss": 1.5}})
    events = accumulator.EventAccumulator(str(tmp_path))
    events.Reload()

    def points(name: str) -> list[tuple[int, float]]:
        return [(e.step, pytest.approx(e.value)) for e in events.Scalars(name)]

    assert points("loss/all") == [(10, 1.5), (20, 1.5)]
    assert points("loss/wording") == [(10, 2.0), (20, 2.0)]
    assert points("dev_loss/understanding") == [(20, 0.25)]
    assert points("dev_loss/all") == [(20, 1.0)]
    assert points("unseen_loss/wording") == [(20, 1.0)]
    assert points("training/learning_rate") == [(10, 4e-4), (20, 4e-4)]
    assert points("training/tokens_per_second") == [(10, 162.5), (20, 162.5)]
    assert points("training/gradient_norm") == [(10, 0.75), (20, 0.75)]
    assert points("score_dev/intent") == [(20, 0.875)]
    assert points("score_wording/dev_loss") == [(20, 1.5)]


def test_a_resumed_run_replaces_its_points(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    first = TensorBoardLog(tmp_path, TASKS, 0)
    first.write(POINT)
    first.write(LATER)
    first.close(20, {})
    again = TensorBoardLog(tmp_path, TASKS, 15)
    again.write(replace(LATER, norm=0.5))
    again.close(20, {})
    events = accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    assert [(e.step, e.value) for e in events.Scalars("training/gradient_norm")] == [(10, 0.75), (20, 0.5)]


def test_without_tensorboard_the_hint_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(TrainingError, match="TensorBoard is not installed") as raised:
        TensorBoardLog(tmp_path, TASKS, 0)
    assert "chatalogue[training]" in raised.value.hint
