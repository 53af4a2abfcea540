"""Training the reader: a low-rank adapter on the base model, from generated packs, for a given time.

The base is any causal language model that transformers can load with a custom attention. The learning rate follows the
share of the time that is spent. A checkpoint every few minutes lets an interrupted run go on where it was. Knows
nothing of how the reader decodes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from bot.llm.loading import sources_sha256
from bot.settings import load_settings
from bot.understanding.training.generate import UNSEEN, Pack, generate
from bot.understanding.training.optimizer import MasterAdamW, learning_rate_at
from bot.understanding.training.packing import ATTENTION, register_attention
from bot.understanding.training.plot import write_plot
from bot.understanding.training.scores import dev_packs, loss_of, mean_loss, score
from retrieval.assets import resolve

ASSET = "smollm2-135m-instruct"  #: the default base
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
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
UNSEEN_PACKS = 6


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is told.

    `base` is a folder or hub id to load, `name` what the adapter says it belongs to, never a path. `start` is an
    adapter folder to go on from. `minutes` is training time over all resumptions, without the final evaluation.
    """

    base: str
    out: Path
    name: str = ASSET
    start: Path | None = None
    minutes: float = 60
    seed: int = 1
    rank: int = 16
    learning_rate: float = 8e-4
    checkpoint_minutes: float = 5
    dev_packs: int = 12
    dev_samples: int = 60
    threads: int = 2


@dataclass
class Progress:
    """How far a run is; what a checkpoint holds beside tensors."""

    step: int = 0
    tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0


def load(options: Options) -> tuple[Any, Any]:
    """(model with an adapter in bfloat16, fresh or with the weights of `start`, tokenizer)."""
    from peft import LoraConfig, PeftModel, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    register_attention()
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    base = AutoModelForCausalLM.from_pretrained(options.base, dtype=torch.bfloat16, attn_implementation=ATTENTION)
    if options.start is not None:
        started = PeftModel.from_pretrained(base, str(options.start), is_trainable=True, autocast_adapter_dtype=False)
        return started, tokenizer
    known = {name.rpartition(".")[2] for name, _ in base.named_modules()}
    config = LoraConfig(
        r=options.rank,
        lora_alpha=2 * options.rank,
        target_modules=LINEAR if known.issuperset(LINEAR) else "all-linear",
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, config, autocast_adapter_dtype=False)
    return model, tokenizer


def save_adapter(model: Any, folder: Path, name: str) -> None:
    """The adapter in bfloat16, which says that it belongs to the base `name`."""
    model.peft_config["default"].base_model_name_or_path = name
    model.save_pretrained(str(folder))


def _save_checkpoint(folder: Path, optimizer: MasterAdamW, progress: Progress) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "checkpoint.part"
    torch.save({"optimizer": optimizer.state(), "progress": asdict(progress)}, part)
    part.replace(folder / "checkpoint.pt")


def _resume(folder: Path, optimizer: MasterAdamW) -> Progress:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return Progress()
    state = torch.load(path, weights_only=True)
    optimizer.restore(state["optimizer"])
    return Progress(**state["progress"])


def _sha256(weights: Path) -> str | None:
    """The sha256 of weights; None when they are not a file here."""
    return hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else None


def run(options: Options, command: list[str]) -> dict[str, Any]:
    """Train until the time is up, evaluate, save; returns what `training.json` says."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model, tokenizer = load(options)
    optimizer = MasterAdamW([p for p in model.parameters() if p.requires_grad], options.learning_rate)
    options.out.mkdir(parents=True, exist_ok=True)
    progress = _resume(options.out, optimizer)
    dev = (dev_packs(options.dev_packs), dev_packs(UNSEEN_PACKS, UNSEEN))
    model.train()
    with (options.out / "training.csv").open("a", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        if file.tell() == 0:
            log.writerow(COLUMNS)
        for row in _steps(options, model, tokenizer, optimizer, progress, dev):
            log.writerow(row)
            file.flush()
    scores = {
        "dev": asdict(score(model, tokenizer, dev_packs(options.dev_samples))),
        UNSEEN: asdict(score(model, tokenizer, dev_packs(options.dev_samples // 2, UNSEEN))),
    }
    save_adapter(model, options.out, options.name)
    report = {
        "command": ["python", "-m", "bot.understanding.training", *command],
        "options": {k: v for k, v in asdict(options).items() if k not in ("base", "name", "out", "start")},
        "started_from_sha256": _sha256(options.start / "adapter_model.safetensors") if options.start else None,
        "base": options.name,
        "base_sha256": _sha256(Path(options.base) / "model.safetensors"),
        "base_source_sha256": next(iter(sources_sha256(Path(options.base))), None),
        **asdict(progress),
        "scores": scores,
        "versions": {name: version(name) for name in ("torch", "transformers", "peft", "safetensors")},
    }
    write_plot(options.out / "training.csv", options.out / "training.svg")
    (options.out / "training.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _steps(
    options: Options,
    model: Any,
    tokenizer: Any,
    optimizer: MasterAdamW,
    progress: Progress,
    dev: tuple[list[Pack], list[Pack]],
) -> Iterator[list[object]]:
    """Train; yields a row for the log every ten steps, with `COLUMNS`."""
    saved = time.monotonic()
    window: list[float] = []
    spent, seen = 0.0, 0
    for source in generate(options.seed, skip=progress.step):
        share = progress.seconds / (60 * options.minutes)
        if share >= 1:
            break
        rate = learning_rate_at(share, options.learning_rate)
        before = (progress.seconds, progress.tokens)
        loss, norm = _step(model, tokenizer, optimizer, progress, source, rate)
        window.append(loss)
        spent, seen = spent + progress.seconds - before[0], seen + progress.tokens - before[1]
        late = time.monotonic() - saved > 60 * options.checkpoint_minutes
        if progress.step % 10 == 0 or late:
            measured = [round(mean_loss(model, tokenizer, d), 4) if late else "" for d in dev]
            mean, speed = round(sum(window) / len(window), 4), round(seen / spent)
            line = f"step {progress.step} {share:.1%} loss {mean} {measured[0]} {measured[1]} {speed} tokens/s"
            print(line, file=sys.stderr, flush=True)
            done = (progress.step, progress.tokens, progress.answer_tokens, round(progress.seconds, 1))
            yield [*done, mean, *measured, round(norm, 3), f"{rate:.2e}", speed]
            window, spent, seen = [], 0.0, 0
        if late:
            _save_checkpoint(options.out, optimizer, progress)
            save_adapter(model, options.out, options.name)
            saved = time.monotonic()
    _save_checkpoint(options.out, optimizer, progress)


def _step(
    model: Any, tokenizer: Any, optimizer: MasterAdamW, progress: Progress, source: Pack, rate: float
) -> tuple[float, float]:
    """One pack; returns its loss and the norm of its gradient."""
    started = time.monotonic()
    loss, tokens, answers = loss_of(model, tokenizer, source)
    torch.autograd.backward(loss)
    norm = optimizer.step(rate)
    progress.step += 1
    progress.tokens += tokens
    progress.answer_tokens += answers
    progress.seconds += time.monotonic() - started
    return float(loss.detach()), norm


def parser() -> argparse.ArgumentParser:
    """The arguments of `python -m bot.understanding.training`."""
    p = argparse.ArgumentParser(prog="python -m bot.understanding.training", description="Train the reader's adapter.")
    p.add_argument("--base", default=ASSET, help="the base model: an asset's name, a folder or a hub id")
    p.add_argument(
        "--out", type=Path, required=True, help="folder for adapter, log and checkpoint; resumed if it has one"
    )
    p.add_argument("--from", dest="start", type=Path, help="an adapter folder to go on from (default: a fresh adapter)")
    p.add_argument("--minutes", type=float, default=60, help="training time (default: 60)")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rank", type=int, default=16)
    p.add_argument("--learning-rate", type=float, default=8e-4)
    p.add_argument("--checkpoint-minutes", type=float, default=5)
    p.add_argument("--dev-packs", type=int, default=12)
    p.add_argument("--dev-samples", type=int, default=60)
    p.add_argument("--threads", type=int, default=2)
    return p


def main(argv: list[str] | None = None) -> int:
    """Train as told on the command line; prints the report."""
    command = sys.argv[1:] if argv is None else argv
    options = Options(**vars(parser().parse_args(command)))
    base = resolve(options.base, load_settings().cache, lambda line: print(line, file=sys.stderr))
    name = Path(options.base).resolve().name if Path(options.base).is_dir() else options.base
    report = run(replace(options, base=str(base), name=name), command)
    print(json.dumps(report, indent=2))
    return 0
