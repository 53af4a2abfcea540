"""Rows that are added change no result, and few different numbers of rows reach oneDNN."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import linear

from bot.settings import environment_with
from retrieval.products import rows_for, times

LENGTHS = 130
PRODUCTS = f"""
import torch
from retrieval.products import times
weight = torch.ones(32, 48, dtype=torch.bfloat16)
with torch.inference_mode():
    for rows in range(1, {LENGTHS}):
        times(torch.ones(rows, 48), weight)
"""


@given(st.integers(0, 5000))
def test_rows_are_enough_and_not_many_more(rows: int) -> None:
    assert rows <= rows_for(rows) < max(2 * rows, 1) + (rows == 1)
    assert rows_for(rows) < rows + 16
    assert rows_for(rows_for(rows)) == rows_for(rows)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=2), st.sampled_from([torch.bfloat16, torch.float32]))
def test_what_is_added_is_not_in_the_result(shape: list[int], dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(sum(shape))
    x = torch.randn(*shape, 24, generator=generator)
    weight, bias = torch.randn(8, 24, generator=generator).to(dtype), torch.randn(8, generator=generator).to(dtype)
    with torch.inference_mode():
        found, plain = times(x, weight, bias), linear(x.to(dtype), weight, bias)
    assert (found.shape, found.dtype) == (plain.shape, dtype)
    torch.testing.assert_close(found, plain, rtol=2e-2, atol=5e-2)


def test_few_products_are_compiled() -> None:
    if not torch.backends.mkldnn.is_available():
        pytest.skip("torch has no oneDNN here")
    environment = {**environment_with(), "ONEDNN_VERBOSE": "2"}
    done = subprocess.run([sys.executable, "-c", PRODUCTS], capture_output=True, text=True, check=True, env=environment)
    compiled = done.stdout.count("create:cache_miss")
    assert compiled <= len({rows_for(rows) for rows in range(1, LENGTHS)}) < LENGTHS / 9
