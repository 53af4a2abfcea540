"""`chatalogue evaluate dialogue`: simulated newcomers talk to the assistant and to its baselines, in one run.

People who are simulated are withheld from the behaviour model that answers them: they come in groups of a fifth of the
log's people at most, each group with a model fitted on everybody else. Knows wiring; simulating, figures and tables are
next to it.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.assistant import Assistant
from bot.settings import Settings
from bot.simulation.ceiling import ceiling
from bot.simulation.figures import figures
from bot.simulation.persona import Persona, SimulationError, draw_personas
from bot.simulation.simulate import TURNS, Run, talk_with
from bot.simulation.systems import DENSE, FIXED, OURS, POPULARITY, Newcomers
from bot.simulation.tables import Heading, Outcome, as_json, table
from bot.simulation.tastes import ValuesOf
from ranking.behaviour import Behaviour
from ranking.evidence import BehaviourRow

Report = Callable[[str], None]
SYSTEMS = (OURS, POPULARITY, DENSE, FIXED)
WITHHELD = 0.2  #: of the log's people, at most, are kept from one behaviour model
TOLD_EVERY = 50  #: conversations between two lines of progress


@dataclass(frozen=True, slots=True)
class Request:
    """What to simulate: how many users (fewer when the log has fewer), the seed, items a list, where the JSON goes, and
    into which folder our system's conversations are written as a script."""

    users: int = 500
    seed: int = 1
    k: int = 10
    out: Path | None = None
    export: Path | None = None


def measure_dialogue(settings: Settings, request: Request, report: Report) -> int:
    """Simulate, print the table, write the JSON; 0 when every message was answered, 1 when some was not.

    Raises ChatalogueError when the catalogue has no log to draw users from, or the reader in force cannot read. What
    the simulated users do is stored in a folder of its own, which is deleted.
    """
    from bot.simulation.exporting import check_folder, export_scripts
    from bot.wiring import build_assistant, catalogue_folder, open_catalogue, read_log

    _check_writable(request.out)
    if request.export is not None:
        check_folder(request.export)
    catalogue = open_catalogue(settings, report)
    rows = read_log(settings, catalogue, report)
    draw_personas(rows, catalogue, request.users, request.seed)  # refuses before anything slow
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        apart = settings.model_copy(update={"data": Path(folder), "database_url": None})
        assistant = build_assistant(apart, report)
        try:
            outcome = simulate(assistant, rows, request, settings.reader, report)
        finally:
            assistant.close()
    print(table(outcome))
    if request.out is not None:
        _write(request.out, as_json(outcome))
    if request.export is not None:
        home = catalogue_folder(settings)
        report(f"wrote {export_scripts(outcome.runs[OURS], home, settings.catalogue, request.export)}")
    return int(any(one.broken for one in outcome.figures))


def simulate(
    assistant: Assistant, rows: Sequence[BehaviourRow], request: Request, reader: str, report: Report
) -> Outcome:
    """Every persona's conversation with every system, measured. `reader` names who reads, for the heading."""
    catalogue = assistant.catalogue
    personas = draw_personas(rows, catalogue, request.users, request.seed)
    groups = grouped(personas, len({row.user for row in rows}))
    values_of = ValuesOf(catalogue)
    runs: dict[str, list[Run]] = {system: [] for system in SYSTEMS}
    within: list[bool] = []
    for group in groups:
        newcomers, behaviour = newcomers_of(assistant, rows, group, request.k)
        within += ceiling(behaviour, group, TURNS * request.k)
        for persona in group:
            for system in SYSTEMS:
                runs[system].append(talk_with(persona, system, newcomers, values_of))
            if len(runs[OURS]) % TOLD_EVERY == 0:
                report(f"simulated {len(runs[OURS])} of {len(personas)}")
    name = catalogue.schema.name
    heading = Heading(name, len(personas), request.users, len(groups), request.seed, reader, request.k)
    return Outcome(heading, runs, *figures(runs, request.seed), ceiling=sum(within) / len(within))


def grouped(personas: Sequence[Persona], people: int) -> list[Sequence[Persona]]:
    """`personas` in groups of equal size, give or take one, none larger than `WITHHELD` of the log's `people`."""
    count = math.ceil(len(personas) / max(1, math.floor(WITHHELD * people)))
    return [personas[start::count] for start in range(count)]


def newcomers_of(
    assistant: Assistant, rows: Sequence[BehaviourRow], group: Sequence[Persona], k: int
) -> tuple[Newcomers, Behaviour]:
    """`assistant` as if it had never heard of the people in `group`: none of their rows is fitted. `k` items a list."""
    from bot.wiring import with_behaviour

    behaviour = Behaviour.fit(others(rows, group), [item.id for item in assistant.catalogue.items])
    return Newcomers(with_behaviour(assistant, behaviour, k)), behaviour


def others(rows: Sequence[BehaviourRow], group: Sequence[Persona]) -> list[BehaviourRow]:
    """The rows of everybody who is not in `group`."""
    withheld = {persona.user for persona in group}
    return [row for row in rows if row.user not in withheld]


def _check_writable(out: Path | None) -> None:
    """Before the simulation, not after it."""
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise SimulationError(f"cannot write {str(out)!r}", hint="name a file in a folder that exists")


def _write(out: Path, result: dict[str, Any]) -> None:
    try:
        out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise SimulationError(f"cannot write {str(out)!r}: {error.strerror}", hint="name another file") from error
