"""Sittings, candidates, score sheets and notices, each shown only to whom it may be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisations
from skills.certification.models import Application, Award, Filing, Objection, Score, ScoreEntry, ScoreSheet, Sitting
from skills.certification.queries.carried import read_kept, sat_in
from skills.certification.rules.carry import Kept
from skills.certification.rules.exams import (
    Plan,
    PlanRules,
    Section,
    plan_faults,
    points,
    sections_of,
)
from skills.certification.states import ApplicationState, ObjectionState, SittingState
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.people.queries import masked_document, persons
from skills.standards.queries import occupations, value
from skills.standards.rules import Level

TOLD = (SittingState.SCORED, SittingState.REVIEWED, SittingState.NOTICED, SittingState.CONCLUDED)
_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


@dataclass(frozen=True)
class SittingLine:
    """An exam with all that its pages show. Money in 分."""

    id: str
    organisation_id: str
    body: str
    body_kind: str
    filing_number: str
    occupation: str
    occupation_name: str
    branch: str
    level: Level
    site: str
    registration_from: date | None
    registration_to: date | None
    held_on: date | None
    capacity: int
    fee_cents: int
    examiners: tuple[str, ...]
    invigilators: tuple[str, ...]
    supervisors: tuple[str, ...]
    state: str
    score_step: int
    pass_mark: int
    scored_on: date | None
    noticed_on: date | None
    notice_to: date | None
    concluded_on: date | None
    candidates: int

    @property
    def title(self) -> str:
        """人工智能训练师（数据标注员）三级/高级工."""
        branch = f"（{self.branch}）" if self.branch else ""
        return f"{self.occupation_name}{branch} {self.level.wording}"

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of its level."""
        return sections_of(self.level)

    def takes(self, day: date) -> bool:
        """Whether one can apply on a day."""
        begins, ends = self.registration_from, self.registration_to
        in_time = begins is not None and ends is not None and begins <= day <= ends
        return self.state == SittingState.OPEN and in_time and self.candidates < self.capacity


@dataclass(frozen=True)
class CandidateLine:
    """A candidate as the body sees one: scores only after the sign-off."""

    application_id: str
    person_id: str
    name: str
    seat: int | None
    ticket: str
    state: str
    condition: str
    held: str
    scores: tuple[tuple[Section, str], ...]
    number: str
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class SheetState:
    """How far a section's two entries are. No score is in it."""

    section: Section
    first_by: str
    second_by: str
    first: int
    second: int
    differing: int


@dataclass(frozen=True)
class SheetLine:
    """One candidate on a typist's own sheet: seat and ticket, no name; `own` is what this typist wrote."""

    application_id: str
    seat: int
    ticket: str
    own: str
    typed: bool
    differs: bool


@dataclass(frozen=True)
class Sheet:
    """A section as one typist sees it. `turn` is 1, 2, or None if both places are taken by others.

    `kept`: how many candidates passed it before and do not sit it.
    """

    section: Section
    turn: int | None
    lines: tuple[SheetLine, ...]
    kept: int = 0


@dataclass(frozen=True)
class MyExam:
    """One's own application."""

    id: str
    sitting: SittingLine
    state: str
    condition: str
    verdict: Verdict
    applied_at: datetime
    seat: int | None
    ticket: str
    scores: tuple[tuple[Section, str], ...]
    held: str
    number: str
    kept: tuple[Kept, ...] = ()

    @property
    def sits(self) -> tuple[Section, ...]:
        """The sections that are sat this time."""
        kept = {one.section for one in self.kept}
        return tuple(section for section in self.sitting.sections if section not in kept)


@dataclass(frozen=True)
class NoticeLine:
    """A public notice: body, occupation, level, names and masked documents, nothing else."""

    sitting_id: str
    body: str
    occupation: str
    level: Level
    noticed_on: date
    notice_to: date
    running: bool
    names: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ObjectionLine:
    """An objection as its handler sees it, with the contact opened."""

    id: str
    receipt: str
    application_id: str
    body: str
    about: str
    name: str
    contact: str
    text: str
    raised_at: datetime


def open_sittings(db: Session, today: date) -> Sequence[SittingLine]:
    """Exams that take candidates on a day, the nearest first."""
    chosen = select(Sitting).where(Sitting.state == SittingState.OPEN).order_by(Sitting.held_on, Sitting.id)
    return [s for s in _sittings(db, db.scalars(chosen)) if s.takes(today)]


def sitting(db: Session, sitting_id: str, bodies: Iterable[str] | None = None) -> SittingLine:
    """One exam, of these bodies if they are named. Raises Missing("sitting.unknown")."""
    chosen = select(Sitting).where(Sitting.id == sitting_id)
    if bodies is not None:
        chosen = chosen.where(Sitting.organisation_id.in_(set(bodies)))
    found = _sittings(db, db.scalars(chosen))
    if not found:
        raise Missing("sitting.unknown")
    return found[0]


def of_bodies(db: Session, bodies: Iterable[str] | None, states: Sequence[str] = ()) -> Sequence[SittingLine]:
    """The exams of these bodies (None: of all), newest first; in these states if any are named."""
    chosen = select(Sitting).order_by(Sitting.id.desc())
    if bodies is not None:
        chosen = chosen.where(Sitting.organisation_id.in_(set(bodies)))
    if states:
        chosen = chosen.where(Sitting.state.in_(states))
    return _sittings(db, db.scalars(chosen))


def faults_of(db: Session, line: SittingLine, today: date) -> Verdict:
    """What a plan still lacks before it can be filed."""
    rules = PlanRules(
        value(db, "plan.working_days_ahead", today),
        value(db, "plan.least_examiners", today),
        value(db, "plan.least_invigilators", today),
        value(db, "plan.candidates_per_invigilator", today),
    )
    plan = Plan(
        line.level, line.site, line.registration_from, line.registration_to, line.held_on, line.capacity,
        line.examiners, line.invigilators, line.supervisors,
    )  # fmt: skip
    return plan_faults(plan, rules, today)


def candidates(db: Session, line: SittingLine) -> Sequence[CandidateLine]:
    """The candidates of an exam, by seat."""
    rows = list(
        db.scalars(
            select(Application)
            .where(Application.sitting_id == line.id, Application.state != ApplicationState.WITHDRAWN)
            .order_by(Application.seat, Application.id)
        )
    )
    people = persons(db, [r.person_id for r in rows])
    marks = _marks(db, [r.id for r in rows])
    numbers = _numbers(db, [r.id for r in rows])
    return [
        CandidateLine(
            r.id, r.person_id, people[r.person_id].name, r.seat, r.ticket or "", r.state, r.condition, r.held,
            marks.get(r.id, ()), numbers.get(r.id, ""), read_kept(r.kept),
        )
        for r in rows
    ]  # fmt: skip


def sheets(db: Session, line: SittingLine) -> Sequence[SheetState]:
    """How far the entry of each section is: counts alone."""
    typed: dict[str, dict[int, dict[str, int | None]]] = defaultdict(lambda: {1: {}, 2: {}})
    for entry in _entries(db, line.id):
        typed[entry.section][entry.turn][entry.application_id] = entry.hundredths
    found = []
    for row in db.scalars(select(ScoreSheet).where(ScoreSheet.sitting_id == line.id)):
        first, second = typed[row.section][1], typed[row.section][2]
        differing = sum(1 for a, v in first.items() if a in second and second[a] != v)
        names = [name_of(db, who) if who else "" for who in (row.first_by, row.second_by)]
        found.append(SheetState(Section(row.section), names[0], names[1], len(first), len(second), differing))
    return sorted(found, key=lambda s: list(Section).index(s.section))


def sheet(db: Session, line: SittingLine, section: str, account: str) -> Sheet:
    """A section as this typist sees it: only the own entry, and where the two differ, never the other's score."""
    row = db.scalars(select(ScoreSheet).where(ScoreSheet.sitting_id == line.id, ScoreSheet.section == section)).first()
    if row is None:
        raise Missing("score_sheet.unknown")
    if row.first_by == account or (row.first_by is None and row.second_by != account):
        turn: int | None = 1
    else:
        turn = 2 if row.second_by in (account, None) else None
    by_turn: dict[int, dict[str, int | None]] = {1: {}, 2: {}}
    for entry in _entries(db, line.id):
        if entry.section == section:
            by_turn[entry.turn][entry.application_id] = entry.hundredths
    own = by_turn[turn] if turn else {}
    other = by_turn[3 - turn] if turn else {}
    examined = db.scalars(
        select(Application)
        .where(Application.sitting_id == line.id, Application.state == ApplicationState.EXAMINED)
        .order_by(Application.seat)
    ).all()
    rows = [a for a in examined if section in sat_in(a, line.level)]
    return Sheet(
        Section(section), turn,
        tuple(
            SheetLine(
                a.id, a.seat or 0, a.ticket or "", _text(own, a.id), a.id in own,
                a.id in own and a.id in other and own[a.id] != other[a.id],
            )
            for a in rows
        ),
        len(examined) - len(rows),
    )  # fmt: skip


def my_exams(db: Session, person_id: str) -> Sequence[MyExam]:
    """One's own applications, newest first."""
    rows = db.scalars(select(Application).where(Application.person_id == person_id).order_by(Application.id.desc()))
    return _mine(db, list(rows))


def my_exam(db: Session, person_id: str, application_id: str) -> MyExam:
    """One of one's own applications. Raises Missing("application.unknown")."""
    rows = db.scalars(
        select(Application).where(Application.person_id == person_id, Application.id == application_id)
    )
    found = _mine(db, list(rows))
    if not found:
        raise Missing("application.unknown")
    return found[0]


def review_days(db: Session, line: SittingLine, today: date) -> int:
    """How many working days a candidate has to ask for a review of the scores."""
    return int(value(db, "exam.review_working_days", line.scored_on or today))


def notices(db: Session, box: Box, today: date) -> Sequence[NoticeLine]:
    """Running notices and those that ended a few days ago (policy); older ones are gone."""
    keep = timedelta(days=value(db, "notice.keep_days", today))
    chosen = (
        select(Sitting)
        .where(Sitting.state.in_((SittingState.NOTICED, SittingState.CONCLUDED)), Sitting.notice_to >= today - keep)
        .order_by(Sitting.notice_to, Sitting.id)
    )
    found = []
    for line in _sittings(db, db.scalars(chosen)):
        if line.noticed_on is None or line.notice_to is None:
            continue
        passes = db.execute(
            select(Application.id, Application.person_id)
            .where(Application.sitting_id == line.id, Application.state == ApplicationState.PASSED)
            .order_by(Application.seat)
        ).all()
        people = persons(db, [person_id for _, person_id in passes])
        names = tuple(
            (application_id, people[person_id].name, masked_document(db, box, person_id)[1])
            for application_id, person_id in passes
        )
        branch = f"（{line.branch}）" if line.branch else ""
        running = line.state == SittingState.NOTICED and today <= line.notice_to
        found.append(
            NoticeLine(
                line.id, line.body, line.occupation_name + branch, line.level, line.noticed_on, line.notice_to,
                running, names,
            )
        )  # fmt: skip
    return found


def objections(db: Session, box: Box) -> Sequence[ObjectionLine]:
    """Objections that wait for a decision, oldest first. For the handler alone: contacts are opened."""
    rows = db.scalars(select(Objection).where(Objection.state == ObjectionState.RAISED).order_by(Objection.raised_at))
    found = []
    for row in rows:
        application = db.get_one(Application, row.application_id)
        line = sitting(db, application.sitting_id)
        about = persons(db, [application.person_id])[application.person_id]
        found.append(
            ObjectionLine(
                row.id, row.receipt, application.id, line.body, f"{about.name} · {line.title}",
                box.open(row.name, f"objection:{row.id}:name"), box.open(row.contact, f"objection:{row.id}:contact"),
                row.text, row.raised_at,
            )
        )  # fmt: skip
    return found


def examined(db: Session) -> int:
    """How many sat an exam whose scores are told: 人次 of assessment."""
    told = (ApplicationState.PASSED, ApplicationState.FAILED, ApplicationState.INCOMPLETE, ApplicationState.VOID)
    return db.scalar(select(func.count()).select_from(Application).where(Application.state.in_(told))) or 0


def open_objections(db: Session) -> int:
    """How many objections wait for a decision."""
    return db.scalar(select(func.count()).select_from(Objection).where(Objection.state == ObjectionState.RAISED)) or 0


def _entries(db: Session, sitting_id: str) -> Sequence[ScoreEntry]:
    return db.scalars(
        select(ScoreEntry)
        .join(Application, Application.id == ScoreEntry.application_id)
        .where(Application.sitting_id == sitting_id, ScoreEntry.replaced_at.is_(None))
    ).all()


def _text(own: dict[str, int | None], application_id: str) -> str:
    if application_id not in own:
        return ""
    held = own[application_id]
    return "缺考" if held is None else points(held)


def _marks(db: Session, ids: Sequence[str]) -> dict[str, tuple[tuple[Section, str], ...]]:
    held: dict[str, dict[Section, str]] = defaultdict(dict)
    for row in db.scalars(select(Score).where(Score.application_id.in_(ids))):
        held[row.application_id][Section(row.section)] = "" if row.hundredths is None else points(row.hundredths)
    return {a: tuple((s, marks[s]) for s in Section if s in marks) for a, marks in held.items()}


def _numbers(db: Session, ids: Sequence[str]) -> dict[str, str]:
    grounds = [f"application:{i}" for i in ids]
    rows: Any = db.execute(select(Award.grounds, Award.number).where(Award.grounds.in_(grounds)))
    return {ground.removeprefix("application:"): number for ground, number in rows}


def _mine(db: Session, rows: Sequence[Application]) -> list[MyExam]:
    chosen = select(Sitting).where(Sitting.id.in_({r.sitting_id for r in rows}))
    lines = {s.id: s for s in _sittings(db, db.scalars(chosen))}
    marks = _marks(db, [r.id for r in rows])
    numbers = _numbers(db, [r.id for r in rows])
    return [
        MyExam(
            r.id, lines[r.sitting_id], r.state, r.condition, _VERDICT.validate_python(r.verdict), r.applied_at, r.seat,
            r.ticket or "", marks.get(r.id, ()), r.held, numbers.get(r.id, ""), read_kept(r.kept),
        )
        for r in rows
    ]  # fmt: skip


def _sittings(db: Session, rows: Iterable[Sitting]) -> list[SittingLine]:
    held = list(rows)
    bodies = {o.id: o.name for o in organisations(db)}
    names = {o.code: o.name for o in occupations(db)}
    filed: Any = db.execute(select(Filing.id, Filing.kind, Filing.number))
    filings = {filing_id: (kind, number or "") for filing_id, kind, number in filed}
    counted: Any = db.execute(
        select(Application.sitting_id, func.count())
        .where(Application.state != ApplicationState.WITHDRAWN, Application.sitting_id.in_([s.id for s in held]))
        .group_by(Application.sitting_id)
    )
    counts = {sitting_id: count for sitting_id, count in counted}  # noqa: C416 - rows are not pairs to the type checker
    return [
        SittingLine(
            s.id, s.organisation_id, bodies[s.organisation_id], *filings[s.filing_id], s.occupation,
            names[s.occupation], s.branch, Level(s.level), s.site, s.registration_from, s.registration_to, s.held_on,
            s.capacity, s.fee_cents, tuple(s.examiners), tuple(s.invigilators), tuple(s.supervisors), s.state,
            s.score_step, s.pass_mark, s.scored_on, s.noticed_on, s.notice_to, s.concluded_on, counts.get(s.id, 0),
        )
        for s in held
    ]  # fmt: skip
