"""What a yes-or-no question claims of an item, and whether the item bears it out: "is it wool-free", "is it under $50".

A question whose polarity is not plain ("isn't it…", "is it only…") claims nothing: it gets the bare fact. Knows English
and the styles of numbers; knows no reply wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.response.labels import Labels
from bot.understanding.numbers import parse_range
from bot.understanding.reading import NumberRange
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import NumberStyle

_LACKS_BEFORE = re.compile(r"\b(?:no|without|free (?:of|from)|non|lack(?:s|ing)?)[\s-]+(?:any\s+)?$")
_LACKS_AFTER = re.compile(r"[\s-]*free\b")
_REFUSES = r"\bnot\b|n['’]t\b|\b(?:is|are|was|does|do|has|have|did|can)nt\b"
_UNREAD = re.compile(
    rf"{_REFUSES}|\b(?:no|non|never|without|free|lack\w*|cannot|only|just|100%|fully|entirely|purely?|completely|mostly|"
    r"mainly|almost|fake|faux|imitation|mock|vegan|like|blend|but|except|rather|instead|besides|too|more|less|than|"
    r"safe|suitable|appropriate|(?:is|it|this|that) all)\b"
)  #: with one of these elsewhere in it, a question claims neither that an item has a value nor that it lacks it
_EVIDENCE: dict[NumberStyle, str] = {
    NumberStyle.MONEY: r"[$€£]\s*\d|\d\s*(?:[$€£]|dollars?|bucks|usd|eur|euros?|pounds?)|\b(?:cost|price|cheap)\w*",
    NumberStyle.DURATION: r"\b(?:hours?|hrs?|minutes?|mins?)\b|\d\s*(?:h|hrs?|mins?|m)\b|\b(?:longer|shorter) than \d",
    NumberStyle.YEAR: r"\b(?:1[89]|20)\d\d(?:s|\b)|\b\d0['’]?s\b",
}  #: what says that a number is of this style
_COMPARES = re.compile(r"\b(?:under|over|below|above|than|at least|at most)\b")
_STRICT = re.compile(r"(?<!no )(?<!not )\b(?:under|below|(?:less|cheaper|shorter|lower|smaller) than)\b")
_EITHER = re.compile(r"\d\W*(?:\w+\W+)?or\W+[$€£]?\d")
_BETWEEN = re.compile(r"\b(?:between|from)\b|\d\s*(?:-|–|to)\s*[$€£]?\d")
AGE = re.compile(
    r"\b\w+[\s-](?:year|yr|month)[\s-]olds?\b|\b\d{1,2}\s*y/?o\b|\bage[ds]?\s+\d{1,2}\b|\bunder[\s-]\d{1,2}s\b|"
    r"\bfor (?:my |a |an )?\w*\s?\d{1,2} years old\b|\bage[\s-](?:rating|limit|appropriate|restrict\w+)\b"
)  #: somebody's age, or what is fit for it: no number of the item


@dataclass(frozen=True, slots=True)
class ValueClaim:
    """A value that a question names; `has`: that the item has it, that it lacks it, or (None) neither plainly."""

    facet: str
    value: str
    has: bool | None = True


@dataclass(frozen=True, slots=True)
class NumberClaim:
    """A range that a question asks whether a number lies in, ends included; `said` are its words, in small letters."""

    facet: str
    range: NumberRange
    said: str


def is_yes_or_no(asked: str) -> bool:
    """Whether `asked` (small letters) opens like a question that yes or no answers."""
    opening = (
        r"^\W*(?:(?:and|so|but|ok|hey|um)\W+)*(?:does|do|is|are|was|were|has|have|can|did|any chance)(?:n['’]?t)?\b"
    )
    return re.match(opening, asked) is not None


def claimed_values(asked: str, labels: Labels) -> tuple[ValueClaim, ...]:
    """Catalogue values and synonyms that a yes-or-no question names; the longest of overlapping ones."""
    if not is_yes_or_no(asked):
        return ()
    found: dict[tuple[str, str], ValueClaim] = {}
    rest = asked
    kinds = {f.name: f.kind for f in labels.schema.facets}
    for words, facet, value in labels.spoken_values:
        if words not in rest or not (m := re.search(rf"(?<!\w){re.escape(words)}(s|es)?(?!\w)", rest)):
            continue
        rest = rest.replace(words, " " * len(words))  # places stay those of `asked`
        if kinds[facet] is not FacetKind.NUMBER:
            has = _has(asked[: m.start()], asked[m.end() :])
            found |= {(facet, v): ValueClaim(facet, v, has) for v in value.split("+") if (facet, v) not in found}
    return tuple(found.values())


def names_plainly(asked: str, value: str) -> bool:
    """Whether a yes-or-no question claims `value` of an item in so many words: "is it for men"."""
    named = re.search(rf"(?<!\w){re.escape(value.casefold())}(?!\w)", asked) if is_yes_or_no(asked) else None
    return named is not None and _has(asked[: named.start()], asked[named.end() :]) is True


def _has(before: str, after: str) -> bool | None:
    """Whether the words on both sides of a value claim that an item has it; None: not plain."""
    lacks = _LACKS_BEFORE.search(before), _LACKS_AFTER.match(after)
    before = before[: lacks[0].start()] if lacks[0] else before
    after = after[lacks[1].end() :] if lacks[1] else after
    if all(lacks) or _UNREAD.search(f"{before} | {after}"):
        return None
    return not any(lacks)


def is_borne_out(claim: ValueClaim, item: Item, labels: Labels) -> bool | None:
    """Whether `claim` is true of `item`; None: it cannot be told (not plain, no values, merino asked as wool)."""
    own = {v.casefold() for v in item.values(claim.facet)}
    if not own or claim.has is None:
        return None
    value = claim.value.casefold()
    if value in own:
        return claim.has
    spoken = {words for words, facet, means in labels.spoken_values if facet == claim.facet and means.casefold() in own}
    if any(words.endswith(f" {value}") for words in spoken):
        return None
    return not claim.has


def claimed_numbers(asked: str, labels: Labels, about: Iterable[str] = ()) -> tuple[NumberClaim, ...]:
    """The ranges that a yes-or-no question asks of number facets; a number of somebody's age is none.

    `about` are facets that the understanding found in it: what a number without a unit is of.
    """
    if not is_yes_or_no(asked) or AGE.search(asked):
        return ()
    return tuple(_claimed_numbers(asked, labels, frozenset(about)))


def _claimed_numbers(asked: str, labels: Labels, about: frozenset[str]) -> Iterator[NumberClaim]:
    measured = [name for name in labels.styles if _is_of(name, asked, labels)]
    bare = [] if measured or not _COMPARES.search(asked) else [name for name in labels.styles if name in about]
    for name in measured or bare:
        bounds = parse_range(asked, labels.styles[name], datetime.now(UTC).year)
        if bounds is not None:
            yield NumberClaim(name, bounds, asked)


def _is_of(facet: str, asked: str, labels: Labels) -> bool:
    if labels.styles[facet] is not NumberStyle.PLAIN:
        return re.search(_EVIDENCE[labels.styles[facet]], asked) is not None
    declared = labels.schema.facet(facet)
    names = filter(None, (declared.unit, *labels.schema.words_for(declared)))
    return any(re.search(rf"\d\s*{re.escape(n.casefold())}|\b{re.escape(n.casefold())}\b", asked) for n in names)


def is_within(claim: NumberClaim, value: float, style: NumberStyle) -> bool | None:
    """Whether `value` is in the claimed range; None: the words do not decide it ("about $50" of $49, "isn't it…")."""
    low, high = claim.range
    if re.search(_REFUSES, claim.said) or _EITHER.search(claim.said):
        return None
    if style is not NumberStyle.YEAR:
        if low is not None and high is not None and not _BETWEEN.search(claim.said):
            exact = abs(value - (low + high) / 2) < 0.5
            return True if exact else None if low <= value <= high else False
        if (low is not None and low - 1 < value < low) or (value == high and _STRICT.search(claim.said)):
            return None
    return (low is None or low <= value) and (high is None or value <= high)
