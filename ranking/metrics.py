"""Measures of lists. Formulas name their source. Knows ids and vectors; knows no model.

`ranked` is a list of ids, best first; `relevant` the ids held out. All are in [0, 1] except novelty (bits); higher is
better for accuracy, and more for the others. NaN where a measure is undefined.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from ranking.request import Floats


def recall(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """|top k ∩ relevant| / |relevant| (Herlocker et al. 2004)."""
    return len(set(ranked[:k]) & set(relevant)) / len(set(relevant)) if relevant else math.nan


def precision(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """|top k ∩ relevant| / k (Herlocker et al. 2004)."""
    return len(set(ranked[:k]) & set(relevant)) / k if relevant else math.nan


def f1(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """The harmonic mean of precision and recall at k, 0 when both are (van Rijsbergen 1979)."""
    found = precision(ranked, relevant, k) + recall(ranked, relevant, k)
    return 2 * precision(ranked, relevant, k) * recall(ranked, relevant, k) / found if found else 0.0


def ndcg(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Σ 1/log2(rank + 1) over hits in the top k, divided by its largest value (Järvelin & Kekäläinen 2002, binary)."""
    if not relevant:
        return math.nan
    wanted = set(relevant)
    gain = math.fsum(1 / math.log2(rank + 1) for rank, item in enumerate(ranked[:k], start=1) if item in wanted)
    return gain / math.fsum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(wanted)) + 1))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """1 / rank of the first hit, 0 without one (Voorhees 1999); its mean over lists is MRR."""
    if not relevant:
        return math.nan
    wanted = set(relevant)
    return next((1 / rank for rank, item in enumerate(ranked, start=1) if item in wanted), 0.0)


def intra_list_distance(vectors: Floats) -> float:
    """The mean of (1 − cosine) / 2 over pairs of a list (Ziegler et al. 2005); rows L2-normalised. NaN below two."""
    n = len(vectors)
    if n < 2:
        return math.nan
    wide = vectors.astype(np.float64)
    pairs = (float((wide @ wide.T).sum()) - float((wide * wide).sum())) / (n * (n - 1))
    return min(1.0, max(0.0, (1 - pairs) / 2))


def coverage(lists: Iterable[Sequence[str]], catalogue: Collection[str]) -> float:
    """The share of the catalogue that stands in any list (Ge et al. 2010, catalogue coverage)."""
    items = set(catalogue)
    return len({item for ranked in lists for item in ranked} & items) / len(items) if items else math.nan


def novelty(ranked: Sequence[str], people: Mapping[str, int], everyone: int) -> float:
    """The mean of −log2((people + 1) / (everyone + 1)) in bits (Vargas & Castells 2011, self-information)."""
    if not ranked:
        return math.nan
    bits = (-math.log2((people.get(item, 0) + 1) / (everyone + 1)) for item in ranked)
    return math.fsum(bits) / len(ranked)


def rmse(predicted: Sequence[float], given: Sequence[float]) -> float:
    """√ of the mean squared error of ratings, in stars; NaN without any, lower is better."""
    errors = [(p - g) ** 2 for p, g in zip(predicted, given, strict=True)]
    return math.sqrt(math.fsum(errors) / len(errors)) if errors else math.nan
