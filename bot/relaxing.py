"""When nothing matches: which conditions cannot hold together, and which ones lifted would help most.

What blocks is a minimal conflict set, found by leaving out one condition after the other (QuickXplain, Junker, AAAI
2004, finds such a set with fewer checks, which a handful of conditions does not need). The ways out are the smallest
sets of conditions whose removal leaves something. Knows no words and no index: the caller counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from bot.dialogue.constraint import Constraint, grouped
from bot.dialogue.events import DirectionSet, NeedAdded
from bot.dialogue.state import DialogueState

Condition = Constraint | DirectionSet | NeedAdded
Lifted = tuple[Condition, ...]
Count = Callable[[DialogueState], int]  #: how many items may be shown for a state

LIFTED_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """`blocking`: conditions that nothing satisfies together, each of them needed for that; empty when it is not they.

    `ways`: conditions to lift together, and how many items match then; the most first, no zeros.
    """

    blocking: tuple[Condition, ...] = ()
    ways: tuple[tuple[tuple[Condition, ...], int], ...] = ()


def conditions(state: DialogueState) -> tuple[Condition, ...]:
    """Everything that filters: hard constraints, relative wishes with a bound, needs that are avoided."""
    hard = tuple(c for c in state.constraints if c.hard)
    bound = tuple(d for d in state.directions if d.than is not None)
    return (*hard, *bound, *(n for n in state.needs if n.polarity < 0))


def dead_end(state: DialogueState, count: Count) -> DeadEnd:
    """Why nothing matches `state`, and the nearest ways out."""
    units = _units(state)
    return DeadEnd(_blocking(state, units, count), _ways(state, units, count))


def without(state: DialogueState, lifted: tuple[Condition, ...]) -> DialogueState:
    """The state with these conditions lifted."""
    return replace(
        state,
        constraints=tuple(c for c in state.constraints if c not in lifted),
        directions=tuple(d for d in state.directions if d not in lifted),
        needs=tuple(n for n in state.needs if n not in lifted),
    )


def _units(state: DialogueState) -> tuple[Lifted, ...]:
    """What is lifted as one: every condition by itself, but alternatives ("red or blue") together."""
    hard = conditions(state)
    groups = grouped(c for c in hard if isinstance(c, Constraint))
    return (*groups, *((c,) for c in hard if not isinstance(c, Constraint)))


def _joined(units: Iterable[Lifted]) -> Lifted:
    return tuple(c for unit in units for c in unit)


def _blocking(state: DialogueState, units: tuple[Lifted, ...], count: Count) -> Lifted:
    if not count(without(state, _joined(units))):
        return ()  # what is left out by name is all there is: no condition is to blame
    needed = units
    for unit in units:  # the oldest goes first, so that what is named tends to be what was just said
        rest = tuple(u for u in needed if u != unit)
        if not count(without(state, _joined(u for u in units if u not in rest))):
            needed = rest
    return _joined(needed)


def _ways(state: DialogueState, units: tuple[Lifted, ...], count: Count) -> tuple[tuple[Lifted, int], ...]:
    """Single conditions if lifting one of them helps, else pairs, else triples."""
    for size in range(1, min(len(units), LIFTED_AT_ONCE) + 1):
        some = [_joined(chosen) for chosen in combinations(units, size)]
        counted = [(lifted, count(without(state, lifted))) for lifted in some]
        if found := [way for way in counted if way[1]]:
            return tuple(sorted(found, key=lambda way: -way[1]))
    return ()
