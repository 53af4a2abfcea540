"""Which of an item's fields a question asks for, found from the catalogue's own names, words, units and values.

What visitors call a column is declared (`[words]` in `catalogue.toml`); a few plain English questions point at units
("how long"), at kinds ("what kind") and at columns any catalogue may have. Knows no reply wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.response.claims import AGE, NumberClaim, ValueClaim, claimed_numbers, claimed_values
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
    r"buy|watch it|oscars?|awards?|box office|sequel)\b",
    re.I,
)

GOOD = re.compile(
    r"\b(any good|worth it|(well|highly|poorly|badly)[ -](reviewed|rated|received)|reviews?|reviewed)\b|"
    r"\b(is|are|was) (it|this|that|they|these|those|(the )?\w+ one)( really| actually)? good\W*$",
    re.I,
)  #: asks how good others found it
RATED = re.compile(r"\b(?P<most>best|top|highest|worst|lowest)[ -](rat(ed|ings?)|review(s|ed)?)(?!\w)", re.I)
_FAME = re.compile(r"rating|score|stars")
_COUNTED = re.compile(r"count|number|num")
AGES = frozenset({"age", "ages", "certificate", "certification"})

_CONTRACTED = re.compile(r"\b(who|what|when|where|how)s\b")  #: as typed in haste: "whos in it"


@dataclass(frozen=True, slots=True)
class Topics:
    """What a question is about: `columns` of the row, `values` and `numbers` to confirm, the item's `text`.

    `elsewhere` is True when it asks for what catalogues do not say (where to stream it, delivery), `good` when it asks
    how good others found it.
    """

    columns: tuple[str, ...] = ()
    values: tuple[ValueClaim, ...] = ()
    numbers: tuple[NumberClaim, ...] = ()
    text: bool = False
    elsewhere: bool = False
    good: bool = False


def topics(question: str, item: Item, labels: Labels, about: Iterable[str] = ()) -> Topics:
    """What `question` asks of `item`; `about` are facets the understanding found in it."""
    asked = _CONTRACTED.sub(r"\1 is", without(question, (item.title,)).casefold())
    if GOOD.search(asked) or RATED.search(asked):
        return Topics(quality_columns(labels), good=True)
    if AGE.search(asked):
        return Topics(tuple(c for c in labels.row_columns if AGES & set(c.casefold().split("_"))), elsewhere=True)
    values, numbers = claimed_values(asked, labels), claimed_numbers(asked, labels, about)
    elsewhere = bool(ELSEWHERE.search(asked))
    settled = bool(values or numbers or elsewhere)
    wanted = [] if settled else [c for c in _columns(asked, labels) if c in item.fields]
    if not wanted and not settled:
        wanted = [c for name in about for c in _facet_columns(name, labels)]
    text = not question.strip() or (not wanted and not settled and bool(ABOUT.search(asked)))
    return Topics(tuple(dict.fromkeys(wanted)), values, numbers, text, elsewhere)


def quality_columns(labels: Labels) -> tuple[str, ...]:
    """The columns whose numbers say how good others found an item: "rating", "score"."""
    named = [c for c in labels.row_columns if _FAME.search(c.casefold()) and not _COUNTED.search(c.casefold())]
    rows = [item.fields for item in labels.catalogue.items]
    return tuple(c for c in named if all(isinstance(row.get(c), int | float | None) for row in rows))


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
