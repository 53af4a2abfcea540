"""A script as written → the same script with its fragments and rows filled in, and where each part came from.

Works on plain values, before types are checked, because a row's value may stand where a number must. Knows the few
keys that it fills in (`include`, `fragments`, `fragment`, `each`) and leaves what is malformed for the check to tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from bot.conversations.nodes import Lines, Location, ScriptError, read_yaml
from retrieval.catalogue.parse import suggestion

Raw = dict[str, Any]
_PLACEHOLDER = re.compile(r"(?<!\$)\$\{([A-Za-z_]\w*)\}")
_ESCAPED = "$${"  #: what stands for "${" in a message
MOST_TURNS = 1_000  #: of one conversation, fragments unfolded


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of an expanded script was written."""

    lines: Lines
    location: Location

    def below(self, *location: str | int) -> Origin:
        """The origin of something inside this part."""
        return Origin(self.lines, (*self.location, *location))


@dataclass
class Expanded:
    """A script with nothing left to fill in. `rows` names, for each conversation, the row it was filled from."""

    path: Path
    data: Raw
    lines: Lines
    included: list[Expanded] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    origins: dict[Location, Origin] = field(default_factory=dict)

    def where(self, location: Location) -> tuple[Path, int]:
        """The file and line in which `location` of the expanded script was written."""
        for end in range(len(location), -1, -1):
            if origin := self.origins.get(location[:end]):
                return origin.lines.path, origin.lines.at((*origin.location, *location[end:]))
        return self.path, self.lines.at(location)

    def error(self, location: Location, message: str, hint: str) -> ScriptError:
        """The error to raise about what stands at `location`."""
        path, line = self.where(location)
        return ScriptError(f"{path.name}:{line}: {message}", hint=hint)


def expand(path: Path, _around: tuple[Path, ...] = ()) -> Expanded:
    """The script in `path`, expanded; raises ScriptError with file and line."""
    data, lines = read_yaml(path)
    if not isinstance(data, dict):
        raise lines.error((), "a script is a mapping", "begin with `conversations:`")
    expanded = Expanded(path, dict(data), lines)
    expanded.included = list(_included(expanded, (*_around, path.resolve())))
    fragments = _fragments(expanded)
    _fill_conversations(expanded, fragments)
    own = data.get("fragments")
    if isinstance(own, dict):  # one with placeholders is checked where it is used, filled in
        expanded.data["fragments"] = {name: turns for name, turns in own.items() if not _placeholders(turns)}
    return expanded


def _included(expanded: Expanded, around: tuple[Path, ...]) -> Iterator[Expanded]:
    given = expanded.data.get("include", ())
    for i, name in enumerate((given,) if isinstance(given, str) else given if isinstance(given, tuple) else ()):
        path = expanded.path.parent / str(name)
        if path.resolve() in around:
            raise expanded.error(("include", i), f"{name!r} includes itself", "take one of the two includes out")
        if not path.is_file():
            raise expanded.error(
                ("include", i), f"there is no file {name!r}", "give its path from this script's folder"
            )
        yield expand(path, around)


def _fragments(expanded: Expanded) -> dict[str, tuple[Origin, tuple[Any, ...]]]:
    """Every fragment in reach, by its name; one of this file goes before an included one."""
    found: dict[str, tuple[Origin, tuple[Any, ...]]] = {}
    for other in expanded.included:
        found |= _fragments(other)
    own = expanded.lines.raw.get("fragments") if isinstance(expanded.lines.raw, dict) else None
    for name, turns in (own if isinstance(own, dict) else {}).items():
        if isinstance(turns, tuple):
            found[name] = (Origin(expanded.lines, ("fragments", name)), turns)
    return found


def _fill_conversations(expanded: Expanded, fragments: Mapping[str, tuple[Origin, tuple[Any, ...]]]) -> None:
    """Replace every conversation by its rows, fragments unfolded; what is malformed stays as it is."""
    conversations = expanded.data.get("conversations")
    if not isinstance(conversations, tuple):
        return
    filled: list[Any] = []
    for c, raw in enumerate(conversations):
        written = Origin(expanded.lines, ("conversations", c))
        if not isinstance(raw, dict):
            expanded.origins["conversations", len(filled)] = written
            filled.append(raw)
            expanded.rows.append("")
            continue
        turns = list(islice(_unfolded(raw.get("turns"), written.below("turns"), fragments), MOST_TURNS + 1))
        if len(turns) > MOST_TURNS:
            raise written.lines.error(written.location, f"more than {MOST_TURNS} turns", "split the conversation")
        for row in _rows(raw):
            here: Location = ("conversations", len(filled))
            expanded.origins[here] = written
            expanded.origins |= {(*here, "turns", t): origin for t, (origin, _) in enumerate(turns)}
            whole = dict(raw, turns=tuple(turn for _, turn in turns)) if turns else raw
            filled.append(_filled(whole, row or {}, expanded, here))
            in_name = bool(_placeholders(raw.get("name")))
            expanded.rows.append("" if row is None or in_name else "-".join(str(value)[:40] for value in row.values()))
    expanded.data["conversations"] = tuple(filled)


def _rows(raw: Raw) -> list[Raw | None]:
    each = raw.get("each")
    whole = isinstance(each, tuple) and each and all(isinstance(row, dict) and row for row in each)
    return list(each) if isinstance(each, tuple) and whole else [None]


def _unfolded(
    turns: object,
    written: Origin,
    fragments: Mapping[str, tuple[Origin, tuple[Any, ...]]],
    inside: tuple[str, ...] = (),
) -> Iterator[tuple[Origin, Any]]:
    """Every turn with its origin, fragments (of fragments) in their places."""
    for t, turn in enumerate(turns if isinstance(turns, tuple) else ()):
        here = written.below(t)
        name = turn.get("fragment") if isinstance(turn, dict) and len(turn) == 1 else None
        if not isinstance(name, str):
            yield here, turn
        elif name in inside:
            raise here.lines.error(here.location, f"the fragment {name!r} holds itself", "take it out of itself")
        elif name not in fragments:
            hint = suggestion(name, fragments) if fragments else "write it under `fragments:`, or include its file"
            raise here.lines.error(here.location, f"there is no fragment {name!r}", hint)
        else:
            origin, own = fragments[name]
            yield from _unfolded(own, origin, fragments, (*inside, name))


def _filled(value: Any, row: Raw, expanded: Expanded, here: Location) -> Any:
    """`value` with every `${name}` replaced; alone in its place it keeps the type of the row's value."""
    if isinstance(value, dict):
        return {k: v if k == "each" else _filled(v, row, expanded, (*here, k)) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_filled(v, row, expanded, (*here, i)) for i, v in enumerate(value))
    if not isinstance(value, str):
        return value
    for name in _placeholders(value):
        if name not in row:
            hint = suggestion(name, row) if row else f"write the rows under `each`, or $${{{name}}} for the text itself"
            raise expanded.error(here, f"no row of `each` has a value for ${{{name}}}", hint)
    if whole := _PLACEHOLDER.fullmatch(value):
        return row[whole[1]]
    return _PLACEHOLDER.sub(lambda match: str(row[match[1]]), value).replace(_ESCAPED, "${")


def _placeholders(value: object) -> list[str]:
    if isinstance(value, dict):
        return [name for part in value.values() for name in _placeholders(part)]
    if isinstance(value, tuple):
        return [name for part in value for name in _placeholders(part)]
    return _PLACEHOLDER.findall(value) if isinstance(value, str) else []
