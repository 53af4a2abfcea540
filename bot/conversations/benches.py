"""Benches with the real assistant: one a catalogue and reader, made when first needed and shared by conversations.

Knows wiring; nothing else here does. What visitors do is kept in a folder given, never in the user's own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.conversations.bench import Bench
from bot.conversations.script import Case, ReaderName


class Benches:
    """The benches of one run. `report` is told of downloads and indexing, a line at a time."""

    def __init__(self, data: Path, report: Callable[[str], None]) -> None:
        self._data = data
        self._report = report
        self._made: dict[tuple[Path, ReaderName], Bench] = {}

    def of(self, case: Case) -> Bench:
        """Where `case` runs: the rules without any weights, the model as it is served."""
        key = (case.catalogue, case.reader)
        if key not in self._made:
            self._made[key] = self._make(*key)
        return self._made[key]

    def _make(self, catalogue: Path, reader: ReaderName) -> Bench:
        from bot.dialogue.state import fold
        from bot.settings import load_settings
        from bot.wiring import build_assistant, scratch_assistant
        from retrieval.catalogue.loader import load_catalogue

        data = self._data / f"{len(self._made)}-{reader}"
        if reader == "rules":
            assistant = scratch_assistant(load_catalogue(catalogue), data)
        else:
            settings = load_settings(catalogue=str(catalogue), reader=reader, data=data)
            assistant = build_assistant(settings, self._report)
        return Bench(assistant.catalogue, assistant.open, fold)
