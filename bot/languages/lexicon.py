"""Data files of a language: our reading of its sentences, and a catalogue's own words in it.

`reading.LANGUAGE.toml` beside this module has rules and words of plain sentences; a catalogue brings
`lexicon.LANGUAGE.toml` beside its `catalogue.toml`: nouns, labels, and words for values, names and titles. Both map to
English, which is what the rules read. Knows the files only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.errors import ChatalogueError

LANGUAGES = ("es", "zh")  #: beside English

Words = Mapping[str, tuple[str, ...]]


class LexiconError(ChatalogueError):
    """A language's data file cannot be used."""

    code = "lexicon"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Grammar(_Strict):
    """How sentences of a language are read.

    `rules` are [pattern, English] in the order in which they are tried, `words` English -> words that mean it,
    `endings` [pattern, replacement] that make a pattern for all forms of a word; the first that matches holds. `macros`
    are fragments of patterns. A language without `spaced` words is read character by character.
    """

    spaced: bool = True
    strong: str = ""
    weak: str = ""
    endings: tuple[tuple[str, str], ...] = ()
    macros: dict[str, str] = Field(default_factory=dict)
    rules: tuple[tuple[str, str], ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Lexicon(_Strict):
    """A catalogue's words in a language.

    Every table maps what the English side calls something to its words in the language; the first is said to visitors.
    `values` are by facet, `less` and `more` the words of relative wishes on number facets, `names` people and brands,
    `phrases` anything else.
    """

    item: str = ""
    items: str = ""
    item_words: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    less: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    more: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    titles: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    phrases: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    def texts(self) -> tuple[str, ...]:
        """What visitors say for nouns, values and phrases; no names."""
        tables = (*self.values.values(), self.less, self.more, self.phrases)
        return (*self.item_words, self.item, self.items, *(w for t in tables for said in t.values() for w in said))


NO_LEXICON = Lexicon()


@dataclass(frozen=True, slots=True)
class Language:
    """A language as one catalogue is spoken of in it."""

    code: str
    grammar: Grammar
    lexicon: Lexicon = field(default=NO_LEXICON)


def load_language(code: str, catalogue_folder: Path | None = None) -> Language:
    """The language `code`, with the catalogue's lexicon where it brings one. Raises LexiconError naming the file."""
    grammar = _grammar(code)
    own = catalogue_folder / f"lexicon.{code}.toml" if catalogue_folder else None
    if own is None or not own.is_file():
        return Language(code, grammar)
    try:
        return Language(code, grammar, Lexicon.model_validate(read_toml(own)))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise LexiconError(f"{own.name}: {where}: {first['msg']}", hint="docs/languages.md has the tables") from error


@lru_cache(maxsize=len(LANGUAGES))
def _grammar(code: str) -> Grammar:
    return Grammar.model_validate(read_toml(Path(str(files("bot.languages") / f"reading.{code}.toml"))))


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a data file. Raises LexiconError naming it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{str(path)!r} cannot be read: {error}", hint="it must be TOML in UTF-8") from error
