"""The words of replies in a language, for one catalogue: templates, small words, reasons, and its values' names.

English is the code's own; another language is a data file beside this module, and the catalogue's lexicon. Knows
wording and files; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.languages.detection import ENGLISH
from bot.languages.lexicon import LANGUAGES, load_language, read_toml
from bot.response.labels import Labels
from bot.response.small_words import SMALL_WORDS
from bot.response.templates import CHIPS, PLAIN, SIGNALS, TEMPLATES, Phrasebook
from ranking.explain import LINES, Wording
from retrieval.catalogue.item import Catalogue


class Replies(BaseModel):
    """A file of replies: the tables of `bot/response/templates.py`, the small words, and the reasons of items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    templates: dict[str, tuple[str, ...]]
    plain: dict[str, str]
    signals: dict[str, str]
    chips: dict[str, tuple[str, str]]
    small: dict[str, str]
    reasons: dict[str, tuple[str, ...]]


@lru_cache(maxsize=len(LANGUAGES))
def load_replies(code: str) -> Replies:
    """The file of a language. What it lacks is said in English, which a test does not allow."""
    return Replies.model_validate(read_toml(Path(str(files("bot.languages") / f"replies.{code}.toml"))))


@lru_cache(maxsize=len(LANGUAGES))
def phrasebook_of(code: str, text_words: int = Phrasebook(TEMPLATES).text_words) -> Phrasebook:
    """The words of a language; English where we have none."""
    if code not in LANGUAGES:
        return Phrasebook(TEMPLATES, text_words=text_words)
    said = load_replies(code)
    return Phrasebook(
        templates={**TEMPLATES, **said.templates},
        language=code,
        text_words=text_words,
        plain={**PLAIN, **said.plain},
        signals={**SIGNALS, **said.signals},
        chips={**CHIPS, **said.chips},
        small={**SMALL_WORDS, **said.small},
    )


def labels_by_language(catalogue: Catalogue, english: Phrasebook) -> Mapping[str, Labels]:
    """How the catalogue is spoken of, by language code; `english` also says how long replies are."""
    return {ENGLISH: Labels(catalogue, english)} | {code: _labels(catalogue, code, english) for code in LANGUAGES}


def _labels(catalogue: Catalogue, code: str, english: Phrasebook) -> Labels:
    lexicon = load_language(code, catalogue.schema.folder).lexicon
    return Labels(catalogue, phrasebook_of(code, english.text_words), lexicon)


def reasons_by_language(catalogue: Catalogue) -> Mapping[str, Wording]:
    """The words of the lines that say why an item is in a list, by language code."""
    titles = {item.id: item.title for item in catalogue.items}
    facets = {facet.name: facet for facet in catalogue.schema.facets}
    spoken = {ENGLISH: Wording(titles, facets)}
    for code in LANGUAGES:
        lexicon = load_language(code, catalogue.schema.folder).lexicon
        own = {
            name: replace(
                facet,
                label=lexicon.labels.get(name, facet.label),
                less=lexicon.less.get(name, facet.less),
                more=lexicon.more.get(name, facet.more),
            )
            for name, facet in facets.items()
        }
        values = {(name, value): said[0] for name, words in lexicon.values.items() for value, said in words.items()}
        spoken[code] = Wording(titles, own, lines={**LINES, **load_replies(code).reasons}, values=values)
    return spoken
