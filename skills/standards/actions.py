"""Loading the reference tables; proposing and releasing policy rows by two people."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from skills.kernel.acts import Act, action
from skills.kernel.db import Base, wait_exclusive
from skills.kernel.errors import Refusal
from skills.standards.models import Branch, District, Occupation, OccupationAlias, PolicyRow
from skills.standards.queries import forget, value
from skills.standards.rules import CITY, same_shape
from skills.standards.states import POLICY, PolicyState

STRENGTHS = ("S", "K", "I")
DATA = Path(__file__).parent / "data"
FORGET_AT_ONCE = 200


@dataclass(frozen=True)
class Loaded:
    """How many rows were new."""

    occupations: int
    branches: int
    districts: int
    policies: int


@action("standards.load", may="standards.load")
def load(act: Act) -> Loaded:
    """Load occupations with their old codes, branches, districts and the founding policy rows; what is there already stays."""
    occupations, _, branches, districts = (_add_missing(act, rows) for rows in published())
    done = Loaded(occupations, branches, districts, _policies(act))
    act.note("standards.load", occupations=done.occupations, policies=done.policies)
    return done


@dataclass(frozen=True)
class Proposed:
    """A proposed policy row."""

    id: str


@action("policy.propose", may="policy.propose")
def propose(act: Act, name: str, value: Any, valid_from: date, source: str, strength: str) -> Proposed:
    """Propose a new value of a rule from a day on, with its source. It counts only when another releases it."""
    if not source.strip():
        raise Refusal("policy.source_needed", name=name)
    if valid_from <= act.today:
        raise Refusal("policy.not_backwards", day=valid_from, today=act.today)
    known = act.db.scalars(
        select(PolicyRow).where(PolicyRow.name == name).order_by(PolicyRow.valid_from.desc(), PolicyRow.id)
    ).first()
    if known is None:
        raise Refusal("policy.unknown", name=name)
    if not same_shape(known.value, value):
        raise Refusal("policy.shape", name=name, held=json.dumps(known.value, ensure_ascii=False)[:200])
    if strength not in STRENGTHS:
        raise Refusal("policy.strength", strength=strength[:20])
    row = act.add(
        PolicyRow(
            id=act.new_id(),
            name=name,
            value=value,
            valid_from=valid_from,
            source=source,
            strength=strength,
            state=PolicyState.PROPOSED,
            proposed_by=act.actor.account,
            proposed_at=act.at,
        )
    )
    act.note("policy.propose", id=row.id, name=name)
    return Proposed(row.id)


@action("policy.withdraw", may="policy.propose")
def withdraw(act: Act, policy_id: str) -> None:
    """Take a proposed row back before anybody released it. Raises Missing, Refusal("policy.cannot_withdraw")."""
    act.move(act.get(PolicyRow, id=policy_id), POLICY, "withdraw")


@action("policy.release", may="policy.release", step_up=True)
def release(act: Act, policy_id: str) -> None:
    """Put a proposed row into force from its day; the row before it ends the day before."""
    row = act.get(PolicyRow, id=policy_id)
    wait_exclusive(act.db, f"policy:{row.name}")
    act.db.refresh(row)
    POLICY.check(row.state, "release")
    if row.proposed_by == act.actor.account:
        raise Refusal("policy.second_person")
    if row.valid_from <= act.today:
        raise Refusal("policy.not_backwards", day=row.valid_from, today=act.today)
    before = act.db.scalars(
        select(PolicyRow).where(
            PolicyRow.name == row.name, PolicyRow.state == PolicyState.RELEASED, PolicyRow.valid_to.is_(None)
        )
    ).one_or_none()
    if before is not None:
        if before.valid_from >= row.valid_from:
            raise Refusal("policy.order", name=row.name, day=before.valid_from)
        before.valid_to = row.valid_from - timedelta(days=1)
        act.note("policy.end", id=before.id, on=before.valid_to)
    act.move(row, POLICY, "release", released_by=act.actor.account, released_at=act.at)
    forget(act.db)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def published() -> tuple[list[Occupation], list[OccupationAlias], list[Branch], list[District]]:
    """The reference tables as they were published: `data/` with its sources."""
    occupations = [
        Occupation(
            code=r["code"],
            name=r["name"],
            marker=r["marker"],
            kind=r["kind"],
            added=int(r["added"]),
            digital_engineer_standard=r["digital_engineer_standard"] == "yes",
        )
        for r in _rows("occupations.csv")
    ]
    aliases = [
        OccupationAlias(
            code=r["code"], occupation_code=r["occupation_code"], since=int(r["since"]),
            until=int(r["until"]) if r["until"] else None, source=r["source"],
        )
        for r in _rows("occupation_aliases.csv")
    ]  # fmt: skip
    branches = [
        Branch(occupation_code=r["occupation_code"], name=r["branch"], certainty=r["certainty"])
        for r in _rows("branches.csv")
    ]
    rows = [(CITY, "重庆市", "city"), *((r["code"] or r["name"], r["name"], r["kind"]) for r in _rows("districts.csv"))]
    return occupations, aliases, branches, [District(code=code, name=name, kind=kind) for code, name, kind in rows]


@dataclass(frozen=True)
class ObjectorsForgotten:
    """How many objections lost name and contact."""

    count: int


def forget_objectors(act: Act, table: type[Any]) -> ObjectorsForgotten:
    """Take name and contact out of the next objections of a table whose answer is older than policy keeps them; the rest stays.

    What a room's own action says: who objected to what is each room's own.
    """
    before = act.at - timedelta(days=int(value(act.db, "objection.keep_days", act.today)))
    chosen = select(table).where(table.decided_at < before, table.name.is_not(None)).order_by(table.id).limit(FORGET_AT_ONCE)
    rows = act.db.scalars(chosen.with_for_update()).all()
    for row in rows:
        act.alter(row, name=None, contact=None)
    if rows:
        act.note(f"{table.__tablename__}.forget", ids=[row.id for row in rows])
    return ObjectorsForgotten(len(rows))


def _add_missing(act: Act, rows: Sequence[Base]) -> int:
    """Add the rows of one table whose primary keys are not there yet; how many."""
    mapper = class_mapper(type(rows[0]))
    known = {tuple(key) for key in act.db.execute(select(*mapper.primary_key))}
    fresh = [row for row in rows if tuple(mapper.primary_key_from_instance(row)) not in known]
    act.db.add_all(fresh)
    act.db.flush()
    return len(fresh)


def founding_policies() -> dict[str, dict[str, Any]]:
    """The rows that every installation begins with, by name: value, from, source, strength."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(DATA.glob("policy*.toml")):
        found |= tomllib.loads(path.read_text("utf-8"))
    return found


def _policies(act: Act) -> int:
    known = set(act.db.scalars(select(PolicyRow.name)))
    fresh = {name: entry for name, entry in founding_policies().items() if name not in known}
    for name, entry in fresh.items():
        act.db.add(
            PolicyRow(
                id=act.new_id(), name=name, value=entry["value"], valid_from=entry["from"], source=entry["source"],
                strength=entry["strength"], edition=entry.get("edition", ""), state=PolicyState.RELEASED,
                proposed_by=act.actor.account, proposed_at=act.at, released_by=act.actor.account, released_at=act.at,
            )
        )  # fmt: skip
    forget(act.db)
    return len(fresh)
