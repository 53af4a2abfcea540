"""Whether copied words are written as a name: capitals, quotes, a year, or a word that announces one.

Asked only of what links to nothing: a model that must copy something sometimes copies plain words ("one sec", "his
movies"), and a title that nobody wrote would be answered with "I don't know that film". Knows English; no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from bot.understanding.governed import NEAR
from bot.understanding.reading import MessageInContext
from retrieval.linking.text import COMMON_WORDS, FUNCTION_WORDS, Token, tokens, word_set, words

#: words that are capitalised without being a title
_ALWAYS_CAPITAL = word_set(
    "i christmas xmas halloween easter thanksgiving valentine valentines hanukkah monday tuesday wednesday thursday "
    "friday saturday sunday january february march april may june july august september october november december "
    "english french german spanish italian british american japanese korean chinese indian danish swedish oscar oscars"
)
#: words inside a name that need no capital, and tell nothing
_SMALL = word_set("a an the of and or in on at to for with by from is")
_ANNOUNCED = re.compile(
    r"\b(?:called|named|titled|(?:have|has|ever|just|never|already|we|i|not|n'?t)\s+(?:seen|saw|watched|read)|"
    r"(?:seen|saw|"
    r"watched|read|rewatched|loved?|liked?|enjoyed|hated|similar to|heard of|recommend(?:ed)?|starring|directed by|"
    r"films? by|"
    r"movies? by|fan of))\s+(?:the (?:movie|film|book|game) )?[\"'“‘]?$",
    re.I,
)
#: "like parasite or the handmaiden": joined to what was announced
_LISTED = re.compile(
    r"\b(?:like|similar to|seen|watched|read|loved?|liked|enjoyed|hated)\s[^.!?;]{1,80}(?:,|\band|\bor|&)\s+(?:the )?$",
    re.I,
)
_YEAR = re.compile(r"\s*[\(\[]?(?:18|19|20)\d\d\b")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])\s*[\"'“‘(]*$")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
MOST_PLACES = 20  #: of the same words in one text that are looked at
_FLAT = 0.7  #: a text of whose words more begin with a capital is in one case: capitals tell nothing


def is_name(typed: str, message: MessageInContext, nouns: Collection[str] = ()) -> bool:
    """Whether `typed`, copied from the message or its context, stands there as a name does.

    `nouns`: the catalogue's words for its items, folded, which are never a name by themselves.
    """
    plain = {*_SMALL, *nouns}
    telling = [w for w in words(typed.casefold()) if w not in plain]
    if _UNSPACED.search(typed) or any(typed == s.title for s in message.shown):
        return True
    if not telling or all(w in FUNCTION_WORDS | _ALWAYS_CAPITAL or (w in COMMON_WORDS and w in plain) for w in telling):
        return False
    if re.search(r"(?:^|\s)(?:I|i|you|we|they|he|she|it)['’](?:ve|m|ll|d|re|s)\b", typed):
        return False  # a clause
    texts = (message.message, *message.context)
    return any(_stands_out(text, typed) for text in texts) or _told(typed, telling, message)


def _spans(text: str, typed: str) -> Iterator[tuple[int, int]]:
    found = re.finditer(rf"(?<!\w){re.escape(typed)}(?!\w)", text, re.I)
    return (m.span() for m in islice(found, MOST_PLACES))


def _stands_out(text: str, typed: str) -> bool:
    """Whether one of its places is quoted, dated, or holds capitals where capitals mean something."""
    spans = list(_spans(text, typed))
    said = tokens(text) if spans else ()
    return any(_stands_out_at(text, said, span) for span in spans)


def _stands_out_at(text: str, said: Sequence[Token], span: tuple[int, int]) -> bool:
    start, end = span
    quoted = text[max(0, start - 1) : start] in set('"“‘«') and text[end : end + 1] in set('"”’»')
    if quoted or _YEAR.match(text, end):
        return True
    outside = [text[t.start].isupper() for t in said if not start <= t.start < end and t.key != "i"]
    if outside and sum(outside) > _FLAT * len(outside):
        return False
    capital = [t for t in said if start <= t.start < end and text[t.start].isupper() and t.key not in _ALWAYS_CAPITAL]
    rare = [t for t in capital if t.key not in COMMON_WORDS]
    if len(capital) > 1:
        return bool(rare) or sum(t.key not in FUNCTION_WORDS for t in capital) > 1
    return (
        bool(capital)
        and (bool(rare) or not _SENTENCE_START.search(text[: capital[0].start]))
        and (capital[0].key not in FUNCTION_WORDS)
    )


def _told(typed: str, telling: list[str], message: MessageInContext) -> bool:
    """Whether a word before it announces a name in small letters, or it is the whole message, and not plain words."""
    if all(w in COMMON_WORDS for w in telling) or any(w in FUNCTION_WORDS for w in telling):
        return False
    text = message.message.replace("’", "'")
    if message.context and words(text) == words(typed):
        return True
    before = [text[max(0, start - NEAR) : start] for start, _ in _spans(text, typed)]
    return any(_ANNOUNCED.search(words_before) or _LISTED.search(words_before) for words_before in before)
