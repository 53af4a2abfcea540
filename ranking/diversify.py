"""Maximal marginal relevance (Carbonell & Goldstein 1998) through `pyversity`. Knows scores and vectors only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ranking.request import Floats

POOL = 10  # the k places are chosen among this many times k best ones, so that diversity never digs up the worst


def diversified(order: Sequence[int], scores: Floats, vectors: Floats, k: int, relevance: float) -> list[int]:
    """The `k` of `order` (positions, best first) to show: each the best of relevance · score − (1 − relevance) · its
    largest cosine to those before. `relevance` 1 changes nothing. The first of `order` stays first."""
    pool = list(order[: k * POOL])
    if relevance >= 1 or len(pool) <= 2 or k <= 1:
        return pool[:k]
    from pyversity import Metric, mmr

    chosen = mmr(
        vectors[pool].astype(np.float32),
        np.asarray(scores, dtype=np.float32)[pool],
        k=min(k, len(pool)),
        diversity=1 - relevance,
        metric=Metric.DOT,
        normalize=False,
    )
    return [pool[index] for index in chosen.indices]
