"""What certification promises of the day of an exam."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import aliased

from skills.certification.models import Application, ExamSeat, Rescheduling, Sitting
from skills.certification.states import ApplicationState
from skills.kernel.checks import Bookkeeper, check


@check("certification.rescheduled", "改期两头对得上 who moved gave up one exam, its seat too, and stands in another of the same kind")
def rescheduled(book: Bookkeeper) -> Iterator[str]:
    old, new, before, after = aliased(Application), aliased(Application), aliased(Sitting), aliased(Sitting)
    rows = book.db.execute(
        select(old, new, before, after)
        .join(Rescheduling, Rescheduling.application_id == old.id)
        .join(new, new.id == Rescheduling.new_id)
        .join(before, before.id == old.sitting_id)
        .join(after, after.id == new.sitting_id)
    )
    seated = set(book.db.scalars(select(ExamSeat.application_id)))
    for gone, come, first, second in rows:
        if gone.state != ApplicationState.WITHDRAWN or gone.seat is not None or gone.id in seated:
            yield f"application {gone.id}: moved to {come.id} and still has its place"
        kind = ("organisation_id", "occupation", "branch", "level")
        if gone.person_id != come.person_id or first.id == second.id or any(getattr(first, k) != getattr(second, k) for k in kind):
            yield f"application {gone.id}: moved to {come.id}, which is another person's or another kind of exam"
