"""What scripts cost beside the assistant, printed by `pytest -m benchmark -s tests/benchmarks`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.conversations.benches import Benches, Lane
from bot.conversations.collection import cases_of
from bot.conversations.loading import Case
from bot.messages import UserText

MOST_MS = 5.0  #: a turn
ROUNDS = 5


@pytest.mark.benchmark
def test_a_turn_costs_little_more_in_a_script(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The same messages to the same assistant, in a script and without; processor time, least of several rounds."""
    scripts = sorted((request.config.rootpath / "tests" / "conversations").glob("*.conv.yaml"))
    start = time.perf_counter()
    cases = [
        case for path in scripts for case in cases_of(path, Lane("live")) if case.reader == "rules" and _plain(case)
    ]
    collected = (time.perf_counter() - start) * 1000
    benches = Benches(tmp_path, lambda _: None)
    turns = sum(len(case.turns) for case in cases)
    for case in cases:
        benches.run(case)  # what is made late is made here
    rounds = [(_alone(benches, cases), _scripted(benches, cases)) for _ in range(ROUNDS)]
    alone, scripted = (min(times) for times in zip(*rounds, strict=True))
    benches.close()
    overhead = (scripted - alone) / turns
    per_turn = f"{alone / turns:.1f} ms a turn alone, +{overhead:.2f} in a script"
    print(f"\n{turns} turns of {len(cases)} conversations: {per_turn}")
    print(f"collecting {len(scripts)} scripts: {collected:.0f} ms")
    assert overhead < MOST_MS


def _plain(case: Case) -> bool:
    return all(turn.user is not None for turn in case.turns) and not case.fixtures.history


def _alone(benches: Benches, cases: list[Case]) -> float:
    start = time.process_time()
    for case in cases:
        talk = benches.of(case).assistant.open(None)  # type: ignore[attr-defined]
        for turn in case.turns:
            list(talk.turn(UserText(turn.user)))
    return (time.process_time() - start) * 1000


def _scripted(benches: Benches, cases: list[Case]) -> float:
    start = time.process_time()
    for case in cases:
        assert not benches.run(case).failed, case.name
    return (time.process_time() - start) * 1000
