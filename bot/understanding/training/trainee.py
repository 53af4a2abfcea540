"""The model in training: a base with a low-rank adapter, its tokenizer and optimizer, and one step of them.

Knows no schedule, no log and no files but the base's and the adapter's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from bot.understanding.training.optimizer import MasterAdamW
from bot.understanding.training.options import Options
from bot.understanding.training.packing import ATTENTION, PromptedPack, register_attention
from bot.understanding.training.scores import loss_of, mean_loss
from bot.understanding.training.tasks import Task

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, slots=True)
class Trainee:
    """What is trained. `model` is a peft model loaded with our attention."""

    model: Any
    tokenizer: Any
    optimizer: MasterAdamW


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step: every task's loss in nats an answer token, the gradient's norm before clipping, and what was read."""

    losses: Mapping[str, float]
    norm: float
    tokens: int
    answer_tokens: int


def prepare(options: Options) -> Trainee:
    """The base with its adapter and a fresh optimizer, ready to train."""
    model, tokenizer = load(options)
    model.train()
    return Trainee(
        model, tokenizer, MasterAdamW([p for p in model.parameters() if p.requires_grad], options.learning_rate)
    )


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


def step(trainee: Trainee, tasks: Sequence[Task], packs: Sequence[PromptedPack], rate: float) -> Stepped:
    """Down the gradient of Σ wᵢ·Lᵢ, with one pack a task, one after the other: memory holds one graph at a time."""
    losses: dict[str, float] = {}
    tokens = answers = 0
    for task, source in zip(tasks, packs, strict=True):
        loss, read, answered = loss_of(trainee.model, trainee.tokenizer, source)
        torch.autograd.backward(task.weight * loss)
        losses[task.name] = float(loss.detach())
        tokens, answers = tokens + read, answers + answered
    return Stepped(losses, trainee.optimizer.step(rate), tokens, answers)


def losses_on(trainee: Trainee, packs: Mapping[str, Sequence[PromptedPack]]) -> dict[str, float]:
    """Every task's mean loss on packs that are not trained on."""
    return {name: mean_loss(trainee.model, trainee.tokenizer, of_task) for name, of_task in packs.items()}
