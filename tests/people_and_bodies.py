"""People, organisations and accounts for tests: what a world needs before anything can happen in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.accounts import actions as accounts
from skills.accounts.rules import GRANTS, Role, credit_check
from skills.kernel.actors import Actor, Grant
from skills.people.actions import register_person
from skills.people.rules import check_digit
from tests.world import World


@dataclass(frozen=True)
class Someone:
    """A person on record."""

    id: str
    name: str
    number: str
    birth: date


def resident(order: int, birth: date = date(2003, 1, 1), area: str = "500105") -> str:
    """A valid resident number; an odd order is a man's."""
    body = f"{area}{birth:%Y%m%d}{order:03d}"
    return body + check_digit(body)


def someone(world: World, order: int = 1, name: str = "陈星宇", birth: date = date(2003, 1, 1), **more: Any) -> Someone:
    """Register a person."""
    number = resident(order, birth)
    made = world.perform(
        register_person,
        name=name,
        document_kind="resident",
        document_number=number,
        birth=birth,
        sex="M" if order % 2 else "F",
        district="500105",
        synthetic=True,
        **more,
    )
    return Someone(made.person_id, name, number, birth)


def body(world: World, kind: str = "enterprise", order: int = 1, name: str = "重庆星图软件有限公司") -> str:
    """Register and approve an organisation; its id."""
    stem = f"91500000{order:09d}"
    made = world.perform(
        accounts.register_organisation, name=name, kind=kind, credit_code=stem + credit_check(stem), district="500105"
    )
    world.perform(accounts.approve_organisation, organisation_id=made.id)
    return str(made.id)


def acting(
    role: Role, account: str = "", *, organisation: str | None = None, person: str | None = None, district: str | None = None
) -> Actor:
    """Somebody with all the rights of a role, in a district if one is named."""
    grants = frozenset(Grant(right, organisation, district) for right in GRANTS[role])
    return Actor(account or f"a-{role.value}", role.value, person, grants, frozenset({role.value}), stepped_up=True)
