"""Leaving a class after leaving is free no more: asked with a reason, decided by the authority of the class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.courses.actions.catalogue import said
from skills.courses.actions.enrolments import ENROL, cooling_off, leave
from skills.courses.actions.queue import course_title
from skills.courses.models import CourseClass, Enrolment, LeaveRequest
from skills.courses.rules import places as rules
from skills.courses.states import LEAVE, LeaveState
from skills.kernel.acts import Act, action
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value

DECIDE = "leave.decide"


@dataclass(frozen=True)
class LeaveAsked:
    """A request to leave, and until when it is decided."""

    request_id: str
    state: str
    due: date


@action("leave.ask", may=ENROL)
def ask(act: Act, enrolment_id: str, code: str, words: str = "") -> LeaveAsked:
    """Ask to leave a place that may not be left freely any more. `code` is one of LEAVE_REASONS.

    Raises Missing("enrolment.unknown"), Refusal("leave_request.not_possible") with every condition.
    """
    if act.actor.person is None:
        raise Missing("enrolment.unknown")
    return ask_as(act, act.actor.person, enrolment_id, code, words)


def ask_as(act: Act, person_id: str, enrolment_id: str, code: str, words: str) -> LeaveAsked:
    """Ask for a person's leave inside the caller's act, who answers for it that the person wants it. Refuses as `ask`."""
    row = act.find(Enrolment, id=enrolment_id)
    if row is None or row.person_id != person_id:
        raise Missing("enrolment.unknown")
    held = act.get(CourseClass, id=row.class_id)
    free = rules.may_leave(shanghai_day(row.enrolled_at), held.starts_on, cooling_off(act), act.today)
    asked = act.find(LeaveRequest, enrolment_id=row.id, state=LeaveState.OPENED) is not None
    rules.may_ask_leave(row.state, bool(free), asked, code).or_refuse()
    due = add_working_days(act.today, int(value(act.db, "course.leave_review_days", act.today)))
    made = act.add(
        LeaveRequest(
            id=act.new_id(), enrolment_id=row.id, person_id=row.person_id, district=held.district, code=code,
            said=words.strip()[:400], state=LeaveState.OPENED, opened_at=act.at, due=due,
        )
    )  # fmt: skip
    act.note("leave.ask", id=made.id, code=code)
    send(act, code="leave_request.told_open", person_id=row.person_id, course=course_title(act, held), due=due, place=row.id)
    return LeaveAsked(made.id, made.state, due)


@action("leave.withdraw", may=ENROL)
def withdraw(act: Act, request_id: str) -> LeaveAsked:
    """Stay after all. Raises Missing("leave_request.unknown"), Refusal("leave_request.cannot_withdraw")."""
    row = act.find(LeaveRequest, id=request_id)
    if row is None or act.actor.person is None or row.person_id != act.actor.person:
        raise Missing("leave_request.unknown")
    act.move(row, LEAVE, "withdraw", closed_at=act.at)
    return LeaveAsked(row.id, row.state, row.due)


@action("leave.grant", may=DECIDE)
def grant(act: Act, request_id: str, reason: str) -> LeaveAsked:
    """The reason is accepted: the place ends, and the voucher comes back with the life that it had.

    Raises Missing("leave_request.unknown"), Refusal("leave_request.cannot_grant", "enrolment.cannot_excuse").
    """
    row = _decided(act, request_id, "grant", reason)  # closed first: leaving closes what is still open
    place = act.get(Enrolment, id=row.enrolment_id)
    leave(act, place, "excuse", row.said, code=row.code)
    held = act.get(CourseClass, id=place.class_id)
    send(act, code="leave_request.told_granted", person_id=row.person_id, course=course_title(act, held), reason=row.reason)
    send(act, code="leave_request.told_institution", organisation_id=held.institution_id, course=course_title(act, held),
         number=held.number)  # fmt: skip
    return LeaveAsked(row.id, row.state, row.due)


@action("leave.refuse", may=DECIDE)
def refuse(act: Act, request_id: str, reason: str) -> LeaveAsked:
    """The place stands, with a reason that the person reads. Raises Missing, Refusal("leave_request.cannot_refuse")."""
    row = _decided(act, request_id, "refuse", reason)
    place = act.get(Enrolment, id=row.enrolment_id)
    title = course_title(act, act.get(CourseClass, id=place.class_id))
    send(act, code="leave_request.told_refused", person_id=row.person_id, course=title, reason=row.reason, place=place.id)
    return LeaveAsked(row.id, row.state, row.due)


def _decided(act: Act, request_id: str, move: str, reason: str) -> LeaveRequest:
    row = act.find(LeaveRequest, id=request_id)
    bounds = act.actor.districts_for(DECIDE)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("leave_request.unknown")
    act.move(row, LEAVE, move, closed_at=act.at, decided_by=act.actor.account, reason=said(reason))
    return row
