"""Reading occupations, districts and the policy in force on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from skills.kernel import store
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.standards.models import Branch, District, Occupation, OccupationAlias, PolicyRow
from skills.standards.rules import Policy, in_force
from skills.standards.states import PolicyState

_HELD = "policies"  # where a session keeps what it has read


@dataclass(frozen=True)
class OccupationLine:
    """An occupation with its branches 工种."""

    code: str
    name: str
    kind: str
    branches: tuple[str, ...]


@dataclass(frozen=True)
class DistrictLine:
    """A district-level unit."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class PolicyLine:
    """A policy row as the bureau sees it."""

    id: str
    policy: Policy
    state: str
    proposed_by: str
    proposed_at: datetime
    released_by: str | None
    released_at: datetime | None


def occupations(db: Session, kind: str | None = None) -> Sequence[OccupationLine]:
    """All occupations, or those of a kind (skill, professional), by code."""
    branches: dict[str, list[str]] = {}
    for branch in db.scalars(select(Branch).order_by(Branch.name)):
        branches.setdefault(branch.occupation_code, []).append(branch.name)
    chosen = select(Occupation).order_by(Occupation.code)
    if kind:
        chosen = chosen.where(Occupation.kind == kind)
    return [OccupationLine(o.code, o.name, o.kind, tuple(branches.get(o.code, ()))) for o in db.scalars(chosen)]


def occupation(db: Session, code: str) -> OccupationLine:
    """One occupation. Raises Missing("occupation.unknown")."""
    found = db.get(Occupation, code)
    if found is None:
        raise Missing("occupation.unknown", code=code)
    names = db.scalars(select(Branch.name).where(Branch.occupation_code == code).order_by(Branch.name))
    return OccupationLine(found.code, found.name, found.kind, tuple(names))


def current_occupation(db: Session, code: str) -> OccupationLine:
    """The occupation of a code as typed, today's or an older one's. Raises Missing("occupation.unknown")."""
    plain = code.strip()
    return occupation(db, current_codes(db, [plain]).get(plain, plain))


def current_codes(db: Session, codes: Collection[str]) -> dict[str, str]:
    """code → today's code, of those that occupations have now or had once; others are left out."""
    found = {
        alias.code: alias.occupation_code
        for alias in db.scalars(select(OccupationAlias).where(among(db, OccupationAlias.code, codes)))
    }
    return found | {code: code for code in db.scalars(select(Occupation.code).where(among(db, Occupation.code, codes)))}


def districts(db: Session) -> Sequence[DistrictLine]:
    """All district-level units, the city first."""
    return [DistrictLine(d.code, d.name, d.kind) for d in db.scalars(select(District).order_by(District.code))]


def district(db: Session, code: str) -> DistrictLine:
    """One district-level unit. Raises Missing("district.unknown")."""
    found = db.get(District, code)
    if found is None:
        raise Missing("district.unknown", code=code)
    return DistrictLine(found.code, found.name, found.kind)


def policy(db: Session, name: str, day: date) -> Policy:
    """The policy row in force on a day. Raises Refusal("policy.none" | "policy.two").

    A session reads each name once, so that an act over hundreds of rows asks no more than one over a single row, and
    is decided from end to end on what held when it first looked.
    """
    held: dict[str, list[Policy]] = db.info.setdefault(_HELD, {})
    if name not in held:
        rows = db.scalars(select(PolicyRow).where(PolicyRow.name == name, PolicyRow.state == PolicyState.RELEASED))
        held[name] = [_policy(r) for r in rows]
    return in_force(held[name], name, day)


def read_together(db: Session, names: Iterable[str]) -> None:
    """Read policies of these names in one question, so that this session asks no more for them (`policy`, `value`)."""
    held: dict[str, list[Policy]] = db.info.setdefault(_HELD, {})
    wanted = set(names) - held.keys()
    if wanted:
        rows = db.scalars(select(PolicyRow).where(PolicyRow.name.in_(sorted(wanted)), PolicyRow.state == PolicyState.RELEASED))
        found: dict[str, list[Policy]] = {name: [] for name in wanted}
        for row in rows:
            found[row.name].append(_policy(row))
        held |= found


def forget(db: Session) -> None:
    """What this session has read of policies is to be read anew: an act changed one."""
    db.info.pop(_HELD, None)


def policies(db: Session, day: date, names: Sequence[str] = (), families: Sequence[str] = ()) -> dict[str, Policy]:
    """Several policies on a day, by name, in one reading: each of the names, and whatever begins with one of the families.

    Raises Refusal("policy.none" | "policy.two").
    """
    held = [Policy(*row) for row in store.read(db, _several(tuple(families)), names=list(names))]
    current = {p.name for p in held if p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)}
    return {name: in_force(held, name, day) for name in sorted(current | set(names))}


@cache
def _several(families: tuple[str, ...]) -> Select[Any]:
    named = PolicyRow.name.in_(bindparam("names", expanding=True))
    asked = or_(named, *(PolicyRow.name.startswith(f, autoescape=True) for f in families))
    row = PolicyRow
    said = select(row.name, row.value, row.valid_from, row.valid_to, row.source, row.strength, row.edition)
    return said.where(row.state == PolicyState.RELEASED, asked).order_by(row.name)


def value(db: Session, name: str, day: date) -> Any:
    """The value of a policy on a day."""
    return policy(db, name, day).value


def policy_lines(db: Session, name: str | None = None) -> Sequence[PolicyLine]:
    """Every policy row (of one name) by name and date, newest first within a name."""
    asked = select(PolicyRow).order_by(PolicyRow.name, PolicyRow.valid_from.desc(), PolicyRow.id.desc())
    rows = db.scalars(asked if name is None else asked.where(PolicyRow.name == name))
    return [
        PolicyLine(r.id, _policy(r), r.state, r.proposed_by, r.proposed_at, r.released_by, r.released_at) for r in rows
    ]


def _policy(row: PolicyRow) -> Policy:
    return Policy(row.name, row.value, row.valid_from, row.valid_to, row.source, row.strength, row.edition)
