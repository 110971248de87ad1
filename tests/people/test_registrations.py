"""A number that was taken off one record makes another only by two people: no clerk alone makes two people of one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from skills.accounts.rules import Role
from skills.erasures import actions as erasures
from skills.kernel.db import writing
from skills.people.actions import ask_registration, decide_registration, withdraw_registration
from skills.people.models import Registration
from skills.people.queries.registrations import registrations, registrations_waiting
from skills.people.rules.registrations import may_ask
from tests.people.test_additions import CHECKER, CLERK, PASSPORT, SEEN, ask, by, release
from tests.people.test_removals import added, newcomer, off
from tests.people_and_bodies import acting, someone
from tests.world import World

WHO: dict[str, Any] = {
    "name": "王五", "document_kind": "passport", "document_number": PASSPORT, "birth": date(1999, 5, 5), "sex": "F", "district": "500112",
    "phone": "13900000001", "synthetic": True, "seen": SEEN,
}  # fmt: skip


def wish(world: World, **change: Any) -> str:
    return str(world.perform(ask_registration, actor=CLERK, **{**WHO, **change}).registration_id)


@pytest.mark.parametrize(
    ("taken_off", "holder", "waits", "seen", "missed"),
    [
        (True, None, False, SEEN, []), (False, None, False, SEEN, ["registration.taken_off"]), (True, "p", False, SEEN, ["registration.nobodys"]),
        (True, None, True, SEEN, ["registration.once"]), (True, None, False, "x", ["document.seen_words"]),
    ],
)  # fmt: skip
def test_what_is_asked_of_such_a_number(taken_off: bool, holder: str | None, waits: bool, seen: str, missed: list[str]) -> None:
    assert [f.code for f in may_ask(taken_off, holder, waits, seen).findings if not f.met] == missed


def test_one_asks_and_another_puts_on_record(world: World) -> None:
    first = someone(world, 1)
    with world.refused("registration.refused"):
        wish(world)
    off(world, added(world, first.id))
    asked = wish(world)
    with world.refused("registration.refused"):
        wish(world)
    assert (by(world, "passport", PASSPORT), world.ask(registrations_waiting)) == (None, 1)
    [line] = world.ask(registrations)
    assert (line.name, line.seen, [p.person_id for p in line.past], line.alike) == ("王五", SEEN, [first.id], frozenset())
    with world.refused("person.second_person"):
        world.perform(decide_registration, actor=acting(Role.GOV_CHECKER, "clerk"), registration_id=asked, agree=True)
    with world.refused("not_allowed"):
        world.perform(decide_registration, actor=CLERK, registration_id=asked, agree=True)
    with world.refused("person.answer"):
        world.perform(decide_registration, actor=CHECKER, registration_id=asked, agree=False)
    world.perform(decide_registration, actor=CHECKER, registration_id=asked, agree=False, answer="就是原档案的本人")
    world.perform(withdraw_registration, actor=CLERK, registration_id=wish(world))
    assert by(world, "passport", PASSPORT) is None
    done = world.perform(decide_registration, actor=CHECKER, registration_id=wish(world), agree=True)
    assert by(world, "passport", PASSPORT) == done.person_id != first.id
    told = {line.state: (line.name, line.seen, line.answer, line.person_id) for line in world.ask(registrations, closed=True)}
    assert told == {
        "registered": ("", "", "", done.person_id), "withdrawn": ("", "", "", None), "refused": ("", "", "就是原档案的本人", None),
    }, "what was said of somebody is on their record then, or nowhere"  # fmt: skip
    with world.refused("registration.cannot_release"):
        world.perform(decide_registration, actor=CHECKER, registration_id=asked, agree=True)
    world.holds()


def test_whoever_decides_is_asked_about_the_number_as_it_is_then(lite: World) -> None:
    first, namesake = someone(lite, 1), someone(lite, 3, "王五")
    off(lite, added(lite, first.id))
    asked = wish(lite, name=first.name, birth=first.birth, sex="M")
    assert lite.ask(registrations)[0].alike == {first.id}, "the same name and birthday are pointed out"
    with lite.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM registration").all())
    assert not any(word in rows for word in (first.name, PASSPORT, SEEN, "13900000001"))
    release(lite, ask(lite, namesake.id))
    with lite.refused("registration.refused") as refused:
        lite.perform(decide_registration, actor=CHECKER, registration_id=asked, agree=True)
    assert [f.code for f in refused[0].findings if not f.met] == ["registration.nobodys"]
    lite.holds()


def test_nothing_of_somebody_erased_stays_with_it(lite: World) -> None:
    off(lite, added(lite, someone(lite, 1).id))
    other = newcomer(lite, SEEN)
    request = lite.perform(erasures.ask, actor=acting(Role.PERSON, "own", person=other)).request_id
    lite.perform(erasures.examine, actor=CLERK, request_id=request, proposal="grant")
    lite.clock.forward(days=3)
    lite.perform(erasures.decide, actor=CHECKER, request_id=request, agree=True)
    lite.run_jobs()
    assert [line.masked for line in lite.ask(registrations, closed=True)] == [""]
    lite.holds()


@pytest.mark.parametrize("values", [{"wanted": b"x"}, {"blind": "x"}, {"answer": b"x"}])
def test_a_forged_row_is_found(lite: World, values: dict[str, object]) -> None:
    off(lite, added(lite, someone(lite, 1).id))
    newcomer(lite, SEEN)
    with writing(lite.engine) as db:
        db.connection().execute(update(Registration.__table__).values(**values))  # type: ignore[arg-type]
    assert "people.registrations_by_two" in lite.violations()
