"""One wish or avoidance as the state believes it, and the key under which it is believed once.

Knows no words and no catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue.events import Value

REFUSED = "items:dislike"  #: the key of the belief that several items are refused
DIAL = "novelty"  #: the key of the belief that the dial is set to one side


def number_text(value: float | None) -> str:
    """A bound in a key: "1990", "19.99", "" for open."""
    return "" if value is None else f"{value:.10g}"


def constraint_key(facet: str, value: Value) -> str:
    """The name under which a constraint is believed once: "color=green", "year=1990..1999"."""
    text = value.casefold() if isinstance(value, str) else "..".join(number_text(v) for v in value)
    return f"{facet}={text}"


def hint_key(facet: str | None, value: Value) -> str:
    """The name under which a hint is believed once, and removed: "hint:genre=comedy", "hint:item=heat"."""
    return f"hint:{constraint_key(facet or 'item', value)}"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A wish (`polarity` 1) or an avoidance (-1) on a facet; `value` is text or (low, high), None open.

    `hard` ones filter, soft ones rank. `step` is the visitor's step that stated it. Of the hard wishes for one facet
    that are `either`, any one will do.
    """

    facet: str
    value: Value
    polarity: int
    hard: bool
    step: int = 0
    either: bool = False

    @property
    def key(self) -> str:
        return constraint_key(self.facet, self.value)

    @property
    def is_alternative(self) -> bool:
        """Whether another value of the facet would do as well."""
        return self.either and self.hard and self.polarity > 0


def grouped(constraints: Iterable[Constraint]) -> tuple[tuple[Constraint, ...], ...]:
    """The constraints in their order, those of one facet that are alternatives together."""
    groups: dict[str, tuple[Constraint, ...]] = {}
    for c in constraints:
        name = f"either {c.facet}" if c.is_alternative else c.key
        groups[name] = (*groups.get(name, ()), c)
    return tuple(groups.values())
