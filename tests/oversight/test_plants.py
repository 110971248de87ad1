"""What the rehearsal plants is the same for a seed, names what exists, and looks as if the acts had written it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.types import JSON, LargeBinary

from skills.complaints.actions import answer as answer_complaint
from skills.complaints.actions import file as file_complaint
from skills.complaints.actions import take as take_complaint
from skills.courses.actions import enrolments
from skills.kernel import checks
from skills.kernel.clock import shanghai_day
from skills.kernel.db import Base, reading
from skills.oversight.actions import callbacks, register
from skills.oversight.rehearsal import Planted, plant
from skills.oversight.rehearsal.planting import plant_clean
from skills.vouchers.rules import ScopeForm
from tests.oversight.conftest import CLEAN
from tests.oversight.stage import Stage
from tests.world import NOON, World, make_world

pytestmark = pytest.mark.row(15)

RULES = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "F13", "F14", "F15")
TABLE_OF = {
    "person": "person", "organisation": "organisation", "batch": "voucher_batch", "course": "course", "account": "account",
}  # fmt: skip
# What a rehearsal leaves out: the record of the acts, the sealing of their log, and certificates.
LEFT_OUT = {"audit.rows_on_record", "log.sealed_soon", "courses.completions"}
NO_CERTIFICATE = "passed and concluded without a certificate"  # of exams, for the same reason
KINDS = {
    "family", "office", "makeup_class", "teacher_moved", "branches", "popular_new", "district_day", "clumsy_clerk", "campaign", "renamed",
    "retired_later", "used_up_slowly", "dormitory", "library", "next_year_again", "forgot", "night_shift", "shared_hall",
    "inherited_number", "job_since", "directed_list", "small_and_perfect", "guest_lecturer",
    "back_to_back", "computer_centre", "namesakes", "cancelled_class", "moved_class", "changed_mind",
    "tiny_body", "strong_team", "answer_key", "strict_body", "weak_eyes", "stern_examiner", "helped_out", "screen_failed", "one_bus", "no_cameras",
    "family_computer", "fast_reader", "night_learner", "computer_room", "deadline",
}  # fmt: skip
Told = list[Mapping[str, Any]]


def rows(world: World, table: str) -> Told:
    with reading(world.engine) as db:
        return list(db.execute(select(Base.metadata.tables[table])).mappings())


def everything(world: World, *only: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but what the keys and chance of an installation make of them: sealed values, digests, leaves."""
    found = {}
    for table in [t for t in Base.metadata.sorted_tables if not only or t.name in only]:
        kept = [
            c.name for c in table.columns
            if not isinstance(c.type, LargeBinary) and not c.name.endswith("blind") and c.name not in ("blind", "network", "device", "likeness")
        ]  # fmt: skip
        found[table.name] = sorted(tuple(str(row[c]) for c in kept) for row in rows(world, table.name))
    return found


def test_every_rule_is_planted_at_three_strengths_and_every_look_alike_is_there(town: tuple[World, Planted]) -> None:
    _, planted = town
    hands = Counter({("F13", 2): 1})  # one examiner of a panel, beside the bodies
    assert Counter((f.rule, f.strength) for f in planted.frauds) == Counter({(r, s): 1 for r in RULES for s in (1, 2, 3)}) + hands
    assert {look.kind for look in planted.lookalikes} == KINDS
    assert planted.people > CLEAN


def test_a_stronger_fraud_concerns_more_people(town: tuple[World, Planted]) -> None:
    _, planted = town
    for rule in set(RULES) - {"F8", "F15"}:
        sizes = [len(f.subjects) for s in (1, 2, 3) for f in planted.frauds if f.rule == rule and f.strength == s]
        assert sizes == sorted(set(sizes)), rule


def test_whoever_may_be_named_exists_and_nobody_is_both_guilty_and_honest(town: tuple[World, Planted]) -> None:
    world, planted = town
    known = {kind: {row["id"] for row in rows(world, table)} for kind, table in TABLE_OF.items()}
    guilty = frozenset().union(*(f.subjects for f in planted.frauds))
    honest = frozenset().union(*(look.subjects for look in planted.lookalikes))
    for subject in guilty | honest:
        kind, _, found = subject.partition(":")
        assert found in known[kind], subject
    assert not guilty & honest
    assert all(f.subjects for f in planted.frauds)
    assert all(look.subjects for look in planted.lookalikes)


def test_people_are_those_who_are_not_guilty_and_used_a_voucher(town: tuple[World, Planted]) -> None:
    world, planted = town
    assert planted.people == honest_people(world, planted)


def honest_people(world: World, planted: Planted) -> int:
    """How many people used a voucher and are part of no fraud."""
    guilty = {s.removeprefix("person:") for f in planted.frauds for s in f.subjects if s.startswith("person:")}
    return len({row["person_id"] for row in rows(world, "redemption")} - guilty)


def test_the_same_seed_plants_the_same_and_another_one_something_else(town: tuple[World, Planted], tmp_path: Path) -> None:
    made = []
    for name in ("first", "again"):
        world = make_world(tmp_path / name, f"sqlite:///{tmp_path}/{name}.db")
        before = {table for table, held in everything(world).items() if held}
        planted = plant_clean(world.works, 1, 10)
        found = {table: held for table, held in everything(world).items() if table not in before | {"log_queue"}}
        assert (planted.frauds, planted.people) == ((), len({row["person_id"] for row in rows(world, "redemption")}))
        made.append((planted, found))
        world.engine.dispose()
    first, again = made
    assert first[0] == again[0]
    assert {table for table in first[1] if first[1][table] != again[1][table]} == set()
    assert not {row[0] for row in first[1]["redemption"]} & {row["id"] for row in rows(town[0], "redemption")}


def test_the_checks_of_the_house_hold(town: tuple[World, Planted]) -> None:
    assert broken(town[0]) == {}


def test_postgresql_takes_the_rows_too(postgres_url: str, tmp_path: Path) -> None:
    world = make_world(tmp_path / "data", postgres_url)
    planted = plant(world.works, 9, 10)
    assert len(planted.frauds) == 3 * len(RULES) + 1  # and the examiner behind a panel
    assert honest_people(world, planted) == planted.people
    with reading(world.engine) as db:
        book = checks.Bookkeeper(db, world.clock.now(), world.office.tools)
        assert [list(checks.CHECKS[name].ask(book)) for name in ("vouchers.ledger", "vouchers.ceilings", "courses.seats")] == [[], [], []]
    world.engine.dispose()


def broken(world: World) -> dict[str, list[str]]:
    """Every check that does not hold, but for what a rehearsal leaves out."""
    found = checks.run(world.engine, world.clock.now(), world.office.tools)
    told = {check.name: [line for line in lines if not line.endswith(NO_CERTIFICATE)] for check, lines in found}
    return {name: lines[:3] for name, lines in told.items() if lines and name not in LEFT_OUT}


def test_nothing_happens_tomorrow_and_nothing_before_its_cause(town: tuple[World, Planted]) -> None:
    world, _ = town
    vouchers = {row["id"]: row for row in rows(world, "voucher")}
    people = {row["id"]: row for row in rows(world, "person")}
    opened = {row["person_id"]: row["made_at"] for row in rows(world, "account") if row["person_id"]}
    classes = {row["id"]: row for row in rows(world, "course_class")}
    batches = {row["id"]: row for row in rows(world, "voucher_batch")}
    for voucher in vouchers.values():
        if voucher["claimed_at"]:
            assert people[voucher["person_id"]]["registered_at"] <= opened[voucher["person_id"]] <= voucher["claimed_at"]
            assert batches[voucher["batch_id"]]["opened_at"] <= voucher["issued_at"] <= voucher["claimed_at"] <= NOON
    for use in rows(world, "redemption"):
        assert vouchers[use["voucher_id"]]["claimed_at"] <= use["redeemed_at"] <= NOON
        assert use["redeemed_on"] == shanghai_day(use["redeemed_at"]) <= vouchers[use["voucher_id"]]["valid_until"] or use["released_at"]
        assert all(at is None or use["redeemed_at"] < at <= NOON for at in (use["earned_at"], use["released_at"]))
    for place in rows(world, "enrolment"):
        held = classes[place["class_id"]]
        assert held["decided_at"] < place["enrolled_at"] < NOON
        assert shanghai_day(place["enrolled_at"]) < held["starts_on"]
    for attempt in rows(world, "attempt"):
        assert attempt["at"] <= NOON
    for message in rows(world, "message"):
        assert message["sent_at"] <= NOON


# --- the same as the acts would have written


def filled(told: Told, table: str) -> dict[str, tuple[set[str], set[str]]]:
    """For each state of a table's rows: which columns are always filled, and which ever."""
    groups: dict[str, list[set[str]]] = defaultdict(list)
    column = Base.metadata.tables[table].columns
    for row in told:
        state = next((str(row[name]) for name in ("event", "moment", "kind", "state", "code") if name in row), "")
        state += f" {row['state']}" if "kind" in row and "state" in row else ""
        empty = (None, "", b"") if not any(isinstance(column[c].type, JSON) for c in row) else (None, "", b"", [], {})
        groups[state].append({name for name, value in row.items() if value not in empty and value is not False and value != 0})
    return {state: (set.intersection(*sets), set.union(*sets)) for state, sets in groups.items()}


# Columns in which the acted history is poorer than life, with the reason.
FREE = {
    ("person", "phone"): "not everybody has one", ("person", "phone_blind"): "not everybody has one",
    ("message", "read_at"): "nobody read in the test", ("message", "delivered_at"): "no job of delivery ran",
    ("redemption", "zone"): "by the course", ("course", "zone"): "by the course", ("voucher_batch", "issue_job"): "only with a list",
    ("enrolment", "price"): "may be nothing", ("class_session", "topic"): "free", ("voucher_entry", "redemption_id"): "not of every event",
    ("voucher_batch", "committed"): "may be nothing", ("attempt", "kept"): "planted refusals are older than the keeping of their grounds",
}  # fmt: skip


def test_a_planted_history_has_the_columns_of_one_that_was_acted(town: tuple[World, Planted], lite: World) -> None:
    act(lite)
    planted, compared = town[0], set()
    for table in (
        "person", "identity_document", "record_entry", "organisation", "register_entry", "course", "course_class", "class_session",
        "voucher_batch", "voucher", "voucher_line", "voucher_entry", "voucher_verdict", "redemption", "redemption_trace", "enrolment",
        "voucher_dispute", "redemption_hold", "message", "complaint", "call_back", "completion_series", "class_series", "attempt",
    ):  # fmt: skip
        acted, ours = filled(rows(lite, table), table), filled(rows(planted, table), table)
        assert acted, f"nothing of {table} was acted"
        for state in acted.keys() & ours.keys():
            free = {column for held, column in FREE if held == table}
            missing = acted[state][0] - ours[state][1] - free
            invented = ours[state][0] - acted[state][1] - free
            assert (missing, invented) == (set(), set()), f"{table} {state}"
            compared.add((table, state))
    assert {t for t, _ in compared} >= {"voucher", "redemption", "enrolment", "voucher_entry", "voucher_verdict", "record_entry", "message"}
    assert {
        ("voucher_entry", "redeem"), ("voucher_entry", "release"), ("voucher_entry", "earn"), ("voucher_verdict", "issue"),
        ("voucher_verdict", "claim"), ("voucher_verdict", "redeem"), ("redemption", "earned"), ("redemption", "released"),
        ("enrolment", "completed"), ("enrolment", "failed"), ("enrolment", "withdrawn"), ("message", "voucher.told_redeemed"),
        ("message", "voucher.told_released"), ("voucher_dispute", "opened"), ("call_back", "answered"), ("attempt", "voucher.not_eligible"),
    } <= compared  # fmt: skip


def test_a_planted_life_books_the_same_events_in_the_same_order(town: tuple[World, Planted], lite: World) -> None:
    act(lite)
    assert lives(lite) <= lives(town[0])
    questions = [{tuple(sorted(row["question"])) for row in rows(w, "voucher_verdict")} for w in (lite, town[0])]
    assert questions[0] == questions[1]


def lives(world: World) -> set[tuple[tuple[str, str, str], ...]]:
    """Every kind of life that a voucher had: its events with the purses between which the money went."""
    told: dict[str, list[Any]] = defaultdict(list)
    for row in rows(world, "voucher_entry"):
        told[row["voucher_id"]].append(row)
    return {
        tuple((str(r["event"]), str(r["source"]), str(r["target"])) for r in sorted(entries, key=lambda r: r["number"]))
        for entries in told.values()
    }  # fmt: skip


def act(world: World) -> None:
    """A small history by the real acts: completed, failed, withdrawn, denied, asked about, complained of, given by list."""
    stage = Stage(world, 5)
    listed = stage.vouchers.person()
    named = stage.vouchers.open(scope_form=ScopeForm.DIRECTED)
    stage.vouchers.issue(named, listed)
    stranger = stage.vouchers.person(graduated=None)
    with world.refused("voucher.not_eligible"):
        stage.vouchers.claim(stage.batch, stranger)
    world.perform(
        register.enter, actor=world.actor("case.handle", account="clerk"), organisation_id=stage.school, legal_rep="李四",
        document=stage.vouchers.document(77), address="学府路1号", established_on=world.today - timedelta(days=900), insured=12,
    )  # fmt: skip
    world.perform(
        enrolments.withdraw, actor=stage.courses.learner(stage.people[4]), enrolment_id=stage.places[4], reason=""
    )
    stage.deny(3)
    stage.courses.run(stage.klass)
    for index in (0, 1):
        result(world, stage.places[index], passed=True)
    result(world, stage.places[2], passed=False)
    world.perform(callbacks.draw_some)
    for row in rows(world, "call_back"):
        holder = world.actor("voucher.claim", account="holder", person=row["person_id"])
        world.perform(callbacks.answer, actor=holder, call_back_id=row["id"], said="yes")
    world.perform(
        file_complaint, actor=stage.as_holder(0), kind="service", text="希望提前通知。", contact="12333", about_id=stage.school
    )
    (case,) = rows(world, "complaint")
    handler = world.actor("complaint.handle", account="handler")
    world.perform(take_complaint, actor=handler, complaint_id=case["id"])
    world.perform(answer_complaint, actor=handler, complaint_id=case["id"], text="已核实。", outcome="upheld")


def result(world: World, place: str, *, passed: bool) -> None:
    """The result of a place, as the institution files it."""
    world.perform(
        enrolments.complete, enrolment_id=place, hours=Decimal(12), attendance=Decimal(95), score=Decimal(81 if passed else 40),
        completed_on=world.today, passed=passed,
    )  # fmt: skip
