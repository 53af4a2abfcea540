"""What diversity and the dial cost and bring, on the windows that choose: `pytest -m benchmark -s` prints it.

Never the tested windows. The films with their log, the shipped weights, lists of ten out of everything unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from bot.settings import load_settings
from bot.wiring import build_embedder, open_catalogue, open_index, read_log
from ranking.calibrate import miscalibration, shares_of
from ranking.dial import novelty_of, tilt
from ranking.diversify import ENOUGH_LIKES, POOL, ByShares, by_dpp, by_mmr
from ranking.evaluate import Outset
from ranking.fusion import Ranker, load_weights
from ranking.metrics import intra_list_distance, ndcg, novelty
from ranking.preparing import prepare
from ranking.request import RankingRequest
from ranking.splitting import TESTED, Case, windows
from ranking.trials import LEARNED_FIRST

pytestmark = [pytest.mark.benchmark, pytest.mark.model]

K = 10
RELEVANCE = 0.8
Choose = Callable[[Sequence[int], np.ndarray, RankingRequest], list[int]]


@dataclass
class Tally:
    """Means over cases of what one way of choosing gives."""

    rows: dict[str, list[tuple[float, ...]]] = field(default_factory=dict)

    def mean(self, name: str) -> np.ndarray:
        """NDCG@10, intra-list distance, miscalibration in bits, novelty in bits."""
        return np.nanmean(np.array(self.rows[name]), axis=0)


def ways(shares: ByShares) -> dict[str, Choose]:
    found: dict[str, Choose] = {"none": lambda order, _scores, _asked: list(order[:K])}
    for name, way in (("mmr", by_mmr), ("dpp", by_dpp), ("calibrated", shares)):
        for relevance in (0.9, 0.8, 0.7):
            found[f"{name} {relevance}"] = lambda o, s, a, w=way, r=relevance: w(o, s, a, K, r)  # type: ignore[misc]
    return found


def choosing() -> tuple[list[Outset], Mapping[str, int], int]:
    settings = load_settings()
    catalogue = open_catalogue(settings, print)
    index = open_index(settings, catalogue, build_embedder(settings, print), print)
    ids = [item.id for item in catalogue.items]
    vectors = np.array([index.vectors[index.row_of[item]] for item in ids], dtype=np.float32)
    rows = prepare(read_log(settings, catalogue, print)).rows
    people: dict[str, set[str]] = {}
    for row in rows:
        people.setdefault(row.item, set()).add(row.user)
    alike = np.zeros((len(ids), len(ids)), dtype=np.float32)  # what only peers read
    ready = [Outset(w, catalogue, vectors, lambda: alike) for w in windows(rows, ids)]
    known = {item: len(who) for item, who in people.items()}
    return ready[LEARNED_FIRST:-TESTED], known, len({row.user for row in rows})


def test_diversity_and_the_dial() -> None:
    ready, people, everyone = choosing()
    shares, tally = ByShares.of(ready[0].catalogue), Tally()

    def note(name: str, asked: RankingRequest, case: Case, chosen: list[int]) -> None:
        ids = [asked.ids[n] for n in chosen]
        liked = [shares.rows[item] for item in case.session.liked]
        own = shares_of(shares.categories[[shares.rows[item] for item in ids]])
        off = miscalibration(shares_of(shares.categories[liked]), own) if len(liked) >= ENOUGH_LIKES else np.nan
        told = (ndcg(ids, case.relevant, K), intra_list_distance(asked.vectors[chosen]), off)
        tally.rows.setdefault(name, []).append((*told, novelty(ids, people, everyone)))

    for outset in ready:
        ranker, unknown = Ranker(outset.signals, load_weights(), None), novelty_of(outset.signals)
        for case in (case for case in outset.window.cases if case.session.liked):
            asked = outset.request(case.session)
            scored = ranker._scored(asked)
            order, narrow = ranker._order(asked, scored.raw, scored.totals), scored.totals.astype(np.float32)
            for name, choose in ways(shares).items():
                note(name, asked, case, choose(order, narrow, asked))
            pool = shares(order[: K * POOL], narrow, asked, K * POOL, RELEVANCE)
            for dial in (0.0, 0.25, 0.75, 1.0):
                lean = tilt(unknown(asked), dial)
                assert lean is not None
                note(f"dial {dial}", asked, case, lean.first([*pool, *order[K * POOL :]], narrow, K))
    for name in tally.rows:
        print(f"{name:16} " + "  ".join(f"{value:.4f}" for value in tally.mean(name)))
    plain, shared, like = tally.mean("none"), tally.mean("calibrated 0.8"), tally.mean("mmr 0.8")
    assert shared[0] > 0.97 * plain[0]
    assert shared[2] < like[2] < plain[2]
    assert tally.mean("dial 0.0")[3] < shared[3] < tally.mean("dial 1.0")[3]
