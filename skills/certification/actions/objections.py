"""Objections 异议 to a name on a notice: by real name, holding only that person, decided by the authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.certification.actions.holding import hold, notice_of
from skills.certification.actions.moves import chain, take
from skills.certification.models import Application, Objection, Sitting
from skills.certification.queries.subjects import SUBJECTS, of
from skills.certification.states import APPLICATION, OBJECTION, ApplicationState, ObjectionState, SittingState
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.kernel.ids import human_code
from skills.messages.actions import send
from skills.standards.actions import ObjectorsForgotten, forget_objectors
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class Raised:
    """An objection's receipt number."""

    receipt: str


@action("objection.raise", may=ANYONE)
def raise_objection(act: Act, application_id: str, name: str, contact: str, text: str) -> Raised:
    """Object to a name that is on notice. It holds that person's certificate until it is decided."""
    candidate = act.find(Application, id=application_id)
    subject = None if candidate is not None else _other(act, application_id)
    last = _last_day(act, candidate) if candidate is not None else None
    if subject is not None:
        last = of(subject)[0].notice_to(act, application_id)
    if last is None:
        raise Missing("application.unknown")
    if act.today > last:
        raise Refusal("objection.too_late", last=last)
    if not (name.strip() and contact.strip() and text.strip()):
        raise Refusal("objection.incomplete")
    box, objection_id = act.using(Box), act.new_id()
    row = act.add(
        Objection(
            id=objection_id, receipt=human_code(act.source), application_id=candidate.id if candidate is not None else None,
            subject=subject, state=ObjectionState.RAISED,
            name=box.seal(name.strip()[:60], f"objection:{objection_id}:name"),
            contact=box.seal(contact.strip()[:120], f"objection:{objection_id}:contact"),
            text=text.strip()[:1000], raised_at=act.at,
            due_on=add_working_days(act.today, int(value(act.db, "objection.working_days", act.today))),
        )
    )  # fmt: skip
    if candidate is not None:
        candidate.held = "objection"
        chain(act, "object", [candidate.id])
    elif subject is not None:
        of(subject)[0].hold(act, application_id)
    act.note("objection.raise", id=row.id, application=application_id)
    return Raised(row.receipt)


@action("objection.decide", may="complaint.handle")
def decide(act: Act, objection_id: str, upheld: bool, reply: str) -> None:
    """Decide an objection. Upheld: the result is void. Dismissed: the certificate follows when the notice is over."""
    row = act.get(Objection, id=objection_id)
    if not reply.strip():
        raise Refusal("certification.reason_needed")
    name = "uphold" if upheld else "dismiss"
    take(act, row, OBJECTION, name, decided_by=act.actor.account, decided_at=act.at, reply=reply.strip()[:1000])
    if row.subject is not None:
        _decided(act, row, row.subject, upheld)
        return
    candidate = act.get(Application, id=row.application_id)
    chain(act, f"object_{name}", [candidate.id])
    if upheld:
        if candidate.state == ApplicationState.PASSED:
            act.move(candidate, APPLICATION, "void")
            send(act, person_id=candidate.person_id, code="exam.void", reason=row.reply)
        return
    hold(act, candidate)
    if candidate.held or candidate.state != ApplicationState.PASSED:
        return
    if act.get(Sitting, id=candidate.sitting_id).state == SittingState.CONCLUDED:
        act.later("certification.award", key=f"award:{candidate.id}", application_ids=[candidate.id])


def _last_day(act: Act, candidate: Application) -> date | None:
    if candidate.state != ApplicationState.PASSED:
        return None
    return notice_of(act, candidate, act.get(Sitting, id=candidate.sitting_id))


def _other(act: Act, row_id: str) -> str | None:
    """`kind:id` of a name on notice that is no pass of an exam."""
    return next((f"{kind}:{row_id}" for kind, subject in SUBJECTS.items() if subject.notice_to(act, row_id) is not None), None)


def _decided(act: Act, row: Objection, subject: str, upheld: bool) -> None:
    """Tell the room whose name it is: at once if it was upheld, else when no other objection to the name waits."""
    waiting = select(func.count()).select_from(Objection).where(
        Objection.subject == subject, Objection.state == ObjectionState.RAISED
    )  # fmt: skip
    if upheld or not act.db.scalar(waiting):
        kind, row_id = of(subject)
        kind.decided(act, row_id, upheld, row.reply)


@action("objection.forget", may="system.jobs")
def forget(act: Act) -> ObjectorsForgotten:
    """Take the names and contacts of objectors out whose time is over."""
    return forget_objectors(act, Objection)
