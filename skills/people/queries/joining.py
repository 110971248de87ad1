"""Which rows name a person, which of two records' rows cannot both be one person's, and the proposals to join."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, UniqueConstraint, false, func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from skills.kernel.box import box_of
from skills.kernel.db import Base, among
from skills.kernel.errors import Missing
from skills.kernel.findings import Finding, Verdict
from skills.people.models import DocumentRemoval, IdentityDocument, Person, PersonJoin
from skills.people.parts import PARTS, Named, pair
from skills.people.queries import DocumentLine, documents, joined, person
from skills.people.queries.additions import PastDocument, document_history, held_kinds
from skills.people.rules.joining import JOIN_REASONS, Side, may_join
from skills.people.states import JOIN, JoinState, RemovalState

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Reference:
    """A column of a table that names a person, and what of that table may be there once only for a person.

    once  (names of the other columns, for which rows) of each unique index with this column
    """

    model: type[Base]
    attribute: InstrumentedAttribute[Any]
    table: Table
    column: Column[Any]
    once: tuple[tuple[tuple[str, ...], Any], ...]

    @property
    def key(self) -> tuple[Column[Any], ...]:
        """The primary key."""
        return tuple(self.table.primary_key.columns)


@dataclass(frozen=True)
class Clash:
    """Two rows, one of each record, of which a person has one at most; by their primary keys. `rests`: it is over and may stay."""

    reference: Reference
    kept: Key
    gone: Key
    rests: bool


@dataclass(frozen=True)
class JoinLine:
    """A proposal as the desk sees it. `proposed_by` and `decided_by` are accounts."""

    id: str
    kept_id: str
    gone_id: str
    kept_name: str
    gone_name: str
    reason_zh: str
    reason_en: str
    grounds: str
    state: str
    state_zh: str
    state_en: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    answer: str
    moved: Mapping[str, int]


@dataclass(frozen=True)
class RecordLine:
    """One of two records, to be looked at beside the other. `past`: every document that it has or had."""

    id: str
    name: str
    birth: date
    sex: str
    district: str
    registered_at: datetime
    documents: Sequence[DocumentLine]
    past: Sequence[PastDocument]


@cache
def references() -> tuple[Reference, ...]:
    """Every column of every followed table that names a person, but those by which records are joined themselves."""
    found = []
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if not isinstance(table, Table) or mapper.class_ is PersonJoin:
            continue
        for column in table.columns:
            if mapper.class_ is not Person and any(f.column.table.name == "person" for f in column.foreign_keys):
                attribute = getattr(mapper.class_, mapper.get_property_by_column(column).key)
                found.append(Reference(mapper.class_, attribute, table, column, tuple(_once(table, column))))
    return tuple(sorted(found, key=lambda r: (r.table.name, r.column.name)))


def _once(table: Table, column: Column[Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for index in table.indexes:
        if index.unique and column.name in index.columns:
            yield tuple(c.name for c in index.columns if c is not column), index.dialect_options["sqlite"]["where"]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and column.name in constraint.columns:
            yield tuple(c.name for c in constraint.columns if c is not column), None
    if column.primary_key:
        yield tuple(c.name for c in table.primary_key.columns if c is not column), None


def resting(reference: Reference) -> ColumnElement[bool]:
    """Rows of a table with which nothing can be done any more: they may go on naming a record that was joined."""
    for part in PARTS.values():
        for attribute, rows in part.rests.items():
            if attribute.class_ is reference.model and attribute.key == reference.attribute.key:
                return rows
    return false()


def clashes(db: Session, kept: str, gone: str) -> list[Clash]:
    """Pairs of rows that one person cannot have both."""
    found: dict[tuple[str, Key], Clash] = {}
    for reference in references():
        rests = {tuple(k) for k in db.execute(select(*reference.key).where(reference.column == gone, resting(reference)))}
        for others, where in reference.once:
            mine = dict(_keys(db, reference, others, where, kept))
            for values, key in _keys(db, reference, others, where, gone):
                if values in mine and None not in values:
                    found.setdefault((reference.table.name, key), Clash(reference, mine[values], key, key in rests))
    return list(found.values())


def _keys(db: Session, reference: Reference, others: tuple[str, ...], where: Any, person_id: str) -> Iterator[tuple[Key, Key]]:
    wanted = [reference.table.c[name] for name in others]
    chosen = select(*wanted, *reference.key).where(reference.column == person_id)
    for row in db.execute(chosen if where is None else chosen.where(where)):
        yield tuple(row[: len(wanted)]), tuple(row[len(wanted) :])


def stands_against(db: Session, kept: str, gone: str, day: date) -> list[Finding]:
    """Everything that has to be settled before two records can be joined, with the two rows of each."""
    if kept == gone:
        return []
    ends = frozenset[str]().union(*(part.ends for part in PARTS.values()))
    found = [finding_of(db, c) for c in clashes(db, kept, gone) if not c.rests and c.reference.table.name not in ends]
    return found + [f for part in PARTS.values() for f in part.apart(db, kept, gone, day) if not f.met]


def finding_of(db: Session, clash: Clash) -> Finding:
    """The sentence for a clash, naming both rows in the words of the field, and by their keys for programs."""
    table, keys = clash.reference.table.name, {"kept": clash.kept, "gone": clash.gone}
    ids: dict[str, object] = {f"{side}_id": " ".join(map(str, key)) for side, key in keys.items()}
    call = next((part.names[table] for part in PARTS.values() if table in part.names), _by_key)
    return Finding(f"joining.{table}", False, facts={**pair(call(db, clash.kept), call(db, clash.gone)), **ids})


def _by_key(_db: Session, key: Key) -> Named:
    words = " ".join(map(str, key))
    return Named(words, words)


def side(db: Session, person_id: str) -> Side:
    """What is compared of a record."""
    who = person(db, person_id)
    return Side(person_id, who.birth, who.sex, who.synthetic, frozenset(held_kinds(db, person_id)))


def outlook(db: Session, kept: str, gone: str, reason: str, grounds: str, day: date) -> Verdict:
    """Whether two records may be joined now, with what stands against it."""
    return may_join(side(db, kept), side(db, gone), reason, grounds, stands_against(db, kept, gone, day))


def record(db: Session, person_id: str) -> RecordLine:
    """One record by its own id, joined or not. Raises Missing("person.unknown")."""
    row = db.get(Person, person_id)
    if row is None:
        raise Missing("person.unknown")
    who = person(db, person_id)
    held, past = documents(db, person_id), document_history(db, person_id)
    return RecordLine(person_id, who.name, who.birth, who.sex, who.district, row.registered_at, held, past)


def left_behind(db: Session) -> Iterator[tuple[Reference, Key, str]]:
    """Rows that still name a record which was joined into another, though something can be done with them."""
    gone = list(joined(db))
    for r in references() if gone else ():
        for row in db.execute(select(r.column, *r.key).where(among(db, r.column, gone), ~resting(r))):
            yield r, tuple(row[1:]), row[0]


def joins(db: Session, *, closed: bool = False, most: int = 200) -> Sequence[JoinLine]:
    """Proposals that wait, the oldest first; or those that ended, the newest first."""
    waits = PersonJoin.state == JoinState.PROPOSED
    chosen = select(PersonJoin).where(waits).order_by(PersonJoin.id).limit(most)
    if closed:
        chosen = select(PersonJoin).where(~waits).order_by(PersonJoin.id.desc()).limit(most)
    return [_line(db, row) for row in db.scalars(chosen)]


def join(db: Session, join_id: str) -> JoinLine:
    """One proposal. Raises Missing("person_join.unknown")."""
    row = db.get(PersonJoin, join_id)
    if row is None:
        raise Missing("person_join.unknown")
    return _line(db, row)


def joins_waiting(db: Session) -> int:
    """How many proposals wait for a second person."""
    return db.scalar(select(func.count()).select_from(PersonJoin).where(PersonJoin.state == JoinState.PROPOSED)) or 0


def doubles(db: Session, most: int = 50) -> Sequence[tuple[RecordLine, RecordLine]]:
    """Pairs of records about which nobody has decided; the earlier record first: a number that was taken off the one finds
    the other now, or they have the same name and birth date.

    Never joined by themselves: two people may be called the same and be born on the same day.
    """
    found = {(first, second): None for chosen in (_moved(), _alike()) for first, second in db.execute(chosen.limit(most))}
    return [(record(db, first), record(db, second)) for first, second in list(found)[:most]]


def _alike() -> Select[str, str]:
    first, second = aliased(Person), aliased(Person)
    chosen = select(first.id, second.id).join(second, (first.likeness == second.likeness) & (first.id < second.id))
    return chosen.where(*_undecided(first, second)).order_by(second.id.desc(), first.id)


def _moved() -> Select[str, str]:
    before, now, first, second = aliased(IdentityDocument), aliased(IdentityDocument), aliased(Person), aliased(Person)
    return (
        select(first.id, second.id)
        .join(before, (before.person_id == first.id) & before.ended_at.is_not(None) & (before.blind != ""))
        .join(DocumentRemoval, DocumentRemoval.document_id == before.id)
        .join(now, (now.blind == before.blind) & now.ended_at.is_(None))
        .join(second, (second.id == now.person_id) & (second.id != first.id))
        .where(DocumentRemoval.state == RemovalState.REMOVED, *_undecided(first, second))
        .order_by(second.id.desc(), first.id)
    )


def _undecided(first: type[Person], second: type[Person]) -> list[ColumnElement[bool]]:
    known = select(PersonJoin.id).where(
        PersonJoin.state.in_((JoinState.PROPOSED, JoinState.REFUSED)),
        PersonJoin.kept_id.in_((first.id, second.id)), PersonJoin.gone_id.in_((first.id, second.id)),
    )  # fmt: skip
    return [c for p in (first, second) for c in (p.erased_at.is_(None), p.merged_into.is_(None))] + [~known.exists()]


def grounds_place(join_id: str, column: str = "grounds") -> str:
    """Where a column of a proposal is sealed for."""
    return f"person_join:{join_id}:{column}"


def _line(db: Session, row: PersonJoin) -> JoinLine:
    box = box_of(db)
    return JoinLine(
        row.id, row.kept_id, row.gone_id, person(db, row.kept_id).name, person(db, row.gone_id).name, *JOIN_REASONS[row.reason],
        box.read(row.grounds, grounds_place(row.id)), row.state, *JOIN.words[JoinState(row.state)], row.proposed_by, row.proposed_at,
        row.decided_by, row.decided_at, box.read(row.answer, grounds_place(row.id, "answer")) if row.answer else "", row.moved,
    )  # fmt: skip


def key_of(row: Base) -> Key:
    """A row's primary key."""
    state: Any = inspect(row)
    return tuple(state.mapper.primary_key_from_instance(row))
