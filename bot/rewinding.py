"""A turn taken back: what it did to what is known of the visitor is undone, and the screen before it stands again.

Knows a visitor and events; knows no words and no list (`bot/assistant.py` does the rest).
"""

from __future__ import annotations

from bot.dialogue import events as ev
from bot.dialogue.constraint import constraint_key
from bot.dialogue.state import DialogueState
from bot.memory.leaving import Left
from bot.messages import Chip
from bot.remembering import Visitor
from bot.tasting import give_back


def taken_back(before: DialogueState, visitor: Visitor) -> tuple[dict[str, str], tuple[Chip, ...]]:
    """Undo what the last step of `before` did to what is known; the reasons and suggestions of the turn before it.

    What the step had taken off the profile is known again; what it had brought back by an undo is not.
    """
    for event in before.undone:
        if isinstance(event, ev.TasteTakenBack):
            visitor.correct([constraint_key(event.facet, event.value)], "")
    give_back(before.step, visitor)
    return screen_of(visitor.go_back())


def screen_of(left: Left) -> tuple[dict[str, str], tuple[Chip, ...]]:
    """The reasons of the items last shown, and the suggestions, that a turn left."""
    return dict(left.get("why", {})), tuple(Chip(label, text) for label, text in left.get("chips", ()))
