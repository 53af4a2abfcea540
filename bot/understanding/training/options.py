"""What a training run is told, and the command line that tells it. Knows no model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.understanding.training.tasks import ALONE, SOURCES, Task, parse_tasks

ASSET = "smollm2-135m-instruct"  #: the default base


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is told.

    `base` is a folder or hub id to load, `name` what the adapter says it belongs to, never a path. `start` is an
    adapter folder to go on from. The run ends after `steps` steps, or, where that is None, after `minutes` of training
    over all resumptions; the final evaluation comes on top. `tensorboard` is a folder for event files.
    """

    base: str
    out: Path
    name: str = ASSET
    start: Path | None = None
    tasks: tuple[Task, ...] = ALONE
    minutes: float = 60
    steps: int | None = None
    seed: int = 1
    rank: int = 16
    learning_rate: float = 8e-4
    checkpoint_minutes: float = 5
    dev_packs: int = 12
    dev_samples: int = 60
    threads: int = 2
    tensorboard: Path | None = None


def parser() -> argparse.ArgumentParser:
    """The arguments of `python -m bot.understanding.training`."""
    p = argparse.ArgumentParser(prog="python -m bot.understanding.training", description="Train the reader's adapter.")
    p.add_argument("--base", default=ASSET, help="the base model: an asset's name, a folder or a hub id")
    p.add_argument(
        "--out", type=Path, required=True, help="folder for adapter, log and checkpoint; resumed if it has one"
    )
    p.add_argument("--from", dest="start", type=Path, help="an adapter folder to go on from (default: a fresh adapter)")
    p.add_argument(
        "--task",
        dest="tasks",
        action="append",
        metavar="NAME=WEIGHT",
        help=f"one of {', '.join(SOURCES)}, and its weight in the loss; may be repeated (default: understanding=1)",
    )
    until = p.add_mutually_exclusive_group()
    until.add_argument("--minutes", type=float, default=60, help="training time (default: 60)")
    until.add_argument("--steps", type=int, help="steps instead of minutes: the same weights however often interrupted")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rank", type=int, default=16)
    p.add_argument("--learning-rate", type=float, default=8e-4)
    p.add_argument("--checkpoint-minutes", type=float, default=5)
    p.add_argument("--dev-packs", type=int, default=12)
    p.add_argument("--dev-samples", type=int, default=60)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--tensorboard", type=Path, metavar="DIR", help="also write TensorBoard's event files there")
    return p


def parse_options(command: Sequence[str]) -> Options:
    """The options of a command line; ends the process on one that cannot be read. Raises TrainingError."""
    given = vars(parser().parse_args(command))
    return Options(**given | {"tasks": parse_tasks(given["tasks"] or ())})
