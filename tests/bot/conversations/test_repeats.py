"""k of n: how runs are counted, what the interval is, and what a report and pytest tell of them."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.bench import Mismatch
from bot.conversations.benches import Benches, Lane
from bot.conversations.collection import check_lane
from bot.conversations.loading import Place
from bot.conversations.nodes import ScriptError
from bot.conversations.repeats import Repeated, Runs, repeated, wilson
from bot.conversations.runner import Transcript, TurnRecord
from bot.conversations.summary import summarised

SCRIPT = "reader: rules\nconversations:\n- name: says hi\n  turns:\n  - user: hi\n"


def went(wrong: bool) -> Transcript:
    slip = (Mismatch("act", "chat", "close"),) if wrong else ()
    return Transcript("says hi", Path("x.conv.yaml"), (TurnRecord(Place(Path("x.conv.yaml"), 5), "hi", None, slip),))


def of(*wrong: bool, need: int | None = None) -> Repeated:
    runs = iter(wrong)
    return repeated(Runs(len(wrong), need), lambda: went(next(runs)))


def test_all_must_pass_unless_fewer_will_do() -> None:
    assert not of(False, False).failed
    assert of(False, True).failed
    assert not of(False, True, False, need=2).failed
    assert of(True, True, False, need=2).failed
    assert of(False, True, False, need=2).told.failed  # what is shown is what went wrong


def test_every_run_is_made_whatever_came_of_the_first() -> None:
    assert len(of(True, True, False, need=1).transcripts) == 3


@pytest.mark.parametrize(("n", "need"), [(0, None), (101, None), (3, 0), (3, 4)])
def test_numbers_that_cannot_be_meant_are_refused(n: int, need: int | None) -> None:
    with pytest.raises(ScriptError, match="run"):
        Runs(n, need)


def test_one_run_is_recorded() -> None:
    with pytest.raises(ScriptError, match="one run is recorded"):
        check_lane(Lane("record", runs=Runs(2)), in_ci=False)


def test_the_interval_of_a_known_share() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)  # Newcombe, Statistics in Medicine 17, 1998


@given(st.integers(1, 100).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_is_never_a_point(counts: tuple[int, int]) -> None:
    passed, n = counts
    low, high = wilson(passed, n)
    assert 0 <= low <= passed / n <= high <= 1
    assert high - low > 0
    assert wilson(n - passed, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_the_share_of_runs_is_told_with_conversations_resampled() -> None:
    row = {"turns": [], "outcome": "passed"}
    rows = [{**row, "runs": {"of": 5, "passed": 5}}, {**row, "runs": {"of": 5, "passed": 0}}]
    told = summarised(rows).runs
    assert told is not None
    assert told.value == 0.5
    assert (told.low, told.high) == (0.0, 1.0)  # two conversations say little, however often they run
    assert summarised([row]).runs is None


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    wrong = cycle([True, False, False])
    monkeypatch.setattr(Benches, "run", lambda *_: went(next(wrong)))
    (pytester.path / "x.conv.yaml").write_text(SCRIPT, encoding="utf-8")
    return lambda *given: pytester.runpytest_inprocess("-p", "bot.conversations.pytest_plugin", *given)


def test_pytest_counts_runs_and_says_how_many_passed(run_pytest: Any, pytester: pytest.Pytester) -> None:
    run_pytest("--conv-runs", "3", "--conv-need", "2", "--conv-report", "r.jsonl").assert_outcomes(passed=1)
    row = json.loads((pytester.path / "r.jsonl").read_text(encoding="utf-8"))
    assert row["runs"] == {"of": 3, "passed": 2, "needed": 2, "low": 0.208, "high": 0.939}
    result = run_pytest("--conv-runs", "3")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*2 of 3 runs passed, 3 needed (chance of a pass 0.21 to 0.94)*", "*expected: chat*"])


def test_pytest_refuses_numbers_that_cannot_be_meant(run_pytest: Any) -> None:
    result = run_pytest("--conv-runs", "2", "--conv-need", "3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*3 of 2 runs must pass*"])
