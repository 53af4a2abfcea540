"""The tasks that one adapter learns together, with their weights in the loss and the packs of each.

Every source takes a seed, a split, how many packs to skip, and a domain; the same seed gives the same packs, and packs
are skipped for free, which is what makes a run resumable. Knows no model and no loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from bot.understanding.training.generate import generate
from bot.understanding.training.lists import Split
from bot.understanding.training.packing import PromptedPack
from bot.understanding.training.wording import generate_questions, generate_wording
from retrieval.errors import ChatalogueError

READING = "understanding"  #: the task that the adapter is for
DEV_SEED = 1  #: of the held-out packs, whatever the seed of the training


class TrainingError(ChatalogueError):
    """A training run that cannot be done as it was told."""

    code = "training"


class Source(Protocol):
    """Packs without end, from the `skip`-th on; of one domain, or of all that are trained on."""

    def __call__(
        self, seed: int, split: Split = "train", skip: int = 0, domain: str | None = None
    ) -> Iterator[PromptedPack]: ...


SOURCES: dict[str, Source] = {READING: generate, "wording": generate_wording, "asking": generate_questions}


@dataclass(frozen=True, slots=True)
class Task:
    """One part of the loss: `weight` > 0 is its w in Σ wᵢ·Lᵢ."""

    name: str
    weight: float = 1.0

    def packs(self, seed: int, skip: int = 0) -> Iterator[PromptedPack]:
        """The packs to train on, from the `skip`-th on."""
        return SOURCES[self.name](seed, "train", skip)

    def held_out(self, count: int, domain: str | None = None) -> Sequence[PromptedPack]:
        """The first packs of held-out phrasings."""
        return list(islice(SOURCES[self.name](DEV_SEED, "dev", 0, domain), count))


ALONE = (Task(READING),)  #: the default


def parse_task(text: str) -> Task:
    """`wording=0.3`, or `wording` for a weight of 1. Raises TrainingError."""
    name, _, weight = text.partition("=")
    if name not in SOURCES:
        raise TrainingError(f"there is no task {name!r}", hint=f"name one of {', '.join(SOURCES)}")
    try:
        number = float(weight or 1)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise TrainingError(f"the weight of {name!r} is {weight!r}", hint="give a number above 0, as in wording=0.3")
    return Task(name, number)


def parse_tasks(texts: Sequence[str]) -> tuple[Task, ...]:
    """The tasks told, each once; none told: `ALONE`. Raises TrainingError."""
    tasks = tuple(map(parse_task, texts)) or ALONE
    if len({t.name for t in tasks}) < len(tasks):
        raise TrainingError(f"a task is named twice in {list(texts)!r}", hint="give every task once, with its weight")
    return tasks
