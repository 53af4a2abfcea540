"""Relations between items: what they must find, what they must not know, and that they survive being kept."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.behaviour import Behaviour, BehaviourSettings
from ranking.neighbourhood import Neighbourhood, fading, trail
from ranking.relations import RelationSettings, denoised, fit_relations, sequence, short_sittings, strongest, together
from ranking.request import Session
from ranking.table import log_table
from tests.ranking.cases import CAMPS, Row, two_camps

SETTINGS = RelationSettings(ridge=1.0)
HOUR = 3_600.0


def test_a_table_is_in_the_order_of_time_with_the_latest_word() -> None:
    rows = [Row("b", "y", "like", None, 5.0), Row("a", "x", "like", None, 9.0), Row("a", "x", "dislike", None, 20.0)]
    table = log_table(rows, ["x", "y"])
    assert table.times.tolist() == [5.0, 20.0]
    assert table.items.tolist() == [1, 0]
    assert table.values.tolist() == [1.0, -0.75]
    assert np.isnan(log_table([Row("a", "x", "like", None, 0.0)], ["x"]).times).all()


def test_together_is_ease_in_closed_form() -> None:
    table = log_table(two_camps(), CAMPS)
    found = together(table, RelationSettings(ridge=3.0, half_life=1e9)).toarray()
    liked = table.matrix(np.maximum(table.values, 0.0)).toarray()[:, :12]
    inverse = np.linalg.inv(liked[:, :].T @ liked + 3.0 * np.eye(12))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(found[:12, :12], expected, atol=1e-5)
    assert not found[CAMPS.index("new")].any()


def test_denoised_is_the_least_error_over_all_ways_to_leave_likes_out() -> None:
    likes = {"a": "xyz", "b": "xy", "c": "yz", "d": "xz", "e": "xy"}
    rows = [Row(user, item, "like", None, 10.0) for user, items in likes.items() for item in items]
    dropout, ridge = 0.6, 0.5
    settings = RelationSettings(dropout=dropout, dropout_ridge=ridge, half_life=0.001)
    found = denoised(log_table(rows, list("xyz")), settings).toarray()
    full = np.array([[item in items for item in "xyz"] for items in likes.values()], dtype=float)
    for target in range(3):
        others = [n for n in range(3) if n != target]
        square, moment = ridge * np.eye(2), np.zeros(2)
        for kept in product((0.0, 1.0), repeat=2):  # dropped alike for everybody: the expectation is a sum over people
            chance = float(np.prod([1 - dropout if one else dropout for one in kept]))
            seen = full[:, others] * np.array(kept) / (1 - dropout)
            square += chance * seen.T @ seen
            moment += chance * seen.T @ full[:, target]
        np.testing.assert_allclose(found[others, target], np.linalg.solve(square, moment), atol=1e-5)


def test_sequence_is_closer_forwards_and_fades() -> None:
    rows = [Row(f"u{n}", item, "like", None, 10.0 * k + 1) for n in range(5) for k, item in enumerate("abcd")]
    near = sequence(log_table(rows, list("abcd")), SETTINGS).toarray()
    assert near[0, 1] > near[0, 2] > near[0, 3] > 0
    assert near[0, 1] == pytest.approx(2 * near[1, 0])
    assert not np.diag(near).any()


def test_one_visitors_end_is_not_the_next_ones_start() -> None:
    rows = [Row("a", "x", "like", None, 1.0), Row("a", "y", "like", None, 2.0), Row("b", "z", "like", None, 3.0)]
    assert not sequence(log_table(rows, ["x", "y", "z"]), SETTINGS).toarray()[:, 2].any()


def test_short_sittings_end_with_a_pause_and_leave_out_long_ones() -> None:
    talk = [Row("a", "x", "like", None, HOUR), Row("a", "y", "like", None, HOUR + 60)]
    next_day = [Row("a", "z", "like", None, 30 * HOUR), Row("a", "w", "dislike", None, 30 * HOUR)]
    marathon = [Row("b", f"m{n}", "like", None, HOUR + n) for n in range(31)]
    ids = ["x", "y", "z", "w", *(f"m{n}" for n in range(31))]
    found = short_sittings(log_table([*talk, *next_day, *marathon], ids), SETTINGS)
    assert sorted(ids[n] for n in found[1]) == ["x", "y"]
    assert len(set(found[0])) == 1


def test_what_nobody_related_is_unknown() -> None:
    model = Neighbourhood.fit(log_table(two_camps(), CAMPS), CAMPS, SETTINGS)
    scores = model.related("together", ["b0"], ["b1", "new", "not there"])
    assert scores[0] > 0
    assert np.isnan(scores[1:]).all()
    assert np.isnan(model.related("together", ["new"], CAMPS)).all()
    assert np.isnan(model.related("together", [], CAMPS)).all()
    assert np.isnan(model.standing("trend", ["new", "not there"])).all()
    assert np.isnan(Neighbourhood.empty().related("sequence", ["b0"], CAMPS)).all()


def test_the_latest_counts_most() -> None:
    model = Neighbourhood.fit(log_table(two_camps(), CAMPS), CAMPS, SETTINGS)
    ids = ["b5", "g5"]
    black, green = model.related("together", ["b0", "g0"], ids, 1.0), model.related("together", ["g0", "b0"], ids, 1.0)
    assert black[1] > black[0]
    assert green[0] > green[1]
    assert fading(3, 1.0).tolist() == [0.25, 0.5, 1.0]


def test_an_old_log_says_less_than_a_new_one_but_is_not_lost() -> None:
    year = 365 * 86_400.0
    old = [Row(f"o{n}", "x", "like", None, 30 * year) for n in range(4)]
    new = [Row(f"n{n}", "y", "like", None, 40 * year) for n in range(4)]
    trend = Neighbourhood.fit(log_table(old + new, ["x", "y"]), ["x", "y"]).standing("trend", ["x", "y"])
    assert 0 < trend[0] < trend[1]


def test_quality_is_pulled_to_the_mean_where_few_judged() -> None:
    rows = [Row(f"u{n}", "common", "like", None, 1.0) for n in range(50)]
    rows += [Row("u1", "single", "purchase", None, 1.0)] + [
        Row(f"u{n}", "bad", "dislike", None, 1.0) for n in range(20)
    ]
    quality = Neighbourhood.fit(log_table(rows, ["common", "single", "bad"]), ["common", "single", "bad"]).standing(
        "quality", ["common", "single", "bad"]
    )
    assert quality[2] < quality[1] < quality[0] < 1.0


def test_a_trail_is_all_that_was_dealt_with() -> None:
    assert trail(Session(liked=("a", "b"), disliked=("c",), seen=("b", "d"))) == ("b", "d", "c", "a")


@given(st.integers(1, 6), st.integers(0, 99))
def test_the_strongest_are_kept(most: int, seed: int) -> None:
    dense = np.random.default_rng(seed).normal(size=(5, 8)).astype(np.float32)
    kept = strongest(dense.copy(), most).toarray()
    for row, full in zip(kept, dense, strict=True):
        assert (row != 0).sum() == most
        assert np.abs(row[row != 0]).min() >= np.abs(full[row == 0]).max(initial=0)


def test_relations_are_kept_with_the_model(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    model = Behaviour.fit(two_camps(), CAMPS, BehaviourSettings(factors=2))
    model.save(folder, "mark")
    again = Behaviour.load(folder, "mark")
    assert again is not None
    for name in ("together", "denoised", "sequence", "conversations"):
        before = model.neighbourhood.related(name, ["b0", "g1"], CAMPS)
        np.testing.assert_array_equal(before, again.neighbourhood.related(name, ["b0", "g1"], CAMPS))
    for name in ("trend", "quality", "talked"):
        np.testing.assert_array_equal(
            model.neighbourhood.standing(name, CAMPS), again.neighbourhood.standing(name, CAMPS)
        )


def test_an_empty_log_gives_empty_relations() -> None:
    relations = fit_relations(log_table([], ["x", "y"]), SETTINGS)
    assert relations.together.nnz == relations.sequence.nnz == relations.conversations.nnz == 0
    assert relations.denoised.nnz == 0
    assert relations.sittings.tolist() == [0.0, 0.0]
