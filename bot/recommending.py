"""The list after a dialogue held elsewhere: `chatalogue recommend`. Nothing is answered and nothing recorded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.assistant import Assistant
from bot.picking import Picked
from bot.whys import Why, with_list


@dataclass(frozen=True)
class Recommended:
    """A list, why each of its items is in it, and wall milliseconds."""

    picked: Picked
    whys: tuple[Why, ...]
    ms: float


def recommend(assistant: Assistant, turns: Sequence[tuple[str, str]], k: int, user: str | None = None) -> Recommended:
    """The list after `turns` of (role, text), whatever the policy would rather ask.

    Items named by either side are not repeated.
    """
    start = time.perf_counter()
    conversation = assistant.open(user, incognito=True)
    for role, text in turns:
        conversation.hear(text) if role == "user" else conversation.overhear(text)
    picked = conversation.pick(k)
    ms = (time.perf_counter() - start) * 1000
    state = replace(conversation.state, shown_now=tuple(card.id for card in picked.cards))
    explain, placed = assistant.stages.replier.why, with_list({}, picked)
    found = (explain(card.id, state, placed, card.why) for card in picked.cards)
    return Recommended(picked, tuple(why for why in found if why is not None), ms)
