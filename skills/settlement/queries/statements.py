"""Statements with their lines: for the institution whose money it is, for the authority, for finance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.errors import Missing
from skills.kernel.findings import Finding
from skills.kernel.jobs import Job, JobState
from skills.settlement.models import Statement, StatementLine, StatementObjection
from skills.settlement.payee import Payee, payee_of
from skills.settlement.queries.payees import names_of, owned_by
from skills.settlement.states import LINE, OBJECTION, STATEMENT, LineState, ObjectionState, StatementState
from skills.standards import queries as standards
from skills.vouchers.queries import settling
from skills.vouchers.queries.settling import Snapshot, UsedLine

PAGE = 50
TO_FINANCE = (StatementState.HANDED_OVER, StatementState.PAID, StatementState.BOUNCED)


@dataclass(frozen=True)
class StatementView:
    """A statement in a list. `due` is what is or was to be paid, `held` how many lines wait. Money in 分.

    payee  the organisation's name, or the person's masked one
    """

    id: str
    number: str
    payee_id: str
    payee: str
    of_person: bool
    district: str
    district_name: str
    period: str
    state: str
    state_zh: str
    state_en: str
    lines: int
    held: int
    due: int
    drawn_at: datetime
    submitted_at: datetime | None
    check_by: date | None
    checked_at: datetime | None
    noticed_at: datetime | None
    notice_to: date | None
    handed_over_at: datetime | None
    paid_on: date | None
    reference: str
    reason: str
    count: int | None
    cents: int | None
    digest: str


@dataclass(frozen=True)
class Progress:
    """How far the work in the background is: a share of 1 from `done` and `total`, and what went wrong."""

    state: str
    done: int
    total: int
    problem: str

    @property
    def running(self) -> bool:
        """Whether it is not over yet."""
        return self.state in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True)
class LineView:
    """A line: the use that it pays, what is paid in 分 (negative: taken back), and every condition."""

    id: str
    position: int
    kind: str
    state: str
    state_zh: str
    state_en: str
    cents: int
    use: UsedLine
    findings: tuple[Finding, ...]
    looked_at: datetime
    admitted: str
    admit_reason: str

    @property
    def missed(self) -> tuple[Finding, ...]:
        """The conditions that are not met."""
        return tuple(f for f in self.findings if not f.met)


@dataclass(frozen=True)
class ObjectionView:
    """An objection as the list of a statement shows it; name and contact lie sealed and are opened by the handler's page."""

    id: str
    line_id: str
    position: int
    masked_name: str
    state: str
    state_zh: str
    state_en: str
    text: str
    raised_at: datetime
    reply: str


@dataclass(frozen=True)
class StatementPage:
    """A statement, its work in the background, who acted, and its objections."""

    statement: StatementView
    progress: Progress | None
    ready: bool
    drawn_by: str
    submitted_by: str
    checked_by: str
    handed_over_by: str
    hands: tuple[str, ...]
    objections: tuple[ObjectionView, ...]


@dataclass(frozen=True)
class LinePage:
    """One line with the verdict of the use and those of its settlement, side by side."""

    statement: StatementView
    line: LineView
    snapshots: tuple[Snapshot, ...]


def of_payee(db: Session, payee: Payee, after: str = "", most: int = PAGE) -> list[StatementView]:
    """Statements of a payee, newest first."""
    chosen = select(Statement).where(owned_by(Statement, payee))
    return views(db, db.scalars(_newest(chosen, after, most)).all())


def of_districts(
    db: Session, districts: Collection[str] | None, states: Collection[str] | None, after: str = "", most: int = PAGE
) -> list[StatementView]:
    """Statements of these districts (None: all), newest first."""
    chosen = select(Statement)
    if districts is not None:
        chosen = chosen.where(Statement.district.in_(districts))
    if states is not None:
        chosen = chosen.where(Statement.state.in_(states))
    return views(db, db.scalars(_newest(chosen, after, most)).all())


def waiting(db: Session, districts: Collection[str] | None, *states: StatementState) -> int:
    """How many statements of these districts are in one of these states."""
    chosen = select(func.count()).select_from(Statement).where(Statement.state.in_(states))
    if districts is not None:
        chosen = chosen.where(Statement.district.in_(districts))
    return db.scalar(chosen) or 0


def over(db: Session, districts: Collection[str] | None, day: date) -> int:
    """How many statements of these districts have had their notice and wait for the hand-over."""
    chosen = select(func.count()).select_from(Statement).where(
        Statement.state == StatementState.NOTICED, Statement.notice_to < day
    )  # fmt: skip
    if districts is not None:
        chosen = chosen.where(Statement.district.in_(districts))
    return db.scalar(chosen) or 0


def own(db: Session, statement_id: str, payee_ids: Collection[str]) -> StatementPage:
    """One of these payees' own. Raises Missing("statement.unknown")."""
    row = db.get(Statement, statement_id)
    if row is None or payee_of(row).id not in payee_ids:
        raise Missing("statement.unknown")
    return _page(db, row)


def theirs(db: Session, statement_id: str, districts: Collection[str] | None) -> StatementPage:
    """One of a district's. Raises Missing("statement.unknown")."""
    row = db.get(Statement, statement_id)
    if row is None or (districts is not None and row.district not in districts):
        raise Missing("statement.unknown")
    return _page(db, row)


def lines(db: Session, statement_id: str, state: str = "", after: int = 0, most: int = PAGE) -> list[LineView]:
    """Lines of a statement behind a position, of a state if one is named."""
    chosen = select(StatementLine).where(StatementLine.statement_id == statement_id, StatementLine.position > after)
    if state:
        chosen = chosen.where(StatementLine.state == state)
    return line_views(db, db.scalars(chosen.order_by(StatementLine.position).limit(most)).all())


def counts(db: Session, statement_id: str) -> dict[str, tuple[int, int]]:
    """state of line → how many, and their money in 分."""
    rows = db.execute(
        select(StatementLine.state, func.count(), func.coalesce(func.sum(StatementLine.cents), 0))
        .where(StatementLine.statement_id == statement_id)
        .group_by(StatementLine.state)
    )
    return {state: (int(n), int(cents)) for state, n, cents in rows}


def line(db: Session, line_id: str, districts: Collection[str] | None) -> LinePage:
    """One line of a district's statement, with its snapshots. Raises Missing("statement.unknown")."""
    row = db.get(StatementLine, line_id)
    if row is None:
        raise Missing("statement.unknown")
    page = theirs(db, row.statement_id, districts)
    return LinePage(page.statement, line_views(db, [row])[0], tuple(settling.snapshots(db, row.redemption_id)))


def line_views(db: Session, rows: Sequence[StatementLine]) -> list[LineView]:
    """Lines with what they are about."""
    uses = settling.used(db, [row.redemption_id for row in rows])
    return [
        LineView(
            row.id, row.position, row.kind, row.state, *LINE.words[LineState(row.state)], row.cents, uses[row.redemption_id],
            tuple(_finding(f) for f in row.findings), row.looked_at, accounts.name_of(db, row.admitted_by) if row.admitted_by else "",
            row.admit_reason,
        )
        for row in rows
    ]  # fmt: skip


def findings(shot: Snapshot) -> tuple[Finding, ...]:
    """The findings of a verdict that was kept."""
    return tuple(_finding(f) for f in shot.findings)


def _finding(told: dict[str, object]) -> Finding:
    facts = told.get("facts")
    return Finding(str(told["code"]), bool(told["met"]), str(told.get("clause", "")), facts if isinstance(facts, dict) else {})


def _newest(chosen: Select[Statement], after: str, most: int) -> Select[Statement]:
    chosen = chosen.order_by(Statement.id.desc()).limit(most)
    return chosen.where(Statement.id < after) if after else chosen


def _page(db: Session, row: Statement) -> StatementPage:
    job = db.get(Job, row.job) if row.job else None
    progress = Progress(job.state, job.done, job.total, job.problem) if job else None
    who = (row.drawn_by, row.submitted_by, row.checked_by, row.closed_by or row.noticed_by)
    drawn, submitted, checked, handed_over = (accounts.name_of(db, account) if account else "" for account in who)
    hands = tuple(h for h in (row.submitted_by, row.checked_by) if h)
    return StatementPage(
        views(db, [row])[0], progress, row.complete_at is not None, drawn, submitted, checked, handed_over, hands,
        _objections(db, row),
    )  # fmt: skip


def _objections(db: Session, row: Statement) -> tuple[ObjectionView, ...]:
    found = db.execute(
        select(StatementObjection, StatementLine)
        .join(StatementLine, StatementLine.id == StatementObjection.line_id)
        .where(StatementLine.statement_id == row.id)
        .order_by(StatementObjection.raised_at, StatementObjection.id)
    ).all()
    uses = settling.used(db, [line.redemption_id for _, line in found])
    return tuple(
        ObjectionView(
            o.id, line.id, line.position, uses[line.redemption_id].masked_name, o.state, *OBJECTION.words[ObjectionState(o.state)],
            o.text, o.raised_at, o.reply,
        )
        for o, line in found
    )  # fmt: skip


def views(db: Session, rows: Sequence[Statement]) -> list[StatementView]:
    """Statements with their sums."""
    names = {d.code: d.name for d in standards.districts(db)}
    live = StatementLine.state != LineState.DROPPED
    sums = {
        i: (int(n), int(held), int(due))
        for i, n, held, due in db.execute(
            select(
                StatementLine.statement_id, func.sum(case((live, 1), else_=0)),
                func.sum(case((StatementLine.state == LineState.HELD, 1), else_=0)),
                func.coalesce(func.sum(case((live, StatementLine.cents), else_=0)), 0),
            )
            .where(StatementLine.statement_id.in_([row.id for row in rows]))
            .group_by(StatementLine.statement_id)
        )
    }  # fmt: skip
    payees = names_of(db, map(payee_of, rows))
    return [
        StatementView(
            row.id, row.number, payee_of(row).id, payees[payee_of(row)], row.person_id is not None, row.district,
            names.get(row.district, row.district), row.period, row.state, *STATEMENT.words[StatementState(row.state)],
            *sums.get(row.id, (0, 0, 0)), row.drawn_at, row.submitted_at, row.check_by, row.checked_at, row.noticed_at,
            row.notice_to, row.handed_over_at, row.paid_on, row.reference, row.reason, row.count, row.cents, row.digest,
        )
        for row in rows
    ]  # fmt: skip

