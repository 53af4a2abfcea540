"""The seam to a vector store: three methods, one contract suite (`tests/retrieval/test_store_contract.py`).

Knows vectors, items and filters; knows no text and no embedder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue.item import Item
from retrieval.filters import Filter

Vectors = NDArray[np.float32]

SIMILARITY_DECIMALS = 6  #: finer than this, the last bits of a dot product depend on the shape of the matrices


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What is stored of one item. `vector` is (d,) float32 of length 1; `item.id` is `id`."""

    id: str
    vector: Vectors
    item: Item


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. `similarity` is the cosine in [-1, 1], higher is better; never a distance."""

    id: str
    similarity: float


class VectorStore(Protocol):
    """Items by the likeness of their vectors."""

    def write(self, upserts: Sequence[Entry], deletions: Sequence[str]) -> None:
        """Remove `deletions` (unknown ids are no error), then add or replace `upserts`."""

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> list[list[Hit]]:
        """For each row of `vectors` (q, d), the min(k, matching) most similar items that match `where`.

        Most similar first, ties by id.
        """

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """(n, d) float32, one row an id, in their order; raises KeyError for an id that is not stored."""


def cosines(similarities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Dot products of unit vectors as cosines: rounded, and inside [-1, 1] in spite of float32."""
    clipped: NDArray[np.float64] = np.clip(similarities.astype(np.float64), -1.0, 1.0)
    return clipped.round(SIMILARITY_DECIMALS) + 0.0  # + 0.0 turns -0.0 into 0.0
