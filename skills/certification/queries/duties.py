"""Who serves at an exam, who could, and whom of the candidates an examiner is too near to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.queries import StaffLine
from skills.accounts.rules import Role
from skills.certification.models import Application, DutyTie, Filing, Sitting, SittingDuty
from skills.certification.rules.duties import Candidate, Duty, Examiner, Stay, TieRules, free_of_ties
from skills.certification.states import ApplicationState, SittingState
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.people.queries import persons
from skills.records.queries import facts_of
from skills.records.rules import Work
from skills.standards.calendar import add_months
from skills.standards.queries import value

SEE = "duty.see"
MARK, SEAT, NEVER = "mark", "seat", "never"  # what an examiner's declaration comes before: policy duty.declaration
# Whose role lets them be named.
ROLES: Mapping[Duty, tuple[Role, ...]] = {
    Duty.EXAMINER: (Role.EXAMINER,),
    Duty.INVIGILATOR: (Role.INVIGILATOR, Role.EXAMINER, Role.BODY_CLERK, Role.BODY_CHECKER),
    Duty.SUPERVISOR: (Role.INTERNAL_SUPERVISOR,),
    Duty.SETTER: (Role.EXAMINER, Role.BODY_CLERK, Role.BODY_CHECKER, Role.BODY_ADMIN),
}
UPCOMING = (SittingState.FILED, SittingState.OPEN, SittingState.CLOSED, SittingState.SEATED, SittingState.HELD)
_HERE = (ApplicationState.ELIGIBLE, ApplicationState.SEATED, ApplicationState.EXAMINED)


@dataclass(frozen=True)
class DutyLine:
    """Somebody's duty at an exam; `declared_at` of an examiner, None until they have answered; `uncovered` candidates came since."""

    id: str
    duty: Duty
    account_id: str
    name: str
    declared_at: datetime | None
    uncovered: int = 0


@dataclass(frozen=True)
class OwnDuty:
    """One's own duty at an exam."""

    sitting_id: str
    duty: Duty
    declared_at: datetime | None
    uncovered: int


@dataclass(frozen=True)
class NamedCandidate:
    """A candidate as an examiner is asked about them; `said` a code of TIE_WORDS, "" if nothing."""

    application_id: str
    name: str
    said: str


def staff_of(db: Session, sitting_ids: Collection[str]) -> dict[str, dict[Duty, tuple[str, ...]]]:
    """sitting → duty → the accounts named for it now, in the order in which they were named."""
    found: dict[str, dict[Duty, tuple[str, ...]]] = defaultdict(dict)
    rows = db.execute(
        select(SittingDuty.sitting_id, SittingDuty.duty, SittingDuty.account_id)
        .where(among(db, SittingDuty.sitting_id, sitting_ids), SittingDuty.ended_at.is_(None))
        .order_by(SittingDuty.id)
    )
    for sitting_id, duty, account in rows:
        held = found[sitting_id]
        held[Duty(duty)] = (*held.get(Duty(duty), ()), account)
    return found


def could_serve(db: Session, organisation_id: str) -> dict[Duty, list[StaffLine]]:
    """Who of a body's staff can be named for each duty, each once, by name."""
    return {
        duty: list({s.account_id: s for s in accounts.staff_of_roles(db, roles, organisation_id) if s.state in ("invited", "active")}.values())
        for duty, roles in ROLES.items()
    }


def duties_of(db: Session, sitting_id: str) -> list[DutyLine]:
    """Everybody who serves at an exam, by duty."""
    came = _came(db, [sitting_id])[sitting_id]
    rows = db.scalars(
        select(SittingDuty).where(SittingDuty.sitting_id == sitting_id, SittingDuty.ended_at.is_(None)).order_by(SittingDuty.id)
    )
    lines = [
        DutyLine(r.id, Duty(r.duty), r.account_id, accounts.name_of(db, r.account_id), r.declared_at, _uncovered(r, came)) for r in rows
    ]
    return sorted(lines, key=lambda line: list(Duty).index(line.duty))


def own_duties(db: Session, account: str) -> list[OwnDuty]:
    """Where somebody serves, from the filing of the plan until the scores are signed; the nearest first."""
    rows = list(
        db.scalars(
            select(SittingDuty)
            .join(Sitting, Sitting.id == SittingDuty.sitting_id)
            .where(SittingDuty.account_id == account, SittingDuty.ended_at.is_(None), Sitting.state.in_(UPCOMING))
            .order_by(Sitting.held_on, Sitting.id, SittingDuty.id)
        )
    )
    came = _came(db, [r.sitting_id for r in rows])
    return [OwnDuty(r.sitting_id, Duty(r.duty), r.declared_at, _uncovered(r, came[r.sitting_id])) for r in rows]


def judged_by(db: Session, sitting_id: str, account: str) -> list[NamedCandidate]:
    """The candidates whom an examiner is to judge, by name, with what was said of each. Raises Missing("sitting.unknown") for anybody else."""
    duty = db.scalars(
        select(SittingDuty).where(
            SittingDuty.sitting_id == sitting_id, SittingDuty.account_id == account, SittingDuty.duty == Duty.EXAMINER,
            SittingDuty.ended_at.is_(None),
        )
    ).first()  # fmt: skip
    if duty is None:
        raise Missing("sitting.unknown")
    said = {t.application_id: t.kind for t in db.scalars(select(DutyTie).where(DutyTie.duty_id == duty.id, DutyTie.ended_at.is_(None)))}
    rows = list(
        db.scalars(select(Application).where(Application.sitting_id == sitting_id, Application.state.in_(_HERE)).order_by(Application.id))
    )
    people = persons(db, [r.person_id for r in rows])
    return [NamedCandidate(r.id, people[r.person_id].name, said.get(r.id, "")) for r in rows]


def free(db: Session, sitting: Sitting, day: date, candidates: Iterable[Application] | None = None) -> Verdict:
    """Whether no examiner of an exam is too near to these candidates (None: to any who is registered), as it stands on a day."""
    return _free(db, sitting, day, _examiners(db, sitting.id), candidates)


def tied(db: Session, sitting: Sitting, account: str, day: date, candidates: Iterable[Application]) -> Verdict:
    """The same for one of the examiners."""
    return _free(db, sitting, day, [one for one in _examiners(db, sitting.id) if one.account == account], candidates)


def _free(
    db: Session, sitting: Sitting, day: date, judges: Sequence[Examiner], candidates: Iterable[Application] | None
) -> Verdict:
    if not judges:
        return Verdict(True, "duty.ties")  # planned before accounts were named
    if candidates is None:
        candidates = db.scalars(
            select(Application).where(Application.sitting_id == sitting.id, Application.state.in_(_HERE)).order_by(Application.id)
        )
    rows = list(candidates)
    kind = db.get_one(Filing, sitting.filing_id).kind
    rules = TieRules(
        add_months(day, -int(value(db, "duty.employer_months", day))), add_months(day, -int(value(db, "duty.teacher_months", day))), day,
        sitting.organisation_id if kind in value(db, "duty.own_body", day) else None,
    )  # fmt: skip
    return free_of_ties(judges, _candidates(db, rows), _said(db, sitting.id), rules)


def undeclared(db: Session, sitting_id: str) -> list[str]:
    """Names of the examiners who have not answered yet, or not since the last candidate came."""
    return [d.name for d in duties_of(db, sitting_id) if d.duty is Duty.EXAMINER and (d.declared_at is None or d.uncovered)]


def _examiners(db: Session, sitting_id: str) -> list[Examiner]:
    named = staff_of(db, [sitting_id]).get(sitting_id, {}).get(Duty.EXAMINER, ())
    own = {a: p for a, p in accounts.people_of_accounts(db).items() if a in named} if named else {}
    known = persons(db, list(own.values()))
    facts = facts_of(db, [(p.id, p.birth) for p in known.values()])
    stays: dict[str, list[Stay]] = defaultdict(list)
    for account, body, since, until in accounts.stays_of(db, named):
        stays[account].append(Stay(body, since, until))
    bodies = _bodies(db) if own else {}
    for account, person in own.items():
        stays[account] += [_stay(job, bodies) for job in facts[person].works]
    return [Examiner(a, accounts.name_of(db, a), own.get(a), tuple(stays[a])) for a in named]


def _candidates(db: Session, rows: Sequence[Application]) -> list[Candidate]:
    people = persons(db, [r.person_id for r in rows])
    facts = facts_of(db, [(p.id, p.birth) for p in people.values()])
    bodies = _bodies(db)
    return [
        Candidate(
            r.id, people[r.person_id].name, r.person_id, tuple(_stay(job, bodies) for job in facts[r.person_id].works),
            tuple((t.institution_id, t.completed_on) for t in facts[r.person_id].trainings),
        )
        for r in rows
    ]  # fmt: skip


def _said(db: Session, sitting_id: str) -> dict[tuple[str, str], tuple[str, ...]]:
    rows = db.execute(
        select(SittingDuty.account_id, DutyTie.application_id, DutyTie.kind)
        .join(SittingDuty, SittingDuty.id == DutyTie.duty_id)
        .where(SittingDuty.sitting_id == sitting_id, DutyTie.ended_at.is_(None))
    )
    return {(account, application): (kind,) for account, application, kind in rows}


def _bodies(db: Session) -> dict[str, str]:
    return {o.name: o.id for o in accounts.organisations(db)}


def _stay(job: Work, bodies: Mapping[str, str]) -> Stay:
    return Stay(job.employer_id or bodies.get(job.employer, job.employer), job.since, job.until)


def _came(db: Session, sitting_ids: Collection[str]) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {one: [] for one in sitting_ids}
    rows = db.execute(
        select(Application.sitting_id, Application.applied_at).where(
            among(db, Application.sitting_id, sitting_ids), Application.state.in_(_HERE)
        )
    )
    for sitting_id, at in rows:
        found[sitting_id].append(at)
    return found


def _uncovered(row: SittingDuty, came: Iterable[datetime]) -> int:
    declared = row.declared_at
    return sum(declared is None or at > declared for at in came) if row.duty == Duty.EXAMINER else 0


def free_of(db: Session, sitting_id: str, day: date) -> Verdict:
    """The same for an exam by its id."""
    return free(db, db.get_one(Sitting, sitting_id), day)
