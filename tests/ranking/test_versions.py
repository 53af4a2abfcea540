"""Trained weights are kept with their origin, and one step leads back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranking.fusion import FusionWeights, WeightsError
from ranking.versions import Version, WeightVersions


def version(text: float) -> Version:
    weights = FusionWeights({"S": 1.0}, {"text": text}, name="trained")
    return Version(weights, "ab" * 32, "2026-11-22T12:00:00+00:00", "chatalogue train ranking", {"linear": 0.1})


def test_the_latest_is_in_use_and_each_step_back_is_one(tmp_path: Path) -> None:
    versions = WeightVersions(tmp_path / "weights")
    assert versions.current() is None
    assert [versions.add(version(1.0)), versions.add(version(2.0))] == ["0001", "0002"]
    assert versions.current() == version(2.0)
    assert versions.rollback() == "0001"
    assert WeightVersions(tmp_path / "weights").current() == version(1.0)
    assert versions.rollback() is None
    assert versions.current() is None
    with pytest.raises(WeightsError, match="no trained version"):
        versions.rollback()


def test_what_was_taken_back_is_not_overwritten_or_come_back_to(tmp_path: Path) -> None:
    versions = WeightVersions(tmp_path)
    versions.add(version(1.0))
    versions.add(version(2.0))
    versions.rollback()
    assert versions.add(version(3.0)) == "0003"
    assert versions.rollback() == "0001"
    assert (tmp_path / "0002.json").exists()


def test_a_damaged_version_is_an_error_that_can_be_left(tmp_path: Path) -> None:
    versions = WeightVersions(tmp_path)
    versions.add(version(1.0))
    (tmp_path / "0001.json").write_text("{")
    with pytest.raises(WeightsError, match="0001"):
        versions.current()
    assert versions.rollback() is None
    assert versions.current() is None


def test_a_version_that_nobody_trained_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    versions = WeightVersions(tmp_path)
    with pytest.raises(WeightsError, match="no trained version 0099") as none:
        versions.named("99")
    assert none.value.hint is not None
    assert "none was trained" in none.value.hint
    versions.add(version(1.0))
    with pytest.raises(WeightsError, match="0002") as missing:
        versions.named("2")
    assert missing.value.hint == "there are 0001"


def test_going_back_without_a_note_of_what_was_before_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    versions = WeightVersions(tmp_path)
    versions.add(version(1.0))
    (tmp_path / "0001.before").unlink()
    with pytest.raises(WeightsError, match="in use before") as error:
        versions.rollback()
    assert error.value.hint is not None
    assert str(tmp_path / "current") in error.value.hint
