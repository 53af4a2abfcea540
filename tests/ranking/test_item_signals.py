"""What an item's own standing says: in range, in the right direction, NaN without evidence, whatever the order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranking.behaviour import Behaviour, NoBehaviour
from tests.ranking.cases import CAMPS, Row, two_camps

BEHAVIOUR = Behaviour.fit(two_camps(), CAMPS)


@given(st.permutations(CAMPS))
def test_novelty_is_between_0_and_1_and_1_where_nobody_knows_the_item(order: list[str]) -> None:
    scores = dict(zip(order, BEHAVIOUR.novelty(order), strict=True))
    assert all(0 <= score <= 1 for score in scores.values())
    assert scores["new"] == BEHAVIOUR.novelty(["not in the catalogue"])[0] == 1
    assert scores["new"] > scores["rare"] > scores["b0"]
    assert min(scores.values()) == 0  # of what most people know


@given(st.integers(1, 30), st.integers(1, 30))
def test_what_more_people_know_is_less_novel(few: int, more: int) -> None:
    rows = [Row(f"u{n}", "few") for n in range(few)] + [Row(f"u{n}", "more") for n in range(few + more)]
    scores = Behaviour.fit([*rows, *(Row(f"u{n}", "all") for n in range(60))], ["few", "more", "all"]).novelty(
        ["few", "more"]
    )
    assert scores[0] > scores[1]


def test_without_a_log_nothing_is_novel() -> None:
    assert np.isnan(NoBehaviour().novelty(["b0", "new"])).all()
