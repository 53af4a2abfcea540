"""What visitors did: the table of interactions, as programs without migrations made it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "interactions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("user", sa.String, nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("timestamp", sa.Float(53), nullable=False),
        sa.Column("context", sa.JSON, nullable=False),
    )
    op.create_index("ix_interactions_user", "interactions", ["user"])
    op.create_index("ix_interactions_timestamp", "interactions", ["timestamp"])
