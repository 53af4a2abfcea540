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


class CatalogueError(ChatalogueError):
    """A catalogue that cannot be used as it stands: its `catalogue.toml` or the files this names."""

    code = "catalogue"


class StoreError(ChatalogueError):
    """The vector store did not answer, or refused what it was given."""

    code = "store"


class IndexMismatch(StoreError):
    """An index made by another embedder, or of another catalogue, than the one in use."""

    code = "index_mismatch"
