"""Ours beside what people would reach for, on one temporal split of one log: `chatalogue evaluate ranking`.

Everything that is chosen or learned, by peers and by us, is chosen on the windows before the first tested cut-off, with
the same number of trials; then all models are fitted again before each tested cut-off, and the cases are pooled. Every
item of the catalogue that a person does not know competes. Knows no command line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from ranking.behaviour import Behaviour, NoBehaviour
from ranking.evidence import BehaviourRow
from ranking.figures import DEPTH, Audience, Figures, Lists, figures_of
from ranking.foretelling import rmse_by_name
from ranking.fusion import Ranker
from ranking.keeping import Kept
from ranking.learning import Example, as_fusion, example
from ranking.metrics import ndcg
from ranking.peers import PEERS, TRIALS, Known, Material, Peer, Scorer
from ranking.request import Floats, RankingRequest, Session
from ranking.signals import Signal, built_in_signals
from ranking.splitting import CUTS, TESTED, Case, Window, check_window, windows
from ranking.table import log_table
from ranking.trials import LEARNED_FIRST, RIDGES, TREES, Learned, try_out
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError
from retrieval.lexical import LexicalIndex

OURS = "chatalogue"
SPEECHLESS = ("text", "wanted", "avoided", "direction")  # signals that need something to be said
Report = Callable[[str], None]

assert len(RIDGES) + len(TREES) == TRIALS


class TooLittle(ChatalogueError):
    """A log that cannot be evaluated."""

    code = "too_little"


@dataclass(frozen=True)
class Comparison:
    """All rankers on the same cases, ours first; the error of ratings foretold, in stars, by who can."""

    figures: tuple[Figures, ...]
    audience: Audience
    learned: Learned
    rmse: dict[str, float]


@dataclass(frozen=True)
class Outset:
    """One window made ready: what peers are fitted on, ours fitted, and the windows' cases. `vectors` is (n, d) float32
    of the catalogue's items, rows L2-normalised; `alike` gives what of their texts only peers go by."""

    window: Window
    catalogue: Catalogue
    vectors: Floats
    alike: Callable[[], Floats]

    @cached_property
    def material(self) -> Material:
        """What peers are fitted on."""
        ids = [item.id for item in self.catalogue.items]
        return Material(log_table(self.window.rows, ids), self.vectors, self.alike())

    @cached_property
    def behaviour(self) -> Behaviour:
        """Ours, fitted before the window."""
        return Behaviour.fit(self.window.rows, [item.id for item in self.catalogue.items])

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """Those that can speak where nothing is said and only taste counts."""
        return tuple(s for s in built_in_signals(self.behaviour, self.catalogue) if s.name not in SPEECHLESS)

    @property
    def names(self) -> list[str]:
        """Of `signals`, without fitting anything."""
        return [s.name for s in built_in_signals(NoBehaviour(), self.catalogue) if s.name not in SPEECHLESS]

    @cached_property
    def row(self) -> dict[str, int]:
        """Row numbers by id."""
        return {item.id: row for row, item in enumerate(self.catalogue.items)}

    def request(self, session: Session) -> RankingRequest:
        """The list of everything that the person does not know."""
        known = set(session.seen)
        rows = [row for row, item in enumerate(self.catalogue.items) if item.id not in known]
        vectors = self.vectors
        return RankingRequest(
            items=tuple(self.catalogue.items[row] for row in rows),
            similarity=np.full(len(rows), np.nan, dtype=np.float32),
            vectors=vectors[rows],
            liked_vectors=vectors[[self.row[item] for item in session.liked]],
            disliked_vectors=vectors[[self.row[item] for item in session.disliked]],
            session=session,
            k=DEPTH,
        )

    def examples(self) -> list[Example]:
        """The cases as lists to learn from."""
        cases = enumerate(self.window.cases)
        return [example(self.signals, self.request(c.session), c.relevant, str(c.session.user)) for n, c in cases]

    def ranked(self, scorer: Scorer, case: Case) -> list[str]:
        """The best DEPTH ids by a peer."""
        rows = np.array([self.row[item] for item in case.session.seen], dtype=np.int64)
        liked = np.array([self.row[item] for item in case.session.liked], dtype=np.int64)
        scores = np.array(scorer(Known(liked, rows)), dtype=np.float64)
        scores[rows] = -np.inf
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return [self.catalogue.items[row].id for row in best]


def compare(catalogue: Catalogue, vectors: Floats, rows: Sequence[BehaviourRow], report: Report) -> Comparison:
    """Fit, choose, learn, test. `vectors` is (n, d) float32 of the catalogue's items, rows L2-normalised."""
    every = outsets(catalogue, vectors, rows)
    choosing, testing = every[:-TESTED], every[-TESTED:]
    report(f"choosing on {_cases(choosing[LEARNED_FIRST:])} cases, testing on {_cases(testing)}")
    learned = learn(choosing, report)
    audience = _audience(catalogue, vectors, rows, testing)
    figures = [figures_of(_ours(testing, learned), audience, learned.setting)]
    for peer in PEERS:
        chosen = _chosen(peer, choosing[LEARNED_FIRST:])
        lists = Lists(peer.name)
        for outset in testing:
            scorer = peer.fit(outset.material, **chosen)
            lists.ranked += [outset.ranked(scorer, case) for case in outset.window.cases]
        figures.append(figures_of(lists, audience, ", ".join(f"{name} {value}" for name, value in chosen.items())))
        report(f"{peer.name}: ndcg@10 {figures[-1].interval('ndcg@10')}")
    return Comparison(tuple(figures), audience, learned, rmse_by_name(choosing[LEARNED_FIRST:], testing))


def learn(ready: Sequence[Outset], report: Report, *, trees: bool = True, kept: Kept | None = None) -> Learned:
    """Each choice learns from the windows before a window and is judged on it; the best learns from all of them.

    `trees` correct the linear weights that were best before, and are taken only where they are better still.
    """
    keep, lists = kept or Kept(), []
    for n, outset in enumerate(ready, 1):
        lists.append(keep.examples(f"window{n}", outset.examples))
        report(f"window {n} of {len(ready)}: {len(lists[-1])} lists to learn from")
    return try_out(lists, ready[0].names, report, keep, trees=trees)


def outsets(catalogue: Catalogue, vectors: Floats, rows: Sequence[BehaviourRow]) -> list[Outset]:
    """All windows of the log, made ready and checked for leaks. Raises TooLittle."""
    ids = [item.id for item in catalogue.items]
    alike = cache(lambda: lexical_alikeness(catalogue))
    ready = []
    for window in windows(rows, ids):
        check_window(window)
        ready.append(Outset(window, catalogue, vectors, alike))
    if len(ready) != len(CUTS) - 1 or not all(outset.window.cases for outset in ready):
        raise TooLittle("the log is too small for nine windows in time", hint="it needs times, and some hundred people")
    return ready


def lexical_alikeness(catalogue: Catalogue) -> Floats:
    """(n, n) float32: BM25 of the column's item for the row's own words, 0 where they share none."""
    index = LexicalIndex.build(catalogue.items)
    row = {item.id: n for n, item in enumerate(catalogue.items)}
    alike = np.zeros((len(row), len(row)), dtype=np.float32)
    for n, item in enumerate(catalogue.items):
        names = [value for facet in item.facets for value in item.values(facet)]
        for other, score in index.search(f"{' '.join(names)} {item.text}", len(row)):
            alike[n, row[other]] = score
    return alike


def _cases(ready: Sequence[Outset]) -> int:
    return sum(len(outset.window.cases) for outset in ready)


def _chosen(peer: Peer, ready: Sequence[Outset]) -> Any:
    """The setting with the best mean NDCG@10."""

    def judged(setting: Any) -> float:
        scores = []
        for outset in ready:
            scorer = peer.fit(outset.material, **setting)
            scores += [ndcg(outset.ranked(scorer, case), case.relevant, 10) for case in outset.window.cases]
        return float(np.mean(scores))

    return max(peer.grid, key=judged)


def _ours(ready: Sequence[Outset], learned: Learned) -> Lists:
    lists = Lists(OURS)
    for outset in ready:
        ranker = Ranker(outset.signals, as_fusion(outset.signals, learned.weights, "learned"), None, learned.trees)
        for case in outset.window.cases:
            lists.ranked.append(ranker.order(outset.request(case.session))[:DEPTH])
    return lists


def _audience(catalogue: Catalogue, vectors: Floats, rows: Sequence[BehaviourRow], ready: Sequence[Outset]) -> Audience:
    people: dict[str, set[str]] = {}
    for row in rows:
        people.setdefault(row.item, set()).add(row.user)
    cases = [case for outset in ready for case in outset.window.cases]
    return Audience(
        [case.relevant for case in cases],
        [str(case.session.user) for case in cases],
        [len(case.session.seen) for case in cases],
        {item: len(users) for item, users in people.items()},
        len({row.user for row in rows}),
        catalogue,
        vectors,
    )
