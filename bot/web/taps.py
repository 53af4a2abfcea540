"""What a tap in the browser means: its payload, checked, as a step of the conversation. Never trusts a payload.

Knows the kinds of taps and the catalogue's ids; knows no Gradio.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from bot.messages import RemoveConstraint, Step, Tune, UserAction, UserText, Weigh
from bot.web.shelf import MOST_COMPARED

LONGEST_S = 3600.0  #: that a card is read; more is a tab left open
MESSAGE_LIMIT = 2_000  #: characters of one message that the page sends
ACTIONS = ("like", "dislike", "seen", "accept", "click", "more")


def payload(data: object) -> tuple[str, str] | None:
    """The kind and the value of a tap; None when it is not ours."""
    if not isinstance(data, dict):
        return None
    kind, value = data.get("kind"), data.get("value")
    if not isinstance(kind, str) or not isinstance(value, str) or len(value) > MESSAGE_LIMIT:
        return None
    return kind, value


def step_from_event(data: object, known: Collection[str]) -> Step | None:
    """A tap as a step; None when it is none. `known` are the catalogue's ids."""
    found = payload(data)
    if found is None:
        return None
    kind, value = found
    if kind == "say" and value.strip():
        return UserText(value)
    if kind == "remove":
        return RemoveConstraint(value)
    if kind in ("must", "wish"):
        return Weigh(value, kind == "must")
    if kind == "undo":
        return UserAction("undo")
    if kind == "tune":
        return _tuned(value)
    if kind in ACTIONS and value in known:
        return UserAction(kind, value)  # type: ignore[arg-type]
    return None


def to_compare(data: object, known: Collection[str]) -> tuple[str, ...]:
    """The ids that are to be put side by side, two to four; empty when the payload does not ask for it."""
    found = payload(data)
    if found is None or found[0] != "compare":
        return ()
    chosen = tuple(dict.fromkeys(item for item in found[1].split("\n") if item in known))
    return chosen if 2 <= len(chosen) <= MOST_COMPARED else ()


@dataclass(frozen=True, slots=True)
class Watching:
    """A card whose reasons were opened ("view"), or for how many `seconds` they were ("dwell")."""

    event: Literal["view", "dwell"]
    item: str
    seconds: float | None = None


def watching(data: object, known: Collection[str]) -> Watching | None:
    """What a payload tells of an opened card; None when it tells nothing of it."""
    kind, value = payload(data) or ("", "")
    item, _, seconds = value.partition("\n")
    if item not in known:
        return None
    if kind == "dwell" and (read := _number(seconds)) is not None and 0 < read <= LONGEST_S:
        return Watching("dwell", item, read)
    return Watching("view", item) if kind == "view" and not seconds else None


def _tuned(value: str) -> Step | None:
    novelty = _number(value)
    return Tune(novelty) if novelty is not None and 0 <= novelty <= 1 else None


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
