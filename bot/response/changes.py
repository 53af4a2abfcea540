"""What a step changed, or took back, in a few words. Knows events; decides nothing."""

from __future__ import annotations

from bot.dialogue import events as e
from bot.dialogue.constraint import constraint_key
from bot.response.labels import Labels
from bot.response.turn_facts import Facts

DONE = ("reference", "like", "dislike", "seen", "accept")  #: reactions that change a belief


def changed(event: e.Event, labels: Labels) -> str:
    """What an event changed, in a few words."""
    match event:
        case e.ConstraintAdded():
            return labels.wish(event.facet, event.value, event.polarity, hard=event.hard)
        case e.ConstraintRemoved() | e.NeedRemoved() | e.ReactionRemoved() | e.TasteTakenBack():
            return labels.say.word("removal", what=gone(event, labels))
        case e.NeedAdded() | e.UnknownNamed() | e.DirectionSet() | e.Tuned():
            return _wished(event, labels)
        case e.Reacted(item=item, kind=kind) if kind in DONE:
            return labels.say.word(f"did_{kind}", title=labels.title(item))
        case e.Restarted():
            return labels.say.word("fresh_start")
        case _:
            return ""


def _wished(event: e.NeedAdded | e.UnknownNamed | e.DirectionSet | e.Tuned, labels: Labels) -> str:
    match event:
        case e.NeedAdded(text=text, polarity=polarity):
            return labels.need(text, polarity)
        case e.UnknownNamed(text=text):
            return text
        case e.DirectionSet():
            return labels.direction(event)
        case e.Tuned(novelty=novelty):
            return labels.dial(novelty)


def gone(event: e.Event, labels: Labels) -> str:
    """What a removal took away, in a few words."""
    match event:
        case e.ConstraintRemoved(facet=facet, value=value):
            return labels.facet(facet) if value in (None, "less", "more") else labels.value(facet, value)
        case e.TasteTakenBack(facet=facet, value=value):
            return labels.value(facet, value)
        case e.NeedRemoved(text=text):
            return text
        case e.ReactionRemoved(item=item):
            return labels.title(item)
        case _:
            return ""


def undone(event: e.Event, facts: Facts) -> str:
    """What an undo took back; a wish that holds again was made optional by the step undone."""
    said = changed(event, facts.labels)
    if isinstance(event, e.ConstraintAdded) and not event.hard:
        key = constraint_key(event.facet, event.value)
        if any(c.hard and c.key == key for c in facts.state.constraints):
            return facts.say("optional", value=said)
    return said
