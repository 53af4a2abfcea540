"""The page's own words by language, and which language a browser reads. Replies have words of their own.

Buttons and fields of Gradio take theirs through its i18n, in the browser; what the server draws is filled in here.
Knows data files; knows no catalogue and no conversation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from bot.languages.detection import ENGLISH
from bot.languages.lexicon import read_toml

INTERFACE = (ENGLISH, "es")  #: the languages of the page


class PageWords:
    """The words of the page in one language."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self.language = language
        self._words = words

    def __call__(self, key: str, **filled: object) -> str:
        """The words under `key`, filled in. Raises KeyError for a key that is none."""
        return self._words[key].format(**filled)

    def all(self) -> dict[str, str]:
        """Every word as it is written, by key."""
        return dict(self._words)


@lru_cache(maxsize=len(INTERFACE))
def words_in(language: str) -> PageWords:
    """The page's words in `language`, which is one of `INTERFACE`."""
    return PageWords(language, read_toml(Path(str(files("bot.web") / f"words.{language}.toml"))))


def interface_language(accepted: str) -> str:
    """The first language of an Accept-Language header if the page has it, else English.

    As Gradio chooses in the browser, so that both halves of the page speak the same.
    """
    first = re.split("[,;]", accepted, maxsplit=1)[0].strip().casefold().partition("-")[0]
    return first if first in INTERFACE else ENGLISH
