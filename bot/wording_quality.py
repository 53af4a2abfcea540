"""The `evaluate wording` command: makes the pairs of a blind comparison, or tells how a judge chose among them.

Knows wiring; the work is done in `wording_pairs` and `wording_preference`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.response.wording_brief import ACTS
from bot.response.writing import Wish, Writer
from bot.settings import Settings
from bot.wording_pairs import KEY, PAIRS, PairsError, make_pairs, told, write_pairs
from bot.wording_preference import preferences

PATIENCE_S = 60.0  #: a wording is compared however long it took; the time is told


@dataclass(frozen=True, slots=True)
class Request:
    """How many pairs, from which seed, where they go; `choices` is a judge's file about the pairs that are there."""

    pairs: int
    seed: int
    out: Path
    choices: Path | None = None


def measure_wording(settings: Settings, request: Request, report: Callable[[str], None]) -> int:
    """Print the figures; 0 when there were any. Raises ChatalogueError."""
    if request.choices is not None:
        found = preferences(request.out, request.choices)
        print("\n".join(map(str, found)))
        return int(not found)
    from bot.model_wiring import build_llm
    from bot.wiring import build_assistant
    from bot.word_wiring import voice_of

    if request.out.is_file():
        raise PairsError(f"{str(request.out)!r} is a file", hint="name a folder for the pairs and their key")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        apart = {"data": Path(folder), "database_url": None, "reader": "rules", "words": "templates"}
        assistant = build_assistant(settings.model_copy(update=apart), report)
        nouns, voice = assistant.catalogue.schema.items_noun, voice_of(settings, assistant.catalogue)
        writer = Writer(build_llm(settings, report), nouns, voice, Wish(frozenset(ACTS), PATIENCE_S))
        try:
            made = make_pairs(assistant, writer, request.pairs, request.seed, report)
        finally:
            assistant.close()
    write_pairs(made, request.out, request.seed)
    print("\n".join(told(made)))
    report(f"{len(made.pairs)} pairs in {request.out / PAIRS}, the key in {request.out / KEY}")
    return int(not made.pairs)
