"""Which replies a model may word, and what it is told of them.

A reply is worded when it is easy to check that nothing is lost: a list, a question, an answer about one item, a reason,
a choice, a greeting. What must be said as it is stays a template: dead ends, conditions that were dropped, tables,
refusals, what is known of a visitor, and all that deletes. Knows actions and facts; knows no model.
"""

from __future__ import annotations

from bot.dialogue import actions as a
from bot.response.facts import facts_line
from bot.response.turn_facts import Facts
from bot.response.wording import ITEMS, Brief
from retrieval.catalogue.item import Item

ACTS = ("recommend", "ask", "describe", "explain", "accept", "greet")  #: the acts whose replies a model may word
#: Those among them for which a blind comparison of 50 pairs preferred the default model's wording: none so far
PREFERRED: frozenset[str] = frozenset()


def act_of(action: a.Action, facts: Facts) -> str | None:
    """The act under which `action` is worded, one of `ACTS`; None: it is said by its template."""
    match action:
        case a.Recommend(unknown=(), again=False) if facts.cards and not facts.relaxed:
            liked = set(facts.state.reacted("like"))
            return "recommend" if liked.issuperset(action.acknowledged) else None
        case a.AskFacet():
            return "ask"
        case a.Describe(unknown=()) | a.Explain() if len(action.items) == 1:
            return "describe" if isinstance(action, a.Describe) else "explain"
        case a.Confirm(what="accept") if action.items:
            return "accept"
        case a.Chat(what="greet"):
            return "greet"
    return None


def brief_of(action: a.Action, facts: Facts, plain: str) -> Brief | None:
    """What a model is told of a reply that its template words as `plain`; None: it has no say in it."""
    act = act_of(action, facts)
    if act is None or not plain or "\n" in plain:
        return None
    by_id = facts.labels.catalogue.by_id
    ids = [card.id for card in facts.cards] or [*getattr(action, "items", ())]
    return Brief(act, facts.said, plain, tuple(_lines(by_id[i], facts) for i in ids[:ITEMS] if i in by_id))


def _lines(item: Item, facts: Facts) -> tuple[str, str]:
    return item.title, facts_line(dict(item.facets), facts.labels.schema)
