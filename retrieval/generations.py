"""Immutable generations of an index in one folder: one is current, one writer at a time, readers keep theirs alive.

`current` names the generation in use and is replaced atomically, so a build that dies leaves the old one untouched.
Knows folders and locks; knows nothing of what a generation holds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from filelock import FileLock, Timeout

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_CURRENT = "current"
_LEASE = "in-use"
_PREFIX = "gen-"


class Lease:
    """A reader's hold on a generation: as long as it is not closed, nobody removes the folder."""

    def __init__(self, generation: Path) -> None:
        """Raise FileNotFoundError when the generation is gone."""
        self._file: IO[bytes] = (generation / _LEASE).open("rb")
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go."""
        self._file.close()


def current(folder: Path) -> Path | None:
    """The generation in use, None before the first."""
    try:
        name = (folder / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return folder / name if name.startswith(_PREFIX) and (folder / name).is_dir() else None


@contextmanager
def only_writer(folder: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Nobody else writes in `folder` meanwhile; waits for whoever does, and says so."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=1)
    except Timeout:
        report("Waiting for another process that is building this index.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def new_generation(folder: Path, fingerprint: str) -> Path:
    """An empty generation that nobody uses yet. Its name is never used again: Chroma remembers paths."""
    generation = folder / f"{_PREFIX}{fingerprint[:12]}-{uuid4().hex[:6]}"
    generation.mkdir()
    (generation / _LEASE).touch()
    return generation


def switch(folder: Path, generation: Path) -> None:
    """Make `generation` the current one, at once for every reader."""
    staged = folder / f"{_CURRENT}.{uuid4().hex[:6]}"
    with staged.open("w", encoding="utf-8") as file:
        file.write(generation.name)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(folder / _CURRENT)


def unused(folder: Path) -> list[Path]:
    """Generations that are not current and that nobody reads, half-built ones among them."""
    kept = current(folder)
    return [g for g in sorted(folder.glob(f"{_PREFIX}*")) if g.is_dir() and g != kept and not _is_read(g)]


def remove(generation: Path) -> None:
    """Remove the folder; what cannot be removed now will be next time."""
    shutil.rmtree(generation, ignore_errors=True)


def _is_read(generation: Path) -> bool:
    if fcntl is None:
        return False
    try:
        with (generation / _LEASE).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
