"""One-time codes and links: told once, kept as digests, spent once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from skills.accounts.models import OneTimeCode
from skills.accounts.secrets import hash_code
from skills.kernel.acts import Act
from skills.kernel.errors import Refusal

LINK_MINUTES = 30
SMS_MINUTES = 5
SLIP_DAYS = 14


@dataclass(frozen=True)
class AccountMade:
    """A new account."""

    id: str


@dataclass(frozen=True)
class CodeMade:
    """A one-time code, told once; only its digest is kept."""

    code: str
    account_id: str


def use_code(act: Act, purpose: str, code: str, account_id: str | None = None) -> OneTimeCode:
    """Spend a one-time code. Raises Refusal("one_time_code.refused") for a wrong, used or late one."""
    digest = hash_code(code if account_id is None else f"{account_id}:{code}")
    row = act.find(OneTimeCode, code_hash=digest, purpose=purpose)
    if row is None or row.used_at is not None or act.at >= row.ends_at:
        raise Refusal("one_time_code.refused")
    won = act.db.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == row.id, OneTimeCode.used_at.is_(None))
        .values(used_at=act.at)
        .returning(OneTimeCode.id)
    ).first()
    if won is None:
        raise Refusal("one_time_code.refused")
    return row


def make_code(act: Act, account_id: str, purpose: str, life: timedelta, code: str) -> CodeMade:
    """A new code for an account, inside the caller's act; links find their account by themselves."""
    bound = code if purpose == "link" else f"{account_id}:{code}"
    act.add(
        OneTimeCode(
            id=act.new_id(),
            account_id=account_id,
            purpose=purpose,
            code_hash=hash_code(bound),
            made_at=act.at,
            ends_at=act.at + life,
        )
    )
    act.note("one_time_code.make", account=account_id, purpose=purpose)
    return CodeMade(code, account_id)
