"""Which earlier wishes a message's new ones replace, where the others are refined by them.

A positive value on a category or entity facet refines the earlier hard ones ("a comedy" ... "and romantic") while
enough items satisfy all of them together with the rest (`ENOUGH` for a category, one for an entity); else, or when the
visitor says so (`Op.REPLACE`), it replaces them. A number range always replaces the one before. Of alternatives ("red
or blue"), one said again leaves out the others; "or green" adds one more.

Knows no words and no soft tastes, which only add up.
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.constraint import Constraint, constraint_key
from bot.dialogue.events import ConstraintAdded, ConstraintRemoved, StepBegan
from bot.dialogue.needs import hard_filter
from bot.dialogue.state import DialogueState, fold
from bot.understanding.reading import Force, Op, Reading, Slot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.filters import AnyOf, Filter, Has, conjunction, matches

ENOUGH = 5  #: so many items must satisfy old and new values together, or the new ones replace the old


def replaced(reading: Reading, state: DialogueState, catalogue: Catalogue) -> list[ConstraintRemoved]:
    """The hard wishes of `state` that the new ones of `reading` replace."""
    gone: list[ConstraintRemoved] = []
    for facet in catalogue.schema.facets:
        new = [s for s in reading.slots if s.slot == facet.name and _is_hard_wish(s)]
        old = [c for c in state.constraints if c.facet == facet.name and c.hard and c.polarity > 0]
        said = {constraint_key(facet.name, s.value) for s in new}
        if _widens(new):
            continue
        if old and new and _replaces(facet, new, _staying(reading, state), catalogue):
            gone += [ConstraintRemoved(c.facet, c.value) for c in old if c.key not in said]
        elif any(c.key in said for c in old if c.is_alternative):  # "red or blue", then "red": no longer blue
            gone += [ConstraintRemoved(c.facet, c.value) for c in old if c.is_alternative and c.key not in said]
    return gone


def widened(reading: Reading, state: DialogueState) -> list[ConstraintAdded]:
    """The earlier hard wishes that "or green" makes alternatives of what it names."""
    facets = {s.slot for s in reading.slots if s.either}
    new = {facet: [s for s in reading.slots if s.slot == facet and _is_hard_wish(s)] for facet in facets}
    return [
        ConstraintAdded(c.facet, c.value, 1, hard=True, either=True)
        for c in state.constraints
        if c.facet in facets and c.hard and c.polarity > 0 and _widens(new[c.facet])
    ]


def brought_back(gone: Constraint, state: DialogueState) -> list[ConstraintAdded]:
    """What holds again when the words that stated `gone` are taken back: the wishes of its facet that it replaced."""
    at = max(i for i, x in enumerate(state.log) if isinstance(x, ConstraintAdded) and _key(x) == gone.key)
    began = max((i for i, x in enumerate(state.log[:at]) if isinstance(x, StepBegan)), default=0)
    replaced = {_key(x) for x in state.log[began:at] if isinstance(x, ConstraintRemoved) and x.facet == gone.facet}
    earlier = fold(state.log[:began]).constraints if replaced else ()
    return [ConstraintAdded(c.facet, c.value, c.polarity, c.hard, c.either) for c in earlier if c.key in replaced]


def both_again(state: DialogueState) -> list[ConstraintAdded]:
    """What "both" makes alternatives of: the latest wish that took the place of others, and those."""
    for new in reversed(state.constraints):
        stated = any(isinstance(x, ConstraintAdded) and _key(x) == new.key for x in state.log)
        earlier = brought_back(new, state) if stated and new.hard and new.polarity > 0 else []
        if earlier:
            return [replace(x, either=True) for x in (*earlier, ConstraintAdded(new.facet, new.value, 1, hard=True))]
    return []


def _key(event: ConstraintAdded | ConstraintRemoved) -> str:
    return constraint_key(event.facet, event.value) if event.value is not None else ""


def _widens(new: list[Slot]) -> bool:
    """Whether one value alone is an alternative: to what was wished before."""
    return len(new) == 1 and new[0].either


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
    wanted: list[Filter] = [Has(facet.name, str(s.value)) for s in new if str(s.value).casefold() in carried]
    if not wanted:
        return False
    wanted = [AnyOf(tuple(wanted))] if len(wanted) > 1 and all(s.either for s in new) else wanted
    both = conjunction((hard_filter(staying, catalogue), *wanted))
    together = sum(both is None or matches(both, item) for item in catalogue.items)
    return together < (ENOUGH if facet.kind is FacetKind.CATEGORY else 1)
