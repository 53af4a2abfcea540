"""`chatalogue test PATH`: scripts without pytest. Prints a line a conversation and a transcript of what failed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from bot.conversations.benches import Benches, Lane, ModeOption
from bot.conversations.collection import cases_of, check_lane
from bot.conversations.loading import Case
from bot.conversations.nodes import ScriptError
from bot.conversations.repeats import Runs
from bot.conversations.report import Output, Report
from bot.conversations.scaffold import write_suite
from bot.conversations.script import SUFFIX
from bot.settings import Settings, in_ci
from bot.wiring import catalogue_folder, open_catalogue


@dataclass(frozen=True)
class Choice:
    """Which conversations are run: by tags (any of them) and by a part of the name; empty: all."""

    tags: tuple[str, ...] = ()
    name: str = ""

    def wants(self, case: Case) -> bool:
        """Whether `case` is one of them."""
        tagged = not self.tags or bool(set(self.tags) & set(case.tags))
        return tagged and self.name.casefold() in case.name.casefold()


def init_suite(settings: Settings, folder: Path, tell: Callable[[str], None]) -> None:
    """Write a first suite for the configured catalogue into `folder` and say how to run it.

    Raises ScriptError, and what loading a catalogue raises; rows that cannot be read are told.
    """
    catalogue, home = open_catalogue(settings, tell), catalogue_folder(settings)
    named = settings.catalogue if home != Path(settings.catalogue) else os.path.relpath(home, folder)
    for path in write_suite(catalogue, named, folder):
        print(path)
    print(f"run them: chatalogue test {folder}")


def lane_of(llm: str, target: str, runs: Runs = Runs()) -> Lane:  # noqa: B008 - frozen
    """The lane that options name; raises ScriptError."""
    if llm not in get_args(ModeOption):
        raise ScriptError(f"no model answers {llm!r}", hint=f"choose one of {', '.join(get_args(ModeOption))}")
    lane = Lane(cast(ModeOption, llm), target.rstrip("/"), runs)
    check_lane(lane, in_ci=in_ci())
    return lane


def run_path(path: Path, lane: Lane, choice: Choice, output: Output, tell: Callable[[str], None]) -> int:
    """Run what is chosen of every script in `path`; 0: all passed, 1: some failed. Raises ScriptError."""
    cases = [case for script in _scripts(path) for case in cases_of(script, lane)]
    chosen = [case for case in cases if choice.wants(case)]
    if not chosen:
        raise ScriptError(f"none of {len(cases)} conversations is chosen", hint="loosen --tag or -k")
    report = Report()
    failed = _run(chosen, lane, report, tell)
    output.take(report)
    ran = len([case for case in chosen if lane.cannot(case) is None])
    print(f"{ran - failed} passed, {failed} failed" + (f", {len(chosen) - ran} not run" if ran < len(chosen) else ""))
    return 1 if failed else 0


def _run(cases: Sequence[Case], lane: Lane, report: Report, tell: Callable[[str], None]) -> int:
    failed = 0
    with tempfile.TemporaryDirectory(prefix="chatalogue-test-") as folder:
        benches = Benches(Path(folder), tell, lane)
        try:
            for case in cases:
                if reason := lane.cannot(case):
                    print(f"not run  {case.path.name}::{case.name}: {reason}")
                    continue
                talks = benches.repeat(case)
                report.add(case, talks, lane.tells(case))
                failed += talks.failed
                told = f"{'FAILED' if talks.failed else 'passed'}  {case.path.name}::{case.name}"
                often = f", {talks.passed} of {lane.runs.of}" if lane.runs.of > 1 else ""
                print(f"{told} ({lane.tells(case)}{often})", flush=True)
                if talks.failed:
                    print(talks)
        finally:
            benches.close()
    return failed


def _scripts(path: Path) -> list[Path]:
    scripts = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not scripts:
        raise ScriptError(f"no *{SUFFIX} below {str(path)!r}", hint="name a script or a folder of them")
    return scripts
