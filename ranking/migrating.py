"""Brings the tables of one component to the layout that this program writes, by a chain of Alembic migrations.

A component (what visitors did; what they said) brings its own chain; the table `layout_NAME` holds how far its tables
are. Migrations run under a lock and in one transaction: all of them happen or none. Knows no table's meaning.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, inspect, text
from sqlalchemy.exc import DBAPIError

from ranking.storage import StorageError, translated

ENVIRONMENT = Path(__file__).parent / "migrations"  #: the `env.py` that every chain is run by
BEFORE_ALEMBIC = "schema_versions"  #: where programs without migrations wrote the layout, as a number

_one_at_a_time = threading.Lock()  # Alembic's context is the process's


@dataclass(frozen=True)
class Component:
    """Tables that belong together and the folder with their migrations, of which `head` is the newest.

    `adopted` maps the number that older programs wrote into `schema_versions` to the migration that gives that layout.
    """

    name: str
    migrations: Path
    head: str
    tables: tuple[Table, ...]
    adopted: Mapping[int, str] = field(default_factory=dict)

    @property
    def layout_table(self) -> str:
        """The table that holds the last migration that ran."""
        return f"layout_{self.name}"


def migrate(engine: Engine, component: Component) -> None:
    """Bring `component` to its newest layout; nothing is written when it is there. Raises StorageError only."""
    with translated(f"prepare the tables of {component.name}"):
        with engine.connect() as connection:
            current = _revision(connection, component)
        if current != component.head:
            with _one_at_a_time:
                _upgrade(engine, component)
        with engine.connect() as connection:
            missing = _missing(connection, component)
    if missing:
        raise StorageError(
            f"the database says it has {component.name} as this program writes it, but lacks {', '.join(missing)}",
            hint="restore it from a backup, or move it away to start with an empty one",
            reason="half_migrated",
        )


def _upgrade(engine: Engine, component: Component) -> None:
    with engine.connect() as connection, connection.begin():
        _lock(connection, component)
        current = _revision(connection, component)  # another program may have been here while we waited
        if current == component.head:
            return
        try:
            _run(connection, component, current)
        except DBAPIError as error:
            if "exists" not in str(error.orig):
                raise
            raise StorageError(
                f"the database holds a part of {component.name} without saying which layout it has: {error.orig}",
                hint="restore it from a backup, or move it away to start with an empty one",
                reason="half_migrated",
            ) from error


def _lock(connection: Connection, component: Component) -> None:
    """One migrating program a database; SQLite's also makes a transaction of statements that change the schema."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(component.name.encode())})


def _revision(connection: Connection, component: Component) -> str | None:
    """The last migration that ran; None on an empty database."""
    there = set(inspect(connection).get_table_names())
    if component.layout_table in there:
        found: str | None = connection.scalar(text(f"SELECT version_num FROM {component.layout_table}"))
        return found
    if BEFORE_ALEMBIC not in there:
        return None
    query = text(f"SELECT version FROM {BEFORE_ALEMBIC} WHERE component = :name")
    number = connection.scalar(query, {"name": component.name})
    if number is not None and number not in component.adopted:
        raise _foreign(component, str(number))
    return None if number is None else component.adopted[number]


def _run(connection: Connection, component: Component, current: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection, "version_table": component.layout_table})
    config.set_main_option("script_location", _escaped(ENVIRONMENT))
    config.set_main_option("path_separator", "newline")  # a folder's name may hold a space or a colon
    config.set_main_option("version_locations", _escaped(component.migrations))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise _foreign(component, current)
    try:
        if current is not None and component.layout_table not in inspect(connection).get_table_names():
            command.stamp(config, current)
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(
            f"cannot migrate {component.name}: {error}", hint="install chatalogue again", reason="version"
        ) from error


def _foreign(component: Component, found: str) -> StorageError:
    return StorageError(
        f"the database holds {component.name} of layout {found!r}, this program writes {component.head!r}",
        hint="use the newer program that wrote it, or set another database_url",
        reason="version",
    )


def _missing(connection: Connection, component: Component) -> list[str]:
    """The tables and columns of the newest layout that are not there."""
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    gone = [table.name for table in component.tables if table.name not in there]
    for table in component.tables:
        if table.name in there:
            has = {column["name"] for column in inspector.get_columns(table.name)}
            gone += [f"{table.name}.{column.name}" for column in table.columns if column.name not in has]
    return gone


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")  # the configuration is one of configparser
