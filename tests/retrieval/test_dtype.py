"""Which dtype is chosen, and that confinement to AVX2 is noticed."""

from __future__ import annotations

import pytest

from retrieval import dtype


@pytest.mark.parametrize(
    ("bfloat16", "float32", "chosen"), [(1.0, 2.0, "bfloat16"), (3.0, 1.0, "float32"), (1.0, 1.0, "float32")]
)
def test_the_faster_one_is_chosen(
    bfloat16: float, float32: float, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dtype, "matmul_seconds", lambda: {"bfloat16": bfloat16, "float32": float32})
    assert dtype.fast_dtype.__wrapped__() == chosen


def test_it_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dtype.fast_dtype() in ("bfloat16", "float32")
    monkeypatch.setattr(dtype, "matmul_seconds", None)
    dtype.fast_dtype()


def test_both_are_timed() -> None:
    seconds = dtype.matmul_seconds()
    assert set(seconds) == {"bfloat16", "float32"}
    assert all(0 < value < 10 for value in seconds.values())
