"""One ranker for three tasks beside a ranker each: who learns from what, and what validation says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from ranking.learning import Example, LinearSettings, fit_linear
from ranking.request import Session
from ranking.splitting import Case, Window
from ranking.tasks import ACCEPT, CLICK, LIKE, TASKS, Trial, _counting, _fit, compare_tasks, done, lines
from tests.ranking.cases import Row

ITEMS = [f"t{n}" for n in range(8)]


@dataclass(frozen=True)
class Ready:
    """Lists in which everybody clicks what the first signal says, and accepts what the second says."""

    seed: int
    people: int = 10

    @property
    def window(self) -> Window:
        cases = []
        for number, one in enumerate(self.examples()):
            clicked, accepted = one.features.argmax(axis=0)
            later = (Row("", ITEMS[clicked], "click"), Row("", ITEMS[accepted], "accept"))
            cases.append(Case(Session(f"u{number}"), (ITEMS[accepted],), 1.0, later))
        return Window(1.0, 2.0, (), tuple(cases))

    def examples(self) -> list[Example]:
        r = np.random.default_rng(self.seed)
        nothing = np.zeros(8, dtype=np.bool_)
        return [
            Example(r.random((8, 2)).astype(np.float32), nothing, tuple(ITEMS), f"u{n}") for n in range(self.people)
        ]


def test_what_does_a_task_is_stated() -> None:
    assert done([Row("", "a", "view"), Row("", "b", "click"), Row("", "c", "like"), Row("", "d", "purchase")]) == {
        CLICK: {"b", "c", "d"},
        LIKE: {"c", "d"},
        ACCEPT: {"d"},
    }
    stars = [Row("", f"{n}", None, float(n)) for n in range(1, 6)]
    assert [sorted(done(stars)[task]) for task in TASKS] == [["1", "2", "3", "4", "5"], ["4", "5"], ["5"]]


def test_tasks_that_disagree_want_a_ranker_each() -> None:
    found = compare_tasks([Ready(n) for n in range(3)], [Ready(n) for n in range(3, 6)], lambda _: None)
    assert not found.wins
    accept = next(one for one in found.tasks if one.task == ACCEPT)
    assert accept.lists == 30
    assert accept.tested["single-task"] > accept.tested["multi-task"]
    assert accept.ratio.value < 1
    assert "one model is no better" in lines(found)[-1]
    assert max(map(len, lines(found))) <= 120


def test_the_loss_weighs_tasks() -> None:
    windows = [{task: [_one(task == ACCEPT, n) for n in range(20)] for task in TASKS}]
    for heavy, (first, second) in {(8.0, 8.0, 1.0): (0.6, 1.0), (1.0, 1.0, 8.0): (0.0, 0.5)}.items():
        weights = _fit(windows, 1, Trial(LinearSettings(), heavy))
        assert all(np.array_equal(weights[task], weights[CLICK]) for task in TASKS)  # one model
        assert first <= weights[CLICK][0] <= second


def test_a_list_that_counts_twice_is_the_list_said_twice() -> None:
    one, other = _one(False, 1), _one(True, 2)
    twice = fit_linear([one, one, other], LinearSettings())
    assert fit_linear([_counting(one, 2.0), other], LinearSettings()) == pytest.approx(twice, abs=1e-4)


def _one(second: bool, seed: int) -> Example:
    """A list in which the item that stands highest by one of two signals is wanted."""
    features = np.random.default_rng(seed).random((8, 2)).astype(np.float32)
    relevant = np.arange(8) == features[:, int(second)].argmax()
    return Example(features, relevant, tuple(ITEMS), str(seed))
