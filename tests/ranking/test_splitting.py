"""The split in time: the future is in no fit and in no session, and the check notices when it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.splitting import Case, LeakError, check_window, windows
from tests.ranking.cases import Row

ITEMS = [f"t{n}" for n in range(30)]


def log(seed: int = 0, people: int = 12) -> list[Row]:
    """People who come one after the other, and some who come back."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        start = 1_000_000.0 + 10_000 * (person // 2)
        for n, item in enumerate(rng.permutation(30)[: rng.integers(8, 20)]):
            rows.append(Row(f"u{person}", f"t{item}", None, float(rng.integers(1, 6)), start + 100 * n))
    return rows


@given(st.integers(0, 30))
def test_nothing_of_the_future_is_known(seed: int) -> None:
    rows = log(seed)
    found = windows(rows, ITEMS, (0.2, 0.5, 0.8, 1.0))
    assert len(found) == 3
    for window in found:
        check_window(window)
        assert all(row.timestamp < window.start for row in window.rows)
        assert len(window.rows) == sum(row.timestamp < window.start for row in rows)
        for case in window.cases:
            mine = {row.item: row.timestamp for row in rows if row.user == case.session.user}
            assert all(mine[item] < case.at <= mine[other] for item in case.session.seen for other in case.relevant)
            assert case.at >= window.start
            assert set(case.session.liked) <= set(case.session.seen)


def test_most_of_a_history_is_known_and_the_rest_is_asked() -> None:
    rows = [Row("early", "t0", "like", None, 1.0)] + [Row("ann", f"t{n}", "like", None, 100.0 + n) for n in range(10)]
    (window,) = windows(rows, ITEMS, (0.05, 1.0))
    (case,) = window.cases
    assert case.session.seen == tuple(f"t{n}" for n in range(8))
    assert case.relevant == ("t8", "t9")


def test_a_visitor_who_comes_back_is_asked_from_then_on() -> None:
    rows = [Row("ann", f"t{n}", "like", None, 100.0 + n) for n in range(10)]
    rows += [Row("bob", f"t{n}", "like", None, 1_000.0 + n) for n in range(10)]
    rows += [Row("ann", f"t{n}", "like", None, 2_000.0 + n) for n in range(9, 25)]
    (window,) = windows(rows, ITEMS, (0.6, 1.0))
    ann = next(case for case in window.cases if case.session.user == "ann")
    assert set(f"t{n}" for n in range(10)) <= set(ann.session.seen)
    assert not set(ann.relevant) & set(ann.session.seen)  # t9 came again, which is no news


def test_rows_without_a_time_take_no_part() -> None:
    assert windows([Row("ann", "t1"), Row("ann", "t2", "like", None, 0.0)], ITEMS) == []


def test_the_check_notices_a_leak() -> None:
    window = next(w for w in windows(log(), ITEMS, (0.2, 0.5, 1.0)) if w.cases)
    with pytest.raises(LeakError, match="in the fit"):
        check_window(replace(window, rows=(*window.rows, Row("eve", "t1", "like", None, window.start))))
    case = window.cases[0]
    knowing = Case(replace(case.session, seen=(*case.session.seen, *case.relevant)), case.relevant, case.at)
    with pytest.raises(LeakError, match="own future"):
        check_window(replace(window, cases=(knowing,)))
    with pytest.raises(LeakError, match="own future"):
        check_window(replace(window, cases=(replace(case, at=window.start - 1),)))
