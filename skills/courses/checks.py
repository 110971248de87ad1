"""What always holds of courses: seats, vouchers, records and certificates agree with the places."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from skills.accounts import queries as accounts
from skills.courses.models import ClassSeries, CompletionSeries, Course, CourseClass, Enrolment
from skills.courses.rules.completion import read_number
from skills.courses.states import ClassState, EnrolmentState
from skills.credentials import queries as credentials
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.errors import Missing
from skills.records import queries as records
from skills.vouchers import queries as vouchers

# What the redemption of a place may be in, by the state of the place.
REDEMPTION_STATES = {
    EnrolmentState.ENROLLED: {"redeemed"},
    EnrolmentState.ATTENDING: {"redeemed"},
    EnrolmentState.COMPLETED: {"earned", "settled", "annulled"},
    EnrolmentState.FAILED: {"released"},
    EnrolmentState.WITHDRAWN: {"released"},
}


@check("courses.seats", "班级已占名额等于未退出的人数 seats taken are places not given back")
def seats(books: Bookkeeper) -> Iterator[str]:
    held = dict(
        books.db.execute(
            select(Enrolment.class_id, func.count()).where(Enrolment.left_at.is_(None)).group_by(Enrolment.class_id)
        ).all()
    )
    for row in books.db.scalars(select(CourseClass)):
        if row.taken != held.get(row.id, 0) or row.taken > row.seats:
            yield f"{row.number}: {row.taken} of {row.seats} taken, {held.get(row.id, 0)} places"


@check("courses.class_states", "未批准的班没有学员，已取消的班没有在读学员 places exist only where a class allows them")
def class_states(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.execute(
        select(CourseClass.number, CourseClass.state, Enrolment.state).join(
            Enrolment, Enrolment.class_id == CourseClass.id
        )
    )
    allowed = {
        ClassState.APPROVED: {EnrolmentState.ENROLLED, EnrolmentState.WITHDRAWN},
        ClassState.RUNNING: set(EnrolmentState) - {EnrolmentState.ENROLLED},
        ClassState.FINISHED: set(EnrolmentState) - {EnrolmentState.ENROLLED},
        ClassState.CANCELLED: set(EnrolmentState) - {EnrolmentState.ENROLLED, EnrolmentState.ATTENDING},
    }
    for number, held, state in rows:
        if state not in allowed.get(ClassState(held), set()):
            yield f"{number} is {held}, yet has a place {state}"


@check("courses.redemptions", "报名与用券状态一致 places agree with the vouchers that paid for them")
def redemptions(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.scalars(select(Enrolment)).all()
    states = vouchers.states_of(books.db, [r.redemption_id for r in rows if r.redemption_id])
    for row in rows:
        if row.redemption_id is None and row.voucher_cents:
            yield f"{row.id}: voucher money without redemption"
        if row.redemption_id:
            found = str(states.get(row.redemption_id, "missing"))
            if found not in REDEMPTION_STATES[EnrolmentState(row.state)]:
                yield f"{row.id} is {row.state}, its redemption {row.redemption_id} is {found}"


@check("courses.completions", "结业都有培训记录和证书 every completion has its record and its certificate")
def completions(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.scalars(select(Enrolment).where(Enrolment.state == EnrolmentState.COMPLETED)).all()
    states = vouchers.states_of(books.db, [r.redemption_id for r in rows if r.redemption_id])
    for row in rows:
        denied = states.get(row.redemption_id or "") == "annulled"
        if records.has_live(books.db, "training", f"enrolment:{row.id}") == denied:
            yield f"{row.id}: {'denied, yet a training of the person' if denied else 'completed without a training record'}"
        try:
            credentials.certificate(books.db, row.certificate_number or "")
        except Missing:
            yield f"{row.id}: certificate {row.certificate_number} does not exist"


@check("courses.numbers", "培训合格证书编号连续无缺号 completion numbers run without gap in each series")
def numbers(books: Bookkeeper) -> Iterator[str]:
    found: dict[tuple[str, int], list[int]] = {}
    rows = books.db.execute(
        select(Enrolment.certificate_number, Course.institution_id)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .join(Course, Course.id == CourseClass.course_id)
        .where(Enrolment.certificate_number.is_not(None))
    )
    for number, institution in rows:
        read = read_number(number or "")
        body = accounts.organisation(books.db, institution).credit_code[8:17].upper()
        if read is None or read[1] != body:
            yield f"{number}: no number of its institution"
        else:
            found.setdefault((institution, read[0]), []).append(read[2])
    for series in books.db.scalars(select(CompletionSeries)):
        serials = sorted(found.pop((series.institution_id, series.year), []))
        if serials != list(range(1, series.last + 1)):
            yield f"{series.institution_id} {series.year}: {len(serials)} numbers, series stands at {series.last}"
    for institution, year in found:
        yield f"{institution} {year}: numbers without a series"
    for years in books.db.scalars(select(ClassSeries)):
        count = books.db.scalar(
            select(func.count()).select_from(CourseClass).where(CourseClass.number.like(f"B{years.year}-%"))
        )
        if count != years.last:
            yield f"class numbers of {years.year}: {count} classes, series stands at {years.last}"
