"""What can be tapped under a reply: critiques of the list, answers to a question, ways out of a dead end.

A chip sends its text as if typed, so it is worded as the understanding reads it. Knows the facts of the turn only.
"""

from __future__ import annotations

from bot.dialogue import actions as a
from bot.messages import Chip
from bot.response.critiques import critiques
from bot.response.labels import Labels, capital
from bot.response.turn_facts import Facts
from retrieval.catalogue.schema import FacetKind

MOST = 8


def chip(key: str, labels: Labels) -> Chip:
    return Chip(*labels.say.chips[key])


def chips_for(action: a.Action, facts: Facts) -> tuple[Chip, ...]:
    """At most `MOST` chips for the reply to `action`; a question's options come with two ways round it."""
    if isinstance(action, a.AskFacet):
        return (*(_option(o) for o in _spoken(action, facts)), chip("any", facts.labels), chip("show", facts.labels))
    chips = [*_asked_below(action, facts), *_chips(action, facts)]
    return tuple(dict.fromkeys(chips))[:MOST]


def _asked_below(action: a.Action, facts: Facts) -> list[Chip]:
    """Answers to the question under a first list, and a way round it; nothing was told that could be criticised."""
    asked = isinstance(action, a.Recommend) and action.also_ask is not None and facts.state.knows_nothing
    if not asked or facts.question is None or not facts.cards:
        return []
    return [
        *(_option(o) for o in _spoken(facts.question, facts)[: MOST - 2]),
        chip("any", facts.labels),
        chip("other", facts.labels),
    ]


def _option(option: str) -> Chip:
    return Chip(capital(option), option)


def _spoken(question: a.AskFacet, facts: Facts) -> list[str]:
    """A question's options as they can be said on their own: "size 10", not "10"."""
    return [facts.labels.value(question.facet, option) for option in question.options]


def _chips(action: a.Action, facts: Facts) -> list[Chip]:
    match action:
        case a.Recommend() | a.Confirm(what="undo" | "removed" | "corrected") if facts.cards:
            return [*critiques(facts), chip("other", facts.labels)]
        case a.Recommend() | a.Confirm(what="undo" | "removed") if facts.relaxations:
            return ways_out(facts)
        case a.ConfirmForget():
            return [chip("yes", facts.labels), chip("no", facts.labels)]
        case a.AskMeant():
            return [chip("meant", facts.labels), chip("not_meant", facts.labels)]
        case a.AskValue(facet=facet, values=values) if values:
            return [_refusal(facts.labels, facts.labels.value(facet, value)) for value in values]
        case a.Describe() | a.Compare() | a.Explain() | a.Liken() | a.AskValue():
            return [chip("other", facts.labels)] if getattr(action, "items", ()) else _each(facts)
        case _:
            return _elsewhere(action, facts)


def _elsewhere(action: a.Action, facts: Facts) -> list[Chip]:
    """What goes with an answer that shows no items and is about none."""
    match action:
        case a.Recommend() | a.Close():
            return []
        case a.ShowMemory():
            return [chip("forget", facts.labels)]
        case a.Confirm(what="accept") if action.items:
            return [chip("undo", facts.labels), chip("other", facts.labels)]
        case a.Confirm():
            return _opening(facts)
        case _:
            return [*_opening(facts), chip("help", facts.labels)]


def _each(facts: Facts) -> list[Chip]:
    """One of the items shown, to be told about."""
    titles = map(facts.labels.title, facts.state.shown_now[:5])
    return [Chip(title, facts.labels.say.word("say_about", title=title)) for title in titles]


def ways_out(facts: Facts) -> list[Chip]:
    """A chip for each way out of a dead end."""
    return [_lift(label, facts.labels) for label, count in facts.relaxations if count > 0][:4]


def _refusal(labels: Labels, value: str) -> Chip:
    return Chip(labels.say.word("chip_no", value=value), labels.say.word("no_value", value=value))


def _lift(label: str, labels: Labels) -> Chip:
    """Takes one condition back. It is called as it was said: of "never mind zips" nobody knows what is taken back."""
    what, word = labels.bare(label), labels.say.word
    return Chip(word("chip_without" if what == label else "chip_allow", what=what), word("say_lift", what=label))


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
