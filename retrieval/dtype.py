"""Which floating-point type this machine multiplies fastest. Knows no model."""

from __future__ import annotations

import time
from functools import cache
from typing import Literal

#: A prefill-like product: (tokens, width) by (hidden, width).
_SHAPE = (256, 576, 1536)
_ROUNDS = 7


@cache
def fast_dtype() -> Literal["bfloat16", "float32"]:
    """The faster of the two on this processor, measured once a process (0.2 to 0.6 s).

    Measured and not read from the processor's flags, because what counts is the kernel that torch ends up with: with
    AVX-512 BF16 bfloat16 wins by 1.5 to 8 times, without it loses by 3, and libraries can be confined to less than
    the processor offers. The rounds alternate and the best of each counts, so that a busy machine decides alike.
    """
    seconds = matmul_seconds()
    return "bfloat16" if seconds["bfloat16"] < seconds["float32"] else "float32"


def matmul_seconds() -> dict[str, float]:
    """The best time of one small matrix product for each type, in seconds."""
    import torch

    tokens, width, hidden = _SHAPE
    generator = torch.Generator().manual_seed(0)
    left, right = torch.randn(tokens, width, generator=generator), torch.randn(hidden, width, generator=generator)
    pairs = {
        name: (left.to(dtype), right.to(dtype))
        for name, dtype in {"float32": torch.float32, "bfloat16": torch.bfloat16}.items()
    }
    best = dict.fromkeys(pairs, float("inf"))
    with torch.inference_mode():
        for _ in range(_ROUNDS):
            for name, pair in pairs.items():
                start = time.perf_counter()
                torch.nn.functional.linear(*pair)
                best[name] = min(best[name], time.perf_counter() - start)
    return best
