"""Migrations: old databases are taken over, others are refused in plain words, and nothing is left half-done."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from bot.memory.records import COMPONENT as MEMORY
from bot.memory.store import ConversationStore
from ranking.interactions import COMPONENT as INTERACTIONS
from ranking.interactions import Interaction, InteractionStore
from ranking.migrating import Component, migrate
from ranking.storage import StorageError, open_database
from tests.servers import empty_database

COMPONENTS = [INTERACTIONS, MEMORY]
BEFORE = """
CREATE TABLE interactions (
    id INTEGER NOT NULL, user VARCHAR NOT NULL, item VARCHAR NOT NULL, event VARCHAR(20) NOT NULL,
    value FLOAT, timestamp FLOAT NOT NULL, context JSON NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE schema_versions (component VARCHAR(60) NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (component));
CREATE INDEX ix_interactions_user ON interactions (user);
CREATE INDEX ix_interactions_timestamp ON interactions (timestamp);
INSERT INTO schema_versions VALUES ('interactions', 1);
INSERT INTO interactions VALUES (1, 'ann', 'j1', 'dislike', NULL, 1.0, '{}');
INSERT INTO interactions VALUES (2, 'bob', 'j2', 'rating', 4.5, 2.0, '{"from": "log"}');
"""  #: what version 0.1 wrote, by SQLAlchemy's `create_all`


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.server)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return open_database(f"sqlite:///{tmp_path / 'a folder: 100%' / 'm.sqlite3'}")
    address: str = request.getfixturevalue("postgres")
    empty_database(address)
    return open_database(address)


def old_database(tmp_path: Path) -> Path:
    file = tmp_path / "old.sqlite3"
    connection = sqlite3.connect(file)
    connection.executescript(BEFORE)
    connection.close()
    return file


def refused(engine: Engine, component: Component, reason: str) -> StorageError:
    with pytest.raises(StorageError) as caught:
        migrate(engine, component)
    assert caught.value.reason == reason
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: c.name)
def test_the_chain_ends_in_the_tables_that_the_program_uses(engine: Engine, component: Component) -> None:
    migrate(engine, component)
    inspector = inspect(engine)
    for table in component.tables:
        columns = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}
        indexed = {tuple(index["column_names"]) for index in inspector.get_indexes(table.name)}
        assert {(column.name,) for column in table.columns if column.index} <= indexed


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: c.name)
def test_the_head_that_is_stated_is_the_newest_migration(component: Component) -> None:
    config = Config()
    config.set_main_option("script_location", str(INTERACTIONS.migrations.parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(component.migrations))
    assert ScriptDirectory.from_config(config).get_current_head() == component.head


def test_an_old_database_is_taken_over_with_all_it_holds(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{old_database(tmp_path)}")
    store = InteractionStore(engine)
    ConversationStore(engine)
    assert store.since() == [
        Interaction("ann", "j1", "dislike", None, 1.0),
        Interaction("bob", "j2", "rating", 4.5, 2.0, {"from": "log"}),
    ]
    store.append([Interaction("ann", "j3", "like", None, 3.0)])
    engine.dispose()
    assert InteractionStore(open_database(f"sqlite:///{tmp_path / 'old.sqlite3'}")).count() == 3


def later(tmp_path: Path, body: str) -> Component:
    """The interactions with one more migration."""
    folder = tmp_path / "chain"
    folder.mkdir()
    first = INTERACTIONS.migrations / "v0001_interactions.py"
    (folder / first.name).write_text(first.read_text("utf-8"), "utf-8")
    head = "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '0002', '0001'\n"
    (folder / "v0002.py").write_text(f"{head}def upgrade():\n{body}\n", "utf-8")
    return replace(INTERACTIONS, migrations=folder, head="0002")


def test_an_old_database_goes_through_later_migrations_too(tmp_path: Path) -> None:
    column = "    op.add_column('interactions', sa.Column('place', sa.String))"
    engine = open_database(f"sqlite:///{old_database(tmp_path)}")
    migrate(engine, later(tmp_path, column))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT user, place FROM interactions")).all() == [("ann", None), ("bob", None)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(engine: Engine, tmp_path: Path) -> None:
    InteractionStore(engine).append([Interaction("ann", "j1", "like", None, 1.0)])
    body = "    op.create_table('half', sa.Column('a', sa.Integer))\n    op.execute('SELECT nonsense FROM nowhere')"
    chain = later(tmp_path, body)
    with pytest.raises(StorageError):
        migrate(engine, chain)
    assert "half" not in inspect(engine).get_table_names()
    assert InteractionStore(engine).count() == 1  # the program that wrote it goes on


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: c.name)
def test_a_newer_database_is_refused(engine: Engine, component: Component) -> None:
    migrate(engine, component)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {component.layout_table} SET version_num = '9999'"))
    assert "9999" in refused(engine, component, "version").message


def test_a_layout_of_before_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{old_database(tmp_path)}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_versions SET version = 7"))
    assert "'7'" in refused(engine, INTERACTIONS, "version").message


@pytest.mark.parametrize("gone", ["DROP TABLE interactions", "ALTER TABLE interactions DROP COLUMN context"])
def test_a_database_that_lacks_what_it_claims_is_refused(engine: Engine, gone: str) -> None:
    migrate(engine, INTERACTIONS)
    with engine.begin() as connection:
        connection.execute(text(gone))
    assert "interactions" in refused(engine, INTERACTIONS, "half_migrated").message


def test_tables_without_a_layout_are_refused_and_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE statements (id INTEGER)"))
    refused(engine, MEMORY, "half_migrated")
    assert set(inspect(engine).get_table_names()) == {"statements"}


def test_a_read_only_database_is_told(tmp_path: Path) -> None:
    file = old_database(tmp_path)
    engine = open_database(f"sqlite:///file:{file}?mode=ro&uri=true")
    migrate(engine, INTERACTIONS)  # it is as it should be: nothing to write
    refused(engine, MEMORY, "read_only")


def test_a_full_disk_is_told_and_nothing_is_half_done(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{old_database(tmp_path)}")
    with engine.connect() as connection:  # the pool hands the same connection out again
        connection.exec_driver_sql("PRAGMA max_page_count=7")
    refused(engine, MEMORY, "full")
    assert "conversations" not in inspect(engine).get_table_names()


MIGRATOR = """
import sys
from bot.memory.store import ConversationStore
from ranking.interactions import InteractionStore
from ranking.storage import open_database
engine = open_database(sys.argv[1])
InteractionStore(engine)
ConversationStore(engine)
"""


def test_programs_that_start_at_once_migrate_once(engine: Engine, tmp_path: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    programs = [subprocess.Popen([sys.executable, "-c", MIGRATOR, url], cwd=tmp_path) for _ in range(4)]
    assert [program.wait(120) for program in programs] == [0, 0, 0, 0]
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT version_num FROM layout_memory")).all() == ["0001"]
