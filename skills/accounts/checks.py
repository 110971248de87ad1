"""What the accounts' room promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from skills.accounts.models import Account, Membership, Organisation, Succession
from skills.accounts.rules import BUREAU, ROLES_OF, Role, check_credit_code, check_email, may_hold
from skills.kernel.box import Box, Tampered
from skills.kernel.checks import Bookkeeper, check


@check("accounts.roles_apart", "三权分立 nobody holds two of system, security and audit administration")
def roles_apart(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, set[Role]] = defaultdict(set)
    for account_id, role in book.db.execute(
        select(Membership.account_id, Membership.role).where(Membership.ended_at.is_(None))
    ):
        held[account_id].add(Role(role))
    for account_id, roles in held.items():
        if not may_hold(frozenset(roles)):
            yield f"account {account_id}: {sorted(roles)}"


@check("accounts.roles_fit", "角色与单位相符 every role fits the kind of its organisation")
def roles_fit(book: Bookkeeper) -> Iterator[str]:
    rows = book.db.execute(
        select(Membership, Organisation).outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    )
    for membership, body in rows:
        role = Role(membership.role)
        fits = role in BUREAU or role is Role.JUDGE if body is None else role in ROLES_OF[body.kind]
        if not fits:
            yield f"membership {membership.id}: {role} at {body.kind if body else 'no organisation'}"


@check("accounts.codes_valid", "信用代码有效 every organisation has a valid credit code")
def codes_valid(book: Bookkeeper) -> Iterator[str]:
    for organisation_id, code in book.db.execute(select(Organisation.id, Organisation.credit_code)):
        if not check_credit_code(code):
            yield f"organisation {organisation_id}: {code}"


@check("accounts.secrets_open", "动态口令密文完好 every sealed second factor opens")
def secrets_open(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(Account).where(Account.totp.is_not(None))):
        try:
            box.open(row.totp or b"", f"account:{row.id}:totp")
        except Tampered:
            yield f"account {row.id}: the second factor does not open"


@check("accounts.addresses_open", "邮箱密文完好 every mail address opens, and was verified")
def addresses_open(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(Account).where(Account.email.is_not(None) | Account.email_at.is_not(None))):
        try:
            fits = row.email_at is not None and check_email(box.open(row.email or b"", f"account:{row.id}:email"))
        except Tampered:
            fits = False
        if not fits:
            yield f"account {row.id}: the mail address does not open or was not verified"


@check("accounts.successors", "承接机构由两人指定 a successor was proposed by one person and appointed by another")
def successors(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Succession).where(Succession.appointed_by.is_not(None))):
        if row.appointed_by == row.proposed_by or row.gone_id == row.successor_id:
            yield f"succession {row.id}: proposed by {row.proposed_by}, appointed by {row.appointed_by}"
