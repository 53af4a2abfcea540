"""Which language a message is in, where that is clear: English, or one we have a lexicon of.

Evidence is counted, not modelled: characters for Chinese, words that build sentences for the others. A name, a "no" and
an "ok" are evidence of nothing, so that "Amelie" or "Roma" never changes a conversation's language. Knows no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from retrieval.linking.text import FUNCTION_WORDS, word_set, words

ENGLISH, CHINESE = "en", "zh"
HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff"  #: Chinese characters, as the inside of a character class
_HAN = re.compile(f"[{HAN}]")
_OTHER_EAST = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")  # Japanese and Korean write with Chinese characters too
_OPENING = re.compile(r"[¿¡]")
#: English words beside the function words; those that other languages write too are left to them
_PLAIN_ENGLISH = word_set(
    """
    show looking look find recommend suggest good great nice best new newer older cheaper
    shorter longer funny scary seen watched loved hated enjoy enjoyed tell old without first second third last size
    color colour brand price cheap dress shoes jacket shirt under wear fit women mens womens stuff kind day night
    """
)
_SHARED = word_set("a as he me no son has ha use once real final plan animal tan sin con ok okay hi hello")
_ENGLISH = (FUNCTION_WORDS | _PLAIN_ENGLISH) - _SHARED


@dataclass(frozen=True, slots=True)
class Evidence:
    """Folded words that speak for a language: `strong` ones hardly occur elsewhere, `weak` ones also in names.

    `own` matches the words that a catalogue's lexicon knows: one alone may be anything ("rosa").
    """

    strong: frozenset[str]
    weak: frozenset[str]
    own: re.Pattern[str] = re.compile("(?!)")

    def of(self, said: Iterable[str]) -> tuple[int, int, int]:
        """How many of the words `said` are strong, weak, and the catalogue's own."""
        counted = [(w in self.strong, w in self.weak, _matches(self.own, w)) for w in said]
        return sum(s for s, _, _ in counted), sum(w for _, w, _ in counted), sum(o for _, _, o in counted)


@lru_cache(maxsize=20_000)
def _matches(pattern: re.Pattern[str], word: str) -> bool:
    return pattern.fullmatch(word) is not None


class Detector:
    """Tells languages apart. `evidence` is by language code, `nouns` are English; Chinese is told by its characters."""

    def __init__(self, evidence: Mapping[str, Evidence], nouns: Iterable[str] = ()) -> None:
        self._evidence = {code: e for code, e in evidence.items() if code != CHINESE}
        self._reads_han = CHINESE in evidence
        self._english = _ENGLISH | frozenset(nouns)

    def suspects(self, text: str) -> bool:
        """Whether anything speaks for another language than English: cheap, and nearly always no."""
        if self._reads_han and _HAN.search(text):
            return True
        counted = (evidence.of(words(text)) for evidence in self._evidence.values())
        return any(strong or weak + own > 1 for strong, weak, own in counted) or _OPENING.search(text) is not None

    def language(self, text: str) -> str | None:
        """The language of `text`, without names if possible; None where the evidence is not clear."""
        said = words(text)
        english = sum(word in self._english for word in said)
        han = len(_HAN.findall(text))
        if self._reads_han and han > english and not _OTHER_EAST.search(text):
            return CHINESE
        for code, evidence in self._evidence.items():
            strong, weak, own = evidence.of(said)
            strong += len(_OPENING.findall(text))
            if (strong and 2 * strong + weak + own > english) or (own and weak + own > 1 and not english):
                return code
        return ENGLISH if english > 1 else None
