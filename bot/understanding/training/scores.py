"""How well an adapter reads held-out phrasings: intent, slots, whole answers, and the loss.

Plain greedy decoding: no grammar, no linking, so that the figures speak of the model alone. Also a command:
`python -m bot.understanding.training.scores --adapter FOLDER`. Knows nothing of training.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from bot.settings import load_settings
from bot.understanding.target import parse_target
from bot.understanding.tokens import encode_prefix, encode_suffix, end_token
from bot.understanding.training.generate import UNSEEN, Pack, Sample, generate
from bot.understanding.training.packing import ATTENTION, PromptedPack, answer_logits, pack, register_attention
from bot.understanding.training.tasks import DEV_SEED, READING, SOURCES, Task
from retrieval.assets import resolve

MAX_NEW_TOKENS = 96
LOSS_PACKS = 12  #: that a loss is the mean of


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares in [0, 1] over `samples` messages; `loss` in nats an answer token.

    `slots`: F1 over slots, value and sign; `slots_without_sign`: over slots and values. `exact`: the whole answer.
    """

    samples: int
    intent: float
    slots: float
    slots_without_sign: float
    exact: float
    loss: float


def dev_packs(count: int, domain: str | None = None) -> list[Pack]:
    """Held-out phrasings; of one domain, or of all that are trained on."""
    return list(islice(generate(DEV_SEED, "dev", domain=domain), count))


def loss_of(model: Any, tokenizer: Any, source: PromptedPack) -> tuple[torch.Tensor, int, int]:
    """(mean cross-entropy over the answer tokens in nats, tokens, answer tokens)."""
    packed = pack(tokenizer, source)
    logits = answer_logits(model.get_base_model(), packed).float()
    return torch.nn.functional.cross_entropy(logits, packed.targets), packed.tokens, len(packed.targets)


@torch.no_grad()
def mean_loss(model: Any, tokenizer: Any, packs: Sequence[PromptedPack]) -> float:
    """Mean loss over packs."""
    model.eval()
    total = sum(float(loss_of(model, tokenizer, p)[0]) for p in packs)
    model.train()
    return total / len(packs)


def score(model: Any, tokenizer: Any, packs: list[Pack], each: int = 1) -> Scores:
    """The scores on the first `each` messages of every pack."""
    model.eval()
    chosen = [(p, s) for p in packs for s in p.samples[:each]]
    answers = [(s, _answer(model, tokenizer, p.prefix, s)) for p, s in chosen]
    model.train()
    parsed = [(s, _parsed(text)) for s, text in answers]
    signed = [({(x.slot, x.value, x.polarity) for x in s.slots}, set(found)) for s, (_, found) in parsed]
    unsigned = [({x[:2] for x in gold}, {x[:2] for x in found}) for gold, found in signed]
    right = [intent == s.intent.value for s, (intent, _) in parsed]
    exact = [r and gold == found for r, (gold, found) in zip(right, signed, strict=True)]
    n = len(chosen)
    loss = mean_loss(model, tokenizer, packs[:LOSS_PACKS])
    return Scores(n, sum(right) / n, _f1(signed), _f1(unsigned), sum(exact) / n, round(loss, 4))


def _f1(pairs: Iterable[tuple[set[Any], set[Any]]]) -> float:
    """Micro F1 of (wanted, found); 1 when nothing was wanted and nothing found."""
    listed = list(pairs)
    hits = sum(len(gold & found) for gold, found in listed)
    total = sum(len(gold) + len(found) for gold, found in listed)
    return 2 * hits / total if total else 1.0


@torch.no_grad()
def _answer(model: Any, tokenizer: Any, prefix: str, sample: Sample) -> str:
    end = end_token(tokenizer)
    ids = encode_prefix(tokenizer, prefix) + encode_suffix(tokenizer, sample.suffix)
    out = model.generate(
        input_ids=torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        max_new_tokens=MAX_NEW_TOKENS,
        do_sample=False,
        eos_token_id=end,
        pad_token_id=end,
    )
    return str(tokenizer.decode(out[0, len(ids) :], skip_special_tokens=True))


def _parsed(text: str) -> tuple[str, list[tuple[str, str, int]]]:
    """(intent, slots) of an answer; ("", []) of one that cannot be read."""
    try:
        intent, slots = parse_target(text)
    except ValueError:
        return "", []
    return intent.value, [(s.slot, s.value, s.polarity) for s in slots]


def main(argv: list[str] | None = None) -> int:
    """Print the scores of an adapter on held-out phrasings, trained domains and the unseen one, task by task."""
    p = argparse.ArgumentParser(prog="python -m bot.understanding.training.scores", description=main.__doc__)
    p.add_argument(
        "--base", default="smollm2-135m-instruct", help="the base model: an asset's name, a folder or a hub id"
    )
    p.add_argument("--adapter", type=Path, required=True)
    p.add_argument("--packs", type=int, default=60)
    p.add_argument("--each", type=int, default=2, help="messages of a pack (default: 2)")
    given = p.parse_args(argv)
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    register_attention()
    base = str(resolve(given.base, load_settings().cache, lambda line: print(line, file=sys.stderr)))
    tokenizer = AutoTokenizer.from_pretrained(base)
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16, attn_implementation=ATTENTION)
    model = PeftModel.from_pretrained(plain, str(given.adapter), autocast_adapter_dtype=False)
    found = {
        "dev": score(model, tokenizer, dev_packs(given.packs), given.each),
        UNSEEN: score(model, tokenizer, dev_packs(given.packs // 3, UNSEEN), given.each),
    }
    others = {name: _losses(model, tokenizer, Task(name)) for name in SOURCES if name != READING}
    print(json.dumps({name: asdict(scores) for name, scores in found.items()} | others, indent=2))
    return 0


def _losses(model: Any, tokenizer: Any, task: Task) -> dict[str, float]:
    """Of a task that is not reading: the loss on held-out phrasings, of the trained domains and of the unseen one."""
    dev, unseen = (mean_loss(model, tokenizer, task.held_out(LOSS_PACKS, domain)) for domain in (None, UNSEEN))
    return {"dev_loss": round(dev, 4), "unseen_loss": round(unseen, 4)}


if __name__ == "__main__":
    sys.exit(main())
