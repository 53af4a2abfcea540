"""Titles in raw text: `TitleScanner.scan`. A title that is plain words counts only where the text marks it as a name.

Knows titles and English sentence frames; knows no dialogue and no other facet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.linking.text import (
    ARTICLES,
    COMMON_WORDS,
    FUNCTION_WORDS,
    YEAR,
    Token,
    numbered,
    tokens,
    without_article,
    word_set,
)
from retrieval.linking.titles import Key, TitleIndex

LONGEST = 10  #: words
CUES = word_set(
    """
    like liked likes love loved loves enjoy enjoyed hate hated seen saw watch watched watching rewatched finished
    recommend called titled except than prefer adore adored bought read played vs versus
    """
)
NOT_A_NAME = word_set("about with a an some more in on any no his her my their of by very too so really new old good")
ENDS = word_set(
    """
    and or but too because since last yesterday so with was is are were except though which that it i again as not
    tonight now instead already yet if when please also would what who does did has had"""
)
QUOTED = re.compile(r"[\"“]([^\"“”]{1,70})[\"”]|(?<!\w)['‘]([^'‘’]{2,70})['’](?!\w)")
_YEAR_AFTER = re.compile(r"\s*[\(\[](?:18|19|20)\d\d[\)\]]|\s+(?:18|19|20)\d\d\b(?!\s*(?:s\b|-|–|to\b|and\b))")


@dataclass(frozen=True, slots=True)
class TitleMention:
    """A stretch of text that names an item (or, when quoted, claims to): [start, end) in the text."""

    start: int
    end: int
    text: str
    known: bool = True


class TitleScanner:
    """Finds titles in running text."""

    def __init__(self, index: TitleIndex) -> None:
        self._index = index
        named = [*index.bare, *index.mains, *(s for s in index.subtitles if len(s) > 1), *index.groups]
        self._names = {k for k in named if k}
        self._longest: dict[str, int] = {}
        for key in self._names:
            self._longest[key[0]] = min(LONGEST, max(len(key), self._longest.get(key[0], 0)))

    def scan(self, text: str) -> tuple[TitleMention, ...]:
        """Titles in `text`, in order, without overlap."""
        words = tokens(text)
        sentence = _Sentence(text, words, self._index)
        found = [TitleMention(*_span(m), known=bool(self._index.items(m[1] or m[2]))) for m in QUOTED.finditer(text)]
        i = 0
        while i < len(words):
            sentence.list_from = found[-1].end if found else None
            j = self._title_at(words, i, sentence)
            if j and not any(m.start < words[j - 1].end and words[i].start < m.end for m in found):
                end = sentence.with_year(words[j - 1].end)
                found.append(TitleMention(words[i].start, end, text[words[i].start : end]))
                i = j
            else:
                i += 1
        return tuple(sorted(found, key=lambda m: m.start))

    def _title_at(self, words: tuple[Token, ...], i: int, sentence: _Sentence) -> int:
        """The end (token index) of the longest plausible title that starts at token `i`; 0 when there is none."""
        start = i + 1 if words[i].key in ARTICLES and i + 1 < len(words) else i
        first = numbered((words[start].key,))[0]
        longest = max(self._longest.get(words[start].key, 0), self._longest.get(first, 0))
        for size in range(min(longest + 2, len(words) - start), 0, -1):
            key = numbered(tuple(w.key for w in words[start : start + size]))
            if without_article(key) in self._names and self._plausible(key, i, start + size, sentence):
                return start + size
        if len(words[i].key) > 5 and (joined := self._index.compact.get(words[i].key)) and len(joined) > 1:
            return i + 1  # "spiderman"
        letters = words[i].key
        if sentence.shouted(i) and len(letters) > 2 and letters not in COMMON_WORDS and self._one_series(letters):
            return i + 1
        return (
            i + 1
            if len(letters) == 4 and letters.isalpha() and self._one_series(letters) and letters not in COMMON_WORDS
            else 0
        )

    def _one_series(self, letters: str) -> bool:
        return letters in self._index.acronyms and any(
            link.confidence > 0.7 for link in self._index.items(letters.upper())
        )

    def _plausible(self, key: Key, i: int, j: int, sentence: _Sentence) -> bool:
        if sentence.year_after(j) or sentence.alone(i, j):
            return not sentence.alone(i, j) or any(k not in FUNCTION_WORDS for k in key)
        telling = [k for k in key if k not in COMMON_WORDS and len(k) > 2 and not YEAR.match(k) and not k.isdigit()]
        if len(key) > 1 and (telling or (len(key) > 3 and any(k not in FUNCTION_WORDS for k in key))):
            return True
        if sentence.capitalised(i, j) or sentence.heads(i, j):
            return True
        if sentence.in_list(i, j) and any(k not in FUNCTION_WORDS for k in key):
            return True
        if all(k in FUNCTION_WORDS or k.isdigit() for k in key):
            return sentence.called(i)
        if len(key) == 1 and key[0] not in COMMON_WORDS and len(key[0]) > 3:
            return not sentence.descriptive(i, j)
        return sentence.cued(i, j)


class _Sentence:
    """What the words around a candidate say about whether it is a name."""

    def __init__(self, text: str, words: tuple[Token, ...], index: TitleIndex) -> None:
        self._text, self._words = text, words
        self._nouns, self._plurals = index.nouns, index.plurals
        capitals = [text[w.start].isupper() for w in words]
        self.list_from: int | None = None  #: where the last title found ends
        self._flat = len(words) > 3 and sum(capitals) > 0.7 * len(words)

    def with_year(self, end: int) -> int:
        found = _YEAR_AFTER.match(self._text, end)
        return found.end() if found else end

    def year_after(self, j: int) -> bool:
        return self.with_year(self._words[j - 1].end) > self._words[j - 1].end

    def alone(self, i: int, j: int) -> bool:
        return i == 0 and j == len(self._words)

    def shouted(self, i: int) -> bool:
        word = self._words[i]
        return not self._flat and self._text[word.start : word.end].isupper()

    def _starts_sentence(self, i: int) -> bool:
        return i == 0 or re.search(r"[.!?:\n]\s*[\"'“(]*$", self._text[: self._words[i].start]) is not None

    def capitalised(self, i: int, j: int) -> bool:
        """Capitals in the middle of a sentence. "I" and a title-cased message prove nothing."""
        upper = [k for k in range(i, j) if self._text[self._words[k].start].isupper() and self._words[k].key != "i"]
        inner = [k for k in upper if not self._starts_sentence(k)]
        if j - i == 1 and any(self._glued(k) for k in (i - 1, j)):
            return False  # the "Friday" of "Freaky Friday"
        return not self._flat and bool(inner) and (len(upper) >= 2 or j - i <= 2)

    def _glued(self, k: int) -> bool:
        """Whether the neighbour `k` is part of the same run of capitals."""
        if not 0 <= k < len(self._words) or self._words[k].key in FUNCTION_WORDS or self._starts_sentence(k):
            return False

        spaces = [
            self._text[self._words[n].end : self._words[n + 1].start]
            for n in (k - 1, k)
            if n >= 0 and n + 1 < len(self._words)
        ]
        return self._text[self._words[k].start].isupper() and " " in spaces

    def in_list(self, i: int, j: int) -> bool:
        """ "jaws, big and speed": joined to a title by a comma or "and", and closed the same way."""
        between = self._text[self.list_from : self._words[i].start] if self.list_from is not None else "?"
        after = self._text[self._words[j - 1].end :]
        return bool(re.fullmatch(r"\s*(?:,\s*(?:and|or)?|and|or|&)\s*", between)) and bool(
            re.match(r"\s*(?:$|[,.!?:;]|and\b|or\b)", after)
        )

    def heads(self, i: int, j: int) -> bool:
        """ "Brave: loved it": with a capital and before a colon at the very beginning, what the rest is about."""
        last = self._words[j - 1].end
        return i == 0 and self._text[self._words[i].start].isupper() and self._text[last : last + 2] == ": "

    def called(self, i: int) -> bool:
        """ "the movie It", "one called Up"; not "a movie it"."""
        announced = i > 1 and self._words[i - 1].key in {"called", "titled", *self._nouns}
        return announced and self._words[i - 2].key != "a"

    def descriptive(self, i: int, j: int) -> bool:
        """ "a movie about gravity", "alien movies": the word describes rather than names."""
        before = self._words[i - 1].key if i else ""
        after = self._words[j].key if j < len(self._words) else ""
        return before in NOT_A_NAME or (after in self._plurals and before != "the")

    def cued(self, i: int, j: int) -> bool:
        before = self._words[i - 1].key if i else ""
        last = self._words[j - 1].end
        closed = j == len(self._words) or self._words[j].key in ENDS or self._text[last : last + 1] in set(",.!?;)")
        listed = i > 1 and before in {"and", "or"} and self._words[i - 2].key not in NOT_A_NAME and i > 2
        told = listed and bool({w.key for w in self._words[: i - 1]} & (CUES | self._nouns))
        return (before in CUES | self._nouns | self._plurals or told) and closed


def _span(found: re.Match[str]) -> tuple[int, int, str]:
    group = 1 if found[1] else 2
    return found.start(), found.end(), found[group]
