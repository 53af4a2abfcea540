"""What "cheaper" is cheaper than: the number that a relative wish is measured against.

It is that of the item named, else of the one talked about, else the extreme of all that is shown. Where too few items
are beyond the extreme, it is the middle one of them; where too few are beyond that ("newer and shorter"), the other
extreme, which still improves on the worst shown. Knows no words.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from bot.dialogue.events import DirectionSet
from bot.dialogue.needs import hard_filter
from bot.dialogue.replacement import ENOUGH
from bot.dialogue.state import DialogueState
from retrieval.catalogue.item import Catalogue
from retrieval.filters import matches


def direction(
    facet: str, more: bool, state: DialogueState, catalogue: Catalogue, than: str | None = None
) -> DirectionSet:
    """The wish for `more` (or less) of a number facet; `than` is the id of the item that the visitor compares with."""
    one = than or (state.focus if state.focus in state.shown_now else None)
    ids = (one,) if one else state.shown_now
    numbers = [catalogue.by_id[i].number(facet) for i in ids if i in catalogue.by_id]
    known = sorted(n for n in numbers if n is not None)
    return DirectionSet(facet, more, _bound(facet, more, known, state, catalogue) if known else None)


def _bound(facet: str, more: bool, known: list[float], state: DialogueState, catalogue: Catalogue) -> float:
    others = replace(state, directions=tuple(d for d in state.directions if d.facet != facet))
    where = hard_filter(others, catalogue)

    def beyond(bound: float) -> int:
        """How many items are, `ENOUGH` at most: the first few tell."""
        numbers = ((i, n) for i in catalogue.items if (n := i.number(facet)) is not None)
        further = (i for i, n in numbers if (n > bound if more else n < bound))
        return sum(1 for _ in islice((i for i in further if where is None or matches(where, i)), ENOUGH))

    extreme, other = (known[-1], known[0]) if more else (known[0], known[-1])
    middle = known[len(known) // 2]
    if beyond(extreme) >= ENOUGH:
        return extreme
    return middle if beyond(middle) or not beyond(other) else other
