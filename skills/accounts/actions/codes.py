"""One-time codes and links: told once, kept as digests, spent once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from skills.accounts.models import OneTimeCode
from skills.accounts.secrets import hash_code
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.standards.queries import value

LINK_MINUTES = 30
SMS_MINUTES = 5
EMAIL_MINUTES = 30
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


def end_open(act: Act, account_id: str, *purposes: str) -> None:
    """Codes of these purposes that nobody used yet count no more, inside the caller's act."""
    act.db.execute(
        update(OneTimeCode)
        .where(OneTimeCode.account_id == account_id, OneTimeCode.purpose.in_(purposes), OneTimeCode.used_at.is_(None))
        .values(used_at=act.at)
    )


def tries_left(act: Act, account_id: str, purpose: str, misses: Callable[[datetime], int]) -> None:
    """Refuse a code that was tried too often: the newest of its purpose, tried since it was made.

    Raises Refusal("one_time_code.worn").
    """
    made = act.db.scalar(
        select(func.max(OneTimeCode.made_at)).where(OneTimeCode.account_id == account_id, OneTimeCode.purpose == purpose)
    )
    if made is not None and misses(made) >= value(act.db, "sign_in.code_tries", act.today):
        raise Refusal("one_time_code.worn")


def make_code(
    act: Act, account_id: str, purpose: str, life: timedelta, code: str, address: str | None = None,
    person_id: str | None = None,
) -> CodeMade:  # fmt: skip
    """A new code for an account, inside the caller's act; links find their account by themselves.

    address  the mail address that the code proves, if it is for that; sealed for the account's person, if it has one
    """
    bound, code_id = code if purpose == "link" else f"{account_id}:{code}", act.new_id()
    act.add(
        OneTimeCode(
            id=code_id,
            address=act.using(Box).seal(address, place_of(code_id), person_id) if address else None,
            account_id=account_id,
            purpose=purpose,
            code_hash=hash_code(bound),
            made_at=act.at,
            ends_at=act.at + life,
        )
    )
    act.note("one_time_code.make", account=account_id, purpose=purpose)
    return CodeMade(code, account_id)


def place_of(code_id: str) -> str:
    """Where the address of a code is sealed for."""
    return f"one_time_code:{code_id}:address"
