"""From a ranked item's contributions to the one true line that says why it is there.

The reason is the signal that added most among those with evidence; a line says nothing that is not in the evidence, in
the item or in the request. Which of several equal wordings is used depends on the item's id alone. Knows no catalogue:
titles and facets come as arguments.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ranking.request import Direction, FacetWish, RankedItem, RankingRequest
from ranking.signals import met_directions, met_wishes
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import Facet

LONGEST = 90  #: characters of a line
_TITLE = 40
_WORDS = 45
_VALUES = 3
_ANYBODYS = ("popularity", "reviews", "new", "familiar")


LINES: Mapping[str, tuple[str, ...]] = {
    "liked": ("Close to {title}, which {stance}", "Similar to {title}, which {stance}", "Like {title}, which {stance}"),
    "stance_page": ("is on this page",),
    "stance_named": ("you named",),
    "stance_liked": ("you liked",),
    "behaviour": (
        "People who liked {title} also liked it",
        "Liked by people who liked {title}",
        "Often liked together with {title}",
    ),
    "wanted": ("Matches: {values}",),
    "taste": ("Because you like {values}",),
    "direction": ("{word} than {bound}",),
    "beyond_more": ("{label} above {bound}",),
    "beyond_less": ("{label} below {bound}",),
    "from": ("from {bound}",),
    "up_to": ("up to {bound}",),
    "text": ("Fits “{words}”", "Goes with “{words}”", "Comes near to “{words}”"),
    "popularity": ("Popular with visitors here", "Popular here", "One of the most popular here"),
    "new": ("Less known than most that fits", "Fewer know it than most that fits"),
    "familiar": ("Better known than most that fits", "More know it than most that fits"),
    "reviews": ("Well reviewed: {good} of {told} are good", "{good} of {told} reviews are good"),
    "most_popularity": ("the most popular of these",),
    "most_quality": ("the best liked of these",),
    "most_reviews": ("the best reviewed of these",),
    "also": ("also {value}",),
    "asked": ("Within what you asked for",),
    "start": ("A place to start",),
}  #: the lines in English; variants of one key mean the same


@dataclass(frozen=True)
class Wording:
    """What lines may speak of: titles by id, facets by name, and the ids that the visitor named as an example without
    saying that they like them; `on_page` what only the page suggests. `asked` are hard constraints, which may be named
    as matches too. `lines` are the words of a language, `values` what it calls a (facet, value)."""

    titles: Mapping[str, str]
    facets: Mapping[str, Facet]
    named: Collection[str] = ()
    asked: Sequence[FacetWish] = ()
    on_page: Collection[str] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: LINES)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def line(self, key: str, item: str = "", **filled: str) -> str:
        """The line `key`, filled in; which of its variants depends on the item's id alone."""
        variants = self.lines[key]
        return variants[zlib.crc32(item.encode()) % len(variants)].format(**filled)


def facts_told(ranked: RankedItem, item: Item, request: RankingRequest, wording: Wording) -> dict[str, str]:
    """The evidence of each signal that has words for it, as a line."""
    lines = {
        name: reason(_Case(fact, item, request, wording))
        for name, fact in ranked.evidence.items()
        if (reason := _REASONS.get(name)) is not None
    }
    return {name: _cut(line, LONGEST) for name, line in lines.items() if line}


def explain(ranked: RankedItem, item: Item, request: RankingRequest, wording: Wording) -> str:
    """One line of at most LONGEST characters."""
    best_first = sorted(
        ranked.evidence, key=lambda name: (name in _ANYBODYS, -ranked.contributions.get(name, 0.0), name)
    )  # that many like it, or few know it, is a reason only where nothing speaks for this visitor
    for name in best_first:
        reason = _REASONS.get(name)
        line = reason(_Case(ranked.evidence[name], item, request, wording)) if reason else None
        if line:
            return _cut(line, LONGEST)
    matches = _matches(met_wishes(item, wording.asked), wording)
    if matches:
        return _cut(wording.line("wanted", values=matches), LONGEST)
    asked = [wish for wish in request.wishes if wish not in request.session.tastes]
    within = (asked or request.directions) and not request.text  # nobody can promise that it meets a need in words
    return wording.line("asked" if within else "start")


@dataclass(frozen=True)
class _Case:
    fact: str
    item: Item
    request: RankingRequest
    wording: Wording

    def line(self, key: str, **filled: str) -> str:
        return self.wording.line(key, self.item.id, **filled)

    def liked(self) -> tuple[str, str] | None:
        """The title of the liked item in evidence, and how the visitor stands to it."""
        title = " ".join(self.wording.titles.get(self.fact, "").split())
        if not title or self.fact not in self.request.session.liked:
            return None
        if self.fact in self.wording.on_page:
            return _cut(title, _TITLE), self.line("stance_page")
        return _cut(title, _TITLE), self.line("stance_named" if self.fact in self.wording.named else "stance_liked")


def _close(case: _Case) -> str | None:
    found = case.liked()
    if found is None:
        return None
    title, stance = found
    return case.line("liked", title=title, stance=stance)


def _together(case: _Case) -> str | None:
    found = case.liked()
    if found is None:
        return None
    title, _ = found
    return case.line("behaviour", title=title)


def _wanted(case: _Case) -> str | None:
    tastes = case.request.session.tastes
    wishes = (*case.wording.asked, *(w for w in case.request.wishes if w not in case.wording.asked and w not in tastes))
    matches = _matches(met_wishes(case.item, wishes), case.wording)
    known = _matches(met_wishes(case.item, [w for w in case.request.wishes if w in tastes]), case.wording)
    return case.line("wanted", values=matches) if matches else case.line("taste", values=known) if known else None


def _beyond(case: _Case) -> str | None:
    for direction in met_directions(case.item, case.request.directions):
        facet = case.wording.facets.get(direction.facet)
        if facet is not None and direction.than is not None:
            return _direction(case, facet, direction, direction.than)
    return None


def _direction(case: _Case, facet: Facet, direction: Direction, than: float) -> str:
    words, bound = facet.more if direction.more else facet.less, _measure(than, facet)
    if words:
        return case.line("direction", word=f"{words[0][:1].upper()}{words[0][1:]}", bound=bound)
    name = facet.label or facet.name
    label = f"{name[:1].upper()}{name[1:]}"
    return case.line("beyond_more" if direction.more else "beyond_less", label=label, bound=bound)


def _text(case: _Case) -> str | None:
    words = _cut(" ".join(case.fact.split()), _WORDS)
    return case.line("text", words=words)


def _popular(case: _Case) -> str | None:
    return case.line("popularity")


def _reviewed(case: _Case) -> str | None:
    good, _, told = case.fact.partition(" of ")
    return case.line("reviews", good=good, told=told)


def _new(case: _Case) -> str | None:
    return case.line("new")


def _familiar(case: _Case) -> str | None:
    return case.line("familiar")


_REASONS: Mapping[str, Callable[[_Case], str | None]] = {
    "liked": _close,
    "behaviour": _together,
    "wanted": _wanted,
    "direction": _beyond,
    "text": _text,
    "popularity": _popular,
    "reviews": _reviewed,
    "new": _new,
    "familiar": _familiar,
}


def _matches(wishes: Sequence[FacetWish], wording: Wording) -> str:
    known = [wish for wish in wishes if wish.facet in wording.facets]
    return ", ".join(dict.fromkeys(_value(wish, wording) for wish in known[:_VALUES]))


def _value(wish: FacetWish, wording: Wording) -> str:
    facet = wording.facets[wish.facet]
    if isinstance(wish.value, str):
        return wording.values.get((wish.facet, wish.value), wish.value)
    low, high = wish.value
    if low is None and high is None:
        return facet.label or facet.name
    if low is None or high is None:
        return wording.line("from" if high is None else "up_to", bound=_measure(low if high is None else high, facet))
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
