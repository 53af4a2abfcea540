"""A script's cases, checked against all that can be known before they run: format, catalogue, recordings, lane.

The one door for whoever runs scripts (pytest, `chatalogue test`), so that both refuse the same things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.conversations.benches import INPROC, Lane
from bot.conversations.loading import Case, load_cases
from bot.conversations.nodes import ScriptError
from bot.conversations.remote_bench import WIDGET
from bot.conversations.tape import recordings_of
from bot.conversations.vocabulary import check_cases
from bot.llm.recording import Recordings

RECORD_AGAIN = "record it: run it once with --conv-llm record (chatalogue test: --llm record)"


def check_lane(lane: Lane, *, in_ci: bool, workers: int = 0) -> None:
    """Raises ScriptError for a way to run that cannot be meant."""
    if lane.target != INPROC and not lane.target.removeprefix(WIDGET).startswith(("http://", "https://")):
        hint = f"give inproc, the URL of a running chatalogue serve, or {WIDGET} and that URL"
        raise ScriptError(f"no target {lane.target!r}", hint=hint)
    if lane.target != INPROC and lane.llm not in ("auto", "live"):
        raise ScriptError(f"a server reads with its own model, not with {lane.llm!r}", hint="leave --conv-llm out")
    if lane.llm == "record" and lane.runs.of > 1:
        raise ScriptError("one run is recorded, not several", hint="leave the number of runs out while recording")
    if lane.llm == "record" and in_ci:
        raise ScriptError(
            "recording is refused in CI (the variable CI is set)", hint="record at home, commit the files"
        )
    if lane.llm == "record" and workers:
        raise ScriptError("several workers cannot record into one file", hint="leave -n out while recording")


def cases_of(script: Path, lane: Lane) -> tuple[Case, ...]:
    """Every case of a script that can run in `lane`; raises ScriptError with file and line."""
    cases = load_cases(script)
    if lane.target != INPROC:
        cases = _once(cases)
    check_cases(cases)
    recordings = Recordings(recordings_of(script))
    replayed = [case for case in cases if lane.mode(case) == "replay"]
    problems = [problem for case in replayed for problem in _unrecorded(case, recordings)]
    if problems:
        raise ScriptError("\n".join(dict.fromkeys(problems)), hint=RECORD_AGAIN)
    return cases


def _once(cases: Sequence[Case]) -> tuple[Case, ...]:
    """One reader's cases: a server reads in one way, whatever the script asks for."""
    readers = {case.reader for case in cases}
    return tuple(case for case in cases if case.reader == ("model" if "model" in readers else "rules"))


def _unrecorded(case: Case, recordings: Recordings) -> Iterator[str]:
    """Messages of which there is no recording: new or changed ones."""
    recorded = recordings.messages(case.name)
    for step, (turn, place) in enumerate(zip(case.turns, case.places, strict=True), 1):
        if turn.user is not None and (step, turn.user) not in recorded:
            yield f"{place}: no recording of {turn.user!r} in {case.name!r}; {recordings.nearest_to(turn.user)}"
