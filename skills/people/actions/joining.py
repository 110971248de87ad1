"""Two records of one person become one: proposed by one, decided by another, in one act with everything that names them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from skills.kernel.acts import LAST_LOOKS, Act, action
from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.errors import Overtaken, Refusal
from skills.kernel.witness import Pen
from skills.people import queries
from skills.people.actions.register import known
from skills.people.models import IdentityDocument, NameHistory, Person, PersonJoin
from skills.people.parts import PARTS
from skills.people.queries.joining import (
    Reference,
    clashes,
    finding_of,
    grounds_place,
    key_of,
    left_behind,
    outlook,
    references,
)
from skills.people.rules import normal_name
from skills.people.rules.additions import answered, second_person
from skills.people.states import JOIN, JoinState

GATHER = "people.gather"


@dataclass(frozen=True)
class Proposed:
    """A proposal that waits for a second person."""

    join_id: str


@dataclass(frozen=True)
class JoinDecided:
    """How a proposal ended, and how many rows followed."""

    join_id: str
    state: str
    moved: int


@action("person_join.propose", may="person.register")
def propose_join(act: Act, kept_id: str, gone_id: str, reason: str, grounds: str) -> Proposed:
    """Two records are one person's: `gone_id` is to be joined into `kept_id`, for what was seen.

    Raises Refusal("person_join.not_yet" with what stands against it | "person_join.proposed_already" | "person.erased" |
    "person.joined"), Missing("person.unknown").
    """
    known(act, kept_id)
    known(act, gone_id)
    outlook(act.db, kept_id, gone_id, reason, grounds, act.today).or_refuse()
    both = (kept_id, gone_id)
    waits = select(PersonJoin.id).where(PersonJoin.state == JoinState.PROPOSED)
    if act.db.scalar(waits.where(PersonJoin.kept_id.in_(both) | PersonJoin.gone_id.in_(both)).limit(1)):
        raise Refusal("person_join.proposed_already")
    new = act.new_id()
    act.add(
        PersonJoin(
            id=new, kept_id=kept_id, gone_id=gone_id, state=JoinState.PROPOSED, reason=reason,
            grounds=act.using(Box).seal(grounds.strip(), grounds_place(new), kept_id), proposed_by=act.actor.account,
            proposed_at=act.at, moved={},
        )
    )  # fmt: skip
    act.note("person_join.propose", id=new, kept=kept_id, gone=gone_id, reason=reason)
    return Proposed(new)


@action("person_join.decide", may="person.decide", step_up=True)
def decide_join(act: Act, join_id: str, agree: bool, answer: str = "") -> JoinDecided:
    """The second person: the records are joined, for good, or not, with the reason. Everything is looked at again.

    Raises Refusal("person.second_person" | "person.answer" | "person_join.not_yet" | "person.erased" | "person.joined").
    """
    row, box = act.get(PersonJoin, id=join_id), act.using(Box)
    JOIN.check(row.state, "join")
    second_person(row.proposed_by, act.actor.account).or_refuse()
    by = {"decided_by": act.actor.account, "decided_at": act.at}
    if not agree:
        answered(answer).or_refuse()
        act.move(row, JOIN, "refuse", answer=box.seal(answer.strip(), grounds_place(row.id, "answer"), row.kept_id), **by)
        return JoinDecided(row.id, row.state, 0)
    _hold(act, row)
    kept, gone = known(act, row.kept_id), known(act, row.gone_id)
    outlook(act.db, kept.id, gone.id, row.reason, box.open(row.grounds, grounds_place(row.id)), act.today).or_refuse()
    moved = _join(act, kept, gone)
    act.move(row, JOIN, "join", moved=dict(moved), **by)
    act.later(GATHER, key=f"gather:{row.id}")
    return JoinDecided(row.id, row.state, sum(moved.values()))


@action("person_join.withdraw", may="person.register")
def withdraw_join(act: Act, join_id: str) -> None:
    """Take a proposal back, as long as nobody has decided."""
    act.move(act.get(PersonJoin, id=join_id), JOIN, "withdraw", decided_by=act.actor.account, decided_at=act.at)


@action("person_join.gather", may="system.jobs")
def gather(act: Act) -> None:
    """What was written about a joined record by acts that had begun before it was joined follows too. Safe to repeat."""
    for gone_id in sorted({person_id for _, _, person_id in left_behind(act.db)}):
        gone = act.get(Person, id=gone_id)
        kept = act.get(Person, id=gone.merged_into)
        act.note("person_join.gather", id=gone.id, rows=sum(_follow(act, kept.id, gone.id).values()))
        for part in PARTS.values():
            part.joined(act, kept.id, gone.id)


def _hold(act: Act, row: PersonJoin) -> None:
    """Whoever writes about one of the records waits for this act, or this act for them.

    Locks come in the order in which others take them: what a room decides on a person under, rows, and the records at last.
    """
    both = sorted((row.kept_id, row.gone_id))
    for part in reversed(PARTS.values()):
        for each in both:
            part.lock(act, each)
    for reference in references():
        act.db.execute(select(*reference.key).where(reference.attribute == row.gone_id).order_by(*reference.key).with_for_update())
    act.db.execute(select(Person.id).where(Person.id.in_(both)).order_by(Person.id).with_for_update())


def nobody_gone(db: Session, pen: Pen) -> None:
    """No act writes about a record that was joined into another while the act was under way: it is done again, about the other.

    Whoever writes a new row that names the record waited for the join to end, or the join for that act: so it is seen here.
    Raises Overtaken("person.joined").
    """
    written = list(pen.said(_columns()))
    into = _gone(db, {who for *_, who, _ in written})
    for mapper, key, name, who, fresh in written if into else ():
        if who not in into:
            continue
        column, keys = mapper.columns[name], zip(mapper.primary_key, key, strict=True)
        if fresh or db.scalar(select(column).where(*(c == k for c, k in keys))) != who:  # else it may rest there
            raise Overtaken("person.joined", id=into[who])


LAST_LOOKS.append(nobody_gone)


@cache
def _columns() -> dict[str, list[str]]:
    """table → what in it names a person."""
    found: dict[str, list[str]] = {}
    for reference in references():
        found.setdefault(reference.table.name, []).append(reference.attribute.key)
    return found


def _gone(db: Session, people: set[Any]) -> dict[str, str]:
    if not people:
        return {}
    rows = db.execute(select(Person.id, Person.merged_into).where(among(db, Person.id, people), Person.merged_into.is_not(None)))
    return {gone: kept for gone, kept in rows if kept is not None}


def _join(act: Act, kept: Person, gone: Person) -> Counter[str]:
    for part in reversed(PARTS.values()):  # from the roof down, as when somebody is forgotten
        part.join(act, kept.id, gone.id)
    _write_names(act, kept, gone)
    moved = _follow(act, kept.id, gone.id)
    _absorb(act, kept, gone)
    act.db.execute(update(Person).where(Person.merged_into == gone.id).values(merged_into=kept.id))  # no chains: one step leads there
    gone.merged_into = kept.id
    act.db.flush()
    for part in PARTS.values():
        part.joined(act, kept.id, gone.id)
    act.db.flush()
    return moved


def _write_names(act: Act, kept: Person, gone: Person) -> None:
    """Documents of the record that goes bear its name, which the record that stays may write in other letters."""
    box = act.using(Box)
    name = box.open(gone.name, queries.name_place(gone.id))
    if normal_name(name) != normal_name(box.open(kept.name, queries.name_place(kept.id))):
        mine = select(IdentityDocument).where(IdentityDocument.person_id == gone.id, IdentityDocument.name.is_(None))
        for document in act.db.scalars(mine).all():
            document.name = box.seal(name, queries.written_at(document.id), kept.id)
    act.db.flush()


def _follow(act: Act, kept: str, gone: str) -> Counter[str]:
    """Every row that names the record that is gone names the other one, but what may rest where a person has one already."""
    found = clashes(act.db, kept, gone)
    if any(not c.rests for c in found):
        raise Refusal("person_join.not_yet", tuple(finding_of(act.db, c) for c in found if not c.rests))
    stays = {(c.reference.table.name, c.gone) for c in found}
    moved: Counter[str] = Counter()
    for reference in references():
        for row in act.db.scalars(_locked(reference, gone)).all():
            if (reference.table.name, key_of(row)) in stays:
                continue
            if reference.column.primary_key:  # a row's own name does not change: another takes its place
                values = {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs}
                act.db.delete(row)
                act.db.flush()
                act.add(reference.model(**{**values, reference.attribute.key: kept}))
            else:
                setattr(row, reference.attribute.key, kept)
            moved[reference.table.name] += 1
        act.db.flush()
    return moved


def _locked(reference: Reference, gone: str) -> Select[Any]:
    """Rows of a table that name a record, as they are when nobody changes them any more."""
    chosen = select(reference.model).where(reference.attribute == gone).order_by(*reference.key)
    return chosen.with_for_update().execution_options(populate_existing=True)


def _absorb(act: Act, kept: Person, gone: Person) -> None:
    """What names the person is kept as it stands on the record that stays; what that one lacks comes from the other."""
    box = act.using(Box)
    name = box.open(gone.name, queries.name_place(gone.id))
    if normal_name(name) != normal_name(box.open(kept.name, queries.name_place(kept.id))):
        new = act.new_id()
        sealed = box.seal(name, f"name_history:{new}:name", kept.id)
        act.add(NameHistory(id=new, person_id=kept.id, name=sealed, until=act.at, reason="joined"))
    for column, also in (("phone", "phone_blind"), ("guardian_form", "guardian_consent_at")):
        sealed_before, held = getattr(gone, column), getattr(kept, column)
        if sealed_before is not None and held is None:
            text = box.open(sealed_before, f"person:{gone.id}:{column}")
            setattr(kept, column, box.seal(text, f"person:{kept.id}:{column}", kept.id))
            setattr(kept, also, getattr(gone, also))
    gone.phone, gone.phone_blind, gone.likeness = None, None, None
