"""One's own account: signing in, password, second factor, the relative who may help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from skills.accounts.actions.codes import (
    SLIP_DAYS,
    SMS_MINUTES,
    AccountMade,
    CodeMade,
    end_open,
    make_code,
    tries_left,
    use_code,
)
from skills.accounts.models import Account, Delegation, RecoveryCode
from skills.accounts.rules import check_password
from skills.accounts.secrets import digits, hash_code, hash_password, new_totp_secret, totp_step
from skills.accounts.states import ACCOUNT, AccountState
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.audit import misses
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.kernel.sessions import Sessions
from skills.people.parts import bar_all
from skills.people.queries import may_hold_data, person
from skills.standards.queries import value

RECOVERY_CODES = 8
HELP = "helper.name"


@dataclass(frozen=True)
class Helping:
    """The permission by which somebody acts for another."""

    delegation_id: str


@dataclass(frozen=True)
class FactorMade:
    """A new second factor: the secret and the recovery codes are shown once."""

    secret: str
    recovery_codes: tuple[str, ...]


@action("account.set_password", may=ANYONE)
def set_password(act: Act, code: str, password: str) -> AccountMade:
    """Set a password with a one-time link; every session of the account ends."""
    held = use_code(act, "link", code)
    row = act.get(Account, id=held.account_id)
    check_password(password, row.login or "", row.name).or_refuse()
    if row.state == AccountState.INVITED:
        act.move(row, ACCOUNT, "activate")
    row.password = hash_password(password)
    act.using(Sessions).end_all(act.db, row.id, act.at)
    act.note("account.password", id=row.id)
    return AccountMade(row.id)


@action("account.change_password", may=ANYONE)
def change_password(act: Act, password: str, session_id: str) -> None:
    """Change one's own password; all other sessions end."""
    row = act.get(Account, id=act.actor.account)
    check_password(password, row.login or "", row.name).or_refuse()
    row.password = hash_password(password)
    act.using(Sessions).end_all(act.db, row.id, act.at, but=session_id)
    act.note("account.password", id=row.id)


@action("account.begin_factor", may=ANYONE)
def begin_second_factor(act: Act) -> FactorMade:
    """Draw a new second factor for oneself; it counts once a code of it was given."""
    row = act.get(Account, id=act.actor.account)
    if row.totp_confirmed and not act.actor.stepped_up:
        raise Refusal("step_up_needed")
    secret = new_totp_secret(act.source)
    row.totp = act.using(Box).seal(secret, f"account:{row.id}:totp")
    row.totp_confirmed, row.totp_step = False, 0
    act.db.execute(
        update(RecoveryCode).where(RecoveryCode.account_id == row.id, RecoveryCode.used_at.is_(None)).values(
            used_at=act.at
        )
    )
    codes = tuple(act.new_code(10) for _ in range(RECOVERY_CODES))
    for code in codes:
        act.add(RecoveryCode(id=act.new_id(), account_id=row.id, code_hash=hash_code(code)))
    act.note("account.factor", id=row.id)
    return FactorMade(secret, codes)


@action("account.confirm_factor", may=ANYONE)
def confirm_second_factor(act: Act, code: str) -> None:
    """Prove that the new second factor works: from now on it is asked for."""
    row = act.get(Account, id=act.actor.account)
    _take_totp(act, row, code)
    row.totp_confirmed = True


@action("account.step_up", may=ANYONE)
def step_up(act: Act, code: str) -> None:
    """Give the second factor again before a step that needs it."""
    row = act.get(Account, id=act.actor.account)
    _lock(act, row.id)
    if not row.totp_confirmed:
        raise Refusal("second_factor.none")
    _take_totp(act, row, code)


@action("account.sign_in", may=ANYONE)
def note_sign_in(act: Act, account_id: str, method: str, code: str = "") -> AccountMade:
    """Put a sign-in on record after the password fitted; take the authenticator (or recovery) code once.

    method  staff, stand_in, sms or slip
    """
    row = act.get(Account, id=account_id)
    if row.state == AccountState.INVITED and method != "staff":
        act.move(row, ACCOUNT, "activate")
    if row.state != AccountState.ACTIVE:
        raise Refusal("sign_in.refused")
    if method == "staff" and row.totp_confirmed and not _take_recovery(act, row, code):
        _take_totp(act, row, code)
    act.note("account.sign_in", id=row.id, method=method)
    return AccountMade(row.id)


@action("account.fail_sign_in", may=ANYONE)
def fail_sign_in(act: Act, subject: str) -> None:
    """Put a failed sign-in on record: the refusal is kept as an attempt, by a digest of what was typed."""
    raise Refusal("sign_in.refused")


def open_person_account(act: Act, person_id: str, *, synthetic: bool = False) -> AccountMade:
    """The account of a person who is on record; the one that is there already, if any. Inside the caller's act."""
    held = act.find(Account, person_id=person_id)
    if held is not None:
        return AccountMade(held.id)
    may_hold_data(act.db, person_id, act.today).or_refuse()
    who = person(act.db, person_id)
    row = act.add(
        Account(
            id=act.new_id(),
            person_id=person_id,
            name="",
            state=AccountState.INVITED,
            totp_confirmed=False,
            synthetic=synthetic or who.synthetic,
            made_at=act.at,
        )
    )
    act.note("account.open", id=row.id, person=person_id)
    return AccountMade(row.id)


@action("account.open_person", may=ANYONE)
def open_for_person(act: Act, person_id: str) -> AccountMade:
    """Open the account of a person whose identity was proved by an identity provider."""
    return open_person_account(act, person_id)


@action("account.slip", may="slip.print")
def print_slip(act: Act, person_id: str) -> CodeMade:
    """An activation slip for a person at the counter: a code that opens the account once."""
    made = open_person_account(act, person_id)
    return make_code(act, made.id, "slip", timedelta(days=SLIP_DAYS), act.new_code(10))


@action("account.sms_code", may=ANYONE)
def make_sms_code(act: Act, account_id: str) -> CodeMade:
    """A six-digit code for the phone on record: five minutes, five tries, the newest alone counts."""
    end_open(act, account_id, "sms")
    code = digits(act.source)
    return make_code(act, account_id, "sms", timedelta(minutes=SMS_MINUTES), code)


@action("delegation.give", may=HELP)
def delegate(act: Act, helper_person_id: str) -> None:
    """Let one relative act for oneself; revocable at any time."""
    holder = act.actor.person
    if holder is None or holder == helper_person_id:
        raise Refusal("delegation.another_person")
    person(act.db, helper_person_id)
    if act.db.scalar(
        select(Delegation.id).where(Delegation.holder_person_id == holder, Delegation.ended_at.is_(None))
    ):
        raise Refusal("delegation.one_at_a_time")
    made = act.add(
        Delegation(id=act.new_id(), holder_person_id=holder, helper_person_id=helper_person_id, given_at=act.at)
    )
    act.note("delegation.give", id=made.id)


@action("delegation.begin", may=HELP)
def begin_helping(act: Act, delegation_id: str) -> Helping:
    """Begin to act for the person who let one. The session wears the permission until it is taken back or laid down.

    Raises Missing("delegation.unknown").
    """
    row = act.get(Delegation, id=delegation_id, helper_person_id=act.actor.person, ended_at=None)
    act.note("delegation.begin", id=row.id)
    return Helping(row.id)


@action("delegation.end", may=HELP)
def end_delegation(act: Act, delegation_id: str) -> None:
    """Take the relative's right back: at once, with every code that the relative shows now."""
    row = act.get(Delegation, id=delegation_id, holder_person_id=act.actor.person, ended_at=None)
    row.ended_at = act.at
    bar_all(act, row.holder_person_id, "helper")
    act.note("delegation.end", id=row.id)


@action("account.use_code", may=ANYONE)
def sign_in_by_code(act: Act, purpose: str, code: str, account_id: str) -> AccountMade:
    """Sign a person in by SMS code or activation slip."""
    _lock(act, account_id)
    if purpose == "sms":  # a slip of paper that lasts for days is guarded by the lock alone
        tries_left(
            act, account_id, purpose, lambda since: misses(act.db, "account.use_code", subject=account_id, since=since)
        )
    use_code(act, purpose, code, account_id)
    row = act.get(Account, id=account_id)
    if row.state == AccountState.INVITED:
        act.move(row, ACCOUNT, "activate")
    if row.state != AccountState.ACTIVE:
        raise Refusal("sign_in.refused")
    act.note("account.sign_in", id=row.id, method=purpose)
    return AccountMade(row.id)


def _take_totp(act: Act, row: Account, code: str) -> None:
    """Spend an authenticator code: each time step counts once, whoever comes first."""
    if row.totp is None:
        raise Refusal("second_factor.none")
    secret = act.using(Box).open(row.totp, f"account:{row.id}:totp")
    step = totp_step(secret, code, act.at, row.totp_step)
    if step is None:
        raise Refusal("second_factor.refused", subject=row.id)
    won = act.db.execute(
        update(Account)
        .where(Account.id == row.id, Account.totp_step < step)
        .values(totp_step=step)
        .returning(Account.id)
    ).first()
    if won is None:
        raise Refusal("second_factor.refused", subject=row.id)
    act.db.refresh(row)


def _take_recovery(act: Act, row: Account, code: str) -> bool:
    done = act.db.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == row.id,
            RecoveryCode.code_hash == hash_code(code.strip().upper()),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=act.at)
        .returning(RecoveryCode.id)
    ).first()
    return done is not None


def _lock(act: Act, subject: str) -> None:
    """Ten misses in a quarter of an hour lock the way in; the counter or an administrator has another."""
    since = act.at - timedelta(minutes=value(act.db, "sign_in.lock_minutes", act.today))
    count = misses(act.db, "account.use_code", subject=subject, since=since)
    count += misses(act.db, "account.step_up", actor=subject, since=since)
    if count >= value(act.db, "sign_in.misses", act.today):
        raise Refusal("sign_in.locked")
