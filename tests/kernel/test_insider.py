"""What somebody with the database password can do to each table, and what names it: a catalogue made from the metadata.

For every table that carries a promise: a row put in, changed, taken away, and a rewrite that also mends the audit
entry, its leaf, the tree and every checkpoint in the database with the real keys. A table that is added later is in
the catalogue by itself; if nothing finds the edits, the test fails until somebody writes the finding or the reason.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from skills.kernel import adopting, audit, guards, log, merkle, witness
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.checks import CHECKS, Bookkeeper
from skills.kernel.db import Base, UtcDateTime, writing
from skills.kernel.keys import KeyRing
from skills.kernel.shapes import Shape
from skills.people.models import Person
from skills.people.queries import likeness, name_place, person
from skills.standards.actions import load
from tests.people_and_bodies import someone
from tests.world import NOON, World, make_world

# Tables whose direct edits nothing names; each says why in its class, and why that does no harm.
# What courses are found by is compared with what they say (courses.search), which tests/courses/test_search.py breaks;
# the days on which a filing rested with its history (certification.filing_pauses): tests/certification/test_filing_days.py.
SILENT = {
    "job", "replay", "web_session", "return_finding", "return_fault", "return_file", "course_text", "course_gram", "filing_pause",
}  # fmt: skip
LOGS = ("audit.rows_on_record", "audit.unchanged", "log.streams_fit", "log.nodes_fit", "credentials.logged")
PUBLISHED = ("standards.as_published",)
REFERENCE = {"occupation", "occupation_alias", "branch", "district"}
KINDS = ("put in", "changed", "taken away", "rewritten with all keys")
FRESH = 7  # the number of the row that the insider makes up


def tables() -> list[Table]:
    from skills import features

    features.load()
    return [t for t in Base.metadata.sorted_tables if t.name not in SILENT]


def value_of(column: Any, number: int) -> Any:
    """Any value that the column can hold; another for another number."""
    match column.type:
        case UtcDateTime():
            return NOON + timedelta(hours=number)
        case Date():
            return date(2026, 1, 1) + timedelta(days=number)
        case JSON():
            return {"n": number}
        case LargeBinary():
            return bytes([number]) * 32
        case Boolean():
            return number % 2 == 1
        case Integer():
            return number
        case String():
            return f"{number}{column.name}"[: column.type.length or 40]
    raise TypeError(column.type)


def made_up(table: Table, number: int) -> dict[str, Any]:
    return {column.key: value_of(column, number) for column in table.columns}


def models() -> dict[str, Any]:
    return {m.local_table.name: m.class_ for m in Base.registry.mappers}


@action("test.plant", may="test.plant")
def plant(act: Act) -> None:
    """Two rows in every followed table, as an act would write them."""
    for shape in witness.followed():
        keys = {c.name: shape.mapper.get_property_by_column(c).key for c in shape.table.columns}
        rows = [{keys[name]: value for name, value in made_up(shape.table, number).items()} for number in (1, 2)]
        act.db.execute(insert(shape.mapper.class_), rows)


@dataclass
class Books:
    """The planted world, and checks asked of one open transaction that is rolled back afterwards."""

    world: World

    @contextmanager
    def edit(self) -> Iterator[Session]:
        with Session(self.world.engine.execution_options(writes=True)) as db:
            yield db
            db.rollback()

    def ask(self, db: Session, names: tuple[str, ...]) -> dict[str, list[str]]:
        book = Bookkeeper(db, self.world.clock.now(), self.world.office.tools)
        found = {name: list(CHECKS[name].ask(book)) for name in names}
        return {name: lines for name, lines in found.items() if lines}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    folder: Path = tmp_path_factory.mktemp("insider")
    world = make_world(folder / "data", f"sqlite:///{folder}/skills.db")
    with world.engine.execution_options(writes=True).begin() as connection:
        guards.take_down(connection)  # as whoever has the password would
    event.listen(world.engine, "connect", _careless)
    world.engine.dispose()
    world.perform(plant)
    world.perform(load, key="again")
    world.seal()
    with pytest.raises(Exception, match="unknown"):
        world.perform(_refused, actor=world.actor("test.refuse"))
    world.perform(load, key="waits")  # its entry stays in the queue
    yield Books(world)
    world.engine.dispose()


@action("test.refuse", may="test.refuse")
def _refused(act: Act) -> None:
    """An act that is refused, so that an attempt is on record."""
    act.get(audit.AuditEntry, id="nothing")


def _careless(connection: Any, _record: object) -> None:
    """Whoever has the database can switch its own guards off."""
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA ignore_check_constraints=ON")


def key_of(table: Table, row: Any) -> Any:
    clause = [table.c[c.name] == row[c.name] for c in table.primary_key]
    return clause[0] if len(clause) == 1 else clause[0] & clause[1] if len(clause) == 2 else clause[0] & clause[1] & clause[2]


def first(db: Session, table: Table) -> Any:
    row = db.execute(select(table).order_by(*table.primary_key.columns)).mappings().first()
    assert row is not None, f"no row of {table.name} to edit"
    return row


# When something was put in order is a hint for people; what is signed stands in these columns.
SIGNED = {"log_leaf": "leaf", "log_queue": "leaf", "log_checkpoint": "note"}


def other(table: Table, row: Any) -> dict[str, Any]:
    """The last column that is no key, with another value."""
    chosen = SIGNED.get(table.name)
    column = table.c[chosen] if chosen else [c for c in table.columns if not c.primary_key][-1]
    now = row[column.name]
    value = not now if isinstance(now, bool) else value_of(column, 9)
    assert value != now
    return {column.key: value}


def put_in(db: Session, table: Table) -> None:
    db.execute(insert(table).values(**made_up(table, FRESH)))


def changed(db: Session, table: Table) -> None:
    row = first(db, table)
    db.execute(update(table).where(key_of(table, row)).values(**other(table, row)))


def taken_away(db: Session, table: Table) -> None:
    db.execute(delete(table).where(key_of(table, first(db, table))))


EDITS: dict[str, Callable[[Session, Table], None]] = {
    "put in": put_in, "changed": changed, "taken away": taken_away,
}  # fmt: skip


def test_no_row_of_the_planted_world_is_in_doubt(books: Books) -> None:
    with books.edit() as db:
        assert books.ask(db, (*LOGS[:4], *PUBLISHED)) == {}


def test_the_catalogue_is_large_and_complete() -> None:
    found = tables()
    print(f"\n{len(found)} tables, {len(found) * len(KINDS)} edits")
    assert len(found) * len(KINDS) >= 40
    for table in Base.metadata.sorted_tables:
        reason = witness.unwitnessed(table.name)
        assert reason is None or len(reason) > 20, f"{table.name}: say why its rows are not followed"
        assert (table.name in SILENT) <= (reason is not None)


def all_key(table: Table) -> bool:
    """A row that is nothing but its key cannot be changed: it is taken away, and another is put in. Both are tried."""
    return all(c.primary_key for c in table.columns)


def editable(kind: str) -> list[Table]:
    return [t for t in tables() if not (kind == "changed" and all_key(t))]


@pytest.fixture(scope="module")
def named(books: Books) -> Callable[[str], tuple[dict[str, Any], list[str]]]:
    """What the promises say of edits of one kind, made to every followed table at once: what was there, and the lines.

    A line names table, key and kind, so that no edit hides behind another; asking once for each would read the whole world
    five hundred times.
    """

    @cache
    def of(kind: str) -> tuple[dict[str, Any], list[str]]:
        with books.edit() as db:
            before = {}
            for table in editable(kind):
                if witness.unwitnessed(table.name) is None:
                    before[table.name] = first(db, table)
                    EDITS[kind](db, table)
            return before, [line for held in books.ask(db, LOGS[:4]).values() for line in held]

    return of


@pytest.mark.parametrize(
    ("table", "kind"), [pytest.param(t, k, id=f"{t.name}-{k}") for k in EDITS for t in editable(k)]
)
def test_a_direct_edit_is_named(books: Books, named: Any, table: Table, kind: str) -> None:
    if witness.unwitnessed(table.name) is not None:
        with books.edit() as db:
            EDITS[kind](db, table)
            found = books.ask(db, PUBLISHED if table.name in REFERENCE else LOGS[:4])
        print(f"{table.name:24} {kind:12} {found}")
        assert found, f"{table.name}: a row can be {kind} and nothing says so"
        return
    before, said = named(kind)
    lines = [line for line in said if line.startswith(f"{table.name} ")]
    print(f"{table.name:24} {kind:12} {lines}")
    key = [FRESH if isinstance(c.type, Integer) else value_of(c, FRESH) for c in table.primary_key.columns]
    text_of_key = witness.key_text(tuple(key if kind == "put in" else (before[table.name][c.name] for c in table.primary_key)))
    assert len(lines) == 1, f"{table.name}: a row can be {kind} and nothing says so"
    assert lines[0].startswith(f"{table.name} {text_of_key}: {kind} outside any act")


@pytest.mark.parametrize("kind", EDITS)
def test_edits_of_followed_tables_are_named_and_nothing_else(named: Any, kind: str) -> None:
    before, said = named(kind)
    assert {line.split(" ", 1)[0] for line in said} == set(before)


def cookable() -> list[Table]:
    return [s.table for s in witness.followed() if not all_key(s.table)] if tables() else []


@pytest.fixture(scope="module")
def cooked(books: Books) -> tuple[set[str], dict[str, list[str]]]:
    """Tables whose audit entry has another leaf after a rewrite with every key, and what the promises say of them all."""
    with books.edit() as db:
        moved = set()
        for table in cookable():
            changed(db, table)
            if _cook(db, books.world, table):
                moved.add(table.name)
        rebuild(db, books.world)
        return moved, books.ask(db, LOGS[:4])


@pytest.mark.parametrize("table", cookable(), ids=lambda t: t.name)
def test_a_rewrite_with_every_key_contradicts_the_checkpoint_outside(cooked: Any, table: Table) -> None:
    moved, found = cooked
    assert table.name in moved, "its leaf, and with it the root that was signed and lies outside, would be the same"
    assert list(found) == ["log.streams_fit"]
    assert all("outside checkpoint" in line and "history was changed" in line for line in found["log.streams_fit"])


def _cook(db: Session, world: World, table: Table) -> bool:
    """Make audit entry and leaf agree with the edited row; whether the leaf is another than before."""
    held: witness.Witness = world.tool(witness.Witness)
    shape = next(s for s in witness.followed() if s.table is table)
    row = first(db, table)
    key = witness.key_text(tuple(row[name] for name in shape.key))
    entries = db.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.turn.desc()))
    entry = next(e for e in entries if key in (e.rows or {}).get("rows", {}).get(table.name, {}))
    assert entry.rows is not None
    rows = {**entry.rows["rows"], table.name: {**entry.rows["rows"][table.name]}}
    rows[table.name][key] = held.digest(entry.rows["key"], shape, dict(row))
    entry.rows = {**entry.rows, "rows": rows}
    db.flush()
    leaf = db.get_one(log.LogLeaf, (log.AUDIT, _seq(db, f"entry:{entry.id}")))
    before, leaf.leaf = leaf.leaf, audit.entry_leaf(entry)
    db.flush()
    return leaf.leaf != before


def _seq(db: Session, source: str) -> int:
    found = db.scalar(select(log.LogLeaf.seq).where(log.LogLeaf.stream == log.AUDIT, log.LogLeaf.source == source))
    assert found is not None
    return found


def rebuild(db: Session, world: World) -> None:
    """Nodes and checkpoints anew from the leaves, signed with the real key."""
    keys: KeyRing = world.tool(KeyRing)
    leaves = db.scalars(select(log.LogLeaf.leaf).where(log.LogLeaf.stream == log.AUDIT).order_by(log.LogLeaf.seq)).all()
    tree = merkle.Tree([merkle.leaf_hash(leaf) for leaf in leaves])
    for node in db.scalars(select(log.LogNode).where(log.LogNode.stream == log.AUDIT)):
        node.hash = tree.node(node.level, node.place)
    for head in db.scalars(select(log.LogCheckpoint).where(log.LogCheckpoint.stream == log.AUDIT)):
        point = merkle.Checkpoint(f"{world.settings.host}/audit", head.size, tree.root(head.size))
        head.note = merkle.sign_checkpoint(point, keys.ed25519(keys.active("log").kid))
    db.flush()


@pytest.mark.parametrize("shape", witness.followed() if tables() else [], ids=lambda s: s.table.name)
def test_every_column_enters_the_digest(books: Books, shape: Shape) -> None:
    held: witness.Witness = books.world.tool(witness.Witness)
    row = made_up(shape.table, 1)
    digests = {held.digest(held.kid, shape, row)}
    for column in shape.table.columns:
        digests.add(held.digest(held.kid, shape, {**row, column.name: value_of(column, 2)}))
        if column.nullable:
            digests.add(held.digest(held.kid, shape, {**row, column.name: None}))
    count = 1 + len(shape.table.columns) + sum(bool(c.nullable) for c in shape.table.columns)
    assert len(digests) == count
    assert inspect(books.world.engine).has_table(shape.table.name)


PEOPLE_EDITS = {
    "put in": "insert into name_history (id, person_id, name, until, reason) select 'A', id, name, registered_at, 'y' from person",
    "changed": "update person set district = '500103'",
    "taken away": "delete from identity_document",
}


@pytest.mark.parametrize("what", PEOPLE_EDITS)
def test_both_databases_name_an_edit_and_adopt_it_for_a_reason(world: World, what: str) -> None:
    someone(world)
    world.seal()
    assert "audit.rows_on_record" not in world.violations()
    with writing(world.engine) as db:
        db.execute(text(PEOPLE_EDITS[what]))
    found = world.violations()["audit.rows_on_record"]
    assert len(found) == 1
    assert f"{what} outside any act" in found[0]
    with world.refused("rows.reason_needed"):
        world.perform(adopting.adopt, reason=" ")
    assert world.perform(adopting.adopt, reason="the registry corrected it by hand").rows == 1
    assert world.perform(adopting.adopt, reason="again").rows == 0
    assert "audit.rows_on_record" not in world.violations()
    world.asked = True  # a person without a document stays a fault of its own


def test_acts_at_the_same_time_on_the_same_row_leave_no_doubt(world: World) -> None:
    """Two acts wait for each other at a row; the later one's digest is the one that counts, whatever their ids say."""
    one = someone(world)

    def rename(number: int) -> None:
        world.office.perform(_rename, actor=world.actor("test.rename"), key=f"r{number}", person_id=one.id, name=f"陈{number}")

    threads = [threading.Thread(target=rename, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.db() as db:
        turns = db.scalars(select(audit.AuditEntry.turn).where(audit.AuditEntry.action == "test.rename")).all()
    assert len(set(turns)) == 24
    assert "audit.rows_on_record" not in world.violations()


@action("test.rename", may="test.rename")
def _rename(act: Act, person_id: str, name: str) -> None:
    """Change one row by a statement, as counters are changed."""
    act.db.execute(update(Person).where(Person.id == person_id).values(name=act.using(Box).seal(name, name_place(person_id), person_id)))


def test_an_object_changed_after_a_statement_is_read_again(lite: World) -> None:
    one = someone(lite)
    lite.perform(_both_ways, actor=lite.actor("test.rename"), person_id=one.id)
    assert lite.ask(lambda db: person(db, one.id).name) == "二"
    lite.holds()


@action("test.both_ways", may="test.rename")
def _both_ways(act: Act, person_id: str) -> None:
    """The object in hand does not know what the statement wrote."""
    row = act.get(Person, id=person_id)
    row.sex = "F"
    act.db.flush()
    box, birth = act.using(Box), person(act.db, person_id).birth
    quiet = update(Person).where(Person.id == person_id).values(
        name=box.seal("二", name_place(person_id), person_id), likeness=likeness(box, "二", birth)
    )
    act.db.execute(quiet.execution_options(synchronize_session=False))
    row.district = "500103"


def test_a_bare_table_cannot_be_written_in_an_act(lite: World) -> None:
    with pytest.raises(RuntimeError, match="mapped"):
        lite.perform(_bare, actor=lite.actor("test.rename"))


@action("test.bare", may="test.rename")
def _bare(act: Act) -> None:
    """Past the mapped classes."""
    act.db.execute(update(Base.metadata.tables["person"]).values(name="x"))
