"""Which critiques of the list are worth a tap: those that divide the current candidates most evenly.

A critique keeps the share p of the candidates (the items that the list was chosen from) and is worth the entropy of
that split, H(p) = -p log2 p - (1 - p) log2 (1 - p) bits in [0, 1]: what its being tapped, or not, tells of the wanted
item when each candidate is as likely as the next (Quinlan, "Induction of decision trees", Machine Learning 1, 1986).
Unit critiques are a direction of a number facet or a value; a compound one joins two directions, made anew from the
candidates of every list (Reilly, McCarthy, McGinty and Smyth, "Dynamic critiquing", ECCBR 2004).
None that is in force is offered, and none that would leave nothing or replace an earlier wish.
Knows the facts of the turn; knows no ranking.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from bot.dialogue import events as e
from bot.dialogue.bounds import direction
from bot.dialogue.constraint import constraint_key
from bot.dialogue.replacement import ENOUGH
from bot.dialogue.state import DialogueState, apply
from bot.messages import Chip
from bot.response.labels import capital
from bot.response.turn_facts import Facts
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import Facet, FacetKind

NUMBERS = 4  #: at most so many unit critiques of numbers
VALUES = 2  #: and of values, of different facets
LEAST_COMPOUND = 0.5  #: bits; a compound critique that is worth less is not offered


@dataclass(frozen=True, slots=True)
class Critique:
    """A critique as the visitor would say it, the facet it is of, and what it is worth in bits."""

    said: str
    facet: str
    bits: float

    @property
    def chip(self) -> Chip:
        return Chip(capital(self.said), self.said)


def entropy(share: float) -> float:
    """Bits of a yes-or-no split; `share` in [0, 1]."""
    return -sum(p * math.log2(p) for p in (share, 1 - share) if p > 0)


def critiques(facts: Facts) -> list[Chip]:
    """At most seven: numbers, one compound, values; each kind by what it is worth."""
    pool = [facts.labels.catalogue.by_id[i] for i in facts.candidates or [c.id for c in facts.cards]]
    units = sorted(_directions(facts, pool), key=lambda u: -u[0].bits)
    best = list({unit.facet: (unit, kept) for unit, kept in reversed(units)}.values())[::-1]
    compound = sorted(_compounds(best, pool), key=lambda c: -c.bits)[:1]
    values: dict[str, Critique] = {}
    for critique in sorted(_values(facts, pool), key=lambda c: (-c.bits, c.said)):
        values.setdefault(critique.facet, critique)
    numbers = [unit for unit, _ in dict.fromkeys((*best, *units))][:NUMBERS]
    return [c.chip for c in (*numbers, *compound, *list(values.values())[:VALUES])]


Beyond = frozenset[str]  #: ids of the candidates that a critique of a number keeps


def _directions(facts: Facts, pool: list[Item]) -> Iterator[tuple[Critique, Beyond]]:
    """For each number facet the better direction; where none is declared, both."""
    after = apply(facts.state, e.Shown(tuple(c.id for c in facts.cards)))
    for facet in facts.labels.schema.facets:
        if facet.kind is FacetKind.NUMBER and _differs(facet, facts):
            ways = {None: (True, False), "lower": (False,), "higher": (True,)}[facet.better]
            yield from (u for more in ways if (u := _unit(facet, more, after, facts, pool)) is not None)


def _differs(facet: Facet, facts: Facts) -> bool:
    known = {n for c in facts.cards if isinstance(n := c.facets.get(facet.name), int | float)}
    return len(known) > 1 and all(d.facet != facet.name for d in facts.state.directions)


def _unit(
    facet: Facet, more: bool, after: DialogueState, facts: Facts, pool: list[Item]
) -> tuple[Critique, Beyond] | None:
    bound = direction(facet.name, more, after, facts.labels.catalogue).than
    numbers = {item.id: item.number(facet.name) for item in pool}
    kept = frozenset(
        i for i, n in numbers.items() if n is not None and bound is not None and (n > bound if more else n < bound)
    )
    if not kept:
        return None
    return Critique(facts.labels.relative(facet.name, more), facet.name, entropy(len(kept) / len(pool))), kept


def _compounds(units: list[tuple[Critique, Beyond]], pool: list[Item]) -> Iterator[Critique]:
    for (one, kept), (other, also) in combinations(units, 2):
        both = kept & also
        bits = entropy(len(both) / len(pool))
        if len(both) >= ENOUGH and bits >= LEAST_COMPOUND:
            yield Critique(f"{one.said} and {other.said}", f"{one.facet}+{other.facet}", bits)


def _values(facts: Facts, pool: list[Item]) -> Iterator[Critique]:
    """Values of categories that some candidates have and some have not, each sayable on its own."""
    state, labels = facts.state, facts.labels
    said = {c.key for c in state.constraints}
    called = Counter(words for words, *_ in labels.spoken_values)
    for facet in labels.schema.facets:
        if facet.kind is not FacetKind.CATEGORY:
            continue
        wished = any(c.facet == facet.name and c.hard and c.polarity > 0 for c in state.constraints)
        least = ENOUGH if wished else 1  # fewer would replace the wish (`replacement`)
        for value, n in Counter(v for item in pool for v in dict.fromkeys(item.values(facet.name))).items():
            free = constraint_key(facet.name, value) not in said and called[value.casefold()] == 1
            if free and least <= n < len(pool):
                yield Critique(labels.value(facet.name, value), facet.name, entropy(n / len(pool)))
