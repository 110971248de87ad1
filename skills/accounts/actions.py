"""Organisations, staff, person accounts, passwords and second factors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from skills.accounts.models import Account, Delegation, Membership, OneTimeCode, Organisation, RecoveryCode
from skills.accounts.rules import BUREAU, ROLES_OF, Role, check_credit_code, check_password, may_hold
from skills.accounts.secrets import digits, hash_code, hash_password, new_totp_secret, totp_step
from skills.accounts.states import ACCOUNT, ORGANISATION, AccountState, OrganisationState
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.kernel.sessions import Sessions
from skills.people.queries import person
from skills.standards.queries import district as district_of
from skills.standards.queries import value

LINK_MINUTES = 30
SMS_MINUTES = 5
SLIP_DAYS = 14
TRIES = 5
RECOVERY_CODES = 8


@dataclass(frozen=True)
class OrganisationMade:
    """A new organisation."""

    id: str


@dataclass(frozen=True)
class AccountMade:
    """A new account."""

    id: str


@dataclass(frozen=True)
class CodeMade:
    """A one-time code, told once; only its digest is kept."""

    code: str
    account_id: str


@dataclass(frozen=True)
class FactorMade:
    """A new second factor: the secret and the recovery codes are shown once."""

    secret: str
    recovery_codes: tuple[str, ...]


@action("organisation.register", may=ANYONE)
def register_organisation(act: Act, name: str, kind: str, credit_code: str, district: str) -> OrganisationMade:
    """Register an organisation; it may act once the authority has approved it."""
    code = credit_code.strip().upper()
    check_credit_code(code).or_refuse()
    if kind not in ROLES_OF:
        raise Refusal("organisation.kind_unknown", kind=kind)
    if not name.strip():
        raise Refusal("organisation.name_needed")
    district_of(act.db, district)
    if act.find(Organisation, credit_code=code) is not None:
        raise Refusal("organisation.known", code=code)
    row = act.add(
        Organisation(
            id=act.new_id(),
            name=name.strip(),
            kind=kind,
            credit_code=code,
            district=district,
            state=OrganisationState.REGISTERED,
            registered_at=act.at,
        )
    )
    act.note("organisation.register", id=row.id, kind=kind)
    return OrganisationMade(row.id)


@action("organisation.approve", may="organisation.approve")
def approve_organisation(act: Act, organisation_id: str) -> None:
    """Let an organisation act."""
    row = act.get(Organisation, id=organisation_id)
    act.move(row, ORGANISATION, "approve", decided_by=act.actor.account)


@action("organisation.suspend", may="organisation.approve")
def suspend_organisation(act: Act, organisation_id: str) -> None:
    """Stop an organisation for a while; its staff can no longer act for it."""
    act.move(act.get(Organisation, id=organisation_id), ORGANISATION, "suspend", decided_by=act.actor.account)


@action("organisation.resume", may="organisation.approve")
def resume_organisation(act: Act, organisation_id: str) -> None:
    """Let a suspended organisation act again."""
    act.move(act.get(Organisation, id=organisation_id), ORGANISATION, "resume", decided_by=act.actor.account)


@action("staff.create", may="staff.manage")
def create_staff(
    act: Act,
    login: str,
    name: str,
    role: str,
    organisation_id: str | None = None,
    district: str | None = None,
    password: str | None = None,
    synthetic: bool = False,
) -> AccountMade:
    """Open an account for a colleague. Without a password it waits for its one-time link.

    An administrator gives roles of the own organisation alone.
    """
    chosen = Role(role)
    _manages(act, organisation_id)
    _role_fits(act, chosen, organisation_id)
    if act.find(Account, login=login.strip().casefold()) is not None:
        raise Refusal("account.login_taken", login=login)
    if password is not None:
        check_password(password, login, name).or_refuse()
    row = act.add(
        Account(
            id=act.new_id(),
            login=login.strip().casefold(),
            name=name.strip(),
            state=AccountState.ACTIVE if password else AccountState.INVITED,
            password=hash_password(password) if password else None,
            totp_confirmed=False,
            synthetic=synthetic,
            made_at=act.at,
        )
    )
    _give(act, row.id, chosen, organisation_id, district)
    return AccountMade(row.id)


@action("role.give", may="staff.manage")
def give_role(
    act: Act, account_id: str, role: str, organisation_id: str | None = None, district: str | None = None
) -> None:
    """Give an account one more role."""
    _manages(act, organisation_id)
    if account_id == act.actor.account:
        raise Refusal("role.not_oneself")
    _role_fits(act, Role(role), organisation_id)
    _give(act, account_id, Role(role), organisation_id, district)


@action("staff.disable", may="staff.manage")
def disable_staff(act: Act, membership_id: str) -> None:
    """Stop a colleague's account and end its sessions."""
    membership = act.get(Membership, id=membership_id)
    _manages(act, membership.organisation_id)
    if membership.account_id == act.actor.account:
        raise Refusal("role.not_oneself")
    row = act.get(Account, id=membership.account_id)
    act.move(row, ACCOUNT, "disable")
    act.using(Sessions).end_all(act.db, row.id, act.at)


@action("staff.enable", may="staff.manage")
def enable_staff(act: Act, membership_id: str) -> None:
    """Let a colleague sign in again."""
    membership = act.get(Membership, id=membership_id)
    _manages(act, membership.organisation_id)
    act.move(act.get(Account, id=membership.account_id), ACCOUNT, "enable")


@action("staff.link", may="staff.manage")
def make_link(act: Act, account_id: str) -> CodeMade:
    """A one-time link with which a colleague sets a password: 30 minutes, once."""
    memberships = act.db.scalars(select(Membership).where(Membership.account_id == account_id)).all()
    if not memberships:
        raise Missing("account.unknown")
    for membership in memberships:
        _manages(act, membership.organisation_id)
    return _code(act, account_id, "link", timedelta(minutes=LINK_MINUTES), act.new_code(32))


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
    who = person(act.db, person_id)
    row = act.add(
        Account(
            id=act.new_id(),
            person_id=person_id,
            name=who.name,
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
    return _code(act, made.id, "slip", timedelta(days=SLIP_DAYS), act.new_code(10))


@action("account.sms_code", may=ANYONE)
def make_sms_code(act: Act, account_id: str) -> CodeMade:
    """A six-digit code for the phone on record: five minutes, five tries, the newest alone counts."""
    act.db.execute(
        update(OneTimeCode)
        .where(OneTimeCode.account_id == account_id, OneTimeCode.purpose == "sms", OneTimeCode.used_at.is_(None))
        .values(used_at=act.at)
    )
    code = digits(act.source)
    return _code(act, account_id, "sms", timedelta(minutes=SMS_MINUTES), code)


@action("delegation.give", may="voucher.claim")
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


@action("delegation.end", may="voucher.claim")
def end_delegation(act: Act, delegation_id: str) -> None:
    """Take the relative's right back."""
    row = act.get(Delegation, id=delegation_id, holder_person_id=act.actor.person)
    row.ended_at = act.at
    act.note("delegation.end", id=row.id)


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


@action("account.use_code", may=ANYONE)
def sign_in_by_code(act: Act, purpose: str, code: str, account_id: str) -> AccountMade:
    """Sign a person in by SMS code or activation slip."""
    _lock(act, account_id)
    use_code(act, purpose, code, account_id)
    row = act.get(Account, id=account_id)
    if row.state == AccountState.INVITED:
        act.move(row, ACCOUNT, "activate")
    if row.state != AccountState.ACTIVE:
        raise Refusal("sign_in.refused")
    act.note("account.sign_in", id=row.id, method=purpose)
    return AccountMade(row.id)


def _manages(act: Act, organisation_id: str | None) -> None:
    """Whoever manages the staff of one organisation manages nobody else's: not the authority's, not people's."""
    if organisation_id is not None:
        act.require("staff.manage", organisation_id)
        return
    if not act.actor.may_unbound("staff.manage"):
        raise Forbidden("not_allowed", right="staff.manage")


def _role_fits(act: Act, role: Role, organisation_id: str | None) -> None:
    if role in BUREAU:
        if organisation_id is not None:
            raise Refusal("role.not_here")
        return
    if organisation_id is None:
        if role is not Role.JUDGE:
            raise Refusal("role.not_here")
        return
    body = act.get(Organisation, id=organisation_id)
    if role not in ROLES_OF[body.kind]:
        raise Refusal("role.not_here")


def _give(act: Act, account_id: str, role: Role, organisation_id: str | None, district: str | None) -> None:
    held = act.db.scalars(
        select(Membership.role).where(Membership.account_id == account_id, Membership.ended_at.is_(None))
    )
    may_hold(frozenset({Role(r) for r in held} | {role})).or_refuse()
    made = act.add(
        Membership(
            id=act.new_id(),
            account_id=account_id,
            role=role,
            organisation_id=organisation_id,
            district=district,
            given_by=act.actor.account,
            given_at=act.at,
        )
    )
    act.note("role.give", id=made.id, account=account_id, role=role.value)


def _code(act: Act, account_id: str, purpose: str, life: timedelta, code: str) -> CodeMade:
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
    from skills.kernel.audit import misses

    since = act.at - timedelta(minutes=value(act.db, "sign_in.lock_minutes", act.today))
    count = misses(act.db, "account.use_code", subject=subject, since=since)
    count += misses(act.db, "account.step_up", actor=subject, since=since)
    if count >= value(act.db, "sign_in.misses", act.today):
        raise Refusal("sign_in.locked")
