"""What always holds of courses: seats, vouchers, records and certificates agree with the places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from skills.accounts import queries as accounts
from skills.courses.checks import bookings as bookings  # loaded for their promises
from skills.courses.checks import catalogue as catalogue
from skills.courses.checks import delivery as delivery
from skills.courses.checks import exams as exams
from skills.courses.checks import orders as orders
from skills.courses.models import (
    Attendance,
    AttendanceCorrection,
    CardScan,
    ClassSeries,
    ClassSession,
    CompletionSeries,
    Course,
    CourseClass,
    EarlierResult,
    Enrolment,
    LearnerCard,
    LeaveRequest,
    OrderContract,
    OrderSeat,
    Reservation,
    RoomTerminal,
)
from skills.courses.queries import plans
from skills.courses.queries.attendance import counts, policy_of
from skills.courses.queries.hours import decided, ledgers
from skills.courses.queries.results import earlier_of
from skills.courses.rules.attendance import Side, Times, mark_at, side_now
from skills.courses.rules.completion import read_number
from skills.courses.rules.hours import NO_LEDGER, units_of
from skills.courses.states import KEPT, LIVE, LIVE_RESERVATION, ClassState, EnrolmentState, LeaveState, ReservationState
from skills.courses.states.changes import OrderState
from skills.credentials import queries as credentials
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.records import queries as records
from skills.vouchers import queries as vouchers
from skills.vouchers.queries import settling

# What the redemption of a place may be in, by the state of the place.
REDEMPTION_STATES = {
    EnrolmentState.ENROLLED: {"redeemed"},
    EnrolmentState.ATTENDING: {"redeemed"},
    EnrolmentState.COMPLETED: {"earned", "ordered", "settled", "clawed_back", "annulled"},
    EnrolmentState.FAILED: {"released"},
    EnrolmentState.WITHDRAWN: {"released"},
}


# What it may be in besides, once an earlier result of the place was corrected or made void.
AFTERWARDS = {
    EnrolmentState.ATTENDING: {"released", "annulled", "settled", "clawed_back"},
    EnrolmentState.COMPLETED: {"released", "annulled", "settled", "clawed_back"},
    EnrolmentState.FAILED: {"annulled", "settled", "clawed_back"},
    EnrolmentState.WITHDRAWN: {"annulled", "settled", "clawed_back"},
}


@check("courses.seats", "班级已占名额等于未退出的人数加保留的名额 seats taken are places not given back and seats that are kept")
def seats(books: Bookkeeper) -> Iterator[str]:
    held: Counter[str] = Counter()
    for class_id, count in books.db.execute(
        select(Enrolment.class_id, func.count()).where(Enrolment.left_at.is_(None)).group_by(Enrolment.class_id)
    ):
        held[class_id] += count
    for class_id, count in books.db.execute(
        select(Reservation.class_id, func.count()).where(Reservation.state.in_(KEPT)).group_by(Reservation.class_id)
    ):
        held[class_id] += count
    for row in books.db.scalars(select(CourseClass)):
        if row.taken != held[row.id] or row.taken > row.seats:
            yield f"{row.number}: {row.taken} of {row.seats} taken, {held[row.id]} places and kept seats"


@check("courses.reservations", "占位的券与占位一致，先到先得 kept vouchers have their seat; nobody waits beside a free one")
def reservations(books: Bookkeeper) -> Iterator[str]:
    classes = {c.id: c for c in books.db.scalars(select(CourseClass))}
    rows = books.db.scalars(select(Reservation).order_by(Reservation.class_id, Reservation.number)).all()
    kept = {r.voucher_id: r for r in rows if r.state == ReservationState.HELD and r.voucher_id}
    for voucher_id in vouchers.kept(books.db):
        if voucher_id not in kept:
            yield f"voucher {voucher_id} is kept for no seat"
    states = vouchers.voucher_states(books.db, list(kept))
    for voucher_id, row in kept.items():
        if states.get(voucher_id) != "reserved":
            yield f"reservation {row.id} keeps a voucher that is {states.get(voucher_id)}"
    waiting: set[str] = set()
    live = select(OrderContract.class_id).where(OrderContract.state == OrderState.LIVE)
    contracts = set(books.db.scalars(live))  # an employer's seats are not for everybody
    sitting = select(OrderSeat.class_id, OrderSeat.person_id).where(OrderSeat.freed_at.is_(None))
    sat = {(class_id, person) for class_id, person in books.db.execute(sitting)}
    for row in rows:
        held = classes[row.class_id]
        if row.state in LIVE_RESERVATION and held.state != ClassState.APPROVED:
            yield f"reservation {row.id} is {row.state}, its class {held.number} is {held.state}"
        if row.state == ReservationState.WAITING:
            waiting.add(row.class_id)
            free = held.taken < held.seats and held.id not in contracts
            if free and held.state == ClassState.APPROVED and shanghai_day(books.at) < held.starts_on:
                yield f"reservation {row.id} waits, {held.number} has a seat"
        elif row.state == ReservationState.OFFERED and row.class_id in waiting and (row.class_id, row.person_id) not in sat:
            yield f"reservation {row.id} was offered a seat before somebody who came first"


@check("courses.leave_requests", "退课申请只针对在读的人，办结有人有理由 open requests are of live places; decisions have a hand and a reason")
def leave_requests(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.execute(select(LeaveRequest, Enrolment.state).join(Enrolment, Enrolment.id == LeaveRequest.enrolment_id))
    for row, place in rows:
        if row.state == LeaveState.OPENED and place not in LIVE:
            yield f"leave request {row.id} is open, its place is {place}"
        if row.state in (LeaveState.GRANTED, LeaveState.REFUSED) and not (row.decided_by and row.reason):
            yield f"leave request {row.id} is {row.state} by nobody or for no reason"
        if row.state == LeaveState.GRANTED and place != EnrolmentState.WITHDRAWN:
            yield f"leave request {row.id} was granted, its place is {place}"


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
    earlier = earlier_of(books.db)
    for row in rows:
        if row.redemption_id is None and row.voucher_cents:
            yield f"{row.id}: voucher money without redemption"
        if row.redemption_id:
            found = str(states.get(row.redemption_id, "missing"))
            afterwards = AFTERWARDS.get(EnrolmentState(row.state), set()) if row.id in earlier else set()
            if found not in REDEMPTION_STATES[EnrolmentState(row.state)] | afterwards:
                yield f"{row.id} is {row.state}, its redemption {row.redemption_id} is {found}"


@check("courses.attended", "付款所依的出勤就是签到记录 what money rests on is what the learners' own scans come to")
def attended(books: Bookkeeper) -> Iterator[str]:
    told = settling.attended(books.db)
    rows = [row for row in books.db.scalars(select(Enrolment).where(Enrolment.redemption_id.is_not(None))) if row.redemption_id in told]
    classes = {row.class_id for row in rows}
    kept, hours = counts(books.db, classes), ledgers(books.db, classes)
    whole, later = plans.hours_of(books.db, classes), decided(books.db, classes)
    for row in rows:
        key, says = (row.class_id, row.person_id), told[row.redemption_id or ""]
        if says not in (units_of(kept.get(key), hours.get(key, NO_LEDGER), whole[row.class_id]), later.get(row.id)):
            yield f"{row.id}: paid by another attendance than was written"


@check("courses.completions", "结业都有培训记录和证书 every completion has its record and its certificate")
def completions(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.scalars(select(Enrolment).where(Enrolment.state == EnrolmentState.COMPLETED)).all()
    states = vouchers.states_of(books.db, [r.redemption_id for r in rows if r.redemption_id])
    earlier = earlier_of(books.db)
    for row in rows:
        denied = states.get(row.redemption_id or "") == "annulled" and row.id not in earlier
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
    gone = books.db.execute(
        select(EarlierResult.certificate_number, Course.institution_id)
        .join(Enrolment, Enrolment.id == EarlierResult.enrolment_id)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .join(Course, Course.id == CourseClass.course_id)
        .where(EarlierResult.certificate_number.is_not(None))
    )
    for number, institution in {(n, i) for n, i in (*rows, *gone)}:
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


@check("courses.attendance", "考勤在规定时间内写下，或经两人更正 attendance lies in its window or was corrected by two people")
def attendance(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.execute(
        select(Attendance, ClassSession, CourseClass.starts_on, AttendanceCorrection)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .join(CourseClass, CourseClass.id == ClassSession.class_id)
        .outerjoin(AttendanceCorrection, AttendanceCorrection.id == Attendance.correction_id)
    ).all()
    places = {(c, p) for c, p in books.db.execute(select(Enrolment.class_id, Enrolment.person_id))}
    live: set[tuple[str, str, str]] = set()
    policies: dict[date, Times] = {}
    for row, held, first, wish in rows:
        key = (row.session_id, row.person_id, row.side)
        if row.replaced_at is None and key in live:
            yield f"{row.id}: counts twice"
        live |= {key} if row.replaced_at is None else set()
        if row.class_id != held.class_id or (row.class_id, row.person_id) not in places:
            yield f"{row.id}: of somebody who holds no place in this class"
        if row.way == "correction":
            same = wish and (wish.session_id, wish.person_id, wish.side, wish.mark) == (*key, row.mark)
            if not same or wish.state != "approved" or wish.decided_by in (None, wish.asked_by):
                yield f"{row.id}: no correction by two people stands behind it"
            continue
        if first not in policies:
            policies[first] = policy_of(books.db, first).times
        times = policies[first]
        if side_now(held.starts_at, held.ends_at, row.at, times) != row.side:
            yield f"{row.id}: written outside its window"
        elif mark_at(held.starts_at, Side(row.side), row.at, times) != row.mark:
            yield f"{row.id}: {row.mark}, which its moment is not"


@check("courses.corrections", "每次同意的更正恰有一条考勤，旧记录保留 each approved correction made one row, and a row is only replaced by one")
def corrections(books: Bookkeeper) -> Iterator[str]:
    made = [i for i in books.db.scalars(select(Attendance.correction_id)) if i is not None]
    approved = set(books.db.scalars(select(AttendanceCorrection.id).where(AttendanceCorrection.state == "approved")))
    for wish in sorted(approved.symmetric_difference(made)):
        yield f"{wish}: approved and written do not agree"
    if len(set(made)) != len(made):
        yield "a correction was written twice"
    chosen = select(Attendance.session_id, Attendance.person_id, Attendance.side).where(Attendance.replaced_at.is_(None))
    live = {(s, p, side) for s, p, side in books.db.execute(chosen)}
    for row in books.db.scalars(select(Attendance).where(Attendance.replaced_at.is_not(None))):
        if (row.session_id, row.person_id, row.side) not in live:
            yield f"{row.id}: replaced by nothing"


@check("courses.card_scans", "刷卡签到各有一次终端和一张当时有效的卡 each attendance by card came from an open terminal and a card that counted")
def card_scans(books: Bookkeeper) -> Iterator[str]:
    by_card = set(books.db.scalars(select(Attendance.id).where(Attendance.way == "card")))
    scans = set(books.db.scalars(select(CardScan.attendance_id)))
    for row_id in sorted(by_card.symmetric_difference(scans)):
        yield f"{row_id}: attendance and scan of a card do not agree"
    rows = books.db.execute(
        select(Attendance, RoomTerminal, LearnerCard)
        .join(CardScan, CardScan.attendance_id == Attendance.id)
        .join(RoomTerminal, RoomTerminal.id == CardScan.terminal_id)
        .join(LearnerCard, LearnerCard.id == CardScan.card_id)
    )
    for row, terminal, card in rows:
        if terminal.session_id != row.session_id or not terminal.opened_at <= row.at <= (terminal.closed_at or row.at):
            yield f"{row.id}: its terminal was another session's, or not open"
        if card.person_id != row.person_id or not card.printed_at <= row.at <= (card.ended_at or row.at):
            yield f"{row.id}: its card was somebody else's, or did not count"


from skills.courses.checks import results as results  # noqa: E402 - promises of their own file
