"""One database for what visitors did and said: the engine, the declarative base, the errors. Knows no table's meaning.

SQLite in WAL mode by default (one file, a reader never waits for the writer, writers queue up to `BUSY_S`);
PostgreSQL by URL. Tables are made and changed by migrations (`migrating.py`) when a store opens.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from retrieval.errors import ChatalogueError

BUSY_S = 5.0  #: how long a writer waits for another one, in seconds

_P = ParamSpec("_P")
_R = TypeVar("_R")


class StorageError(ChatalogueError):
    """The database did not do what it was asked. `reason` is one of the names in `_REASONS`, or "unusable"."""

    code = "storage"

    def __init__(self, message: str, *, hint: str, retryable: bool = False, reason: str = "unusable") -> None:
        super().__init__(message, hint=hint, retryable=retryable)
        self.reason = reason


# (reason, words in the driver's message, hint, retryable); the first that fits counts
_REASONS: tuple[tuple[str, tuple[str, ...], str, bool], ...] = (
    ("locked", ("is locked", "is busy", "deadlock"), "another program is writing; try again in a moment", True),
    ("full", ("disk is full", "no space left", "diskfull"), "free some space on its disk", False),
    (
        "read_only",
        ("readonly", "read-only"),
        "give this user the right to write the file and its folder, or set another database_url",
        False,
    ),
    (
        "corrupt",
        ("not a database", "malformed", "disk i/o error", "invalid page"),
        "restore the file from a backup, or move it away to start with an empty one",
        False,
    ),
    (
        "server_down",
        ("connection refused", "could not connect", "connection failed", "server closed", "timeout expired",
         "terminating connection", "could not translate host", "failed to resolve", "connection timed out",
         "starting up", "shutting down"),
        "start the database server, or check host and port in database_url",
        True,
    ),
    ("access", ("authentication failed", "permission denied", "no password"), "check the user and its rights", False),
    ("absent", ("unable to open", "does not exist"), "check the path or name in database_url", False),
)  # fmt: skip


class Base(DeclarativeBase):
    """The base of every table, whichever package it belongs to."""


def open_database(url: str, *, busy_s: float = BUSY_S) -> Engine:
    """An engine for `url`, connected once so that a wrong URL fails here. Raises StorageError only."""
    with translated("open the database"):
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            _make_folder(parsed.database)
            engine = create_engine(parsed, connect_args={"timeout": busy_s})
            event.listen(engine, "connect", _sqlite_pragmas)
        else:
            engine = create_engine(parsed, pool_pre_ping=True)
        with engine.connect():
            return engine


def scrub(engine: Engine) -> None:
    """After a deletion: empty SQLite's log, which still holds the old pages, unless others are reading."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn every error of SQLAlchemy, its drivers and the file system inside the block into a StorageError."""
    try:
        yield
    except NoSuchModuleError as error:
        raise _no_driver(error) from error
    except ModuleNotFoundError as error:
        raise _no_driver(error) from error
    except ArgumentError as error:
        raise StorageError(
            f"cannot {doing}: {error}", hint="a database_url looks like sqlite:////folder/file.sqlite3", reason="url"
        ) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise _storage_error(doing, error) from error


def guarded(doing: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """`translated` as a decorator."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(function)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with translated(doing):
                return function(*args, **kwargs)

        return call

    return decorate


def _storage_error(doing: str, error: Exception) -> StorageError:
    # SQLAlchemy's own text repeats the statement with its parameters; the driver's does not
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = " ".join(str(original).split()) or type(original).__name__
    kind = type(original).__name__.lower()
    for reason, words, hint, retryable in _REASONS:
        if any(word in said.lower() or word in kind for word in words):
            return StorageError(f"cannot {doing}: {said}", hint=hint, retryable=retryable, reason=reason)
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return StorageError(f"cannot {doing}: {said}", hint="see the cause", retryable=lost)


def _no_driver(error: Exception) -> StorageError:
    return StorageError(
        f"the driver of this database is not installed: {error}",
        hint="for PostgreSQL: pip install 'chatalogue[postgres]' and write postgresql+psycopg://…",
        reason="driver",
    )


def _make_folder(database: str | None) -> None:
    if database and database != ":memory:" and not database.startswith("file:"):
        Path(database).parent.mkdir(parents=True, exist_ok=True)


def _sqlite_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what a visitor asked to forget is overwritten, not only unlinked
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):  # a read-only file can still be read in the mode it has
            raise
