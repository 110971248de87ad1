"""Exams: what their pages show, which take candidates, what a plan still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import names_of, organisations
from skills.certification.models import Application, Filing, Sitting
from skills.certification.queries.duties import staff_of
from skills.certification.queries.rooms import hours_of, rooms_of
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import (
    Plan,
    PlanRules,
    Section,
    plan_faults,
    sections_of,
)
from skills.certification.rules.rooms import Hour
from skills.certification.states import ApplicationState, SittingState
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.standards.queries import occupations, value
from skills.standards.rules import Level

TOLD = (SittingState.SCORED, SittingState.REVIEWED, SittingState.NOTICED, SittingState.CONCLUDED)


@dataclass(frozen=True)
class SittingLine:
    """An exam with all that its pages show. Money in 分; staff by name."""

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
    score_steps: Mapping[str, int]
    pass_mark: int
    scored_on: date | None
    noticed_on: date | None
    notice_to: date | None
    concluded_on: date | None
    candidates: int
    papers: int
    hours: tuple[Hour, ...]
    number: str
    setters: tuple[str, ...] = ()
    panel: tuple[Section, ...] = ()

    @property
    def title(self) -> str:
        """人工智能训练师（数据标注员）三级/高级工."""
        branch = f"（{self.branch}）" if self.branch else ""
        return f"{self.occupation_name}{branch} {self.level.wording}"

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of its level."""
        return sections_of(self.level)

    def step(self, section: str) -> int:
        """What a score of a section is a multiple of, in hundredths."""
        return self.score_steps.get(section) or self.score_step

    def takes(self, day: date) -> bool:
        """Whether one can apply on a day."""
        begins, ends = self.registration_from, self.registration_to
        in_time = begins is not None and ends is not None and begins <= day <= ends
        return self.state == SittingState.OPEN and in_time and self.candidates < self.capacity


def open_sittings(db: Session, today: date) -> Sequence[SittingLine]:
    """Exams that take candidates on a day, the nearest first."""
    chosen = select(Sitting).where(Sitting.state == SittingState.OPEN).order_by(Sitting.held_on, Sitting.id)
    return [s for s in sittings_of(db, db.scalars(chosen)) if s.takes(today)]


def sitting(db: Session, sitting_id: str, bodies: Iterable[str] | None = None) -> SittingLine:
    """One exam, of these bodies if they are named. Raises Missing("sitting.unknown")."""
    chosen = select(Sitting).where(Sitting.id == sitting_id)
    if bodies is not None:
        chosen = chosen.where(Sitting.organisation_id.in_(set(bodies)))
    found = sittings_of(db, db.scalars(chosen))
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
    return sittings_of(db, db.scalars(chosen))


def faults_of(db: Session, line: SittingLine, today: date) -> Verdict:
    """What a plan still lacks before it can be filed."""
    rules = PlanRules(
        value(db, "plan.working_days_ahead", today),
        value(db, "plan.least_examiners", today),
        value(db, "plan.least_invigilators", today),
        value(db, "plan.candidates_per_invigilator", today),
        value(db, "exam.least_minutes", today),
    )
    who = staff_of(db, [line.id]).get(line.id, {})
    plan = Plan(
        line.level, line.site, line.registration_from, line.registration_to, line.held_on, line.capacity,
        who.get(Duty.EXAMINER, ()), who.get(Duty.INVIGILATOR, ()), who.get(Duty.SUPERVISOR, ()),
        tuple(r.planned for r in rooms_of(db, line.id)), line.papers, line.hours, who.get(Duty.SETTER, ()),
        names_of(db, {one for accounts in who.values() for one in accounts}),
    )  # fmt: skip
    return plan_faults(plan, rules, today)


def review_days(db: Session, line: SittingLine, today: date) -> int:
    """How many working days a candidate has to ask for a review of the scores."""
    return int(value(db, "exam.review_working_days", line.scored_on or today))


def sittings_of(db: Session, rows: Iterable[Sitting]) -> list[SittingLine]:
    """These exams with all that their pages show, in the order given."""
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
    staff = staff_of(db, [s.id for s in held])
    told = names_of(db, {one for who in staff.values() for accounts in who.values() for one in accounts})

    def people(row: Sitting, duty: Duty, before: Sequence[str] = ()) -> tuple[str, ...]:
        if row.id not in staff:
            return tuple(before)  # planned before accounts were named
        return tuple(told[one] for one in staff[row.id].get(duty, ()))

    return [
        SittingLine(
            s.id, s.organisation_id, bodies[s.organisation_id], *filings[s.filing_id], s.occupation,
            names[s.occupation], s.branch, Level(s.level), s.site, s.registration_from, s.registration_to, s.held_on,
            s.capacity, s.fee_cents, people(s, Duty.EXAMINER, s.examiners),
            people(s, Duty.INVIGILATOR, s.invigilators), people(s, Duty.SUPERVISOR, s.supervisors), s.state,
            s.score_step, s.score_steps, s.pass_mark, s.scored_on, s.noticed_on, s.notice_to, s.concluded_on, counts.get(s.id, 0),
            s.papers, hours_of(s.hours), s.number, people(s, Duty.SETTER), tuple(Section(one) for one in s.panel),
        )
        for s in held
    ]  # fmt: skip
