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
from retrieval.catalogue.schema import FacetKind

NUMBERS = 4  #: at most so many unit critiques of numbers
VALUES = 2  #: and of values, of different facets
LEAST_COMPOUND = 0.5  #: bits; a compound critique that is worth less is not offered


@dataclass(frozen=True, slots=True)
class Critique:
    """A critique as the visitor would say it, the facet it is of, and what it is worth in bits."""

    said: str
    facet: str
    bits: float
    more: bool = False  #: of a number facet: the direction

    @property
    def chip(self) -> Chip:
        return Chip(capital(self.said), self.said)


def entropy(share: float) -> float:
    """Bits of a yes-or-no split; `share` in [0, 1]."""
    return -sum(p * math.log2(p) for p in (share, 1 - share) if p > 0)


def critiques(facts: Facts) -> list[Chip]:
    """At most seven: numbers, one compound, values; each kind by what it is worth."""
    pool = [facts.labels.catalogue.by_id[i] for i in facts.candidates or [c.id for c in facts.cards]]
    after = apply(facts.state, e.Shown(tuple(c.id for c in facts.cards)))
    units = sorted(_units(facts, after, pool), key=lambda c: -c.bits)
    best = list({unit.facet: unit for unit in reversed(units)}.values())[::-1]
    compound = sorted(_compounds(best, after, facts, pool), key=lambda c: -c.bits)[:1]
    values: dict[str, Critique] = {}
    for critique in sorted(_values(facts, pool), key=lambda c: (-c.bits, c.said)):
        values.setdefault(critique.facet, critique)
    numbers = list(dict.fromkeys((*best, *units)))[:NUMBERS]
    return [c.chip for c in (*numbers, *compound, *list(values.values())[:VALUES])]


def _units(facts: Facts, after: DialogueState, pool: list[Item]) -> Iterator[Critique]:
    """For each number facet that the list differs in, the better direction; where none is declared, both."""
    for facet in facts.labels.schema.facets:
        known = {n for c in facts.cards if isinstance(n := c.facets.get(facet.name), int | float)}
        free = all(d.facet != facet.name for d in facts.state.directions)
        if facet.kind is FacetKind.NUMBER and free and len(known) > 1:
            for more in {None: (True, False), "lower": (False,), "higher": (True,)}[facet.better]:
                kept = _beyond([direction(facet.name, more, after, facts.labels.catalogue)], pool)
                if kept:
                    said = facts.labels.relative(facet.name, more)
                    yield Critique(said, facet.name, entropy(kept / len(pool)), more)


def _compounds(units: list[Critique], after: DialogueState, facts: Facts, pool: list[Item]) -> Iterator[Critique]:
    """Pairs of units, the second measured among what the first keeps, as `update` applies them."""
    for one, other in combinations(units, 2):
        first = direction(one.facet, one.more, after, facts.labels.catalogue)
        second = direction(other.facet, other.more, apply(after, first), facts.labels.catalogue)
        kept = _beyond([first, second], pool)
        bits = entropy(kept / len(pool))
        if kept >= ENOUGH and bits >= LEAST_COMPOUND:
            yield Critique(facts.labels.joined([one.said, other.said]), f"{one.facet}+{other.facet}", bits)


def _beyond(wishes: list[e.DirectionSet], pool: list[Item]) -> int:
    """How many of `pool` are beyond every bound; what has no number is not."""
    return sum(all(_is_beyond(wish, item) for wish in wishes) for item in pool)


def _is_beyond(wish: e.DirectionSet, item: Item) -> bool:
    number = item.number(wish.facet)
    if number is None or wish.than is None:
        return False
    return number > wish.than if wish.more else number < wish.than


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
