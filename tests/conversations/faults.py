"""Seeded faults: one line of a copy of the product is changed, and all conversations beside this file run against it.

    python tests/conversations/faults.py [--sets first|second|third] [--only NAME …] [--rules] [--first N] [--json FILE]

prints, for every fault, how many conversations fail and which, and the share of faults that were caught. Where
`test_seen_red.py` breaks a whole ability, a fault here is a slip that somebody could make and review could miss. A
conversation counts when an expectation or a law fails, or the turn does; a recording that no longer answers does not,
since it says that something changed and not that it is wrong. Not part of CI: it takes about a minute a fault.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("bot", "retrieval", "ranking", "prompts", "tests/conversations", "examples", "pyproject.toml")
LEVEL = 0.9  #: the share of faults that some conversation must notice
NAMED = 3  #: conversations named in a row of the table


@dataclass(frozen=True)
class Fault:
    """`old`, which stands exactly once in `file`, becomes `new`."""

    name: str
    area: str
    file: str
    old: str
    new: str
    set: str = "first"  #: the list it is of: "second" was chosen when the first had been tried, "third" by an outsider


FAULTS = tuple(
    Fault(**row) for row in yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))
)
SETS = sorted({fault.set for fault in FAULTS})


def main() -> int:
    """Run every fault that is asked for; 1 when too few were caught."""
    options = _options()
    chosen = [fault for fault in FAULTS if fault.set in options.sets]
    chosen = [fault for fault in chosen if not options.only or fault.name in options.only]
    print("| fault | where | conversations that fail | of them |\n|---|---|---|---|", flush=True)
    told = []
    for fault in chosen if options.first else [None, *chosen]:
        failed = _failed_with(fault, options)
        if fault is None:
            if failed:
                print(f"{len(failed)} conversations fail before anything is broken: {', '.join(failed)}")
                return 2
            continue
        told.append({"fault": fault.name, "area": fault.area, "failed": failed})
        print(f"| {fault.name} | {fault.area} | {len(failed)} | {'; '.join(failed[:NAMED])} |", flush=True)
    caught = sum(bool(one["failed"]) for one in told)
    print(f"\n{caught} of {len(told)} caught ({caught / len(told):.0%}), level {LEVEL:.0%}")
    if options.json:
        options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0 if caught >= LEVEL * len(told) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=[fault.name for fault in FAULTS], metavar="NAME")
    parser.add_argument("--sets", nargs="*", choices=SETS, default=SETS, metavar="SET", help="of: " + ", ".join(SETS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="all that failed, for programs")
    parser.add_argument("--rules", action="store_true", help="the rules' half alone, which takes a third of the time")
    parser.add_argument(
        "--first", type=int, help="look no further than so many; the unbroken product is not tried then"
    )
    parser.add_argument("--suite", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _failed_with(fault: Fault | None, options: argparse.Namespace) -> list[str]:
    """The conversations that fail in a copy of the product with `fault`, by a process of its own."""
    with tempfile.TemporaryDirectory(prefix="chatalogue-fault-") as folder:
        tree = Path(folder)
        _copy(tree)
        if fault is not None:
            seed(fault, tree)
        out = tree / "failed.json"
        script = tree / "tests" / "conversations" / "faults.py"
        python = [sys.executable, str(script), "--suite", str(out), *(["--rules"] if options.rules else [])]
        python += ["--first", str(options.first)] if options.first else []
        subprocess.run(python, env={**os.environ, "PYTHONPATH": str(tree)}, check=True, cwd=tree)
        return list(json.loads(out.read_text(encoding="utf-8")))


def _copy(tree: Path) -> None:
    for name in COPIED:
        source, target = ROOT / name, tree / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, target)


def seed(fault: Fault, tree: Path) -> None:
    """Change the one line in `tree`. Raises ValueError where the product has moved on and the line is not there."""
    path = tree / fault.file
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise ValueError(f"{fault.name!r}: {fault.old!r} stands {text.count(fault.old)} times in {fault.file}")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def run_suite(scripts: Iterable[Path], *, rules: bool, first: int | None) -> list[str]:
    """The conversations that fail, by the rules and, where there are recordings, by the model's answers."""
    from bot.conversations.benches import Benches
    from bot.conversations.loading import load_cases
    from retrieval.errors import ChatalogueError

    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="chatalogue-fault-") as folder:
        benches = Benches(Path(folder), lambda _: None)
        for case in (case for script in scripts for case in load_cases(script)):
            if first and len(failed) >= first:
                break
            if case.conversation in failed or (rules and case.reader != "rules"):
                continue
            try:
                if benches.run(case).failed:
                    failed.append(case.conversation)
            except ChatalogueError as error:
                if error.code != "recording_missing":
                    failed.append(case.conversation)
        benches.close()
    return failed


if __name__ == "__main__":
    given = _options()
    if given.suite:
        scripts = sorted(Path(__file__).parent.glob("*.conv.yaml"))
        given.suite.write_text(json.dumps(run_suite(scripts, rules=given.rules, first=given.first)), encoding="utf-8")
        sys.exit(0)
    sys.exit(main())
