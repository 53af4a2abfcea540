"""Query → Candidates: several sources, fused by rank; hard conditions hold for every candidate.

Sources are the text's neighbours (dense), its words (BM25), what is like the items named, and what behaviour says goes
with them. They are fused by reciprocal rank (Cormack, Clarke and Büttcher 2009, k = 60), which needs no comparable
scores. Knows items and vectors; knows no user, no dialogue and no ranking.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from retrieval.embedder import Embedder
from retrieval.facet_index import Mask
from retrieval.filters import Filter, conjunction
from retrieval.indexer import Index
from retrieval.store import Vectors, cosines

RRF_K = 60
DEPTH = 100  #: how many answers of each source take part, at least
DENSE, LEXICAL, LIKE, NEIGHBOURS, FALLBACK = "dense", "lexical", "like", "neighbours", "fallback"


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. Empty parts take no part.

    `like` are items to resemble, which are not answers of that source themselves; `neighbours` are items that go with
    them by behaviour, best first; `fallback` is the order, best first, in which free places are filled. `where` and
    `exclude` are hard.
    """

    text: str = ""
    like: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    where: Filter | None = None
    exclude: frozenset[str] = frozenset()
    k: int = 100
    fallback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item found. `similarity` is the cosine in [-1, 1] of the query's text with the item, NaN without a text.

    `sources` says which source ranked it where, from 1.
    """

    id: str
    similarity: float
    sources: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Best first, `min(k, total_matching)` of them; `total_matching` counts all that the hard conditions leave."""

    items: tuple[Candidate, ...]
    total_matching: int


class Retriever:
    """Answers queries from one index."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index, self.embedder = index, embedder

    def retrieve(self, query: Query) -> Candidates:
        """See `Query` and `Candidates`."""
        allowed = self._allowed(query.where, query.exclude)
        total = int(allowed.sum())
        text = query.text.strip()
        vector = self.embedder.encode([text]) if text else None
        rankings: dict[str, list[str]] = {}
        if total and query.k > 0:
            rankings = self._rankings(query, text, vector, allowed)
        chosen = _fused(rankings)[: max(query.k, 0)]
        sources = {source: {id: rank for rank, id in enumerate(ids, 1)} for source, ids in rankings.items()}
        sources[FALLBACK] = self._fill(chosen, query, allowed)
        similarities = self._similarities(vector, chosen)
        candidates = tuple(
            Candidate(id, similarity, {name: ranks[id] for name, ranks in sources.items() if id in ranks})
            for id, similarity in zip(chosen, similarities, strict=True)
        )
        return Candidates(candidates, total)

    def count(self, where: Filter | None, exclude: Iterable[str] = ()) -> int:
        """How many items match, exactly."""
        return int(self._allowed(where, exclude).sum())

    def relaxations(self, constraints: Sequence[Filter], exclude: Iterable[str] = ()) -> list[tuple[int, int]]:
        """For each constraint, by its index, how many items would match if it alone were lifted."""
        masks = [self.index.facets.mask(constraint) for constraint in constraints]
        free = self._allowed(None, exclude)
        counts = []
        for lifted in range(len(masks)):
            mask = free.copy()
            for other, part in enumerate(masks):
                if other != lifted:
                    mask &= part
            counts.append((lifted, int(mask.sum())))
        return counts

    def blocking(self, constraints: Sequence[Filter], exclude: Iterable[str] = ()) -> tuple[int, ...]:
        """A smallest set of constraints, by index, that no item satisfies together: lifting none of them helps.

        Smallest in that every member is needed. Empty when something matches, and when nothing would without any.
        """
        free = frozenset(exclude)
        if self.count(conjunction(constraints), free) or not self.count(None, free):
            return ()
        needed = list(range(len(constraints)))
        for index in range(len(constraints)):
            rest = [i for i in needed if i != index]
            if not self.count(conjunction(constraints[i] for i in rest), free):
                needed = rest
        return tuple(needed)

    def _allowed(self, where: Filter | None, exclude: Iterable[str]) -> Mask:
        mask = self.index.facets.mask(where)
        mask[[self.index.row_of[id] for id in exclude if id in self.index.row_of]] = False
        return mask

    def _rankings(self, query: Query, text: str, vector: Vectors | None, allowed: Mask) -> dict[str, list[str]]:
        depth = max(DEPTH, query.k)
        row_of = self.index.row_of
        rankings = {NEIGHBOURS: [i for i in dict.fromkeys(query.neighbours) if i in row_of and allowed[row_of[i]]]}
        if vector is not None:
            rankings[DENSE] = self._nearest(vector, query, depth)[0]
            rankings[LEXICAL] = [id for id, _ in self.index.lexical.search(text, depth, allowed)]
        liked = [id for id in dict.fromkeys(query.like) if id in row_of]
        if liked:
            rankings[LIKE] = self._alike(liked, query, depth)
        return {source: ids[:depth] for source, ids in rankings.items()}

    def _nearest(self, vectors: Vectors, query: Query, k: int, beside: int = 0) -> list[list[str]]:
        """For each vector its k nearest allowed ids. Excluded ones are dropped here: few, and slow in a filter."""
        wanted = k + len(query.exclude) + beside
        found = self.index.store.search(vectors, wanted, query.where)
        return [[hit.id for hit in hits if hit.id not in query.exclude] for hits in found]

    def _alike(self, liked: Sequence[str], query: Query, depth: int) -> list[str]:
        """What is near any of the liked items, each of them with the same say."""
        vectors = self.index.store.vectors(liked)
        own = set(liked)
        each = self._nearest(vectors, query, depth, beside=len(own))
        return _fused({liked[i]: [id for id in ids if id not in own] for i, ids in enumerate(each)})

    def _fill(self, chosen: list[str], query: Query, allowed: Mask) -> dict[str, int]:
        """Append to `chosen` what matches, in the fallback's order and then the catalogue's; the ranks of those."""
        filled: dict[str, int] = {}
        if len(chosen) >= query.k:
            return filled
        taken = set(chosen)
        row_of, ids = self.index.row_of, self.index.ids
        ordered = (id for id in query.fallback if id in row_of and allowed[row_of[id]])
        for id in chain(ordered, (ids[int(row)] for row in np.flatnonzero(allowed))):
            if len(chosen) >= query.k:
                break
            if id not in taken:
                taken.add(id)
                chosen.append(id)
                filled[id] = len(filled) + 1
        return filled

    def _similarities(self, vector: Vectors | None, ids: Sequence[str]) -> list[float]:
        if vector is None or not ids:
            return [math.nan] * len(ids)
        rows = [self.index.row_of[id] for id in ids]
        return [float(s) for s in cosines(self.index.vectors[rows] @ vector[0])]


def _fused(rankings: Mapping[str, Sequence[str]]) -> list[str]:
    """Ids by the sum of 1 / (60 + rank) over the rankings, ties by id."""
    scores: dict[str, float] = defaultdict(float)
    for ids in rankings.values():
        for rank, id in enumerate(ids, 1):
            scores[id] += 1 / (RRF_K + rank)
    return sorted(scores, key=lambda id: (-scores[id], id))
