"""Payees by name, and their accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.settlement.models import ClawBack, PayeeAccount, Statement
from skills.settlement.payee import Payee, payee_of
from skills.settlement.rules import sealed_at
from skills.settlement.states import ACCOUNT, AccountState
from skills.vouchers.queries.settling import UsedLine

Bounds = Collection[str] | None


@dataclass(frozen=True)
class AccountView:
    """An account of a payee, its number masked. `payee` is the organisation's name or the person's masked one."""

    id: str
    payee_id: str
    payee: str
    of_person: bool
    holder: str
    bank: str
    masked: str
    state: str
    state_zh: str
    state_en: str
    entered_at: datetime
    decided_at: datetime | None
    reason: str


def owned_by(model: type[PayeeAccount | Statement | ClawBack], payee: Payee) -> ColumnElement[bool]:
    """Rows of a payee."""
    if payee.person_id is not None:
        return model.person_id == payee.person_id
    return model.organisation_id == payee.organisation_id


def due_to(use: UsedLine) -> Payee:
    """To whom the money of a use goes."""
    return Payee(**use.due_to)


def names_of(db: Session, payees: Iterable[Payee]) -> dict[Payee, str]:
    """Organisations by name, people by their masked name: what anybody may read."""
    wanted = set(payees)
    masked = people.persons(db, [p.person_id for p in wanted if p.person_id])
    return {p: masked[p.person_id].masked_name if p.person_id else accounts.organisation(db, p.id).name for p in wanted}


def holder_of(db: Session, row: PayeeAccount) -> str:
    """The holder as the bank has it, in full."""
    return people.person(db, row.person_id).name if row.person_id else row.holder


def district_of(db: Session, payee: Payee) -> str:
    """Where a payee is at home: whoever verifies its account works there."""
    if payee.person_id is not None:
        return people.person(db, payee.person_id).district
    return accounts.organisation(db, payee.id).district


def number_of(box: Box, row: PayeeAccount) -> str:
    """The number in full; GONE if its person was erased."""
    return box.read(row.number, sealed_at("payee_account", row.id, "number"), people.GONE)


def account_of(db: Session, payee: Payee, state: AccountState) -> AccountView | None:
    """A payee's account in a state, the newest."""
    row = db.scalars(
        select(PayeeAccount)
        .where(owned_by(PayeeAccount, payee), PayeeAccount.state == state)
        .order_by(PayeeAccount.id.desc())
        .limit(1)
    ).first()
    return _view(db, row) if row else None


def to_verify(db: Session, districts: Bounds) -> list[AccountView]:
    """Accounts that wait to be compared with the bank, the oldest first."""
    rows = db.scalars(select(PayeeAccount).where(PayeeAccount.state == AccountState.ENTERED).order_by(PayeeAccount.id))
    return [_view(db, row) for row in rows if districts is None or district_of(db, payee_of(row)) in districts]


def one_to_verify(db: Session, box: Box, account_id: str, districts: Bounds) -> tuple[AccountView, str]:
    """An account and its number in full, for whoever compares it with the bank. Raises Missing("payee_account.unknown")."""
    row = db.get(PayeeAccount, account_id)
    if row is None or (districts is not None and district_of(db, payee_of(row)) not in districts):
        raise Missing("payee_account.unknown")
    return _view(db, row), number_of(box, row)


def blinds(db: Session) -> dict[Payee, str]:
    """payee → the keyed digest of the account that its money goes to, or is to go to; for oversight."""
    rows = db.execute(
        select(PayeeAccount.organisation_id, PayeeAccount.person_id, PayeeAccount.blind)
        .where(PayeeAccount.state.in_((AccountState.ENTERED, AccountState.VERIFIED)))
        .order_by(PayeeAccount.state)  # the verified one counts, if there are two
    )
    return {Payee(organisation, person): blind for organisation, person, blind in rows}


def _view(db: Session, row: PayeeAccount) -> AccountView:
    payee = payee_of(row)
    return AccountView(
        row.id, payee.id, names_of(db, [payee])[payee], payee.person_id is not None, holder_of(db, row), row.bank, row.masked,
        row.state, *ACCOUNT.words[AccountState(row.state)], row.entered_at, row.decided_at, row.reason,
    )  # fmt: skip
