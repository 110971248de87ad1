"""Results that were reported and no longer stand: corrected, made void, or gone with their certificate. Nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from skills.aftercare.actions import requests, revocations
from skills.aftercare.rules import CareKind
from skills.courses.actions import enrolments, payable
from skills.courses.models import Course, CourseClass, EarlierResult, Enrolment
from skills.courses.rules import amending, completion
from skills.courses.rules.amending import Course as Way
from skills.courses.rules.completion import Result
from skills.courses.states import ENROLMENT, ClassState, EnrolmentState
from skills.kernel.acts import Act
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.records import actions as records
from skills.records.queries import has_live
from skills.records.rules import Training
from skills.returns.rules.amending import Followed, Why
from skills.returns.rules.cells import CellFault, as_decimal
from skills.standards.rules import Level
from skills.vouchers import queries as vouchers
from skills.vouchers.actions import holds, redemptions, unearning
from skills.vouchers.queries.settling import used
from skills.vouchers.rules.codes import Hand

DONE = (EnrolmentState.COMPLETED, EnrolmentState.FAILED)


def correct(act: Act, enrolment_id: str, result: Result, passed: bool, why: Why, carried_out: bool = False) -> Followed:
    """Put a corrected result in the place of the reported one, inside the act of the return that brings it.

    What the certificate says cannot change by this alone: the request about it is begun here and the result waits for
    its end (`carried_out`). A completion that was none is taken back only after its holder was heard; its money is
    frozen meanwhile.
    Raises Refusal("completions.no_result" | "completions.nothing_corrected" | "completion.not_reached" |
    "redemption.on_its_way"), and what the requests about certificates refuse ("care.not_possible").
    """
    row = _with_result(act, enrolment_id)
    course = _course(act, row)
    held = amending.Held(row.state, row.hours, row.score)
    if passed and not carried_out:
        completion.judge(result, course.hours, enrolments.limits_on(act)).or_refuse()
    way = amending.course_of(held, result, passed)
    if carried_out and way is Way.REISSUE:
        way = Way.AMEND
    if way is Way.OVERTURN and not carried_out:
        return _told(act, row, why)
    if way is Way.REISSUE:
        asked = requests.ask_as_body(
            act, number=row.certificate_number or "", kind=CareKind.CORRECT, reason="correction", text=why.reason,
            changes=amending.certificate_changes(held, result),
        )  # fmt: skip
        return Followed(asked.request_id, asked.number, person_id=row.person_id)
    values: dict[str, Any] = {
        "hours": f"{result.hours:f}", "attendance": f"{result.attendance:f}", "score": f"{result.score:f}",
        "completed_on": result.completed_on,
    }  # fmt: skip
    figures_stay = all(amending.same_figure(getattr(row, name), values[name]) for name in ("hours", "attendance", "score"))
    if figures_stay and row.completed_on == result.completed_on and way is Way.AMEND and not carried_out:
        raise Refusal("completions.nothing_corrected")
    keep(act, row, "corrected", why)
    match way:
        case Way.OVERTURN:
            _take_back(act, row, why, "overturn", **values, ended_at=act.at)
            _release(act, row)
        case Way.COMPLETE:
            voucher_back(act, row)
            _reopen(act, row)
            done = enrolments.complete(
                act, enrolment_id=row.id, hours=result.hours, attendance=result.attendance, score=result.score,
                completed_on=result.completed_on, passed=True,
            )  # fmt: skip
            return Followed(cents=done.cents, person_id=row.person_id)
        case _:
            _amend(act, row, course, result, values)
    return Followed(person_id=row.person_id)


def void(act: Act, enrolment_id: str, why: Why, carried_out: bool = False) -> Followed:
    """Take a reported result back, as if it had not been reported: the place is open for another report.

    A completion goes only after its holder was heard, by the request that is begun here.
    Raises as `correct` does, and Refusal("completions.class_cancelled") where no result could be reported any more.
    """
    row = _with_result(act, enrolment_id)
    if row.state == EnrolmentState.COMPLETED and not carried_out:
        return _told(act, row, why)
    cancelled = act.get(CourseClass, id=row.class_id).state == ClassState.CANCELLED
    if cancelled and row.state == EnrolmentState.FAILED:
        raise Refusal("completions.class_cancelled")
    keep(act, row, "void", why)
    if row.state == EnrolmentState.FAILED:
        voucher_back(act, row)
        _reopen(act, row)
    elif cancelled:
        _take_back(act, row, why, "overturn")
        _release(act, row)
    else:
        _take_back(act, row, why, "reopen", hours="", attendance="", score="", completed_on=None, ended_at=None)
    return Followed(person_id=row.person_id)


def dropped(act: Act, why: Why) -> None:
    """The request was refused: the completion stands, and its money is free again."""
    holds.lift(act, _source(why))


def revoked(act: Act, number: str, why: Why) -> None:
    """A completion certificate was taken back for another reason than a return: the completion goes with it.

    Inside the act that revokes it. Raises Refusal("redemption.on_its_way").
    """
    row = act.find(Enrolment, certificate_number=number)
    if row is None or row.state != EnrolmentState.COMPLETED:
        return
    keep(act, row, "revoked", why)
    _take_back(act, row, why, "overturn")
    _release(act, row)


def rewritten(act: Act, number: str, changes: dict[str, str], why: Why) -> None:
    """A completion certificate was corrected for another reason than a return: hours and score follow it."""
    row = act.find(Enrolment, certificate_number=number)
    figures = {name: text for name, text in changes.items() if name in ("hours", "score")}
    if row is None or row.state != EnrolmentState.COMPLETED or not figures:
        return
    try:
        known = {name: f"{as_decimal(text):f}" for name, text in figures.items()}
    except CellFault as fault:
        raise Refusal("completions.figure_unreadable", said="、".join(figures.values())[:40]) from fault
    if all(amending.same_figure(getattr(row, name), text) for name, text in known.items()):
        return
    keep(act, row, "corrected", why)
    course = _course(act, row)
    act.alter(row, Enrolment.state == EnrolmentState.COMPLETED, **known)
    _write_training(act, row, course)


def keep(act: Act, row: Enrolment, how: str, why: Why) -> None:
    """Keep a place's result as it stands now: something newer takes its place."""
    last = act.db.scalar(select(func.max(EarlierResult.number)).where(EarlierResult.enrolment_id == row.id)) or 0
    act.add(
        EarlierResult(
            id=act.new_id(), enrolment_id=row.id, number=last + 1, state=row.state, hours=row.hours, attendance=row.attendance,
            score=row.score, completed_on=row.completed_on, certificate_number=row.certificate_number,
            cents=payable.stands(act, row), ended_at=row.ended_at, how=how,
            why=why.reason[:400], by=why.account, replaced_at=act.at,
        )
    )  # fmt: skip


def voucher_back(act: Act, row: Enrolment) -> None:
    """Use the voucher again that was given back when the place failed, if its holder still has it and may use it.

    The holder is told of it as of every use. If it cannot be, the place goes on and nothing becomes payable for it.
    """
    if row.redemption_id is None or vouchers.states_of(act.db, [row.redemption_id]).get(row.redemption_id) != "released":
        return
    try:
        with act.part():
            again = redemptions.redeem(
                act, voucher_id=used(act.db, [row.redemption_id])[row.redemption_id].voucher_id, holder_id=row.person_id,
                purpose=enrolments.purpose_of(_course(act, row), row.id), hand=Hand.INSTITUTION,
            )  # fmt: skip
    except Refusal as no:
        act.db.refresh(row)
        if no.keeps is not None:
            no.keeps(act)
        return
    act.db.refresh(row)
    holds.carry_over(act, row.redemption_id, again.redemption_id)
    act.alter(
        row, Enrolment.id == row.id, redemption_id=again.redemption_id, voucher_cents=again.cents, payee=again.payee, price=again.own
    )


def _told(act: Act, row: Enrolment, why: Why) -> Followed:
    """Tell the holder that the certificate is to be taken back, and freeze what is not paid yet."""
    asked = revocations.propose(act, number=row.certificate_number or "", reason="error", explanation=why.reason)
    if row.redemption_id:
        holds.place(act, [row.redemption_id], _source(why))
    return Followed(asked.request_id, asked.number, person_id=row.person_id)


def _take_back(act: Act, row: Enrolment, why: Why, move: str, **values: object) -> None:
    """The place is completed no more: record, money and number go with it. The number stays used."""
    if row.redemption_id:
        unearning.unearn(act, redemption_id=row.redemption_id, source=_source(why), reason=why.reason)
        holds.lift(act, _source(why))
    source = f"enrolment:{row.id}"
    if has_live(act.db, "training", source):
        records.withdraw(act, kind="training", source=source, reason=_source(why))
    act.move(row, ENROLMENT, move, certificate_number=None, **values)
    send(act, code=f"completion.told_{move}", person_id=row.person_id, title=_course(act, row).title)


def _release(act: Act, row: Enrolment) -> None:
    """A place that has failed gives its voucher back, as far as it is not paid."""
    if row.redemption_id and vouchers.states_of(act.db, [row.redemption_id]).get(row.redemption_id) == "redeemed":
        redemptions.release(act, redemption_id=row.redemption_id, reason="not_completed")


def _reopen(act: Act, row: Enrolment) -> None:
    act.move(row, ENROLMENT, "reopen", hours="", attendance="", score="", completed_on=None, ended_at=None)


def _amend(act: Act, row: Enrolment, course: Course, result: Result, values: Mapping[str, object]) -> None:
    if not act.alter(row, Enrolment.state == row.state, **values):
        raise Refusal("enrolment.changed_meanwhile")
    act.note("enrolment.amend", id=row.id)
    if row.state == EnrolmentState.COMPLETED:
        _write_training(act, row, course)
    send(act, code="completion.told_amended", person_id=row.person_id, title=course.title)


def _write_training(act: Act, row: Enrolment, course: Course) -> None:
    """The training in the person's record says what the result says now."""
    source = f"enrolment:{row.id}"
    if not has_live(act.db, "training", source):
        return  # the person denied it
    records.withdraw(act, kind="training", source=source, reason="corrected")
    act.db.flush()
    assert row.completed_on is not None  # noqa: S101 - every completion has its day
    records.add(
        act, person_id=row.person_id, kind="training", source=source, strength="compared",
        body=Training(
            occupation=course.occupation, level=Level(course.level) if course.level else None, hours=int(float(row.hours)),
            completed_on=row.completed_on, certificate_number=row.certificate_number or "", institution_id=course.institution_id,
            subsidised=payable.subsidised(act, row),
        ),
    )  # fmt: skip


def _with_result(act: Act, enrolment_id: str) -> Enrolment:
    row = act.get(Enrolment, id=enrolment_id)
    if row.state not in DONE:
        raise Refusal("completions.no_result")
    return row


def _course(act: Act, row: Enrolment) -> Course:
    return act.get(Course, id=act.get(CourseClass, id=row.class_id).course_id)


def _source(why: Why) -> str:
    return f"change:{why.change_id}"
