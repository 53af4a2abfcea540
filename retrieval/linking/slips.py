"""A word typed badly -> the word of the catalogue that it must be: "funy", "scry", "romntic", "itallian".

What may be meant is a closed list, the words that a catalogue's values, comparisons and nouns are called by. A word
that means something by itself is never mended: an English one of `english.txt` (words of this project's own texts), or
a form of one. Knows no sentence and no facet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.linking.text import COMMON_WORDS, singular

SHORTEST = 4  #: letters of a word that is mended
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiou")
_FORMS = ("ingly", "ness", "less", "ings", "ers", "ing", "est", "ish", "es", "ed", "er", "ly", "s")
_OUT_OF_REACH = 9  #: a rank that is none


@cache
def english_words() -> frozenset[str]:
    """Plain English words of four letters and more, in small letters."""
    return frozenset((files("retrieval.linking") / "english.txt").read_text(encoding="utf-8").split())


class Slips:
    """The words of `meanings`, each with what it means, as they are typed in haste; `written` are other known words."""

    def __init__(self, meanings: Mapping[str, object], written: Collection[str] = ()) -> None:
        self._meanings = {word: sense for word, sense in meanings.items() if len(word) >= SHORTEST and word.isalpha()}
        self._words = sorted(self._meanings)
        self._known = english_words() | COMMON_WORDS | frozenset(written) | frozenset(meanings)

    def meant(self, word: str) -> str | None:
        """The word that `word`, folded, is a slip of; None: it is a word, or two different things may be meant."""
        if len(word) < SHORTEST or not word.isalpha() or self._is_word(word):
            return None
        if (one := self._nearest(word)) is not None:
            return one
        several = self._nearest(word[:-1]) if word.endswith("s") and len(word) > SHORTEST else None
        return f"{several}s" if several else None

    def _is_word(self, word: str) -> bool:
        stems = {singular(word), *(word.removesuffix(end) for end in _FORMS)}
        stems |= {stem[:-1] for stem in stems if len(stem) > SHORTEST and stem[-2:-1] == stem[-1:]}  # "planned"
        stems |= {f"{stem}e" for stem in stems - {word}}  # "loving"
        return any(stem in self._known for stem in stems if len(stem) > 2)

    def _nearest(self, word: str) -> str | None:
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=3, limit=12)
        ranked = sorted((_rank(word, meant), distance, meant) for meant, distance, _ in near)
        if not ranked or ranked[0][0] == _OUT_OF_REACH:
            return None
        best = ranked[0]
        rivals = [meant for *how, meant in ranked if how == [best[0], best[1]]]
        return best[2] if len({str(self._meanings[m]) for m in rivals}) == 1 else None


def _rank(typed: str, meant: str) -> int:
    """How `typed` differs from `meant`, the likeliest slip first: a doubled letter, two letters swapped, vowels left
    out, one other slip, two in a long word; else _OUT_OF_REACH."""
    if _single(typed) == _single(meant):
        return 1
    edits = OSA.distance(typed, meant)
    if edits == 1 and sorted(typed) == sorted(meant) and (typed[0] == meant[0] or len(meant) > SHORTEST):
        return 2
    if typed[0] == meant[0] and _vowels_left_out(typed, meant):
        return 3
    if edits == 1 and _one_slip(typed, meant):
        return 4
    return 5 if edits == 2 and len(typed) > 7 and len(meant) > 7 and typed[0] == meant[0] else _OUT_OF_REACH


def _single(word: str) -> str:
    return "".join(c for i, c in enumerate(word) if c != word[i - 1 : i])


def _vowels_left_out(typed: str, meant: str) -> bool:
    """ "Scry", "thrllr", "romntc": in a short word all of them, but for a last one."""
    if len(typed) < 6 and _VOWELS & set(typed[:-1]):
        return False
    letters = iter(meant)
    skipped = [c for t in typed for c in _until(letters, t)]
    return all(c in _VOWELS for c in (*skipped, *letters)) and len(meant) - len(typed) <= 3


def _until(letters: Iterator[str], wanted: str) -> list[str]:
    """The letters before the next `wanted`; "!" where there is none."""
    passed: list[str] = []
    for letter in letters:
        if letter == wanted:
            return passed
        passed.append(letter)
    return [*passed, "!"]


def _one_slip(typed: str, meant: str) -> bool:
    """Whether a single edit is a likely one: a letter too many or too few inside, or a key beside the right one."""
    if len(typed) != len(meant):
        return typed[0] == meant[0] and len(meant) > 5 and (typed[-1] == meant[-1] or len(meant) > 6)
    wrong, right = next((t, m) for t, m in zip(typed, meant, strict=True) if t != m)
    if typed[0] != meant[0]:
        return len(meant) > 5 and _beside(wrong, right)
    return len(meant) > 5 or (len(meant) == 5 and (_beside(wrong, right) or {wrong, right} <= _VOWELS))


def _beside(wrong: str, right: str) -> bool:
    """Whether two letters are neighbours on a QWERTY keyboard."""
    places = [(row, line.index(c)) for c in (wrong, right) for row, line in enumerate(_ROWS) if c in line]
    return len(places) == 2 and abs(places[0][0] - places[1][0]) <= 1 and abs(places[0][1] - places[1][1]) <= 1
