"""Organisations, their staff and the authority's: who is let in, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from skills.accounts.actions.codes import LINK_MINUTES, AccountMade, CodeMade, make_code
from skills.accounts.models import Account, Membership, Organisation
from skills.accounts.rules import (
    ADMINISTRATOR_OF,
    BUREAU,
    ROLES_OF,
    OrganisationKind,
    Role,
    check_credit_code,
    check_password,
    may_hold,
)
from skills.accounts.secrets import hash_password
from skills.accounts.states import ACCOUNT, ORGANISATION, AccountState, OrganisationState
from skills.accounts.tools import Lettering
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.kernel.sessions import Sessions
from skills.standards.queries import district as district_of


@dataclass(frozen=True)
class OrganisationMade:
    """A new organisation."""

    id: str


@action("organisation.register", may=ANYONE)
def register_organisation(act: Act, name: str, kind: str, credit_code: str, district: str) -> OrganisationMade:
    """Register an organisation; it may act once the authority has approved it.

    Raises Refusal("credit_code.refused" | "organisation.kind_unknown" | "organisation.name_needed" |
    "organisation.name_unprintable" | "organisation.known").
    """
    code = credit_code.strip().upper()
    check_credit_code(code).or_refuse()
    if kind not in ROLES_OF:
        raise Refusal("organisation.kind_unknown", kind=kind)
    if not name.strip():
        raise Refusal("organisation.name_needed")
    if unfit := act.using(Lettering).unfit(name.strip()):
        raise Refusal("organisation.name_unprintable", characters=unfit)
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


@action("staff.create", may="staff.manage", step_up=True)
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
    row = _open(act, login, name, password, synthetic)
    _give(act, row.id, chosen, organisation_id, district)
    return AccountMade(row.id)


def _open(act: Act, login: str, name: str, password: str | None = None, synthetic: bool = False) -> Account:
    if act.find(Account, login=login.strip().casefold()) is not None:
        raise Refusal("account.login_taken", login=login)
    if password is not None:
        check_password(password, login, name).or_refuse()
    return act.add(
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


@action("organisation.appoint", may="organisation.approve", step_up=True)
def appoint_administrator(act: Act, organisation_id: str, login: str, name: str) -> CodeMade:
    """Let an approved organisation's administrator in: an account, and the one-time link that opens it.

    Raises Refusal("organisation.not_approved" | "organisation.has_administrator" | "account.login_taken").
    """
    body = act.get(Organisation, id=organisation_id)
    if body.state != OrganisationState.APPROVED:
        raise Refusal("organisation.not_approved", name=body.name)
    if _administrators(act, body):
        raise Refusal("organisation.has_administrator", name=body.name)
    row = _open(act, login, name)
    _give(act, row.id, ADMINISTRATOR_OF[OrganisationKind(body.kind)], body.id, None)
    return make_code(act, row.id, "link", timedelta(minutes=LINK_MINUTES), act.new_code(32))


@action("organisation.administrator_link", may="organisation.approve", step_up=True)
def administrator_link(act: Act, organisation_id: str, account_id: str) -> CodeMade:
    """A new link for an administrator who is locked out, handed over after their identity was checked.

    Raises Missing("account.unknown") for somebody who is none of the organisation's administrators.
    """
    body = act.get(Organisation, id=organisation_id)
    if account_id not in _administrators(act, body):
        raise Missing("account.unknown")
    return make_code(act, account_id, "link", timedelta(minutes=LINK_MINUTES), act.new_code(32))


def _administrators(act: Act, body: Organisation) -> set[str]:
    """Accounts that administrate an organisation now and are not disabled."""
    return set(
        act.db.scalars(
            select(Membership.account_id)
            .join(Account, Account.id == Membership.account_id)
            .where(
                Membership.organisation_id == body.id, Membership.ended_at.is_(None),
                Membership.role == ADMINISTRATOR_OF[OrganisationKind(body.kind)], Account.state != AccountState.DISABLED,
            )
        )
    )  # fmt: skip


@action("role.give", may="staff.manage", step_up=True)
def give_role(
    act: Act, account_id: str, role: str, organisation_id: str | None = None, district: str | None = None
) -> None:
    """Give an account one more role."""
    _manages(act, organisation_id)
    if account_id == act.actor.account:
        raise Refusal("role.not_oneself")
    _role_fits(act, Role(role), organisation_id)
    _give(act, account_id, Role(role), organisation_id, district)


@action("role.end", may="staff.manage", step_up=True)
def end_role(act: Act, membership_id: str) -> None:
    """Take a role from a colleague; their sessions end, so that the next one begins with what is left.

    Raises Missing("membership.unknown"), Refusal("role.not_oneself").
    """
    row = act.get(Membership, id=membership_id, ended_at=None)
    _manages(act, row.organisation_id)
    if row.account_id == act.actor.account:
        raise Refusal("role.not_oneself")
    row.ended_at = act.at
    act.using(Sessions).end_all(act.db, row.account_id, act.at)
    act.note("role.end", id=row.id, account=row.account_id, role=row.role)


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


@action("staff.link", may="staff.manage", step_up=True)
def make_link(act: Act, account_id: str) -> CodeMade:
    """A one-time link with which a colleague sets a password: 30 minutes, once."""
    memberships = act.db.scalars(select(Membership).where(Membership.account_id == account_id)).all()
    if not memberships:
        raise Missing("account.unknown")
    for membership in memberships:
        _manages(act, membership.organisation_id)
    return make_code(act, account_id, "link", timedelta(minutes=LINK_MINUTES), act.new_code(32))


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
