"""Places: taken with a voucher in one act, given back before the class begins, completed with all that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import update

from skills.accounts import queries as accounts
from skills.courses.actions import delivery, orders, payable, queue
from skills.courses.actions import hours as told
from skills.courses.models import CompletionSeries, Course, CourseClass, Enrolment, LeaveRequest, Reservation
from skills.courses.queries import attendance as attended
from skills.courses.queries import exams, plans
from skills.courses.queries import hours as ledgers
from skills.courses.rules import classes as rules
from skills.courses.rules import completion, places
from skills.courses.rules.attendance import Count, hours_of
from skills.courses.rules.completion import Limits
from skills.courses.rules.completion import Result as Reported
from skills.courses.rules.exams import Result, against_exam
from skills.courses.rules.hours import Ledger, units_of
from skills.courses.states import ENROLMENT, LEAVE, Admission, ClassState, EnrolmentState, LeaveState
from skills.credentials.actions import issue
from skills.credentials.claims import Claims
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.people import queries as people
from skills.records import actions as records
from skills.records.rules import Training
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.vouchers.actions import redemptions
from skills.vouchers.actions.hands import tell_helped
from skills.vouchers.rules import Purpose

ENROL = "enrolment.enrol"


@dataclass(frozen=True)
class Enrolled:
    """A place taken. `price` is what the person pays, in 分."""

    enrolment_id: str
    redemption_id: str | None
    price: int


@dataclass(frozen=True)
class Left:
    """A place given back."""

    enrolment_id: str
    state: str


@dataclass(frozen=True)
class Completed:
    """A place after its result was filed. `cents` became payable."""

    enrolment_id: str
    state: str
    certificate_number: str | None
    cents: int


@action("enrolment.enrol", may=ENROL, by_helper=True)
def enrol(act: Act, class_id: str, voucher_id: str | None = None) -> Enrolled:
    """Take a place in a class in one's own name, and use a voucher for it in the same act.

    Raises Missing("course_class.unknown"), Refusal("enrolment.not_possible") with every condition, and whatever the
    voucher's own rules refuse; then nothing was taken and nothing was used.
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    done = take_place(act, act.actor.person, class_id, voucher_id)
    tell_helped(act, act.actor.person, "enrolment.told_enrolled_for", place=done.enrolment_id)
    return done


def take_place(
    act: Act, person_id: str, class_id: str, voucher_id: str | None, hand: str = "", confirmed: bool = False
) -> Enrolled:
    """Take a place for a person inside the caller's act, who answers for it that the person wants it.

    `hand` as in the vouchers' ledger; `confirmed` if the institution itself takes the person in. Refuses as `enrol` does.
    """
    held = act.get(CourseClass, id=class_id)
    if held.state in (ClassState.PLANNED, ClassState.SUBMITTED, ClassState.RETURNED):
        raise Missing("course_class.unknown")
    before = act.find(Enrolment, class_id=class_id, person_id=person_id, left_at=None)
    asked = held.taken and act.find(Reservation, class_id=class_id, person_id=person_id, closed_at=None)
    if held.taken >= held.seats or asked:
        queue.tidy(act, held)  # what was kept too long is no reason to refuse
        asked = act.find(Reservation, class_id=class_id, person_id=person_id, closed_at=None)
    rules.may_enrol(
        rules.Opening(
            held.state, held.starts_on, held.seats, held.taken, before is not None, confirmed or held.admits == Admission.AT_ONCE,
            bool(asked),
        ),
        act.today,
    ).or_refuse()
    orders.sit(act, held, person_id)
    queue.take_seat(act, held)
    return place(act, person_id, held, voucher_id, hand)


def place(
    act: Act, person_id: str, held: CourseClass, voucher_id: str | None, hand: str = "", life_left: int | None = None
) -> Enrolled:
    """Write a place whose seat is counted already, and use the voucher. `life_left` if the voucher was kept for this seat."""
    course = act.get(Course, id=held.course_id)
    row = Enrolment(
        id=act.new_id(), class_id=held.id, person_id=person_id, state=EnrolmentState.ENROLLED, enrolled_at=act.at,
        fee=course.fee, price=course.fee,
    )
    act.note("enrolment.enrol", id=row.id)
    if voucher_id is not None:
        redeemed = redemptions.redeem(
            act, voucher_id=voucher_id, holder_id=person_id, purpose=purpose_of(course, row.id), hand=hand, life_left=life_left
        )
        row.redemption_id, row.voucher_cents = redeemed.redemption_id, redeemed.cents
        row.payee, row.price = redeemed.payee, redeemed.own
    act.add(row)
    return Enrolled(row.id, row.redemption_id, row.price)


def purpose_of(course: Course, enrolment_id: str) -> Purpose:
    """What a voucher is asked to pay for."""
    level = Level(course.level) if course.level else None
    return Purpose(
        course.institution_id, course.occupation, level, course.fee, f"enrolment:{enrolment_id}", course.zone
    )


@action("enrolment.withdraw", may=ENROL, by_helper=True)
def withdraw(act: Act, enrolment_id: str, code: str = "other", reason: str = "") -> Left:
    """Leave while it is free; the voucher goes back. `code` is one of LEAVE_REASONS.

    Raises Missing("enrolment.unknown"), Refusal("enrolment.too_late", "enrolment.reason_unknown").
    """
    if act.actor.person is None:
        raise Missing("enrolment.unknown")
    done = give_back(act, act.actor.person, enrolment_id, code, reason)
    tell_helped(act, act.actor.person, "enrolment.told_left_for", place=enrolment_id)
    return done


def give_back(act: Act, person_id: str, enrolment_id: str, code: str, reason: str) -> Left:
    """Give a person's place back inside the caller's act, who answers for it that the person wants it. Refuses as `withdraw`."""
    row = act.get(Enrolment, id=enrolment_id)
    if row.person_id != person_id:
        raise Missing("enrolment.unknown")
    ENROLMENT.check(row.state, "withdraw")
    held = act.get(CourseClass, id=row.class_id)
    places.may_leave(shanghai_day(row.enrolled_at), held.starts_on, cooling_off(act), act.today).or_refuse()
    if code not in places.LEAVE_REASONS:
        raise Refusal("enrolment.reason_unknown")
    leave(act, row, "withdraw", reason.strip()[:400], code=code)
    return Left(row.id, row.state)


def leave(act: Act, row: Enrolment, how: str, reason: str, code: str = "") -> None:
    """End a live place: the voucher is released, the seat goes to the first in the queue or is free, the ledger of hours is told."""
    queue.lock_class(act, row.class_id)  # the class before the person, as everywhere
    told.lock(act, row.person_id)
    act.move(row, ENROLMENT, how, left_at=act.at, left_code=code, left_reason=reason, ended_at=act.at)
    _close_request(act, row)
    if row.redemption_id and payable.used(act, row):
        redemptions.release(act, redemption_id=row.redemption_id, reason=how)
    orders.stand_up(act, row.class_id, row.person_id)
    queue.free_seat(act, row.class_id)
    told.attended(act, row.person_id)


def _close_request(act: Act, row: Enrolment) -> None:
    """A place that has ended otherwise needs no leave any more."""
    asked = act.find(LeaveRequest, enrolment_id=row.id, state=LeaveState.OPENED)
    if asked is not None:
        act.move(asked, LEAVE, "withdraw", closed_at=act.at)


def cooling_off(act: Act) -> int:
    """Working days in which a place may be left freely; 0: until the class begins."""
    return int(standards.value(act.db, "course.cooling_off_days", act.today))


@action("enrolment.complete", may="enrolment.complete")
def complete(
    act: Act,
    enrolment_id: str,
    hours: Decimal,
    attendance: Decimal,
    score: Decimal,
    completed_on: date,
    passed: bool,
) -> Completed:
    """Write a place's result with all that follows from it, or nothing.

    Passed: the place is completed, the voucher earned, the training recorded, the certificate issued.
    Not passed: the place has failed and the voucher goes back to its holder.
    Where attendance was written, result and money rest on it: the report may say nothing else and no more hours.
    Of a course with lessons online they rest on the ledger of class hours.
    Where a completion exam was held, or is asked for, its score is the result.
    Raises Missing, Refusal("enrolment.cannot_complete", "class.not_running", "completion.not_reached",
    "completions.attendance_differs", "completions.hours_beyond", "completions.exam_missing",
    "completions.exam_not_passed", "completions.score_differs", "completions.beyond_ledger",
    "completions.overlap_open").
    """
    row = act.get(Enrolment, id=enrolment_id)
    told.lock(act, row.person_id)  # before the ledger is read: nothing is written into it until the result stands
    held = act.get(CourseClass, id=row.class_id)
    course = act.get(Course, id=held.course_id)
    if held.state not in (ClassState.RUNNING, ClassState.FINISHED):
        raise Refusal("class.not_running")
    kept = attended.count_of(act.db, held.id, row.person_id)
    ledger = ledgers.ledger_of(act.db, held.id, row.person_id)
    _as_written(kept, ledger, attendance, hours, course.hours)
    examined = exams.result_of(act.db, row.id)
    _as_examined(bool(exams.asked_of(act.db, [held.id])), examined, score, passed)
    values = {
        "hours": f"{hours:f}", "attendance": f"{attendance:f}", "completed_on": completed_on, "ended_at": act.at,
        "score": "" if examined and examined.outcome == "absent" else f"{score:f}",
    }  # fmt: skip
    if not passed:
        act.move(row, ENROLMENT, "fail", **values)
        _close_request(act, row)
        if row.redemption_id and payable.used(act, row):
            redemptions.release(act, redemption_id=row.redemption_id, reason="not_completed")
        return Completed(row.id, row.state, None, 0)
    ENROLMENT.check(row.state, "complete")
    limits = limits_on(act)
    completion.judge(Reported(hours, attendance, score, completed_on), course.hours, limits).or_refuse()
    number = _certify(act, row, course, hours, score)
    act.move(row, ENROLMENT, "complete", certificate_number=number, **values)
    _close_request(act, row)
    cents = payable.cents(act, row)
    if row.redemption_id and payable.used(act, row):
        units = units_of(kept, ledger, plans.hours_of(act.db, [held.id])[held.id])
        redemptions.earn(
            act, redemption_id=row.redemption_id, proof=f"certificate:{number}",
            attended=units[0] if units else None, planned=units[1] if units else None,
        )  # fmt: skip
        delivery.hold_unreported(act, held.id, row.redemption_id)
    records.add(
        act, person_id=row.person_id, kind="training", source=f"enrolment:{row.id}", strength="compared",
        body=Training(
            occupation=course.occupation, level=Level(course.level) if course.level else None, hours=int(hours),
            completed_on=completed_on, certificate_number=number, institution_id=course.institution_id,
            subsidised=payable.subsidised(act, row),
        ),
    )
    return Completed(row.id, row.state, number, cents)


def _as_written(kept: Count | None, ledger: Ledger, percent: Decimal, hours: Decimal, course_hours: int) -> None:
    """What is reported is what the learner's own scans come to, if any were written in the class, and the ledger."""
    if ledger.strict and ledger.open:
        raise Refusal("completions.overlap_open", n=ledger.open)
    if ledger.strict and ledger.online and hours > ledger.hours(course_hours):
        raise Refusal("completions.beyond_ledger", hours=hours, kept=ledger.hours(course_hours))
    if kept is None:
        return
    if percent != kept.percent:
        raise Refusal("completions.attendance_differs", percent=percent, kept=kept.percent)
    if not ledger.online and hours > (most := hours_of(kept, course_hours)):
        raise Refusal("completions.hours_beyond", hours=hours, kept=most)


def _as_examined(asked: bool, examined: Result | None, score: Decimal, passed: bool) -> None:
    """What is reported is what the completion exam came to."""
    said = against_exam(asked, examined, score, passed)
    if said is not None:
        raise Refusal(said[0], **said[1])


def limits_on(act: Act) -> Limits:
    """The policy of completion on the day of the act."""
    from skills.courses.queries.filing import limits

    return limits(act.db, act.today)


def _certify(act: Act, row: Enrolment, course: Course, hours: Decimal, score: Decimal) -> str:
    """Issue the completion certificate under the next number of the institution's series."""
    institution = accounts.organisation(act.db, course.institution_id)
    person = people.person(act.db, row.person_id)
    box = act.using(Box)
    kind_word, masked = people.masked_document(act.db, box, row.person_id)
    year = act.today.year
    wait_exclusive(act.db, f"completion_series:{institution.id}:{year}")
    serial = act.db.execute(
        update(CompletionSeries)
        .where(CompletionSeries.institution_id == institution.id, CompletionSeries.year == year)
        .values(last=CompletionSeries.last + 1)
        .returning(CompletionSeries.last)
    ).scalar()
    if serial is None:
        act.add(CompletionSeries(institution_id=institution.id, year=year, last=1))
        serial = 1
    number = completion.completion_number(institution.credit_code, year, serial)
    issue(
        act,
        claims=Claims(
            kind="completion", number=number, holder_name=person.name, document_kind=kind_word,
            document_masked=masked, issuer_name=institution.name, issued_on=act.today,
            occupation_code=course.occupation, occupation_name=standards.occupation(act.db, course.occupation).name,
            award=course.title, hours=f"{hours:f}", score=f"{score:f}",
        ),
        person_id=row.person_id, issuer_id=institution.id, synthetic=person.synthetic,
    )
    return number


