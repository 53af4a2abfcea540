"""Simulated users' conversations as conversation scripts: what they wrote, and what comes of it today as expectations.

The words are those of the simulation with our own system; they are said again to an assistant as scripts have it (the
rules reading, no weights, five items a list, nobody withheld), so that a script holds what a run of it shows. Knows
runs and the script format.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.conversations.bench import Bench, Mismatch, Visit
from bot.conversations.benches import Benches
from bot.conversations.runner import Progress, take
from bot.conversations.saving import as_turn, expected_of, write_script
from bot.conversations.script import SUFFIX
from bot.messages import UserText
from bot.simulation.persona import SimulationError
from bot.simulation.simulate import Run

NAME = f"simulated{SUFFIX}"
HEADER = (
    "# Written by `chatalogue evaluate dialogue --export`. What is expected happened: read it before you keep it.\n"
)
MOST = 50  #: conversations in one file
STANDS = datetime(2026, 1, 1, 12, tzinfo=UTC)  #: the script's clock


def check_folder(folder: Path) -> None:
    """Raises SimulationError where the script would go over another one."""
    if (folder / NAME).exists() or (folder.exists() and not folder.is_dir()):
        raise SimulationError(f"{str(folder / NAME)!r} exists", hint="name another folder; nothing is overwritten")


def export_scripts(runs: Sequence[Run], home: Path, named: str, folder: Path) -> Path:
    """Write the first MOST of `runs` into `folder`; the file. `home` is the catalogue's folder, `named` the setting.

    Raises SimulationError and ScriptError.
    """
    check_folder(folder)
    path = folder / NAME
    catalogue = named if home != Path(named) else os.path.relpath(home, folder)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as data:
        benches = Benches(Path(data), lambda _: None)
        bench = benches.at(home, None)
        told = [_conversation(number, run, bench) for number, run in enumerate(runs[:MOST], 1)]
        benches.close()
    fixtures = {"clock": f"{STANDS:%Y-%m-%dT%H:%M:%SZ}", "seed": 1}
    head = {"catalogue": catalogue, "reader": "rules", "tags": ["simulated"], "fixtures": fixtures}
    write_script(path, {**head, "conversations": told}, HEADER)
    return path


def _conversation(number: int, run: Run, bench: Bench) -> dict[str, Any]:
    exchanges = (*run.exchanges, run.accepted) if run.accepted else run.exchanges
    ended = f"found after {run.success}" if run.success else "left" if run.left else "not found"
    visit = Visit(None, (), STANDS.timestamp(), 1)
    progress = Progress(bench, visit, bench.begin(visit))
    turns = []
    for step, exchange in enumerate(exchanges, 1):
        said = UserText(exchange.said)
        seen = take(step, said, None, progress)
        if isinstance(seen, Mismatch):
            raise SimulationError(f"a turn was not answered: {seen}", hint="leave --export out to see which one")
        turns.append({**as_turn(said), "expect": expected_of(seen.reply, seen.state)})
    return {"name": f"{number}: {run.persona.target}, {ended}", "turns": turns}
