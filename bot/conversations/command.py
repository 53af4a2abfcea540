"""`chatalogue test PATH`: scripts without pytest. Prints a line a conversation and a transcript of what failed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.conversations.benches import Benches
from bot.conversations.nodes import ScriptError
from bot.conversations.runner import run
from bot.conversations.script import SUFFIX, Case, load_cases
from bot.settings import Settings


def run_path(path: Path, settings: Settings, report: Callable[[str], None]) -> int:
    """Run every script in `path`; 0: all passed, 1: some failed. `reader = rules` leaves out what wants the model."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="chatalogue-test-") as folder:
        benches = Benches(Path(folder), report)
        for case in _cases(path):
            if case.reader == "model" and settings.reader == "rules":
                print(f"not run (wants the model)  {case.name}")
                continue
            transcript = run(case, benches.of(case))
            failed += transcript.failed
            print(f"{'FAILED' if transcript.failed else 'passed'}  {case.name}", flush=True)
            if transcript.failed:
                print(transcript)
    return 1 if failed else 0


def _cases(path: Path) -> Iterator[Case]:
    scripts = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not scripts:
        raise ScriptError(f"no *{SUFFIX} below {str(path)!r}", hint="name a script or a folder of them")
    for script in scripts:
        yield from load_cases(script)
