"""The desk: taking on, giving away, asking the author, hearing the party, answering."""

from __future__ import annotations

from dataclasses import dataclass

from skills.accounts import queries as accounts
from skills.complaints import rules
from skills.complaints.actions.steps import said, step, stopped_for, tell_author, tell_handler
from skills.complaints.models import Complaint
from skills.complaints.queries.owners import handler, owning
from skills.complaints.states import COMPLAINT, RUNNING, ComplaintState, Outcome
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people import queries as people
from skills.standards.queries import value

HANDLE = "complaint.handle"
ASSIGN = "complaint.assign"


@dataclass(frozen=True)
class Handled:
    """A case and its state."""

    complaint_id: str
    state: str


@action("complaint.take", may=HANDLE)
def take(act: Act, complaint_id: str) -> Handled:
    """Take a case on: nobody handles a complaint of one's own, about one's own body, or in which one acted.

    Raises Missing("complaint.unknown"), Refusal("complaint.not_yours" | "complaint.cannot_take").
    """
    row = _here(act, complaint_id)
    COMPLAINT.check(row.state, "take")
    _mine_to_handle(act, row)
    act.move(row, COMPLAINT, "take", taken_by=act.actor.account, accepted_at=act.at)
    step(act, row, "take", desk=True)
    tell_author(act, row, "complaint.told_take", due=row.due_on)
    return Handled(row.id, row.state)


@action("complaint.assign", may=ASSIGN)
def assign(act: Act, complaint_id: str, account_id: str) -> Handled:
    """Give a case to somebody who may own it; whoever is concerned chooses nobody either. Raises as `take` does."""
    row = _here(act, complaint_id)
    COMPLAINT.check(row.state, "assign")
    rules.may_own(_me(act), owning(act.db, row), given=True).or_refuse()
    asked = row.state == ComplaintState.WAITING
    before, due = row.taken_by, stopped_for(row, act.today) if row.state == ComplaintState.WAITING else row.due_on
    rules.may_own(handler(act.db, account_id), owning(act.db, row), given=True).or_refuse()
    act.move(row, COMPLAINT, "assign", taken_by=account_id, accepted_at=row.accepted_at or act.at, due_on=due,
             waiting_since=None)  # fmt: skip
    step(act, row, "assign", desk=True)
    tell_handler(act, row, "complaint.told_assign")
    if before is None or asked:  # a question of the one before need not be answered any more
        tell_author(act, row, "complaint.told_take", due=row.due_on)
    return Handled(row.id, row.state)


@action("complaint.ask", may=HANDLE)
def ask(act: Act, complaint_id: str, text: str) -> Handled:
    """Ask the author something; the clock stands still until the reply, or until the days for it are over."""
    row = _mine(act, complaint_id, "ask")
    step(act, row, "ask", text=said(text), desk=True)
    act.move(row, COMPLAINT, "ask", waiting_since=act.today)
    tell_author(act, row, "complaint.told_ask", days=int(value(act.db, "complaint.ask_days", act.today)))
    return Handled(row.id, row.state)


@action("complaint.hear", may=HANDLE)
def hear(act: Act, complaint_id: str, text: str) -> Handled:
    """Tell the party complained of what it is about, and ask what it says to that: never who has said so.

    Raises Missing, Refusal("complaint.no_party" | "complaint.tells_who" | "complaint.heard_before" | "complaint.not_yours").
    """
    row = _here(act, complaint_id)
    _mine_to_handle(act, row)
    if row.about_id is None or row.state not in RUNNING or row.taken_by is None:
        raise Refusal("complaint.no_party")
    if row.heard_at is not None:
        raise Refusal("complaint.heard_before")
    plain = said(text)
    if rules.tells_who(plain, _secrets(act, row)):
        raise Refusal("complaint.tells_who")
    sealed = act.using(Box).seal(plain, f"complaint:{row.id}:substance", row.person_id)
    still = (Complaint.heard_at.is_(None), Complaint.state == row.state, Complaint.taken_by == row.taken_by)
    if not act.alter(row, *still, substance=sealed, heard_at=act.at):
        raise Refusal("complaint.changed_meanwhile")
    step(act, row, "hear", desk=True)
    act.note("complaint.hear", id=row.id)
    send(act, code="complaint.told_hear", organisation_id=row.about_id, number=row.number)
    return Handled(row.id, row.state)


@action("complaint.state", may="complaint.hear")
def state(act: Act, complaint_id: str, text: str) -> Handled:
    """The party complained of says what it has to say, once. Raises Missing for whoever was not asked."""
    row = act.find(Complaint, id=complaint_id)
    mine = act.actor.organisations_for("complaint.hear")
    if row is None or row.heard_at is None or row.about_id not in mine:
        raise Missing("complaint.unknown")
    if row.stated_at is not None or row.state not in (*RUNNING, ComplaintState.WAITING):
        raise Refusal("complaint.stated_before")
    sealed = act.using(Box).seal(said(text), f"complaint:{row.id}:statement", row.person_id)
    if not act.alter(row, Complaint.stated_at.is_(None), Complaint.state == row.state, statement=sealed, stated_at=act.at):
        raise Refusal("complaint.stated_before")
    step(act, row, "state")
    act.note("complaint.state", id=row.id)
    tell_handler(act, row, "complaint.told_state")
    return Handled(row.id, row.state)


@action("complaint.answer", may=HANDLE)
def answer(act: Act, complaint_id: str, text: str, outcome: str) -> Handled:
    """Answer a case in plain words, with what it came to; whoever knows number and word reads it."""
    return _close(act, complaint_id, "answer", text, outcome, "")


@action("complaint.pass_on", may=HANDLE)
def pass_on(act: Act, complaint_id: str, text: str, elsewhere: str) -> Handled:
    """Not for this authority: say why, and who is competent with address and phone (policy `complaint.elsewhere`)."""
    return _close(act, complaint_id, "pass_on", text, Outcome.NOT_FOR_US, elsewhere)


def _close(act: Act, complaint_id: str, move: str, text: str, outcome: str, elsewhere: str) -> Handled:
    row = _mine(act, complaint_id, move)
    plain = text.strip()
    if not plain or len(plain) > rules.LONGEST:
        raise Refusal("complaint.answer_needed", most=rules.LONGEST)
    known = {e.code for e in rules.read_elsewhere(value(act.db, "complaint.elsewhere", act.today))}
    if not rules.outcome_fits(move, outcome, elsewhere, known):
        raise Refusal("complaint.outcome_needed")
    sealed = act.using(Box).seal(plain, f"complaint:{row.id}:answer", row.person_id)
    act.move(row, COMPLAINT, move, answer=sealed, closed_by=act.actor.account, closed_at=act.at, outcome=outcome,
             elsewhere=elsewhere or None)  # fmt: skip
    step(act, row, move, text=plain, desk=True)
    tell_author(act, row, f"complaint.told_{move}")
    return Handled(row.id, row.state)


def _mine(act: Act, complaint_id: str, move: str) -> Complaint:
    row = _here(act, complaint_id)
    COMPLAINT.check(row.state, move)
    _mine_to_handle(act, row)
    return row


def _here(act: Act, complaint_id: str) -> Complaint:
    """A case of the handler's districts; elsewhere it does not exist."""
    row = act.find(Complaint, id=complaint_id)
    bounds = act.actor.districts_for(HANDLE)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("complaint.unknown")
    return row


def _mine_to_handle(act: Act, row: Complaint) -> None:
    rules.may_own(_me(act), owning(act.db, row)).or_refuse()


def _me(act: Act) -> rules.Handler:
    actor = act.actor
    return rules.Handler(actor.account, actor.organisations, actor.districts_for(HANDLE), actor.person)


def _secrets(act: Act, row: Complaint) -> list[str]:
    """What tells who has complained: contact, name, phone, numbers of documents, account's name."""
    box = act.using(Box)
    found = rules.parts_of_contact(box.read(row.contact, f"complaint:{row.id}:contact"))
    if row.person_id is not None:
        found += [people.person(act.db, row.person_id).name, people.phone_of(act.db, box, row.person_id) or ""]
        found += sorted(number for _, number in people.numbers(act.db, box, row.person_id))
    if row.account_id is not None and (account := accounts.find_account(act.db, row.account_id)):
        found.append(account.name)
    return found
