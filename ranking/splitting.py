"""A log cut in time: what may be learned from, and people whose next likes are hidden. Knows no model.

A window lies between two cut-offs, quantiles of the log's times. Models are fitted on everything before it. Of everyone
active in it the later part of their history is hidden, at the earliest from the window's start; what they did
before that moment is their session, as a visitor's is who comes back or is new. Nothing of a window is in a fit of it,
so nobody's future is, and `check_window` proves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ranking.evidence import BehaviourRow, evidence_by_user
from ranking.request import Session
from retrieval.errors import ChatalogueError

WANTED = 2.5  #: evidence from which on a hidden item counts as liked: an average rating, more than a click
CUTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TESTED = 5  #: the last so many windows are for testing, those before for choosing and learning
_KNOWN = 0.8  # the share of a person's history in a window, and before it, that is known
_LEAST = 5  # items in a session


class LeakError(ChatalogueError):
    """Something of the future in a fit or a session."""

    code = "leak"


@dataclass(frozen=True)
class Case:
    """One person at one moment: what they had done, what they liked later, and all rows of theirs that came `later`
    about items they had not known. `stars` are the ratings of the session, (item, stars). `at` in UTC seconds."""

    session: Session
    relevant: tuple[str, ...]
    at: float = 0.0
    later: tuple[BehaviourRow, ...] = field(default=(), repr=False)
    stars: tuple[tuple[str, float], ...] = field(default=(), repr=False)

    @property
    def ratings(self) -> tuple[tuple[str, float], ...]:
        """What was rated later, (item, stars)."""
        return tuple((row.item, row.rating) for row in self.later if row.rating is not None)


@dataclass(frozen=True)
class Window:
    """What to fit on, rows before `start`, and whom to ask."""

    start: float
    end: float
    rows: tuple[BehaviourRow, ...]
    cases: tuple[Case, ...]


def windows(rows: Sequence[BehaviourRow], items: Sequence[str], cuts: Sequence[float] = CUTS) -> list[Window]:
    """A window for each pair of neighbouring `cuts`, oldest first. Rows without a time take no part."""
    dated = sorted((row for row in rows if row.timestamp and row.timestamp > 0), key=lambda row: row.timestamp or 0.0)
    if not dated:
        return []
    times = np.array([row.timestamp for row in dated])
    edges = [float(edge) for edge in np.quantile(times, cuts)]
    edges[-1] = float(np.nextafter(edges[-1], np.inf))  # the last row is inside
    return [_window(dated, set(items), start, end) for start, end in pairwise(edges)]


def check_window(window: Window) -> None:
    """Raises LeakError when a fit or a session holds what came later."""
    late = next((row for row in window.rows if (row.timestamp or 0.0) >= window.start), None)
    if late is not None:
        raise LeakError(f"{late!r} is in the fit of an earlier window", hint="report it: the split is wrong")
    for case in window.cases:
        known = {*case.session.seen, *case.session.liked, *case.session.disliked}
        if case.at < window.start or known & set(case.relevant):
            raise LeakError(f"{case!r} knows its own future", hint="report it: the split is wrong")


def _window(dated: Sequence[BehaviourRow], items: set[str], start: float, end: float) -> Window:
    histories: dict[str, list[BehaviourRow]] = {}
    active: set[str] = set()
    for row in dated:
        if (row.timestamp or 0.0) < end and row.item in items:
            histories.setdefault(row.user, []).append(row)
            if (row.timestamp or 0.0) >= start:
                active.add(row.user)
    cases = (_case(histories[user], start) for user in sorted(active))
    fitted = tuple(row for row in dated if (row.timestamp or 0.0) < start)
    return Window(start, end, fitted, tuple(case for case in cases if case))


def _case(history: Sequence[BehaviourRow], start: float) -> Case | None:
    """None when too little is known of the person or nothing was liked later."""
    times = [row.timestamp or 0.0 for row in history]
    first = max(int(len(history) * _KNOWN), sum(time < start for time in times))
    if first >= len(history):
        return None
    moment = times[first]
    past = [row for row, time in zip(history, times, strict=True) if time < moment]
    later = [row for row, time in zip(history, times, strict=True) if time >= moment]
    order = tuple(dict.fromkeys(row.item for row in past))
    if len(order) < _LEAST:
        return None
    (known,) = evidence_by_user(past).values()
    (both,) = evidence_by_user(history).values()
    relevant = tuple(i for i in dict.fromkeys(r.item for r in later) if i not in known and both[i] >= WANTED)
    session = Session(
        history[0].user,
        tuple(item for item in order if known[item] >= WANTED),
        tuple(item for item in order if known[item] < 0),
        order,
    )
    stars = tuple((row.item, row.rating) for row in past if row.rating is not None)
    news = tuple(row for row in later if row.item not in known)
    return Case(session, relevant, moment, news, stars) if relevant else None
