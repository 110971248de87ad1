"""Completion exams as the bureau, the institution, a marker and a return see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import GRANTS, Role
from skills.courses.models import Course, CourseClass, Enrolment
from skills.courses.models.exams import (
    CompletionCandidate,
    CompletionEntry,
    CompletionExam,
    CompletionMarker,
    CompletionSheet,
)
from skills.courses.rules.exams import Result, Terms
from skills.courses.states import ClassState, EnrolmentState
from skills.courses.states.exams import COMPLETION_EXAM, CompletionExamState
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.records.queries import near
from skills.records.rules.marks import points
from skills.resources.queries.lecturers import persons_at
from skills.standards.queries import value

PAGE = 50
MARK = "completion_exam.mark"
MARKERS = tuple(str(role) for role in Role if MARK in GRANTS[role])


@dataclass(frozen=True)
class ExamLine:
    """An exam in a list; `differing` are places at which the two entries are not equal."""

    id: str
    class_id: str
    number: str
    course: str
    institution_id: str
    institution: str
    sitting: int
    held_at: datetime
    room: str
    state: str
    state_zh: str
    state_en: str
    candidates: int


@dataclass(frozen=True)
class SectionState:
    """How far a section is: how many each marker entered, and at how many places the two differ; no mark is shown."""

    section: str
    first: str
    second: str
    first_count: int
    second_count: int
    differing: int


@dataclass(frozen=True)
class CandidateLine:
    """A candidate by name, for the institution and the bureau; outcome "" before the sign-off, `score` "" for an absence."""

    enrolment_id: str
    seat: int
    name: str
    outcome: str
    score: str


@dataclass(frozen=True)
class ExamPage:
    """An exam with all that is on record about it."""

    line: ExamLine
    weights: dict[str, int]
    pass_mark: str
    paper: str
    setter: str
    markers: tuple[str, ...]
    sections: tuple[SectionState, ...]
    candidates: tuple[CandidateLine, ...]
    signed_by: str
    signed_at: datetime | None
    reason: str
    moves: tuple[str, ...]

    @property
    def agreed(self) -> bool:
        """Whether both markers have entered every mark, and alike: then a third can sign."""
        whole = len(self.candidates)
        return bool(whole) and all((s.first_count, s.second_count, s.differing) == (whole, whole, 0) for s in self.sections)


@dataclass(frozen=True)
class SeatLine:
    """A candidate on a marker's own sheet: a seat, no name; `own` is what this marker wrote."""

    seat: int
    own: str
    differs: bool


@dataclass(frozen=True)
class MarkSheet:
    """A section as one marker sees it. `turn` is 1, 2, or none if two others enter it."""

    exam: ExamLine
    section: str
    turn: int | None
    step: int
    seats: tuple[SeatLine, ...]


def terms(db: Session, kind: str, day: date) -> Terms:
    """The policy for a kind of course."""
    held = value(db, "completion_exam.terms", day)
    return Terms(
        kind in value(db, "completion_exam.kinds", day), dict(held["weights"]), int(held["pass_mark"]) * 100, int(held["step"]),
        int(held["resits"]), int(held["resit_days"]), int(held["markers"]),
    )  # fmt: skip


def asked_of(db: Session, class_ids: Collection[str]) -> set[str]:
    """Classes in which nobody completes without an exam: by policy of their first day, or since one is planned or was held."""
    found = set(
        db.scalars(
            select(CompletionExam.class_id).where(
                among(db, CompletionExam.class_id, class_ids), CompletionExam.state != CompletionExamState.CANCELLED
            )
        )
    )
    rows = db.execute(
        select(CourseClass.id, CourseClass.starts_on, Course.kind)
        .join(Course, Course.id == CourseClass.course_id)
        .where(among(db, CourseClass.id, class_ids))
    )
    asked: dict[date, list[str]] = {}
    for class_id, day, kind in rows:
        if kind in asked.setdefault(day, value(db, "completion_exam.kinds", day)):
            found.add(class_id)
    return found


def results(db: Session, enrolment_ids: Collection[str]) -> dict[str, Result]:
    """enrolment → what its latest signed sitting came to."""
    return _results(db, among(db, CompletionCandidate.enrolment_id, enrolment_ids))


def results_of_classes(db: Session, class_ids: Collection[str]) -> dict[str, Result]:
    """The same for everybody of these classes."""
    return _results(db, among(db, CompletionExam.class_id, class_ids))


def _results(db: Session, only: ColumnElement[bool]) -> dict[str, Result]:
    rows = db.scalars(
        select(CompletionCandidate)
        .join(CompletionExam, CompletionExam.id == CompletionCandidate.exam_id)
        .where(only, CompletionExam.state == CompletionExamState.SIGNED)
        .order_by(CompletionExam.sitting)
    )
    return {c.enrolment_id: Result(c.outcome, c.total) for c in rows if c.outcome}


def result_of(db: Session, enrolment_id: str) -> Result | None:
    """What a place's latest signed sitting came to."""
    return results(db, [enrolment_id]).get(enrolment_id)


def to_sit(db: Session, class_id: str) -> list[str]:
    """Places whose holder would sit an exam now: attending, and not passed so far."""
    held = db.scalars(
        select(Enrolment.id).where(Enrolment.class_id == class_id, Enrolment.left_at.is_(None), Enrolment.state == EnrolmentState.ATTENDING)
    ).all()
    done = results(db, held)
    return sorted(e for e in held if e not in done or done[e].outcome != "passed")


def possible_markers(db: Session) -> list[tuple[str, str]]:
    """(account, name and role) of everybody who may be named to mark."""
    found: dict[str, str] = {}
    for line in accounts.staff_of_roles(db, MARKERS):
        if line.state in ("invited", "active"):
            found.setdefault(line.account_id, f"{line.name}（{line.role_zh}）")
    return sorted(found.items(), key=lambda pair: pair[1])


def near_to(db: Session, accounts_: Collection[str], institution_id: str) -> set[str]:
    """Those of these accounts who belong or belonged to an institution, or teach there by the pool of lecturers."""
    found = {account for account, _ in near(db, accounts_, [institution_id])}
    teaching = persons_at(db, institution_id)
    return found | {a for a, person in accounts.people_of_accounts(db).items() if a in accounts_ and person in teaching}


def listing(
    db: Session, *, districts: Collection[str] | None = None, institutions: Collection[str] | None = None, marker: str = "",
    states: Sequence[str] = (), after: str = "", most: int = PAGE,
) -> list[ExamLine]:  # fmt: skip
    """Exams, newest first: up to `most` behind one."""
    chosen = select(CompletionExam).join(CourseClass, CourseClass.id == CompletionExam.class_id)
    if districts is not None:
        chosen = chosen.where(CompletionExam.district.in_(districts))
    if institutions is not None:
        chosen = chosen.where(CourseClass.institution_id.in_(institutions))
    if marker:
        mine = select(CompletionMarker.exam_id).where(CompletionMarker.account_id == marker)
        chosen = chosen.where(CompletionExam.id.in_(mine))
    if states:
        chosen = chosen.where(CompletionExam.state.in_(states))
    if after:
        chosen = chosen.where(CompletionExam.id < after)
    return [_line(db, row) for row in db.scalars(chosen.order_by(CompletionExam.id.desc()).limit(most))]


def waiting_classes(db: Session, institutions: Collection[str]) -> list[tuple[str, str]]:
    """(class id, words) of classes of these institutions that an exam can be planned for, the last to end first."""
    busy = select(CompletionExam.class_id).where(CompletionExam.state.in_((CompletionExamState.PLANNED, CompletionExamState.NAMED)))
    attending = select(Enrolment.class_id).where(Enrolment.left_at.is_(None), Enrolment.state == EnrolmentState.ATTENDING)
    rows = db.execute(
        select(CourseClass.id, CourseClass.number, Course.title)
        .join(Course, Course.id == CourseClass.course_id)
        .where(
            CourseClass.institution_id.in_(institutions), CourseClass.state.in_((ClassState.RUNNING, ClassState.FINISHED)),
            CourseClass.id.in_(attending), CourseClass.id.not_in(busy),
        )
        .order_by(CourseClass.ends_on.desc(), CourseClass.id)
    ).all()
    return [(i, f"{title} · {number}") for i, number, title in rows if to_sit(db, i)]


def exam(
    db: Session, exam_id: str, *, districts: Collection[str] | None = None, institutions: Collection[str] | None = None
) -> ExamPage:
    """One exam. Raises Missing("completion_exam.unknown")."""
    row = _row(db, exam_id)
    line = _line(db, row)
    if (districts is not None and row.district not in districts) or (institutions is not None and line.institution_id not in institutions):
        raise Missing("completion_exam.unknown")
    rows = db.scalars(select(CompletionCandidate).where(CompletionCandidate.exam_id == exam_id).order_by(CompletionCandidate.seat)).all()
    holders = dict(db.execute(select(Enrolment.id, Enrolment.person_id).where(Enrolment.id.in_([c.enrolment_id for c in rows]))).all())
    names = people.persons(db, set(holders.values()))
    name = accounts.name_of
    markers = db.scalars(select(CompletionMarker.account_id).where(CompletionMarker.exam_id == exam_id)).all()
    ours = institutions is None  # the trainer knows neither who marks nor, before it is over, what is asked
    return ExamPage(
        line, dict(row.weights), points(row.pass_mark), row.paper if ours or row.signed_at else "",
        name(db, row.setter) if row.setter and ours else "", tuple(sorted(name(db, a) for a in markers)) if ours else (),
        _sections(db, row) if ours else (),
        tuple(
            CandidateLine(c.enrolment_id, c.seat, names[holders[c.enrolment_id]].name, c.outcome, "" if c.total is None else points(c.total))
            for c in rows
        ),
        name(db, row.signed_by) if row.signed_by else "", row.signed_at, row.reason,
        tuple(m.name for m in COMPLETION_EXAM.open_moves(row.state)),
    )  # fmt: skip


def sheet(db: Session, exam_id: str, section: str, account: str) -> MarkSheet:
    """A section as this marker sees it: the own entry alone, and where the two differ. Raises Missing for who was not named."""
    row = _row(db, exam_id)
    mine = db.get(CompletionMarker, (exam_id, account))
    held = db.get(CompletionSheet, (exam_id, section))
    if mine is None or held is None:
        raise Missing("completion_exam.unknown")
    if account in (held.first_by, held.second_by):
        turn: int | None = 1 if held.first_by == account else 2
    else:
        turn = 1 if held.first_by is None else (2 if held.second_by is None else None)
    typed = {(e.enrolment_id, e.turn): e.hundredths for e in _entries(db, exam_id) if e.section == section}
    lines = []
    for c in db.scalars(select(CompletionCandidate).where(CompletionCandidate.exam_id == exam_id).order_by(CompletionCandidate.seat)):
        own, other = (c.enrolment_id, turn or 0), (c.enrolment_id, 3 - (turn or 0))
        differs = own in typed and other in typed and typed[own] != typed[other]
        lines.append(SeatLine(c.seat, _text(typed[own]) if own in typed else "", differs))
    return MarkSheet(_line(db, row), section, turn, row.step, tuple(lines))


def _text(hundredths: int | None) -> str:
    return "缺考" if hundredths is None else points(hundredths)


def _sections(db: Session, row: CompletionExam) -> tuple[SectionState, ...]:
    held = {s.section: s for s in db.scalars(select(CompletionSheet).where(CompletionSheet.exam_id == row.id))}
    entries = _entries(db, row.id)
    found = []
    for section in row.weights:
        if section not in held:
            continue
        by_turn: dict[int, dict[str, int | None]] = {1: {}, 2: {}}
        for e in entries:
            if e.section == section:
                by_turn[e.turn][e.enrolment_id] = e.hundredths
        differing = sum(1 for i, v in by_turn[1].items() if i in by_turn[2] and by_turn[2][i] != v)
        first, second = (accounts.name_of(db, who) if who else "" for who in (held[section].first_by, held[section].second_by))
        found.append(SectionState(section, first, second, len(by_turn[1]), len(by_turn[2]), differing))
    return tuple(found)


def _entries(db: Session, exam_id: str) -> Sequence[CompletionEntry]:
    return db.scalars(select(CompletionEntry).where(CompletionEntry.exam_id == exam_id, CompletionEntry.replaced_at.is_(None))).all()


def _row(db: Session, exam_id: str) -> CompletionExam:
    row = db.get(CompletionExam, exam_id)
    if row is None:
        raise Missing("completion_exam.unknown")
    return row


def _line(db: Session, row: CompletionExam) -> ExamLine:
    held = db.get_one(CourseClass, row.class_id)
    count = len(db.scalars(select(CompletionCandidate.seat).where(CompletionCandidate.exam_id == row.id)).all())
    return ExamLine(
        row.id, held.id, held.number, db.get_one(Course, held.course_id).title, held.institution_id,
        accounts.organisation(db, held.institution_id).name, row.sitting, row.held_at, row.room, row.state,
        *COMPLETION_EXAM.words[CompletionExamState(row.state)], count,
    )  # fmt: skip
