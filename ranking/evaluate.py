"""How well rankers find what people went on to like: a split in time, several rankers, one table.

Of every person with enough history the last `held_out` liked items are hidden; the few before them are the session, as
in a conversation. The model is fitted on everything but what is hidden and whatever those people did after it began.
All items of the catalogue that the person does not know compete. Knows no command line and no files.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ranking import metrics
from ranking.behaviour import Behaviour
from ranking.evidence import BehaviourRow, evidence_by_user
from ranking.fusion import FusionWeights, Ranker, load_weights
from ranking.request import Floats, RankedList, RankingRequest, Session
from ranking.signals import BehaviourScore, LikedSimilarity, Popularity, built_in_signals
from retrieval.catalogue.item import Item

LIKED = 2.5  #: evidence from which on a held-out item counts as relevant: an average rating, a click and more


@dataclass(frozen=True, slots=True)
class Case:
    """One person: what they had done, what is known of them, what they liked next."""

    session: Session
    relevant: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """What to fit on, and whom to ask."""

    rows: tuple[BehaviourRow, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Result:
    """One ranker's means over all cases; `measures` in the order of the table's columns."""

    name: str
    measures: Mapping[str, float] = field(default_factory=dict)


def split_by_time(
    rows: Sequence[BehaviourRow], items: Sequence[Item], *, held_out: int = 5, session: int = 3, least: int = 15
) -> Split:
    """Hide the last `held_out` liked items of everyone with `least` or more; `session` is how many likes are known."""
    known = {item.id for item in items}
    evidence = evidence_by_user(rows, known)
    histories: dict[str, list[BehaviourRow]] = {}
    for row in sorted(rows, key=lambda row: row.timestamp or 0.0):
        histories.setdefault(row.user, []).append(row)
    kept: list[BehaviourRow] = []
    cases: list[Case] = []
    for user, history in sorted(histories.items()):
        values = evidence.get(user, {})
        order = list(dict.fromkeys(row.item for row in history if row.item in values))
        likes = [item for item in order if values[item] >= LIKED]
        if len(likes) < least:
            kept += history
            continue
        hidden = likes[-held_out:]
        before = order[: order.index(hidden[0])]
        past = set(before)
        kept += [row for row in history if row.item in past or row.item not in known]
        liked = [item for item in before if values[item] >= LIKED][-session:]
        disliked = [item for item in before if values[item] < 0][-session:]
        cases.append(Case(Session(None, tuple(liked), tuple(disliked), tuple(before)), tuple(hidden)))
    return Split(tuple(kept), tuple(cases))


def evaluate_ranking(
    items: Sequence[Item],
    vectors: Floats,
    rows: Sequence[BehaviourRow],
    *,
    k: int = 10,
    weights: FusionWeights | None = None,
    split: Split | None = None,
) -> list[Result]:
    """Popularity, similarity, behaviour, and their fusion with and without diversity, side by side.

    `vectors` is (n, d) float32 of `items`, rows L2-normalised. The text's similarity takes no part: nothing was said.
    """
    split = split or split_by_time(rows, items)
    weights = weights or load_weights()
    behaviour = Behaviour.fit(split.rows, [item.id for item in items])
    plain = FusionWeights(weights.groups, weights.signals, 1.0, weights.name)
    rankers = {
        "popularity": Ranker([Popularity(behaviour)], plain),
        "similarity": Ranker([LikedSimilarity()], plain),
        "behaviour": Ranker([BehaviourScore(behaviour)], plain),
        "fused": Ranker(built_in_signals(behaviour), plain),
        "fused, diverse": Ranker(built_in_signals(behaviour), weights),
    }
    bench = _Bench(items, vectors, split, k)
    return [bench.measure(name, ranker.rank) for name, ranker in rankers.items()]


def render(results: Sequence[Result]) -> str:
    """The table as text, a line for each ranker."""
    columns = list(results[0].measures) if results else []
    width = max((len(result.name) for result in results), default=0)
    lines = [" " * width + "".join(f"{name:>12}" for name in columns)]
    for result in results:
        lines.append(f"{result.name:<{width}}" + "".join(f"{result.measures[name]:>12.4f}" for name in columns))
    return "\n".join(lines)


class _Bench:
    def __init__(self, items: Sequence[Item], vectors: Floats, split: Split, k: int) -> None:
        self._items, self._vectors, self._split, self._k = items, vectors, split, k
        self._row = {item.id: row for row, item in enumerate(items)}
        people: dict[str, set[str]] = {}
        for row in split.rows:
            people.setdefault(row.item, set()).add(row.user)
        self._people = {item: len(users) for item, users in people.items()}
        self._everyone = len({row.user for row in split.rows})

    def measure(self, name: str, rank: Callable[[RankingRequest], RankedList]) -> Result:
        """The means of all measures over the cases; ms is the time of one list."""
        table: dict[str, list[float]] = {}
        lists: list[list[str]] = []
        for case in self._split.cases:
            request = self._request(case.session)
            started = time.perf_counter()
            ranked = rank(request)
            spent = (time.perf_counter() - started) * 1000
            ids = [place.id for place in ranked.items]
            lists.append(ids)
            for measure, value in {**self._one(ids, case), "ms": spent}.items():
                table.setdefault(measure, []).append(value)
        means = {measure: float(np.nanmean(values)) for measure, values in table.items()}
        means["coverage"] = metrics.coverage(lists, self._row)
        return Result(name, means)

    def _one(self, ids: list[str], case: Case) -> dict[str, float]:
        k = self._k
        return {
            f"recall@{k}": metrics.recall(ids, case.relevant, k),
            f"ndcg@{k}": metrics.ndcg(ids, case.relevant, k),
            "mrr": metrics.reciprocal_rank(ids, case.relevant),
            "ild": metrics.intra_list_distance(self._vectors[[self._row[item] for item in ids]]),
            "novelty": metrics.novelty(ids, self._people, self._everyone),
        }

    def _request(self, session: Session) -> RankingRequest:
        known = set(session.seen)
        rows = [row for row, item in enumerate(self._items) if item.id not in known]
        return RankingRequest(
            items=tuple(self._items[row] for row in rows),
            similarity=np.full(len(rows), math.nan, dtype=np.float32),
            vectors=self._vectors[rows],
            liked_vectors=self._of(session.liked),
            disliked_vectors=self._of(session.disliked),
            session=session,
            k=self._k,
        )

    def _of(self, ids: Sequence[str]) -> Floats:
        return self._vectors[[self._row[item] for item in ids]]
