"""What Alembic runs for every chain of migrations: on the connection, and with the version table, that it is given.

The connection's transaction is the caller's (`ranking/migrating.py`): a chain that stops half-way leaves nothing.
"""

from __future__ import annotations

from alembic import context

_given = context.config.attributes
context.configure(
    connection=_given["connection"], version_table=_given["version_table"], transactional_ddl=True, target_metadata=None
)
with context.begin_transaction():
    context.run_migrations()
