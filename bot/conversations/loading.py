"""From a script's file to its cases: one run of one conversation each, defaults, fixtures and wordings filled in.

Every slip is an error with file and line, all of them at once. Knows the format; knows no catalogue beyond its folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.conversations import expectations
from bot.conversations import script as format_
from bot.conversations.expansion import Expanded, expand
from bot.conversations.expectations import Strict, merged
from bot.conversations.nodes import Location, ScriptError
from bot.conversations.script import Defaults, Fixtures, ReaderName, Script, ScriptedConversation, Turn
from bot.settings import DEFAULT_CATALOGUE
from retrieval.catalogue.parse import FILE_NAME, suggestion

NONE_FITS = "this is none of the things that may stand here"
_TYPE_TAG = re.compile(
    r"(?:tuple|list|dict|constrained-|nullable|literal|union|function-)|(?:str|int|float|bool|none)$|[A-Z]\w+$"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, from 1."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Case:
    """One run of one conversation. `name` is unique in the file `path`; `places` are those of its turns.

    `locate` finds the line of a part of the conversation, by the keys that lead to it.
    """

    name: str
    conversation: str
    path: Path
    line: int
    catalogue: Path
    reader: ReaderName
    user: str | None
    turns: tuple[Turn, ...]
    places: tuple[Place, ...]
    fixtures: Fixtures
    locate: Callable[[Location], Place] = field(compare=False, repr=False)
    tags: tuple[str, ...] = ()
    budget_ms: float | None = None

    @property
    def place(self) -> Place:
        """Where the conversation begins."""
        return Place(self.path, self.line)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Every run that `path` asks for; raises ScriptError, which names the file and the line."""
    expanded = expand(path)
    script = _validated(expanded)
    if not script.conversations and ("conversations" in expanded.data or "fragments" not in expanded.data):
        hint = "write a conversation; a file of fragments alone leaves the key out"
        raise expanded.error(("conversations",), "there is nothing in it", hint)
    _check_saved_names(script, expanded)
    cases = tuple(_cases(script, expanded))
    _check_unique(cases)
    return cases


def _validated(expanded: Expanded) -> Script:
    for other in expanded.included:
        _validated(other)
    try:
        return Script.model_validate(expanded.data)
    except ValidationError as error:
        raise _explained(error, expanded) from error


def _cases(script: Script, expanded: Expanded) -> Iterator[Case]:
    shared_fixtures, shared_defaults = _shared(expanded)
    fixtures, defaults = merged(shared_fixtures, script.fixtures), merged(shared_defaults, script.defaults)
    for c, conversation in enumerate(script.conversations):
        here: Location = ("conversations", c)
        own = merged(fixtures, conversation.fixtures)
        budget = defaults.budget_ms if conversation.budget_ms is None else conversation.budget_ms
        locate = partial(_located, expanded, here)
        places = tuple(locate(("turns", t)) for t in range(len(conversation.turns)))
        folder = _catalogue(script, conversation, own, expanded, here)
        turns = tuple(_with_defaults(turn, defaults) for turn in conversation.turns)
        path, line = expanded.where(here)
        for reader in script.reader:
            for label, spoken in _wordings(turns):
                marks = [expanded.rows[c], reader if len(script.reader) > 1 else "", label]
                suffix = "-".join(mark for mark in marks if mark)
                name = f"{conversation.name}[{suffix}]" if suffix else conversation.name
                yield Case(
                    name, conversation.name, path, line, folder, reader, conversation.user, spoken, places,
                    own, locate, tuple(dict.fromkeys((*script.tags, *conversation.tags))), budget,
                )  # fmt: skip


def _located(expanded: Expanded, here: Location, location: Location) -> Place:
    return Place(*expanded.where((*here, *location)))


def _shared(expanded: Expanded) -> tuple[Fixtures, Defaults]:
    """What the included files, one after the other, say of fixtures and defaults."""
    scripts = [_with_its_own(other) for other in expanded.included]
    fixtures = reduce(merged, (fixtures for fixtures, _ in scripts), Fixtures())
    return fixtures, reduce(merged, (defaults for _, defaults in scripts), Defaults())


def _with_its_own(other: Expanded) -> tuple[Fixtures, Defaults]:
    fixtures, defaults = _shared(other)
    script = _validated(other)
    return merged(fixtures, script.fixtures), merged(defaults, script.defaults)


def _with_defaults(turn: Turn, defaults: Defaults) -> Turn:
    if not turn.is_answered:
        return turn
    return turn.model_copy(update={"expect": merged(defaults.expect, turn.expect)})


def _wordings(turns: Sequence[Turn]) -> Iterator[tuple[str, tuple[Turn, ...]]]:
    """As many runs as the longest `any_of` has wordings; shorter ones begin again. A label tells the runs apart."""
    most = max((len(turn.any_of) for turn in turns if turn.any_of), default=1)
    for run in range(most):
        spoken = tuple(
            turn.model_copy(update={"user": turn.any_of[run % len(turn.any_of)], "any_of": None})
            if turn.any_of
            else turn
            for turn in turns
        )
        yield str(run + 1) if most > 1 else "", spoken


def _catalogue(
    script: Script, conversation: ScriptedConversation, fixtures: Fixtures, expanded: Expanded, here: Location
) -> Path:
    own = conversation.fixtures.catalogue is not None
    name = fixtures.catalogue if own else script.catalogue or fixtures.catalogue or DEFAULT_CATALOGUE
    assert name is not None
    if folder := find_catalogue(name, expanded.path.parent):
        return folder
    where = (*here, "fixtures", "catalogue") if own else ("catalogue",)
    raise expanded.error(
        where, f"there is no catalogue {name!r}", "name a built-in one, or a folder relative to the script"
    )


def find_catalogue(name: str, beside: Path) -> Path | None:
    """A folder below `beside`, or a catalogue that is built in; None when there is neither."""
    for folder in (beside / name, Path(str(files("retrieval") / name))):
        if (folder / FILE_NAME).is_file():
            return folder.resolve()
    return None


def _models() -> list[type[Strict]]:
    found = [*vars(format_).values(), *vars(expectations).values()]
    models = [model for model in found if isinstance(model, type) and issubclass(model, Strict)]
    return [model for model in dict.fromkeys(models) if model is not Strict]


def _keys_beside(location: Location) -> frozenset[str]:
    """The keys that may stand where an unknown one stands: those of its model, told by the key that leads to it."""
    leading: dict[str, type[Strict]] = {}
    for model in _models():
        for key, part in model.model_fields.items():
            inside = [m for m in _models() if f".{m.__name__}" in str(part.annotation)]
            leading |= {key: inside[0]} if len(inside) == 1 else {}
    parents = [part for part in reversed(location[:-1]) if part in leading]
    return frozenset((leading[str(parents[0])] if parents else Script).model_fields)


def _explained(error: ValidationError, expanded: Expanded) -> ScriptError:
    """All that is wrong with a script, in the order of its lines, each thing once, as one error."""
    ordered = sorted(error.errors(), key=lambda problem: expanded.where(problem["loc"])[1])
    problems = {str(problem): problem for problem in (_one(p, expanded) for p in _without_unions(ordered))}
    *others, last = problems.values()
    return ScriptError("\n".join([*map(str, others), last.message]), hint=last.hint)


def _without_unions(problems: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Of a value that fits none of several types, one problem: at the value itself, the last of them."""
    told: set[Location] = set()
    for problem in problems:
        location = problem["loc"]
        typed = next((i for i, part in enumerate(location) if isinstance(part, str) and _TYPE_TAG.match(part)), None)
        if typed is None or problem["type"] in ("value_error", "extra_forbidden"):
            yield problem
        elif location[:typed] not in told:
            told.add(location[:typed])
            yield {**problem, "loc": location[:typed], "msg": NONE_FITS, "type": "union"}


def _one(problem: ErrorDetails, expanded: Expanded) -> ScriptError:
    location, hint = problem["loc"], "docs/conversations.md describes the format"
    if problem["type"] == "extra_forbidden":
        key = str(location[-1])
        return expanded.error(location, f"unknown key {key!r}", suggestion(key, _keys_beside(location)))
    if problem["type"] == "value_error":
        return expanded.error(location, problem["msg"].removeprefix("Value error, "), hint)
    where = ".".join(map(str, location))
    written = json.dumps(problem["input"], ensure_ascii=False, default=str)[:80]
    return expanded.error(location, f"{where}: {problem['msg']}; it was {written}", hint)


def _check_unique(cases: Sequence[Case]) -> None:
    first: dict[str, Case] = {}
    for case in cases:
        if case.name in first:
            message = (
                f"{case.place}: a second conversation is named {case.name!r}; the first is at {first[case.name].place}"
            )
            raise ScriptError(message, hint="rename one")
        first[case.name] = case


def _check_saved_names(script: Script, expanded: Expanded) -> None:
    """Refuse a `$name` that no earlier turn saves."""
    for c, conversation in enumerate(script.conversations):
        saved: set[str] = set()
        for t, turn in enumerate(conversation.turns):
            for name in sorted(_references(turn.model_dump()) - saved):
                hint = suggestion(name, saved) if saved else "save one with `items: {save: {name: 0}}`"
                raise expanded.error(("conversations", c, "turns", t), f"no earlier turn saves ${name}", hint)
            saved.update(turn.expect.items.save)


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        words = ("user", "any_of", "model", "reply", "chips", "chip")
        return set().union(*(_references(v) for k, v in value.items() if k not in words))
    if isinstance(value, tuple | list):
        return set().union(*map(_references, value))
    return {value[1:]} if isinstance(value, str) and value.startswith("$") else set()
