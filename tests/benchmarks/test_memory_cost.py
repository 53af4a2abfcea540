"""What remembering costs a turn, printed by `pytest -m benchmark -s tests/benchmarks/test_memory_cost.py`."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from bot.messages import Step, UserAction, UserText
from bot.remembering import Visitor
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

MOST_MS = 3.0  #: the median processor time of storing a turn
TURNS = 120
MESSAGES = ("a jacket", "under 150 dollars", "no wool", "something else", "in black", "I love silk")


@pytest.mark.benchmark
def test_storing_a_turn_is_cheap(shop: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One conversation that grows to a hundred turns and more, with lists of five; time of `record`, `catch_up`."""
    talk = scratch_assistant(shop, tmp_path).open("ann")
    took: dict[str, list[tuple[float, float]]] = {"record": [], "catch_up": []}

    def timed(name: str) -> None:
        work = getattr(Visitor, name)

        def call(*given: object) -> object:
            processor, wall = time.process_time(), time.perf_counter()
            result = work(*given)
            spent = (time.process_time() - processor) * 1000, (time.perf_counter() - wall) * 1000
            took[name].append(spent)
            return result

        monkeypatch.setattr(Visitor, name, call)

    for name in took:
        timed(name)
    for n in range(TURNS):
        liked = UserAction("like", shop.items[n % len(shop.items)].id)
        step: Step = liked if n % 4 == 3 else UserText(MESSAGES[n % len(MESSAGES)])
        talk.reply(step)
    for name, times in took.items():
        processor, wall = (statistics.median(part) for part in zip(*times, strict=True))
        print(f"{name}: p50 {processor:.2f} ms of processor time, {wall:.2f} ms of wall time, {len(times)} turns")
    start = time.perf_counter()
    assert scratch_assistant(shop, tmp_path).resume(talk.id or "") is not None
    print(f"start and resume {len(talk.events)} events: {(time.perf_counter() - start) * 1000:.0f} ms")
    assert statistics.median(processor for processor, _ in took["record"]) < MOST_MS
