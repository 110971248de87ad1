"""Taking a complaint in, handling it, answering it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from skills.accounts.queries import organisation
from skills.complaints import rules
from skills.complaints.models import Complaint
from skills.complaints.states import COMPLAINT, ComplaintState
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.ids import human_code
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class Received:
    """The receipt: number, the word that opens the case, and the last day for the answer."""

    number: str
    word: str
    due_on: str


@action("complaint.file", may=ANYONE)
def file(act: Act, kind: str, text: str, contact: str = "", about_id: str | None = None) -> Received:
    """Take a complaint in. Raises Refusal("complaint.incomplete"), Missing("organisation.unknown")."""
    kinds = {k.code: k for k in rules.read_kinds(value(act.db, "complaint.kinds", act.today))}
    chosen = kinds.get(kind)
    rules.complete(chosen, text, contact).or_refuse()
    assert chosen is not None  # noqa: S101 - an unknown kind was refused
    if about_id is not None:
        organisation(act.db, about_id)
    year = act.today.year
    wait_exclusive(act.db, f"complaints:{year}")
    serial = (act.db.scalar(select(func.max(Complaint.serial)).where(Complaint.year == year)) or 0) + 1
    box, complaint_id, word = act.using(Box), act.new_id(), human_code(act.source)
    due = add_working_days(act.today, chosen.days)
    signed_in = act.actor.person is not None or bool(act.actor.grants)
    row = act.add(
        Complaint(
            id=complaint_id, year=year, serial=serial, number=rules.number(year, serial), kind=kind, about_id=about_id,
            person_id=act.actor.person, account_id=act.actor.account if signed_in else None,
            text=box.seal(text.strip(), f"complaint:{complaint_id}:text", act.actor.person),
            contact=box.seal(contact.strip()[:200], f"complaint:{complaint_id}:contact", act.actor.person), word=rules.word_hash(word),
            state=ComplaintState.RECEIVED, received_at=act.at, due_on=due,
        )
    )  # fmt: skip
    act.note("complaint.file", id=row.id, number=row.number, kind=kind)
    return Received(row.number, word, due.isoformat())


@action("complaint.take", may="complaint.handle")
def take(act: Act, complaint_id: str) -> None:
    """Take a case on: nobody handles a complaint of one's own, or about one's own body."""
    row = act.get(Complaint, id=complaint_id)
    COMPLAINT.check(row.state, "take")
    _mine_to_handle(act, row)
    act.move(row, COMPLAINT, "take", taken_by=act.actor.account)


@action("complaint.answer", may="complaint.handle")
def answer(act: Act, complaint_id: str, text: str) -> None:
    """Answer a case in plain words; whoever knows number and word reads it."""
    _close(act, complaint_id, "answer", text)


@action("complaint.pass_on", may="complaint.handle")
def pass_on(act: Act, complaint_id: str, text: str) -> None:
    """Pass a case on to who is competent, and say to whom and why."""
    _close(act, complaint_id, "pass_on", text)


def _close(act: Act, complaint_id: str, move: str, text: str) -> None:
    row = act.get(Complaint, id=complaint_id)
    COMPLAINT.check(row.state, move)
    _mine_to_handle(act, row)
    said = text.strip()
    if not said or len(said) > rules.LONGEST:
        raise Refusal("complaint.answer_needed", most=rules.LONGEST)
    sealed = act.using(Box).seal(said, f"complaint:{row.id}:answer", row.person_id)
    act.move(row, COMPLAINT, move, answer=sealed, closed_by=act.actor.account, closed_at=act.at)


def _mine_to_handle(act: Act, row: Complaint) -> None:
    rules.may_handle(
        act.actor.account, act.actor.organisations, row.account_id, row.about_id, row.taken_by
    ).or_refuse()
