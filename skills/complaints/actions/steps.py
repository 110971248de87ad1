"""What every act on a complaint does: write the step down, tell the author, send a case up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from skills.accounts.queries import find_account
from skills.complaints import rules
from skills.complaints.models import Complaint, ComplaintFile, ComplaintStep
from skills.complaints.rules import Level
from skills.complaints.states import COMPLAINT
from skills.config import Settings
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.kernel.files import PAPERS
from skills.messages.actions import send
from skills.standards.calendar import add_working_days, working_days_between
from skills.standards.queries import value

FOLDER = "complaints"


@dataclass(frozen=True)
class Paper:
    """A paper that lies sealed under `files/complaints/<id>` already: its kind by content, its size in bytes, its digest."""

    id: str
    kind: str
    size: int
    digest: str


def step(act: Act, row: Complaint, move: str, *, text: str = "", desk: bool = False) -> None:
    """Write down what happened; `desk` if the name of who did it belongs to it: the handler's, or a clerk's at a counter."""
    made = act.new_id()
    last = act.db.scalar(select(func.max(ComplaintStep.serial)).where(ComplaintStep.complaint_id == row.id)) or 0
    sealed = act.using(Box).seal(text, f"complaint_step:{made}:text", row.person_id) if text else None
    act.add(
        ComplaintStep(
            id=made, complaint_id=row.id, serial=last + 1, at=act.at, move=move, level=row.level, account=act.actor.account if desk else None,
            handler=row.taken_by, outcome=row.outcome, text=sealed,
        )
    )  # fmt: skip


def said(text: str) -> str:
    """What was written, without blanks around. Raises Refusal("complaint.text_needed")."""
    plain = text.strip()
    if not plain or len(plain) > rules.LONGEST:
        raise Refusal("complaint.text_needed", most=rules.LONGEST)
    return plain


def keep(act: Act, row: Complaint, papers: tuple[Paper, ...]) -> None:
    """Put papers on record. Raises Refusal("complaint.too_many_papers" | "complaint.paper_gone")."""
    limits = value(act.db, "complaint.papers", act.today)
    held = len(act.db.scalars(select(ComplaintFile.id).where(ComplaintFile.complaint_id == row.id)).all())
    if held + len(papers) > limits["most"]:
        raise Refusal("complaint.too_many_papers", most=limits["most"])
    folder = act.using(Settings).files_dir / FOLDER
    for paper in papers:
        sized = 0 < paper.size <= limits["bytes"]
        if paper.kind not in PAPERS or not sized or not (folder / paper.id).is_file():
            raise Refusal("complaint.paper_gone")
        act.add(
            ComplaintFile(id=paper.id, complaint_id=row.id, at=act.at, kind=paper.kind, size=paper.size, digest=paper.digest)
        )


def tell_author(act: Act, row: Complaint, code: str, **facts: Any) -> None:
    """A message to whoever wrote it under the own name; the anonymous follow their case by number and word."""
    if row.person_id is not None:
        send(act, code=code, person_id=row.person_id, number=row.number, **facts)
    elif row.account_id is not None:
        tell_account(act, row.account_id, code, number=row.number, **facts)


def tell_account(act: Act, account_id: str, code: str, **facts: Any) -> None:
    """A message to an account; the system's has no inbox."""
    if find_account(act.db, account_id) is not None:
        send(act, code=code, account_id=account_id, **facts)


def tell_handler(act: Act, row: Complaint, code: str) -> None:
    """A message to whose the case is."""
    if row.taken_by is not None and row.taken_by != act.actor.account:
        tell_account(act, row.taken_by, code, number=row.number, case=row.id)


def stopped_for(row: Complaint, today: date) -> date:
    """The last day for the answer after the clock stood still: as many working days later as it was stopped for."""
    since = row.waiting_since or today
    return add_working_days(row.due_on, working_days_between(since, today))


def send_up(act: Act, row: Complaint, move: str, moment: str, text: str = "", *, desk: bool = False) -> None:
    """Give a case to the level above, anew and to somebody else; what was answered stays in its steps."""
    before = row.taken_by or row.closed_by
    COMPLAINT.check(row.state, move)
    step(act, row, move, text=text, desk=desk)
    again = value(act.db, "complaint.review", act.today)
    act.move(
        row, COMPLAINT, move, level=Level.CITY, taken_by=None, accepted_at=None, closed_by=None, closed_at=None, answer=None,
        outcome=None, elsewhere=None, accept_by=add_working_days(act.today, int(again["accept"])),
        due_on=add_working_days(act.today, int(again["days"])), **{moment: act.at},
    )  # fmt: skip
    if before is not None and before != act.actor.account:
        tell_account(act, before, f"complaint.told_{move}", number=row.number, case=row.id)
