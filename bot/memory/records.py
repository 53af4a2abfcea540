"""The tables of memory: conversations, their events, and what visitors stated about their taste.

Knows SQLAlchemy through `ranking/storage.py`; knows no dialogue. The chain of migrations beside it makes the tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from ranking.migrating import Component
from ranking.storage import Base


class ConversationRecord(Base):
    """A conversation. While its row is there it may be written to; forgetting deletes the row.

    `visitor` is the name under which reactions are stored; `known` whether that is a user's id or a random one.
    `opened` and `last` (its latest turn) are UTC seconds since 1970. `turns` counts the turns written. `screen` is what
    the events do not tell of the last answer: {"why": {item: lines}, "chips": [[label, text]]}; with it what a rewind
    needs, and under "earlier" the same of a few turns before (`leaving.py`).
    """

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    visitor: Mapped[str] = mapped_column(String, index=True)
    known: Mapped[bool] = mapped_column(Boolean)
    catalogue: Mapped[str] = mapped_column(String(64))
    opened: Mapped[float] = mapped_column(Float(53))
    last: Mapped[float] = mapped_column(Float(53), index=True)
    turns: Mapped[int] = mapped_column(Integer)
    screen: Mapped[dict[str, Any]] = mapped_column(JSON)


class EventRecord(Base):
    """One event of a conversation, `position` from 0, as `bot.dialogue.events.to_json` writes it in `format`."""

    __tablename__ = "conversation_events"
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    format: Mapped[int] = mapped_column(Integer)
    event: Mapped[dict[str, Any]] = mapped_column(JSON)


class StatementRecord(Base):
    """What a known visitor said of their own taste. `key` is that of `bot.dialogue.constraint.constraint_key`.

    `sentiment` is 1 (likes), -1 (dislikes) or 0 (takes back); `statement` is {"facet", "value", "said"}.
    """

    __tablename__ = "statements"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    visitor: Mapped[str] = mapped_column(String, index=True)
    conversation: Mapped[str | None] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String)
    sentiment: Mapped[int] = mapped_column(Integer)
    timestamp: Mapped[float] = mapped_column(Float(53), index=True)
    statement: Mapped[dict[str, Any]] = mapped_column(JSON)


CONVERSATIONS: Table = ConversationRecord.__table__  # type: ignore[assignment]
EVENTS: Table = EventRecord.__table__  # type: ignore[assignment]
STATEMENTS: Table = StatementRecord.__table__  # type: ignore[assignment]
COMPONENT = Component(
    "memory", Path(__file__).parent / "migrations", head="0001", tables=(CONVERSATIONS, EVENTS, STATEMENTS)
)
