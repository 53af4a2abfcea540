"""The base of every error Chatalogue raises on purpose.

An error says what is wrong, where, and (in `hint`) what to do about it. `retryable` is True when the same call may
succeed later without any change. `code` is stable and machine-readable.
"""

from __future__ import annotations


class ChatalogueError(Exception):
    """An error whose message is safe and useful to show to the person who caused it."""

    code = "error"

    def __init__(self, message: str, *, hint: str, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message
