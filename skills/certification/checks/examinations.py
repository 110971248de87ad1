"""What certification promises of the examination of applications."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Application, Examination
from skills.certification.states import ApplicationState
from skills.certification.states.examinations import OPEN, ExaminationState
from skills.kernel.checks import Bookkeeper, check


@check("certification.examined", "资格审核与报名一致 who waits has an open examination; nobody sits for an exam whose examination was not a yes")
def examined(book: Bookkeeper) -> Iterator[str]:
    """An application without an examination came when policy wanted none."""
    rows = book.db.execute(
        select(Application.id, Application.state, Examination.state).outerjoin(Examination, Examination.application_id == Application.id)
    )
    for own, state, found in rows:
        waits = found in OPEN
        if state == ApplicationState.FILED and not waits:
            yield f"application {own}: waits, and nobody examines it"
        if state not in (ApplicationState.FILED, ApplicationState.WITHDRAWN) and found not in (None, ExaminationState.ACCEPTED):
            yield f"application {own}: {state}, its examination is {found}"
        if state == ApplicationState.FILED and found == ExaminationState.ACCEPTED:
            yield f"application {own}: examined with a yes and not let in"
