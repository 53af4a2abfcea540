"""What a run of learning has found so far, in a folder, so that one that was stopped goes on where it was.

The folder's name must stand for all that the lists and scores depend on (`of_run`); nothing else is checked. A file
comes into being whole or not at all. Knows files; knows no signal and no trial.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import numpy as np

from ranking.learning import Example


class Kept:
    """Lists and scores by name. Without a folder nothing is kept, and everything is worked out."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def examples(self, name: str, make: Callable[[], list[Example]]) -> list[Example]:
        """The lists kept as `name`, else those that `make` gives; they must have no gains of their own."""
        path = self.folder / f"{name}.npz" if self.folder else None
        if path and (found := _read(path)) is not None:
            return found
        made = make()
        if path:
            _write(path, made)
        return made

    def score(self, name: str, make: Callable[[], float]) -> float:
        """The number kept as `name`, else what `make` gives."""
        path = self.folder / "scores.json" if self.folder else None
        scores: dict[str, float] = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}
        if name not in scores:
            scores[name] = make()
            if path:
                with _whole(path) as scratch:
                    scratch.write_text(json.dumps(scores, indent=1), encoding="utf-8")
        return scores[name]

    def forget(self) -> None:
        """Delete the folder: the run is at its end."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def of_run(folder: Path, *parts: bytes) -> Kept:
    """What is kept in `folder` of a run on data whose content `parts` are, by ranking as it is written now."""
    digest = hashlib.sha256()
    sources = sorted((source for source in files("ranking").iterdir() if source.name.endswith(".py")), key=str)
    for part in (*parts, *(source.read_bytes() for source in sources)):
        digest.update(hashlib.sha256(part).digest())
    return Kept(folder / digest.hexdigest()[:16])


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A scratch file that becomes `path` when nothing went wrong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as place:
        scratch = Path(place) / path.name
        yield scratch
        scratch.replace(path)


def _write(path: Path, lists: Sequence[Example]) -> None:
    columns = {
        "features": np.concatenate([one.features for one in lists]),
        "relevant": np.concatenate([one.relevant for one in lists]),
        "ids": np.array([item for one in lists for item in one.ids], dtype=np.str_),
        "lengths": np.array([len(one.ids) for one in lists]),
        "groups": np.array([one.group for one in lists], dtype=np.str_),
    }
    with _whole(path) as scratch:
        np.savez(scratch, **columns)  # type: ignore[arg-type]


def _read(path: Path) -> list[Example] | None:
    try:
        with np.load(path, allow_pickle=False) as kept:
            cuts = np.cumsum(kept["lengths"])[:-1]
            features, relevant = np.split(kept["features"], cuts), np.split(kept["relevant"], cuts)
            ids = [tuple(part.tolist()) for part in np.split(kept["ids"], cuts)]
            rows = zip(features, relevant, ids, kept["groups"].tolist(), strict=True)
            return [Example(*row) for row in rows]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
