"""Like-minded people: the near ones speak, in range, whatever the order; unknown is NaN."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.behaviour import Behaviour
from ranking.kindred import Kindred, KindredSettings
from ranking.table import log_table
from tests.ranking.cases import CAMPS, Row, two_camps

TABLE = log_table(two_camps(), CAMPS)
KINDRED = Kindred.fit(TABLE)
LIKES = st.lists(st.sampled_from(range(len(CAMPS) - 1)), min_size=1, max_size=6, unique=True)


@given(LIKES)
def test_shares_are_between_0_and_1_and_nobodys_item_is_unknown(likes: list[int]) -> None:
    scores = KINDRED.score(likes)
    assert scores is not None
    known = scores[:-1]
    assert ((known >= 0) & (known <= 1)).all()
    assert np.isnan(scores[-1])  # nobody ever met "new"


@given(LIKES, st.randoms(use_true_random=False))
def test_the_order_of_likes_does_not_matter(likes: list[int], rng: np.random.RandomState) -> None:
    other = list(likes)
    rng.shuffle(other)
    np.testing.assert_array_equal(KINDRED.score(likes), KINDRED.score(other))


def test_one_camp_speaks_for_its_own() -> None:
    scores = KINDRED.score([0, 1])
    assert scores is not None
    assert scores[2:6].min() > 0 == scores[6:12].max()


def test_who_shares_nothing_has_nobody() -> None:
    assert KINDRED.score([len(CAMPS) - 1]) is None
    assert KINDRED.score([]) is None


@given(st.integers(1, 8))
def test_one_more_like_minded_fan_makes_more_of_an_item(fans: int) -> None:
    def share(count: int) -> float:
        rows = [Row(f"u{n}", "a") for n in range(10)] + [Row(f"u{n}", "b") for n in range(count)]
        scores = Kindred.fit(log_table(rows, ["a", "b"]), KindredSettings(people=50)).score([0])
        assert scores is not None
        return float(scores[1])

    assert share(fans + 1) > share(fans) > 0


def test_only_the_nearest_people_are_asked() -> None:
    rows = [Row("near", "a"), Row("near", "b"), Row("near", "x"), Row("far", "a")]
    rows += [Row("far", f"c{n}") for n in range(5)]
    ids = ["a", "b", "x", *(f"c{n}" for n in range(5))]
    one = Kindred.fit(log_table(rows, ids), KindredSettings(people=1)).score([0, 1])
    assert one is not None
    assert one[2] == 1
    assert one[3] == 0


def test_it_is_kept_with_the_model() -> None:
    again = Kindred.of_arrays(KINDRED.arrays())
    np.testing.assert_array_equal(again.score([0]), KINDRED.score([0]))
    behaviour = Behaviour.fit(two_camps(), CAMPS)
    scores = behaviour.neighbourhood.alike(["b0", "unheard of"], ["b1", "g1", "new", "unheard of"])
    assert scores[0] > scores[1]
    assert np.isnan(scores[2:]).all()
    assert np.isnan(behaviour.neighbourhood.alike([], CAMPS)).all()
    with pytest.raises(KeyError):
        Kindred.of_arrays({"data": np.ones(1)})
