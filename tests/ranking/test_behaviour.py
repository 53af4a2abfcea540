"""The collaborative model: what people do together is found, what nobody did stays unknown."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking import behaviour as module
from ranking.behaviour import Behaviour, BehaviourSettings, NoBehaviour, fit_or_load
from ranking.evidence import evidence_by_user
from ranking.request import Session
from tests.ranking.cases import CAMPS, Row, two_camps

SMALL = BehaviourSettings(factors=2, regularization=0.1, alpha=5.0)


@pytest.fixture(scope="module")
def model() -> Behaviour:
    return Behaviour.fit(two_camps(), CAMPS, SMALL)


def test_likes_bring_their_camp_up(model: Behaviour) -> None:
    scores = dict(zip(CAMPS, model.fold_in(Session(liked=("b0", "b1")), CAMPS), strict=True))
    assert min(scores[f"b{n}"] for n in range(6)) > max(scores[f"g{n}"] for n in range(6))


def test_a_dislike_lowers_what_is_near_it(model: Behaviour) -> None:
    near = [f"b{n}" for n in range(2, 6)]
    before = model.fold_in(Session(liked=("b0", "g0")), near)
    after = model.fold_in(Session(liked=("b0", "g0"), disliked=("b1",)), near)
    assert (after < before).all()
    alone = dict(zip(CAMPS, model.fold_in(Session(disliked=("b0",)), CAMPS), strict=True))
    assert alone["b1"] < alone["g1"]


def test_unknown_is_nan_never_zero(model: Behaviour) -> None:
    ids = ["new", "rare", "not in the catalogue", "b1"]
    for values in (model.fold_in(Session(liked=("b0",)), ids), model.popularity(ids)):
        assert np.isnan(values[:3]).all()
        assert not np.isnan(values[3])
    assert [model.has_evidence(item) for item in ids] == [False, False, False, True]
    assert np.isnan(model.fold_in(Session(), CAMPS)).all()
    assert np.isnan(model.fold_in(Session(liked=("new", "rare")), CAMPS)).all()


def test_popularity_is_a_share() -> None:
    rows = two_camps() + [Row(f"b{n}", "g0") for n in range(12)]
    shares = Behaviour.fit(rows, CAMPS, SMALL).popularity(CAMPS[:12])
    assert np.nanargmax(shares) == CAMPS.index("g0")
    assert float(shares.max()) == 1.0
    assert float(shares.min()) > 0


def test_neighbours_come_from_likes(model: Behaviour) -> None:
    found = model.neighbours(["b0", "b1"], 4)
    assert {item for item, _ in found} == {"b2", "b3", "b4", "b5"}
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert model.neighbours(["new"], 3) == []
    assert model.neighbours([], 3) == []


def test_because_names_only_what_people_really_liked_together(model: Behaviour) -> None:
    assert model.because(Session(liked=("g0", "b0")), "b1") == "b0"
    assert model.because(Session(liked=("g0",)), "b1") is None
    assert model.because(Session(liked=("b0",)), "new") is None
    assert model.because(Session(liked=("b1",)), "b1") is None


def test_views_are_no_likes() -> None:
    viewed = [replace(row, event="view") for row in two_camps()]
    model = Behaviour.fit(viewed, CAMPS, SMALL)
    assert model.has_evidence("b1")
    assert model.because(Session(liked=("b0",)), "b1") is None


def test_same_rows_same_model() -> None:
    rows = two_camps()
    session = Session(liked=("b0",), disliked=("g1",))
    first = Behaviour.fit(rows, CAMPS, SMALL).fold_in(session, CAMPS)
    random.Random(1).shuffle(rows)
    np.testing.assert_array_equal(first, Behaviour.fit(rows, CAMPS, SMALL).fold_in(session, CAMPS))


def test_fold_in_is_the_fit_of_a_user() -> None:
    """Direct solve against implicit's own `recalculate_user`."""
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    model = Behaviour.fit(two_camps(), CAMPS[:12], SMALL)
    with threadpool_limits(1, "blas"):
        other = AlternatingLeastSquares(2, regularization=0.1, alpha=5.0, num_threads=1)
        other.item_factors = model._factors.astype(np.float32)
        row = csr_matrix(([1.0, 1.0], ([0, 0], [0, 7])), shape=(1, 12), dtype=np.float32)
        expected = other.item_factors @ other.recalculate_user(0, row)
    np.testing.assert_allclose(model.fold_in(Session(liked=("b0", "g1")), CAMPS[:12]), expected, atol=1e-3)


def test_a_warm_start_refits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, session = two_camps(), Session(liked=("b0",))
    first = fit_or_load(rows, CAMPS, tmp_path, SMALL)
    monkeypatch.setattr(module, "_factorise", lambda *_: pytest.fail("refitted"))
    second = fit_or_load(rows, CAMPS, tmp_path, SMALL)
    np.testing.assert_array_equal(first.fold_in(session, CAMPS), second.fold_in(session, CAMPS))
    assert second.because(session, "b1") == "b0"
    assert second.neighbours(["b0"], 3) == first.neighbours(["b0"], 3)


@pytest.mark.parametrize("change", ["rows", "items", "settings", "torn", "note"])
def test_other_content_or_damage_is_refitted(tmp_path: Path, change: str) -> None:
    rows, ids, settings = two_camps(), list(CAMPS), SMALL
    fit_or_load(rows, ids, tmp_path, settings)
    if change == "rows":
        rows = [*rows, Row("x", "g0")]
    elif change == "items":
        ids = [*ids, "another"]
    elif change == "settings":
        settings = replace(SMALL, alpha=9.0)
    elif change == "torn":
        (tmp_path / "model.npz").write_bytes((tmp_path / "model.npz").read_bytes()[:500])
    else:
        (tmp_path / "model.json").write_text("{")
    mark = module.content_fingerprint(rows, ids, settings)
    assert Behaviour.load(tmp_path, mark) is None
    fit_or_load(rows, ids, tmp_path, settings)
    assert Behaviour.load(tmp_path, mark) is not None


@pytest.mark.parametrize("model", [NoBehaviour(), Behaviour.fit([], CAMPS), Behaviour.fit([Row("u", "b0")], CAMPS)])
def test_without_behaviour_everything_is_unknown(model: Behaviour) -> None:
    session = Session(liked=("b0",), disliked=("b1",))
    assert np.isnan(model.fold_in(session, CAMPS)).all()
    assert np.isnan(model.popularity(CAMPS)).all()
    assert model.neighbours(CAMPS, 3) == []
    assert model.because(session, "b2") is None


# -- the scale


def test_what_was_said_last_outweighs_what_was_done() -> None:
    rows = [
        Row("u", "a", "view", None, 1),
        Row("u", "a", "purchase", None, 2),
        Row("u", "b", "purchase", None, 1),
        Row("u", "b", "dislike", None, 2),
        Row("u", "c", "dislike", None, 1),
        Row("u", "c", "like", None, 2),
        Row("u", "d", "impression", None, 1),
    ]
    assert evidence_by_user(rows) == {"u": {"a": 5.0, "b": -3.0, "c": 4.0, "d": 0.0}}


@given(st.lists(st.floats(0.5, 5), min_size=1, max_size=12), st.sampled_from([1.0, 2.0, 20.0]))
def test_ratings_are_relative_and_free_of_the_logs_scale(stars: list[float], scale: float) -> None:
    rows = [Row("u", f"i{n}", None, s * scale, n) for n, s in enumerate([5.0, *stars])]
    values = evidence_by_user(rows)["u"]
    assert all(-3 <= value <= 5 for value in values.values())
    plain = evidence_by_user([replace(row, rating=(row.rating or 0) / scale) for row in rows])["u"]
    assert values == pytest.approx(plain, abs=1e-6)
    assert max(values, key=lambda i: values[i]) == "i0" or max(values.values()) == values["i0"]


def test_places_are_directions_and_unknown_without_evidence() -> None:
    places = Behaviour.fit(two_camps(), CAMPS, SMALL).places(["b0", "b1", "g0", "new", "nobody's"])
    assert np.linalg.norm(places[:3], axis=1) == pytest.approx(1.0)
    assert places[0] @ places[1] > places[0] @ places[2]
    assert np.isnan(places[3:]).all()
    assert np.isnan(NoBehaviour().places(["a", "b"])).all()
