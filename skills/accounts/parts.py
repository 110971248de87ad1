"""What the accounts' room forgets of a person: the ways in. Of two records that are joined one way in stays; whoever came in
by a document that was taken off is signed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.actions.codes import end_open
from skills.accounts.actions.counter import shut_out
from skills.accounts.models import Account, Delegation, Membership, OneTimeCode
from skills.accounts.queries import organisation
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
    stays, closes = _ways_in(db, kept, gone)
    if stays is None or closes is None:
        return ()
    held = db.scalars(select(Membership).where(Membership.account_id == closes.id, Membership.ended_at.is_(None))).all()
    where = sorted({organisation(db, m.organisation_id).name for m in held if m.organisation_id})
    return (Finding("joining.roles", not held, facts={"login": closes.login or "—", "count": len(held), "where": where or ["—"]}),)


def join(act: Act, kept: str, gone: str) -> None:
    """Nobody acts by family for a record that is gone; if both have an account, one of them is the way in."""
    given = (Delegation.holder_person_id == gone) | (Delegation.helper_person_id == gone)
    for row in act.db.scalars(select(Delegation).where(given, Delegation.ended_at.is_(None))).all():
        row.ended_at = act.at
        bar_all(act, row.holder_person_id, "helper")
    stays, closes = _ways_in(act.db, kept, gone)
    if stays is None or closes is None:
        return
    end_open(act, closes.id, "link", "slip", "sms", "email")
    if closes.state != AccountState.DISABLED:
        act.move(closes, ACCOUNT, "disable")
    act.using(Sessions).end_all(act.db, closes.id, act.at)
    if closes.person_id == kept:  # a person has one account at a time: they change places
        closes.person_id = None
        act.db.flush()
        stays.person_id = kept
        act.db.flush()
        closes.person_id = gone
        act.db.flush()


def _ways_in(db: Session, kept: str, gone: str) -> tuple[Account | None, Account | None]:
    """The account that stays and the one that is closed: that of the record which is gone, unless it alone was ever activated."""
    found = {row.person_id: row for row in db.scalars(select(Account).where(Account.person_id.in_((kept, gone))))}
    mine, other = found.get(kept), found.get(gone)
    if mine is not None and other is not None and (mine.state, other.state) == (AccountState.INVITED, AccountState.ACTIVE):
        return other, mine
    return mine, other


def removed(act: Act, person_id: str) -> None:
    """Whoever came in by a document of somebody else is out, and leaves nobody behind: no relative, no address for codes."""
    shut_out(act, person_id)
    for row in act.db.scalars(select(Delegation).where(Delegation.holder_person_id == person_id, Delegation.ended_at.is_(None))).all():
        row.ended_at = act.at
        bar_all(act, person_id, "helper")
    account = act.find(Account, person_id=person_id)
    if account is not None:
        account.email, account.email_at = None, None
    act.db.flush()


register(
    "accounts",
    Part(
        forget, ends=frozenset({"account", "delegation"}), rests={Account.person_id: Account.state == AccountState.DISABLED}, apart=apart,
        join=join, removed=removed,
    ),
)
