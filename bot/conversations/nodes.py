"""YAML text → plain values, and the line on which each of them stands. Knows YAML, not what a script means.

Lists become tuples. A key written twice is an error; YAML's own readers keep the last one in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from retrieval.errors import ChatalogueError

Location = tuple[str | int, ...]  #: the keys and positions that lead to a value
MERGE = "tag:yaml.org,2002:merge"
MOST_VALUES = 50_000  #: in one file, aliases unfolded


class ScriptError(ChatalogueError):
    """A conversation script that cannot be run as it stands."""

    code = "script"


class Lines:
    """Where values stand. Lines count from 1."""

    def __init__(self, path: Path, lines: Mapping[Location, int], raw: object = None) -> None:
        self.path = path
        self.raw = raw  #: the value as written
        self._lines = lines

    def at(self, location: Location) -> int:
        """The line of `location`, or of the nearest thing around it; parts that name nothing are passed over."""
        known: Location = ()
        for part in location:
            if (*known, part) in self._lines:
                known = (*known, part)
        return self._lines.get(known, 1)

    def error(self, location: Location, message: str, hint: str) -> ScriptError:
        """The error to raise about what stands at `location`."""
        return ScriptError(f"{self.path.name}:{self.at(location)}: {message}", hint=hint)


def read_yaml(path: Path) -> tuple[object, Lines]:
    """The value in `path` and its lines; raises ScriptError with the line for what is no YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{str(path)!r} cannot be read: {error}", hint="it must be a UTF-8 text file") from error
    try:
        loader = yaml.SafeLoader(text)
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise ScriptError(f"{path.name}:1: this is no YAML: {error}", hint="correct the file") from error
    try:
        builder = _Builder(loader, path)
        node = loader.get_single_node()
        value = builder.value((), node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScriptError(f"{path.name}:{line}: {error.problem}", hint="correct the YAML there") from error
    except (yaml.YAMLError, RecursionError) as error:
        reason = "it is nested too deeply, or holds itself" if isinstance(error, RecursionError) else str(error)
        raise ScriptError(f"{path.name}:1: this is no YAML: {reason}", hint="correct the file") from error
    finally:
        loader.dispose()
    return value, Lines(path, builder.lines, value)


class _Builder:
    def __init__(self, loader: yaml.SafeLoader, path: Path) -> None:
        self._loader = loader
        self._path = path
        self.lines: dict[Location, int] = {}

    def value(self, location: Location, node: yaml.Node) -> object:
        self.lines.setdefault(location, node.start_mark.line + 1)
        if len(self.lines) > MOST_VALUES:
            message = f"{self._path.name}:{node.start_mark.line + 1}: more than {MOST_VALUES:,} values"
            raise ScriptError(message, hint="split the file, or unfold its aliases")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(location, node)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.value((*location, i), child) for i, child in enumerate(node.value))
        return self._loader.construct_object(node)

    def _pairs(self, node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
        """What a mapping holds; a merge key (`<<: *name`) gives what the mapping does not say itself."""
        own = [pair for pair in node.value if pair[0].tag != MERGE]
        merge = yaml.MappingNode(node.tag, [pair for pair in node.value if pair[0].tag == MERGE])
        if not merge.value:
            return own
        self._loader.flatten_mapping(merge)
        said = {key.value for key, _ in own}
        given = {key.value: (key, child) for key, child in merge.value if key.value not in said}
        return [*own, *given.values()]

    def _mapping(self, location: Location, node: yaml.MappingNode) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, child in self._pairs(node):
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                where = f"{self._path.name}:{line}"
                raise ScriptError(f"{where}: the key {key!r} stands here a second time", hint="keep one of the two")
            self.lines[(*location, key)] = line
            result[key] = self.value((*location, key), child)
        return result
