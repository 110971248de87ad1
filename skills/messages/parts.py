"""Messages to a person are gone with the person."""

from __future__ import annotations

from sqlalchemy import select

from skills.kernel.acts import Act
from skills.messages.models import Message
from skills.people.parts import Part, register


def forget(act: Act, person_id: str) -> None:
    """Empty the inbox."""
    for row in act.db.scalars(select(Message).where(Message.person_id == person_id)):
        act.db.delete(row)
    act.db.flush()


register("messages", Part(forget))
