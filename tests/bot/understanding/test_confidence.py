"""The map from a model's own probability to how often it is right: monotone, near the truth, for one adapter only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.port import Completion
from bot.llm.scripted import ScriptedModel
from bot.understanding.confidence import (
    ADAPTER,
    FILE,
    Calibration,
    CalibrationError,
    expected_calibration_error,
    fit,
    load,
    save,
)
from bot.understanding.model_reader import ModelReader
from bot.understanding.prompt import FacetView
from bot.understanding.reading import MessageInContext
from bot.understanding.training.confidence import calibrate, judge
from bot.understanding.training.generate import Pack, Sample
from retrieval.catalogue.schema import FacetKind

FACETS = (FacetView("genre", FacetKind.CATEGORY, ("comedy", "horror")),)


def drawn(slope: float, offset: float, count: int = 4000) -> tuple[list[float], list[bool]]:
    """Confidences and outcomes whose chance is the logistic function given."""
    r = np.random.default_rng(1)
    said = r.uniform(0.01, 1, count)
    chance = 1 / (1 + np.exp(-(slope * np.log(said) + offset)))
    return said.tolist(), (r.uniform(size=count) < chance).tolist()


def test_it_finds_the_map_that_made_the_outcomes() -> None:
    found = fit(*drawn(1.5, 2.0))
    assert found.slope == pytest.approx(1.5, abs=0.15)
    assert found.offset == pytest.approx(2.0, abs=0.15)


def test_calibrated_is_nearer_the_truth_than_raw() -> None:
    said, right = drawn(0.4, 0.2)
    calibration = fit(said, right)
    assert expected_calibration_error([calibration(c) for c in said], right) < 0.03
    assert expected_calibration_error(said, right) > 0.08


@given(
    rows=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=30),
    one=st.floats(0, 1),
    other=st.floats(0, 1),
)
def test_surer_is_never_less_and_nothing_is_certain(rows: list[tuple[float, bool]], one: float, other: float) -> None:
    outcomes = [right for _, right in rows]
    if len(set(outcomes)) < 2:
        with pytest.raises(CalibrationError, match="calibrate nothing"):
            fit([c for c, _ in rows], outcomes)
        return
    calibration = fit([c for c, _ in rows], outcomes)
    low, high = calibration(min(one, other)), calibration(max(one, other))
    assert 0 <= low <= high <= 1


def test_the_error_by_hand() -> None:
    assert expected_calibration_error([0.5] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.5)  # bins of one
    assert expected_calibration_error([1.0] * 20, [True] * 20) == 0
    assert expected_calibration_error([0.9] * 20, [False] * 20) == pytest.approx(0.9)


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    (tmp_path / ADAPTER).write_bytes(b"weights")
    return tmp_path


def test_it_is_kept_beside_the_adapter_with_where_it_comes_from(adapter: Path) -> None:
    assert load(adapter) is None
    save(Calibration(1.25, -0.5), adapter, {"messages": 600})
    assert load(adapter) == Calibration(1.25, -0.5)
    assert json.loads((adapter / FILE).read_text())["messages"] == 600


def test_it_holds_for_no_other_weights(adapter: Path) -> None:
    save(Calibration(1.25, -0.5), adapter, {})
    (adapter / ADAPTER).write_bytes(b"other weights")
    with pytest.raises(CalibrationError, match="another adapter"):
        load(adapter)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"slope": "x", "offset": 0, "adapter_sha256": ""}'])
def test_a_broken_file_is_named(adapter: Path, text: str) -> None:
    (adapter / FILE).write_text(text)
    with pytest.raises(CalibrationError, match="not a calibration"):
        load(adapter)


def test_a_reading_carries_it_and_knows_none_without() -> None:
    reader = ModelReader(ScriptedModel(lambda p, s: Completion("greet", 1, 1, 1.0, "eos", 0.5)), "film", FACETS)
    assert reader.read_raw(MessageInContext("hi")).confidence is None
    reader.calibrate(Calibration(1.0, 0.0))
    assert reader.read_raw(MessageInContext("hi")).confidence == pytest.approx(1 / 3)


def test_a_model_that_tells_nothing_has_no_confidence() -> None:
    reader = ModelReader(ScriptedModel({}, default="greet"), "film", FACETS)
    reader.calibrate(Calibration(1.0, 0.0))
    assert reader.read_raw(MessageInContext("hi")).confidence is None


def test_right_is_what_the_label_says_and_the_label_is_only_a_guess() -> None:
    from bot.understanding.reading import Intent

    samples = tuple(
        Sample("films", "film", FACETS, MessageInContext(text), Intent.GREET, ()) for text in ("hi", "hello", "bye")
    )
    llm = ScriptedModel(lambda p, s: Completion("bye" if "bye" in s else "greet", 1, 1, 1.0, "eos", 0.5))
    judged = judge(llm, [Pack("film", FACETS, samples)], lambda _: None)
    assert [j.right for j in judged] == [True, True, False]
    grammar = llm.calls[0].grammar
    assert grammar is not None
    assert grammar.guess == "greet"


def test_the_command_prints_figures_and_writes_the_file(adapter: Path) -> None:
    answers = iter(range(10**6))
    llm = ScriptedModel(
        lambda p, s: Completion("greet" if next(answers) % 3 else "bye", 1, 1, 1.0, "eos", 0.3 + next(answers) % 7 / 10)
    )
    lines = list(calibrate(llm, adapter, 400, lambda _: None))
    assert "expected calibration error" in lines[1]
    assert load(adapter) is not None
    assert json.loads((adapter / FILE).read_text())["ece_held_out"] >= 0
