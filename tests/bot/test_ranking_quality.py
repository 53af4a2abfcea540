"""Trained weights are what the assistant ranks by, until they are taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ranking_training import fingerprint, take_back
from bot.settings import Settings, load_settings
from bot.wiring import build_ranker, open_catalogue, weight_versions
from ranking.behaviour import Behaviour, NoBehaviour
from ranking.fusion import WeightsError, load_weights
from ranking.versions import Version
from retrieval.catalogue.item import Catalogue
from tests.ranking.cases import CAMPS, Row, two_camps


def in_use(settings: Settings, catalogue: Catalogue, behaviour: Behaviour) -> str:
    """The version of the weights, without how lists are made diverse."""
    return build_ranker(settings, catalogue, behaviour).version.partition("+")[0]


def test_what_is_trained_is_in_use_until_it_is_taken_back(tmp_path: Path) -> None:
    settings = load_settings().model_copy(update={"data": tmp_path})
    catalogue = open_catalogue(settings, lambda _: None)
    assert in_use(settings, catalogue, NoBehaviour()) == load_weights(prior=True).version
    behaviour = Behaviour.fit(two_camps(), CAMPS)
    assert in_use(settings, catalogue, behaviour) == load_weights().version
    trained = replace(load_weights(), name="trained")
    weight_versions(settings, catalogue).add(Version(trained, "", "", ""))
    assert in_use(settings, catalogue, behaviour) == trained.version
    assert take_back(settings, lambda _: None) == "the shipped weights are in use"
    assert in_use(settings, catalogue, behaviour) == load_weights().version
    with pytest.raises(WeightsError, match="no trained version"):
        take_back(settings, lambda _: None)


def test_a_log_is_known_by_its_rows() -> None:
    rows = two_camps()
    assert fingerprint(rows) == fingerprint(list(rows))
    assert fingerprint(rows) != fingerprint([*rows, Row("eve", "b0")])
