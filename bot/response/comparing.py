"""Several items side by side: a table, what they have in common, which is the shortest, how alike two are.

Knows the rows of the catalogue and the templates; makes nothing up and asks no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.response.facts import NAMES, number_text
from bot.response.labels import Labels, plain_number
from bot.response.questions import RATED, quality_columns
from bot.response.tables import table
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.linking.styles import comparatives

MOST_SHARED = 4
CLOSE = 0.95  #: an item nearer than this share of the catalogue is called close: a stated assumption
SOMEWHAT = 0.7  #: and somewhat close


def compared(items: Sequence[Item], labels: Labels, seed: int = 0) -> str:
    """A table, a column for each of two to four items, then what all of them have in common."""
    rows = [["", *(item.title for item in items)], *side_by_side(items, labels)]
    shared = common(items, labels)
    key = "both" if len(items) == 2 else "all"
    last = [labels.say(key, seed, shared=labels.joined(shared[:MOST_SHARED]))] if shared else []
    return "\n".join([table(rows), *last])


def side_by_side(items: Sequence[Item], labels: Labels) -> list[list[str]]:
    """A row for each facet that any of `items` has: its label, then a cell an item, "–" where it is unknown.

    A cell that leaves values out says so ("…") and shows first those that all of them have.
    """
    names = NAMES if len(items) == 2 else NAMES - 1
    rows = [
        [labels.facet(f.name), *(_cell(f, item, items, names) or "–" for item in items)] for f in labels.schema.facets
    ]
    return [row for row in rows if any(cell != "–" for cell in row[1:])]


def _cell(facet: Facet, item: Item, items: Sequence[Item], names: int) -> str:
    """All values of a facet, a long row of whole numbers as "7–12", at most `names` of other values; "": unknown."""
    if facet.kind is FacetKind.NUMBER:
        number = item.number(facet.name)
        return "" if number is None else number_text(number, facet.unit)
    values = item.values(facet.name)
    if len(values) <= names:
        return ", ".join(values)
    if all(v.isdecimal() for v in values):
        run = sorted(map(int, values))
        if run == list(range(run[0], run[0] + len(run))):
            return f"{run[0]}–{run[-1]}"
    shared = [v for v in values if all(v in other.values(facet.name) for other in items)]
    first = [*shared, *(v for v in values if v not in shared)][:names]
    return ", ".join(v for v in values if v in first) + " …"


def common(items: Sequence[Item], labels: Labels) -> list[str]:
    """The values that all `items` have, in the catalogue's order of facets; numbers have none."""
    shared = [
        labels.value(facet.name, value)
        for facet in labels.schema.facets
        if facet.kind is not FacetKind.NUMBER
        for value in items[0].values(facet.name)
        if all(value in other.values(facet.name) for other in items[1:])
    ]
    return list(dict.fromkeys(shared))


def best_rated(question: str, items: Sequence[Item], labels: Labels, seed: int = 0) -> str:
    """The answer to "which is the best rated?" among `items`; empty when it asks something else."""
    asked = RATED.search(question)
    if asked is None or len(items) < 2:
        return ""
    column = next(iter(quality_columns(labels)), "")
    held = [(value, item) for item in items if isinstance(value := item.fields.get(column), int | float)]
    if len(held) < 2:
        return labels.say("unreviewed", seed, title=labels.joined([item.title for item in items], "or"))
    known = [(float(value), item) for value, item in held]
    name = labels.lexicon.labels.get(column) or column.replace("_", " ")
    more = asked["most"].casefold() in ("best", "top", "highest")
    key, filled = _decided(known, more, labels, lambda n: f"{name} {plain_number(n)}")
    return labels.say(key, seed, word=" ".join(asked[0].casefold().replace("-", " ").split()), **filled)


def which(question: str, items: Sequence[Item], labels: Labels, seed: int = 0) -> str:
    """The answer to "which is the shortest?" among `items`; empty when it asks for no number that two of them have."""
    asked = _asked(question.casefold(), labels)
    if asked is None:
        return ""
    facet, more, word = asked
    known = [(n, item) for item in items if (n := item.number(facet)) is not None]
    if len(known) < 2:
        return ""
    key, filled = _decided(known, more, labels, lambda n: labels.number(facet, n))
    return labels.say(key, seed, word=word, **filled)


def _decided(
    known: Sequence[tuple[float, Item]], more: bool, labels: Labels, told: Callable[[float], str]
) -> tuple[str, dict[str, str]]:
    """Which of the items has the most, or least, of the numbers `known`, and which comes next: template and filling."""
    best = max(n for n, _ in known) if more else min(n for n, _ in known)
    first = [item.title for n, item in known if n == best]
    rest = sorted(((n, item.title) for n, item in known if n != best), reverse=more)
    filled = {"titles": labels.joined(first), "number": told(best)}
    if not rest:
        return "which_same", filled
    filled["next"] = f"{rest[0][1]}, {told(rest[0][0])}"
    return "which_are" if len(first) > 1 else "which_is", filled


def _asked(question: str, labels: Labels) -> tuple[str, bool, str] | None:
    """The number facet that a question compares by, whether more of it, and the word it says; the longest word wins."""
    found = []
    for facet in labels.schema.facets:
        for word, way in comparatives(facet, labels.styles[facet.name]).items() if facet.name in labels.styles else ():
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", question):
                found.append((len(word), facet.name, way == "more", word))
    return max(found)[1:] if found else None


def likened(item: Item, other: Item, share: float, labels: Labels, seed: int = 0) -> str:
    """How like `other` an item is: by the `share` of the catalogue that is less like it, and by the values of both."""
    shared = common([item, other], labels)
    told = labels.say("alike_both" if shared else "alike_none", seed, shared=labels.joined(shared[:MOST_SHARED]))
    key = "alike_close" if share >= CLOSE else "alike_some" if share >= SOMEWHAT else "alike_little"
    return f"{labels.say(key, seed, title=item.title, other=other.title, nouns=labels.noun(2))} {told}"
