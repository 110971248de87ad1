"""What always holds of results that were corrected or made void: place, return and money tell one story."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.courses.models import EarlierResult, Enrolment
from skills.courses.states import EnrolmentState
from skills.kernel.checks import Bookkeeper, check
from skills.returns.queries import changes
from skills.vouchers import queries as vouchers
from skills.vouchers.queries import doubts
from skills.vouchers.queries.uses import holds_of

DONE = (EnrolmentState.COMPLETED, EnrolmentState.FAILED)


@check("courses.versions", "有效的报送行对应一个结果，作废的行没有结业 a row that stands has a result behind it; one that is void has no completion")
def versions(books: Bookkeeper) -> Iterator[str]:
    states = dict(books.db.execute(select(Enrolment.id, Enrolment.state)).all())
    for source, stands in changes.sources(books.db, "completions"):
        state = states.get(source.removeprefix("enrolment:"))
        if stands and state not in DONE:
            yield f"{source}: a row stands, the place is {state}"
        if not stands and state == EnrolmentState.COMPLETED:
            yield f"{source}: its rows are void, the place is completed"


@check("courses.earlier_results", "历史结果连续编号 earlier results of a place are numbered without a gap")
def earlier_results(books: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[int]] = {}
    for enrolment_id, number in books.db.execute(select(EarlierResult.enrolment_id, EarlierResult.number)):
        held.setdefault(enrolment_id, []).append(number)
    for enrolment_id, numbers in held.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"{enrolment_id}: earlier results {sorted(numbers)}"


@check("courses.paid_in_doubt", "结业撤回时已拨付的，都提请决定是否追回 whoever was paid for a completion that is none is asked about")
def paid_in_doubt(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.scalars(
        select(Enrolment).where(Enrolment.redemption_id.is_not(None), Enrolment.state != EnrolmentState.COMPLETED)
    ).all()
    states = vouchers.states_of(books.db, [r.redemption_id for r in rows if r.redemption_id])
    asked = doubts.asked_about(books.db)
    for row in rows:
        if states.get(row.redemption_id or "") == "settled" and row.redemption_id not in asked:
            yield f"{row.id} is {row.state}, was paid, and nobody is asked about it"


@check("courses.frozen_by_changes", "证书办理期间未拨付的钱冻结 what a change may take back is frozen while the holder is heard, and no longer")
def frozen(books: Bookkeeper) -> Iterator[str]:
    waiting = {f"change:{i}" for i in changes.waiting(books.db)}
    for source in holds_of(books.db, "change:"):
        if source not in waiting:
            yield f"a hold of {source}, which is decided"
