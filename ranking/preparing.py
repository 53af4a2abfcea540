"""A log made fit to learn from, and an account of what was left out. Knows rows; knows no model.

Left out: rows said twice, times that cannot be, and visitors that act faster or more than people do. What is
left is put on one scale by `ranking/evidence.py`, each person's ratings against their own mean, and cut in time by
`ranking/splitting.py`, which checks for leaks. Nothing is changed, only left out, with the reason and a count.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ranking.evidence import BehaviourRow

TWICE = "the same row again"
NEGATIVE = "a time before 1970"
FUTURE = "a time in the future"
NO_NUMBER = "a rating that is no number"
BOT_FAST = "a visitor faster than people are"
BOT_MANY = "a visitor with more than people do"


@dataclass(frozen=True, slots=True)
class PreparingSettings:
    """`leeway` is how many seconds a clock may be ahead. A visitor is left out who did `burst` things within `seconds`,
    or more than `most` in all: people send a page of ratings at once, but in the demo log never 100 a minute."""

    leeway: float = 86_400.0
    burst: int = 300
    seconds: float = 60.0
    most: int = 20_000


@dataclass(frozen=True)
class Prepared:
    """The rows that are left, in the log's order, and the account."""

    rows: tuple[BehaviourRow, ...]
    account: Account


@dataclass(frozen=True)
class Account:
    """How many rows came and stayed, why others were left out (reason → rows), and what is in the rest."""

    came: int
    stayed: int
    dropped: dict[str, int] = field(default_factory=dict)
    people: int = 0
    items: int = 0
    explicit: int = 0
    implicit: int = 0
    undated: int = 0
    first: float | None = None
    last: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Everything, times in UTC seconds."""
        return asdict(self)

    def lines(self) -> list[str]:
        """In words, a line each."""
        span = ""
        if self.first is not None and self.last is not None:
            days = [time.strftime("%Y-%m-%d", time.gmtime(moment)) for moment in (self.first, self.last)]
            span = f", {days[0]} to {days[1]}"
        kinds = f"{self.explicit:,} ratings, {self.implicit:,} other events, {self.undated:,} without a time"
        head = f"log: {self.stayed:,} of {self.came:,} rows, {self.people:,} people, {self.items:,} items{span}"
        return [head, f"  {kinds}", *(f"  left out: {count:,} rows, {why}" for why, count in self.dropped.items())]


def prepare(
    rows: Iterable[BehaviourRow], now: float | None = None, settings: PreparingSettings | None = None
) -> Prepared:
    """What of `rows` to learn from; `now` in UTC seconds (None: this moment)."""
    settings = settings or PreparingSettings()
    limit = (time.time() if now is None else now) + settings.leeway
    every = list(rows)
    dropped: Counter[str] = Counter()
    kept: list[BehaviourRow] = []
    seen: set[tuple[object, ...]] = set()
    for row in every:
        key = (row.user, row.item, row.event, row.rating, row.timestamp)
        why = TWICE if key in seen else _impossible(row, limit)
        seen.add(key)
        if why:
            dropped[why] += 1
        else:
            kept.append(row)
    bots = _bots(kept, settings)
    for row in kept:
        if row.user in bots:
            dropped[bots[row.user]] += 1
    people = tuple(row for row in kept if row.user not in bots)
    return Prepared(people, _account(len(every), people, dict(sorted(dropped.items()))))


def _impossible(row: BehaviourRow, limit: float) -> str | None:
    if row.rating is not None and not np.isfinite(row.rating):
        return NO_NUMBER
    moment = row.timestamp or 0.0
    return NEGATIVE if moment < 0 else FUTURE if moment > limit else None


def _bots(rows: Sequence[BehaviourRow], settings: PreparingSettings) -> dict[str, str]:
    times: dict[str, list[float]] = {}
    for row in rows:
        times.setdefault(row.user, []).append(row.timestamp or 0.0)
    found: dict[str, str] = {}
    for user, moments in times.items():
        if len(moments) > settings.most:
            found[user] = BOT_MANY
        dated = np.sort([moment for moment in moments if moment > 0])
        if len(dated) >= settings.burst:
            spans = dated[settings.burst - 1 :] - dated[: len(dated) - settings.burst + 1]
            if spans.min() < settings.seconds:
                found[user] = BOT_FAST
    return found


def _account(came: int, rows: Sequence[BehaviourRow], dropped: dict[str, int]) -> Account:
    dated = [row.timestamp for row in rows if row.timestamp]
    explicit = sum(row.rating is not None for row in rows)
    return Account(
        came=came,
        stayed=len(rows),
        dropped=dropped,
        people=len({row.user for row in rows}),
        items=len({row.item for row in rows}),
        explicit=explicit,
        implicit=len(rows) - explicit,
        undated=len(rows) - len(dated),
        first=min(dated, default=None),
        last=max(dated, default=None),
    )
