"""The phrasings and word lists that messages are made of, read from the data files beside this module.

A file has sections, `## name`, with one entry a line. In a phrasing
`{tag+}` is a slot to fill, liked (`+`), disliked (`-`), mentioned (`0`) or taken back before the end (`x`: no slot),
`{say+:words}` is a need in exactly these words, `{gen+:words}` a genre, `[a|b|]` a choice and `<name>` a word of no
consequence.
Knows nothing of what the tags mean.
"""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

Split = Literal["train", "dev"]
HELD_OUT_OF = 25  #: one phrasing in so many is kept for the dev split


def _text(*path: str) -> str:
    return resources.files(__package__).joinpath(*path).read_text(encoding="utf-8")


def _sections(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("## "):
            name = line[3:]
            found.setdefault(name, [])
        elif line and not line.startswith("# "):
            found[name].append(line)
    return {key: tuple(lines) for key, lines in found.items()}


@cache
def words(file: str) -> Mapping[str, tuple[str, ...]]:
    """The sections of `words/<file>.txt`."""
    return _sections(_text("words", f"{file}.txt"))


@cache
def mapping(file: str, section: str) -> Mapping[str, tuple[str, ...]]:
    """A section whose lines read `key = value; value`."""
    pairs = (line.split(" = ", 1) for line in words(file).get(section, ()))
    return {key: tuple(v.strip() for v in values.split(";")) for key, values in pairs}


@cache
def schemas() -> Mapping[str, Any]:
    """`words/schemas.toml`."""
    return tomllib.loads(_text("words", "schemas.toml"))


@dataclass(frozen=True, slots=True)
class Film:
    """A title to draw from, and who made it."""

    title: str
    year: int
    language: str
    directors: tuple[str, ...]
    cast: tuple[str, ...]


@cache
def films() -> tuple[Film, ...]:
    """`words/titles.tsv`."""
    rows = [line.split("\t") for line in _text("words", "titles.tsv").splitlines() if not line.startswith("# ")]
    return tuple(Film(r[0], int(r[1]), r[2], _people(r[3]), _people(r[4])) for r in rows)


def _people(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split("; ") if name)


@cache
def _phrasings(file: str) -> Mapping[str, tuple[str, ...]]:
    return _sections(_text("phrasings", f"{file}.txt"))


def phrasings(file: str, section: str) -> tuple[str, ...]:
    """All of a section of `phrasings/<file>.txt`, of both splits; none where there is no such section."""
    return _phrasings(file).get(section, ())


def held_out(phrasing: str, of: int = HELD_OUT_OF) -> bool:
    """Whether a phrasing belongs to the dev split, one in `of`, decided by its text alone."""
    return int.from_bytes(hashlib.sha256(phrasing.encode()).digest()[:4], "big") % of == 0


@cache
def pool(split: Split, file: str, section: str) -> tuple[str, ...]:
    """The phrasings of a section in one split.

    The dev split of a section without held-out phrasings is its train split.
    """
    every = _phrasings(file)[section]
    wanted = tuple(p for p in every if held_out(p) == (split == "dev"))
    return wanted or every


def draw(r: random.Random, split: Split, file: str, section: str, keep: Callable[[str], bool] = lambda _: True) -> str:
    """One phrasing of a section that `keep` accepts, from the split if it has one, else from the other."""
    fitting = [p for p in pool(split, file, section) if keep(p)]
    return r.choice(fitting or [p for p in _phrasings(file)[section] if keep(p)])


def weighted(r: random.Random, options: Sequence[tuple[str, int]]) -> str:
    """One of the names, by weight."""
    return r.choices([name for name, _ in options], [weight for _, weight in options])[0]
