"""Alembic's door: it works on the connection it is given and on every table of every room."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.engine import Connection

from skills import features
from skills.kernel.db import Base, UtcDateTime

features.load()


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """How our own column type is written in a revision."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render,
    transaction_per_migration=False,
)
context.run_migrations()
