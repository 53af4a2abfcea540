"""Reasons of a whole list: a reason that several items share is followed by what tells this one from the others.

What is added is, in this order, another line with evidence, the strongest first; that the item has more of what counted
than any other of the list; a value that no other one has, of what was asked about before the rest. The first two are
the ranking's own contributions, the last a fact of the item. Knows no catalogue and no dialogue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ranking.explain import LONGEST, Wording, explain, facts_told
from ranking.request import RankedItem, RankingRequest
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import FacetKind

MOST = {
    "quality": "most_quality",
    "reviews": "most_reviews",
    "popularity": "most_popularity",
    "trend": "most_popularity",
}  #: signals that compare items in a word, and the line that says so
_ANYBODYS = frozenset({"popularity", "reviews", "new", "familiar"})  #: signals that speak for no visitor in particular
_OWN = ("liked", "behaviour", "direction", "reviews")  #: signals whose lines speak of one item


def reasons(
    ranked: Sequence[RankedItem], items: Mapping[str, Item], request: RankingRequest, wording: Wording
) -> tuple[str, ...]:
    """One line of at most `LONGEST` characters for each item of a list, in its order."""
    lines = [explain(one, items[one.id], request, wording) for one in ranked]
    shared = Counter(lines)
    if max(shared.values(), default=0) < 2:
        return tuple(lines)
    told = [facts_told(one, items[one.id], request, wording) for one in ranked]
    common = Counter(line for facts in told for line in set(facts.values()))
    best = _best_of_all(ranked)
    asked = [wish.facet for wish in request.wishes if wish.weight > 0]
    values = _own_values([items[one.id] for one in ranked], asked, wording)
    added = []
    for i, (one, line) in enumerate(zip(ranked, lines, strict=True)):
        known = sorted(_OWN, key=lambda name: -one.contributions.get(name, 0.0))
        own = [told[i][n] for n in known if n in told[i] and one.contributions.get(n, 0.0) > 0]
        apart = [_after(text) for text in own if text != line and common[text] == 1]
        apart += [wording.line(MOST[name]) for name in best.get(one.id, ())[:1]]
        apart += [wording.line("also", value=value) for value in values[i][:1]]
        fits = (f"{line}; {text}" for text in apart if len(line) + len(text) + 2 <= LONGEST)
        added.append(next(fits, line) if shared[line] > 1 and set(one.evidence) - _ANYBODYS else line)
    return tuple(added)


def _best_of_all(ranked: Sequence[RankedItem]) -> dict[str, list[str]]:
    """The signals of `MOST` to which one item alone owes the most of all in the list, by the item's id."""
    best: dict[str, list[str]] = {}
    for name in MOST:
        shares = sorted(((one.contributions.get(name, 0.0), one.id) for one in ranked), reverse=True)
        unknown = {one.id for one in ranked if name in one.guessed}
        if len(shares) > 1 and shares[0][0] > max(shares[1][0], 0.0) and shares[0][1] not in unknown:
            best.setdefault(shares[0][1], []).append(name)
    return best


def _own_values(items: Sequence[Item], asked: Sequence[str], wording: Wording) -> list[list[str]]:
    """Of each item the describing values that no other one of the list has, of categories `asked` about first.

    A value in small letters describes ("quiet"); a name ("France") or a code ("XL") would need more words around it.
    """
    facets = {name: wording.facets[name] for name in (*dict.fromkeys(asked), *wording.facets) if name in wording.facets}
    kinds = [name for name, facet in facets.items() if facet.kind is FacetKind.CATEGORY and not facet.variants]
    held = Counter((name, value) for item in items for name in kinds for value in set(item.values(name)))
    return [
        [wording.values.get((n, v), v) for n in kinds for v in item.values(n) if held[n, v] == 1 and v.islower()]
        for item in items
    ]


def _after(line: str) -> str:
    """A line as the second half of a sentence."""
    return f"{line[:1].lower()}{line[1:]}"
