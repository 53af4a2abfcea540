"""How often a reading is right that the model was so sure of: a monotone map, fitted once, kept beside the adapter.

A model's own probability that its whole answer is right is too high on hard messages and too low on easy ones. Here
the share of right readings is a logistic function of its logarithm (Platt 1999), in two numbers. Knows no model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.assets import file_sha256
from retrieval.errors import ChatalogueError

FILE, ADAPTER = "confidence.json", "adapter_model.safetensors"
SMALLEST = 1e-12  #: a confidence below counts as this
BINS = 10
DOUBTFUL = 0.15  #: readings that are right less often are asked about before they are believed


class CalibrationError(ChatalogueError):
    """A calibration that cannot be read, or was fitted for another adapter."""

    code = "calibration"


@dataclass(frozen=True, slots=True)
class Calibration:
    """P(right) = 1 / (1 + exp(-(slope · ln c + offset))) for a completion's confidence c; slope is at least 0."""

    slope: float
    offset: float

    def __call__(self, confidence: float) -> float:
        """The share of readings as sure as `confidence`, in (0, 1], that are right: in (0, 1)."""
        return float(_logistic(self.slope * np.log(max(confidence, SMALLEST)) + self.offset))


def fit(confidences: Sequence[float], right: Sequence[bool]) -> Calibration:
    """The likeliest map for answers of which we know whether they were right. Raises CalibrationError.

    Targets are drawn in as Platt has it, (hits + 1) / (hits + 2) and 1 / (misses + 2), so that no map is ever certain.
    """
    hits, misses = sum(right), len(right) - sum(right)
    if not hits or not misses:
        raise CalibrationError(
            f"{hits} right and {misses} wrong answers calibrate nothing", hint="take more messages, or harder ones"
        )
    x = np.log(np.maximum(np.asarray(confidences, dtype=np.float64), SMALLEST))
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))
    rows = np.column_stack([x, np.ones_like(x)])
    weights = np.zeros(2)
    for _ in range(100):  # Newton's method; the loss is convex
        p = _logistic(rows @ weights)
        gradient = rows.T @ (p - target)
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        weights -= step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-9:
            break
    return Calibration(max(0.0, float(weights[0])), float(weights[1]))


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Mean distance between what was promised and what held, in [0, 1], over `BINS` bins of equally many answers."""
    order = np.argsort(confidences, kind="stable")
    said, held = np.asarray(confidences, dtype=np.float64)[order], np.asarray(right, dtype=np.float64)[order]
    bins = [b for b in np.array_split(np.arange(len(said)), BINS) if len(b)]
    return float(sum(len(b) * abs(said[b].mean() - held[b].mean()) for b in bins) / len(said))


def save(calibration: Calibration, adapter: Path, provenance: Mapping[str, Any]) -> None:
    """Write `FILE` beside the adapter, with its sha256: the map holds for these weights only."""
    written = {
        "slope": calibration.slope,
        "offset": calibration.offset,
        "adapter_sha256": file_sha256(adapter / ADAPTER),
        **provenance,
    }
    (adapter / FILE).write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def load(adapter: Path) -> Calibration | None:
    """The map beside an adapter; None when there is none. Raises CalibrationError for one of other weights."""
    path = adapter / FILE
    if not path.is_file():
        return None
    hint = "run `chatalogue train confidence`, or delete the file"
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        made_for, calibration = read["adapter_sha256"], Calibration(float(read["slope"]), float(read["offset"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CalibrationError(f"{str(path)!r} is not a calibration", hint=hint) from error
    if made_for != file_sha256(adapter / ADAPTER):
        raise CalibrationError(f"{str(path)!r} was fitted for another adapter", hint=hint)
    return calibration


def _logistic(x: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -60, 60))))
