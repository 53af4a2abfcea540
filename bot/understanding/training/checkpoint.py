"""What an interrupted run goes on from. Knows no data and no model.

A checkpoint says what its run was told, so that nobody goes on with other data or another objective unawares: other
minutes and steps are fine, they only move the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from bot.understanding.training.optimizer import MasterAdamW
from bot.understanding.training.tasks import TrainingError

NAME = "checkpoint.pt"
Told = Mapping[str, object]  #: what decides the weights, as plain values


@dataclass
class Progress:
    """How far a run is; what a checkpoint holds beside tensors. Tokens are those of all tasks."""

    step: int = 0
    tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run in the middle."""

    optimizer: dict[str, Any]
    progress: Progress


def save_checkpoint(folder: Path, optimizer: MasterAdamW, progress: Progress, told: Told) -> None:
    """Replace the checkpoint of `folder`; an interruption leaves the old one whole."""
    part = folder / f"{NAME}.part"
    torch.save({"optimizer": optimizer.state(), "progress": asdict(progress), "told": dict(told)}, part)
    part.replace(folder / NAME)


def read_checkpoint(folder: Path, told: Told) -> Checkpoint | None:
    """The checkpoint of `folder`, if it has one. Raises TrainingError when that run was told otherwise."""
    path = folder / NAME
    if not path.exists():
        return None
    state = torch.load(path, weights_only=True)
    before = state.get("told", {})
    changed = [name for name in told if before.get(name) != told[name]]
    if changed:
        was = ", ".join(f"{name} {before.get(name)!r} (now {told[name]!r})" for name in changed)
        hint = "go on with the same options, or name another --out and go on from this one's adapter with --from"
        raise TrainingError(f"the run in {str(folder)!r} was told otherwise: {was}", hint=hint)
    return Checkpoint(state["optimizer"], Progress(**state["progress"]))
