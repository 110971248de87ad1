"""Completion exams 结业考核: planned by the institution, set and marked by others, entered twice blind, signed off by a third."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from skills.courses.models import Course, CourseClass, Enrolment
from skills.courses.models.exams import (
    CompletionCandidate,
    CompletionEntry,
    CompletionExam,
    CompletionMarker,
    CompletionSheet,
)
from skills.courses.queries import exams as queries
from skills.courses.rules.exams import FARTHEST, may_mark, may_plan, result, seats
from skills.courses.states import ClassState, EnrolmentState
from skills.courses.states.exams import COMPLETION_EXAM, OPEN_EXAM, CompletionExamState
from skills.kernel.acts import Act, action
from skills.kernel.clock import shanghai_day
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.messages.actions import send, send_many
from skills.records.rules.marks import Mark, Pair, may_sign, read_typed

PLAN, NAME, MARK, SIGN = "class.manage", "completion_exam.name", "completion_exam.mark", "completion_exam.sign"


@dataclass(frozen=True)
class ExamMade:
    """An exam after an act upon it."""

    exam_id: str
    state: str


@dataclass(frozen=True)
class SeatMark:
    """What a marker gives one seat: a mark, or 缺考 / absent / - ."""

    seat: int
    text: str


@dataclass(frozen=True)
class Entered:
    """Which of the two entries this was, and how many marks were written."""

    turn: int
    count: int


@dataclass(frozen=True)
class SignedOff:
    """What an exam came to."""

    passed: int
    failed: int
    absent: int


@action("completion_exam.plan", may=PLAN)
def plan(act: Act, class_id: str, held_at: datetime, room: str) -> ExamMade:
    """Say when and where a class sits its exam, or sits it again. Who sets and marks it is not the institution's to say.

    Raises Missing("course_class.unknown"), Refusal("completion_exam.cannot_plan" | "completion_exam.room_needed").
    """
    held = act.find(CourseClass, id=class_id)
    if held is None or not act.actor.may(PLAN, held.institution_id):
        raise Missing("course_class.unknown")
    if not room.strip():
        raise Refusal("completion_exam.room_needed")
    wait_exclusive(act.db, f"completion_exam:{class_id}")
    before = act.db.scalars(
        select(CompletionExam)
        .where(CompletionExam.class_id == class_id, CompletionExam.state != CompletionExamState.CANCELLED)
        .order_by(CompletionExam.sitting)
    ).all()
    terms = queries.terms(act.db, act.get(Course, id=held.course_id).kind, held.starts_on)
    sitting = len(before) + 1
    ahead, near = held_at > act.at, held_at - act.at <= FARTHEST  # first: no calendar holds the day of every moment
    since = (shanghai_day(held_at) - shanghai_day(before[-1].held_at)).days if before and ahead and near else None
    running = held.state in (ClassState.RUNNING, ClassState.FINISHED)
    open_now = any(e.state in OPEN_EXAM for e in before)
    may_plan(running, open_now, sitting, terms, len(queries.to_sit(act.db, class_id)), since, ahead, near).or_refuse()
    row = act.add(
        CompletionExam(
            id=act.new_id(), class_id=class_id, district=held.district, sitting=sitting, state=COMPLETION_EXAM.start, held_at=held_at,
            room=room.strip()[:60], weights=dict(terms.weights), pass_mark=terms.pass_mark, step=terms.step,
            planned_by=act.actor.account, planned_at=act.at,
        )
    )  # fmt: skip
    act.note("completion_exam.plan", id=row.id, class_id=class_id, sitting=sitting)
    return ExamMade(row.id, row.state)


@action("completion_exam.name", may=NAME)
def name(act: Act, exam_id: str, paper: str, setter: str, markers: tuple[str, ...]) -> ExamMade:
    """Name the paper and who marks it 教考分离: nobody who teaches at the institution, or is or was employed there.

    Raises Missing, Refusal("completion_exam.cannot_name" | "completion_exam.markers_refused" | "completion_exam.paper_needed" |
    "completion_exam.nobody_sits").
    """
    row = _mine(act, exam_id, NAME)
    COMPLETION_EXAM.check(row.state, "name")
    held = act.get(CourseClass, id=row.class_id)
    if not paper.strip():
        raise Refusal("completion_exam.paper_needed")
    known = {account for account, _ in queries.possible_markers(act.db)}
    near = queries.near_to(act.db, {*markers, setter}, held.institution_id)
    least = queries.terms(act.db, act.get(Course, id=held.course_id).kind, held.starts_on).least_markers
    may_mark(markers, known, near, setter, least).or_refuse()
    sitting = queries.to_sit(act.db, row.class_id)
    if not sitting:
        raise Refusal("completion_exam.nobody_sits")
    act.move(row, COMPLETION_EXAM, "name", paper=paper.strip()[:200], setter=setter, named_by=act.actor.account)
    for enrolment_id, seat in seats(row.id, sitting).items():
        act.add(CompletionCandidate(exam_id=row.id, enrolment_id=enrolment_id, seat=seat))
    for section in row.weights:
        act.add(CompletionSheet(exam_id=row.id, section=section))
    number = held.number
    for account in sorted(set(markers)):
        act.add(CompletionMarker(exam_id=row.id, account_id=account))
        send(act, code="completion_exam.told_marker", account_id=account, number=number, at=row.held_at, id=row.id)
    people = dict(act.db.execute(select(Enrolment.id, Enrolment.person_id).where(Enrolment.id.in_(sitting))).all())
    for enrolment_id in sitting:
        send(act, code="completion_exam.told_learner", person_id=people[enrolment_id], at=row.held_at, room=row.room, place=enrolment_id)
    act.note("completion_exam.markers", id=row.id, markers=sorted(set(markers)), setter=setter, candidates=len(sitting))
    return ExamMade(row.id, row.state)


@action("completion_exam.enter", may=MARK)
def enter(act: Act, exam_id: str, section: str, marks: tuple[SeatMark, ...]) -> Entered:
    """Enter the marks of a section. The first two of the named markers to do so are first and second, blind to each other.

    A later mark for the same seat replaces one's own earlier one until the sign-off; nothing is written if one is refused.
    Raises Missing("completion_exam.unknown"), Refusal("completion_exam.not_open" | "completion_exam.before_exam" |
    "score.typists_full" | "completion_exam.seat_unknown", and those of `read_typed`).
    """
    row = _alone(act, act.get(CompletionExam, id=exam_id))
    named = act.find(CompletionMarker, exam_id=exam_id, account_id=act.actor.account)
    if named is None or section not in row.weights:
        raise Missing("completion_exam.unknown")
    if row.state != CompletionExamState.NAMED:
        zh, en = COMPLETION_EXAM.words[CompletionExamState(row.state)]
        raise Refusal("completion_exam.not_open", state=zh, state_en=en)
    if act.at < row.held_at:
        raise Refusal("completion_exam.before_exam", at=row.held_at)
    sheet = act.get(CompletionSheet, exam_id=exam_id, section=section)
    act.db.refresh(sheet)
    turn = _turn(act, sheet)
    by_seat = {c.seat: c.enrolment_id for c in act.db.scalars(select(CompletionCandidate).where(CompletionCandidate.exam_id == exam_id))}
    count = 0
    for one in marks:
        if one.seat not in by_seat:
            raise Refusal("completion_exam.seat_unknown", seat=one.seat)
        count += _write(act, row, by_seat[one.seat], section, turn, read_typed(one.text, row.step))
    act.note("completion_exam.entry", id=row.id, section=section, turn=turn, count=count)
    return Entered(turn, count)


def _turn(act: Act, sheet: CompletionSheet) -> int:
    me = act.actor.account
    if sheet.first_by in (None, me):
        sheet.first_by = me
        act.db.flush()
        return 1
    if sheet.second_by in (None, me):
        sheet.second_by = me
        act.db.flush()
        return 2
    raise Refusal("score.typists_full")


def _write(act: Act, row: CompletionExam, enrolment_id: str, section: str, turn: int, mark: Mark) -> int:
    held = act.find(CompletionEntry, exam_id=row.id, enrolment_id=enrolment_id, section=section, turn=turn, replaced_at=None)
    if held is not None:
        if held.hundredths == mark.hundredths:
            return 0
        held.replaced_at = act.at
        act.db.flush()
    act.add(
        CompletionEntry(
            id=act.new_id(), exam_id=row.id, enrolment_id=enrolment_id, section=section, turn=turn, hundredths=mark.hundredths,
            by=act.actor.account, at=act.at,
        )
    )  # fmt: skip
    return 1


@action("completion_exam.sign", may=SIGN, step_up=True)
def sign(act: Act, exam_id: str) -> SignedOff:
    """Sign the marks off: both entries complete and equal, by somebody who entered none. The learners are told.

    Raises Missing, Refusal("score.cannot_sign" | "completion_exam.cannot_sign").
    """
    row = _alone(act, _mine(act, exam_id, SIGN))
    COMPLETION_EXAM.check(row.state, "sign")
    candidates = _sitting(act, row)
    entries = act.db.scalars(select(CompletionEntry).where(CompletionEntry.exam_id == row.id, CompletionEntry.replaced_at.is_(None))).all()
    typed = {(e.enrolment_id, e.section, e.turn): Mark(e.hundredths) for e in entries}
    pairs = [
        Pair(c.enrolment_id, section, typed.get((c.enrolment_id, section, 1)), typed.get((c.enrolment_id, section, 2)))
        for c in candidates
        for section in row.weights
    ]
    sheets = act.db.scalars(select(CompletionSheet).where(CompletionSheet.exam_id == row.id)).all()
    may_sign(pairs, {s.section: (s.first_by, s.second_by) for s in sheets}, act.actor.account).or_refuse()
    counts = {"passed": 0, "failed": 0, "absent": 0}
    people = dict(
        act.db.execute(select(Enrolment.id, Enrolment.person_id).where(Enrolment.id.in_([c.enrolment_id for c in candidates]))).all()
    )
    for c in candidates:
        marks = {section: typed[c.enrolment_id, section, 1] for section in row.weights}
        came = result(marks, row.weights, row.pass_mark)
        c.outcome, c.total = came.outcome, came.total
        counts[came.outcome] += 1
        send(act, code=f"completion_exam.told_{came.outcome}", person_id=people[c.enrolment_id], place=c.enrolment_id)
    act.db.flush()
    act.move(row, COMPLETION_EXAM, "sign", signed_by=act.actor.account, signed_at=act.at)
    act.note("completion_exam.results", id=row.id, **counts)
    return SignedOff(counts["passed"], counts["failed"], counts["absent"])


def _sitting(act: Act, row: CompletionExam) -> list[CompletionCandidate]:
    """Candidates who still attend: whoever left the class meanwhile has no result."""
    return list(
        act.db.scalars(
            select(CompletionCandidate)
            .join(Enrolment, Enrolment.id == CompletionCandidate.enrolment_id)
            .where(CompletionCandidate.exam_id == row.id, Enrolment.left_at.is_(None), Enrolment.state == EnrolmentState.ATTENDING)
            .order_by(CompletionCandidate.seat)
        )
    )


@action("completion_exam.cancel", may=NAME)
def cancel(act: Act, exam_id: str, reason: str) -> ExamMade:
    """Cancel an exam that is not signed off, with the reason. Whoever was asked to come is told, and the institution that planned it."""
    row = _alone(act, _mine(act, exam_id, NAME))
    if not reason.strip():
        raise Refusal("completion_exam.reason_needed")
    act.move(row, COMPLETION_EXAM, "cancel", reason=reason.strip()[:400])
    held = act.get(CourseClass, id=row.class_id)
    told: dict[str, Any] = {"number": held.number, "at": row.held_at, "reason": row.reason}
    send(act, code="completion_exam.told_cancelled", organisation_id=held.institution_id, **told)
    markers = select(CompletionMarker.account_id).where(CompletionMarker.exam_id == row.id).order_by(CompletionMarker.account_id)
    for account in act.db.scalars(markers).all():
        send(act, code="completion_exam.told_marker_cancelled", account_id=account, **told)
    candidates = (
        select(Enrolment.person_id).join(CompletionCandidate, CompletionCandidate.enrolment_id == Enrolment.id)
        .where(CompletionCandidate.exam_id == row.id, Enrolment.left_at.is_(None)).order_by(Enrolment.person_id)
    )  # fmt: skip
    if people := act.db.scalars(candidates).all():
        send_many(act, code="completion_exam.told_learner_cancelled", person_ids=people, **told)
    return ExamMade(row.id, row.state)


def _alone(act: Act, row: CompletionExam) -> CompletionExam:
    """The exam as it is once nobody else enters marks, signs or cancels: no mark comes in behind a signature."""
    wait_exclusive(act.db, f"completion_exam_marks:{row.id}")
    act.db.refresh(row)
    return row


def _mine(act: Act, exam_id: str, right: str) -> CompletionExam:
    row = act.find(CompletionExam, id=exam_id)
    bounds = act.actor.districts_for(right)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("completion_exam.unknown")
    if act.actor.organisations_for(right):
        raise Forbidden("not_allowed", right=right)
    return row
