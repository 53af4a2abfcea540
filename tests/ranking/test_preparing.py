"""What is left out of a log, counted by reason, and nothing else."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking import preparing
from ranking.preparing import PreparingSettings, prepare
from tests.ranking.cases import Row, two_camps

NOW = 1_700_000_000.0


def dated(n: int, user: str = "ann", start: float = 1_600_000_000.0, step: float = 60.0) -> list[Row]:
    return [Row(user, f"t{k}", "view", None, start + k * step) for k in range(n)]


def test_a_clean_log_stays_whole_and_in_order() -> None:
    rows = two_camps()
    prepared = prepare(rows, NOW)
    assert list(prepared.rows) == rows
    assert prepared.account.dropped == {}
    assert (prepared.account.came, prepared.account.stayed) == (len(rows), len(rows))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (Row("ann", "t1", "view", None, -5.0), preparing.NEGATIVE),
        (Row("ann", "t1", "view", None, NOW + 90_000), preparing.FUTURE),
        (Row("ann", "t1", None, math.nan, 1_600_000_000.0), preparing.NO_NUMBER),
    ],
)
def test_what_cannot_be_is_left_out(row: Row, why: str) -> None:
    prepared = prepare([*dated(3), row], NOW)
    assert len(prepared.rows) == 3
    assert prepared.account.dropped == {why: 1}


def test_a_clock_may_be_a_little_ahead() -> None:
    assert prepare([Row("ann", "t1", "view", None, NOW + 3_600)], NOW).account.stayed == 1


def test_the_same_row_counts_once_but_a_return_counts() -> None:
    row = Row("ann", "t1", "view", None, 1_600_000_000.0)
    later = Row("ann", "t1", "view", None, 1_600_009_000.0)
    prepared = prepare([row, row, later], NOW)
    assert list(prepared.rows) == [row, later]
    assert prepared.account.dropped == {preparing.TWICE: 1}


def test_bots_go_and_busy_people_stay() -> None:
    settings = PreparingSettings(burst=50, seconds=10, most=500)
    fast, many = dated(50, "fast", step=0.1), dated(501, "many")
    busy = dated(49, "busy", step=0.0) + dated(400, "slow")
    prepared = prepare([*fast, *many, *busy], NOW, settings)
    assert {row.user for row in prepared.rows} == {"busy", "slow"}
    assert prepared.account.dropped == {preparing.BOT_FAST: 50, preparing.BOT_MANY: 501}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.floats(-1e10, 1e10)), max_size=20))
def test_the_account_adds_up(told: list[tuple[str, str, float]]) -> None:
    account = prepare([Row(u, i, "view", None, t) for u, i, t in told], NOW).account
    assert account.came == account.stayed + sum(account.dropped.values())
    assert json.loads(json.dumps(account.as_json()))["stayed"] == account.stayed
    assert len(account.lines()) == 2 + len(account.dropped)
