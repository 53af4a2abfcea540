"""Figures of one ranker over an audience: what is accurate, what is not accuracy, and tables that fit a terminal."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from ranking.figures import WIDTH, Audience, Figures, Lists, as_json, best_peer, depth_table, figures_of, ratio, table
from tests.ranking.cases import tea, teas

IDS = [f"t{n}" for n in range(20)]
AUDIENCE = Audience(
    relevant=[["t0", "t1"], ["t2"], ["t3"]],
    groups=["ann", "ann", "bob"],
    known=[5, 5, 9],
    people={f"t{n}": 20 - n for n in range(20)},
    everyone=20,
    catalogue=teas([tea(item) for item in IDS]),
    vectors=np.eye(20, dtype=np.float32),
)


def ranker(name: str, *lists: list[str]) -> Figures:
    return figures_of(Lists(name, list(lists)), AUDIENCE, "factors 32")


GOOD = ranker("good", IDS, IDS, IDS)
BAD = ranker("bad", IDS[::-1], IDS[::-1], IDS[::-1])


def test_means_are_over_cases() -> None:
    assert GOOD.means["recall@1"] == pytest.approx(0.5 / 3)
    assert GOOD.means["precision@10"] == pytest.approx((0.2 + 0.1 + 0.1) / 3)
    assert GOOD.means["mrr"] == pytest.approx((1 + 1 / 3 + 1 / 4) / 3)
    assert GOOD.means["coverage"] == 0.5
    assert GOOD.means["diversity"] == pytest.approx(0.5)  # all vectors are at right angles
    assert GOOD.means["gini"] == pytest.approx(0.5)  # half the catalogue has everything
    assert GOOD.means["long_tail"] == 0.0
    assert BAD.means["long_tail"] > 0.5
    assert BAD.means["novelty"] > GOOD.means["novelty"]


def test_the_best_peer_is_by_the_measure() -> None:
    assert best_peer([GOOD, BAD], "ours").name == "good"
    assert best_peer([GOOD, BAD], "good").name == "bad"
    assert best_peer([GOOD, BAD], "ours", "novelty").name == "bad"


def test_a_ratio_is_paired() -> None:
    assert str(ratio(GOOD, GOOD)) == "1.000 [1.000, 1.000]"
    assert ratio(GOOD, BAD, "mrr").value > 1


def test_tables_fit_a_terminal_and_end_with_the_best() -> None:
    named = [ranker("a name of 23 letters, l", IDS, IDS, IDS), BAD]
    for text in (table(named), table(named, "recall@10"), depth_table(named)):
        lines = text.splitlines()
        assert max(map(len, lines)) <= WIDTH
        assert lines[-1].startswith("a name")
        assert lines[1].startswith("bad")
    assert "recall@10, 95%" in table(named, "recall@10")


def test_json_has_no_nan() -> None:
    alone = figures_of(Lists("short", [["t0"], ["t1"], ["t2"]]), AUDIENCE)
    assert math.isnan(alone.means["diversity"])
    (told,) = json.loads(json.dumps(as_json([alone]), allow_nan=False))
    assert told["means"]["diversity"] is None
    assert set(told["intervals"]["recall@10"]) == {"value", "low", "high"}
