"""From a ranked item's contributions to the one true line that says why it is there.

The reason is the signal that added most among those with evidence; a line says nothing that is not in the evidence, in
the item or in the request. Which of several equal wordings is used depends on the item's id alone. Knows no catalogue:
titles and facets come as arguments.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ranking.request import Direction, FacetWish, RankedItem, RankingRequest
from ranking.signals import met_directions, met_wishes
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import Facet

LONGEST = 90  #: characters of a line
_TITLE = 40
_WORDS = 45
_VALUES = 3


@dataclass(frozen=True)
class Wording:
    """What lines may speak of: titles by id, facets by name, and the ids that the visitor named as an example without
    saying that they like them; `on_page` what only the page suggests. `asked` are hard constraints, which may be named
    as matches too."""

    titles: Mapping[str, str]
    facets: Mapping[str, Facet]
    named: Collection[str] = ()
    asked: Sequence[FacetWish] = ()
    on_page: Collection[str] = ()


def explain(ranked: RankedItem, item: Item, request: RankingRequest, wording: Wording) -> str:
    """One line of at most LONGEST characters."""
    best_first = sorted(
        ranked.evidence, key=lambda name: (name == "popularity", -ranked.contributions.get(name, 0.0), name)
    )  # that many like it is a reason only where nothing speaks for this visitor
    for name in best_first:
        reason = _REASONS.get(name)
        line = reason(_Case(ranked.evidence[name], item, request, wording)) if reason else None
        if line:
            return _cut(line, LONGEST)
    matches = _matches(met_wishes(item, wording.asked), wording.facets)
    if matches:
        return _cut(f"Matches: {matches}", LONGEST)
    asked = [wish for wish in request.wishes if wish not in request.session.tastes]
    return "Within what you asked for" if request.text or asked or request.directions else "A place to start"


@dataclass(frozen=True)
class _Case:
    fact: str
    item: Item
    request: RankingRequest
    wording: Wording

    def one_of(self, *lines: str) -> str:
        return lines[zlib.crc32(self.item.id.encode()) % len(lines)]

    def liked(self) -> tuple[str, str] | None:
        """The title of the liked item in evidence, and how the visitor stands to it."""
        title = " ".join(self.wording.titles.get(self.fact, "").split())
        if not title or self.fact not in self.request.session.liked:
            return None
        if self.fact in self.wording.on_page:
            return _cut(title, _TITLE), "is on this page"
        return _cut(title, _TITLE), "you named" if self.fact in self.wording.named else "you liked"


def _close(case: _Case) -> str | None:
    found = case.liked()
    if found is None:
        return None
    title, stance = found
    return case.one_of(
        f"Close to {title}, which {stance}", f"Similar to {title}, which {stance}", f"Like {title}, which {stance}"
    )


def _together(case: _Case) -> str | None:
    found = case.liked()
    if found is None:
        return None
    title, _ = found
    return case.one_of(
        f"People who liked {title} also liked it",
        f"Liked by people who liked {title}",
        f"Often liked together with {title}",
    )


def _wanted(case: _Case) -> str | None:
    tastes = case.request.session.tastes
    wishes = (*case.wording.asked, *(w for w in case.request.wishes if w not in case.wording.asked and w not in tastes))
    matches = _matches(met_wishes(case.item, wishes), case.wording.facets)
    known = _matches(met_wishes(case.item, [w for w in case.request.wishes if w in tastes]), case.wording.facets)
    return f"Matches: {matches}" if matches else f"Because you like {known}" if known else None


def _beyond(case: _Case) -> str | None:
    for direction in met_directions(case.item, case.request.directions):
        facet = case.wording.facets.get(direction.facet)
        if facet is not None and direction.than is not None:
            return _direction(facet, direction, direction.than)
    return None


def _direction(facet: Facet, direction: Direction, than: float) -> str:
    words = facet.more if direction.more else facet.less
    if words:
        return f"{words[0][:1].upper()}{words[0][1:]} than {_measure(than, facet)}"
    name = facet.label or facet.name
    return f"{name[:1].upper()}{name[1:]} {'above' if direction.more else 'below'} {_measure(than, facet)}"


def _text(case: _Case) -> str | None:
    words = _cut(" ".join(case.fact.split()), _WORDS)
    return case.one_of(f"Fits “{words}”", f"Goes with “{words}”", f"Comes near to “{words}”")


def _popular(case: _Case) -> str | None:
    return case.one_of("Popular with visitors here", "Popular here", "One of the most popular here")


_REASONS: Mapping[str, Callable[[_Case], str | None]] = {
    "liked": _close,
    "behaviour": _together,
    "wanted": _wanted,
    "direction": _beyond,
    "text": _text,
    "popularity": _popular,
}


def _matches(wishes: Sequence[FacetWish], facets: Mapping[str, Facet]) -> str:
    known = [wish for wish in wishes if wish.facet in facets]
    return ", ".join(dict.fromkeys(_value(wish, facets[wish.facet]) for wish in known[:_VALUES]))


def _value(wish: FacetWish, facet: Facet) -> str:
    if isinstance(wish.value, str):
        return wish.value
    low, high = wish.value
    if low is None and high is None:
        return facet.label or facet.name
    if low is None or high is None:
        return f"{'from' if high is None else 'up to'} {_measure(low if high is None else high, facet)}"
    if facet.unit is None and low >= 1000 and low % 10 == 0 and high == low + 9:
        return f"{low:.0f}s"
    return _measure(low, facet) if low == high else f"{_number(low)}–{_measure(high, facet)}"


def _measure(number: float | None, facet: Facet) -> str:
    return f"{_number(number)} {facet.unit or ''}".strip()


def _number(number: float | None) -> str:
    return "?" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")


def _cut(text: str, longest: int) -> str:
    """`text`, ended at a word with an ellipsis when it is longer than `longest`."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    words = head.rsplit(" ", 1)[0]
    return (words if len(words) > longest // 2 else head).rstrip(" ,;:") + "…"
