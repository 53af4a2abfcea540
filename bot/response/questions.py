"""Which of an item's fields a question asks for, found from the catalogue's own names, words, units and values.

What visitors call a column is declared (`[words]` in `catalogue.toml`); a few plain English questions point at units
("how long"), at kinds ("what kind") and at columns any catalogue may have. Knows no reply wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.response.labels import Labels
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import NumberStyle

STYLES: tuple[tuple[str, NumberStyle], ...] = (
    (r"\b(when|what year|which year|come out|came out|released?|how old)\b", NumberStyle.YEAR),
    (r"\bhow long\b|\b(length|duration)\b", NumberStyle.DURATION),
    (r"\bhow (much|expensive)\b|\b(costs?|expensive)\b", NumberStyle.MONEY),
)  #: question words → what the number that answers measures
STEMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (STYLES[0][0], ("year", "date", "released")),
    (STYLES[1][0], ("duration", "length", "pages")),
    (STYLES[2][0], ("cost",)),
    (r"\b(wrote|written|writers?|authors?)\b", ("author", "writer")),
    (r"\bwho (makes|made)\b|\bmade by\b|\b(which|what) (company|make)\b", ("maker", "publisher", "studio")),
)  #: question words → what the name of a column that answers may contain
KINDS = r"\b(what|which) kind\b|\bwhat sort\b"  #: asks for the first category of the catalogue
ABOUT = re.compile(
    r"\b(about|plot|story|tell me|describe|description|details?|info(rmation)?|summary|what (is|'s) (it|that|this)\b|"
    r"more on)\b",
    re.I,
)
ELSEWHERE = re.compile(
    r"\b(netflix|hulu|disney|prime|stream\w*|where (can|do|could)|in stock|available|deliver\w*|ship\w*|return\w*|"
    r"buy|watch it|oscars?|awards?|box office|sequel|worth it|any good)\b",
    re.I,
)


_CONTRACTED = re.compile(r"\b(who|what|when|where|how)s\b")  #: as typed in haste: "whos in it"


@dataclass(frozen=True, slots=True)
class Topics:
    """What a question is about: `columns` of the row, `values` (facet, value) to confirm, the item's `text`.

    `elsewhere` is True when it asks for what catalogues do not say (where to stream it, delivery).
    """

    columns: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    text: bool = False
    elsewhere: bool = False


def topics(question: str, item: Item, labels: Labels, about: Iterable[str] = ()) -> Topics:
    """What `question` asks of `item`; `about` are facets the understanding found in it."""
    asked = _CONTRACTED.sub(r"\1 is", without(question, (item.title,)).casefold())
    values = _values(asked, labels)
    elsewhere = bool(ELSEWHERE.search(asked))
    wanted = [] if values or elsewhere else [c for c in _columns(asked, labels) if c in item.fields]
    if not wanted and not values and not elsewhere:
        wanted = [c for name in about for c in _facet_columns(name, labels)]
    text = not question.strip() or (not wanted and not values and not elsewhere and bool(ABOUT.search(asked)))
    return Topics(tuple(dict.fromkeys(wanted)), values, text, elsewhere)


def without(text: str, names: Iterable[str]) -> str:
    """`text` with these names blanked: words of a title ask nothing."""
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text) if name else text
    return text


def _facet_columns(name: str, labels: Labels) -> tuple[str, ...]:
    return next((f.columns for f in labels.schema.facets if f.name == name), ())


def _columns(asked: str, labels: Labels) -> list[str]:
    """Columns that the catalogue's words name, that question words point at, then those named outright."""
    schema = labels.schema
    names = [*labels.row_columns, *(c for f in schema.facets for c in f.columns)]
    found: list[str] = []
    for name, called in schema.words.items():
        if any(_said(word, asked) for word in called):
            found += _facet_columns(name, labels) or (name,)
    for pattern, style in STYLES:
        if re.search(pattern, asked):
            found += [schema.facet(n).columns[0] for n, s in labels.styles.items() if s is style]
    for pattern, stems in STEMS:
        if re.search(pattern, asked):
            found += [c for c in names if any(stem in c.casefold() for stem in stems)]
    if re.search(KINDS, asked):
        found += next((f.columns for f in schema.facets if f.kind is FacetKind.CATEGORY), ())
    return found + [c for c in names if _said(c.replace("_", " ").casefold().rstrip("s"), asked)]


def _said(word: str, asked: str) -> bool:
    """Whether `asked` says `word`, or its plural."""
    return re.search(rf"\b{re.escape(word)}(s|es)?\b", asked) is not None


def _values(asked: str, labels: Labels) -> tuple[tuple[str, str], ...]:
    """Catalogue values and synonyms that a yes-or-no question names; the longest of overlapping ones."""
    if not re.match(r"^\W*(does|do|is|are|was|has|have|can|did|any chance)\b", asked):
        return ()
    found: list[tuple[str, str]] = []
    rest = asked
    for words, facet, value in labels.spoken_values:
        if words in rest and re.search(rf"(?<!\w){re.escape(words)}(s|es)?(?!\w)", rest):
            rest = without(rest, (words,))
            found += [(facet, part) for part in value.split("+")]
    kinds = {f.name: f.kind for f in labels.schema.facets}
    return tuple((f, v) for f, v in dict.fromkeys(found) if kinds[f] is not FacetKind.NUMBER)
