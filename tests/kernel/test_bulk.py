"""What is done for many at once is what is done for each: ids, seals, digests, marks, rows that travel by COPY."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import event, inspect, select
from sqlalchemy.exc import IntegrityError

from skills.courses.rules.completion import Limits, Result, judge, reached
from skills.kernel import bulk, jobs
from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Act, Action
from skills.kernel.box import Box
from skills.kernel.canon import canon, plain, written
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import among, reading, writing
from skills.kernel.findings import Finding, Verdict
from skills.kernel.ids import SeededSource, base32, row_id, row_ids
from skills.kernel.shapes import shape
from skills.kernel.witness import Witness
from skills.messages.models import Message
from skills.people.models import Person
from skills.returns.actions.keeping import _text
from skills.returns.models import ReturnAnswer, ReturnLine
from skills.returns.queries.marks import Teller
from skills.standards.models import District
from tests.vouchers.crowd import crowd
from tests.world import NOON, World

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
texts = st.text(max_size=12)


class Drip:
    """The same bytes however they are asked for."""

    def __init__(self) -> None:
        self._held = b"".join(SeededSource(str(n)).token(32) for n in range(40))

    def token(self, size: int) -> bytes:
        found, self._held = self._held[:size], self._held[size:]
        return found


def test_many_ids_are_the_ids_one_by_one() -> None:
    block, single = Drip(), Drip()
    assert row_ids(AT, block, 50) == [row_id(AT, single) for _ in range(50)]
    assert row_ids(AT, block, 0) == []


@given(st.lists(texts, max_size=8))
def test_what_is_sealed_together_opens_one_by_one_and_the_other_way(values: list[str]) -> None:
    box = Box({"a": b"1" * 32}, "a", b"2" * 32, SeededSource("x"))
    sealed = box.seal_all([(value, f"t:{n}") for n, value in enumerate(values)])
    assert [box.open(body, f"t:{n}") for n, body in enumerate(sealed)] == values
    assert box.read_all([(box.seal(v, f"t:{n}"), f"t:{n}") for n, v in enumerate(values)]) == values


def test_many_are_read_with_the_keys_of_their_subjects_and_a_destroyed_key_leaves_nothing(world: World) -> None:
    box, keys = world.tool(Box), world.tool(DataKeys)
    sealed = [(box.seal(f"name {n}", f"t:{n}", f"subject-{n}"), f"t:{n}") for n in range(3)]
    sealed.append((box.seal("common", "t:9"), "t:9"))
    keys.destroy("subject-1", NOON)
    assert box.read_all(sealed, "gone") == ["name 0", "gone", "name 2", "common"]
    with pytest.raises(Exception, match="t:8"):
        box.read_all([(sealed[0][0], "t:8")])


cells = st.fixed_dictionaries(
    {
        "id": texts, "return_id": texts, "row": st.integers(0, 99), "cells": st.binary(max_size=9), "mark": texts,
        "state": st.sampled_from(["checked", "waiting"]), "worth": st.integers(0, 10**9), "same_as": st.none() | texts,
        "source": st.none() | texts, "applied_at": st.none() | st.just(AT),
    }
)  # fmt: skip


@given(st.lists(cells, min_size=1, max_size=5))
def test_digests_of_many_rows_are_those_of_each(rows: list[dict[str, Any]]) -> None:
    made = shape(inspect(ReturnLine))
    columns = made.columns({name: [row[name] for row in rows] for name in rows[0]}, len(rows))
    assert columns is not None
    assert Witness.under_all(b"k" * 32, made, columns) == [Witness.under(b"k" * 32, made, row) for row in rows]


class Colour(StrEnum):
    RED = "red"


told = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.decimals() | st.just(Colour.RED) | st.just(AT),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text() | st.integers() | st.dates(), some, max_size=3)
    | st.tuples(some, some) | st.builds(Finding, st.text(), st.booleans(), facts=st.dictionaries(texts, some, max_size=2))
    | st.builds(Verdict, st.booleans(), texts, st.tuples(st.builds(Finding, texts, st.booleans()))),
    max_leaves=12,
)  # fmt: skip


@given(told)
def test_canonical_text_is_the_text_of_plain_terms_also_of_what_is_written_down_in_parts(value: object) -> None:
    exact = json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert canon(value) == exact
    assert canon(plain(value)) == exact
    assert canon({"a": [written(value)], "b": value}) == canon({"a": [value], "b": value})
    assert plain([written(value)]) == [plain(value)]


values = st.one_of(texts, st.dates(), st.decimals(allow_nan=False, allow_infinity=False), st.integers(), st.booleans())


@given(st.lists(st.dictionaries(st.sampled_from(["name", "day", "hours", "class"]), values), max_size=6))
@example([{"hours": Decimal("88")}, {"hours": Decimal("88.0")}, {"hours": 88}, {}])
def test_what_rows_say_is_their_canonical_text(rows: list[dict[str, Any]]) -> None:
    tell = Teller(["class", "day", "hours", "name"])
    assert [tell.said(row) for row in rows] == [canon(row) for row in rows]


@given(st.dictionaries(texts, texts, max_size=5))
def test_cells_are_written_as_json_writes_them(row: dict[str, str]) -> None:
    assert _text(row) == json.dumps(row, ensure_ascii=False)


numbers = st.decimals(0, 130, places=1)


@given(numbers, numbers, numbers, st.integers(1, 130))
def test_what_is_reached_is_what_is_judged(hours: Decimal, attendance: Decimal, score: Decimal, course: int) -> None:
    result, limits = Result(hours, attendance, score, date(2026, 11, 20)), Limits(80, 80, 60, 30)
    assert reached(hours, attendance, score, course, limits) == bool(judge(result, course, limits))


def test_among_finds_what_is_there_however_many_are_asked_for(world: World) -> None:
    with world.db() as db:
        every = set(db.scalars(select(District.code)))
        asked = {*every, "'", "x\x1fy", "%", *(f"no-{n}" for n in range(5_000))} - {min(every)}
        assert set(db.scalars(select(District.code).where(among(db, District.code, asked)))) == every - {min(every)}
        assert list(db.scalars(select(District.code).where(among(db, District.code, [])))) == []


def test_rows_that_travel_by_copy_are_the_rows_that_were_given(world: World) -> None:
    rows: list[dict[str, Any]] = [
        {"id": f"p{n:025}", "name": bytes([n, 0, 255]), "birth": b"\\x", "sex": "F", "district": "500112", "phone": None,
         "phone_blind": None if n % 2 else "\t\\N'\"", "synthetic": n % 3 == 0, "registered_at": AT,
         "guardian_consent_at": None, "guardian_form": None, "likeness": None, "merged_into": None, "erased_at": None}
        for n in range(bulk.FEWEST)
    ]  # fmt: skip
    by_copy = world.engine.dialect.name == "postgresql"
    with writing(world.engine) as db:
        assert bulk.copied(db, Person, rows) is by_copy
        assert not bulk.copied(db, Person, rows[:5])
    if not by_copy:
        return
    with reading(world.engine) as db:
        held = {p.id: p for p in db.scalars(select(Person).where(Person.id.in_([r["id"] for r in rows])))}
        assert [{name: getattr(held[r["id"]], name) for name in r} for r in rows] == rows
    with pytest.raises(IntegrityError), writing(world.engine) as db:
        bulk.copied(db, Person, rows)
    assert world.violations(), "they were put in past any act"


NASTY = {"a\\": ["\t\n\r\\N", "\x1f%s", "𠮷'\"", None, True, 1], "day": "2026-11-23"}


@pytest.mark.parametrize("count", [3, bulk.FEWEST])
def test_what_is_written_down_is_stored_and_put_on_record_as_the_value_is(world: World, count: int) -> None:
    """Rows of an act, some with a value written down before and some with the bare value: they read alike and fsck holds."""
    held, (person,) = written(NASTY), crowd(world, 1)

    def send(act: Act) -> None:
        act.add_many(Message, [
            {"id": row_id, "person_id": person, "account_id": None, "organisation_id": None, "code": f"%s\t\\N\n{n}", "sent_at": act.at,
             "facts": held if n % 2 else NASTY, "read_at": None if n % 3 else act.at, "delivered_at": None}
            for n, row_id in enumerate(act.new_ids(count))
        ])  # fmt: skip

    world.office.perform(Action("test.many", "system.jobs", send), actor=SYSTEM)
    with world.db() as db:
        rows = db.scalars(select(Message).where(Message.person_id == person)).all()
        assert [row.facts for row in rows] == [NASTY] * count
        assert {row.code for row in rows} == {f"%s\t\\N\n{n}" for n in range(count)}
        assert {row.read_at for row in rows} == {None, world.clock.now()}
    assert set(world.violations()) == {"messages.readable"}


def test_rows_that_are_held_are_changed_and_stand_on_record_unread_and_others_are_not(world: World) -> None:
    people = crowd(world, 3)

    def change(act: Act, unread: bool = False) -> None:
        but = ("district", *(["sex"] if unread else []))
        held = act.db.execute(select(*bulk.whole(Person, but=but)).where(Person.id.in_(people))).all()
        act.change_many(Person, held, district="500103")

    with pytest.raises(ValueError, match="known whole"):
        world.office.perform(Action("test.unread", "system.jobs", change), actor=SYSTEM, unread=True)
    said: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda _c, _cu, statement, *_: said.append(statement))
    world.office.perform(Action("test.change", "system.jobs", change), actor=SYSTEM)
    assert sum("person" in statement for statement in said) == 2, said
    with world.db() as db:
        assert set(db.scalars(select(Person.district).where(Person.id.in_(people)))) == {"500103"}
    world.holds()

    def gone(act: Act) -> None:
        held = act.db.execute(select(*bulk.whole(Person)).where(Person.id == people[0])).all()
        act.change_many(Person, [held[0], held[0]], district="500112")

    with pytest.raises(RuntimeError, match="1 of 2 rows"):
        world.office.perform(Action("test.gone", "system.jobs", gone), actor=SYSTEM)


def test_rows_that_leave_a_default_of_the_mapping_out_do_not_travel_by_copy(world: World) -> None:
    rows: list[dict[str, Any]] = [
        {"return_id": f"r{n:025}", "row": n, "id": f"i{n:025}", "column": "", "line_id": f"l{n:025}", "answer": "new",
         "answered_by": "a", "answered_at": AT}
        for n in range(bulk.FEWEST)
    ]  # fmt: skip
    with writing(world.engine) as db:
        assert not bulk.copied(db, ReturnAnswer, rows), "the reason is filled in by the mapping alone"


def test_an_id_is_its_moment_and_eighty_bits_in_crockfords_alphabet() -> None:
    moment, chance = int(AT.timestamp() * 1000), int.from_bytes(SeededSource("a").token(10), "big")
    assert row_id(AT, SeededSource("a")) == base32(moment, 10) + base32(chance, 16)


def test_many_jobs_of_a_kind_can_travel_by_copy(world: World) -> None:
    orders = [jobs.Order(f"j{n:025}", f"deliver:{n}", {"message_id": f"m{n}"}) for n in range(bulk.FEWEST)]
    rows = jobs.rows_of("messages.deliver", AT, "a", orders)
    with writing(world.engine) as db:
        assert bulk.copied(db, jobs.Job, rows) is (world.engine.dialect.name == "postgresql")
