"""Keeps conversations and statements of taste in the database, and deletes them for good.

A turn is one transaction: its events, what the visitor did and what they stated are stored together or not at all. The
row of a conversation is the permission to write: once it was forgotten, by whichever process, nothing brings it back.
Knows tables; knows no dialogue rules, no catalogue and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from bot.dialogue.events import Event, Value, from_json, to_json
from bot.memory.evidence import Evidence
from bot.memory.records import COMPONENT, CONVERSATIONS, EVENTS, STATEMENTS
from ranking.interactions import Interaction, delete_interactions, insert_interactions
from ranking.migrating import migrate
from ranking.storage import StorageError, guarded, scrub

FORMAT = 1  #: of an event as it is stored; a program reads no format that is newer than its own
BEGINNING = 12  #: events in which a conversation's first words are looked for
_C, _E, _S = CONVERSATIONS.c, EVENTS.c, STATEMENTS.c
_GO_ON = (
    update(CONVERSATIONS)
    .where(_C.id == bindparam("is_id"), _C.opened == bindparam("is_opened"), _C.turns == bindparam("is_turns"))
    .values(last=bindparam("last"), turns=bindparam("turns"), screen=bindparam("screen"))
)  # made once: building a statement costs more than running it
_STAMP = select(_C.opened, _C.turns).where(_C.id == bindparam("is_id"))


class SupersededError(StorageError):
    """The conversation was forgotten, or continued by another process, since this one last wrote it."""

    code = "superseded"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of a conversation is stored: a count of turns, and when it was opened (UTC seconds since 1970).

    A conversation that was forgotten and begun anew under the same id has another `opened`.
    """

    opened: float
    turns: int


@dataclass(frozen=True)
class StoredConversation:
    """A conversation as the database has it; `ConversationRecord` describes the fields."""

    id: str
    visitor: str
    known: bool
    catalogue: str
    stamp: Stamp
    last: float
    screen: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class TurnToStore:
    """One turn. `conversation` has the stamp of the turn before, and `last` and `screen` of this one.

    `begins`: nothing of the conversation is stored yet. `events` follow the `position` events that are stored.
    `statements` are new; `unsaid` are keys of statements that this conversation takes back, `retracted` those of which
    it takes back the latest.
    """

    conversation: StoredConversation
    begins: bool
    position: int
    events: tuple[Event, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    statements: tuple[Evidence, ...] = ()
    unsaid: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()


class ConversationStore:
    """Write, read, forget. Every error is a StorageError. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        migrate(engine, COMPONENT)

    @guarded("look a conversation up")
    def stamp(self, conversation: str) -> Stamp | None:
        """Which state of the conversation is stored; None: nothing (any more)."""
        with self._engine.connect() as connection:
            row = connection.execute(_STAMP, {"is_id": conversation}).first()
        return None if row is None else Stamp(row.opened, row.turns)

    @guarded("read a conversation")
    def load(self, conversation: str) -> StoredConversation | None:
        """The whole conversation; None when there is none of that id."""
        found = self._conversations(_C.id == conversation)
        return found[0] if found else None

    def of_visitor(self, visitor: str) -> list[StoredConversation]:
        """All conversations of a visitor, the one opened first at the start."""
        return self._conversations(_C.visitor == visitor)

    @guarded("look a conversation up")
    def latest(self, visitor: str) -> str | None:
        """The id of the visitor's conversation with the latest turn; None when none is stored."""
        query = select(_C.id).where(_C.visitor == visitor).order_by(_C.last.desc(), _C.opened.desc()).limit(1)
        with self._engine.connect() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    @guarded("read the conversations")
    def beginnings(self, visitor: str, limit: int = 30) -> list[StoredConversation]:
        """The visitor's conversations, the latest turn first, each with its first events only."""
        mine = select(CONVERSATIONS).where(_C.visitor == visitor).order_by(_C.last.desc(), _C.id).limit(limit)
        with self._engine.connect() as connection:
            heads = connection.execute(mine).all()
            first = select(EVENTS).where(_E.conversation.in_([h.id for h in heads]), _E.position < BEGINNING)
            rows = connection.execute(first.order_by(_E.position)).all()
        return [_stored(head, [row for row in rows if row.conversation == head.id]) for head in heads]

    @guarded("delete a conversation")
    def delete(self, conversation: str, visitor: str) -> int:
        """Delete a conversation of `visitor`; what was learnt in it of their taste stays. Returns how many rows."""
        with self._engine.begin() as connection:
            mine = select(_C.id).where(_C.id == conversation, _C.visitor == visitor)
            gone = connection.execute(delete(EVENTS).where(_E.conversation.in_(mine))).rowcount
            gone += connection.execute(delete(CONVERSATIONS).where(_C.id.in_(mine))).rowcount
        scrub(self._engine)
        return int(gone)

    @guarded("store the turn")
    def save(self, turn: TurnToStore) -> Stamp:
        """Store a turn, all or nothing; returns the new stamp. Raises SupersededError when it may not be written."""
        stamp = replace(turn.conversation.stamp, turns=turn.conversation.stamp.turns + 1)
        with self._engine.begin() as connection:
            _write_head(connection, turn, stamp)
            rows = [
                {"conversation": turn.conversation.id, "position": n, "format": FORMAT, "event": to_json(event)}
                for n, event in enumerate(turn.events, turn.position)
            ]
            if rows:
                connection.execute(insert(EVENTS), rows)
            if turn.unsaid:
                mine = _S.conversation == turn.conversation.id
                connection.execute(delete(STATEMENTS).where(mine, _S.key.in_(turn.unsaid)))
            for key in turn.retracted:
                of_key = (_S.conversation == turn.conversation.id, _S.key == key, _S.sentiment != 0)
                latest = select(func.max(_S.id)).where(*of_key).scalar_subquery()
                connection.execute(delete(STATEMENTS).where(_S.id == latest))
            _write_statements(connection, turn.conversation.visitor, turn.statements)
            insert_interactions(connection, turn.interactions)
        return stamp

    @guarded("read what was stated")
    def statements(self, visitor: str) -> list[Evidence]:
        """What a visitor stated about their taste, oldest first."""
        query = select(STATEMENTS).where(_S.visitor == visitor).order_by(_S.timestamp, _S.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_evidence(row) for row in rows]

    @guarded("correct what is known")
    def correct(self, visitor: str, key: str, instead: Evidence | None) -> int:
        """Delete every statement under `key`, and store `instead`; returns how many were deleted."""
        with self._engine.begin() as connection:
            gone = connection.execute(delete(STATEMENTS).where(_S.visitor == visitor, _S.key == key)).rowcount
            _write_statements(connection, visitor, [instead] if instead else [])
        scrub(self._engine)
        return int(gone)

    @guarded("give back what was taken back")
    def restate(self, visitor: str, key: str, statements: Sequence[Evidence]) -> None:
        """Store statements again, in the place of the note that took `key` back."""
        with self._engine.begin() as connection:
            note = (_S.visitor == visitor, _S.key == key, _S.sentiment == 0)
            connection.execute(delete(STATEMENTS).where(*note))
            _write_statements(connection, visitor, statements)

    @guarded("forget a visitor")
    def forget(self, visitor: str) -> int:
        """Delete conversations, statements and interactions of a visitor; returns how many rows that were."""
        with self._engine.begin() as connection:
            mine = select(_C.id).where(_C.visitor == visitor)
            gone = connection.execute(delete(EVENTS).where(_E.conversation.in_(mine))).rowcount
            gone += connection.execute(delete(CONVERSATIONS).where(_C.visitor == visitor)).rowcount
            gone += connection.execute(delete(STATEMENTS).where(_S.visitor == visitor)).rowcount
            gone += delete_interactions(connection, user=visitor)
        scrub(self._engine)
        return int(gone)

    @guarded("delete what is too old")
    def purge(self, before: float) -> int:
        """Delete what is older than `before` (UTC seconds since 1970), a conversation by its last turn; returns how
        many rows that were. SQLite's file keeps its size (the pages are overwritten and used again), see VACUUM."""
        with self._engine.begin() as connection:
            old = select(_C.id).where(_C.last < before)
            gone = connection.execute(delete(EVENTS).where(_E.conversation.in_(old))).rowcount
            gone += connection.execute(delete(CONVERSATIONS).where(_C.last < before)).rowcount
            gone += connection.execute(delete(STATEMENTS).where(_S.timestamp < before)).rowcount
            gone += delete_interactions(connection, before=before)
        if gone:
            scrub(self._engine)
        return int(gone)

    @guarded("read a conversation")
    def _conversations(self, chosen: Any) -> list[StoredConversation]:
        with self._engine.connect() as connection:
            heads = connection.execute(select(CONVERSATIONS).where(chosen).order_by(_C.opened, _C.id)).all()
            query = select(EVENTS).order_by(_E.position)
            return [_stored(head, connection.execute(query.where(_E.conversation == head.id)).all()) for head in heads]


def _write_head(connection: Connection, turn: TurnToStore, stamp: Stamp) -> None:
    """Written first, so that SQLite waits for the lock here and nothing that was read before can be out of date."""
    head, before = turn.conversation, turn.conversation.stamp
    changed: dict[str, Any] = {"last": head.last, "turns": stamp.turns, "screen": dict(head.screen)}
    if turn.begins:
        row = {"id": head.id, "visitor": head.visitor, "known": head.known, "catalogue": head.catalogue}
        connection.execute(insert(CONVERSATIONS), {**row, "opened": stamp.opened, **changed})
        return
    mine = {"is_id": head.id, "is_opened": before.opened, "is_turns": before.turns}
    if connection.execute(_GO_ON, {**changed, **mine}).rowcount != 1:
        raise SupersededError(
            "the conversation was forgotten or continued elsewhere meanwhile", hint="say it again", reason="superseded"
        )


def _write_statements(connection: Connection, visitor: str, statements: Iterable[Evidence]) -> None:
    rows = [
        {
            "visitor": visitor,
            "conversation": one.conversation,
            "key": one.key,
            "sentiment": one.sentiment,
            "timestamp": one.at,
            "statement": {"facet": one.facet, "value": one.value, "said": one.said},
        }
        for one in statements
    ]
    if rows:
        connection.execute(insert(STATEMENTS), rows)


def _evidence(row: Any) -> Evidence:
    value = row.statement["value"]
    typed: Value = (value[0], value[1]) if isinstance(value, list) else str(value)
    told = row.statement
    return Evidence(told["facet"], typed, row.sentiment, told["said"], row.timestamp, row.conversation)


def _stored(head: Any, rows: Iterable[Any]) -> StoredConversation:
    return StoredConversation(
        id=head.id,
        visitor=head.visitor,
        known=head.known,
        catalogue=head.catalogue,
        stamp=Stamp(head.opened, head.turns),
        last=head.last,
        screen=head.screen,
        events=tuple(_event(row) for row in rows),
    )


def _event(row: Any) -> Event:
    if row.format == FORMAT:
        try:
            return from_json(row.event)
        except (ValueError, TypeError) as error:
            cause: Exception | None = error
    else:
        cause = None
    raise StorageError(
        f"event {row.position} of a conversation is not of format {FORMAT}, which this program reads",
        hint="use the newer program that wrote it",
        reason="version",
    ) from cause
