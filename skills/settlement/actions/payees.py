"""Accounts that money goes to: entered by the institution, verified by the authority, before a fen moves."""

from __future__ import annotations

from dataclasses import dataclass

from skills.accounts import queries as accounts
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.settlement.models import PayeeAccount
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
    """Enter the account of an institution. The one in use stays in use until the new one is verified.

    Raises Refusal("payee_account.incomplete" | "payee_account.number" | "payee_account.not_own_name"), Forbidden.
    """
    act.require(ENTER, organisation_id)
    wait_exclusive(act.db, f"payee:{organisation_id}")
    digits = account_number(number)
    if not (holder.strip() and bank.strip()):
        raise Refusal("payee_account.incomplete")
    if not digits:
        raise Refusal("payee_account.number")
    name = accounts.organisation(act.db, organisation_id).name
    if holder.strip() != name:
        raise Refusal("payee_account.not_own_name", name=name)
    before = act.find(PayeeAccount, organisation_id=organisation_id, state=AccountState.ENTERED)
    if before is not None:
        act.move(before, ACCOUNT, "replace")
    box, account_id = act.using(Box), act.new_id()
    row = act.add(
        PayeeAccount(
            id=account_id, organisation_id=organisation_id, holder=holder.strip()[:80], bank=bank.strip()[:80],
            number=box.seal(digits, sealed_at("payee_account", account_id, "number")),
            blind=box.blind("payee_account", digits), masked=mask_account(digits),
            state=AccountState.ENTERED, entered_by=act.actor.account, entered_at=act.at,
        )
    )  # fmt: skip
    act.note("payee_account.enter", id=row.id, organisation=organisation_id)
    return AccountMade(row.id, row.state)


@action("payee.verify", may=VERIFY)
def verify(act: Act, account_id: str) -> AccountMade:
    """Holder and number were compared with the bank: from now on money may go there, and nowhere else.

    Raises Missing("payee_account.unknown"), Refusal("payee_account.cannot_verify" | "statement.own_work").
    """
    row = _theirs(act, account_id)
    may_review(row.entered_by, act.actor.account).or_refuse()
    ACCOUNT.check(row.state, "verify")
    before = act.find(PayeeAccount, organisation_id=row.organisation_id, state=AccountState.VERIFIED)
    if before is not None:
        act.move(before, ACCOUNT, "replace")
    act.move(row, ACCOUNT, "verify", decided_by=act.actor.account, decided_at=act.at)
    send(act, code="payee_account.told_verified", organisation_id=row.organisation_id, number=row.masked)
    return AccountMade(row.id, row.state)


@action("payee.refuse", may=VERIFY)
def refuse(act: Act, account_id: str, reason: str) -> AccountMade:
    """Holder and number do not belong together. Raises Refusal("payee_account.reason_needed"), as `verify` else."""
    row = _theirs(act, account_id)
    if not reason.strip():
        raise Refusal("payee_account.reason_needed")
    act.move(row, ACCOUNT, "refuse", decided_by=act.actor.account, decided_at=act.at, reason=reason.strip()[:400])
    send(act, code="payee_account.told_refused", organisation_id=row.organisation_id, number=row.masked, reason=row.reason)
    return AccountMade(row.id, row.state)


def verified(act: Act, organisation_id: str) -> PayeeAccount | None:
    """The account of an institution to which money may go."""
    return act.find(PayeeAccount, organisation_id=organisation_id, state=AccountState.VERIFIED)


def _theirs(act: Act, account_id: str) -> PayeeAccount:
    row = act.find(PayeeAccount, id=account_id)
    if row is None:
        raise Missing("payee_account.unknown")
    held = act.actor.districts_for(VERIFY)
    if held is not None and accounts.organisation(act.db, row.organisation_id).district not in held:
        raise Missing("payee_account.unknown")
    wait_exclusive(act.db, f"payee:{row.organisation_id}")
    return row
