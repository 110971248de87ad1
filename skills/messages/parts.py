"""Messages to a person are gone with the person, who is told of a further document, come or gone, and when two records are joined."""

from __future__ import annotations

from sqlalchemy import select

from skills.kernel.acts import Act
from skills.messages.actions import send
from skills.messages.models import Message
from skills.people.parts import Part, register


def forget(act: Act, person_id: str) -> None:
    """Empty the inbox."""
    for row in act.db.scalars(select(Message).where(Message.person_id == person_id)):
        act.db.delete(row)
    act.db.flush()


def join(act: Act, kept: str, _gone: str) -> None:
    """The person is told, at the record that stays."""
    send(act, code="person.told_joined", person_id=kept)


def added(act: Act, person_id: str) -> None:
    """The person is told: whoever gets a document onto somebody else's record gets at what is there."""
    send(act, code="person.told_document", person_id=person_id)


def removed(act: Act, person_id: str) -> None:
    """The person is told that one of the documents finds them no more."""
    send(act, code="person.told_document_removed", person_id=person_id)


register("messages", Part(forget, added=added, removed=removed, join=join))
