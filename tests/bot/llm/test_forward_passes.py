"""Both forward passes over a tiny random Llama: transformers' results, and caches that leave their origin alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, DynamicCache, LlamaConfig

from bot.llm import llama
from bot.llm.llama import LlamaPass, unfit
from bot.llm.local import LocalModel
from bot.llm.transformers_pass import TransformersPass

TEXT = [5, 6, 7, 80, 9, 100, 11, 12, 13, 44, 15, 6, 7, 8]


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32).eval()


@pytest.fixture(scope="module", params=["ours", "transformers"])
def forward(request: pytest.FixtureRequest, tiny_model: Path) -> LlamaPass | TransformersPass:
    model = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32).eval()
    return LlamaPass(model) if request.param == "ours" else TransformersPass(model)


def whole(model: Any, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        hidden: torch.Tensor = model.base_model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        return hidden


@settings(max_examples=40, deadline=None)
@given(ids=st.lists(st.integers(3, 250), min_size=1, max_size=40), cuts=st.sets(st.integers(1, 39), max_size=4))
def test_any_pieces_give_what_transformers_gives(
    model: Any, forward: LlamaPass | TransformersPass, ids: list[int], cuts: set[int]
) -> None:
    edges = [0, *sorted(c for c in cuts if c < len(ids)), len(ids)]
    cache = forward.fork(None)
    with torch.inference_mode():
        pieces = [ids[a:b] for a, b in pairwise(edges)]
        found = torch.cat([forward.read(piece, cache, len(piece)) for piece in pieces])
    torch.testing.assert_close(found, whole(model, ids), rtol=1e-4, atol=1e-4)


def test_only_the_last_are_answered(model: Any, forward: LlamaPass | TransformersPass) -> None:
    with torch.inference_mode():
        found = forward.read(TEXT, forward.fork(None), 3)
    assert found.shape[0] == 3
    torch.testing.assert_close(found, whole(model, TEXT)[-3:], rtol=1e-4, atol=1e-4)


def test_what_is_rewound_was_never_read(model: Any, forward: LlamaPass | TransformersPass) -> None:
    cache = forward.fork(None)
    with torch.inference_mode():
        forward.read([*TEXT[:6], 99, 98, 97], cache, 4)
        forward.rewind(cache, 3)
        found = forward.read(TEXT[6:], cache, 1)
    torch.testing.assert_close(found, whole(model, TEXT)[-1:], rtol=1e-4, atol=1e-4)


def test_a_fork_leaves_its_origin_as_it_was(model: Any, forward: LlamaPass | TransformersPass) -> None:
    cache = forward.fork(None)
    with torch.inference_mode():
        forward.read(TEXT[:6], cache, 1)
        for _ in range(2):
            forward.read([99, 98, 97, 96], forward.fork(cache), 1)
        found = forward.read(TEXT[6:], cache, 1)
    torch.testing.assert_close(found, whole(model, TEXT)[-1:], rtol=1e-4, atol=1e-4)


def test_a_buffer_grows(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama, "ROOM", 2)
    forward = LlamaPass(model)
    cache = forward.fork(None)
    with torch.inference_mode():
        found = torch.cat([forward.read([token], cache, 1) for token in TEXT])
    torch.testing.assert_close(found, whole(model, TEXT), rtol=1e-4, atol=1e-4)


def test_joined_weights_leave_the_model_as_it_was(tiny_model: Path, model: Any) -> None:
    other = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32).eval()
    LlamaPass(other)
    assert torch.equal(whole(other, TEXT), whole(model, TEXT))


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"model_type": "mistral"}, "architecture is 'mistral'"),
        ({"attention_bias": True}, "biases"),
        ({"hidden_act": "gelu"}, "another activation"),
        ({"rope_parameters": {"rope_type": "linear", "rope_theta": 1.0, "factor": 2.0}}, "of the kind 'linear'"),
    ],
)
def test_what_does_not_fit_is_named(config: dict[str, Any], why: str) -> None:
    made = LlamaConfig()
    for name, value in config.items():
        object.__setattr__(made, name, value)
    assert why in unfit(type("Model", (), {"config": made}))
    assert unfit(type("Model", (), {"config": LlamaConfig()})) == ""


def test_another_architecture_is_run_by_transformers_and_reported(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(llama, "unfit", lambda model: "it is not one of ours")
    with caplog.at_level(logging.WARNING):
        assert isinstance(LocalModel(tiny_model, dtype="float32")._forward, TransformersPass)
    assert "it is not one of ours" in caplog.text


def test_sliding_windows_are_copied_not_shared_and_never_rewound(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers.cache_utils import DynamicSlidingWindowLayer

    forward = TransformersPass(model)
    assert forward.can_rewind
    cache = DynamicCache(config=model.config)
    cache.layers[0] = DynamicSlidingWindowLayer(sliding_window=4)
    cache.update(torch.ones(1, 2, 3, 8), torch.ones(1, 2, 3, 8), 0)
    assert forward.fork(cache).layers[0].keys.data_ptr() != cache.layers[0].keys.data_ptr()
    made: Callable[..., Any] = lambda self, none: cache  # noqa: E731
    monkeypatch.setattr(TransformersPass, "fork", made)
    assert not TransformersPass(model).can_rewind
