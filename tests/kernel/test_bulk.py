"""What is done for many at once is what is done for each: ids, seals, digests, marks, rows that travel by COPY."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from skills.courses.rules.completion import Limits, Result, judge, reached
from skills.kernel import bulk, jobs
from skills.kernel.box import Box
from skills.kernel.canon import canon
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import among, reading, writing
from skills.kernel.ids import SeededSource, base32, row_id, row_ids
from skills.kernel.witness import Witness, shape
from skills.people.models import Person
from skills.returns.actions.keeping import _text
from skills.returns.models import ReturnAnswer, ReturnLine
from skills.returns.queries.marks import said
from skills.standards.models import District
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


@given(st.lists(cells, max_size=5))
def test_digests_of_many_rows_are_those_of_each(rows: list[dict[str, Any]]) -> None:
    made = shape(inspect(ReturnLine))
    assert Witness.under_all(b"k" * 32, made, rows) == [Witness.under(b"k" * 32, made, row) for row in rows]


values = st.one_of(texts, st.dates(), st.decimals(allow_nan=False, allow_infinity=False), st.integers(), st.booleans())


@given(st.dictionaries(st.sampled_from(["name", "day", "hours", "class"]), values))
def test_what_a_row_says_is_its_canonical_text(row: dict[str, Any]) -> None:
    assert said(["class", "day", "hours", "name"], row) == canon(row)


@given(st.dictionaries(texts, texts, max_size=5))
def test_cells_are_written_as_json_writes_them(row: dict[str, str]) -> None:
    assert _text(row) == json.dumps(row, ensure_ascii=False)


numbers = st.decimals(0, 130, places=1)


@given(numbers, numbers, numbers, st.integers(1, 130))
def test_what_is_reached_is_what_is_judged(hours: Decimal, attendance: Decimal, score: Decimal, course: int) -> None:
    result, limits = Result(hours, attendance, score, date(2026, 11, 20)), Limits(80, 80, 60, 30)
    assert reached(result, course, limits) == bool(judge(result, course, limits))


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
