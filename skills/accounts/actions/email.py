"""A mail address of one's own: it counts once a code that was sent there came back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from skills.accounts.actions.codes import (
    EMAIL_MINUTES,
    LINK_MINUTES,
    CodeMade,
    end_open,
    make_code,
    place_of,
    tries_left,
    use_code,
)
from skills.accounts.models import Account, OneTimeCode
from skills.accounts.queries import email_of
from skills.accounts.rules import check_email, normal_email
from skills.accounts.secrets import digits
from skills.accounts.states import AccountState
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.audit import misses
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.standards.queries import value


@action("account.email_code", may=ANYONE)
def make_email_code(act: Act, address: str) -> CodeMade:
    """A six-digit code for a new mail address of one's own: thirty minutes, five tries, the newest alone counts.

    Raises Refusal("email.refused" | "email.same" | "email.too_many").
    """
    row = act.get(Account, id=act.actor.account)
    check_email(address).or_refuse()
    plain = normal_email(address)
    if email_of(act.db, act.using(Box), row.id) == plain:
        raise Refusal("email.same")
    _mailed_today(act, row.id, "email")
    end_open(act, row.id, "email")
    return make_code(act, row.id, "email", timedelta(minutes=EMAIL_MINUTES), digits(act.source), plain,
                     row.person_id)  # fmt: skip


@action("account.email", may=ANYONE)
def confirm_email(act: Act, code: str) -> None:
    """The code came back: the address it was sent to is one's own, and replaces an older one.

    Raises Refusal("one_time_code.refused" | "one_time_code.worn").
    """
    row, box = act.get(Account, id=act.actor.account), act.using(Box)
    tries_left(act, row.id, "email", lambda since: misses(act.db, "account.email", actor=row.id, since=since))
    held = use_code(act, "email", code.strip(), row.id)
    address = box.open(held.address or b"", place_of(held.id))
    row.email, row.email_at = box.seal(address, f"account:{row.id}:email", row.person_id), act.at
    act.note("account.email", id=row.id)


@action("account.drop_email", may=ANYONE)
def drop_email(act: Act) -> None:
    """Take one's mail address away; codes and links that were mailed count no more."""
    row = act.get(Account, id=act.actor.account)
    row.email, row.email_at = None, None
    end_open(act, row.id, "email")
    act.note("account.email", id=row.id)


@action("account.mail_link", may=ANYONE)
def mail_link(act: Act, account_id: str) -> CodeMade:
    """A one-time link for a colleague who forgot the password, to the verified address alone.

    Raises Refusal("email.none" | "email.too_many").
    """
    row = act.get(Account, id=account_id)
    if row.state != AccountState.ACTIVE or row.login is None or row.email is None:
        raise Refusal("email.none")
    _mailed_today(act, row.id, "link")
    return make_code(act, row.id, "link", timedelta(minutes=LINK_MINUTES), act.new_code(32))


def _mailed_today(act: Act, account_id: str, purpose: str) -> None:
    sent = act.db.scalar(
        select(func.count()).select_from(OneTimeCode).where(
            OneTimeCode.account_id == account_id, OneTimeCode.purpose == purpose,
            OneTimeCode.made_at > act.at - timedelta(days=1),
        )
    )  # fmt: skip
    most = value(act.db, "sign_in.mails_per_day", act.today)
    if (sent or 0) >= most:
        raise Refusal("email.too_many", most=most)
