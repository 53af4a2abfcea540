"""How a channel asks for a turn: under which id, whether anybody still waits; what it is told when the turn fails.

Knows the shape of an answer; knows no thread and no framework (`bot/web/visits.py` has both).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.llm.port import Cancelled, never
from bot.messages import Reply, Step, TurnEvent
from bot.projection import turn_json
from retrieval.errors import ChatalogueError

log = logging.getLogger(__name__)

RECEIPT = "answered"  #: where a conversation's stored screen keeps the last answer that was asked for under an id


@dataclass(frozen=True, slots=True)
class Call:
    """`cancelled` is asked again and again until the turn shows something, then it is too late to stop it.

    `turn_id`: whoever asks for the same step under the same id again gets the answer that was given.
    """

    cancelled: Callable[[], bool] = never
    turn_id: str | None = None

    def check(self) -> None:
        """Raises Cancelled when nobody waits any more."""
        if self.cancelled():
            raise Cancelled.by_the_visitor()

    def receipt(self, step: Step, reply: Reply) -> dict[str, Any]:
        """What to keep of an answer, so that it can be given again; nothing without an id."""
        if self.turn_id is None:
            return {}
        return {RECEIPT: {"id": self.turn_id, "step": fingerprint(step), "turn": turn_json(reply)}}


UNHURRIED = Call()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer that was given to a step under an id: `turn` as `turn_json` has it."""

    id: str
    step: str
    turn: dict[str, Any]

    @classmethod
    def of(cls, screen: Mapping[str, Any]) -> Receipt | None:
        """The one that a stored screen holds, if any."""
        kept = screen.get(RECEIPT)
        return cls(**kept) if kept else None


@dataclass
class Clock:
    """Wall time of one turn by stage, in milliseconds."""

    start: float = field(default_factory=time.perf_counter)
    ms: dict[str, float] = field(default_factory=dict)

    def mark(self, name: str) -> None:
        """A stage is over."""
        self.ms[name] = (time.perf_counter() - self.start) * 1000


def failed(error: Exception) -> TurnEvent:
    """The last event of a turn that `error` ended; what is none of ours is logged, not told."""
    if isinstance(error, Cancelled):  # no failure, and told apart
        return TurnEvent("error", {"message": error.message, "hint": error.hint, "code": error.code})
    if isinstance(error, ChatalogueError):
        log.warning("the turn failed: %s", error)
    else:
        log.error("the turn failed", exc_info=error)
        error = ChatalogueError("That went wrong on our side.", hint="Please try again.")
    return TurnEvent("error", {"message": error.message, "hint": error.hint})


def fingerprint(step: Step) -> str:
    """16 hexadecimal digits that differ for two steps that differ."""
    return hashlib.sha256(repr(step).encode("utf-8", "replace")).hexdigest()[:16]
