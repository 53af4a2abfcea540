"""What people would otherwise take off the shelf, to be compared with: each a way to score a whole catalogue.

Each peer has `TRIALS` settings; validation picks one, as it does for ours. They are told what ours is told: the log
before a cut-off and a session. Knows arrays; knows no signal of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.request import Floats
from ranking.table import Doubles, LogTable

TRIALS = 8
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """A session as row numbers of the catalogue, oldest first: the likes, and everything dealt with."""

    liked: Integers
    seen: Integers


Scorer = Callable[[Known], Doubles]  #: (n,) scores, higher is better


@dataclass(frozen=True)
class Material:
    """What a peer is fitted on: the log, the items' vectors (n, d) and how alike their texts are (n, n), by BM25."""

    table: LogTable
    vectors: Floats
    lexical: Floats


@dataclass(frozen=True)
class Peer:
    """A name, its settings to try, and how it is fitted with one of them."""

    name: str
    grid: Sequence[Mapping[str, Any]]
    fit: Callable[..., Scorer]


def recency(n: int, half_life: float | None) -> Doubles:
    """(n,) weights of a path, oldest first, the last 1."""
    return np.ones(n) if half_life is None else 0.5 ** (np.arange(n - 1, -1, -1) / half_life)


def popularity(material: Material, half_life: float | None, liked: bool) -> Scorer:
    """People who dealt with an item, or liked it; halved every `half_life` days."""
    table = material.table
    weights = np.ones(len(table)) if half_life is None else 0.5 ** (table.ages / half_life)
    scores = table.per_item(weights * (table.values >= 0.6 if liked else 1.0))
    return lambda _: scores


def als(material: Material, factors: int, ridge: float, alpha: float) -> Scorer:
    """Implicit ALS (Hu et al. 2008), the session folded in."""
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    matrix = material.table.matrix(np.maximum(material.table.values, 0.0))
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors, regularization=ridge, alpha=alpha, iterations=15, random_state=0, num_threads=1
        )
        model.fit(matrix, show_progress=False)
    items = model.item_factors.astype(np.float64)
    gram = items.T @ items + ridge * np.eye(factors)

    def score(known: Known) -> Doubles:
        mine = items[known.liked]
        user = np.linalg.solve(gram + (alpha - 1) * mine.T @ mine, alpha * mine.sum(axis=0))
        scored: Doubles = items @ user
        return scored

    return score


def bpr(material: Material, factors: int, rate: float, ridge: float) -> Scorer:
    """Bayesian personalised ranking (Rendle et al. 2009); a session is the mean of its likes' factors."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking
    from threadpoolctl import threadpool_limits

    matrix = material.table.matrix((material.table.values >= 0.6).astype(np.float64))
    with threadpool_limits(1, "blas"):
        model = BayesianPersonalizedRanking(
            factors, learning_rate=rate, regularization=ridge, iterations=100, random_state=0, num_threads=1
        )
        model.fit(matrix, show_progress=False)
    items = model.item_factors.astype(np.float64)  # the last column is the item's bias

    def score(known: Known) -> Doubles:
        user = items[known.liked, :-1].mean(axis=0) if len(known.liked) else np.zeros(factors)
        scored: Doubles = items[:, :-1] @ user + items[:, -1]
        return scored

    return score


def user_knn(material: Material, k: int, shrink: float) -> Scorer:
    """Likes of the k people with the nearest likes, by cosine."""
    matrix = material.table.matrix(np.maximum(material.table.values, 0.0))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())

    def score(known: Known) -> Doubles:
        mine = np.zeros(matrix.shape[1])
        mine[known.liked] = 1.0
        near = (matrix @ mine) / (lengths * np.sqrt(max(1, len(known.liked))) + shrink)
        best = np.argsort(-near, kind="stable")[:k]
        scored: Doubles = np.asarray(matrix[best].T @ near[best]).ravel()
        return scored

    return score


def item_knn(material: Material, shrink: float, power: float, half_life: float | None = None) -> Scorer:
    """Cosine of items by who liked them, summed over the likes; with `half_life` the latest count most."""
    matrix = material.table.matrix(np.maximum(material.table.values, 0.0))
    gram = (matrix.T @ matrix).toarray().astype(np.float64)
    lengths = np.diag(gram) ** power
    alike = gram / (np.outer(lengths, lengths) + shrink)
    np.fill_diagonal(alike, 0.0)
    return lambda known: recency(len(known.liked), half_life) @ alike[known.liked]


def ease(material: Material, ridge: float) -> Scorer:
    """EASE (Steck 2019)."""
    matrix = material.table.matrix(np.maximum(material.table.values, 0.0))
    gram = (matrix.T @ matrix).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += ridge
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return lambda known: np.ones(len(known.liked)) @ weights[known.liked]


def dense(material: Material, latest: int | None, best: bool) -> Scorer:
    """Cosine to the likes' vectors, the mean or the largest."""
    return _alike(material.vectors @ material.vectors.T, latest, best)


def lexical(material: Material, latest: int | None, best: bool) -> Scorer:
    """BM25 with the likes' texts as queries, the mean or the largest."""
    return _alike(material.lexical, latest, best)


def fused(material: Material, latest: int | None, constant: float) -> Scorer:
    """Reciprocal rank fusion (Cormack et al. 2009) of dense and lexical."""
    parts = (dense(material, latest, False), lexical(material, latest, False))

    def score(known: Known) -> Doubles:
        total = np.zeros(len(material.vectors))
        for part in parts:
            order = np.argsort(-part(known), kind="stable")
            total[order] += 1 / (constant + np.arange(1, len(order) + 1))
        return total

    return score


def _alike(alike: Floats, latest: int | None, best: bool) -> Scorer:
    def score(known: Known) -> Doubles:
        rows = alike[known.liked[-latest:] if latest else known.liked].astype(np.float64)
        if not len(rows):
            return np.zeros(alike.shape[1])
        scored: Doubles = rows.max(axis=0) if best else rows.mean(axis=0)
        return scored

    return score


def _grid(**choices: Sequence[Any]) -> list[dict[str, Any]]:
    """The first TRIALS of all combinations."""
    combined: list[dict[str, Any]] = [{}]
    for name, values in choices.items():
        combined = [{**one, name: value} for one in combined for value in values]
    return combined[:TRIALS]


_LATEST = (1, 3, 10, None)
PEERS = (
    Peer("popularity", _grid(half_life=(None, 180.0, 365.0, 1461.0), liked=(False, True)), popularity),
    Peer("ALS", _grid(factors=(32, 64), ridge=(1.0, 5.0), alpha=(2.0, 5.0)), als),
    Peer("BPR", _grid(factors=(32, 64), rate=(0.02, 0.05), ridge=(0.01, 0.05)), bpr),
    Peer("user-kNN", _grid(k=(20, 50, 100, 200), shrink=(0.0, 5.0)), user_knn),
    Peer("item-kNN", _grid(shrink=(1.0, 5.0, 10.0, 30.0), power=(0.5, 0.35)), item_knn),
    Peer("item-kNN, recent", _grid(half_life=(5.0, 10.0, 30.0, 100.0), shrink=(10.0,), power=(0.5, 0.35)), item_knn),
    Peer("EASE", _grid(ridge=(25.0, 50.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1000.0)), ease),
    Peer("dense", _grid(latest=_LATEST, best=(False, True)), dense),
    Peer("BM25", _grid(latest=_LATEST, best=(False, True)), lexical),
    Peer("dense + BM25", _grid(latest=_LATEST, constant=(10.0, 60.0)), fused),
)
