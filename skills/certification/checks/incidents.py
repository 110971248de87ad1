"""What certification promises of misconduct in exam rooms."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Application, Award, Incident, Sitting
from skills.certification.states import ApplicationState
from skills.certification.states.incidents import OPEN, IncidentState
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day


@check("certification.incidents", "违纪先听陈述再由他人决定 misconduct is heard, then decided by another; who is open or void has no certificate")
def incidents(book: Bookkeeper) -> Iterator[str]:
    granted = set(book.db.scalars(select(Award.grounds)))
    rows = book.db.execute(
        select(Incident, Application, Sitting.held_on)
        .join(Application, Application.id == Incident.application_id).join(Sitting, Sitting.id == Application.sitting_id)
    )  # fmt: skip
    for row, candidate, held_on in rows:
        if row.decided_by == row.raised_by:
            yield f"incident {row.id}: decided by who raised it"
        if row.decided_at is not None and row.answered_at is None and shanghai_day(row.decided_at) <= row.answer_by:
            yield f"incident {row.id}: decided before the candidate was heard"
        if held_on is None or shanghai_day(row.raised_at) < held_on:
            yield f"incident {row.id}: raised before the exam's day"
        if row.state != IncidentState.DROPPED and f"application:{candidate.id}" in granted:
            yield f"incident {row.id}: {row.state}, and the candidate has a certificate"
        if row.state == IncidentState.VOID and row.voids == "exam" and candidate.state != ApplicationState.VOID:
            yield f"incident {row.id}: the exam is void, but the application is {candidate.state}"
        if row.state == IncidentState.VOID and candidate.state == ApplicationState.PASSED:
            yield f"incident {row.id}: void, and the candidate has passed"
        if row.state in OPEN and candidate.state == ApplicationState.PASSED and candidate.held not in ("incident", "objection"):
            yield f"incident {row.id}: open, but nothing holds the pass"
