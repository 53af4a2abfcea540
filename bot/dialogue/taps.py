"""What a step without words changes: a tap on an item, on a belief, on "new", or the dial. Knows no answer."""

from __future__ import annotations

from bot.dialogue import events as ev
from bot.dialogue.constraint import DIAL
from bot.dialogue.state import DialogueState
from bot.dialogue.update import Update, events_for_action, events_for_removal, events_for_weighing
from bot.messages import NewConversation, RemoveConstraint, Rewind, Tune, UserAction, Weigh
from retrieval.catalogue.item import Catalogue

Tap = UserAction | RemoveConstraint | NewConversation | Tune | Weigh | Rewind


def events_for_tap(step: Tap, state: DialogueState, catalogue: Catalogue) -> Update:
    """The events of `step`, and what of it is skipped and why."""
    match step:
        case UserAction():
            return events_for_action(step, state, catalogue)
        case RemoveConstraint(key=key) if key == DIAL and state.novelty is not None:
            return (ev.Tuned(None),), ()
        case RemoveConstraint(key=key):
            return events_for_removal(key, state)
        case Tune(novelty=novelty):
            return (ev.Tuned(novelty),), ()
        case Weigh(key=key, hard=hard):
            return events_for_weighing(key, hard, state)
        case Rewind():
            return (ev.Rewound(),), ()
        case NewConversation():
            return (ev.Restarted(),), ()
