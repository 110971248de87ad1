"""The chain of revisions makes exactly the schema that the models describe, on both databases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, CheckConstraint, Date, DateTime, Engine, Integer, LargeBinary, MetaData, inspect

from skills.credentials import badge, cose, held
from skills.kernel import guards
from skills.kernel.box import Box, Shredded, holding
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import Base, make_engine
from skills.kernel.ids import SeededSource
from skills.migrations import Broken, differences, newest, revisions, stamp_of, upgrade
from tests.credentials.make_vectors import LEVEL, QR
from tests.credentials.test_badge import signed


@pytest.fixture
def empty(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_an_empty_database_becomes_what_the_models_describe(empty: Engine) -> None:
    assert stamp_of(empty) is None
    upgrade(empty)
    assert stamp_of(empty) == newest()
    assert differences(empty) == []
    with empty.connect() as connection:
        assert guards.standing(connection) == guards.names() != frozenset()
    assert set(Base.metadata.tables) <= set(inspect(empty).get_table_names())


def test_upgrading_again_changes_nothing(empty: Engine) -> None:
    upgrade(empty)
    upgrade(empty)
    assert differences(empty) == []


def test_every_check_of_the_models_is_there(empty: Engine) -> None:
    upgrade(empty)
    held = inspect(empty)
    for table in Base.metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {str(c["name"]) for c in held.get_check_constraints(table.name)} >= wanted, table.name


# Answers kept for repeated requests stood there in the clear: the revision that seals them keeps none.
# Samples drawn by a seed that the auditor typed prove nothing: the revision that puts the plan first keeps none.
EMPTIED = {"replay": "0007", "audit_sample": "0011"}
# tries: was never counted; what names a person is sealed since 0012, which a test of its own looks at
DROPPED = {
    "one_time_code": {"tries"}, "person": {"name", "match_name", "birth"}, "name_history": {"name"}, "account": {"name"},
    "certificate": {"claims", "credential", "code"}, "complaint": {"answer"},
}  # fmt: skip
# What a revision reads and not only moves.
CODE = cose.sign(cose.payload_of(LEVEL, 4, datetime(2026, 11, 20, 4, tzinfo=UTC)), QR)
WRITTEN = {
    ("certificate", "claims"): json.dumps(asdict(LEVEL), default=str), ("certificate", "number"): LEVEL.number,
    ("certificate", "credential"): signed(), ("certificate", "code"): CODE, ("certificate_paper", "path"): "x.pdf",
    ("voucher_waiter", "state"): "waiting", ("statement_objection", "state"): "raised", ("training_standard_objection", "state"): "raised",
    ("enrolment", "price"): 0, ("person", "birth"): "2003-01-01", ("person", "name"): LEVEL.holder_name, ("name_history", "name"): "陈晨",
}  # fmt: skip


def boxed(url: str, tmp_path: Path) -> tuple[Engine, Box]:
    """An engine whose sessions know a box, as the assembly makes it."""
    source = SeededSource("migrations")
    box = Box({"a": b"a" * 32}, "a", b"i" * 32, source, DataKeys(tmp_path / "subjects.db", source))
    return holding(make_engine(url), box), box


# Every revision is read and rewritten by each that follows: from the oldest and the newest ones all of them are walked; the others in the soak.
STARTS = [revision for revision in revisions() if revision != newest()]
NEAR = {*STARTS[:3], *STARTS[-4:], *STARTS[4:-4:8]}


@pytest.mark.parametrize("start", [pytest.param(r, marks=() if r in NEAR else pytest.mark.soak) for r in STARTS])
def test_a_database_with_a_row_in_every_table_comes_up_from(start: str, sqlite_url: str, tmp_path: Path) -> None:
    engine, _ = boxed(sqlite_url, tmp_path)
    upgrade(engine, start)
    before = fill(engine)
    upgrade(engine, files=tmp_path)
    assert differences(engine) == []
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        for table, columns in before.items():
            row = connection.exec_driver_sql(f"SELECT * FROM {table}").mappings().one_or_none()
            if start < EMPTIED.get(table, ""):
                assert row is None, table
                continue
            assert row is not None, table
            kept = {name: held for name, held in columns.items() if name not in DROPPED.get(table, ())}
            assert {name: row[name] for name in kept} == kept, table
    engine.dispose()


def test_an_upgrade_that_would_lose_what_others_point_at_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    engine, _ = boxed(sqlite_url, tmp_path)
    upgrade(engine, "0001")
    fill(engine)
    raw = sqlite3.connect(str(engine.url.database))
    raw.execute("DELETE FROM person")
    raw.commit()
    raw.close()
    with pytest.raises(Broken, match="point at rows that are not there"):
        upgrade(engine, files=tmp_path)
    assert stamp_of(engine) == "0001"
    engine.dispose()


def test_what_names_a_person_is_sealed_where_it_stood(database_url: str, tmp_path: Path) -> None:
    """Rows and papers of before revision 0012, on both databases; a paper that a crash left sealed is left alone."""
    engine, box = boxed(database_url, tmp_path)
    upgrade(engine, "0011")
    old = MetaData()
    old.reflect(engine, only=["district", "organisation", "person", "name_history", "account", "certificate", "certificate_paper"])
    with engine.execution_options(writes=True).begin() as connection:
        for table in old.sorted_tables:
            row = {c.name: _typed(table.name, c) for c in table.columns if c.primary_key or not c.nullable}
            row |= {"person_id": "x"} if table.name == "account" else {}
            connection.execute(table.insert().values(row))
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 paper")
    with pytest.raises(RuntimeError, match="files="):
        upgrade(engine)
    assert stamp_of(engine) == "0011"
    upgrade(engine, files=tmp_path)
    assert differences(engine) == []
    with engine.connect() as connection:
        said = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().one() for name in (
            "person", "name_history", "account", "certificate")}  # fmt: skip
    person, row = said["person"], said["certificate"]
    assert box.open(bytes(person["name"]), "person:x:name") == LEVEL.holder_name
    assert box.open(bytes(person["birth"]), "person:x:birth") == "2003-01-01"
    assert box.open(bytes(said["name_history"]["name"]), "name_history:x:name") == "陈晨"
    assert said["account"]["name"] == ""
    kept = json.loads(row["claims"]) if isinstance(row["claims"], str) else row["claims"]
    assert held.opened(box, "x", kept, bytes(row["holder"])) == LEVEL
    assert LEVEL.holder_name not in json.dumps(kept, ensure_ascii=False)
    made = held.sealed(box, "x", "x", LEVEL, signed(), CODE)
    alike = ("name_proof", "four_proof", "code_digest", "code_kid", "credential_kid")
    assert {name: row[name] for name in alike} == {name: made[name] for name in alike}
    assert box.open_bytes(bytes(row["code"]), "certificate:x:code") == CODE
    assert badge.kid_in(box.open_bytes(bytes(row["credential"]), "certificate:x:credential")) == row["credential_kid"]
    assert held.open_file(box, tmp_path, "x.pdf", "x", 1) == b"%PDF-1.7 paper"
    assert DataKeys(tmp_path / "subjects.db", SeededSource("y")).destroy("x", datetime(2026, 11, 26, tzinfo=UTC))
    with pytest.raises(Shredded):
        held.open_file(box, tmp_path, "x.pdf", "x", 1)
    engine.dispose()


def test_the_days_on_which_a_filing_rested_are_read_from_its_history(database_url: str, tmp_path: Path) -> None:
    """Of before revision 0055, in days of Shanghai: suspended twice, the second time until it was revoked."""
    engine, _ = boxed(database_url, tmp_path)
    upgrade(engine, "0051", files=tmp_path)
    old = MetaData()
    old.reflect(engine, only=["district", "organisation", "filing", "certification_step"])
    steps = [("suspend", datetime(2026, 3, 1, 17, tzinfo=UTC)), ("resume", datetime(2026, 3, 9, 2, tzinfo=UTC)),
             ("suspend", datetime(2026, 5, 1, 2, tzinfo=UTC)), ("revoke", datetime(2026, 5, 7, 2, tzinfo=UTC))]  # fmt: skip
    with engine.execution_options(writes=True).begin() as connection:
        for table in old.sorted_tables:
            if table.name != "certification_step":
                row = {c.name: _typed(table.name, c) for c in table.columns if c.primary_key or not c.nullable}
                connection.execute(table.insert().values(row))
        table = old.tables["certification_step"]
        for n, (move, at) in enumerate(steps):
            connection.execute(
                table.insert().values(id=f"s{n}", subject="filing", subject_id="x", move=move, reason="", by="x", at=at)
            )
    upgrade(engine, files=tmp_path)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT step_id, kind, since, until, ended_step FROM filing_pause ORDER BY step_id").all()
    assert [tuple(str(cell) for cell in row) for row in rows] == [
        ("s0", "suspend", "2026-03-02", "2026-03-09", "s1"), ("s2", "suspend", "2026-05-01", "2026-05-07", "s3"),
        ("s3", "revoke", "2026-05-07", "None", "None"),
    ]  # fmt: skip
    engine.dispose()


def _typed(table: str, column: Any) -> Any:
    """A value that the driver takes on both databases."""
    value = WRITTEN.get((table, column.name), value_for(column))
    match column.type:
        case JSON():
            return json.loads(value)
        case DateTime():
            return datetime(2026, 1, 1, tzinfo=UTC)
        case Date():
            return date.fromisoformat(value)
        case Boolean():
            return True
    return value


def fill(engine: Engine) -> dict[str, dict[str, Any]]:
    """One row in every table, each pointing at the others; what was put in, by table and column."""
    held = MetaData()
    held.reflect(engine)
    raw = sqlite3.connect(str(engine.url.database))
    raw.execute("PRAGMA ignore_check_constraints=ON")
    put: dict[str, dict[str, Any]] = {}
    for table in held.sorted_tables:
        if table.name == "alembic_version":
            continue
        points = {c.name for key in table.foreign_keys for c in [key.parent] if key.column.table is not table}
        row = {c.name: WRITTEN.get((table.name, c.name), value_for(c)) for c in table.columns if c.primary_key or not c.nullable or c.name in points}
        marks = ", ".join("?" * len(row))
        names = ", ".join(f'"{name}"' for name in row)
        raw.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(row.values()))
        put[table.name] = row
    raw.commit()
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    return put


def value_for(column: Any) -> Any:
    """Something of the column's kind; what can be pointed at is the same everywhere."""
    match column.type:
        case JSON():
            return "[]"
        case DateTime():
            return "2026-01-01 00:00:00.000000"
        case Date():
            return "2026-01-01"
        case LargeBinary():
            return b"x"
        case Integer() | Boolean():
            return 1
    return "x"


def test_every_unique_and_partial_index_of_the_models_is_there(empty: Engine) -> None:
    upgrade(empty)
    held = inspect(empty)
    for table in Base.metadata.sorted_tables:
        there = {i["name"]: bool(i["unique"]) for i in held.get_indexes(table.name)}
        for index in table.indexes:
            assert there.get(str(index.name)) == index.unique, f"{table.name}.{index.name}"
