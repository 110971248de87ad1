"""Who may own a case, by the rows."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import GRANTS, Role
from skills.accounts.states import AccountState
from skills.complaints import rules
from skills.complaints.models import Complaint, ComplaintHand, ComplaintStep
from skills.kernel import audit

HANDLE = "complaint.handle"
UP = ("escalate", "raise")
OF_AUTHOR = ("file", "reply", "escalate", "withdraw")  # with an account if a clerk wrote it down at a counter


def owning(db: Session, row: Complaint) -> rules.Owning:
    """The facts on which it is decided who may own a case. Who acted in the matter since it was looked up is looked up now."""
    hands = set(db.scalars(select(ComplaintHand.account).where(ComplaintHand.complaint_id == row.id)))
    if row.matter_id is not None:
        # What its handler does about it now is the handling itself; before it was taken it counted.
        hands |= audit.hands_on(db, row.matter_id, row.hands_at) - {row.taken_by}
    ways = db.execute(
        select(ComplaintStep.move, ComplaintStep.handler)
        .where(ComplaintStep.complaint_id == row.id)
        .order_by(ComplaintStep.serial)
    ).all()
    last_up = max((n for n, (move, _) in enumerate(ways) if move in UP), default=-1)
    earlier = frozenset(handler for _, handler in ways[: last_up + 1] if handler is not None)
    counter = frozenset(
        account
        for account in db.scalars(
            select(ComplaintStep.account).where(
                ComplaintStep.complaint_id == row.id, ComplaintStep.move.in_(OF_AUTHOR), ComplaintStep.account.is_not(None)
            )
        )
        if account is not None
    )
    return rules.Owning(
        row.account_id, row.person_id, row.about_id, frozenset(hands), earlier, row.taken_by, row.level, row.district, counter,
        frozenset(handler for _, handler in ways if handler is not None),
    )


def handler(db: Session, account_id: str) -> rules.Handler:
    """A colleague by the roles that the account holds now."""
    held = accounts.memberships(db, account_id)
    able = [district or None for role, _, district, _, _ in held if HANDLE in GRANTS[Role(role)]]
    districts = None if None in able else frozenset(d for d in able if d)
    account = accounts.find_account(db, account_id)
    bodies = frozenset(o for _, o, _, _, _ in held if o)
    active = account is not None and account.state != AccountState.DISABLED
    return rules.Handler(account_id, bodies, districts, account.person_id if account else None, bool(able) and active)


def colleagues(db: Session, complaint_id: str) -> list[tuple[str, str]]:
    """(account, name) of officials to whom a case may be given."""
    row = db.get(Complaint, complaint_id)
    if row is None:
        return []
    case = owning(db, row)
    return [
        (account, f"{lines[0].name}（{lines[0].role_zh}）")
        for account, lines in accounts.officials(db).items()
        if account != row.taken_by and rules.may_own(handler(db, account), case, given=True)
    ]
