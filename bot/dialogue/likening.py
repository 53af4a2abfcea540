"""Which two items "is it like Heat?" speaks of. Knows the reading and the state; knows no words but the question's."""

from __future__ import annotations

from bot.dialogue import cues
from bot.dialogue.state import DialogueState
from bot.understanding.reading import Intent, Reading


def likened(reading: Reading, before: DialogueState, said: str) -> tuple[str | None, str] | None:
    """The item asked about (None: which is open) and the one it is compared with; None: no such question.

    What is named is what it is compared with; what is pointed at ("it", "the second one") is asked about, and so is
    the item talked about last, or the only one shown. `before` is the state before the question.
    """
    if reading.intent not in (Intent.ASK, Intent.COMPARE) or not cues.asks_alike(said):
        return None
    items = [s for s in reading.slots if s.slot == "item" and s.item_id is not None]
    named = [s.item_id for s in items if s.said.casefold() in said.casefold()] or [s.item_id for s in items]
    if not named or (other := named[-1]) is None:
        return None
    open_to = (*(s.item_id for s in items), before.focus, *(before.shown_now if len(before.shown_now) == 1 else ()))
    return next((i for i in open_to if i is not None and i != other), None), other
