"""改期: a candidate moves to another exam of the same body, occupation and level, until a cut-off before the first one begins."""

from __future__ import annotations

from skills.certification.actions.applications import Applied, apply_as
from skills.certification.models import Application, ExamSeat, Sitting
from skills.certification.models.day import Rescheduling
from skills.certification.queries.rooms import hours_of
from skills.certification.rules.day import begins_at, may_reschedule
from skills.certification.states import APPLICATION, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason
from skills.standards.queries import value

BEFORE = (SittingState.OPEN, SittingState.CLOSED, SittingState.SEATED)
SAME = ("organisation_id", "occupation", "branch", "level")


@action("application.reschedule", may="application.file")
def reschedule(act: Act, application_id: str, sitting_id: str) -> Applied:
    """Move one's own application to another exam: its conditions are asked anew, the place and the seat of the first are free again."""
    return reschedule_as(act, act.actor.person, application_id, sitting_id)


@action("application.reschedule_for", may=SERVE)
def reschedule_for(act: Act, person_id: str, application_id: str, sitting_id: str, reason: CounterReason) -> Applied:
    """Move it for somebody who stands at the counter. Raises Missing("person.unknown") and what `reschedule` refuses."""
    serve(act, person_id, reason)
    return reschedule_as(act, person_id, application_id, sitting_id)


def reschedule_as(act: Act, person_id: str | None, application_id: str, sitting_id: str) -> Applied:
    """The same in somebody's name, inside the caller's act.

    Raises Missing, Refusal("reschedule.over" | "reschedule.too_late" | "reschedule.other_exam") and what `applications.apply` refuses.
    """
    row = act.find(Application, id=application_id, person_id=person_id) if person_id else None
    if row is None or person_id is None:
        raise Missing("application.unknown")
    old, new = act.get(Sitting, id=row.sitting_id), act.get(Sitting, id=sitting_id)
    APPLICATION.check(row.state, "reschedule")
    if old.held_on is None or old.state not in BEFORE:
        raise Refusal("reschedule.over")
    begins = begins_at(old.held_on, hours_of(old.hours))
    may_reschedule(begins, int(value(act.db, "exam.reschedule_hours", act.today)), act.at).or_refuse()
    if old.id == new.id or any(getattr(old, name) != getattr(new, name) for name in SAME):
        raise Refusal("reschedule.other_exam")
    seat = act.find(ExamSeat, application_id=row.id)
    if seat is not None:
        act.db.delete(seat)
    act.move(row, APPLICATION, "reschedule", seat=None, ticket=None)
    done = apply_as(act, person_id, new.id)
    act.add(Rescheduling(application_id=row.id, new_id=done.application_id, by=act.actor.account, at=act.at))
    send(act, person_id=person_id, code="exam.rescheduled", old=old.held_on, day=new.held_on, site=new.site)
    act.note("application.reschedule", id=row.id, new=done.application_id)
    return done
