"""What the accounts' room forgets of a person: the ways in."""

from __future__ import annotations

from sqlalchemy import select

from skills.accounts.actions.codes import end_open
from skills.accounts.models import Account, Delegation, OneTimeCode
from skills.accounts.states import ACCOUNT, AccountState
from skills.kernel.acts import Act
from skills.kernel.sessions import Sessions
from skills.people.parts import Part, register


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


register("accounts", Part(forget))
