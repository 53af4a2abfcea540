"""Products of activations and weights in bfloat16, for few different numbers of rows.

oneDNN, which multiplies in bfloat16 for torch, compiles code for every number of rows that it meets, in 2 to 30 ms, and
keeps about 0.6 MB of it for each weight: 250 lengths of text held 600 MB, half of which stayed even where its cache is
bounded by ONEDNN_PRIMITIVE_CACHE_CAPACITY (docs/log.md). So rows of zeros are added up to the next of few numbers. In
float32 nothing is added, because that is multiplied by a library that compiles nothing.

Knows tensors; knows no model.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

STEP = 16  #: a tile of AMX, so that a machine that has it multiplies no longer for the rows that are added


def rows_for(rows: int) -> int:
    """The number of rows that as many are multiplied as: a power of two up to `STEP`, then a multiple of it."""
    return 1 << (rows - 1).bit_length() if 0 < rows <= STEP else -(-rows // STEP) * STEP


def times(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`x` (…, in) by `weight` (out, in), and `bias` (out,) added: (…, out) in the type of `weight`."""
    flat = x.reshape(-1, x.shape[-1])
    rows = flat.shape[0]
    if weight.dtype != torch.bfloat16 or rows == rows_for(rows):
        return linear(x.to(weight.dtype), weight, bias)
    wide = flat.new_zeros(rows_for(rows), flat.shape[1], dtype=weight.dtype)
    wide[:rows] = flat
    return linear(wide, weight, bias)[:rows].view(*x.shape[:-1], -1)
