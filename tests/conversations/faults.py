"""Seeded faults: one line of a copy of the product is changed, and all conversations beside this file run against it.

    python tests/conversations/faults.py [--only NAME …] [--json FILE]

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


FAULTS = (
    # the policy
    Fault("asks a third question", "policy", "bot/dialogue/policy.py", "MOST_QUESTIONS = 2 ", "MOST_QUESTIONS = 9 "),
    Fault(
        "asks again what is known",
        "policy",
        "bot/dialogue/policy.py",
        "return None if spent or known or cues",
        "return None if spent or cues",
    ),
    Fault(
        "a reaction keeps the list",
        "policy",
        "bot/dialogue/policy.py",
        "return self.recommend(fresh=True)",
        "return self.recommend(fresh=False)",
    ),
    Fault(
        "takes hostile words for a wish",
        "policy",
        "bot/dialogue/policy.py",
        "if cues.is_hostile(said) and not turn.linked and not turn.facet_slots:",
        "if False:",
    ),
    Fault(
        "compares what was not named",
        "policy",
        "bot/dialogue/policy.py",
        "both = named if len(named) > 1 else",
        "both = named[:1] if len(named) > 1 else",
    ),
    Fault(
        "a tap on a card likes it silently",
        "policy",
        "bot/dialogue/policy.py",
        'if last.kind == "click":',
        'if last.kind == "never":',
    ),
    # filters
    Fault(
        "a range leaves its upper end out",
        "filter",
        "retrieval/facet_index.py",
        "mask &= numbers <= high",
        "mask &= numbers < high",
    ),
    Fault(
        "what is unknown passes a range",
        "filter",
        "retrieval/facet_index.py",
        "mask = ~np.isnan(numbers)",
        "mask = np.ones(self.size, dtype=np.bool_)",
    ),
    Fault(
        "two wishes of a facet are alternatives",
        "filter",
        "bot/dialogue/needs.py",
        "alternatives = len(filters) > 1 and (facet in numbers or _never_together(facet, state, catalogue))",
        "alternatives = len(filters) > 1",
    ),
    Fault(
        "alternatives must all hold",
        "filter",
        "bot/dialogue/needs.py",
        "parts += [AnyOf(tuple(filters)) if len(filters) > 1 else filters[0] for filters in either.values()]",
        "parts += [part for filters in either.values() for part in filters]",
    ),
    Fault(
        "cheaper is dearer",
        "filter",
        "bot/dialogue/needs.py",
        "return [Not(Range(d.facet, None, d.than)) if d.more else",
        "return [Not(Range(d.facet, None, d.than)) if not d.more else",
    ),
    Fault(
        "only the first avoidance holds",
        "filter",
        "bot/dialogue/needs.py",
        "return [Not(part) for part in refused]",
        "return [Not(part) for part in refused[:1]]",
    ),
    Fault(
        "avoided words rule nothing out",
        "filter",
        "bot/picking.py",
        "return refused.union(*(self._mentioning(n.text) for n in state.needs if n.polarity < 0))",
        "return refused",
    ),
    Fault(
        "seen items come back to a known visitor",
        "filter",
        "bot/picking.py",
        "| frozenset(history.disliked) | frozenset(history.seen)",
        "| frozenset(history.disliked)",
    ),
    # the fold
    Fault(
        "an undo takes the oldest step back",
        "fold",
        "bot/dialogue/state.py",
        "for i in range(len(log) - 1, -1, -1):",
        "for i in range(len(log)):",
    ),
    Fault(
        "a dislike leaves the like standing",
        "fold",
        "bot/dialogue/state.py",
        '"dislike": ("like", "reference", "accept"),',
        '"dislike": ("reference", "accept"),',
    ),
    Fault(
        "starting over forgets reactions",
        "fold",
        "bot/dialogue/state.py",
        "kept = tuple(r for r in state.reactions if r.kind not in",
        "kept = tuple(r for r in state.reactions[:0] if r.kind not in",
    ),
    Fault(
        "a removed line takes its facet along",
        "fold",
        "bot/dialogue/state.py",
        "or (key is not None and c.key != key))",
        "or False)",
    ),
    Fault(
        "a direction outlives its replacement",
        "fold",
        "bot/dialogue/state.py",
        "directions=(*(d for d in state.directions if d.facet != event.facet), event)",
        "directions=(*state.directions, event)",
    ),
    Fault(
        "a rewind leaves the last step's events",
        "fold",
        "bot/dialogue/state.py",
        "return fold(before_last_step(state.past))",
        "return fold(state.past)",
    ),
    # what a message changes
    Fault(
        "an acceptance is a mention",
        "update",
        "bot/dialogue/update.py",
        'return "accept"\n        if slot.polarity == 0',
        'return "mention"\n        if slot.polarity == 0',
    ),
    Fault(
        "a second range is added to the first",
        "update",
        "bot/dialogue/update.py",
        "events += replaced(reading, step.state, catalogue)",
        "events += ()",
    ),
    Fault(
        "an unknown title filters nothing and is not told",
        "update",
        "bot/dialogue/update.py",
        'return [e.UnknownNamed("item", said, slot.polarity)]',
        "return []",
    ),
    Fault(
        "or green drops red",
        "update",
        "bot/dialogue/update.py",
        "events += widened(reading, step.state)",
        "events += []",
    ),
    # linking
    Fault(
        "a year does not tell namesakes apart",
        "linking",
        "retrieval/linking/titles.py",
        "if asked.year is not None:\n            off",
        "if False:\n            off",
    ),
    Fault(
        "the second one is the third",
        "linking",
        "retrieval/linking/screen.py",
        '"second": 1,',
        '"second": 2,',
    ),
    Fault(
        "slips of the keyboard are not mended",
        "linking",
        "retrieval/linking/titles.py",
        "            self._by_spelling,\n        ):",
        "        ):",
    ),
    Fault(
        "a title without its article is unknown",
        "linking",
        "retrieval/linking/titles.py",
        '(self.bare.get(bare, []), 0.97, "article"),',
        "",
    ),
    # grounding and words
    Fault(
        "numbers are never checked",
        "grounding",
        "bot/response/grounding.py",
        "*self._figures(rest, numbers, texts), ",
        "",
    ),
    Fault(
        "every dead end has no way out",
        "words",
        "bot/relaxing.py",
        "return tuple(sorted(found, key=lambda way: -way[1]))",
        "return ()",
    ),
    Fault(
        "counts too many who match",
        "words",
        "bot/picking.py",
        "return Picked(cards, ranked, candidates.total_matching,",
        "return Picked(cards, ranked, candidates.total_matching + 1,",
    ),
    # memory
    Fault(
        "a taken back reaction stays stored",
        "memory",
        "bot/remembering.py",
        'RETRACTED = ("like", "dislike", "seen", "accept")',
        'RETRACTED = ("dislike", "seen", "accept")',
    ),
    Fault(
        "stated tastes are not stored",
        "memory",
        "bot/remembering.py",
        "statements=tuple(self._stated),",
        "statements=(),",
    ),
    Fault(
        "tonight's wish is a taste for ever",
        "memory",
        "bot/memory/stating.py",
        "_TONIGHT = re.compile(r\"\\b(?:tonight|today|right now|",
        "_TONIGHT = re.compile(r\"\\b(?:someday|",
    ),
    Fault(
        "what is known is read once and kept",
        "cache",
        "bot/remembering.py",
        "self.history = self._memory.history(self._name) if self._known else Session()",
        'self.history = getattr(self, "history", Session())',
    ),
    # the list
    Fault(
        "what was passed over comes first again",
        "ranking",
        "ranking/fusion.py",
        "late = [n for n in order if request.items[n].id in request.passed_over]",
        "late: list[int] = []",
    ),
    Fault(
        "soft wishes count against an item",
        "ranking",
        "bot/dialogue/needs.py",
        "c.polarity * (1.0 if c.hard else SOFT)",
        "c.polarity * (1.0 if c.hard else -SOFT)",
    ),
    Fault(
        "a reaction does not reach the list",
        "ranking",
        "bot/dialogue/needs.py",
        "return Session(user=user, liked=liked, disliked=state.disliked, seen=state.seen)",
        "return Session(user=user)",
    ),
)  # fmt: skip


def main() -> int:
    """Run every fault that is asked for; 1 when too few were caught."""
    options = _options()
    chosen = [fault for fault in FAULTS if not options.only or fault.name in options.only]
    print("| fault | where | conversations that fail | of them |\n|---|---|---|---|", flush=True)
    told = []
    for fault in [None, *chosen]:
        failed = _failed_with(fault)
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
    parser.add_argument("--json", type=Path, metavar="FILE", help="all that failed, for programs")
    parser.add_argument("--suite", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _failed_with(fault: Fault | None) -> list[str]:
    """The conversations that fail in a copy of the product with `fault`, by a process of its own."""
    with tempfile.TemporaryDirectory(prefix="chatalogue-fault-") as folder:
        tree = Path(folder)
        _copy(tree)
        if fault is not None:
            seed(fault, tree)
        out = tree / "failed.json"
        script = tree / "tests" / "conversations" / "faults.py"
        python = [sys.executable, str(script), "--suite", str(out)]
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


def run_suite(scripts: Iterable[Path]) -> list[str]:
    """The conversations that fail, by the rules and, where there are recordings, by the model's answers."""
    from bot.conversations.benches import Benches
    from bot.conversations.loading import load_cases
    from retrieval.errors import ChatalogueError

    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="chatalogue-fault-") as folder:
        benches = Benches(Path(folder), lambda _: None)
        for case in (case for script in scripts for case in load_cases(script)):
            if case.conversation in failed:
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
        here = Path(__file__).parent
        given.suite.write_text(json.dumps(run_suite(sorted(here.glob("*.conv.yaml")))), encoding="utf-8")
        sys.exit(0)
    sys.exit(main())
