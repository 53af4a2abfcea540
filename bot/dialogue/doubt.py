"""Asking "did you mean …?" instead of acting on a reading that is probably wrong.

What such a message would change is kept in one `Doubted` event and not applied. A yes in the next step applies it, a no
drops it, and anything else drops it and is read as itself. Knows no words of the question and no model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.dialogue import cues
from bot.dialogue import events as e
from bot.dialogue.state import DialogueState, changes_beliefs
from bot.understanding.confidence import DOUBTFUL
from bot.understanding.reading import Intent, Reading, Slot

DOUBTFUL_LINK = 0.7  #: items linked less surely are asked about; in [0, 1]
_ACTED_ON = frozenset({Intent.RECOMMEND, Intent.FEEDBACK, Intent.ACCEPT})


def is_doubtful(reading: Reading, changes: Sequence[e.Event], state: DialogueState) -> bool:
    """Whether to ask before `changes` are believed: never twice in a row, and only where there is something to ask.

    What model and rules read alike is believed, however unsure the model is.
    """
    if state.doubted_at is not None and state.turn <= state.doubted_at + 1:
        return False
    if reading.intent not in _ACTED_ON or reading.request is not None or not any(map(changes_beliefs, changes)):
        return False
    unsure = reading.confidence is not None and reading.confidence < DOUBTFUL and not reading.agreed
    if reading.slots and all(slot.slot == "about" for slot in reading.slots):
        return False  # words copied as needs mean themselves
    return unsure or any(_is_loose(slot) for slot in reading.slots)


def _is_loose(slot: Slot) -> bool:
    return slot.slot == "item" and slot.item_id is not None and slot.sure < DOUBTFUL_LINK


def doubted(reading: Reading, changes: Sequence[e.Event]) -> e.Doubted:
    """The event that keeps what a doubtful reading would change."""
    return e.Doubted(reading.intent.value, tuple(json.dumps(e.to_json(x), ensure_ascii=False) for x in changes))


def meant(event: e.Doubted) -> tuple[e.Event, ...]:
    """What a `Doubted` event keeps."""
    return tuple(e.from_json(json.loads(change)) for change in event.changes)


def answered(said: str, state: DialogueState) -> tuple[Reading, tuple[e.Event, ...]] | None:
    """The reading and changes of a yes or a no to "did you mean …?"; None when none was asked or this is neither."""
    if state.doubt is None or not state.doubt_pending:
        return None
    if cues.says_yes(said):
        return Reading(Intent(state.doubt.intent)), meant(state.doubt)
    return (Reading(Intent.OTHER), ()) if cues.says_no(said) else None
