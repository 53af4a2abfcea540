"""What a turn left beside its events, so that it can be taken back: reasons and suggestions on the screen, tastes.

A turn's `Left` is JSON as it is stored with its conversation: {"why": {item: lines}, "chips": [[label, text]],
"stated": [keys of the statements it made], "unsaid": [statements it withdrew]}. Knows evidence; knows no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.memory.evidence import Evidence

Left = Mapping[str, Any]

KEPT = 5  #: turns whose screens are kept; after more rewinds in a row cards come without reasons and suggestions


def left_by(screen: Mapping[str, Any], stated: Iterable[str], unsaid: Iterable[Evidence]) -> Left:
    """What a turn leaves: `stated` are keys of its statements, `unsaid` the statements that it withdrew."""
    left = {name: screen[name] for name in ("why", "chips") if name in screen}
    return {**left, "stated": list(stated), "unsaid": [asdict(one) for one in unsaid]}


def as_screen(lefts: Sequence[Left]) -> dict[str, Any]:
    """The latest turn's, and under "earlier" those before it: what is stored as a conversation's screen."""
    return {**lefts[-1], "earlier": list(lefts[:-1])} if lefts else {}


def from_screen(screen: Mapping[str, Any]) -> list[Left]:
    """The inverse of `as_screen`, the latest last; whatever else a screen holds is left out."""
    names = ("why", "chips", "stated", "unsaid")
    latest = {name: screen[name] for name in names if name in screen}
    return [*screen.get("earlier", ()), *([latest] if latest else [])]


def withdrawn(left: Left) -> list[Evidence]:
    """The statements that a turn withdrew."""
    return [Evidence(**{name: _plain(value) for name, value in one.items()}) for one in left.get("unsaid", ())]


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
