"""Rates, means and paired intervals over runs made by hand."""

from __future__ import annotations

import math

import pytest

from bot.simulation.figures import figures
from bot.simulation.persona import History, Persona, Profile, Traits
from bot.simulation.simulate import Exchange, Fault, Run
from bot.simulation.tastes import Tastes

WHO = Persona("u", "t", Profile(History(("a",)), Tastes(), Traits(), "0"))


def run(system: str, success: int | None, *faults: str, asks: int = 0) -> Run:
    exchange = Exchange("hi", "recommend", ("x",), None, tuple(Fault(kind, "") for kind in faults), 10.0)
    question = Exchange("hi", "ask", (), "color", (), 30.0)
    return Run(WHO, system, (exchange, *[question] * asks), success)


def test_rates_means_and_counts() -> None:
    runs = {
        "ours": [run("ours", 1), run("ours", 3, "violation", "violation", asks=2), run("ours", None, "unheard")],
        "other": [run("other", None)] * 3,
    }
    (ours, other), _ = figures(runs, 1)
    assert ours.success == pytest.approx(2 / 3)
    assert ours.turns == 2
    assert ours.questions == pytest.approx(2 / 3)
    assert ours.messages == pytest.approx(5 / 3)
    assert ours.faults == {"violation": 2, "repeat": 0, "unheard": 1, "ungrounded": 0}
    assert ours.ms == (10.0, 30.0)
    assert math.isnan(other.turns)
    assert other.interval == (0.0, 0.0)


def test_the_interval_is_that_of_a_proportion() -> None:
    runs = {"ours": [run("ours", 1 if i % 4 == 0 else None) for i in range(400)]}
    (ours,), _ = figures(runs, 1)
    assert ours.interval[0] == pytest.approx(0.25 - 1.96 * math.sqrt(0.25 * 0.75 / 400), abs=0.01)
    assert ours.interval[1] == pytest.approx(0.25 + 1.96 * math.sqrt(0.25 * 0.75 / 400), abs=0.01)


def test_ratios_are_paired() -> None:
    """Ours succeeds wherever the other does and as often again: paired, the ratio varies less than its parts."""
    ours = [run("ours", 1 if i % 2 == 0 else None) for i in range(200)]
    half = [run("half", 1 if i % 4 == 0 else None) for i in range(200)]
    apart = [run("apart", 1 if i % 4 == 1 else None) for i in range(200)]
    _, (same, nested, disjoint) = figures({"ours": ours, "same": ours, "half": half, "apart": apart}, 1)
    assert same.interval == (1.0, 1.0)
    assert nested.ratio == disjoint.ratio == 2.0
    assert nested.interval[0] > 1.5
    assert nested.interval[1] - nested.interval[0] < disjoint.interval[1] - disjoint.interval[0]


def test_a_ratio_to_nothing_is_infinite_and_of_nothing_to_nothing_unknown() -> None:
    never, ever = [run("x", None)] * 5, [run("x", 1)] * 5
    _, (infinite,) = figures({"ours": ever, "never": never}, 1)
    assert infinite.ratio == math.inf
    _, (unknown,) = figures({"ours": never, "never": never}, 1)
    assert math.isnan(unknown.ratio)
    assert all(map(math.isnan, unknown.interval))
