"""Rates of a log: clicks by position, dwells, purchases; shrunk, and unknown where there is no row of the kind."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.response import Responses, responses

ITEMS = ["a", "b", "c", "unseen"]


@dataclass(frozen=True)
class Row:
    """A row of a log that says more than `tests.ranking.cases.Row`."""

    user: str
    item: str
    event: str
    timestamp: float = 1.0
    seconds: float | None = None
    position: float | None = None
    rating: float | None = None


ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from("uvwxy"),
        st.sampled_from("abc"),
        st.sampled_from(["impression", "click", "dwell", "purchase", "view"]),
        st.floats(0, 1e9),
        st.none() | st.floats(0, 1e5),
        st.none() | st.integers(1, 99).map(float),
    ),
    max_size=40,
)


def shown(item: str, people: int, clicks: int, position: float) -> list[Row]:
    rows = [Row(f"{item}{position:g}{n}", item, "impression", position=position) for n in range(people)]
    return rows + [Row(row.user, item, "click") for row in rows[:clicks]]


@given(ROWS, st.randoms(use_true_random=False))
def test_rates_are_in_range_whatever_the_order_and_unknown_of_the_unseen(rows: list[Row], rng: random.Random) -> None:
    said = responses(rows, ITEMS)
    for name, highest in (("clicks", np.inf), ("dwell", np.log1p(1800)), ("purchases", 1.0), ("first", 1.0)):
        values = getattr(said, name)
        known = values[~np.isnan(values)]
        assert ((known >= 0) & (known <= highest + 1e-5)).all()
        assert np.isnan(values[3])
    unordered = list(rows)
    rng.shuffle(unordered)
    for name in ("dwell", "purchases", "first"):
        np.testing.assert_allclose(getattr(responses(unordered, ITEMS), name), getattr(said, name), rtol=1e-5)


def test_a_log_of_other_things_says_nothing() -> None:
    said: Responses = responses([Row("u", "a", "like", 0.0)], ITEMS)
    assert all(np.isnan(getattr(said, name)).all() for name in ("clicks", "dwell", "purchases", "first"))


@given(st.integers(0, 9))
def test_more_clicks_are_more(clicks: int) -> None:
    def rate(count: int) -> float:
        return float(responses(shown("a", 10, count, 1) + shown("b", 200, 50, 1), ITEMS).clicks[0])

    assert rate(clicks + 1) > rate(clicks)


def test_a_click_far_down_says_more_than_one_at_the_top() -> None:
    usual = shown("c", 400, 200, 1) + shown("c", 400, 8, 10)
    said = responses(usual + shown("a", 40, 10, 1) + shown("b", 40, 10, 10), ITEMS).clicks
    assert said[1] > 1 > said[0]  # a quarter is little at the top, where half is usual, and much at the tenth place


def test_few_rows_are_shrunk_towards_what_is_usual() -> None:
    rows = [Row(f"a{n}", "a", "view") for n in range(2)] + [Row("a0", "a", "purchase"), Row("a1", "a", "purchase")]
    rows += [Row(f"b{n}", "b", "view") for n in range(200)] + [Row(f"b{n}", "b", "purchase") for n in range(120)]
    rows += [Row(f"c{n}", "c", "view") for n in range(600)]
    said = responses(rows, ITEMS).purchases
    assert said[1] > said[0] > said[2]


@given(st.floats(1, 800), st.floats(1.5, 2))
def test_longer_looks_are_more(seconds: float, times: float) -> None:
    rows = [Row("u", "a", "dwell", seconds=seconds), Row("u", "b", "dwell", seconds=seconds * times)]
    said = responses(rows, ITEMS).dwell
    assert said[1] > said[0]
    assert np.isnan(said[2])


def test_who_left_the_page_open_did_not_look_all_day() -> None:
    rows = [Row("u", "a", "dwell", seconds=1800.0), Row("u", "b", "dwell", seconds=86_400.0)]
    said = responses(rows, ITEMS).dwell
    assert said[0] == pytest.approx(said[1])


def test_what_came_later_is_fresher() -> None:
    rows = [Row("u", "a", "view", 10.0), Row("v", "a", "view", 90.0), Row("u", "b", "view", 50.0)]
    said = responses(rows, ITEMS).first
    assert said[1] > said[0]
    assert np.isnan(said[2:]).all()
