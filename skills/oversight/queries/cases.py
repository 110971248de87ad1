"""The queue of cases and one case with its evidence, for the authority; what concerns an institution, for itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import GRANTS, Role
from skills.courses.queries import places as courses
from skills.kernel.actors import Actor
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.oversight.models import Case, Evidence
from skills.oversight.rules.words import RULE_WORDS, number
from skills.oversight.states import CASE, OPEN, CaseState
from skills.people import queries as people
from skills.vouchers import queries as vouchers
from skills.vouchers.queries import uses
from skills.vouchers.states import REDEMPTION, RedemptionState

PAGE = 50
MOST_USES = 20
SEE, HANDLE = "case.see", "case.handle"


@dataclass(frozen=True)
class CaseLine:
    """A case in the queue. `age` in days since it was opened, `subject` as words, `kind` of subject as a code."""

    id: str
    number: str
    rule: str
    rule_zh: str
    rule_en: str
    kind: str
    subject: str
    strength: int
    state: str
    state_zh: str
    state_en: str
    opened_at: datetime
    refreshed_at: datetime
    closed_at: datetime | None
    age: int
    handler: str


@dataclass(frozen=True)
class EvidenceLine:
    """What was found on a day: the sentence's code and facts, the table (zh, en, found, limit), the chart's figures."""

    found_at: datetime
    strength: int
    code: str
    facts: dict[str, Any]
    table: list[list[str]]
    series: list[tuple[str, int]]
    counted: int


@dataclass(frozen=True)
class UseOfCase:
    """A use that a case is about: masked name, course, money in 分, and whether the case froze it."""

    id: str
    masked_name: str
    course: str
    cents: int
    at: datetime
    state_zh: str
    state_en: str
    held: bool


@dataclass(frozen=True)
class CasePage:
    """A case with everything it is decided on."""

    line: CaseLine
    organisation_id: str | None
    organisation: str
    assigned_to: str | None
    proposed_by: str | None
    proposer: str
    decider: str
    reason: str
    evidence: tuple[EvidenceLine, ...]
    uses: tuple[UseOfCase, ...]
    uses_in_all: int
    held: int
    held_cents: int
    moves: tuple[str, ...]


def cases(
    db: Session, actor: Actor, day: date, *, closed: bool = False, rule: str = "", mine: bool = False, after: str = ""
) -> list[CaseLine]:
    """Open cases, the strongest and then the oldest first; or closed ones, the newest first. Fifty at a time.

    after  the id of the last case on the page before
    """
    chosen = _bounded(select(Case), actor.districts_for(SEE)).limit(PAGE)
    if rule:
        chosen = chosen.where(Case.rule == rule)
    if mine:
        chosen = chosen.where(Case.assigned_to == actor.account)
    if closed:
        chosen = chosen.where(Case.state.not_in(OPEN)).order_by(Case.id.desc())
        chosen = chosen.where(Case.id < after) if after else chosen
    else:
        chosen = chosen.where(Case.state.in_(OPEN)).order_by(Case.strength.desc(), Case.id)
        last = db.get(Case, after) if after else None
        if last is not None:
            later = (Case.strength == last.strength) & (Case.id > last.id)
            chosen = chosen.where(or_(Case.strength < last.strength, later))
    return _lines(db, db.scalars(chosen).all(), day)


def case(db: Session, case_id: str, districts: Collection[str] | None, day: date) -> CasePage:
    """One case of these districts (None: all). Raises Missing("fraud_case.unknown")."""
    row = db.get(Case, case_id)
    if row is None or (districts is not None and row.district not in districts):
        raise Missing("fraud_case.unknown")
    found = db.scalars(select(Evidence).where(Evidence.case_id == row.id).order_by(Evidence.id.desc())).all()
    ids = sorted({i for e in found for i in e.redemptions})
    lines = uses.use_lines(db, ids, f"case:{row.id}")
    return CasePage(
        _lines(db, [row], day)[0], row.organisation_id,
        accounts.organisation(db, row.organisation_id).name if row.organisation_id else "", row.assigned_to, row.proposed_by,
        _name(db, row.proposed_by), _name(db, row.decided_by), row.reason,
        tuple(
            EvidenceLine(
                e.found_at, e.strength, str(e.facts.get("code", "")), e.facts, e.table,
                [(str(label), int(count)) for label, count in e.series], len(e.rows),
            )
            for e in found
        ),
        _uses(db, lines[:MOST_USES]), len(lines), sum(u.held for u in lines), sum(u.cents for u in lines if u.held),
        tuple(m.name for m in CASE.open_moves(row.state)),
    )  # fmt: skip


def waiting(db: Session, actor: Actor) -> tuple[int, int, int]:
    """(cases that nobody has, cases that this actor has, cases that wait for a second person other than the proposer)."""
    bounds = actor.districts_for(SEE)

    def count(*only: Any) -> int:
        return db.scalar(_bounded(select(func.count()).select_from(Case), bounds).where(*only)) or 0

    return (
        count(Case.state == CaseState.OPENED),
        count(Case.state == CaseState.ASSIGNED, Case.assigned_to == actor.account),
        count(Case.state == CaseState.PROPOSED, Case.proposed_by != actor.account),
    )


def bodies_under_suspicion(db: Session) -> set[str]:
    """Organisations that an open case is about, or whose class or account it concerns."""
    found = db.scalars(select(Case.organisation_id).where(Case.state.in_(OPEN), Case.organisation_id.is_not(None)).distinct())
    return {body for body in found if body is not None}


def handlers(db: Session) -> list[tuple[str, str]]:
    """(account, name) of everybody at the authority who may look into cases."""
    found = accounts.officials(db)
    return [
        (account, f"{lines[0].name}（{lines[0].role_zh}）")
        for account, lines in found.items()
        if any(HANDLE in GRANTS[Role(line.role)] for line in lines)
    ]


def told_to(db: Session, organisations: Collection[str], day: date) -> list[tuple[CaseLine, str, dict[str, Any], int]]:
    """Cases that a body was told of, newest first: those that froze its money, and those that were decided against it.

    (line, sentence, facts, uses frozen now)
    """
    held = uses.holds_of(db, "case:")
    told = (CaseState.CONFIRMED, CaseState.REFERRED)
    rows = db.scalars(
        select(Case)
        .where(Case.organisation_id.in_(organisations), or_(Case.state.in_(told), Case.id.in_([s[5:] for s in held])))
        .order_by(Case.id.desc())
        .limit(PAGE)
    ).all()
    found = []
    for row, line in zip(rows, _lines(db, rows, day), strict=True):
        last = db.scalars(select(Evidence).where(Evidence.case_id == row.id).order_by(Evidence.id.desc()).limit(1)).one()
        found.append((line, str(last.facts.get("code", "")), last.facts, len(held.get(f"case:{row.id}", ()))))
    return found


def _bounded(chosen: Any, districts: Collection[str] | None) -> Any:
    return chosen if districts is None else chosen.where(Case.district.in_(districts))


def _name(db: Session, account: str | None) -> str:
    return accounts.name_of(db, account) if account else ""


def _uses(db: Session, lines: Sequence[uses.UseLine]) -> tuple[UseOfCase, ...]:
    titles = courses.course_titles_of_uses(db, [u.id for u in lines])
    names = people.persons(db, [u.person_id for u in lines])
    return tuple(
        UseOfCase(
            u.id, names[u.person_id].masked_name, titles.get(u.id, u.title), u.cents, u.at,
            *REDEMPTION.words[RedemptionState(u.state)], u.held,
        )
        for u in lines
    )  # fmt: skip


def _lines(db: Session, rows: Sequence[Case], day: date) -> list[CaseLine]:
    bodies = {o.id: o.name for o in accounts.organisations(db)} if rows else {}
    titles = courses.titles(db) if any(r.subject.startswith("course:") for r in rows) else {}
    names = people.persons(db, [r.subject[7:] for r in rows if r.subject.startswith("person:")])
    found = []
    for row in rows:
        kind, _, subject = row.subject.partition(":")
        match kind:
            case "organisation":
                words = bodies.get(subject, subject)
            case "person":
                words = names[subject].masked_name if subject in names else subject
            case "course":
                words = f"{titles.get(subject, subject)}（{bodies.get(row.organisation_id or '', '')}）"
            case "batch":
                words = vouchers.batch(db, subject, None, day).batch.title
            case _:
                words = subject
        end = shanghai_day(row.closed_at) if row.closed_at else day
        found.append(
            CaseLine(
                row.id, number(row.rule, row.id), row.rule, *RULE_WORDS[row.rule], kind, words, row.strength, row.state,
                *CASE.words[CaseState(row.state)], row.opened_at, row.refreshed_at, row.closed_at,
                (end - shanghai_day(row.opened_at)).days, _name(db, row.assigned_to),
            )
        )  # fmt: skip
    return found
