"""Corrections to a linear ranking by boosted trees: LambdaMART (Burges 2010) through `lightgbm`. Knows features only.

Training starts from the linear scores, so that the trees learn what weights alone cannot say (a signal that matters
only beside another). Every signal is better when higher, and so is every tree: the constraints are monotone, and a
candidate that is nowhere worse never falls behind. The trees' parts come from their own additive explanation
(`pred_contrib`, Lundberg et al. 2020) and add up. Trained where they are used; no tree is shipped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ranking.learning import Example

Doubles = npt.NDArray[np.float64]

STEEPNESS = 10.0  #: linear scores lie in [0, 1]; lambdarank's logistic wants differences of about 1


@dataclass(frozen=True, slots=True)
class TreeSettings:
    """What the trees may add: `rounds` of trees with `leaves`, each shrunk by `rate`; `hardest` candidates a list."""

    rounds: int = 40
    leaves: int = 8
    rate: float = 0.05
    hardest: int = 100


class Trees:
    """A fitted correction. `names` are the features' names, in their order."""

    def __init__(self, booster: Any, names: Sequence[str]) -> None:
        self._booster = booster
        self.names = tuple(names)

    def parts(self, features: npt.NDArray[Any]) -> Doubles:
        """(n, m): what each feature adds to the linear score of each candidate; a constant for all is left out."""
        found = np.asarray(self._booster.predict(features, pred_contrib=True), dtype=np.float64)
        return found[:, :-1] / STEEPNESS

    def scores(self, features: npt.NDArray[Any]) -> Doubles:
        """(n,) the sums of `parts`, many times faster."""
        raw = np.asarray(self._booster.predict(features, raw_score=True), dtype=np.float64)
        return (raw - self._constant) / STEEPNESS

    @cached_property
    def _constant(self) -> float:
        """What the trees add to every candidate alike, by their own explanation."""
        nothing = np.zeros((1, len(self.names)))
        return float(np.asarray(self._booster.predict(nothing, pred_contrib=True))[0, -1])

    @cached_property
    def mark(self) -> str:
        """Eight hexadecimal digits of the trees' content, which every list is logged with."""
        return hashlib.sha256(self._booster.model_to_string().encode()).hexdigest()[:8]

    def save(self, path: Path) -> None:
        """Write the trees as LightGBM's text."""
        path.write_text(self._booster.model_to_string(), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Trees:
        """The trees that `save` wrote. Raises OSError, or lightgbm's error for anything else."""
        import lightgbm

        booster = lightgbm.Booster(model_str=path.read_text(encoding="utf-8"))
        return cls(booster, booster.feature_name())


def fit_trees(examples: Sequence[Example], weights: Doubles, names: Sequence[str], settings: TreeSettings) -> Trees:
    """Trees on top of the linear `weights` (m,). `examples` must hold a relevant candidate in some list."""
    import lightgbm

    from ranking.learning import hardest

    lists = [part for one in examples if (part := hardest(one, settings.hardest)).relevant.any()]
    features = np.vstack([part.features for part in lists])
    data = lightgbm.Dataset(
        features,
        np.concatenate([part.relevant for part in lists]).astype(np.float64),
        group=[len(part.relevant) for part in lists],
        init_score=STEEPNESS * (features @ weights),
        feature_name=list(names),
        free_raw_data=False,
    )
    options = {
        "objective": "lambdarank", "lambdarank_truncation_level": 20, "num_leaves": settings.leaves,
        "learning_rate": settings.rate, "min_data_in_leaf": 100, "lambda_l2": 10.0, "feature_fraction": 0.5,
        "bagging_fraction": 0.8, "bagging_freq": 1, "monotone_constraints": [1] * len(names),
        "num_threads": 1, "seed": 0, "deterministic": True, "force_row_wise": True, "verbose": -1,
    }  # fmt: skip
    return Trees(lightgbm.train(options, data, settings.rounds), names)
