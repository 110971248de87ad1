"""What certification promises of the staff of an exam: a panel is odd and knows its duties apart; what was declared is of this exam."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Application, DutyTie, Sitting, SittingDuty
from skills.certification.queries.duties import staff_of
from skills.certification.rules.duties import TIE_WORDS, Duty, at_once
from skills.certification.states import SittingState
from skills.kernel.checks import Bookkeeper, check


@check("certification.duties", "考务人员齐备、各司其职 the panel of a filed exam is odd, at least three, and nobody has duties that stay apart")
def duties(book: Bookkeeper) -> Iterator[str]:
    states = dict(book.db.execute(select(Sitting.id, Sitting.state)).all())
    for sitting_id, names in staff_of(book.db, list(states)).items():
        panel = len(names.get(Duty.EXAMINER, ()))
        if states[sitting_id] not in (SittingState.PLANNED, SittingState.CANCELLED) and (panel < 3 or panel % 2 == 0):
            yield f"sitting {sitting_id}: a panel of {panel}"
        if states[sitting_id] != SittingState.PLANNED and (both := at_once(names)):
            yield f"sitting {sitting_id}: {', '.join(both)} serve twice"
    said = (
        select(DutyTie, SittingDuty.sitting_id, SittingDuty.duty, Application.sitting_id)
        .join(SittingDuty, SittingDuty.id == DutyTie.duty_id)
        .join(Application, Application.id == DutyTie.application_id)
    )
    for tie, of_duty, duty, of_candidate in book.db.execute(said):
        if of_duty != of_candidate or duty != Duty.EXAMINER or tie.kind not in TIE_WORDS:
            yield f"tie {tie.id}: {tie.kind}, said by a {duty} of exam {of_duty} of a candidate of {of_candidate}"
