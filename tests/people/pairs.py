"""Joining the people of a whole programme, as far as their records allow it, and naming what may stand against it."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.app import Works
from skills.kernel.errors import Refusal
from skills.people.actions import decide_join, propose_join
from skills.people.models import Person, PersonJoin
from skills.people.parts import PARTS, Named
from skills.people.queries.joining import references
from skills.records.models import RecordEntry
from tests.world import World


def join_all(works: Works) -> tuple[Counter[str], Counter[str]]:
    """Everybody of whom something is on record, with the next such person or else into a record of which nothing is.

    (rows that followed by table, what stood against it by code).
    """
    clerk, checker = World.actor("person.register", account="pairs-1"), World.actor("person.decide", account="pairs-2")
    living = select(Person.id).where(Person.erased_at.is_(None), Person.merged_into.is_(None)).order_by(Person.id)
    known = Person.id.in_(select(RecordEntry.person_id))
    learners = works.office.ask(lambda db: list(db.scalars(living.where(known))))
    others = works.office.ask(lambda db: list(db.scalars(living.where(~known))))
    refused: Counter[str] = Counter()
    while learners and others:
        gone = learners.pop()
        for kept in (learners[-1], others.pop()) if learners else (others.pop(),):
            try:
                made = works.office.perform(
                    propose_join, actor=clerk, kept_id=kept, gone_id=gone, reason="changed", grounds="试验试验"
                )
            except Refusal as refusal:
                refused.update(f.code for f in refusal.findings)
                continue
            works.office.perform(decide_join, actor=checker, join_id=made.join_id, agree=True)
            break
    moved: Counter[str] = Counter()
    for rows in works.office.ask(lambda db: list(db.scalars(select(PersonJoin.moved)))):
        moved.update(rows)
    return moved, refused


def named(works: Works) -> dict[str, Named]:
    """table → what a row of it is called, of every table that has one."""
    call = {table: name for part in PARTS.values() for table, name in part.names.items()}
    wanted = {r.table.name: r for r in references() if r.table.name in call}

    def names(db: Session) -> dict[str, Named]:
        rows = {table: db.execute(select(*r.key).order_by(*r.key).limit(1)).first() for table, r in wanted.items()}
        return {table: call[table](db, tuple(key)) for table, key in rows.items() if key is not None}

    told: dict[str, Named] = works.office.ask(names)
    return told
