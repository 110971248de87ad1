"""Turning a session into a visitor with rights."""

from __future__ import annotations

from sqlalchemy.orm import Session

from skills.accounts.queries import (
    AccountLine,
    Helped,
    account_of_person,
    acts_for,
    find_account,
    helped_by,
    memberships,
)
from skills.accounts.rules import BUREAU, GRANTS, HELPER_RIGHTS, SUCCESSOR_RIGHTS, WORDS, Role
from skills.accounts.states import AccountState, OrganisationState
from skills.kernel.actors import Actor, Grant
from skills.kernel.sessions import OpenSession
from skills.web.pages import Me


def load_me(db: Session, session: OpenSession) -> Me | None:
    """The visitor behind a session; None if the account may no longer sign in."""
    account = find_account(db, session.account_id)
    if account is None or account.state != AccountState.ACTIVE:
        return None
    grants: set[Grant] = set()
    roles: list[Role] = []
    organisation, organisation_name = None, ""
    if account.person_id is not None:
        roles.append(Role.PERSON)
        grants |= {Grant(right) for right in GRANTS[Role.PERSON]}
    for name, body, district, body_name, state in memberships(db, account.id):
        if body is not None and state != OrganisationState.APPROVED:
            continue
        role = Role(name)
        if organisation is None and body is not None:
            organisation, organisation_name = body, body_name
        roles.append(role)
        bound = None if role in BUREAU else body
        grants |= {Grant(right, bound, district) for right in GRANTS[role]}
        if bound is not None and (passed_on := GRANTS[role] & SUCCESSOR_RIGHTS):
            grants |= {Grant(right, gone) for gone in acts_for(db, bound) for right in passed_on}
    if not roles:
        return None
    if session.acts_as is not None and account.person_id is not None:
        helped = [h for h in helped_by(db, account.person_id) if h.delegation_id == session.acts_as]
        if helped:
            return _helping(db, account, session, helped[0])
    zh, en, home = WORDS[roles[0]]
    staff = account.person_id is None
    return Me(
        actor=Actor(
            account=account.id,
            name=account.name,
            person=account.person_id,
            grants=frozenset(grants),
            roles=frozenset(roles),
            stepped_up=session.stepped_up,
        ),
        name=account.name,
        role=roles[0],
        role_zh=zh,
        role_en=en,
        home=home,
        organisation=organisation,
        organisation_name=organisation_name,
        must="/account/second-factor" if staff and not account.second_factor else "",
    )


def _helping(db: Session, account: AccountLine, session: OpenSession, helped: Helped) -> Me:
    """A relative who acts for somebody: the holder's vouchers and courses, nothing else of either of the two."""
    zh, en, _ = WORDS[Role.PERSON]
    return Me(
        actor=Actor(
            account=account.id, name=account.name, person=helped.person_id,
            grants=frozenset(Grant(right) for right in HELPER_RIGHTS), roles=frozenset({Role.PERSON}),
            stepped_up=session.stepped_up, on_behalf_of=account_of_person(db, helped.person_id) or helped.person_id,
        ),
        name=account.name, role=Role.PERSON, role_zh=zh, role_en=en, home="/me/vouchers", helps=helped.name,
    )  # fmt: skip
