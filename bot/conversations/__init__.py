"""Scripted conversations: `Conversation` for Python tests, the pytest plugin, `chatalogue test`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.conversations.say import Conversation

__all__ = ["Conversation"]


def __getattr__(name: str) -> Any:
    """Imported when asked for: pytest imports this package in every run, and it is heavy."""
    if name == "Conversation":
        from bot.conversations.say import Conversation

        return Conversation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
