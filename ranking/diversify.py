"""The places of a list chosen so that it is not all of one thing: by MMR, by a DPP, or by the shares of one's likes.

MMR is maximal marginal relevance (Carbonell & Goldstein 1998), the DPP a greedy determinantal point process (Chen,
Zhang & Zhou 2018), both through `pyversity`; calibration is `ranking/calibrate.py`. Knows scores, vectors, categories.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ranking.calibrate import calibrated, shares_of
from ranking.request import Floats, RankingRequest
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

POOL = 10  # the k places are chosen among this many times k best ones, so that diversity never digs up the worst
ENOUGH_LIKES = 5  #: from so many likes on, their shares of categories say what somebody likes

#: the part of the diversity that lists for fewer likes have: a first like or two says much, and MMR unsays it
FEW = 0.25

Kind = Literal["mmr", "dpp", "calibrated", "none"]
Diversify = Callable[[Sequence[int], Floats, RankingRequest, int, float], list[int]]  #: see `by_mmr`


def by_mmr(order: Sequence[int], scores: Floats, request: RankingRequest, k: int, relevance: float) -> list[int]:
    """The `k` of `order` (positions, best first) to show; `relevance` in [0, 1], 1 changes nothing."""
    return diversified(order, scores, request.vectors, k, relevance)


def by_dpp(order: Sequence[int], scores: Floats, request: RankingRequest, k: int, relevance: float) -> list[int]:
    """The same by a DPP whose kernel weighs likeness by exp(`relevance` · z), z the score in standard deviations."""
    pool = list(order[: k * POOL])
    if relevance >= 1 or len(pool) <= 2 or k <= 1:
        return pool[:k]
    from pyversity import dpp

    wide = np.asarray(scores, dtype=np.float32)[pool]
    with np.errstate(all="ignore"):  # beyond the rank of the vectors nothing has volume, and any order will do
        chosen = dpp(request.vectors[pool].astype(np.float32), wide, k=min(k, len(pool)), diversity=1 - relevance)
    return [pool[index] for index in chosen.indices]


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


@dataclass(frozen=True)
class ByShares:
    """The same by the shares of categories among the likes. With fewer than ENOUGH_LIKES, by a FEW of MMR's diversity;
    without any, by MMR."""

    rows: dict[str, int]
    categories: npt.NDArray[np.float64]  #: (n, g), 1 where the item of the row has the category

    @classmethod
    def of(cls, catalogue: Catalogue) -> ByShares:
        """By all values of the catalogue's category facets."""
        facets = [facet.name for facet in catalogue.schema.facets if facet.kind is FacetKind.CATEGORY]
        column = {pair: n for n, pair in enumerate((f, v) for f in facets for v in catalogue.facet_values(f))}
        table = np.zeros((len(catalogue.items), len(column)))
        for row, item in enumerate(catalogue.items):
            for pair in ((f, v) for f in facets for v in item.values(f)):
                table[row, column[pair]] = 1.0
        return cls({item.id: row for row, item in enumerate(catalogue.items)}, table)

    def __call__(
        self, order: Sequence[int], scores: Floats, request: RankingRequest, k: int, relevance: float
    ) -> list[int]:
        liked = [self.rows[item] for item in request.session.liked if item in self.rows]
        if len(liked) < ENOUGH_LIKES:
            return by_mmr(order, scores, request, k, 1 - (1 - relevance) * (FEW if liked else 1.0))
        pool = list(order[: k * POOL])
        own = self.categories[[self.rows[request.ids[n]] for n in pool]]
        wide = [float(scores[n]) for n in pool]
        target = shares_of(self.categories[liked])
        chosen = calibrated(range(len(pool)), wide, own, target, min(k, len(pool)), 1 - relevance)
        return [pool[place] for place in chosen]


def version_mark(diversify: Diversify | None) -> str:
    """What a ranker's version says of it: nothing of MMR."""
    if diversify is by_mmr:
        return ""
    return "+none" if diversify is None else "+dpp" if diversify is by_dpp else "+calibrated"


def diversity_by_name(kind: Kind, catalogue: Catalogue) -> Diversify | None:
    """How lists are made diverse; None: they are not."""
    if kind == "calibrated":
        return ByShares.of(catalogue)
    return {"mmr": by_mmr, "dpp": by_dpp, "none": None}[kind]
