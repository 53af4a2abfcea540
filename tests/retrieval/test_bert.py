"""Our own forward pass of the sentence encoder: the vectors of sentence-transformers to the bit, or it says why not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from retrieval import assets
from retrieval.bert import BertEncoder, unfit
from retrieval.embedder import Encode, SentenceTransformerEmbedder, _by_sentence_transformers

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "robots", "love", "war", "##s", "a", "film"]
TEXTS = ["Robots love a film", "", "war", "love " * 40, "a film of unheard words", "ROBOTS", "\x00", "愛", "a " * 7] * 5


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A random BERT of two layers, saved as sentence-transformers saves its own."""
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS))
    torch.manual_seed(3)
    shape = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=24,
        initializer_range=0.5,
    )
    BertModel(shape).save_pretrained(tmp_path)
    kinds = ("Transformer", "Pooling", "Normalize")
    modules = [
        {"idx": i, "name": str(i), "path": f"{i}_{kind}" if i else "", "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    (tmp_path / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
    written = {
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": 20, "do_lower_case": False},
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "pad_token": "[PAD]"},
    }
    for name, value in written.items():
        (tmp_path / name).write_text(json.dumps(value))
    return tmp_path


def rows(encode: Encode, texts: list[str], size: int = 8) -> Any:
    return np.asarray(encode(texts, size), dtype=np.float32)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("modules", [3, 2])
def test_vectors_are_those_of_sentence_transformers(tiny: Path, dtype: torch.dtype, modules: int) -> None:
    listed = json.loads((tiny / "modules.json").read_text())
    (tiny / "modules.json").write_text(json.dumps(listed[:modules]))
    assert unfit(tiny) == ""
    ours, theirs = BertEncoder.load(tiny, dtype).encode, _by_sentence_transformers(tiny, dtype)
    np.testing.assert_array_equal(rows(ours, TEXTS), rows(theirs, TEXTS))
    for text in TEXTS[:9]:
        np.testing.assert_array_equal(rows(ours, [text]), rows(theirs, [text]))


@pytest.mark.model
def test_the_default_embedders_vectors_are_those_of_sentence_transformers() -> None:
    cache = Path(os.environ.get("CHATALOGUE_CACHE") or assets.default_cache())
    folder = assets.ensure(assets.asset(assets.EMBEDDER), cache, print)
    assert unfit(folder) == ""
    ours, theirs = (
        BertEncoder.load(folder, torch.float32).encode,
        _by_sentence_transformers(folder, torch.float32),
    )
    texts = ["a comedy about robots", "", "Amélie — 愛 😂 مرحبا", "?!…", "a\x00b", "robots and love " * 300]
    np.testing.assert_array_equal(rows(ours, texts, 4), rows(theirs, texts, 4))


def changed(name: str, **entries: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        path.write_text(json.dumps(json.loads(path.read_text() if path.is_file() else "{}") | entries))

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (changed("config.json", model_type="mpnet"), "'mpnet'"),
        (changed("config.json", hidden_act="relu"), "'relu'"),
        (changed("config.json", is_decoder=True), "architecture"),
        (changed("config.json", position_embedding_type="relative_key"), "relative"),
        (changed("1_Pooling/config.json", pooling_mode_cls_token=True), "mean"),
        (changed("1_Pooling/config.json", pooling_mode_mean_tokens=False), "mean"),
        (changed("sentence_bert_config.json", do_lower_case=True), "changes texts"),
        (changed("sentence_bert_config.json", max_seq_length=None), "limit"),
        (changed("tokenizer_config.json", do_lower_case=False), "tokenizer"),
        (changed("tokenizer.json", normalizer=None), "tokenizer"),
        (changed("config_sentence_transformers.json", default_prompt_name="query"), "prompt"),
        (lambda folder: (folder / "model.safetensors").unlink(), "no model.safetensors"),
        (lambda folder: (folder / "modules.json").write_text('[{"type": "x.Dense", "path": ""}]'), "Dense"),
    ],
)
def test_what_it_cannot_run_it_names(tiny: Path, change: Callable[[Path], None], told: str) -> None:
    change(tiny)
    assert told in unfit(tiny)


def test_another_model_is_run_by_sentence_transformers(tiny: Path) -> None:
    before = SentenceTransformerEmbedder(tiny, dtype="float32").encode(["robots love"])
    changed("1_Pooling/config.json", pooling_mode_mean_tokens=False, pooling_mode_cls_token=True)(tiny)
    after = SentenceTransformerEmbedder(tiny, dtype="float32").encode(["robots love"])
    assert after.shape == before.shape == (1, 32)
    assert not np.allclose(before, after)
