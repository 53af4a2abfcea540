"""A Llama forward pass over the weights that transformers loaded, without what it costs to be general.

A pass of few tokens through the default model takes .75 to .9 of what transformers takes: q, k, v and gate, up are one
product each, keys and values are written into a buffer made once a call, and activations are float32 throughout, which
is nearer to the model as trained. `unfit` says which models this does not run: `transformers_pass.py` does.

Knows tensors; knows no grammar, no text and no threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import rms_norm, scaled_dot_product_attention, silu

from retrieval.products import times

ROOM = 256  #: tokens a buffer has room for beyond what it was made for; it grows when they are spent


@dataclass
class Cache:
    """Keys and values of the first `length` tokens: (layers, 2, key-value heads, room, head size) float32."""

    states: Tensor
    length: int

    def reserve(self, more: int) -> None:
        """Make room for `more` tokens, in a new buffer if need be."""
        if self.length + more > self.states.shape[3]:
            self.states = _copied(self, more + ROOM)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's weights, (out, in) each; the norms' are (hidden,) float32."""

    norm: Tensor
    qkv: Tensor
    out: Tensor
    mlp_norm: Tensor
    gate_up: Tensor
    down: Tensor


def unfit(model: Any) -> str:
    """Why this pass cannot run `model`, a transformers causal model; empty when it can."""
    config = model.config
    if config.model_type != "llama":
        return f"its architecture is {config.model_type!r}, not llama"
    if config.hidden_act != "silu" or config.attention_bias or config.mlp_bias:
        return "it has biases or another activation than silu"
    if (config.rope_parameters or {}).get("rope_type", "default") != "default":
        return f"its positions are of the kind {config.rope_parameters['rope_type']!r}"
    return ""


class LlamaPass:
    """Runs a model that is not `unfit`; see `decoding.ForwardPass`."""

    can_rewind = True

    def __init__(self, model: Any) -> None:
        config = model.config
        self._embed = model.get_input_embeddings().weight
        self._heads, self._kv = config.num_attention_heads, config.num_key_value_heads
        self._size = model.model.layers[0].self_attn.head_dim
        self._eps = config.rms_norm_eps
        self._norm = model.model.norm.weight.float()
        self._frequencies = model.model.rotary_emb.inv_freq.float()
        self._layers = [_layer(layer) for layer in model.model.layers]

    def fork(self, cache: Cache | None) -> Cache:
        """A cache that grows by itself and leaves `cache` as it is; an empty one for None."""
        if cache is None:
            return Cache(torch.empty(len(self._layers), 2, self._kv, ROOM, self._size), 0)
        return Cache(_copied(cache, ROOM), cache.length)

    def rewind(self, cache: Cache, tokens: int) -> None:
        """Forget the last `tokens` tokens."""
        cache.length -= tokens

    def read(self, ids: Sequence[int], cache: Cache, last: int) -> Tensor:
        """Read `ids`, at least one; the output layer's input for the `last` of them, (last, hidden) float32."""
        count, start = len(ids), cache.length
        cache.reserve(count)
        cos, sin = self._rotation(start, count)
        mask = None if count == 1 else _mask(start, count)
        x = self._embed[torch.tensor(ids)].float()
        for number, layer in enumerate(self._layers):
            qkv = _times(rms_norm(x, x.shape[-1:], layer.norm, self._eps), layer.qkv)
            heads = qkv.view(count, -1, self._size).transpose(0, 1)
            x = x + _times(self._attend(heads, cache.states[number], (cos, sin, mask), start), layer.out)
            if number == len(self._layers) - 1:
                x = x[-last:]  # the rest of the last layer is needed for nothing
            gate, up = _times(rms_norm(x, x.shape[-1:], layer.mlp_norm, self._eps), layer.gate_up).chunk(2, -1)
            x = x + _times(silu(gate) * up, layer.down)
        cache.length = start + count
        return rms_norm(x, x.shape[-1:], self._norm, self._eps)

    def _attend(self, qkv: Tensor, states: Tensor, at: tuple[Tensor, Tensor, Tensor | None], start: int) -> Tensor:
        """What the tokens of `qkv`, (heads + 2 · kv, n, size), see: (n, heads · size). Writes into `states`."""
        cos, sin, mask = at
        end = start + qkv.shape[1]
        both = qkv[: self._heads + self._kv]
        turned = torch.addcmul(both * cos, both.roll(self._size // 2, -1), sin)
        states[0, :, start:end] = turned[self._heads :]
        states[1, :, start:end] = qkv[self._heads + self._kv :]
        seen = scaled_dot_product_attention(
            turned[None, : self._heads], states[None, 0, :, :end], states[None, 1, :, :end], mask, enable_gqa=True
        )
        return seen[0].transpose(0, 1).reshape(qkv.shape[1], -1)

    def _rotation(self, start: int, count: int) -> tuple[Tensor, Tensor]:
        """cos, and sin with the sign of the half it is for, of the positions from `start`: (count, size) each."""
        angles = torch.arange(start, start + count, dtype=torch.float32)[:, None] * self._frequencies
        sin = angles.sin()
        return torch.cat((angles, angles), -1).cos(), torch.cat((-sin, sin), -1)


def _times(x: Tensor, weight: Tensor) -> Tensor:
    return times(x, weight).float()


def _mask(start: int, count: int) -> Tensor:
    """What each of `count` tokens after `start` others may see: (count, start + count), 0 or minus infinity."""
    return torch.full((count, start + count), -torch.inf).triu_(start + 1)


def _copied(cache: Cache, more: int) -> Tensor:
    layers, two, heads, _, size = cache.states.shape
    states = cache.states.new_empty(layers, two, heads, cache.length + more, size)
    states[:, :, :, : cache.length] = cache.states[:, :, :, : cache.length]
    return states


def _layer(layer: Any) -> Layer:
    attention, mlp = layer.self_attn, layer.mlp
    return Layer(
        norm=layer.input_layernorm.weight.float(),
        qkv=_joined(attention.q_proj, attention.k_proj, attention.v_proj),
        out=attention.o_proj.weight,
        mlp_norm=layer.post_attention_layernorm.weight.float(),
        gate_up=_joined(mlp.gate_proj, mlp.up_proj),
        down=mlp.down_proj.weight,
    )


def _joined(*modules: Any) -> Tensor:
    """Their weights as one, of which theirs become parts, so that the model needs no more memory than before."""
    joined = torch.cat([m.weight for m in modules])
    parts = torch.split(joined, [m.weight.shape[0] for m in modules])
    for module, part in zip(modules, parts, strict=True):
        module.weight = torch.nn.Parameter(part, requires_grad=False)
    return joined
