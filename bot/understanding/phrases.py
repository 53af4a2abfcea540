"""The `about` phrases of a message and its number phrases, as copied words with their place.

Knows English frames of wishes; whether a phrase is a facet's value is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.linking.text import word_set

Span = tuple[int, int]
_STOP = (
    r"(?=[.,;!?()]|\s+(?:and|but|or|with|by|from|starring|like|that|which|please|"
    r"for|in the|i|directed|not|no|without|maybe|as|similar|if|so|too|though|instead|"
    r"this|tonight)\b|\s*$)"
)
_FRAMES = re.compile(
    rf"\b(?P<keep>based on (?:a |the )?[\w'’\- ]{{2,30}}?|set in (?:the )?[\w'’\- ]{{2,30}}?|"
    rf"takes? place in [\w'’\- ]{{2,30}}?|not too [\w\-]+|not so [\w\-]+|feel[- ]good|"
    r"classics|new releases|(?:twist|plot twist|surprise|happy|sad) ending|plot twists?|"
    r"for (?:a|an|my|the) (?!while|change|moment|movie|film|recommend|second|suggest|"
    rf"name)[\w'’\- ]{{2,24}}?|(?<!looking )(?<!searching )(?<!asking )(?<!thanks )"
    r"(?<!you )(?<!mood )(?<!go )for (?!a\b|an\b|the\b|my\b|me\b|you\b|now\b|sure\b|"
    r"it\b|that\b|this\b|them\b|some|any|movies|films|real\b|example|us\b|more\b|"
    rf"tonight\b|good|less|under|around|about)[a-z][a-z\-]+){_STOP}"
    r"|\b(?:about|involving|dealing with|related to|featuring|on the topic of)\s+(?:a |"
    r"an |the |some )?(?P<topic>(?!it\b|that\b|this\b|them\b|you\b|me\b|which\b|"
    rf"how\b|what\b|a\b|an\b|to\b)[\w'’\- ]{{2,40}}?){_STOP}"
    r"|\bwith\s+(?:a |an |the |some |lots of |plenty of |a lot of )?(?P<with>(?!it\b|"
    rf"my\b|that\b|this\b|them\b|you\b|me\b|a\b|an\b|the\b)[\w'’\- ]{{3,30}}?){_STOP}"
    r"|\b(?:(?:that|which|who|they) (?:serves?|sells?|offers?)|(?:serving|selling|offering)|"
    r"where (?:i|we|you|one) can (?:get|eat|have|find|order|buy|drink))\s+(?:a |an |the |some |good )?"
    rf"(?P<offers>(?!it\b|that\b|this\b|them\b|me\b|us\b|you\b|a\b|an\b|the\b)[\w'’\- ]{{3,30}}?){_STOP}",
    re.IGNORECASE,
)
_ADVERB = (
    r"(?:really|very|more|super|pretty|so|quite|a bit|a little|kind of|truly|just|"
    r"also|totally|extremely|fairly|rather|bit)\s+"
)
_TASTES = re.compile(
    r"\b(?:no|nothing too|nothing very|nothing|without|avoid|hate|dislike|love|"
    r"loves|enjoy|adore|i (?:\w+ )?like|don'?t like|prefer|into|fan of|full of|"
    r"lots? of|plenty of|any more|but not(?! (?:by|from|with|in|for|if|as|like|because|really|sure|yet|now|today|so|"
    r"too|only|just|seen|watched|necessarily|that|this|these|those)\b))\s+(?P<what>(?!it\b|that\b|this\b|them\b|those\b|"
    r"to\b|the\b|one\b|i\b|more\b|longer\b|idea|problem|thanks|worries|when\b|how\b|"
    r"my\b|your\b)[a-z][\w'’\-]*(?: (?!(?:and|or)\b)[a-z][\w'’\-]*)?(?:\s*(?:,|,?\s+and|\s+or)\s+(?!i\b|"
    r"you\b|a\b|with\b|no\b|not\b|it\b|loved|hated|something\b|maybe\b)[a-z][\w'’\-]*(?: [a-z][\w'’\-]*)"
    rf"?)*){_STOP}",
    re.IGNORECASE,
)
_ADJECTIVES = re.compile(
    r"\b(?:something|anything|someone|stuff|movies? that (?:is|are)|films? that (?:is|"
    r"are)|(?:one|ones) that(?:'s| is| are)|it(?:'s| is| to be)|make it|needs? to be|"
    rf"should be|must be|a bit)\s+(?P<post>(?:{_ADVERB})?(?!like|with|by|from|for|"
    r"about|in|that|to|else|i|similar|on|a\b|an\b|the\b|my\b|where|which|under|"
    r"over|set|based|starring|else|of|you|not\b|new to)[\w'’\-]+(?:\s*(?:,|,?\s+and|"
    rf"\s+or)\s+(?!i\b|you\b|a\b|with\b|no\b|not\b|something\b)(?:{_ADVERB})?[\w'’\-]+)"
    rf"*){_STOP}",
    re.IGNORECASE,
)
_REACH = 80  #: characters before a noun in which its adjectives stand
_WORDS_BEFORE = re.compile(r"(?:[\w'’\-]+[\s,]+){0,4}$")
_COMPARATIVE = re.compile(
    r"\b(?:(?:more|less)\s+(?!(?:like|of|than|movies|films|options|please|suggestions|"
    r"recommendations|about|ideas|info\w*|details|or|and|to|for|from)\b)[a-z\-]{3,}|"
    r"[a-z]{2,}(?:ier|er))\b(?=\s+(?:than|one|ones|please|plz|pls|movie|movies|film|films|"
    r"version|and|or|but|now|though|tho|if possible|this time)\b|\W*$|[.,;!?])",
    re.I,
)
_NOT_COMPARATIVE = word_set(
    """
    another other over under after never ever rather whatever remember matter number together dinner thriller killer
    water summer winter character weather computer monster super brother sister mother father daughter letter master
    either neither later order cover offer paper power river silver soldier teacher later user center corner
    director actor writer player answer prefer her per were there where here wonder gangster superhero horror brother
    twister slasher tear clear her hunter sweater trainer pullover jumper blazer leather boxer puffer per trouser loafer
    slipper cheer beer whoever forever however november december october september newcomer disaster burger easter
    thunder liver singer dancer baker diver lover gamer premier pier tier carrier barrier rather her consider
    discover deliver wander suffer enter gender spider counter encounter former member dealer driver lawyer officer
    stalker ranger stranger danger killer oliver peter alexander tyler walker fischer"""
)
VAGUE = word_set(
    """good great nice best better awesome amazing cool excellent fantastic decent solid favorite favourite really very
    other more any some such same certain different perfect worth fine interesting suitable okay ok top list recommend
    movie movies film films something anything one ones all every each few lot lots many much my your the this that a
    an it new-to-me watch watched seen like please also just only else els type kind sort genre whole right kids' thing
    things stuff wonderful recommendation recommendations suggestion suggestions you me i people who to be is are of
    full big huge similar no not nothing them those these us her him he she they we another possible fun-loving two
    three four five ten first second last next tonight today ever usually on in for with by from was about show tell
    find give want need looking can do have would could should know think bit little friend friends someone hey hi
    hello thanks thank what which how when where there here and or but so if as at than then well maybe too now let's
    i'm i'd i've it's that's don't popular bunch series item product products purchase option options pair kinda up
    favorites favourites either neither both actor actress director title titles scene scenes good-looking free
    somthing smth sth anythin insted wait"""
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the message that say one thing: [start, end)."""

    text: str
    start: int
    end: int


def free(span: Span, taken: Iterable[Span]) -> bool:
    return not any(a < span[1] and span[0] < b for a, b in taken)


class _Gathered:
    """Phrases found so far; a new one must be free of what is taken and say something."""

    def __init__(self, text: str, taken: Sequence[Span]) -> None:
        self.text, self.taken = text, list(taken)
        self.found: list[Phrase] = []

    def add(self, start: int, end: int) -> None:
        while start < end and not self.text[start].isalnum():
            start += 1
        said = self.text[start:end].strip(" ,-")
        words = [w.strip("'’") for w in said.lower().split()]
        if words and free((start, end), self.taken) and not all(w in VAGUE for w in words):
            self.found.append(Phrase(said, start, start + len(said)))
            self.taken.append((start, start + len(said)))

    def add_list(self, start: int, end: int) -> None:
        """ "dark, twisted and slow" says three things."""
        for m in re.finditer(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+|\s+or\s+)", self.text[start:end]):
            piece = start + m.start()
            self.add(start if not self.found else self._after(start, piece), piece)
        self.add(self._after(start, end), end)

    def _after(self, start: int, end: int) -> int:
        """Where the last piece of text[start:end] begins."""
        cut = 0
        for m in re.finditer(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+", self.text[start:end]):
            cut = m.end()
        return start + cut


def about_phrases(
    text: str, taken: Sequence[Span], categories: Sequence[Span], nouns: Sequence[str]
) -> tuple[Phrase, ...]:
    """Needs in the visitor's own words outside the spans already `taken`; adjectives may stand before `categories`."""
    gathered = _Gathered(text, taken)
    for m in _FRAMES.finditer(text):
        gathered.add(*m.span(m.lastgroup or 0))
    for m in _COMPARATIVE.finditer(text):
        if m.group().lower() not in _NOT_COMPARATIVE | VAGUE | {noun.lower() for noun in nouns}:
            gathered.add(*m.span())
    for m in _ADJECTIVES.finditer(text):
        gathered.add_list(*m.span("post"))
    for m in _TASTES.finditer(text):
        gathered.add_list(*m.span("what"))
    noun = "|".join([*map(re.escape, nouns), "ones?"])
    starts = [m.start() for m in re.finditer(rf"\b(?:{noun})\b", text, re.IGNORECASE)]
    for start in [*starts, *(start for start, _ in categories)]:
        _modifiers(start, gathered)
    return tuple(sorted(gathered.found, key=lambda p: p.start))


_DESCRIBING = re.compile(r"(?:ing|ed|y|ful|ous|ic|ive|al|less|able|ible|ish|ern|ual|est)$|-")
_KNOWN_ADJECTIVES = word_set(
    """
    dark smart short long old new recent modern classic cheap light heavy warm thick thin soft quiet slow fast deep
    weird strange sad happy cute sweet intense violent gore superhero zombie vampire spy alien sports sport indie
    foreign french korean japanese italian spanish british american indian german chinese epic silent clever simple
    waterproof vintage casual formal slim loose long-sleeve plain plus-size christmas holiday halloween space dog
    political martial-arts time-travel heist tense calm brutal gross dumb complex mellow chill fresh pure elegant
    raunchy clean crude tight oversized stretchy"""
)


def _modifiers(end: int, gathered: _Gathered) -> None:
    """Adjectives directly before a noun or before a value already found: "a gritty, slow-burning crime film"."""
    before = _WORDS_BEFORE.search(gathered.text, max(0, end - _REACH), end)
    words = list(re.finditer(r"[\w'’\-]+", before.group())) if before else []
    offset = before.start() if before else 0
    for m in reversed(words):
        word, span = m.group().lower(), (offset + m.start(), offset + m.end())
        if not free(span, gathered.taken):
            continue
        if word in VAGUE or not (
            word in _KNOWN_ADJECTIVES or (len(word) > 4 and not word.endswith("ly") and _DESCRIBING.search(word))
        ):
            if word in {"and", "or", "but", "very", "really", "more"}:
                continue
            break
        gathered.add(*span)
