"""What can be tapped under a reply: critiques of the list, answers to a question, ways out of a dead end.

A chip sends its text as if typed, so it is worded as the understanding reads it. Knows the facts of the turn only.
"""

from __future__ import annotations

from collections import Counter

from bot.dialogue import actions as a
from bot.dialogue.constraint import constraint_key
from bot.messages import Chip
from bot.response.labels import capital
from bot.response.templates import CHIPS
from bot.response.turn_facts import Facts
from retrieval.catalogue.schema import FacetKind

MOST = 6
CRITIQUES = 3  #: chips on numbers ("Cheaper", "Newer")
SPLITS = 2  #: chips on values that some of the list have and some have not


def chip(key: str) -> Chip:
    return Chip(*CHIPS[key])


def chips_for(action: a.Action, facts: Facts) -> tuple[Chip, ...]:
    """At most `MOST` chips for the reply to `action`; a question's options come with two ways round it."""
    if isinstance(action, a.AskFacet):
        return (*(_option(o) for o in _spoken(action, facts)), chip("any"), chip("show"))
    chips = _chips(action, facts)
    return tuple(dict.fromkeys(chips))[:MOST]


def _option(option: str) -> Chip:
    return Chip(capital(option), option)


def _spoken(question: a.AskFacet, facts: Facts) -> list[str]:
    """A question's options as they can be said on their own: "size 10", not "10"."""
    return [facts.labels.value(question.facet, option) for option in question.options]


def _chips(action: a.Action, facts: Facts) -> list[Chip]:
    match action:
        case a.Recommend() if facts.cards:
            return [*_critiques(facts), *_splits(facts), chip("other")]
        case a.Recommend():
            return [_lift(label) for label, count in facts.relaxations if count > 0][:4]
        case a.ConfirmForget() | a.AskMeant():
            return [chip("yes"), chip("no")]
        case a.Describe() | a.Compare() | a.Explain():
            several = [Chip(t, f"tell me about {t}") for t in map(facts.labels.title, facts.state.shown_now)]
            return several[:5] if isinstance(action, a.Describe) and not action.items else [chip("other")]
        case a.ShowMemory():
            return [chip("forget")]
        case a.Confirm(what=what):
            return [chip("undo"), chip("other")] if what == "accept" and action.items else _opening(facts)
        case a.Close():
            return []
        case _:
            return [*_opening(facts), chip("help")]


def _lift(label: str) -> Chip:
    """Takes one condition back."""
    what = bare(label)
    return Chip(f"Without {what}" if what == label else f"Allow {what}", f"never mind {what}")


def bare(label: str) -> str:
    """A condition's label without its "no": what it is about."""
    return label.removeprefix("no ").removeprefix("not ")


def _opening(facts: Facts) -> list[Chip]:
    """What to begin with: the options of the best question, else the most frequent values."""
    if facts.question is not None:
        return [_option(o) for o in _spoken(facts.question, facts)[:4]]
    return [_option(v) for v in frequent_values(facts, 4)]


def frequent_values(facts: Facts, count: int) -> tuple[str, ...]:
    """The commonest values of the first category facet."""
    first = next((f.name for f in facts.labels.schema.facets if f.kind is FacetKind.CATEGORY), None)
    values = facts.labels.catalogue.facet_values(first)[:count] if first else ()
    return tuple(facts.labels.value(first, v) for v in values) if first else ()


def _critiques(facts: Facts) -> list[Chip]:
    """A relative wish a number facet, both ways for the first when there is but one; those under way are left out."""
    labels, set_now = facts.labels, {(d.facet, d.more) for d in facts.state.directions}
    chips = []
    for facet in labels.schema.facets:
        known = [n for c in facts.cards if isinstance(n := c.facets.get(facet.name), int | float)]
        if facet.kind is FacetKind.NUMBER and len(set(known)) > 1:
            both = (False, True) if len(labels.styles) == 1 and facet.better is None else (facet.better != "lower",)
            words = [labels.relative(facet.name, more) for more in both if (facet.name, more) not in set_now]
            chips += [Chip(capital(w), w) for w in words]
    return chips[:CRITIQUES]


def _splits(facts: Facts) -> list[Chip]:
    """Values not spoken of yet that divide the list, the first facet's first, the most even first."""
    said = {c.key for c in facts.state.constraints}
    scored = []
    for order, facet in enumerate(facts.labels.schema.facets):
        if facet.kind is FacetKind.CATEGORY:
            lists = [v for c in facts.cards if isinstance(v := c.facets.get(facet.name), list)]
            counts = Counter(value for values in lists for value in values)
            for value, n in counts.items():
                if 2 <= n < len(facts.cards) and constraint_key(facet.name, value) not in said:
                    uneven = abs(2 * n - len(facts.cards))
                    scored.append((order, uneven, value, facts.labels.value(facet.name, value)))
    return [_option(label) for *_, label in sorted(scored)[:SPLITS]]
