"""A base model made on the spot, and packs short enough to train it on in a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, LlamaConfig, PretrainedConfig, PreTrainedTokenizerFast

from bot.understanding.training import scores, tasks, train
from bot.understanding.training.generate import Pack, generate
from bot.understanding.training.wording import WordedPack, generate_questions, generate_wording


@pytest.fixture(scope="session")
def byte_tokenizer() -> Any:
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    raw = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(sorted(alphabet))}, merges=[]))
    raw.decoder = decoders.ByteLevel()
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=raw)
    fast.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    return fast


@pytest.fixture
def save_base(byte_tokenizer: Any, tmp_path: Path) -> Callable[..., Path]:
    """Saves a model of a configuration, by default a little Llama, with the tokenizer; returns its folder."""

    def save(config: PretrainedConfig | None = None, name: str = "base") -> Path:
        torch.manual_seed(0)
        small = LlamaConfig(
            vocab_size=300,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
        )
        AutoModelForCausalLM.from_config(config or small).save_pretrained(str(tmp_path / name))
        byte_tokenizer.save_pretrained(str(tmp_path / name))
        return tmp_path / name

    return save


@pytest.fixture
def short_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every task has four packs of one sample, again and again; the dev split has them too, and answers are short."""
    monkeypatch.setattr(train, "UNSEEN_PACKS", 1)
    monkeypatch.setattr(scores, "MAX_NEW_TOKENS", 8)
    four: dict[str, list[Any]] = {
        name: [replace(p, samples=p.samples[:1]) for p in islice(source(1), 4)]  # type: ignore[type-var]
        for name, source in (("understanding", generate), ("wording", generate_wording), ("asking", generate_questions))
    }

    def source_of(packs: list[Any]) -> Callable[..., Iterator[Pack | WordedPack]]:
        return lambda seed, split="train", skip=0, domain=None: islice(cycle(packs), skip % 4, None)

    for name, packs in four.items():
        monkeypatch.setitem(tasks.SOURCES, name, source_of(packs))
    monkeypatch.setattr(train, "dev_packs", lambda count, domain=None: four["understanding"][:1])
