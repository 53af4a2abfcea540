"""Which of an item's fields a question asks for, found from the catalogue's own names, units and values.

A small list of plain English question words points at column names any catalogue may have ("who directed" → a column
named like "director"); nothing is assumed to be there. Knows no reply wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.response.labels import Labels
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import NumberStyle

ASKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bdirect(s|ed|or|ors)?\b|\bwho made\b", ("director",)),
    (r"\b(stars?|starring|cast|actors?|actress(es)?|plays?|acts?)\b|\bwho('s| is| are)? in\b", ("cast", "actor")),
    (r"\b(wrote|written|writers?|authors?)\b", ("author", "writer")),
    (r"\bwho (makes|made)\b|\bmade by\b|\b(which|what) (company|make)\b", ("brand", "maker", "publisher", "studio")),
    (r"\b(when|what year|which year|come out|came out|released?|how old)\b", ("year", "date", "released")),
    (r"\bhow long\b|\b(runtime|length|duration)\b", ("runtime", "duration", "length", "pages")),
    (r"\bhow (much|expensive)\b|\b(price|costs?|expensive)\b", ("price", "cost")),
    (r"\b(fits?|sizes?|how (big|large))\b", ("size",)),
    (r"\bcolou?rs?\b", ("color", "colour")),
    (r"\b(made (of|from|out of)|fabric|what material)\b", ("material", "fabric")),
    (r"\b(what|which) kind\b|\bwhat sort\b", ("genre", "category")),
    (r"\b(rated|rating|reviews?|stars)\b", ("rating",)),
    (r"\bwhere is it from\b|\bwhich country\b", ("country",)),
)  #: question words → what the name of a column that answers may contain
STYLES = {"year": NumberStyle.YEAR, "runtime": NumberStyle.DURATION, "price": NumberStyle.MONEY}
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
    asked = without(question, (item.title,)).casefold()
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
    """Columns that question words point at; then those named outright."""
    names = [*labels.row_columns, *(c for f in labels.schema.facets for c in f.columns)]
    found: list[str] = []
    for pattern, stems in ASKED:
        if re.search(pattern, asked):
            found += [c for c in names if any(stem in c.casefold() for stem in stems)]
            styles = {STYLES[stem] for stem in stems if stem in STYLES}
            found += [labels.schema.facet(n).columns[0] for n, style in labels.styles.items() if style in styles]
    for column in names:
        if re.search(rf"\b{re.escape(column.replace('_', ' ').casefold().rstrip('s'))}(s|es)?\b", asked):
            found.append(column)
    return found


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
