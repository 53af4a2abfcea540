"""From a script's file to its cases: one run of one conversation each, defaults, fixtures and wordings filled in.

Every slip is an error with file and line, all of them at once. Knows the format; knows no catalogue beyond its folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
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


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, from 1."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Case:
    """One run of one conversation. `name` is unique in the file `path`; `places` are those of its turns."""

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
    if not (
        script.conversations or script.fragments or "fragments" in expanded.data or "conversations" in expanded.data
    ):
        raise expanded.error((), "there is nothing in it", "write `conversations:`")
    if script.conversations == () and "conversations" in expanded.data:
        raise expanded.error(("conversations",), "there is nothing in it", "write a conversation, or leave the key out")
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
        places = tuple(Place(*expanded.where((*here, "turns", t))) for t in range(len(conversation.turns)))
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
                    own, tuple(dict.fromkeys((*script.tags, *conversation.tags))), budget,
                )  # fmt: skip


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


def _keys() -> frozenset[str]:
    models = [
        model
        for module in (format_, expectations)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, Strict)
    ]
    return frozenset(key for model in models for key in model.model_fields)


def _explained(error: ValidationError, expanded: Expanded) -> ScriptError:
    """All that is wrong with a script, in the order of its lines, each thing once, as one error."""
    ordered = sorted(error.errors(), key=lambda problem: expanded.where(problem["loc"])[1])
    problems = {str(problem): problem for problem in (_one(p, expanded) for p in ordered)}
    *others, last = problems.values()
    return ScriptError("\n".join([*map(str, others), last.message]), hint=last.hint)


def _one(problem: ErrorDetails, expanded: Expanded) -> ScriptError:
    location, hint = problem["loc"], "CONTRIBUTING.md describes the format"
    if problem["type"] == "extra_forbidden":
        key = str(location[-1])
        return expanded.error(location, f"unknown key {key!r}", suggestion(key, _keys() - {key}))
    if problem["type"] == "value_error":
        return expanded.error(location, problem["msg"].removeprefix("Value error, "), hint)
    where = ".".join(map(str, location))
    return expanded.error(location, f"{where}: {problem['msg']}; it was {str(problem['input'])[:80]!r}", hint)


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
