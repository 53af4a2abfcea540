"""The law: taking reactions in one by one is fitting on the log and all of them, in the parts that are updated."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.behaviour import Behaviour, NoBehaviour
from ranking.incremental import LiveBehaviour
from ranking.interactions import Interaction, impressions, standing
from ranking.request import RankedItem, RankedList, Session
from tests.ranking.cases import CAMPS, Row

ITEMS = CAMPS[:8]
DAY = 86_400.0
LOG = [
    Row(f"p{person}", ITEMS[(person * k) % 8], event, stars, 1e9 + person * DAY + 60 * k)
    for person in range(6)
    for k, (event, stars) in enumerate([("like", None), (None, 4.5), ("click", None), (None, 1.0)], start=1)
] + [Row("p0", ITEMS[7], "like"), Row("p1", ITEMS[7], "view")]
FITTED = Behaviour.fit(LOG, ITEMS)
KINDS = ("like", "dislike", "seen", "accept", "click", "cart")

reactions = st.lists(
    st.tuples(
        st.sampled_from(["p0", "p3", "ann", "bob", "cid"]),
        st.sampled_from([*ITEMS, "left the catalogue"]),
        st.sampled_from(KINDS),
        st.booleans(),
        st.floats(0, 5_000),
    ),
    max_size=14,
)


def interactions(given: Sequence[tuple[str, str, str, bool, float]]) -> list[Interaction]:
    """One after another, all later than the log; a taking back only of what can be taken back."""
    rows, now = [], 1e9 + 400 * DAY
    for user, item, kind, back, pause in given:
        now += pause
        rows.append(Interaction(user, item, kind, 0.0 if back and kind != "click" else None, now))
    return rows


def same(live: Behaviour, fitted: Behaviour) -> None:
    ids = [*ITEMS, "nowhere"]
    assert live.popularity(ids) == pytest.approx(fitted.popularity(ids), nan_ok=True)
    if fitted.fitted and live.fitted:
        assert live.novelty(ids) == pytest.approx(fitted.novelty(ids), nan_ok=True)
    for name in ("trend", "quality", "talked"):
        of_now, of_fit = live.neighbourhood.standing(name, ids), fitted.neighbourhood.standing(name, ids)
        assert of_now == pytest.approx(of_fit, nan_ok=True, rel=1e-4, abs=1e-5), name
    for item in ITEMS:
        paths = (live.neighbourhood.related("conversations", [item, ITEMS[0]], ids, 10.0),
                 fitted.neighbourhood.related("conversations", [item, ITEMS[0]], ids, 10.0))  # fmt: skip
        assert paths[0] == pytest.approx(paths[1], nan_ok=True, rel=1e-4, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(reactions)
def test_one_by_one_is_all_at_once(given: list[tuple[str, str, str, bool, float]]) -> None:
    live, rows = LiveBehaviour(FITTED, LOG, ITEMS), interactions(given)
    for row in rows:
        live.observe([row])
    whole = Behaviour.fit([*LOG, *standing(rows)], ITEMS)
    same(live, whole)


@settings(max_examples=20, deadline=None)
@given(reactions)
def test_forgetting_everybody_leaves_the_log(given: list[tuple[str, str, str, bool, float]]) -> None:
    live, rows = LiveBehaviour(FITTED, LOG, ITEMS), interactions(given)
    live.observe(rows)
    for user in {row.user for row in rows}:
        live.forget(user)
    same(live, FITTED)
    live.observe(rows)
    live.relearn([])
    same(live, FITTED)


def test_it_begins_as_it_was_fitted_and_leaves_the_fitted_one_alone() -> None:
    live = LiveBehaviour(FITTED, LOG, ITEMS)
    same(live, FITTED)
    before = FITTED.popularity(ITEMS).tolist()
    live.observe([Interaction(f"new{n}", ITEMS[0], "like", None, 2e9) for n in range(40)])
    assert live.popularity(ITEMS)[0] == 1.0
    assert FITTED.popularity(ITEMS).tolist() == pytest.approx(before, nan_ok=True)
    session = Session(liked=(ITEMS[1],))
    assert live.fold_in(session, ITEMS) == pytest.approx(FITTED.fold_in(session, ITEMS), nan_ok=True)


def test_a_catalogue_without_a_log_learns_from_its_visitors() -> None:
    live = LiveBehaviour(NoBehaviour(), [], ITEMS)
    assert np.isnan(live.popularity(ITEMS)).all()
    live.observe([Interaction(f"v{n}", ITEMS[m], "like", None, 2e9) for n in range(3) for m in (0, 1)])
    assert live.popularity(ITEMS)[:3].tolist() == pytest.approx([1.0, 1.0, np.nan], nan_ok=True)
    assert live.neighbourhood.related("conversations", [ITEMS[0]], ITEMS)[1] > 0
    assert not live.fitted


def test_what_was_only_shown_or_rated_changes_nothing() -> None:
    live = LiveBehaviour(FITTED, LOG, ITEMS)
    shown = impressions("ann", RankedList((RankedItem(ITEMS[0], 1.0, {}),), "r"), "l", 2e9)
    live.observe([*shown, Interaction("ann", ITEMS[0], "rating", 5.0, 2e9)])
    same(live, FITTED)


def test_many_threads_lose_no_reaction() -> None:
    live = LiveBehaviour(FITTED, LOG, ITEMS)

    def react(worker: int) -> None:
        for n in range(25):
            live.observe([Interaction(f"w{worker}-{n}", ITEMS[n % 8], "like", None, 2e9 + n)])
            live.neighbourhood.related("conversations", ITEMS, ITEMS)

    workers = [threading.Thread(target=react, args=(w,)) for w in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rows = [Interaction(f"w{w}-{n}", ITEMS[n % 8], "like", None, 2e9 + n) for w in range(4) for n in range(25)]
    same(live, Behaviour.fit([*LOG, *rows], ITEMS))
