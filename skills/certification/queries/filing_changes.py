"""What bodies ask for their filings: what it is judged by, what waits, what is late."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.certification.models import Application, Award, Filing, FilingChange, Sitting
from skills.certification.queries.filings import ScopeLine, lines_of_scope
from skills.certification.rules import renewals
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.renewals import RenewalFacts
from skills.certification.states import ApplicationState, SittingState
from skills.certification.states.filings import CHANGE_WORDS, OPEN_CHANGES, ChangeKind, ChangeState
from skills.credentials.queries.uploads import unconfirmed
from skills.kernel.errors import Missing
from skills.kernel.findings import Finding, Verdict, all_of
from skills.standards.queries import policy
from skills.standards.rules import Level

RUNNING = tuple(state for state in SittingState if state not in (SittingState.PLANNED, SittingState.CONCLUDED, SittingState.CANCELLED))
# What rooms above know against a renewal: of (filing's id, day).
GATES: list[Callable[[Session, str, date], Finding]] = []


@dataclass(frozen=True)
class ChangeLine:
    """A request with all that its page shows."""

    id: str
    filing_id: str
    kind: str
    kind_words: tuple[str, str]
    path: str
    state: str
    scope: tuple[ScopeLine, ...]
    statement: str
    incentives: str
    channel: str
    asked_on: date
    due_on: date | None
    reason: str
    term_from: date | None
    term_to: date | None

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in OPEN_CHANGES


def items_of(row: FilingChange) -> frozenset[ScopeItem]:
    """What an addition adds."""
    return frozenset(ScopeItem(code, branch, Level(level)) for code, branch, level in row.scope)


def of_filing(db: Session, filing_id: str) -> Sequence[ChangeLine]:
    """Everything that was asked for a filing, newest first."""
    rows = db.scalars(select(FilingChange).where(FilingChange.filing_id == filing_id).order_by(FilingChange.id.desc()))
    return [_line(db, row) for row in rows]


def change(db: Session, change_id: str, bodies: Collection[str] | None = None) -> ChangeLine:
    """One request, of one's own bodies if they are named. Raises Missing("filing_change.unknown")."""
    chosen = select(FilingChange).join(Filing, Filing.id == FilingChange.filing_id).where(FilingChange.id == change_id)
    row = db.scalars(chosen if bodies is None else chosen.where(Filing.organisation_id.in_(bodies))).one_or_none()
    if row is None:
        raise Missing("filing_change.unknown")
    return _line(db, row)


def term_start(db: Session, row: Filing) -> date:
    """The first day of the term that runs: of the last renewal, or the day of filing."""
    renewed = db.scalar(
        select(func.max(FilingChange.term_from)).where(
            FilingChange.filing_id == row.id, FilingChange.state == ChangeState.GRANTED
        )
    )  # fmt: skip
    return renewed or row.filed_on or date.max


def renewal(db: Session, filing_id: str, day: date, statement: str = "", incentives: str = "") -> Verdict:
    """Whether a filing could be renewed on a day, with everything that speaks for and against it."""
    row = db.get_one(Filing, filing_id)
    since = term_start(db, row)
    batches = select(func.count()).select_from(Sitting).where(
        Sitting.filing_id == row.id, Sitting.state == SittingState.CONCLUDED, Sitting.held_on >= since
    )  # fmt: skip
    given = db.scalars(select(Award.certificate_id).where(Award.filing_id == row.id)).all()
    facts = RenewalFacts(
        row.number or "", row.valid_to or date.min, organisation(db, row.organisation_id).kind == "enterprise",
        db.scalar(batches) or 0, unconfirmed(db, given), statement, incentives,
        tuple(gate(db, row.id, day) for gate in GATES),
    )  # fmt: skip
    said = policy(db, "filing.renewal", day)
    return renewals.may_renew(renewals.terms_of(said.value, said.source), facts, day)


def withdrawal(db: Session, filing_id: str) -> Verdict:
    """Whether a body may leave: no exam is under way, and nobody who passed waits for a certificate."""
    exams = select(func.count()).select_from(Sitting).where(Sitting.filing_id == filing_id, Sitting.state.in_(RUNNING))
    awarded = select(Award.grounds).where(Award.filing_id == filing_id)
    owed = (
        select(func.count())
        .select_from(Application)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(
            Sitting.filing_id == filing_id, Sitting.state == SittingState.CONCLUDED,
            Application.state == ApplicationState.PASSED, ("application:" + Application.id).not_in(awarded),
        )
    )  # fmt: skip
    running, passes = db.scalar(exams) or 0, db.scalar(owed) or 0
    return all_of(
        "filing.withdrawal_refused",
        [
            Finding("filing.withdrawal_exams", running == 0, "", {"count": running}),
            Finding("filing.withdrawal_passes", passes == 0, "", {"count": passes}),
        ],
    )


def waiting(db: Session) -> Sequence[tuple[str, date | None]]:
    """What waits for the authority: filing's id and by when."""
    chosen = select(FilingChange.filing_id, FilingChange.due_on).where(FilingChange.state == ChangeState.ASKED)
    return [(filing_id, due_on) for filing_id, due_on in db.execute(chosen)]


def _line(db: Session, row: FilingChange) -> ChangeLine:
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("id", "filing_id", "kind", "path", "state", "statement", "incentives", "channel", "asked_on", "due_on",
                     "reason", "term_from", "term_to")
    }  # fmt: skip
    return ChangeLine(kind_words=CHANGE_WORDS[ChangeKind(row.kind)], scope=lines_of_scope(db, items_of(row)), **values)
