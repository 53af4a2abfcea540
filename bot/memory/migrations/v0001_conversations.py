"""What visitors said: conversations, their events, and statements about taste."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("visitor", sa.String, nullable=False),
        sa.Column("known", sa.Boolean, nullable=False),
        sa.Column("catalogue", sa.String(64), nullable=False),
        sa.Column("opened", sa.Float(53), nullable=False),
        sa.Column("last", sa.Float(53), nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("screen", sa.JSON, nullable=False),
    )
    op.create_index("ix_conversations_visitor", "conversations", ["visitor"])
    op.create_index("ix_conversations_last", "conversations", ["last"])
    op.create_table(
        "conversation_events",
        sa.Column(
            "conversation", sa.String(64), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("event", sa.JSON, nullable=False),
    )
    op.create_table(
        "statements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("visitor", sa.String, nullable=False),
        sa.Column("conversation", sa.String(64)),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("sentiment", sa.Integer, nullable=False),
        sa.Column("timestamp", sa.Float(53), nullable=False),
        sa.Column("statement", sa.JSON, nullable=False),
    )
    op.create_index("ix_statements_visitor", "statements", ["visitor"])
    op.create_index("ix_statements_timestamp", "statements", ["timestamp"])
