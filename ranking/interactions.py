"""What users did with items, and the table that keeps it. Knows SQLAlchemy through `storage`; knows no model.

Rows are appended where things happen and never changed; "forget me" deletes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Engine,
    Float,
    Integer,
    Select,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from ranking.migrating import Component, migrate
from ranking.online import Reaction, session_after
from ranking.request import RankedList, Session
from ranking.storage import Base, guarded, scrub

EVENTS = (
    "impression", "view", "click", "dwell", "like", "dislike", "seen", "cart", "purchase", "accept", "rating",
)  # fmt: skip
PAGE = "page"  #: the ranker of impressions that a page reports of a list of its own, in which chance had no part
RETRACTABLE = frozenset({"like", "dislike", "seen", "cart", "accept"})
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing a user did.

    `value` is a rating in stars (0.5 to 5), seconds of a dwell, and None elsewhere; 0.0 on one of RETRACTABLE takes
    it back. `timestamp` is a UTC instant in seconds since 1970. `context` is JSON: of an impression `position`
    (1-based), `list`, `ranker` and `propensity` (in (0, 1]), and what judging and learning need: `impressions`.
    """

    user: str
    item: str
    event: str
    value: float | None = None
    timestamp: float = 0.0
    context: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem:
            raise ValueError(f"{problem}: {self!r}")

    @property
    def rating(self) -> float | None:
        """The stars of a rating; None of anything else."""
        return self.value if self.event == "rating" else None

    @property
    def seconds(self) -> float | None:
        """How long a dwell was; None of anything else."""
        return self.value if self.event == "dwell" else None

    @property
    def position(self) -> float | None:
        """The place of an impression, from 1; None of anything else."""
        return self.context.get("position") if self.event == "impression" else None

    @property
    def taken_back(self) -> bool:
        """True when this row takes an earlier one of its kind back."""
        return self.event in RETRACTABLE and self.value == 0.0

    @property
    def reaction(self) -> Reaction:
        """What the row means for a session. Four stars and more are a like, two and fewer a dislike."""
        if self.taken_back:
            return Reaction(self.item, f"un{self.event}")
        if self.event != "rating" or self.value is None:
            return Reaction(self.item, self.event)
        return Reaction(self.item, "like" if self.value >= 4 else "dislike" if self.value <= 2 else "rating")


def _problem(row: Interaction) -> str | None:
    if not row.user or not row.item:
        return "an interaction needs a user and an item"
    if row.event not in EVENTS:
        return f"{row.event!r} is none of {', '.join(EVENTS)}"
    if not math.isfinite(row.timestamp) or (row.value is not None and not math.isfinite(row.value)):
        return "numbers must be finite"
    if row.event == "rating" and not (row.value is not None and 0.5 <= row.value <= 5):
        return "a rating has 0.5 to 5 stars"
    if row.event == "dwell" and not (row.value is not None and row.value >= 0):
        return "a dwell has its seconds"
    missing = {"position", "list", "ranker", "propensity"} - set(row.context)
    if row.event == "impression" and missing:
        return f"an impression needs {', '.join(sorted(missing))}"
    return None


def impressions(user: str, ranked: RankedList, list_id: str, timestamp: float) -> list[Interaction]:
    """One impression for each place of a list that was shown.

    Beside what every impression has, `features` of its item ({signal: in [0, 1]}) and `reacted` as in `RankedList`, and
    at a last place that was left to chance `rivals`, at most `explore.POOL` + 1 of {"item", "propensity", "features"}:
    about 1 KB a list, and 2 KB more where it explores. With these another ranker's choice can be worked out later.
    """
    odds = ranked.propensities or (1.0,) * len(ranked.items)
    rows = []
    for position, (place, chance) in enumerate(zip(ranked.items, odds, strict=True), start=1):
        context: dict[str, Any] = {
            "position": position, "list": list_id, "ranker": ranked.ranker, "propensity": chance,
        }  # fmt: skip
        if place.features:
            context |= {"features": _rounded(place.features), "reacted": ranked.reacted}
        if ranked.rivals and position == len(ranked.items):
            context["rivals"] = [
                {"item": rival.id, "propensity": rival.propensity, "features": _rounded(rival.features)}
                for rival in ranked.rivals
            ]
        rows.append(Interaction(user, place.id, "impression", None, timestamp, context))
    return rows


def _rounded(features: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in features.items()}


class InteractionRecord(Base):
    """A row of the table."""

    __tablename__ = "interactions"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user: Mapped[str] = mapped_column(String, index=True)
    item: Mapped[str] = mapped_column(String)
    event: Mapped[str] = mapped_column(String(20))
    value: Mapped[float | None] = mapped_column(Float)
    timestamp: Mapped[float] = mapped_column(Float(53), index=True)
    context: Mapped[dict[str, Any]] = mapped_column(JSON)


_T: Table = InteractionRecord.__table__  # type: ignore[assignment]
COMPONENT = Component(
    "interactions", Path(__file__).parent / "migrations" / "versions", head="0001", tables=(_T,), adopted={1: "0001"}
)


def insert_interactions(connection: Connection, rows: Iterable[Interaction]) -> int:
    """Append `rows` in the connection's transaction; returns how many."""
    records = [_record(row) for row in rows]
    for start in range(0, len(records), _BATCH):
        connection.execute(insert(_T), records[start : start + _BATCH])
    return len(records)


def delete_interactions(connection: Connection, *, user: str | None = None, before: float | None = None) -> int:
    """Delete those of `user`, or those older than `before`, in the connection's transaction; returns how many."""
    chosen = _T.c.user == user if before is None else _T.c.timestamp < before
    return int(connection.execute(delete(_T).where(chosen)).rowcount)


class InteractionStore:
    """Append, read, forget. Every error is a StorageError. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        migrate(engine, COMPONENT)

    def close(self) -> None:
        """Let go of the database's connections."""
        self._engine.dispose()

    @guarded("record what happened")
    def append(self, rows: Iterable[Interaction]) -> int:
        """Record `rows`, all or none; returns how many."""
        with self._engine.begin() as connection:
            return insert_interactions(connection, rows)

    def of_user(self, user: str, *, impressions: bool = True) -> list[Interaction]:
        """Everything `user` did, oldest first; without `impressions`, not what was merely shown."""
        query = select(_T).where(_T.c.user == user)
        return list(self._read(query if impressions else query.where(_T.c.event != "impression")))

    def since(self, timestamp: float = -math.inf) -> list[Interaction]:
        """Everything anyone did at `timestamp` or later, oldest first."""
        query = select(_T)
        return list(self._read(query if timestamp == -math.inf else query.where(_T.c.timestamp >= timestamp)))

    @guarded("forget a user")
    def forget(self, user: str) -> int:
        """Delete everything about `user`; returns how many rows that were."""
        with self._engine.begin() as connection:
            gone = delete_interactions(connection, user=user)
        scrub(self._engine)
        return gone

    @guarded("count what happened")
    def count(self, user: str | None = None) -> int:
        """How many rows there are, of one user or of all."""
        query = select(func.count()).select_from(_T)
        with self._engine.connect() as connection:
            return int(connection.scalar(query if user is None else query.where(_T.c.user == user)) or 0)

    def session(self, user: str) -> Session:
        """What `user` likes, dislikes and has seen by the latest word on each item."""
        return session_after(Session(user=user), (row.reaction for row in self.of_user(user, impressions=False)))

    @guarded("read what happened")
    def _read(self, query: Select[Any]) -> Iterator[Interaction]:
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(_T.c.timestamp, _T.c.id)).all()
        return (Interaction(r.user, r.item, r.event, r.value, r.timestamp, r.context) for r in rows)


def _record(row: Interaction) -> dict[str, Any]:
    return {
        "user": row.user,
        "item": row.item,
        "event": row.event,
        "value": row.value,
        "timestamp": row.timestamp,
        "context": dict(row.context),
    }


def standing(rows: Iterable[Interaction]) -> list[Interaction]:
    """`rows`, oldest first, without those that were taken back later and those that take back. For fitting."""
    events = list(rows)
    undone = {(row.user, row.item, row.event): n for n, row in enumerate(events) if row.taken_back}
    return [row for n, row in enumerate(events) if n > undone.get((row.user, row.item, row.event), -1)]
