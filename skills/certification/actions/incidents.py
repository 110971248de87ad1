"""违纪: raised in the room on the exam's day, the candidate is heard, somebody else decides; only that person waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.certification.actions.awards import order_awards
from skills.certification.actions.holding import hold
from skills.certification.actions.moves import chain, reason_of, sitting_for
from skills.certification.models import Application, Incident, Sitting
from skills.certification.queries.carried import sat_in
from skills.certification.queries.incidents import codes_on, place
from skills.certification.rules.incidents import may_decide
from skills.certification.states import APPLICATION, ApplicationState, SittingState
from skills.certification.states.incidents import INCIDENT, IncidentState
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.clock import end_of
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.standards.rules import Level

RAISE, DECIDE = "incident.raise", "incident.decide"
_SAT = (ApplicationState.EXAMINED, ApplicationState.PASSED, ApplicationState.FAILED, ApplicationState.INCOMPLETE)


@dataclass(frozen=True)
class IncidentRaised:
    """Misconduct that was raised, and the last day on which the candidate is heard."""

    incident_id: str
    answer_by: date


@dataclass(frozen=True)
class IncidentMoved:
    """Where misconduct stands now, and where the candidate does."""

    state: str
    application: str


@action("incident.raise", may=RAISE)
def raise_incident(act: Act, sitting_id: str, ticket: str, section: str, code: str, text: str) -> IncidentRaised:
    """Say that a candidate broke the rules in a section: on the exam's day or after it, until the scores are signed. They are told.

    Raises Missing("ticket.unknown" | "score.section_unknown"), Refusal("incident.not_today" | "incident.code_unknown" | "incident.already").
    """
    sitting = sitting_for(act, sitting_id, RAISE)
    if sitting.state not in (SittingState.SEATED, SittingState.HELD) or sitting.held_on is None or act.today < sitting.held_on:
        raise Refusal("incident.not_today", day=sitting.held_on)
    candidate = act.find(Application, sitting_id=sitting.id, ticket=ticket) if ticket else None
    if candidate is None or candidate.state not in (ApplicationState.SEATED, ApplicationState.EXAMINED):
        raise Missing("ticket.unknown")
    if section not in sat_in(candidate, Level(sitting.level)):
        raise Missing("score.section_unknown")
    kind = next((one for one in codes_on(act.db, act.today) if one.code == code), None)
    if kind is None:
        raise Refusal("incident.code_unknown", code=code[:24])
    if act.find(Incident, application_id=candidate.id, section=section, code=code, decided_at=None) is not None:
        raise Refusal("incident.already")
    new, last = act.new_id(), add_working_days(act.today, value(act.db, "incident.answer_days", act.today))
    act.add(
        Incident(
            id=new, application_id=candidate.id, section=section, code=code, voids=kind.voids,
            text=_seal(act, candidate, new, "text", text), state=IncidentState.RAISED, raised_by=act.actor.account, raised_at=act.at,
            answer_by=last,
        )
    )  # fmt: skip
    chain(act, "incident_raise", [candidate.id])
    act.note("incident.raise", id=new, application=candidate.id, section=section)
    # what it is about is read on the page alone: a message may be seen by others
    send(act, person_id=candidate.person_id, code="incident.told_raised", number=sitting.number, last=last, application=candidate.id)
    return IncidentRaised(new, last)


@action("incident.answer", may="application.file")
def answer(act: Act, incident_id: str, text: str) -> IncidentMoved:
    """Say one's word 陈述申辩 about misconduct one is told of, once, in time. Raises Missing, Refusal("incident.too_late")."""
    row = act.find(Incident, id=incident_id)
    candidate = act.find(Application, id=row.application_id, person_id=act.actor.person) if row is not None and act.actor.person else None
    if row is None or candidate is None:
        raise Missing("incident.unknown")
    INCIDENT.check(row.state, "answer")
    if act.today > row.answer_by:
        raise Refusal("incident.too_late", last=row.answer_by)
    act.move(row, INCIDENT, "answer", answer=_seal(act, candidate, row.id, "answer", text), answered_at=act.at)
    chain(act, "incident_answer", [candidate.id])
    return IncidentMoved(row.state, candidate.state)


@action("incident.decide", may=DECIDE, step_up=True)
def decide(act: Act, incident_id: str, found: bool, reason: str) -> IncidentMoved:
    """Decide as somebody else than who raised it, after the candidate was heard. Found so: the section or the exam is void, by its code.

    Raises Missing, Refusal("incident.not_yet" | "incident.not_held").
    """
    row = act.get(Incident, id=incident_id)
    candidate = act.get(Application, id=row.application_id)
    sitting = sitting_for(act, candidate.sitting_id, DECIDE)
    name = "void" if found else "drop"
    INCIDENT.check(row.state, name)
    may_decide(row.raised_by, act.actor.account, row.answered_at is not None, row.answer_by, act.today).or_refuse()
    if candidate.state == ApplicationState.SEATED or (found and candidate.state not in (*_SAT, ApplicationState.VOID)):
        raise Refusal("incident.not_held")
    act.move(
        row, INCIDENT, name, decided_by=act.actor.account, decided_at=act.at, decision=_seal(act, candidate, row.id, "decision", reason)
    )  # fmt: skip
    chain(act, f"incident_{name}", [candidate.id])
    if found:
        _void(act, candidate, row)
    else:
        _go_on(act, sitting, candidate, row)
    send(act, person_id=candidate.person_id, code=f"incident.told_{name}", number=sitting.number, application=candidate.id)
    return IncidentMoved(row.state, candidate.state)


def _void(act: Act, candidate: Application, row: Incident) -> None:
    """The exam is void as a whole; or the section counts as not sat, now or at the sign-off that is still to come."""
    if row.voids == "exam" and candidate.state != ApplicationState.VOID:
        act.move(candidate, APPLICATION, "disqualify")
    elif row.voids == "section" and candidate.state in (ApplicationState.PASSED, ApplicationState.FAILED):
        act.move(candidate, APPLICATION, "disqualify_section")
    hold(act, candidate)


def _go_on(act: Act, sitting: Sitting, candidate: Application, row: Incident) -> None:
    """Nothing came of it: a pass that it kept off the notice is on notice for as many working days as the others were.

    Also while a correction waits or somebody objects: whatever else holds it is asked once more before the certificate.
    """
    hold(act, candidate)
    if candidate.state != ApplicationState.PASSED or candidate.held == "incident":
        return
    last = add_working_days(act.today, value(act.db, "notice.working_days", act.today))
    if sitting.state == SittingState.NOTICED:
        act.alter(sitting, notice_to=max(last, sitting.notice_to or last))
    elif sitting.state == SittingState.CONCLUDED:
        row.notice_to = last
        hold(act, candidate)
        order_awards(act, [candidate.id], end_of(last))


def _seal(act: Act, candidate: Application, incident_id: str, column: str, text: str) -> bytes:
    return act.using(Box).seal(reason_of(text), place(incident_id, column), candidate.person_id)
