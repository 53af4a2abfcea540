"""Training: a low-rank adapter on the base model, from generated packs, for a given time or number of steps.

A step takes one pack of every task and goes down the gradient of

    L = Σ wᵢ · Lᵢ

where Lᵢ is the mean cross-entropy over the answer tokens of task i's pack, in nats, and wᵢ its weight; the weights are
not normalised. The base is any causal language model that transformers can load with a custom attention. A checkpoint
every few minutes lets an interrupted run go on where it was. The learning rate follows the share of the run that is
done: of its steps, and then the weights do not depend on interruptions, or of its minutes, and then they do, because a
machine does not take the same time twice. Knows nothing of how the reader decodes.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from bot.llm.loading import sources_sha256
from bot.settings import load_settings
from bot.understanding.training.checkpoint import Progress, read_checkpoint, save_checkpoint
from bot.understanding.training.generate import UNSEEN
from bot.understanding.training.optimizer import learning_rate_at
from bot.understanding.training.options import Options, parse_options
from bot.understanding.training.packing import PromptedPack
from bot.understanding.training.plot import write_plot
from bot.understanding.training.run_log import CsvLog, Measured, RunLog, TensorBoardLog, objective
from bot.understanding.training.scores import dev_packs, score
from bot.understanding.training.tasks import READING, Task
from bot.understanding.training.trainee import Stepped, Trainee, losses_on, prepare, save_adapter, step
from retrieval.assets import resolve

UNSEEN_PACKS = 6
EVERY = 10  #: steps between two rows of the log


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Packs to measure on, by task; the same all through a run."""

    dev: Mapping[str, Sequence[PromptedPack]]
    unseen: Mapping[str, Sequence[PromptedPack]]


@dataclass(slots=True)
class _Window:
    """The steps since the last row of the log."""

    steps: list[Stepped] = field(default_factory=list)
    seconds: float = 0.0

    def losses(self) -> dict[str, float]:
        return {name: sum(s.losses[name] for s in self.steps) / len(self.steps) for name in self.steps[0].losses}

    def speed(self) -> float:
        return sum(s.tokens for s in self.steps) / self.seconds


def run(options: Options, command: list[str]) -> dict[str, Any]:
    """Train until the end, evaluate, save; returns what `training.json` says. Raises TrainingError."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = read_checkpoint(options.out, _told(options))
    progress = checkpoint.progress if checkpoint else Progress()
    logs = _logs(options, progress.step)
    trainee = prepare(options)
    if checkpoint:
        trainee.optimizer.restore(checkpoint.optimizer)
    held_out = HeldOut(
        {t.name: t.held_out(options.dev_packs) for t in options.tasks},
        {t.name: t.held_out(UNSEEN_PACKS, UNSEEN) for t in options.tasks},
    )
    for measured in _measured(options, trainee, progress, held_out):
        for log in logs:
            log.write(measured)
    save_adapter(trainee.model, options.out, options.name)
    scores = _scores(options, trainee, held_out)
    report = _record(options, command, progress) | {"scores": scores}
    for log in logs:
        log.close(progress.step, scores)
    write_plot(options.out / "training.csv", options.out / "training.svg")
    (options.out / "training.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _logs(options: Options, done: int) -> list[RunLog]:
    logs: list[RunLog] = [CsvLog(options.out / "training.csv", options.tasks, done)]
    if options.tensorboard is not None:
        logs.append(TensorBoardLog(options.tensorboard, options.tasks, done))
    return logs


def _measured(options: Options, trainee: Trainee, progress: Progress, held_out: HeldOut) -> Iterator[Measured]:
    """Train to the end; yields what is measured every `EVERY` steps, at every checkpoint and at the end."""
    saved = time.monotonic()
    window = _Window()
    packs = zip(*(t.packs(options.seed, progress.step) for t in options.tasks), strict=True)
    while (share := _share(options, progress)) < 1:
        started = time.monotonic()
        rate = learning_rate_at(share, options.learning_rate)
        window.steps.append(step(trainee, options.tasks, next(packs), rate))
        _advance(progress, window, time.monotonic() - started)
        due = _share(options, progress) >= 1 or time.monotonic() - saved > 60 * options.checkpoint_minutes
        if progress.step % EVERY == 0 or due:
            told = _measure(progress, window, rate)
            if due:
                told = replace(told, dev=losses_on(trainee, held_out.dev), unseen=losses_on(trainee, held_out.unseen))
            print(_line(told, options.tasks, share), file=sys.stderr, flush=True)
            yield told
            window = _Window()
        if due:
            _save(options, trainee, progress)
            saved = time.monotonic()


def _share(options: Options, progress: Progress) -> float:
    """How much of the run is done."""
    if options.steps is not None:
        return progress.step / options.steps if options.steps else 1.0
    return progress.seconds / (60 * options.minutes)


def _advance(progress: Progress, window: _Window, seconds: float) -> None:
    progress.step += 1
    progress.tokens += window.steps[-1].tokens
    progress.answer_tokens += window.steps[-1].answer_tokens
    progress.seconds += seconds
    window.seconds += seconds


def _measure(progress: Progress, window: _Window, rate: float) -> Measured:
    norm = window.steps[-1].norm
    return Measured(**asdict(progress), losses=window.losses(), norm=norm, rate=rate, tokens_per_second=window.speed())


def _line(m: Measured, tasks: Sequence[Task], share: float) -> str:
    """What is told while training."""
    told = [f"step {m.step} {share:.1%}"]
    for name, losses in (("loss", m.losses), ("dev", m.dev), ("unseen", m.unseen)):
        if losses:
            own = " ".join(f"{t.name} {losses[t.name]:.4f}" for t in tasks)
            told.append(f"{name} {objective(losses, tasks):.4f}" + (f" ({own})" if len(tasks) > 1 else ""))
    return ", ".join([*told, f"{m.tokens_per_second:.0f} tokens/s"])


def _save(options: Options, trainee: Trainee, progress: Progress) -> None:
    save_checkpoint(options.out, trainee.optimizer, progress, _told(options))
    save_adapter(trainee.model, options.out, options.name)


def _told(options: Options) -> dict[str, object]:
    """What decides the weights, but for the end."""
    return {
        "base": options.name,
        "started_from_sha256": _started_from(options),
        "tasks": [[t.name, t.weight] for t in options.tasks],
        "seed": options.seed,
        "rank": options.rank,
        "learning_rate": options.learning_rate,
    }


def _started_from(options: Options) -> str | None:
    return _sha256(options.start / "adapter_model.safetensors") if options.start else None


def _sha256(weights: Path) -> str | None:
    """The sha256 of weights; None when they are not a file here."""
    return hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else None


def _record(options: Options, command: list[str], progress: Progress) -> dict[str, Any]:
    """What `training.json` says beside the scores."""
    apart = ("base", "name", "out", "start", "tasks", "tensorboard")
    return {
        "command": ["python", "-m", "bot.understanding.training", *command],
        "options": {k: v for k, v in asdict(options).items() if k not in apart},
        "tasks": {t.name: t.weight for t in options.tasks},
        "started_from_sha256": _started_from(options),
        "base": options.name,
        "base_sha256": _sha256(Path(options.base) / "model.safetensors"),
        "base_source_sha256": next(iter(sources_sha256(Path(options.base))), None),
        **asdict(progress),
        "versions": {name: version(name) for name in ("torch", "transformers", "peft", "safetensors")},
    }


def _scores(options: Options, trainee: Trainee, held_out: HeldOut) -> dict[str, dict[str, float]]:
    """Of reading on held-out phrasings ("dev") and on the unseen domain; of every other task its losses on both."""
    found: dict[str, dict[str, float]] = {}
    for task in options.tasks:
        if task.name == READING:
            for name, count, domain in (("dev", options.dev_samples, None), (UNSEEN, options.dev_samples // 2, UNSEEN)):
                found[name] = asdict(score(trainee.model, trainee.tokenizer, dev_packs(count, domain)))
    others = {t.name for t in options.tasks} - {READING}
    dev, unseen = (losses_on(trainee, {n: p[n] for n in p if n in others}) for p in (held_out.dev, held_out.unseen))
    return found | {name: {"dev_loss": round(dev[name], 4), "unseen_loss": round(unseen[name], 4)} for name in dev}


def main(argv: list[str] | None = None) -> int:
    """Train as told on the command line; prints the report. Raises ChatalogueError."""
    command = sys.argv[1:] if argv is None else argv
    options = parse_options(command)
    base = resolve(options.base, load_settings().cache, lambda line: print(line, file=sys.stderr))
    name = Path(options.base).resolve().name if Path(options.base).is_dir() else options.base
    report = run(replace(options, base=str(base), name=name), command)
    print(json.dumps(report, indent=2))
    return 0
