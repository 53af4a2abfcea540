"""A run of learning that was stopped goes on where it was, and comes to the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ranking.keeping import Kept, of_run
from ranking.learning import Example
from ranking.trials import LEARNED_FIRST, RIDGES, TREES, try_out

NAMES = ("good", "noise")


def window(seed: int) -> list[Example]:
    """Lists of 30 of which the three with the most of `good` are relevant."""
    rng = np.random.default_rng(seed)
    lists = []
    for n in range(12):
        features = rng.random((30, 2)).astype(np.float32)
        relevant = features[:, 0] >= np.sort(features[:, 0])[-3]
        lists.append(Example(features, relevant, tuple(f"i{k}" for k in range(30)), f"u{n}"))
    return lists


def test_lists_are_read_back_as_they_were(tmp_path: Path) -> None:
    kept, made = Kept(tmp_path / "run"), window(0)
    kept.examples("window1", lambda: made)
    again = kept.examples("window1", lambda: pytest.fail("made twice"))
    for one, other in zip(made, again, strict=True):
        np.testing.assert_array_equal(one.features, other.features)
        np.testing.assert_array_equal(one.relevant, other.relevant)
        assert (one.ids, one.group, other.gains) == (other.ids, other.group, None)


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.examples("window1", lambda: window(0))
    (tmp_path / "window1.npz").write_bytes(b"PK")
    assert len(kept.examples("window1", lambda: window(0)[:5])) == 5


def test_a_stopped_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ranking.trials.TREES", TREES[:1])
    lists, kept, told = [window(n) for n in range(LEARNED_FIRST + 2)], Kept(tmp_path), list[str]()

    def stopped(line: str) -> None:
        told.append(line)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        try_out(lists, NAMES, stopped, kept)
    monkeypatch.setattr("ranking.trials._linear", lambda *_: pytest.fail("worked out twice"))
    with pytest.raises(pytest.fail.Exception):  # the third ridge is the first that is not known
        try_out(lists, NAMES, told.append, kept)
    assert [line.split(", ", 1)[1] for line in told[2:]] == [f"linear, ridge {ridge:g}" for ridge in RIDGES[:2]]
    monkeypatch.undo()
    monkeypatch.setattr("ranking.trials.TREES", TREES[:1])
    assert try_out(lists, NAMES, told.append, kept).scores == try_out(lists, NAMES, told.append, Kept()).scores


def test_other_data_is_another_run(tmp_path: Path) -> None:
    assert of_run(tmp_path, b"log", b"films").folder == of_run(tmp_path, b"log", b"films").folder
    assert of_run(tmp_path, b"log", b"films").folder != of_run(tmp_path, b"logf", b"ilms").folder


def test_a_run_that_ended_leaves_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "run")
    kept.score("linear", lambda: 0.5)
    assert kept.score("linear", lambda: 0.7) == 0.5
    kept.forget()
    assert kept.score("linear", lambda: 0.7) == 0.7
