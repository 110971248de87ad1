"""A person's next steps: for each occupation the next level, its ways, and the course, voucher and exam that bring it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.careers.rules.routes import Exam, Route, Standing, next_levels, routes
from skills.certification.queries import exams as exam_queries
from skills.certification.queries.decisions import own_people, terms_on
from skills.certification.queries.exams import SittingLine
from skills.certification.queries.filings import covering
from skills.courses.queries.catalogue import CourseLine, catalogue
from skills.courses.queries.facets import Filters
from skills.courses.queries.prices import Price, prices
from skills.people.queries import person
from skills.records.queries import facts as facts_of
from skills.records.rules import Facts
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.vouchers import queries as vouchers

MOST = 3  # courses and exams that are shown of each


@dataclass(frozen=True)
class ExamLine:
    """An exam that takes candidates: `open` to this person, or `why` not (applied, own_people)."""

    id: str
    body: str
    site: str
    deadline: date
    held_on: date
    fee_cents: int
    open: bool
    why: str = ""


@dataclass(frozen=True)
class CourseStep:
    """A course that leads there. Money in 分: what it costs, and what is left to pay with the voucher that fits best."""

    id: str
    title: str
    institution: str
    next_start: date | None
    fee: int
    price: int
    voucher: str


@dataclass(frozen=True)
class ClaimStep:
    """A voucher that can be claimed for such a course until a day."""

    batch_id: str
    title: str
    claim_until: date


@dataclass(frozen=True)
class Target:
    """A level of an occupation, with every way to it.

    held    the level that is held in this occupation; None for none
    bodies  how many filed bodies assess it today; without one no exam can be held here
    """

    occupation: str
    occupation_name: str
    level: Level
    held: Level | None
    routes: tuple[Route, ...]
    exams: tuple[ExamLine, ...] = ()
    courses: tuple[CourseStep, ...] = ()
    claims: tuple[ClaimStep, ...] = ()
    bodies: int = 0

    @property
    def standing(self) -> Standing:
        """How the best of its ways stands."""
        return self.routes[0].standing if self.routes else Standing.CLOSED

    @property
    def best(self) -> tuple[int, date, int]:
        """What targets are ordered by, as their ways are."""
        first = self.routes[0]
        return first.standing.order, first.from_day or date.max, len(first.missing)


def next_steps(db: Session, person_id: str, day: date) -> list[Target]:
    """For each occupation that a person holds a level in, works in, or learned: the next level, whole; and of the levels above
    it those that need nothing but time. The ways that can be gone now come first.
    """
    who = person(db, person_id)
    facts = facts_of(db, who.id, who.birth)
    open_now = exam_queries.open_sittings(db, day)
    applied = {m.sitting.id for m in exam_queries.my_exams(db, person_id) if m.state != "withdrawn"}
    found: list[Target] = []
    for code in occupations_of(facts, day, {o.code for o in standards.occupations(db, "skill")}):
        held = max((x.level for x in facts.levels if x.occupation == code), default=None)
        for n, level in enumerate(next_levels(held)):
            target = _target(db, facts, code, level, held, open_now, applied, day)
            if n == 0 or target.standing in (Standing.READY, Standing.DATED):
                found.append(_with_help(db, person_id, target, day))
    return sorted(found, key=lambda t: (*t.best, t.occupation, t.level))


def occupations_of(facts: Facts, day: date, skills: Iterable[str]) -> list[str]:
    """Occupations of skill that somebody holds a level in, works in today, or learned at school or in a training."""
    known = set(skills)
    codes = {x.occupation for x in facts.levels} | {t.occupation for t in facts.trainings}
    codes |= {w.occupation for w in facts.works if w.until is None or w.until >= day}
    codes |= {c for e in facts.educations for c in e.occupations}
    return sorted(codes & known)


def _target(
    db: Session, facts: Facts, code: str, level: Level, held: Level | None, open_now: Sequence[SittingLine], applied: set[str], day: date
) -> Target:
    terms = terms_on(db, code, day)
    name = standards.occupation(db, code).name
    mine = [s for s in open_now if (s.occupation, s.level) == (code, level)]
    lines = tuple(_exam(db, facts, s, applied) for s in mine)
    may = {line.id for line in lines if line.open}
    asked = []
    for s in mine:
        if s.id in may and s.registration_to is not None and s.held_on is not None:
            own = terms_on(db, code, s.registration_to)
            asked.append(Exam(s.id, own.day(s.registration_to, s.held_on), own))
    return Target(code, name, level, held, tuple(routes(level, code, facts, day, terms, asked)), lines[:MOST])


def _exam(db: Session, facts: Facts, s: SittingLine, applied: set[str]) -> ExamLine:
    assert s.registration_to is not None and s.held_on is not None  # noqa: S101, PT018 - an open exam has its days
    why = ""
    if s.id in applied:
        why = "applied"
    elif not own_people(db, facts, s.body_kind, s.organisation_id, (s.registration_to, s.held_on)):
        why = "own_people"
    return ExamLine(s.id, s.body, s.site, s.registration_to, s.held_on, s.fee_cents, not why, why)


def _with_help(db: Session, person_id: str, target: Target, day: date) -> Target:
    """The target with the courses that lead there, the vouchers for them, and how many bodies assess it."""
    if not target.level.examined:
        return target
    listed = catalogue(db, Filters(occupation=target.occupation, level=int(target.level)), day).courses[:MOST]
    cost = prices(db, person_id, day, listed)
    claims = [
        ClaimStep(o.batch_id, o.title, o.claim_until)
        for o in vouchers.offers(db, person_id, day)
        if o.verdict and target.occupation in (o.terms.occupations or (target.occupation,))
        and int(target.level) in (o.terms.levels or (int(target.level),))
    ]  # fmt: skip
    return Target(
        target.occupation, target.occupation_name, target.level, target.held, target.routes, target.exams,
        tuple(_course(c, cost[c.id]) for c in listed), tuple(claims) if listed else (),
        len(covering(db, target.occupation, target.level, day)),
    )  # fmt: skip


def _course(c: CourseLine, price: Price) -> CourseStep:
    return CourseStep(c.id, c.title, c.institution, c.next_start, c.fee, price.price, price.offer.title if price.offer else "")
