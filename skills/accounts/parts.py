"""What the accounts' room forgets of a person: the ways in. Of two records that are joined one way in stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.actions.codes import end_open
from skills.accounts.models import Account, Delegation, Membership, OneTimeCode
from skills.accounts.states import ACCOUNT, AccountState
from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.kernel.sessions import Sessions
from skills.people.parts import Part, bar_all, register


def forget(act: Act, person_id: str) -> None:
    """The account is closed for good, its sessions end, nobody acts for this person or in this person's name."""
    given = select(Delegation).where(
        (Delegation.holder_person_id == person_id) | (Delegation.helper_person_id == person_id),
        Delegation.ended_at.is_(None),
    )
    for row in act.db.scalars(given):
        row.ended_at = act.at
    account = act.find(Account, person_id=person_id)
    if account is None:
        return
    for code in act.db.scalars(select(OneTimeCode).where(OneTimeCode.account_id == account.id)):
        code.address = None
    end_open(act, account.id, "link", "slip", "sms", "email")
    account.password, account.totp, account.totp_confirmed = None, None, False
    account.email, account.email_at = None, None
    act.db.flush()
    if account.state != AccountState.DISABLED:
        act.move(account, ACCOUNT, "disable")
    act.using(Sessions).end_all(act.db, account.id, act.at)


def apart(db: Session, kept: str, gone: str, _day: date) -> Sequence[Finding]:
    """An account that would be closed holds no role."""
    chosen = select(Account.person_id, Account.id).where(Account.person_id.in_((kept, gone)))
    accounts = dict(db.execute(chosen).all())
    if len(accounts) < 2:
        return ()
    held = select(func.count()).select_from(Membership).where(Membership.account_id == accounts[gone], Membership.ended_at.is_(None))
    roles = db.scalar(held) or 0
    return (Finding("joining.roles", not roles, facts={"account": accounts[gone], "count": roles}),)


def join(act: Act, kept: str, gone: str) -> None:
    """Nobody acts by family for a record that is gone; if both have an account, that of the record that stays is the way in."""
    given = (Delegation.holder_person_id == gone) | (Delegation.helper_person_id == gone)
    for row in act.db.scalars(select(Delegation).where(given, Delegation.ended_at.is_(None))).all():
        row.ended_at = act.at
        bar_all(act, row.holder_person_id, "helper")
    account = act.find(Account, person_id=gone)
    if account is None or act.find(Account, person_id=kept) is None:
        return
    end_open(act, account.id, "link", "slip", "sms", "email")
    if account.state != AccountState.DISABLED:
        act.move(account, ACCOUNT, "disable")
    act.using(Sessions).end_all(act.db, account.id, act.at)


register(
    "accounts",
    Part(
        forget, ends=frozenset({"account", "delegation"}), rests={Account.person_id: Account.state == AccountState.DISABLED}, apart=apart,
        join=join,
    ),
)
