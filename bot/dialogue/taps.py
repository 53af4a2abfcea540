"""What a step without words changes: a tap on an item, on a belief, on "new", or the dial. Knows no answer."""

from __future__ import annotations

from bot.dialogue import events as e
from bot.dialogue.constraint import DIAL, REFUSED, hint_key
from bot.dialogue.state import DialogueState
from bot.dialogue.update import Skipped, Update, events_for_action, words_believed
from bot.messages import NewConversation, RemoveConstraint, Rewind, Tune, UserAction, Weigh
from retrieval.catalogue.item import Catalogue

Tap = UserAction | RemoveConstraint | NewConversation | Tune | Weigh | Rewind


def events_for_tap(step: Tap, state: DialogueState, catalogue: Catalogue) -> Update:
    """The events of `step`, and what of it is skipped and why."""
    match step:
        case UserAction():
            return events_for_action(step, state, catalogue)
        case RemoveConstraint(key=key) if key == DIAL and state.novelty is not None:
            return (e.Tuned(None),), ()
        case RemoveConstraint(key=key):
            return events_for_removal(key, state)
        case Tune(novelty=novelty):
            return (e.Tuned(novelty),), ()
        case Weigh(key=key, hard=hard):
            return events_for_weighing(key, hard, state)
        case Rewind():
            return (e.Rewound(),), ()
        case NewConversation():
            return (e.Restarted(),), ()


def events_for_weighing(key: str, hard: bool, state: DialogueState) -> Update:
    """What making one line of "what I understood" a must or a wish changes; an avoidance is always a must."""
    for constraint in state.constraints:
        if constraint.key == key and constraint.polarity > 0 and constraint.hard != hard:
            wish = (constraint.facet, constraint.value, constraint.polarity, hard, constraint.either)
            return (e.ConstraintAdded(*wish),), ()
    return (), (Skipped("nothing_to_weigh", key),)


def events_for_removal(key: str, state: DialogueState) -> Update:
    """What removing one line of "what I understood" changes; `key` is a `Belief.key`."""
    for constraint in state.constraints:
        if constraint.key == key:
            return (e.ConstraintRemoved(constraint.facet, constraint.value),), ()
    kind, _, name = key.partition(":")
    if kind == "hint" and (found := [h for h in state.hints if hint_key(h.facet, h.value) == key]):
        return (e.HintRemoved(found[0].facet, found[0].value),), ()
    for wish in state.directions if kind == "direction" else ():
        if wish.facet == name:
            return (e.ConstraintRemoved(name, "more" if wish.more else "less"),), ()
    if kind == "about" and name in words_believed(state):
        return (e.NeedRemoved(name),), ()
    items = state.disliked if key == REFUSED else (name,) if kind == "item" else ()
    if gone := tuple(e.ReactionRemoved(i) for i in items if any(r.item == i for r in state.reactions)):
        return gone, ()
    return (), (Skipped("nothing_to_remove", key),)
