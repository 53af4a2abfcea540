"""The format of `*.conv.yaml`: what may be said, done and expected. Reads and checks files; runs nothing.

A script names a catalogue, who reads the messages, and conversations of turns. A turn is a message (`user`), a tap
(`action`) or a fresh start (`new: true`), with what to `expect` of it. `$name` stands for the item (or items) that an
earlier turn saved. Unknown keys, wrong types and unsaved names are errors with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.conversations.nodes import Lines, ScriptError, read_yaml
from bot.messages import Act, ActionKind
from bot.understanding.reading import Intent, Polarity
from retrieval.catalogue.parse import FILE_NAME, suggestion

SUFFIX = ".conv.yaml"

ReaderName = Literal["rules", "model"]
Number = int | float
Wanted = str | Number | tuple[str | Number | None, ...]  #: a value, any of several, or [low, high] of a number facet
Predicate = dict[str, Wanted]  #: facet, `id` or `title` → what it must be; all of them must hold
SlotTriple = tuple[str, str | tuple[Number | None, Number | None], Polarity]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _not_empty(value: object) -> object:
    if value == ():  # pydantic's own min_length would count only what is right, and so report the rest twice
        raise ValueError("there is nothing in it")
    return value


def _bounded(value: object) -> object:
    return {"min": value, "max": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _regex(value: object) -> object:
    try:
        re.compile(str(value))
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from error
    return value


OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Regex = Annotated[str, BeforeValidator(_regex)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Bounds(_Strict):
    """How many, ends included; a bare number means exactly that many."""

    min: int = 0
    max: int | None = None


Count = Annotated[Bounds, BeforeValidator(_bounded)]


class ItemsExpectation(_Strict):
    """What the list must be. `first` speaks of its first item; `save` keeps the item at an index, or `all` of them."""

    count: Count | None = None
    all: Predicate = Field(default_factory=dict)
    none: Predicate = Field(default_factory=dict)
    some: Predicate = Field(default_factory=dict)
    first: Predicate = Field(default_factory=dict)
    save: dict[str, int | Literal["all"]] = Field(default_factory=dict)


class StateExpectation(_Strict):
    """What must be believed afterwards. Lists of items are compared whole, in any order; `constraints` as a part.

    `free` names facets that nothing constrains.
    """

    liked: OneOrMore | None = None
    disliked: OneOrMore | None = None
    seen: OneOrMore | None = None
    refused: OneOrMore | None = None
    accepted: OneOrMore | None = None
    constraints: tuple[SlotTriple, ...] = ()
    constraints_exact: bool = False
    free: OneOrMore = ()


class ReplyExpectation(_Strict):
    """What the words must be like; the expressions are searched for, whatever the case, `.` being any character."""

    max_words: int | None = None
    matches: Regex | None = None
    not_matches: Regex | None = None


class ChipsExpectation(_Strict):
    """How many suggestions to tap, and an expression that the label of one of them must match."""

    count: Count | None = None
    matches: Regex | None = None


class Expectation(_Strict):
    """All that one turn is expected to do; what is left out is not looked at.

    `slots` is a part of what was understood, all of it with `slots_exact`. `asks` is the facet a question is about,
    or true (any) or false (none).
    """

    intent: Annotated[tuple[Annotated[Intent, Field(strict=False)], ...], BeforeValidator(_listed)] = ()
    slots: tuple[SlotTriple, ...] = ()
    slots_exact: bool = False
    items: ItemsExpectation = ItemsExpectation()
    state: StateExpectation = StateExpectation()
    act: Annotated[tuple[Act, ...], BeforeValidator(_listed)] = ()
    asks: bool | OneOrMore | None = None
    reply: ReplyExpectation = ReplyExpectation()
    chips: ChipsExpectation = ChipsExpectation()


class ScriptedAction(_Strict):
    """A tap; `item` is an id or a `$name`."""

    kind: ActionKind
    item: str | None = None

    @model_validator(mode="after")
    def _names_its_item(self) -> ScriptedAction:
        if (self.item is None) != (self.kind == "undo"):
            raise ValueError("every action but undo names its item")
        return self


class Turn(_Strict):
    """One step of the visitor and what is expected of it."""

    user: str | None = None
    action: ScriptedAction | None = None
    new: Literal[True] | None = None
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _is_one_step(self) -> Turn:
        if sum(step is not None for step in (self.user, self.action, self.new)) != 1:
            raise ValueError("a turn has exactly one of user, action and new")
        return self


class ScriptedConversation(_Strict):
    """A conversation with one visitor; `user` is who they are, for what outlives a conversation."""

    name: str = Field(min_length=1)
    user: str | None = None
    turns: Annotated[tuple[Turn, ...], BeforeValidator(_not_empty)]


class Script(_Strict):
    """A whole file. With two readers every conversation runs once with each."""

    catalogue: str = "films"
    reader: Annotated[tuple[ReaderName, ...], BeforeValidator(_listed)] = ("model",)
    conversations: Annotated[tuple[ScriptedConversation, ...], BeforeValidator(_not_empty)]


@dataclass(frozen=True, slots=True)
class Case:
    """One run of one conversation. `lines` are those of its turns, `line` its own."""

    name: str
    path: Path
    line: int
    catalogue: Path
    reader: ReaderName
    conversation: ScriptedConversation
    lines: tuple[int, ...]


KEYS = frozenset(
    key
    for model in (
        *(Script, ScriptedConversation, Turn, ScriptedAction, Expectation),
        *(ItemsExpectation, StateExpectation, ReplyExpectation, ChipsExpectation, Bounds),
    )
    for key in model.model_fields
)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Every run that `path` asks for; raises ScriptError, which names the file and the line."""
    data, lines = read_yaml(path)
    if not isinstance(data, dict):
        raise lines.error((), "a script is a mapping", "begin with `conversations:`")
    try:
        script = Script.model_validate(data)
    except ValidationError as error:
        raise _explained(error, lines) from error
    _check_names(script, lines)
    return tuple(_cases(script, lines))


def _cases(script: Script, lines: Lines) -> Iterator[Case]:
    catalogue = _catalogue(script.catalogue, lines)
    for c, conversation in enumerate(script.conversations):
        here = ("conversations", c)
        turn_lines = tuple(lines.at((*here, "turns", t)) for t in range(len(conversation.turns)))
        for reader in script.reader:
            name = f"{conversation.name}[{reader}]" if len(script.reader) > 1 else conversation.name
            yield Case(name, lines.path, lines.at(here), catalogue, reader, conversation, turn_lines)


def _catalogue(name: str, lines: Lines) -> Path:
    """A folder beside the script, or a catalogue that is built in."""
    for folder in (lines.path.parent / name, Path(str(files("retrieval") / name))):
        if (folder / FILE_NAME).is_file():
            return folder.resolve()
    raise lines.error(
        ("catalogue",), f"there is no catalogue {name!r}", "name a built-in one, or a folder relative to the script"
    )


def _explained(error: ValidationError, lines: Lines) -> ScriptError:
    """All that is wrong with a script, in the order of its lines, as one error."""
    problems = sorted(error.errors(), key=lambda problem: lines.at(problem["loc"]))
    *others, last = [_one(problem, lines) for problem in problems]
    return ScriptError("\n".join([*map(str, others), last.message]), hint=last.hint)


def _one(problem: ErrorDetails, lines: Lines) -> ScriptError:
    location, hint = problem["loc"], "CONTRIBUTING.md describes the format"
    if problem["type"] == "extra_forbidden":
        key = str(location[-1])
        return lines.error(location, f"unknown key {key!r}", suggestion(key, KEYS - {key}))
    if problem["type"] == "value_error":
        return lines.error(location, problem["msg"].removeprefix("Value error, "), hint)
    where = ".".join(map(str, location))
    return lines.error(location, f"{where}: {problem['msg']}; it was {str(problem['input'])[:80]!r}", hint)


def _check_names(script: Script, lines: Lines) -> None:
    """Refuse two conversations of one name, and a `$name` that no earlier turn saves."""
    seen: set[str] = set()
    for c, conversation in enumerate(script.conversations):
        here = ("conversations", c)
        if conversation.name in seen:
            raise lines.error((*here, "name"), f"a second conversation is named {conversation.name!r}", "rename one")
        seen.add(conversation.name)
        saved: set[str] = set()
        for t, turn in enumerate(conversation.turns):
            for name in sorted(_references(turn.model_dump()) - saved):
                hint = suggestion(name, saved) if saved else "save one with `items: {save: {name: 0}}`"
                raise lines.error((*here, "turns", t), f"no earlier turn saves ${name}", hint)
            saved.update(turn.expect.items.save)


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_references(v) for k, v in value.items() if k not in ("user", "reply", "chips")))
    if isinstance(value, tuple | list):
        return set().union(*map(_references, value))
    return {value[1:]} if isinstance(value, str) and value.startswith("$") else set()
