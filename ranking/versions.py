"""Learned weights, kept version by version with where they come from; the way back is one step. Knows files.

A folder holds `0001.json`, `0002.json`, … (with `0001.trees.txt` beside one that has trees) and `current`, which names
the one in use. A version is never changed; going back moves `current` to the one before it, and training again from
there writes the next number.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ranking.fusion import FusionWeights, WeightsError
from ranking.trees import Trees

_CURRENT = "current"


@dataclass(frozen=True)
class Version:
    """Weights and their origin: the sha256 of the `data`, when they were `made` (ISO 8601, UTC), by which `command`,
    and the validation `scores` of everything that was tried. `trees` is the sha256 of the trees that correct the
    weights, empty where there are none."""

    weights: FusionWeights
    data: str
    made: str
    command: str
    scores: Mapping[str, float] = field(default_factory=dict)
    trees: str = ""


class WeightVersions:
    """The versions in one folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> Version | None:
        """The version in use; None when none was trained or all were taken back. Raises WeightsError."""
        name = self.name()
        return self._read(name) if name else None

    def name(self) -> str | None:
        """The number of the version in use, as text."""
        try:
            return self._current().read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def named(self, number: str) -> Version:
        """The version `number` ("2" or "0002"), in use or not. Raises WeightsError."""
        name, names = f"{int(number):04}", self._names()
        if name not in names:
            there = (
                f"there are {', '.join(names)}" if names else "none was trained: `chatalogue train ranking` makes one"
            )
            raise WeightsError(f"there is no trained version {name}", hint=there)
        return self._read(name)

    def trees(self, version: Version) -> Trees | None:
        """The trees of `version`, None where it has none. Raises WeightsError when they are gone or were changed."""
        if not version.trees:
            return None
        for path in sorted(self._folder.glob("*.trees.txt")):
            if _sha256(path) == version.trees:
                return Trees.load(path)
        raise WeightsError(
            f"the trees {version.trees[:12]} of a trained version are not in {str(self._folder)!r}, or were changed",
            hint="go back with `chatalogue train ranking --rollback`, or train again",
        )

    def add(self, version: Version, trees: Trees | None = None) -> str:
        """Keep `version` with its `trees` as the next number and use it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{max((int(n) for n in self._names()), default=0) + 1:04}"
        if trees is not None:
            kept = self._folder / f"{name}.trees.txt"
            trees.save(kept)
            version = replace(version, trees=_sha256(kept))
        self._write(self._folder / f"{name}.json", json.dumps(asdict(version), indent=1))
        before = self.name()
        self._write(self._folder / f"{name}.before", before or "")
        self._write(self._current(), name)
        return name

    def rollback(self) -> str | None:
        """Use what was in use before the current version: its number, or None for the weights that are shipped.

        Raises WeightsError when there is nothing to take back, or when it is not kept what was in use before."""
        name = self.name()
        if name is None:
            raise WeightsError("there is no trained version to take back", hint="the shipped weights are in use")
        try:
            before = (self._folder / f"{name}.before").read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise WeightsError(
                f"nothing tells what was in use before {name!r}",
                hint=f"train again, or remove {str(self._current())!r} to use the shipped weights",
            ) from error
        self._write(self._current(), before)
        return before or None

    def _names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("[0-9]*.json"))

    def _current(self) -> Path:
        return self._folder / _CURRENT

    def _read(self, name: str) -> Version:
        path = self._folder / f"{name}.json"
        try:
            given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return Version(**{**given, "weights": FusionWeights(**given["weights"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WeightsError(
                f"cannot read the trained weights {str(path)!r}: {error}",
                hint="go back with `chatalogue train ranking --rollback`, or train again",
            ) from error

    def _write(self, path: Path, content: str) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as scratch:
            scratch.write(content)
        Path(scratch.name).replace(path)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
