"""Accounts that money goes to: entered by the payee, verified by the authority, before a fen moves."""

from __future__ import annotations

from dataclasses import dataclass

from skills.accounts import queries as accounts
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.settlement.models import PayeeAccount
from skills.settlement.payee import Payee, payee_of
from skills.settlement.queries.payees import district_of
from skills.settlement.rules import account_number, mask_account, may_review, sealed_at
from skills.settlement.states import ACCOUNT, AccountState

ENTER, VERIFY = "payee.enter", "payee.verify"


@dataclass(frozen=True)
class AccountMade:
    """An account and its state."""

    account_id: str
    state: str


@action("payee.enter", may=ENTER)
def enter(act: Act, organisation_id: str, holder: str, bank: str, number: str) -> AccountMade:
    """Enter the account of an institution or an employer. The one in use stays in use until the new one is verified.

    Raises Refusal("payee_account.incomplete" | "payee_account.number" | "payee_account.not_own_name"), Forbidden.
    """
    act.require(ENTER, organisation_id)
    name = accounts.organisation(act.db, organisation_id).name
    if holder.strip() and holder.strip() != name:
        raise Refusal("payee_account.not_own_name", name=name)
    return entered(act, Payee(organisation_id), holder, bank, number)


def entered(act: Act, payee: Payee, holder: str, bank: str, number: str) -> AccountMade:
    """The same for any payee, inside the caller's act. Of a person the holder is not kept: the register has the name."""
    wait_exclusive(act.db, f"payee:{payee.id}")
    digits = account_number(number)
    if not (holder.strip() and bank.strip()):
        raise Refusal("payee_account.incomplete")
    if not digits:
        raise Refusal("payee_account.number")
    before = account_in(act, payee, AccountState.ENTERED)
    if before is not None:
        act.move(before, ACCOUNT, "replace")
    box, account_id = act.using(Box), act.new_id()
    row = act.add(
        PayeeAccount(
            id=account_id, **payee.columns, holder="" if payee.person_id else holder.strip()[:80], bank=bank.strip()[:80],
            number=box.seal(digits, sealed_at("payee_account", account_id, "number"), payee.person_id),
            blind=box.blind("payee_account", digits), masked=mask_account(digits),
            state=AccountState.ENTERED, entered_by=act.actor.account, entered_at=act.at,
        )
    )  # fmt: skip
    act.note("payee_account.enter", id=row.id, payee=payee.id)
    # Whoever did not do it learns of it before it is verified.
    send(act, code="payee_account.told_entered", **payee.columns, number=row.masked)
    return AccountMade(row.id, row.state)


@action("payee.verify", may=VERIFY)
def verify(act: Act, account_id: str) -> AccountMade:
    """Holder and number were compared with the bank: from now on money may go there, and nowhere else.

    Raises Missing("payee_account.unknown"), Refusal("payee_account.cannot_verify" | "statement.own_work").
    """
    row = _theirs(act, account_id)
    may_review(row.entered_by, act.actor.account).or_refuse()
    ACCOUNT.check(row.state, "verify")
    before = account_in(act, payee_of(row), AccountState.VERIFIED)
    if before is not None:
        act.move(before, ACCOUNT, "replace")
    act.move(row, ACCOUNT, "verify", decided_by=act.actor.account, decided_at=act.at)
    send(act, code="payee_account.told_verified", **payee_of(row).columns, number=row.masked)
    return AccountMade(row.id, row.state)


@action("payee.refuse", may=VERIFY)
def refuse(act: Act, account_id: str, reason: str) -> AccountMade:
    """Holder and number do not belong together. Raises Refusal("payee_account.reason_needed"), as `verify` else."""
    row = _theirs(act, account_id)
    if not reason.strip():
        raise Refusal("payee_account.reason_needed")
    act.move(row, ACCOUNT, "refuse", decided_by=act.actor.account, decided_at=act.at, reason=reason.strip()[:400])
    send(act, code="payee_account.told_refused", **payee_of(row).columns, number=row.masked, reason=row.reason)
    return AccountMade(row.id, row.state)


def verified(act: Act, payee: Payee) -> PayeeAccount | None:
    """The account of a payee to which money may go."""
    return account_in(act, payee, AccountState.VERIFIED)


def account_in(act: Act, payee: Payee, state: AccountState) -> PayeeAccount | None:
    """The one account of a payee that is in a state of which there is one at a time."""
    return act.find(PayeeAccount, **payee.columns, state=state)


def _theirs(act: Act, account_id: str) -> PayeeAccount:
    row = act.find(PayeeAccount, id=account_id)
    if row is None:
        raise Missing("payee_account.unknown")
    held = act.actor.districts_for(VERIFY)
    if held is not None and district_of(act.db, payee_of(row)) not in held:
        raise Missing("payee_account.unknown")
    wait_exclusive(act.db, f"payee:{payee_of(row).id}")
    return row
