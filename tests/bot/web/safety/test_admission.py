"""The queue of turns: bounded, fair between conversations, in order within one, stopped without losing what runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.patience import waited_s
from bot.web.admission import OF_ONE, Admission, Busy, Stopping, Turn

WAIT_S = 10


class Log:
    """What was run and dropped, in that order; turns wait for `gate`."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.dropped: list[str] = []
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)

    def turn(self, name: str, also: Callable[[], None] = lambda: None) -> Turn:
        def run() -> None:
            self.begun.release()
            assert self.gate.wait(WAIT_S)
            self.done.append(name)
            also()

        return Turn(run, lambda: self.dropped.append(name))

    def until(self, count: int) -> list[str]:
        deadline = time.monotonic() + WAIT_S
        while len(self.done) < count and time.monotonic() < deadline:
            time.sleep(0.002)
        return self.done


def test_a_conversation_with_many_steps_waits_for_itself() -> None:
    admission, log = Admission(at_once=1), Log()
    admission.submit("greedy", log.turn("greedy 0"))
    assert log.begun.acquire(timeout=WAIT_S)
    for i in range(1, 4):
        admission.submit("greedy", log.turn(f"greedy {i}"))
    admission.submit("ann", log.turn("ann"))
    admission.submit("bob", log.turn("bob"))
    log.gate.set()
    assert log.until(6) == ["greedy 0", "greedy 1", "ann", "bob", "greedy 2", "greedy 3"]


def test_what_does_not_fit_is_told_when_to_come_again() -> None:
    admission, log = Admission(at_once=2, waiting=1), Log()
    for name in ("a", "b", "c"):
        admission.submit(name, log.turn(name))
    with pytest.raises(Busy) as refused:
        admission.submit("d", log.turn("d"))
    assert refused.value.status == 429
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 30
    log.gate.set()
    assert sorted(log.until(3)) == ["a", "b", "c"]
    assert admission.stop(WAIT_S)
    assert "d" not in [*log.done, *log.dropped]


def test_one_conversation_cannot_fill_the_queue() -> None:
    admission, log = Admission(at_once=1, waiting=50), Log()
    admission.submit("greedy", log.turn("0"))
    assert log.begun.acquire(timeout=WAIT_S)
    for i in range(OF_ONE):
        admission.submit("greedy", log.turn(str(i + 1)))
    with pytest.raises(Busy):
        admission.submit("greedy", log.turn("too many"))
    admission.submit("ann", log.turn("ann"))
    log.gate.set()
    log.until(OF_ONE + 2)
    assert "ann" in log.done


def test_stopping_ends_what_runs_and_drops_what_waits() -> None:
    admission, log = Admission(at_once=1), Log()
    admission.submit("a", log.turn("runs"))
    assert log.begun.acquire(timeout=WAIT_S)
    admission.submit("b", log.turn("waits"))
    assert admission.stop(0.01) is False
    assert log.dropped == ["waits"]
    with pytest.raises(Stopping):
        admission.submit("c", log.turn("late"))
    log.gate.set()
    assert admission.stop(WAIT_S) is True
    assert log.done == ["runs"]


def test_a_turn_that_breaks_off_leaves_the_queue_working(caplog: pytest.LogCaptureFixture) -> None:
    admission, log = Admission(at_once=1), Log()
    log.gate.set()

    def fail() -> None:
        raise RuntimeError("broken")

    admission.submit("a", log.turn("first", fail))
    admission.submit("a", log.turn("second"))
    assert log.until(2) == ["first", "second"]
    assert "broke off" in caplog.text


def test_waiting_in_the_queue_counts_against_the_models_deadline() -> None:
    admission, log, waited = Admission(at_once=1), Log(), []
    admission.submit("a", log.turn("a"))
    assert log.begun.acquire(timeout=WAIT_S)
    admission.submit("b", log.turn("b", lambda: waited.append(waited_s())))
    time.sleep(0.05)
    log.gate.set()
    log.until(2)
    admission.stop(WAIT_S)
    assert waited[0] >= 0.05
    assert waited_s() == 0


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 3))
def test_every_turn_taken_is_run_once_in_the_order_of_its_conversation(names: list[str], at_once: int) -> None:
    admission, log, taken = Admission(at_once, waiting=100), Log(), []
    for i, name in enumerate(names):
        try:
            admission.submit(name, log.turn(f"{name}{i}"))
        except Busy:
            continue
        taken.append(f"{name}{i}")
    log.gate.set()
    done = list(log.until(len(taken)))
    admission.stop(WAIT_S)
    assert sorted(done) == sorted(taken)
    assert all([t for t in done if t[0] == c] == [t for t in taken if t[0] == c] for c in "abc")
