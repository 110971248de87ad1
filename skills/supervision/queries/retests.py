"""Re-tests: what may be drawn, by whom it is held, and how each stands for the authority, the body, the examiner and the candidate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import Role
from skills.certification.queries import awarded
from skills.certification.queries.hands import hands
from skills.credentials.queries.sampling import announcement
from skills.kernel.errors import Missing
from skills.records import queries as records
from skills.supervision.models import Retest, RetestDraw
from skills.supervision.rules.retests import PLANNED
from skills.supervision.states.retests import RETEST, RETEST_DRAW, RetestDrawState, RetestState

PAGE = 50


@dataclass(frozen=True)
class RetestLine:
    """A re-test. `marks` by section: the certificate's, and the two examiners' once both are there (hundredths); none of
    them for an examiner before."""

    id: str
    number: str
    title: str
    organisation_id: str
    body: str
    state: str
    state_zh: str
    state_en: str
    held_on: date | None
    site: str
    examiners: tuple[str, ...]
    sections: tuple[tuple[str, str, str], ...]
    marks: Mapping[str, tuple[int | None, ...]]
    passed: bool | None
    mine_done: bool
    heard_by: date | None
    said: str
    counted: bool | None
    reason: str


@dataclass(frozen=True)
class RetestDrawLine:
    """A draw of re-tests. `ready` once its seed is there."""

    id: str
    body: str
    state: str
    state_zh: str
    state_en: str
    since: date
    until: date
    rate: int
    size: int
    population: int
    digest: str
    seed: str
    ready: bool


def drawable(db: Session, organisation_id: str, since: date, until: date) -> list[tuple[str, str]]:
    """(id, number) of the certificates of a body's concluded exams of these days that were not drawn before, and are in no plan."""
    before = set(db.scalars(select(Retest.award_id).where(Retest.organisation_id == organisation_id)))
    planned = select(RetestDraw.awards).where(RetestDraw.organisation_id == organisation_id, RetestDraw.state == RETEST_DRAW.start)
    before |= {award_id for awards in db.scalars(planned) for award_id, _ in awards}
    return [one for one in awarded.of_body(db, organisation_id, since, until) if one[0] not in before]


def examiners(db: Session, organisation_id: str) -> list[str]:
    """Accounts of examiners of other bodies that hold no role at this one."""
    live = ("invited", "active")
    own = {line.account_id for line in accounts.staff(db, organisation_id)}
    found = {line.account_id for line in accounts.staff_of_roles(db, [Role.EXAMINER]) if line.state in live}
    return sorted(found - own)


def ties(db: Session, organisation_id: str, awards: Sequence[tuple[str, str]], among: Collection[str]) -> set[tuple[str, str]]:
    """(account, certificate id) of who works or worked at the body, or had a hand in the exam."""
    near = {account for account, _ in records.near(db, among, [organisation_id])}
    found = {(account, award_id) for account in near for award_id, _ in awards}
    exams = {award_id: awarded.one(db, award_id).sitting_id for award_id, _ in awards}
    in_exam: dict[str, set[str]] = {}
    for account, sitting_id in hands(db, set(exams.values())):
        in_exam.setdefault(sitting_id, set()).add(account)
    return found | {(a, award_id) for award_id, exam in exams.items() for a in in_exam.get(exam, ()) if a in among}


def listing(
    db: Session, *, districts: Collection[str] | None = None, bodies: Collection[str] | None = None, examiner: str = "",
) -> list[RetestLine]:  # fmt: skip
    """The newest re-tests within these bounds."""
    chosen = select(Retest).where(_within(districts, bodies, examiner)).order_by(Retest.id.desc()).limit(PAGE)
    return [_line(db, row, examiner) for row in db.scalars(chosen)]


def one(
    db: Session, retest_id: str, *, districts: Collection[str] | None = None, bodies: Collection[str] | None = None, examiner: str = "",
) -> RetestLine:  # fmt: skip
    """One re-test within these bounds. Raises Missing("retest.unknown")."""
    row = db.scalar(select(Retest).where(Retest.id == retest_id, _within(districts, bodies, examiner)))
    if row is None:
        raise Missing("retest.unknown")
    return _line(db, row, examiner)


def of_person(db: Session, person_id: str) -> list[RetestLine]:
    """A person's own re-tests; the examiners are not named."""
    held = select(Retest).where(Retest.award_id.in_(awarded.of_person(db, person_id))).order_by(Retest.id.desc())
    return [replace(_line(db, row, ""), examiners=()) for row in db.scalars(held)]


def waiting(db: Session, districts: Collection[str] | None, state: RetestState) -> int:
    """How many re-tests of these districts are in a state."""
    return db.scalar(select(func.count()).select_from(Retest).where(_within(districts, None, ""), Retest.state == state)) or 0


def hearable(db: Session, districts: Collection[str] | None, today: date) -> int:
    """How many were marked and the candidate's days to speak are over: they wait to be closed."""
    chosen = select(func.count()).select_from(Retest).where(_within(districts, None, ""), Retest.state == RetestState.MARKED)
    return db.scalar(chosen.where(or_(Retest.heard_by < today, Retest.said.is_not(None)))) or 0


def draws(db: Session, districts: Collection[str] | None) -> list[RetestDrawLine]:
    """The newest draws."""
    chosen = select(RetestDraw).order_by(RetestDraw.id.desc()).limit(PAGE)
    if districts is not None:
        chosen = chosen.where(RetestDraw.district.in_(sorted(districts)))
    return [
        RetestDrawLine(
            row.id, accounts.organisation(db, row.organisation_id).name, row.state, *RETEST_DRAW.words[RetestDrawState(row.state)], row.since,
            row.until, row.rate, row.size, len(row.awards), row.digest, row.seed,
            row.state == RetestDrawState.PLANNED and announcement(db, row.id, row.planned_at, PLANNED) is not None,
        )
        for row in db.scalars(chosen)
    ]  # fmt: skip


def _within(districts: Collection[str] | None, bodies: Collection[str] | None, examiner: str) -> ColumnElement[bool]:
    if examiner:
        return or_(Retest.first_examiner == examiner, Retest.second_examiner == examiner)
    if bodies is not None:
        return Retest.organisation_id.in_(sorted(bodies))
    return true() if districts is None else Retest.district.in_(sorted(districts))


def _line(db: Session, row: Retest, examiner: str) -> RetestLine:
    award = awarded.one(db, row.award_id)
    both = [row.marks[a] for a in (row.first_examiner, row.second_examiner)] if row.passed is not None else []
    return RetestLine(
        row.id, award.number, award.title, row.organisation_id, accounts.organisation(db, row.organisation_id).name, row.state,
        *RETEST.words[RetestState(row.state)], row.held_on, row.site,
        tuple(accounts.name_of(db, a) for a in (row.first_examiner, row.second_examiner)),
        tuple((str(s), *s.words) for s in award.sections),
        {str(s): (award.marks.get(s), *(one[s] for one in both)) for s in award.sections if both or not examiner},
        row.passed, examiner in row.marks, row.heard_by, row.said or "", row.counted, row.reason,
    )  # fmt: skip
