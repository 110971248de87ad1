"""At an institution's counter: the holder's code is read for a class, compared, confirmed. The place is taken for the holder.

The holder's own act is the code that is shown; without one an institution finds, lists and uses no voucher.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skills.courses.actions.enrolments import Enrolled, purpose_of, take_place
from skills.courses.models import Course, CourseClass, Enrolment
from skills.courses.rules import classes as rules
from skills.courses.states import ClassState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.people import queries as people
from skills.standards.queries import value
from skills.vouchers.actions import codes
from skills.vouchers.actions.codes import SCAN
from skills.vouchers.actions.redemptions import quote
from skills.vouchers.actions.refusing import refusal
from skills.vouchers.rules import Payee


@dataclass(frozen=True)
class Presented:
    """All that an institution needs to be sure, and nothing more. Money in 分.

    holder      the masked name
    price       what the holder pays here; payee: to whom what the voucher is worth goes
    valid_until the voucher's last day
    confirm_by  until when this may be confirmed
    """

    code_id: str
    holder: str
    course: str
    number: str
    starts_on: date
    fee: int
    cents: int
    price: int
    valid_until: date
    confirm_by: datetime
    payee: Payee = Payee.INSTITUTION


@action("voucher_code.present", may=SCAN)
def present(act: Act, organisation_id: str, class_id: str, code: str) -> Presented:
    """Read the code that a holder shows, for a class of one's own. Nothing is taken yet.

    Raises Missing("course_class.unknown"), Refusal("enrolment.not_possible") with every condition of the class,
    Refusal("voucher_code.does_not_fit"), and what `codes.present` refuses.
    """
    held, course = _own_class(act, organisation_id, class_id)
    codes.refuse_locked(act, organisation_id)
    _may_take(act, held, None)
    row, voucher = codes.present(act, organisation_id, class_id, code)
    _may_take(act, held, row.person_id)
    quoted = quote(act, voucher, purpose_of(course, "counter"))
    if not quoted.verdict:
        raise _does_not_fit(refusal(act, quoted.question, quoted.verdict, voucher.id))
    minutes = int(value(act.db, "voucher.confirm_minutes", act.today))
    return Presented(
        row.id, people.person(act.db, row.person_id).masked_name, course.title, held.number, held.starts_on, course.fee,
        quoted.cents, quoted.own, voucher.valid_until, act.at + timedelta(minutes=minutes), quoted.question.terms.payee,
    )  # fmt: skip


@action("voucher_code.confirm", may=SCAN)
def confirm(act: Act, organisation_id: str, class_id: str, code_id: str) -> Enrolled:
    """Take the place for the holder and use the voucher, in one act; the holder is told at once.

    Raises what `codes.presented` and `enrolments.enrol` refuse; then nothing was taken and nothing was used.
    """
    _own_class(act, organisation_id, class_id)
    row = codes.presented(act, organisation_id, class_id, code_id)
    try:
        done = take_place(act, row.person_id, class_id, row.voucher_id, hand=row.done_as, confirmed=True)
    except Refusal as no:
        if no.code != "voucher.does_not_fit":
            raise
        raise _does_not_fit(no) from no
    codes.used(act, row, str(done.redemption_id))
    return done


def _does_not_fit(no: Refusal) -> Refusal:
    """What the institution hears of a no; why, the holder reads among the own vouchers."""
    bare = Refusal("voucher_code.does_not_fit")
    bare.keeps = no.keeps
    return bare


def _own_class(act: Act, organisation_id: str, class_id: str) -> tuple[CourseClass, Course]:
    act.require(SCAN, organisation_id)
    held = act.find(CourseClass, id=class_id)
    if held is None or held.institution_id != organisation_id or held.state == ClassState.PLANNED:
        raise Missing("course_class.unknown")
    return held, act.get(Course, id=held.course_id)


def _may_take(act: Act, held: CourseClass, person_id: str | None) -> None:
    """Whether a place may be taken at all, and by this person."""
    mine = person_id is not None and act.find(Enrolment, class_id=held.id, person_id=person_id, left_at=None) is not None
    rules.may_enrol(
        rules.Opening(held.state, held.starts_on, held.seats, held.taken, mine), act.today
    ).or_refuse()
