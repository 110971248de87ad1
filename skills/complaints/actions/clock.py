"""What the clock does by itself: run on when nobody replies, send up what is late; and looking up who acted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.complaints import rules
from skills.complaints.actions.steps import send_up, step, stopped_for, tell_author, tell_handler
from skills.complaints.models import Complaint, ComplaintHand
from skills.complaints.states import COMPLAINT, RUNNING, ComplaintState
from skills.kernel.acts import Act, action
from skills.standards.calendar import add_working_days
from skills.standards.queries import value

JOBS = "system.jobs"
AT_ONCE = 100


@dataclass(frozen=True)
class Ticked:
    """How many cases the clock has moved."""

    moved: int


@action("complaint.resume", may=JOBS)
def resume(act: Act) -> Ticked:
    """The clock of a case runs on when its author has not replied within the days for it (policy `complaint.ask_days`)."""
    days = int(value(act.db, "complaint.ask_days", act.today))
    waiting = act.db.scalars(
        select(Complaint)
        .where(Complaint.state == ComplaintState.WAITING, Complaint.waiting_since < act.today)
        .order_by(Complaint.waiting_since, Complaint.id)
        .limit(AT_ONCE)
    ).all()
    over = [r for r in waiting if r.waiting_since and act.today > add_working_days(r.waiting_since, days)]
    for row in over:
        act.move(row, COMPLAINT, "resume", due_on=stopped_for(row, act.today), waiting_since=None)
        step(act, row, "resume")
        tell_handler(act, row, "complaint.told_resume")
    return Ticked(len(over))


@action("complaint.raise", may=JOBS)
def raise_late(act: Act) -> Ticked:
    """What is late goes to the level above, once: to the city's desk, there to somebody else."""
    unaccepted = Complaint.accepted_at.is_(None) & (Complaint.accept_by < act.today)
    late = act.db.scalars(
        select(Complaint)
        .where(Complaint.state.in_(RUNNING), Complaint.raised_at.is_(None), (Complaint.due_on < act.today) | unaccepted)
        .order_by(Complaint.id)
        .limit(AT_ONCE)
    ).all()
    for row in late:
        assert rules.is_late(  # noqa: S101 - the query and the rule say the same
            row.state, row.accept_by or row.due_on, row.accepted_at is not None, row.due_on, act.today
        )
        send_up(act, row, "raise", "raised_at")
        tell_author(act, row, "complaint.told_raised", due=row.due_on)
    return Ticked(len(late))


@action("complaint.know_hands", may=JOBS)
def know_hands(act: Act, complaint_id: str, accounts: tuple[str, ...]) -> None:
    """Keep who acted in the matter: they never own the case."""
    row = act.get(Complaint, id=complaint_id)
    if row.hands_at is None:
        for account in accounts:
            act.add(ComplaintHand(complaint_id=row.id, account=account))
        act.alter(row, Complaint.hands_at.is_(None), hands_at=row.received_at)
        act.note("complaint.know_hands", id=row.id, count=len(accounts))
