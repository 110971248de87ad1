"""A data key for each person: what is sealed under it opens nowhere once the key is destroyed, and nothing else changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, select

from skills.accounts import actions as accounts
from skills.accounts.models import Account, OneTimeCode
from skills.accounts.rules import Role
from skills.aftercare.rules import CareKind
from skills.complaints import actions as complaints
from skills.credentials.models import Certificate
from skills.kernel.box import OF_SUBJECT, SUITE, Box, Shredded, Tampered
from skills.kernel.datakeys import DataKeys, KeyDestroyed
from skills.kernel.db import Base
from skills.kernel.ids import SeededSource, SystemSource
from skills.people.actions import record_consent, register_person, reveal_document
from skills.people.models import IdentityDocument, Person
from skills.people.queries import phone_of, printed_document
from tests.aftercare.stage import ABOVE, Case, case
from tests.people_and_bodies import Someone, acting, resident, someone
from tests.world import World

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PLACE = "person:1:phone"


def keys(folder: Path) -> DataKeys:
    return DataKeys(folder / "subjects.db", SystemSource())


def box(held: DataKeys | None) -> Box:
    return Box({"a": b"\1" * 32}, "a", b"\3" * 32, SeededSource("box"), held)


def _take(folder: str) -> bytes:
    return keys(Path(folder)).take("somebody")


def test_every_process_and_thread_gets_the_same_key(tmp_path: Path) -> None:
    with get_context("spawn").Pool(2) as others:
        first = others.map(_take, [str(tmp_path)] * 4)
    held = keys(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        second = list(threads.map(lambda _: held.take("somebody"), range(32)))
    assert len({*first, *second}) == 1
    assert len(held.take("somebody")) == 32
    assert held.take("somebody else") not in first


@given(text=st.text(), flip=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_value_opens_at_its_place_and_unchanged_alone(
    text: str, flip: int, change: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    held = box(keys(tmp_path_factory.getbasetemp()))
    sealed = held.seal(text, PLACE, "p1")
    assert held.open(sealed, PLACE) == text
    with pytest.raises(Tampered):
        held.open(sealed, "person:2:phone")
    changed = bytearray(sealed)
    changed[flip % len(sealed)] ^= change
    with pytest.raises(Tampered):
        held.open(bytes(changed), PLACE)


def test_a_destroyed_key_opens_nothing_in_any_process_and_never_comes_back(tmp_path: Path) -> None:
    held, other = keys(tmp_path), keys(tmp_path)
    value, neighbour = box(held).seal("13812345678", PLACE, "p1"), box(held).seal("13912345678", PLACE, "p2")
    assert box(other).open(value, PLACE) == "13812345678"
    key, kept = held.take("p1"), held.take("p2")
    file = tmp_path / "subjects.db"
    assert key in file.read_bytes()
    assert held.destroy("p1", NOW)
    assert not other.destroy("p1", NOW)
    assert key not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert kept in file.read_bytes()
    with pytest.raises(Shredded):
        box(other).open(value, PLACE)
    with pytest.raises(KeyDestroyed):
        box(other).seal("again", PLACE, "p1")
    assert box(other).open(neighbour, PLACE) == "13912345678"
    assert held.destroy("never sealed anything", NOW)
    with pytest.raises(KeyDestroyed):
        held.take("never sealed anything")


def test_a_lost_file_is_no_erasure_and_one_that_others_may_read_is_refused(tmp_path: Path) -> None:
    sealed = box(keys(tmp_path)).seal("v", PLACE, "p1")
    (tmp_path / "elsewhere").mkdir()
    for without in (box(keys(tmp_path / "elsewhere")), box(None)):
        with pytest.raises(Tampered) as no:
            without.open(sealed, PLACE)
        assert no.type is Tampered
    (tmp_path / "subjects.db").chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        keys(tmp_path).find("p1")


def test_a_key_is_there_or_destroyed_and_nothing_between(tmp_path: Path) -> None:
    keys(tmp_path).take("p1")
    for change in ("SET key = NULL", "SET destroyed_at = '2026-11-23'"):
        with sqlite3.connect(tmp_path / "subjects.db") as raw, pytest.raises(sqlite3.IntegrityError):
            raw.execute(f"UPDATE subject_key {change}")


def about_people(world: World) -> Iterator[tuple[str, str, str, bytes]]:
    """(table, column, person, value) of every binary value in a row that names a person, or belongs to one's account."""
    with world.db() as db:
        accounts_of = {row.id: row.person_id for row in db.scalars(select(Account)) if row.person_id}
        for table in Base.metadata.sorted_tables:
            points = {key.column.table.name: key.parent for key in table.foreign_keys}
            owner = table.c.id if table.name == "person" else points.get("person")
            owner = points.get("account") if owner is None else owner
            if owner is None:
                continue
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    for who, value in db.execute(select(owner, column).where(column.is_not(None), owner.is_not(None))):
                        yield table.name, column.name, accounts_of.get(who, who), bytes(value)


def full_life(world: World) -> tuple[Case, Someone]:
    """Somebody of whom everything that is sealed is on record, and a neighbour."""
    c = case(world)
    account = world.perform(accounts.open_for_person, person_id=c.who.id)
    own = acting(Role.PERSON, account.id, person=c.who.id)
    code = world.perform(accounts.make_email_code, actor=own, address="chen@example.cn").code
    world.perform(accounts.confirm_email, actor=own, code=code)
    world.perform(reveal_document, actor=world.actor("person.reveal"), person_id=c.who.id, reason="other", detail="核对")
    world.perform(complaints.file, actor=own, kind="service", text="窗口无人接待", contact="13812345678")
    request = c.ask(CareKind.CORRECT, c.clerk, changes={"branch": "程序测试员"})
    c.examine(request, CareKind.CORRECT)
    young = world.perform(
        register_person, name="小陈", document_kind="resident", document_number=resident(5, NOW.date().replace(year=2010)),
        birth=NOW.date().replace(year=2010), sex="M", district="500105", phone="13612345678",
    )  # fmt: skip
    world.perform(record_consent, person_id=young.person_id, form_number="JH-2026-1")
    return c, someone(world, 7, "邻居", phone="13712345678")


def test_whatever_is_sealed_of_a_person_is_sealed_under_that_persons_key(world: World) -> None:
    full_life(world)
    found = list(about_people(world))
    for table, column, person, value in found:
        assert value[:1] == OF_SUBJECT, f"{table}.{column} is not sealed under a person's key"
        assert value[2 : 2 + value[1]].decode() == person, f"{table}.{column}"
    assert {(table, column) for table, column, _, _ in found} >= {
        ("person", "name"), ("person", "birth"), ("certificate", "holder"), ("certificate", "credential"), ("certificate", "code"),
        ("person", "phone"), ("person", "guardian_form"), ("identity_document", "number"), ("document_opening", "detail"),
        ("account", "email"), ("one_time_code", "address"), ("complaint", "text"), ("complaint", "contact"),
        ("care_request", "text"), ("care_request", "note"), ("care_request", "changes"),
    }  # fmt: skip
    world.holds(ABOVE)


def test_without_the_key_a_person_is_unreadable_while_rows_chain_log_and_certificate_stay_whole(world: World) -> None:
    c, neighbour = full_life(world)
    before = [value for _, _, person, value in about_people(world) if person == c.who.id]
    assert world.tool(DataKeys).destroy(c.who.id, world.clock.now())
    held = world.tool(Box)
    with pytest.raises(Shredded):
        world.ask(phone_of, held, c.who.id)
    with pytest.raises(Shredded):
        world.ask(printed_document, held, c.who.id)
    assert before == [value for _, _, person, value in about_people(world) if person == c.who.id]
    assert world.ask(phone_of, held, neighbour.id) == "13712345678"
    said = world.violations(ABOVE)
    found = {"people.documents_open", "people.erased_for_good", "accounts.addresses_open", "credentials.signatures_hold"}
    assert set(said) == found, said
    assert all(len(lines) == 1 for lines in said.values()), said


def test_what_was_sealed_before_people_had_keys_still_opens(lite: World) -> None:
    who = someone(lite, phone="13812345678")
    old = lite.tool(Box).seal("13812345678", f"person:{who.id}:phone")
    assert old[:1] == SUITE
    assert lite.tool(Box).open(old, f"person:{who.id}:phone") == "13812345678"
    with lite.db() as db:
        assert db.scalar(select(Person.phone).where(Person.id == who.id))[:1] == OF_SUBJECT  # type: ignore[index]
        assert db.scalar(select(IdentityDocument.number))[:1] == OF_SUBJECT  # type: ignore[index]
        assert not db.scalars(select(OneTimeCode)).all()
        assert not db.scalars(select(Certificate)).all()
