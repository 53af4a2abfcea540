"""The whole comparison on a made-up log: every peer answers every case, and the log's future is found."""

from __future__ import annotations

import numpy as np
import pytest

from ranking.evaluate import OURS, TooLittle, compare
from ranking.figures import table
from ranking.peers import PEERS, TRIALS
from ranking.trials import RIDGES, TREES
from tests.ranking.cases import Row, tea, teas

GREEN, BLACK = [f"g{n}" for n in range(12)], [f"b{n}" for n in range(12)]
CATALOGUE = teas([*(tea(i, kind="green") for i in GREEN), *(tea(i, kind="black") for i in BLACK)])
VECTORS = np.repeat(np.eye(2, dtype=np.float32), 12, axis=0)


def log(people: int = 45) -> list[Row]:
    """One after the other, people rate teas of one kind, and two of the other kind badly."""
    r = np.random.default_rng(0)
    rows = []
    for n in range(people):
        good, bad = (GREEN, BLACK) if n % 2 else (BLACK, GREEN)
        rated = [(item, 5.0) for item in r.permutation(good)[:9]] + [(item, 1.0) for item in r.permutation(bad)[:2]]
        order = r.permutation(len(rated))
        rows += [Row(f"u{n}", rated[i][0], None, rated[i][1], 1e9 + 1e6 * n + place) for place, i in enumerate(order)]
    return rows


def test_everybody_has_as_many_trials() -> None:
    assert all(len(peer.grid) == TRIALS for peer in PEERS)
    assert len(RIDGES) + len(TREES) == TRIALS


def test_everybody_answers_the_same_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [peer for peer in PEERS if peer.name in {"popularity", "EASE", "BM25"}]  # the others take most of a minute
    monkeypatch.setattr("ranking.evaluate.PEERS", quick)
    monkeypatch.setattr("ranking.trials.TREES", TREES[:1])
    monkeypatch.setattr("ranking.trials.RIDGES", RIDGES[:2])
    found = compare(CATALOGUE, VECTORS, log(), lambda _: None)
    assert [figure.name for figure in found.figures] == [OURS, *(peer.name for peer in quick)]
    assert {len(figure.cases["ndcg@10"]) for figure in found.figures} == {len(found.audience.relevant)}
    ours = found.figures[0]
    assert ours.means["recall@10"] > 0.9  # of 24, the three or four left of the right kind
    assert len(found.learned.scores) == 3
    assert found.rmse["biases"] > 0
    assert OURS in table(found.figures)


def test_a_short_log_is_refused() -> None:
    with pytest.raises(TooLittle):
        compare(CATALOGUE, VECTORS, log(3), lambda _: None)
