"""The tiny asset as fixtures: its wheel, a client that has it, and its entry in the registry while a test runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.assets import Asset
from retrieval.assets.registry import ASSETS
from tests.retrieval.tiny_asset import Clerk, build_wheel, tiny


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return build_wheel(tmp_path / "index")


@pytest.fixture
def clerk(wheel: Path) -> Clerk:
    return Clerk(wheel)


@pytest.fixture
def asset(wheel: Path) -> Iterator[Asset]:
    made = tiny(wheel)
    ASSETS[made.name] = made
    yield made
    del ASSETS[made.name]
