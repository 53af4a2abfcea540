"""Which earlier wishes a message's new ones replace, where the others are refined by them.

A positive value on a category or entity facet refines the earlier hard ones ("a comedy" ... "and romantic") while
enough items satisfy all of them together with the rest (`ENOUGH` for a category, one for an entity); else, or when the
visitor says so (`Op.REPLACE`), it replaces them. A number range always replaces the one before.

Knows no words and no soft tastes, which only add up.
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.constraint import Constraint, constraint_key
from bot.dialogue.events import ConstraintRemoved
from bot.dialogue.needs import hard_filter
from bot.dialogue.state import DialogueState
from bot.understanding.reading import Force, Op, Reading, Slot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.filters import Has, conjunction, matches

ENOUGH = 5  #: so many items must satisfy old and new values together, or the new ones replace the old


def replaced(reading: Reading, state: DialogueState, catalogue: Catalogue) -> list[ConstraintRemoved]:
    """The hard wishes of `state` that the new ones of `reading` replace."""
    gone: list[ConstraintRemoved] = []
    for facet in catalogue.schema.facets:
        new = [s for s in reading.slots if s.slot == facet.name and _is_hard_wish(s)]
        old = [c for c in state.constraints if c.facet == facet.name and c.hard and c.polarity > 0]
        if old and new and _replaces(facet, new, _staying(reading, state), catalogue):
            said = {constraint_key(facet.name, s.value) for s in new}
            gone += [ConstraintRemoved(c.facet, c.value) for c in old if c.key not in said]
    return gone


def _is_hard_wish(slot: Slot) -> bool:
    asked = slot.op in (Op.ADD, Op.REPLACE) and slot.force is Force.MUST
    return asked and slot.polarity > 0 and slot.relative is None


def _staying(reading: Reading, state: DialogueState) -> DialogueState:
    """The state without what the message speaks of again: the same value or, for numbers, the same facet."""
    said = {constraint_key(s.slot, s.value) for s in reading.slots}
    ranges = {s.slot for s in reading.slots if not isinstance(s.value, str)}
    kept: tuple[Constraint, ...] = tuple(
        c for c in state.constraints if c.key not in said and not (c.facet in ranges and c.polarity > 0)
    )
    return replace(state, constraints=kept)


def _replaces(facet: Facet, new: list[Slot], staying: DialogueState, catalogue: Catalogue) -> bool:
    if facet.kind is FacetKind.NUMBER or any(s.op is Op.REPLACE for s in new):
        return True
    carried = {v.casefold() for v in catalogue.value_counts[facet.name]}
    wanted = [Has(facet.name, str(s.value)) for s in new if str(s.value).casefold() in carried]
    if not wanted:
        return False
    both = conjunction((hard_filter(staying, catalogue), *wanted))
    together = sum(both is None or matches(both, item) for item in catalogue.items)
    return together < (ENOUGH if facet.kind is FacetKind.CATEGORY else 1)
