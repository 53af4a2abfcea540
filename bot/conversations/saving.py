"""A live conversation as a script: what the visitor did, and what came of it as expectations to keep.

What was understood, believed and how many items were shown is expected again; which items is not, so that a new item in
the catalogue breaks nothing. Knows the format, and how to talk as the script will be run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.assistant import Assistant
from bot.conversations.bench import Beliefs
from bot.conversations.nodes import ScriptError
from bot.conversations.script import SUFFIX
from bot.messages import NewConversation, RemoveConstraint, Reply, Rewind, Step, Tune, UserAction, UserText, Weigh
from bot.projection import reading_json
from bot.settings import Settings
from bot.wiring import build_assistant, catalogue_folder, scratch_assistant
from retrieval.catalogue.loader import load_catalogue

HEADER = "# Saved by `chatalogue chat --save`. What is expected is what happened: read it before you keep it.\n"


def begin_saving(path: Path, settings: Settings) -> Saved:
    """A file for a conversation over the configured catalogue. Raises ScriptError as `Saved` does."""
    home = catalogue_folder(settings)
    named = settings.catalogue if home != Path(settings.catalogue) else os.path.relpath(home, path.parent)
    return Saved(path, named, settings.reader)


def assistant_to_save(settings: Settings, folder: Path, report: Callable[[str], None]) -> Assistant:
    """An assistant as scripts have it, so that what is expected can happen again: nothing that visitors did before
    counts, chance has no say, and where the rules read vectors are hashed. What is said is stored in `folder`."""
    if settings.reader == "rules":
        return scratch_assistant(load_catalogue(catalogue_folder(settings)), folder)
    apart = {"database_url": f"sqlite:///{folder / 'saved.sqlite3'}", "explore": 0.0, "words": "templates"}
    return build_assistant(settings.model_copy(update=apart), report)


class Saved:
    """A conversation on its way into the file `path`; raises ScriptError for a name that is no script's or is taken."""

    def __init__(self, path: Path, catalogue: str, reader: str) -> None:
        if not path.name.endswith(SUFFIX):
            raise ScriptError(f"{path.name!r} is not the name of a script", hint=f"let it end in {SUFFIX}")
        if path.exists():
            raise ScriptError(f"{str(path)!r} exists", hint="name a new file; nothing is overwritten")
        self._path = path
        self._head = {"catalogue": catalogue, "reader": reader}
        self._turns: list[dict[str, Any]] = []

    def add(self, step: Step, reply: Reply | None, state: Beliefs) -> None:
        """Take in a turn, what came of it, and what is believed after it; the file is written anew each time.

        A turn without an answer is kept without expectations.
        """
        turn = as_turn(step)
        if reply is not None and not isinstance(step, NewConversation):
            turn["expect"] = expected_of(reply, state)
        self._turns.append(turn)
        self._write()

    def _write(self) -> None:
        name = self._path.name.removesuffix(SUFFIX)
        write_script(self._path, {**self._head, "conversations": [{"name": name, "turns": self._turns}]}, HEADER)


def write_script(path: Path, script: dict[str, Any], header: str) -> None:
    """Write a script after a line of comment; raises ScriptError where that cannot be done."""
    text = yaml.safe_dump(script, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(header + text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ScriptError(f"the conversation cannot be saved: {error}", hint="name another file") from error


def as_turn(step: Step) -> dict[str, Any]:
    """A step as a script says it. Raises ScriptError for what a script says by a label."""
    match step:
        case UserText(text=text):
            return {"user": text}
        case UserAction(kind=kind, item=item):
            return {"action": {"kind": kind, **({"item": item} if item else {})}}
        case NewConversation():
            return {"new": True}
        case Tune(novelty=novelty):
            return {"novelty": novelty}
        case Rewind():
            return {"rewind": True}
        case Weigh():
            raise ScriptError("what was understood is weighed by its label in a script", hint="say it in words")
        case RemoveConstraint():
            raise ScriptError("what was understood is removed by its label in a script", hint="say it in words")


def expected_of(reply: Reply, state: Beliefs) -> dict[str, Any]:
    """What a script may expect again of an answer: the reading, the act, how many items, what is believed."""
    expected: dict[str, Any] = {}
    if reply.reading is not None:
        read = reading_json(reply.reading)
        expected["intent"] = read["intent"]
        if read["slots"]:
            expected["slots"] = [[slot["slot"], slot["value"], slot["polarity"]] for slot in read["slots"]]
    expected["act"] = reply.act
    expected["items"] = {"count": len(reply.items)}
    believed = [
        [b.facet, list(b.value) if isinstance(b.value, tuple) else b.value, b.polarity] for b in state.constraints
    ]
    if believed:
        expected["state"] = {"constraints": believed}
    return expected
