"""Who somebody is, which organisations there are, who works where."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.models import Account, Delegation, Membership, OneTimeCode, Organisation, Succession
from skills.accounts.rules import KIND_WORDS, WORDS, OrganisationKind, Role
from skills.accounts.secrets import totp_now
from skills.accounts.states import ORGANISATION, SUCCESSION, OrganisationState, SuccessionState
from skills.kernel import store
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people.queries import person


@dataclass(frozen=True)
class OrganisationLine:
    """An organisation as other rooms see it."""

    id: str
    name: str
    kind: str
    kind_zh: str
    kind_en: str
    credit_code: str
    district: str
    state: str
    state_zh: str
    state_en: str


@dataclass(frozen=True)
class StaffLine:
    """A colleague with a role."""

    membership_id: str
    account_id: str
    name: str
    login: str
    role: str
    role_zh: str
    role_en: str
    state: str
    district: str = ""


@dataclass(frozen=True)
class AccountLine:
    """An account as its owner sees it."""

    id: str
    name: str
    login: str | None
    person_id: str | None
    state: str
    second_factor: bool
    has_password: bool
    synthetic: bool


@dataclass(frozen=True)
class SuccessionLine:
    """Who acts, or is to act, for a body that is gone."""

    id: str
    successor: str
    document: str
    state: str
    state_zh: str
    state_en: str
    proposed_by: str


def memberships(db: Session, account_id: str) -> Sequence[tuple[str, str | None, str | None, str, str]]:
    """(role, organisation, district, organisation's name, its state) of every role an account holds now."""
    rows = db.execute(
        select(Membership, Organisation)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.account_id == account_id, Membership.ended_at.is_(None))
        .order_by(Membership.given_at, Membership.id)
    )
    return [
        (m.role, m.organisation_id, m.district, o.name if o else "", o.state if o else "") for m, o in rows
    ]


def organisation(db: Session, organisation_id: str) -> OrganisationLine:
    """One organisation. Raises Missing("organisation.unknown")."""
    row = store.get(db, Organisation, organisation_id)
    if row is None:
        raise Missing("organisation.unknown")
    return _line(row)


def approved(db: Session, organisation_id: str) -> bool:
    """Whether an organisation is known and may take part."""
    row = db.get(Organisation, organisation_id)
    return row is not None and row.state == OrganisationState.APPROVED


def approved_among(db: Session, ids: Collection[str]) -> frozenset[str]:
    """Which of these organisations may take part."""
    chosen = select(Organisation.id).where(Organisation.id.in_(ids), Organisation.state == OrganisationState.APPROVED)
    return frozenset(db.scalars(chosen))


def acts_for(db: Session, organisation_id: str) -> Sequence[str]:
    """The bodies that are gone and for whose certificates this organisation acts."""
    return db.scalars(
        select(Succession.gone_id).where(
            Succession.successor_id == organisation_id, Succession.state == SuccessionState.APPOINTED
        )
    ).all()


def successions(db: Session, gone_id: str) -> Sequence[SuccessionLine]:
    """Who was proposed or appointed for a body, the newest first."""
    rows = db.execute(
        select(Succession, Organisation.name)
        .join(Organisation, Organisation.id == Succession.successor_id)
        .where(Succession.gone_id == gone_id)
        .order_by(Succession.id.desc())
    )
    return [
        SuccessionLine(s.id, name, s.document, s.state, *SUCCESSION.words[SuccessionState(s.state)], s.proposed_by)
        for s, name in rows
    ]


def organisations(db: Session, kind: str | None = None, state: str | None = None) -> Sequence[OrganisationLine]:
    """Organisations by name; of a kind, in a state."""
    chosen = select(Organisation).order_by(Organisation.name)
    if kind is not None:
        chosen = chosen.where(Organisation.kind == kind)
    if state is not None:
        chosen = chosen.where(Organisation.state == state)
    return [_line(row) for row in db.scalars(chosen)]


def institution_names(db: Session, ids: Collection[str] | None = None) -> dict[str, str]:
    """Names by id: of these organisations, or of everybody who may teach."""
    chosen = select(Organisation.id, Organisation.name)
    if ids is None:
        chosen = chosen.where(Organisation.kind.in_((OrganisationKind.INSTITUTION, OrganisationKind.COLLEGE)))
    else:
        chosen = chosen.where(Organisation.id.in_(ids))
    return dict(db.execute(chosen).all())


def _line(row: Organisation) -> OrganisationLine:
    words = ORGANISATION.words[OrganisationState(row.state)]
    return OrganisationLine(
        row.id, row.name, row.kind, *KIND_WORDS[OrganisationKind(row.kind)], row.credit_code, row.district, row.state,
        *words,
    )  # fmt: skip


def staff(db: Session, organisation_id: str) -> Sequence[StaffLine]:
    """Who works for an organisation."""
    rows = db.execute(
        select(Membership, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Account.name)
    )
    return [
        StaffLine(m.id, a.id, a.name, a.login or "", m.role, *WORDS[Role(m.role)][:2], a.state) for m, a in rows
    ]


def officials(db: Session) -> dict[str, list[StaffLine]]:
    """Everybody who acts for the authority or judges for it, by account and name: every role with its district."""
    rows = db.execute(
        select(Membership, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id.is_(None), Membership.ended_at.is_(None))
        .order_by(Account.name, Account.id, Membership.given_at, Membership.id)
    )
    found: dict[str, list[StaffLine]] = {}
    for m, a in rows:
        line = StaffLine(
            m.id, a.id, a.name, a.login or "", m.role, *WORDS[Role(m.role)][:2], a.state, m.district or ""
        )
        found.setdefault(a.id, []).append(line)
    return found


def staff_of_roles(db: Session, roles: Sequence[str], organisation_id: str | None = None) -> Sequence[StaffLine]:
    """Everybody who holds one of these roles (for an organisation): whom a form lets one choose."""
    chosen = (
        select(Membership, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.role.in_(roles), Membership.ended_at.is_(None))
        .order_by(Account.name)
    )
    if organisation_id is not None:
        chosen = chosen.where(Membership.organisation_id == organisation_id)
    return [
        StaffLine(m.id, a.id, a.name, a.login or "", m.role, *WORDS[Role(m.role)][:2], a.state)
        for m, a in db.execute(chosen)
    ]


def account(db: Session, account_id: str) -> AccountLine:
    """One account. Raises Missing("account.unknown")."""
    row = db.get(Account, account_id)
    if row is None:
        raise Missing("account.unknown")
    name = row.name if row.person_id is None else person(db, row.person_id).name
    return AccountLine(
        row.id, name, row.login, row.person_id, row.state, row.totp_confirmed, row.password is not None, row.synthetic
    )


def find_account(db: Session, account_id: str) -> AccountLine | None:
    """One account, or None."""
    return account(db, account_id) if db.get(Account, account_id) else None


def staff_secret(db: Session, login: str) -> tuple[str | None, str | None, bool]:
    """(account id, password hash, second factor) behind a login; None, None, False for an unknown one."""
    row = db.scalars(select(Account).where(Account.login == login.strip().casefold())).one_or_none()
    return (row.id, row.password, row.totp_confirmed) if row else (None, None, False)


def email_of(db: Session, box: Box, account_id: str) -> str | None:
    """The verified mail address of an account, in full: to send to; shown masked."""
    sealed = db.scalar(select(Account.email).where(Account.id == account_id))
    return None if sealed is None else box.open(sealed, f"account:{account_id}:email")


def person_email(db: Session, box: Box, person_id: str) -> str | None:
    """The verified mail address of a person, in full."""
    account_id = account_of_person(db, person_id)
    return None if account_id is None else email_of(db, box, account_id)


def account_of_person(db: Session, person_id: str) -> str | None:
    """The account of a person, if one was opened."""
    return db.scalar(select(Account.id).where(Account.person_id == person_id))


def name_of(db: Session, account_id: str) -> str:
    """The name behind an account id in a record; the id itself for the system."""
    row = db.get(Account, account_id)
    return account_id if row is None else account(db, account_id).name


def helper_of(db: Session, holder_person_id: str) -> tuple[str, str, datetime] | None:
    """(delegation id, helper's name, since) of the relative who may act for a holder."""
    row = db.scalars(
        select(Delegation).where(Delegation.holder_person_id == holder_person_id, Delegation.ended_at.is_(None))
    ).one_or_none()
    return None if row is None else (row.id, person(db, row.helper_person_id).name, row.given_at)


@dataclass(frozen=True)
class Helped:
    """Somebody who lets one act for them."""

    delegation_id: str
    person_id: str
    name: str
    since: datetime


def helped_by(db: Session, helper_person_id: str) -> list[Helped]:
    """Who lets this person act for them now."""
    rows = db.scalars(
        select(Delegation)
        .where(Delegation.helper_person_id == helper_person_id, Delegation.ended_at.is_(None))
        .order_by(Delegation.given_at)
    )
    return [Helped(r.id, r.holder_person_id, person(db, r.holder_person_id).name, r.given_at) for r in rows]


def demo_code(db: Session, box: Box, login: str, now: datetime) -> str | None:
    """What the authenticator of a synthetic account shows: the demo bar is that person's authenticator."""
    row = db.scalars(select(Account).where(Account.login == login, Account.synthetic)).one_or_none()
    if row is None or row.totp is None:
        return None
    return totp_now(box.open(row.totp, f"account:{row.id}:totp"), now)


@dataclass(frozen=True)
class BodyFacts:
    """An organisation as oversight compares it: when it came, and the accounts that act for it or did."""

    id: str
    name: str
    kind: str
    district: str
    state: str
    registered_at: datetime
    accounts: frozenset[str]


def bodies(db: Session) -> list[BodyFacts]:
    """Every organisation with the accounts that hold or held a role there."""
    staff: dict[str, set[str]] = {}
    for body, account in db.execute(
        select(Membership.organisation_id, Membership.account_id).where(Membership.organisation_id.is_not(None))
    ):
        if body is not None:
            staff.setdefault(body, set()).add(account)
    return [
        BodyFacts(o.id, o.name, o.kind, o.district, o.state, o.registered_at, frozenset(staff.get(o.id, ())))
        for o in db.scalars(select(Organisation).order_by(Organisation.id))
    ]


def people_of_accounts(db: Session) -> dict[str, str]:
    """account → the person whose own it is."""
    rows = db.execute(select(Account.id, Account.person_id).where(Account.person_id.is_not(None)))
    return {account: person for account, person in rows if person is not None}


def codes_of_people(db: Session, since: datetime, least: int) -> list[tuple[str, str, datetime]]:
    """(id, person, when) of one-time codes made since a moment, for people who asked for at least so many."""
    many = (
        select(OneTimeCode.account_id).where(OneTimeCode.made_at >= since).group_by(OneTimeCode.account_id).having(func.count() >= least)
    )
    rows = db.execute(
        select(OneTimeCode.id, Account.person_id, OneTimeCode.made_at)
        .join(Account, Account.id == OneTimeCode.account_id)
        .where(OneTimeCode.made_at >= since, OneTimeCode.account_id.in_(many), Account.person_id.is_not(None))
        .order_by(OneTimeCode.made_at, OneTimeCode.id)
    )
    return [(row, person, at) for row, person, at in rows if person is not None]


def ever_at(db: Session, organisation_ids: Collection[str]) -> set[tuple[str, str]]:
    """(account, organisation) of everybody who holds a role at one of these organisations, or ever held one."""
    rows = db.execute(
        select(Membership.account_id, Membership.organisation_id).where(Membership.organisation_id.in_(organisation_ids)).distinct()
    )
    return {(account, body) for account, body in rows if body is not None}


def stays_of(db: Session, account_ids: Collection[str]) -> list[tuple[str, str, date, date | None]]:
    """(account, organisation, first day, last day) of every role that these accounts hold or held at an organisation."""
    rows = db.execute(
        select(Membership.account_id, Membership.organisation_id, Membership.given_at, Membership.ended_at).where(
            Membership.account_id.in_(account_ids)
        )
    )
    return [
        (account, body, shanghai_day(since), None if until is None else shanghai_day(until))
        for account, body, since, until in rows
        if body is not None
    ]


def names_of(db: Session, account_ids: Collection[str]) -> dict[str, str]:
    """Names of members of staff by account."""
    return dict(db.execute(select(Account.id, Account.name).where(among(db, Account.id, account_ids))).all())
