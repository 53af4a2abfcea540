"""A message in another language → plain English that the rules read, word for word, and the words that stay unread.

Names stand as typed or, where the lexicon knows them, as the catalogue writes them; everything else goes by rules and
words of the language's data files, at each place the first rule, else the longest word. It is no translation: what is
not in the files is left out, and told. Knows no intent, no slot and no catalogue beyond its lexicon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.languages.detection import HAN
from bot.languages.lexicon import Grammar, Language
from bot.languages.numerals import with_digits
from retrieval.linking.text import COMMON_WORDS, FUNCTION_WORDS

_FIRST_MARK, _LAST_MARK = "\ue000", "\uf8ff"  #: a name stands in the text as one private character
_NAME = f"[{_FIRST_MARK}-{_LAST_MARK}]"
_PRIVATE = re.compile(_NAME)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_CAPTURE = re.compile(r"\(\?P<\w+>")
_BUILT_IN = {"n": r"\d+(?:[.,]\d+)?", "name": _NAME, "x": ".{1,40}?", "end": rf"(?=[^\w{_FIRST_MARK}-{_LAST_MARK}]*$)"}
_UNCAPTURED = ("name", "end")
_APART = re.compile(rf"(?<=[{HAN}])(?=[A-Za-z0-9À-ÿ])|(?<=[A-Za-z0-9À-ÿ])(?=[{HAN}])")
_TOGETHER = re.compile(rf"(?<=[{HAN}{_FIRST_MARK}-{_LAST_MARK}])\s+|\s+(?=[{HAN}{_FIRST_MARK}-{_LAST_MARK}])")
_BRACKETED = re.compile(r"《([^《》]{1,60})》")
_MARKS = str.maketrans("，。！？；：、（）“”‘’", ",.!?;:,()\"\"''")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a message, [start, end), and how it goes into the English: an item's title is quoted there."""

    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Glossed:
    """`english` as the rules read it; `unread` are the words of the message that nothing accounts for."""

    english: str
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    """`pattern` as it stands in the text, and the English, with the pattern's placeholders filled in.

    The pattern of a rule without placeholders captures nothing: "".
    """

    pattern: str
    english: str


class Glossary:
    """The reading of one language for one catalogue.

    `english_words` are words that may stand as they are, folded; `own` are more (word, English) of the catalogue.
    """

    def __init__(
        self, language: Language, english_words: Collection[str] = (), own: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._grammar = language.grammar
        self._known = frozenset(english_words) | COMMON_WORDS
        self._named = _named(language)
        grammar = language.grammar
        sources = [*grammar.rules, *_by_length([*own, *_entries(language)], language)]
        self._rules = [_rule(source, english, grammar) for source, english in sources]
        self._any = compiled(_edged("|".join(f"({_group_free(source, grammar)})" for source, _ in sources), grammar))

    def gloss(self, text: str, names: Callable[[str], Iterable[Name]]) -> Glossed:
        """`text` in English. `names` finds names in a text whose scripts stand apart."""
        text = apart(_PRIVATE.sub(" ", unicodedata.normalize("NFC", text))).translate(_MARKS)
        if not self._grammar.spaced:
            text = with_digits(text)
        found = _without_overlap([*self._known_names(text), *names(text)])
        marked, at = [], 0
        for i, name in enumerate(found):
            marked += [text[at : name.start], chr(ord(_FIRST_MARK) + i)]
            at = name.end
        whole = "".join([*marked, text[at:]])
        if not self._grammar.spaced:
            whole = _TOGETHER.sub("", whole)
        unread: list[str] = []
        english = " ".join(self._read(whole, [n.written for n in found], unread))
        english = re.sub(r"\s+([,.!?;:])", r"\1", " ".join(english.split()))
        return Glossed(english, tuple(dict.fromkeys(unread)))

    def _known_names(self, text: str) -> Iterator[Name]:
        folded = fold(text)
        for pattern, written in self._named:
            for m in pattern.finditer(folded):
                yield Name(m.start(), m.end(), written)
        for m in _BRACKETED.finditer(text):
            known = next((w for p, w in self._named if p.fullmatch(fold(m[1]))), None)
            yield Name(m.start(), m.end(), known or f'"{m[1]}"')

    def _read(self, text: str, names: Sequence[str], unread: list[str]) -> Iterator[str]:
        """The English of a text with marks for names, piece by piece; what is not read is put into `unread`."""
        folded, at = fold(text), 0
        for m in self._any.finditer(folded):
            yield from self._left(text[at : m.start()], at == 0, names, unread)
            rule = self._rules[(m.lastindex or 1) - 1]
            yield self._said(rule, text, m, names, unread)
            at = m.end()
        yield from self._left(text[at:], at == 0, names, unread)

    def _said(self, rule: _Rule, text: str, at: re.Match[str], names: Sequence[str], unread: list[str]) -> str:
        found = compiled(rule.pattern).match(fold(text), at.start()) if rule.pattern else None
        if found is None:
            return rule.english
        parts = {key: text[found.start(key) : found.end(key)] for key in found.groupdict() if found[key]}
        filled = {k: p if k == "as_typed" else " ".join(self._read(p, names, unread)) for k, p in parts.items()}
        return _PLACEHOLDER.sub(lambda m: filled.get(m[1], ""), rule.english)

    def _left(self, text: str, first: bool, names: Sequence[str], unread: list[str]) -> Iterator[str]:
        """What no rule took: names, digits, marks, English words and words that look like names; the rest is unread."""
        for m in re.finditer(rf"{_NAME}|{_TOKEN.pattern}|[,.!?;:$€£%+–\"'-]", text):
            piece = m[0]
            if _FIRST_MARK <= piece <= _LAST_MARK:
                yield names[ord(piece) - ord(_FIRST_MARK)]
            elif self._stands(piece, first=first and m.start() == 0):
                yield piece
            else:
                unread.append(piece)

    def _stands(self, piece: str, *, first: bool) -> bool:
        """Whether a piece may stand in English as it is; a capital at the very start makes no name."""
        return not piece[0].isalpha() or fold(piece) in self._known or (piece[0].isupper() and not first)


def fold(text: str) -> str:
    """Small letters without accents, a character for a character."""
    return "".join(unicodedata.normalize("NFD", c)[0].lower()[:1] or c for c in text)


def apart(text: str) -> str:
    """`text` with a blank wherever Chinese characters touch Latin letters or digits."""
    return _APART.sub(" ", text)


def inflected(word: str, grammar: Grammar) -> str:
    """A pattern for the forms of a word or phrase, by the grammar's endings."""
    return " ".join(_forms(part, grammar) for part in fold(word).split(" "))


def _forms(word: str, grammar: Grammar) -> str:
    for ending, forms in grammar.endings if len(word) > 3 or not grammar.spaced else ():
        if re.search(ending, word):
            return re.sub(ending, forms, word)
    return re.escape(word)


def _entries(language: Language) -> Iterator[tuple[str, str]]:
    """(word, English) of the catalogue's lexicon and of the grammar."""
    lexicon = language.lexicon
    values = [
        {f"{facet} {value}" if value in FUNCTION_WORDS else value: said for value, said in table.items()}
        for facet, table in lexicon.values.items()
    ]  # "down" alone is no material to the rules
    for table in (*values, lexicon.phrases, language.grammar.words):
        yield from ((word, english) for english, said in table.items() for word in said)


def _by_length(entries: Iterable[tuple[str, str]], language: Language) -> list[tuple[str, str]]:
    """(pattern, English) of (word, English): the longest word first, as written and in the plural before other forms.

    Without blanks between words the longer form goes first. Of two that are equal the first, which is the catalogue's
    own, holds.
    """
    grammar, found = language.grammar, dict[str, tuple[int, str]]()
    plural = "(?:e?s)?" if grammar.spaced else ""
    for word, english in entries:
        patterns = [re.escape(fold(word)) + plural, inflected(word, grammar)]
        for forms, pattern in enumerate(patterns if grammar.spaced else reversed(patterns)):
            found.setdefault(pattern, (forms - 2 * len(word), english))
    return [(pattern, english) for pattern, (_, english) in sorted(found.items(), key=lambda entry: entry[1][0])]


def _named(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """Patterns of the names that the lexicon knows, the longest first, each with how the catalogue writes it."""
    lexicon = language.lexicon
    known = [(word, name) for name, said in lexicon.names.items() for word in said]
    known += [(word, f'"{title}"') for title, said in lexicon.titles.items() for word in said]
    edge = (r"(?<!\w)", r"(?!\w)") if language.grammar.spaced else ("", "")
    longest = sorted(known, key=lambda k: -len(k[0]))
    return [(compiled(f"{edge[0]}{re.escape(fold(word))}{edge[1]}"), name) for word, name in longest]


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """`pattern`, compiled once a process: `re` keeps 512, and the words of a catalogue in one language are more."""
    return re.compile(pattern)


def _rule(source: str, english: str, grammar: Grammar) -> _Rule:
    pattern = _filled(_edged(source, grammar), grammar, capturing=True)
    return _Rule(pattern if _CAPTURE.search(pattern) else "", english)


def _group_free(source: str, grammar: Grammar) -> str:
    return _CAPTURE.sub("(?:", _filled(source, grammar, capturing=False))


def _filled(source: str, grammar: Grammar, *, capturing: bool) -> str:
    """`source` with its placeholders filled in; numbers and free text are captured by their names."""

    def fragment(m: re.Match[str]) -> str:
        if m[1] in _BUILT_IN:
            return (
                f"(?P<{m[1]}>{_BUILT_IN[m[1]]})" if capturing and m[1] not in _UNCAPTURED else f"(?:{_BUILT_IN[m[1]]})"
            )
        return f"(?:{_filled(grammar.macros[m[1]], grammar, capturing=capturing)})"

    return _PLACEHOLDER.sub(fragment, source)


def _edged(source: str, grammar: Grammar) -> str:
    return rf"(?<!\w)(?:{source})(?!\w)" if grammar.spaced else f"(?:{source})"


def _without_overlap(names: Sequence[Name]) -> list[Name]:
    kept: list[Name] = []
    for name in sorted(names, key=lambda n: n.start - n.end):
        if all(name.end <= k.start or k.end <= name.start for k in kept):
            kept.append(name)
    return sorted(kept, key=lambda n: n.start)
