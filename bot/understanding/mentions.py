"""Names in a raw message: items, facet values, names the catalogue does not have, and what the message points at.

Joins the linker's scans and settles overlaps; knows no intent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding import cues
from bot.understanding.reading import MessageInContext, Polarity, ShownItem
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import Linker, ValueMention
from retrieval.linking.text import COMMON_WORDS, words

_NAME = (
    r"(?P<name>[A-Z0-9][\w'’\-]*(?:[ ](?:of|the|and|&|in|a|to|on|de|van|von|[A-Z0-9][\w'’:\-]*)"
    r"(?=[ ]|\W|$))*?)(?=\s*(?:[.,;!?()\"]|$)|\s+(?:[a-z]))"
)
_ITEM_CUE = re.compile(
    r"\b(?:like|similar to|such as|seen|watched|saw|watch|loved|enjoyed|hated|movies?|"
    r"films?|about|than|try|of|with)\s+(?:the (?:movie|film)\s+)?" + _NAME
)
_ENTITY_CUE = re.compile(r"\b(?:by|starring|directed by|from|featuring|with|actor|actress|director|stars)\s+" + _NAME)
_LOWER_CUE = re.compile(
    r"\b(?:like|similar to|such as|seen|watched|saw|loved|love|liked|enjoyed|hated|"
    r"favou?rite (?:movie|film)s? (?:is|are|was))\s+(?:the (?:movie|film)\s+)?(?P<rest>[\w'’:\-& ]{3,60})",
    re.I,
)
_DATED = re.compile(
    r"(?<![^\s(\"'“‘])(?P<name>(?:[A-Z0-9][^\s()]{0,40})(?: (?:[A-Z0-9&][^\s()]{0,40}|of|the|and|a|an|in|"
    r"to|on|for|at|with|de|la|by|or|from)){0,14}) \((?:18|19|20)\d\d\)"
)
_ANSWER = re.compile(r"^\W*(?:nope|no|yes)(?:\s+\w|,)$", re.I)  #: no title where more is said after it
_DEGREE = re.compile(r"\b(?P<degree>(?:not|too|so|very|isn't|aren't|nothing)(?: too| so| very)?)\s+$", re.I)
_ADJECTIVES = frozenset({"short", "long", "slim", "plain", "light", "tight"})
_LINKED = frozenset(
    {"it", "that", "this", "them", "those", "these", "something", "anything", "movies", "films", "a", "an"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """A slot with its place in the message; `polarity` None: to be read from the words around it."""

    start: int
    end: int
    slot: str
    value: str
    polarity: Polarity | None = None
    sure: float = 1.0


class Mentions:
    """Finds names."""

    def __init__(self, catalogue: Catalogue, linker: Linker) -> None:
        self._linker = linker
        facets = catalogue.schema.facets
        self._categories = [f.name for f in facets if f.kind is FacetKind.CATEGORY]
        self._entities = [f.name for f in facets if f.kind is FacetKind.ENTITY]
        labels = {f.name: f for f in facets if f.kind is FacetKind.CATEGORY}
        self._labelled = [
            (n, re.compile(rf"\b{re.escape(n)}s?\s*(?:is|are|:|of|in|=|a)?\s+(?P<v>[\w.]+(?: [\w.]+)?)", re.I))
            for n in labels
        ]

    def named(self, text: str, shown: Sequence[ShownItem] = ()) -> list[Found]:
        """Everything `text` names, without overlap; the longer reading wins."""
        scanned = [m for m in self._linker.scan(text) if not _ANSWER.match(text[: m.end + 2])]
        found = [Found(m.start, m.end, "item", m.text, sure=0.9 if m.known else 0.7) for m in scanned]
        for item in shown:
            found += [
                Found(m.start(), m.end(), "item", item.title)
                for m in re.finditer(rf"(?<!\w){re.escape(item.title)}(?!\w)", text, re.I)
            ]
        known = len(found)
        found += [_value(v, text) for v in self._linker.scan_values(text)]
        found += [
            Found(m.start(), m.end(), "item", m["name"], sure=0.8)
            for m in _DATED.finditer(text)
            if _apart(Found(*m.span(), "", ""), found[:known])
        ]
        found += self._after_label(text)
        found = _without_overlap(found)
        found = _without_overlap([*found, *(f for f in self._misspelt(text) if _apart(f, found))])
        return _without_overlap([*found, *(f for f in self._unknown(text) if _apart(f, found))])

    def _after_label(self, text: str) -> list[Found]:
        """ "size 10", "size medium": a facet's name introduces what would else be too short to notice."""
        hits = []
        for name, pattern in self._labelled:
            for m in pattern.finditer(text):
                for value in (m["v"], m["v"].split()[0]):
                    link = self._linker.values(name, value)[0]
                    if link.known and link.confidence >= 0.95:
                        hits.append(Found(m.start("v"), m.start("v") + len(value), name, value, sure=1.1))
                        break
        return hits

    def _misspelt(self, text: str) -> list[Found]:
        """A title after "like" or "seen" that only linking recognises: "something like the shawshank redemtion"."""
        hits = []
        for m in list(_LOWER_CUE.finditer(text))[:3]:
            said = list(re.finditer(r"[\w'’:\-&]+", m["rest"]))[:6]
            if not said or said[0].group().lower() in _LINKED:
                continue
            for size in range(len(said), 0, -1):
                mention = m["rest"][: said[size - 1].end()]
                if size == 1 and (mention.lower() in COMMON_WORDS or len(mention) < 5):
                    break
                if any(self._linker.values(c, mention)[0].known for c in self._categories):
                    break
                link = next(iter(self._linker.items(mention)), None)
                if link and link.confidence >= 0.7:
                    hits.append(Found(m.start("rest"), m.start("rest") + len(mention), "item", mention))
                    break
        return hits

    def _unknown(self, text: str) -> list[Found]:
        """Capitalised names the catalogue does not have, where the frame says what they are."""
        if sum(w[:1].isupper() for w in text.split()) > 0.7 * len(text.split()):
            return []
        hits = []
        for m in _ENTITY_CUE.finditer(text):
            if (
                self._entities
                and (" " in m["name"] or m.group().lower().startswith(("by", "starring", "directed")))
                and not m["name"][0].isdigit()
            ):
                hits.append(Found(*m.span("name"), self._entities[0], m["name"], sure=0.6))
        for m in _ITEM_CUE.finditer(text):
            if (
                m["name"] not in {"I", "I'm", "I've"}
                and not m["name"][0].isdigit()
                and not m.group().startswith(("with", "of", "about"))
            ):
                hits.append(Found(*m.span("name"), "item", m["name"], sure=0.55))
        return hits

    def pointed_at(self, text: str, message: MessageInContext, *, alone: bool = True) -> tuple[str, ...]:
        """Titles the message refers to without naming them: on screen, else the last ones the assistant named.

        Not `alone`, a title follows `text`: "I didn't like" is then about that one, and only a pronoun points back.
        """
        titles = {s.id: s.title for s in message.shown}
        if ids := self._linker.reference(text, message.shown):
            return tuple(titles[i] for i in ids)
        last = message.context[-1] if message.context else ""
        named = tuple(dict.fromkeys(f.value for f in self.named(last) if f.slot == "item"))
        if re.search(r"\b(?:both|them|those|these|all|n?either)\b", text, re.I) and len(named) > 1:
            return named
        reactions = (cues.LIKED, cues.SEEN, cues.DISLIKED, cues.SHORT_REACTION) if alone else ()
        single = any(cue.search(text) for cue in (cues.POINTING, *reactions))
        if len(message.shown) > 1:  # "Seven: 1995, …" is spoken of; "five films like Heat" speaks of the five
            named = tuple(s.title for s in message.shown if re.search(rf"(?<!\w){re.escape(s.title)}(?!\w)", last))
        return named if len(named) == 1 and single else ()

    def stands_in(self, title: str, message: MessageInContext) -> bool:
        """Whether a named title was named by the assistant or is on screen."""
        key = " ".join(words(title))
        return any(
            f" {key} " in f" {' '.join(words(t))} "
            for t in (*(message.context[-1:]), *(s.title for s in message.shown))
        )


def _value(mention: ValueMention, text: str) -> Found:
    """A value that is named; "not short" describes, and names no shorts."""
    degree = _DEGREE.search(text[: mention.start])
    word = mention.text.lower()
    if degree and word in _ADJECTIVES and f"{word}s" in {v.lower() for v in mention.values}:
        start = degree.start("degree")
        return Found(start, mention.end, "about", text[start : mention.end], 1)
    return Found(mention.start, mention.end, mention.facet, mention.text, sure=mention.confidence)


def _apart(found: Found, others: list[Found]) -> bool:
    return not any(o.start < found.end and found.start < o.end for o in others)


def _without_overlap(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for f in sorted(found, key=lambda f: (-(f.end - f.start), -f.sure)):
        if _apart(f, kept):
            kept.append(f)
    return sorted(kept, key=lambda f: f.start)
