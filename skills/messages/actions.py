"""Sending inside the caller's act, reading, and noting what went out to a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.canon import Written, plain, written
from skills.kernel.errors import Missing
from skills.kernel.jobs import Order
from skills.messages.models import Message


def send(
    act: Act,
    *,
    code: str,
    person_id: str | None = None,
    account_id: str | None = None,
    organisation_id: str | None = None,
    **facts: object,
) -> str:
    """Put a message into an inbox inside the caller's act, and order its text message; its id.

    `code` names the sentence in the catalogue, `facts` fill it. Just one addressee.
    """
    row = act.add(
        Message(
            id=act.new_id(),
            person_id=person_id,
            account_id=account_id,
            organisation_id=organisation_id,
            code=code,
            facts=plain(facts),
            sent_at=act.at,
        )
    )
    act.note("message.send", id=row.id, code=code)
    if person_id is not None:
        act.later_many("messages.deliver", [Order(act.new_id(), f"deliver:{row.id}", {"message_id": row.id})])
    return row.id


def unsay(act: Act, code: str, **facts: object) -> int:
    """Take messages out of organisations' inboxes that say just this of somebody who is forgotten; how many."""
    told = plain(facts)
    rows = act.db.scalars(select(Message).where(Message.code == code, Message.organisation_id.is_not(None))).all()
    gone = [row for row in rows if row.facts == told]
    for row in gone:
        act.db.delete(row)
    act.db.flush()
    return len(gone)


def send_many(act: Act, *, code: str, person_ids: Sequence[str], **facts: object) -> None:
    """The same message to many people, by two statements."""
    told = written(facts)
    _deliver(act, code, [(person_id, told) for person_id in person_ids])


def send_each(act: Act, *, code: str, told: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    """A message of one kind to many people, to each with facts of their own, by two statements."""
    _deliver(act, code, [(person_id, written(facts)) for person_id, facts in told])


def _deliver(act: Act, code: str, told: Sequence[tuple[str, Written]]) -> None:
    ids = sorted(act.new_ids(len(told)))
    act.add_many(Message, [
        {"id": row_id, "person_id": p, "account_id": None, "organisation_id": None, "code": code, "facts": facts,
         "sent_at": act.at, "read_at": None, "delivered_at": None}
        for row_id, (p, facts) in zip(ids, told, strict=True)
    ])  # fmt: skip
    jobs = zip(sorted(act.new_ids(len(ids))), ids, strict=True)
    act.later_many("messages.deliver", [Order(job_id, f"deliver:{i}", {"message_id": i}) for job_id, i in jobs])
    for row_id in ids:
        act.note("message.send", id=row_id, code=code)


@action("message.read", may=ANYONE)
def read(act: Act, message_id: str) -> None:
    """Note that the addressee has read a message."""
    row = act.get(Message, id=message_id)
    mine = (
        (row.person_id is not None and row.person_id == act.actor.person)
        or (row.account_id is not None and row.account_id == act.actor.account)
        or (row.organisation_id is not None and row.organisation_id in act.actor.organisations)
    )
    if not mine:
        raise Missing("message.unknown")
    if row.read_at is None:
        row.read_at = act.at
        act.note("message.read", id=row.id)


@action("message.delivered", may="system.jobs")
def delivered(act: Act, message_id: str) -> None:
    """Note that a message went out."""
    row = act.get(Message, id=message_id)
    if row.delivered_at is None:
        row.delivered_at = act.at
        act.note("message.delivered", id=row.id)
