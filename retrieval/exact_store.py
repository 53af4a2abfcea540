"""A vector store that compares with every vector: the oracle for the others, the double in tests, the fast path
of `ChromaStore` for filters that leave little.

50,000 items of 384 numbers take about 2 ms a question. Knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue.item import Item
from retrieval.errors import StoreError
from retrieval.facet_index import FacetIndex, Mask
from retrieval.filters import Filter
from retrieval.store import Entry, Hit, Vectors, cosines


class ExactStore:
    """Vectors and items in memory (or memory-mapped), in the order in which they were written."""

    def __init__(self, dimension: int, items: Sequence[Item] = (), vectors: Vectors | None = None) -> None:
        self.dimension = dimension
        self._fill(items, np.empty((0, dimension), np.float32) if vectors is None else vectors)

    def _fill(self, items: Sequence[Item], vectors: Vectors) -> None:
        if vectors.shape != (len(items), self.dimension):
            raise StoreError(
                f"{len(items)} items with vectors of shape {vectors.shape}, where {self.dimension} numbers an item "
                "are expected",
                hint="encode all items with the embedder of this index",
            )
        self.items = tuple(items)
        self.matrix = vectors
        self.ids = [item.id for item in items]
        self.row_of = {id: row for row, id in enumerate(self.ids)}
        self.facets = FacetIndex(items)
        by_id = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        self._rank_of_id = np.empty(len(self.ids), dtype=np.int64)
        self._rank_of_id[by_id] = np.arange(len(self.ids))

    def write(self, upserts: Sequence[Entry], deletions: Sequence[str]) -> None:
        """See `VectorStore.write`."""
        gone = set(deletions)
        kept = {id: (self.items[row], self.matrix[row]) for id, row in self.row_of.items() if id not in gone}
        kept.update({entry.id: (entry.item, check_vector(entry.vector, self.dimension)) for entry in upserts})
        vectors = [vector for _, vector in kept.values()]
        self._fill(
            [item for item, _ in kept.values()],
            np.stack(vectors).astype(np.float32) if vectors else np.empty((0, self.dimension), np.float32),
        )

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> list[list[Hit]]:
        """See `VectorStore.search`."""
        return self.search_rows(vectors, k, None if where is None else self.facets.mask(where))

    def search_rows(self, vectors: Vectors, k: int, allowed: Mask | None = None) -> list[list[Hit]]:
        """`search` among the rows where `allowed` is True."""
        check_questions(vectors, self.dimension)
        rows = np.arange(len(self.ids)) if allowed is None else np.flatnonzero(allowed)
        matrix = self.matrix if allowed is None else self.matrix[rows]
        return [self._best(rows, similarities, k) for similarities in cosines(vectors @ matrix.T)]

    def _best(self, rows: NDArray[np.int64], similarities: NDArray[np.float64], k: int) -> list[Hit]:
        if 0 < k < len(rows):
            worst = np.partition(similarities, len(rows) - k)[len(rows) - k]
            near = similarities >= worst  # every tie stays in until the ids decide
            rows, similarities = rows[near], similarities[near]
        order = np.lexsort((self._rank_of_id[rows], -similarities))[: max(k, 0)]
        return [Hit(self.ids[rows[i]], float(similarities[i])) for i in order]

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """See `VectorStore.vectors`."""
        found: Vectors = np.asarray(self.matrix[[self.row_of[id] for id in ids]], dtype=np.float32)
        return found.reshape(len(ids), self.dimension)


def check_vector(vector: Vectors, dimension: int) -> Vectors:
    """`vector`, when it is (d,) and finite; raises StoreError otherwise."""
    if vector.shape != (dimension,) or not np.isfinite(vector).all():
        raise StoreError(
            f"a vector of shape {vector.shape} cannot be stored among vectors of {dimension} finite numbers",
            hint="encode all items with the embedder of this index",
        )
    return vector


def check_questions(vectors: Vectors, dimension: int) -> None:
    """Raise StoreError when `vectors` are not (q, d)."""
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise StoreError(
            f"a question of shape {vectors.shape} for an index of {dimension} numbers a vector",
            hint="encode questions with the embedder of this index",
        )
