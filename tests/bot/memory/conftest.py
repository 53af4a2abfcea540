"""Databases for memory's tests, a clock that is set, and assistants that share one database as processes do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, select

from bot.assistant import Assistant
from bot.memory.memory import Keeping
from bot.memory.store import ConversationStore
from bot.wiring import scratch_assistant
from bot.world import World
from ranking.interactions import InteractionStore
from ranking.storage import open_database
from retrieval.catalogue.item import Catalogue
from tests.servers import empty_database

NOON = 1_768_478_400.0
DAY = 86_400.0
Stores = tuple[InteractionStore, ConversationStore]


class Clock:
    """UTC seconds since 1970, standing still."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.server)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'm.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres")
        empty_database(url)
    made = open_database(url)
    yield made
    made.dispose()


@pytest.fixture
def stores(engine: Engine) -> Stores:
    return InteractionStore(engine), ConversationStore(engine)


@pytest.fixture
def start(shop: Catalogue, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Assistant]]:
    """Start another process, as it were: an assistant over the one database."""
    started: list[Assistant] = []

    def begin(**keeping: Any) -> Assistant:
        assistant = scratch_assistant(shop, tmp_path / "data", world=World(now=clock))
        assistant.stages.memory._keeping = Keeping(**keeping)
        started.append(assistant)
        return assistant

    yield begin
    for assistant in started:
        assistant.close()


@pytest.fixture
def database(tmp_path: Path) -> Callable[[], dict[str, list[str]]]:
    """Every row of every table of the scratch database, as text."""

    def rows() -> dict[str, list[str]]:
        engine = open_database(f"sqlite:///{tmp_path / 'data' / 'scratch.sqlite3'}")
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            found = {t.name: [str(tuple(row)) for row in connection.execute(select(t))] for t in tables.sorted_tables}
        engine.dispose()
        return found

    return rows
