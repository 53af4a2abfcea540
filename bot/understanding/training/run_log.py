"""The log of a training run: a CSV file always and TensorBoard's event files if asked.

Knows the names of the tasks; knows no model. `plot.py` draws the CSV file.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bot.understanding.training.tasks import Task, TrainingError

COLUMNS = (
    "step",
    "tokens",
    "answer_tokens",
    "seconds",
    "loss",
    "dev_loss",
    "unseen_loss",
    "norm",
    "rate",
    "tokens_per_second",
)
LOSSES = ("loss", "dev_loss", "unseen_loss")
Losses = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """Where a run stands after `step` steps.

    `losses` has every task's mean loss since the last of these, in nats an answer token; `dev` and `unseen` the loss on
    held-out phrasings and on the unseen domain, empty when they were not measured. `norm` is that of the last gradient
    before clipping, `rate` the learning rate, `seconds` the time spent training, over all resumptions.
    """

    step: int
    tokens: int
    answer_tokens: int
    seconds: float
    losses: Losses
    norm: float
    rate: float
    tokens_per_second: float
    dev: Losses = field(default_factory=dict)
    unseen: Losses = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[Losses, Losses, Losses]:
        """As `LOSSES` names them."""
        return self.losses, self.dev, self.unseen


def objective(losses: Losses, tasks: Sequence[Task]) -> float | None:
    """Σ wᵢ·Lᵢ; None when nothing was measured."""
    return sum(t.weight * losses[t.name] for t in tasks) if losses else None


class RunLog(Protocol):
    """Keeps what a run measures."""

    def write(self, measured: Measured) -> None:
        """One point of the run."""
        ...

    def close(self, step: int, scores: Mapping[str, Mapping[str, float]]) -> None:
        """The end: the scores on held-out phrasings, by what they were measured on."""
        ...


def columns(tasks: Sequence[Task]) -> tuple[str, ...]:
    """The CSV file's: `COLUMNS`, whose losses are Σ wᵢ·Lᵢ, and where there are several tasks each one's own losses."""
    return COLUMNS + (tuple(f"{t.name}_{kind}" for t in tasks for kind in LOSSES) if len(tasks) > 1 else ())


class CsvLog:
    """`training.csv`: what a resumed run does again, from `step` on, is taken out first."""

    def __init__(self, path: Path, tasks: Sequence[Task], step: int) -> None:
        self.path, self.tasks = path, tasks
        kept = list(csv.reader(path.open(newline="", encoding="utf-8")))[1:] if path.exists() else []
        self._write([list(columns(tasks)), *(row for row in kept if int(row[0]) <= step)], "w")

    def write(self, measured: Measured) -> None:
        """A row."""
        told = [_rounded(objective(losses, self.tasks)) for losses in measured.kinds]
        own = [_rounded(losses.get(t.name)) for t in self.tasks for losses in measured.kinds]
        done = [measured.step, measured.tokens, measured.answer_tokens, round(measured.seconds, 1)]
        row = [*done, *told, round(measured.norm, 3), f"{measured.rate:.2e}", round(measured.tokens_per_second)]
        self._write([row + (own if len(self.tasks) > 1 else [])], "a")

    def close(self, step: int, scores: Mapping[str, Mapping[str, float]]) -> None:
        """Nothing: `training.json` has the scores."""

    def _write(self, rows: Sequence[Sequence[object]], mode: str) -> None:
        with self.path.open(mode, newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


class TensorBoardLog:
    """Event files for TensorBoard in `folder`. Points that a resumed run measures again replace the old."""

    def __init__(self, folder: Path, tasks: Sequence[Task], step: int) -> None:
        writer = _summary_writer()
        self.tasks = tasks
        self.writer = writer(str(folder), purge_step=step + 1)

    def write(self, measured: Measured) -> None:
        """Its losses, the learning rate, the gradient's norm, the speed."""
        for kind, losses in zip(LOSSES, measured.kinds, strict=True):
            if losses:
                self._put(f"{kind}/all", objective(losses, self.tasks), measured.step)
            for name, value in losses.items():
                self._put(f"{kind}/{name}", value, measured.step)
        self._put("training/learning_rate", measured.rate, measured.step)
        self._put("training/gradient_norm", measured.norm, measured.step)
        self._put("training/tokens_per_second", measured.tokens_per_second, measured.step)
        self.writer.flush()

    def close(self, step: int, scores: Mapping[str, Mapping[str, float]]) -> None:
        """The scores at the end."""
        for on, found in scores.items():
            for name, value in found.items():
                self._put(f"score_{on}/{name}", value, step)
        self.writer.close()

    def _put(self, name: str, value: float | None, step: int) -> None:
        self.writer.add_scalar(name, value, step)


def _summary_writer() -> Any:
    """TensorBoard's writer. Raises TrainingError where it is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        hint = 'install it with `pip install "chatalogue[training]"`, or leave --tensorboard out'
        raise TrainingError("TensorBoard is not installed", hint=hint) from error
    return SummaryWriter
