"""A BERT sentence encoder by itself: weights, tokenizer and forward pass, without importing what loads any model.

In float32 the vectors are bit for bit those of sentence-transformers (a test holds them to it); its import alone takes
longer than reading this model. `unfit` says which folders this does not run: sentence-transformers does.

Knows texts and tensors; knows no item and no fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import embedding, gelu, layer_norm, normalize, scaled_dot_product_attention

from retrieval.products import times

MODULES = ("Transformer", "Pooling", "Normalize")
POOLING = "pooling_mode_mean_tokens"
NEEDED = (
    "modules.json",
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "sentence_bert_config.json",
)


def unfit(folder: Path) -> str:
    """Why `folder` cannot be read by this module; empty when it can. Raises ValueError where its JSON is broken."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        return f"it has no {missing[0]}"
    modules = _json(folder / "modules.json")
    kinds = tuple(module["type"].rpartition(".")[2] for module in modules)
    if kinds not in (MODULES, MODULES[:2]) or modules[0]["path"]:
        return f"it is made of {', '.join(kinds)}"
    pooling = _json(folder / modules[1]["path"] / "config.json")
    if [mode for mode, on in pooling.items() if mode.startswith("pooling_mode_") and on] != [POOLING]:
        return "it does not take the mean of the tokens"
    return _unfit_encoder(_json(folder / "config.json")) or _unfit_texts(folder)


def _unfit_encoder(config: Mapping[str, Any]) -> str:
    kind = [config.get(name) for name in ("model_type", "hidden_act", "is_decoder")]
    if kind not in (["bert", "gelu", None], ["bert", "gelu", False]):
        return f"its architecture is {config.get('model_type')!r} with {config.get('hidden_act')!r}"
    return "its positions are relative" if config.get("position_embedding_type", "absolute") != "absolute" else ""


def _unfit_texts(folder: Path) -> str:
    """Whether texts are changed before they are read in a way that is not in `tokenizer.json`."""
    limits, told, normalizer = (
        _json(folder / "sentence_bert_config.json"),
        _json(folder / "tokenizer_config.json"),
        _json(folder / "tokenizer.json").get("normalizer") or {},
    )
    if limits.get("do_lower_case") or not limits.get("max_seq_length"):
        return "it changes texts first, or reads them without a limit"
    if normalizer.get("type") != "BertNormalizer" or normalizer.get("lowercase") != told.get("do_lower_case", True):
        return "its tokenizer is another one"
    prompts = folder / "config_sentence_transformers.json"
    return "it puts a prompt before texts" if prompts.is_file() and _json(prompts).get("default_prompt_name") else ""


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class BertEncoder:
    """A model that is not `unfit`. Not for several threads at once."""

    weights: Mapping[str, Tensor]
    tokenizer: Tokenizer
    layers: int
    heads: int
    eps: float
    unit: bool  #: whether rows are made of length 1

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype) -> BertEncoder:
        """Read the folder; the weights become `dtype`."""
        from safetensors.torch import load_file

        config = _json(folder / "config.json")
        weights = load_file(folder / "model.safetensors")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(_json(folder / "sentence_bert_config.json")["max_seq_length"])
        tokenizer.enable_padding(pad_id=config["pad_token_id"])
        return cls(
            {name.removeprefix("bert."): tensor.to(dtype) for name, tensor in weights.items()},
            tokenizer,
            config["num_hidden_layers"],
            config["num_attention_heads"],
            config["layer_norm_eps"],
            len(_json(folder / "modules.json")) == len(MODULES),
        )

    def encode(self, texts: Sequence[str], batch_size: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The mean of the last layer's tokens, (n, d) float32; texts of similar length share a batch."""
        order = np.argsort([-len(text) for text in texts])
        rows: list[Tensor] = []
        with torch.inference_mode():
            for start in range(0, len(order), batch_size):
                rows += self._pooled([texts[at] for at in order[start : start + batch_size]])
        return torch.stack([rows[at] for at in np.argsort(order)]).float().numpy()

    def _pooled(self, texts: list[str]) -> Tensor:
        encoded = self.tokenizer.encode_batch(texts)
        kept = torch.tensor([one.attention_mask for one in encoded])
        x = self._last_layer(torch.tensor([one.ids for one in encoded]), kept)
        mask = kept.unsqueeze(-1).to(x.dtype)
        total = (x * mask).sum(dim=1, dtype=torch.float32)
        mean = (total / mask.sum(dim=1, dtype=torch.float32)).to(x.dtype)
        return normalize(mean) if self.unit else mean

    def _last_layer(self, ids: Tensor, kept: Tensor) -> Tensor:
        """(batch, tokens, hidden) of (batch, tokens) ids; `kept` is 0 at padding."""
        n, length = ids.shape
        mask = None if bool(kept.all()) else kept.bool()[:, None, None, :].expand(n, 1, length, length)
        words = embedding(ids, self._of("embeddings.word_embeddings"))
        types = embedding(torch.zeros_like(ids), self._of("embeddings.token_type_embeddings"))
        x = words + types + self._of("embeddings.position_embeddings")[:length]
        x = self._normed(x, "embeddings.LayerNorm")
        for number in range(self.layers):
            at = f"encoder.layer.{number}"
            seen = self._attended(x, f"{at}.attention.self", mask)
            x = self._normed(self._times(seen, f"{at}.attention.output.dense") + x, f"{at}.attention.output.LayerNorm")
            wide = gelu(self._times(x, f"{at}.intermediate.dense"))
            x = self._normed(self._times(wide, f"{at}.output.dense") + x, f"{at}.output.LayerNorm")
        return x

    def _attended(self, x: Tensor, at: str, mask: Tensor | None) -> Tensor:
        n, length, hidden = x.shape
        query, key, value = (
            self._times(x, f"{at}.{name}").view(n, length, self.heads, -1).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        return scaled_dot_product_attention(query, key, value, mask).transpose(1, 2).reshape(n, length, hidden)

    def _times(self, x: Tensor, name: str) -> Tensor:
        return times(x, self._of(name), self.weights[f"{name}.bias"])

    def _normed(self, x: Tensor, name: str) -> Tensor:
        return layer_norm(x, x.shape[-1:], self._of(name), self.weights[f"{name}.bias"], self.eps)

    def _of(self, name: str) -> Tensor:
        return self.weights[f"{name}.weight"]
