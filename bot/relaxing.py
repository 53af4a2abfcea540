"""When nothing matches: which conditions cannot hold together, and which ones lifted would help most.

What blocks is a minimal conflict set, found by leaving out one condition after the other (QuickXplain, Junker, AAAI
2004, finds such a set with fewer checks, which a handful of conditions does not need). The ways out are the smallest
sets of conditions whose removal leaves something. Knows no words and no index: the caller counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

from bot.dialogue.constraint import Constraint
from bot.dialogue.events import DirectionSet, NeedAdded
from bot.dialogue.state import DialogueState

Condition = Constraint | DirectionSet | NeedAdded
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
    hard = conditions(state)
    return DeadEnd(_blocking(state, hard, count), _ways(state, hard, count))


def without(state: DialogueState, lifted: tuple[Condition, ...]) -> DialogueState:
    """The state with these conditions lifted."""
    return replace(
        state,
        constraints=tuple(c for c in state.constraints if c not in lifted),
        directions=tuple(d for d in state.directions if d not in lifted),
        needs=tuple(n for n in state.needs if n not in lifted),
    )


def _blocking(state: DialogueState, hard: tuple[Condition, ...], count: Count) -> tuple[Condition, ...]:
    if not count(without(state, hard)):
        return ()  # what is left out by name is all there is: no condition is to blame
    needed = hard
    for condition in hard:  # the oldest goes first, so that what is named tends to be what was just said
        rest = tuple(c for c in needed if c != condition)
        kept_out = tuple(c for c in hard if c not in rest)
        if not count(without(state, kept_out)):
            needed = rest
    return needed


def _ways(
    state: DialogueState, hard: tuple[Condition, ...], count: Count
) -> tuple[tuple[tuple[Condition, ...], int], ...]:
    """Single conditions if lifting one of them helps, else pairs, else triples."""
    for size in range(1, min(len(hard), LIFTED_AT_ONCE) + 1):
        counted = [(lifted, count(without(state, lifted))) for lifted in combinations(hard, size)]
        if found := [way for way in counted if way[1]]:
            return tuple(sorted(found, key=lambda way: -way[1]))
    return ()
