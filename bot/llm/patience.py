"""How long the visitor whose turn this is has waited already, for deadlines that count from the message on.

Set where a turn begins, read where a model is asked, in the same thread. Knows no turn and no model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_since: ContextVar[float | None] = ContextVar("waiting since", default=None)


@contextmanager
def waiting_since(instant: float) -> Iterator[None]:
    """What is asked within is asked for somebody who has waited since `instant`, on the clock of `time.monotonic`."""
    token = _since.set(instant)
    try:
        yield
    finally:
        _since.reset(token)


def waited_s() -> float:
    """Seconds that the visitor has waited before a model is asked; 0 where nobody said since when."""
    since = _since.get()
    return 0.0 if since is None else max(0.0, time.monotonic() - since)
