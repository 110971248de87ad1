"""A learner without a phone: card and PIN at the room's terminal. The institution prints and opens, and writes nobody's attendance."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from skills.accounts.rules import GRANTS, Role
from skills.courses.actions import cards
from skills.courses.models import Attendance, CardPin, CardScan, LearnerCard, RoomTerminal
from skills.courses.queries import attendance as queries
from skills.courses.queries import cards as shown
from skills.courses.queries import flags
from skills.courses.rules.cards import guessable, number_of, readable, too_many
from skills.kernel.actors import ANONYMOUS, Actor
from skills.kernel.db import writing
from skills.kernel.errors import Forbidden, Missing
from skills.kernel.keys import KeyRing
from tests.courses.test_attendance import Room
from tests.courses.test_views import Visitors, press, visitors
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(11)
PIN = "804173"


# Rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pin", ["000000", "123456", "987654", "123123", "121212", "010115", "200101", "150101", "011501", "012001"])
def test_a_pin_that_is_tried_first_is_guessable(pin: str) -> None:
    assert guessable(pin, date(2001, 1, 15))


def test_other_pins_are_not_and_only_six_plain_digits_are_one() -> None:
    assert not guessable(PIN, date(2001, 1, 15))
    assert not guessable("010115", date(1988, 3, 2))
    assert [readable(p) for p in (PIN, "80417", "8041733", "８０４１７３", "80417a", "")] == [True] + [False] * 5


def test_a_number_is_read_as_it_was_meant() -> None:
    assert number_of("ab0o-1il9 ＫＫ") == "AB001119KK"


@pytest.mark.parametrize(("by_card", "by_own", "flag"), [(0, 0, False), (1, 9, False), (1, 8, True), (10, 90, False), (1, 0, True)])
def test_more_than_the_share_and_not_just_the_share(by_card: int, by_own: int, flag: bool) -> None:
    assert too_many(by_card, by_own, 10) is flag


# Acts ------------------------------------------------------------------------------------------------------------


class Hall(Room):
    """A room with a terminal, in which the learner has a card and a PIN."""

    def __init__(self, world: World, pin: str = PIN, **more: Any) -> None:
        super().__init__(world, **more)
        self.at(0, -90)
        self.card = self.print()
        if pin:
            world.perform(cards.set_pin, actor=self.learner, pin=pin)

    @property
    def counter(self) -> Actor:
        return self.world.actor("slip.print", account="counter", district="500112")

    def print(self) -> str:
        return str(self.world.perform(cards.print_for, actor=self.stage.clerk, enrolment_id=self.place).number)

    def open(self, session: str) -> str:
        return str(self.world.perform(cards.open_terminal, actor=self.stage.clerk, session_id=session).terminal_id)

    def key(self, terminal: str) -> str:
        return shown.terminal_key(self.world.tool(KeyRing), terminal)

    def present(self, terminal: str, pin: str = PIN, card: str = "", key: str = "") -> Any:
        return self.world.perform(
            cards.scan_card, actor=ANONYMOUS, terminal_id=terminal, terminal_code=key or self.key(terminal), card=card or self.card, pin=pin,
        )  # fmt: skip


def test_card_and_pin_write_ones_own_attendance_with_its_source(world: World) -> None:
    hall = Hall(world)
    session = hall.at(0, 12)
    terminal = hall.open(session)
    done = hall.present(terminal, card=f" {hall.card.lower()} ")
    assert (done.refused, done.attended.mark, done.attended.session_id) == ("", "late", session)
    with world.db() as db:
        row = db.scalars(select(Attendance)).one()
        source = db.scalars(select(CardScan)).one()
        assert (row.way, row.person_id, source.attendance_id, source.terminal_id) == ("card", hall.person, row.id, terminal)
    with world.refused("attendance.already"):
        hall.present(terminal)
    found = world.ask(queries.count_of, hall.class_id, hall.person)
    assert found is not None
    assert found.attended == 50, "it counts as a scan does"
    world.holds()


def test_each_wrong_card_moment_and_terminal_has_its_own_refusal_and_no_pin_is_tried(world: World) -> None:
    hall = Hall(world)
    stranger, _ = hall.stage.person("陌生人")
    session = hall.at(0, -60)
    terminal = hall.open(session)
    with world.refused("attendance.too_early"):
        hall.present(terminal, "111999")
    hall.at(0, 90)
    with world.refused("attendance.too_late"):
        hall.present(terminal, "111999")
    hall.at(0, 0)
    with pytest.raises(Missing):
        hall.present(terminal, card="0000000000")
    with pytest.raises(Missing):
        hall.present(terminal, key="2" * 16)
    with writing(world.engine) as db:
        db.execute(update(LearnerCard).values(person_id=stranger))
    with world.refused("attendance.not_enrolled"):
        hall.present(terminal, "111999")
    with writing(world.engine) as db:
        db.execute(update(LearnerCard).values(person_id=hall.person))
    old, hall.card = hall.card, hall.print()
    with world.refused("learner_card.replaced"):
        hall.present(terminal, card=old)
    world.perform(cards.block, actor=hall.learner)
    with world.refused("learner_card.blocked"):
        hall.present(terminal)
    hall.card = hall.print()
    newer = hall.open(session)
    with world.refused("room_terminal.closed"):
        hall.present(terminal)
    with world.db() as db:
        assert db.scalars(select(CardPin.misses)).one() == 0
        assert db.scalars(select(Attendance)).all() == []
    assert hall.present(newer).attended, "the PIN outlives the card"
    world.holds()


def test_wrong_pins_are_counted_across_cards_and_locked_until_the_learner_sets_a_new_one(world: World) -> None:
    hall = Hall(world)
    session = hall.at(0, 0)
    terminal = hall.open(session)
    left = []
    for number in range(3):
        done = hall.present(terminal, f"55511{number}")
        left.append((done.refused, done.left))
    hall.card = hall.print()  # a new card gives no new tries
    terminal = hall.open(session)  # nor does a new terminal
    left += [(d.refused, d.left) for d in (hall.present(terminal, "555113"), hall.present(terminal, "555114"))]
    wrong = "learner_card.wrong_pin"
    assert left == [(wrong, 4), (wrong, 3), (wrong, 2), (wrong, 1), ("learner_card.pin_locked", 0)]
    assert hall.present(terminal).refused == "learner_card.pin_locked", "the right one is too late"
    with world.db() as db:
        assert db.scalars(select(Attendance)).all() == []
    world.perform(cards.set_pin_at_counter, actor=hall.counter, person_id=hall.person, pin="719402")
    assert hall.present(terminal).refused == wrong, "the old PIN is over"
    assert hall.present(terminal, "719402").attended
    world.holds()


def test_many_hands_at_once_get_no_more_tries(world: World) -> None:
    hall = Hall(world)
    terminal = hall.open(hall.at(0, 0))
    key, gate = hall.key(terminal), Barrier(8)

    def attempt(number: int) -> str:
        gate.wait()
        done = world.office.perform(
            cards.scan_card, actor=ANONYMOUS, key=f"try-{number}", terminal_id=terminal, terminal_code=key, card=hall.card, pin=f"44400{number}",
        )  # fmt: skip
        return str(done.refused)

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(attempt, range(8)))
    assert answers == {"learner_card.wrong_pin": 4, "learner_card.pin_locked": 4}
    with world.db() as db:
        assert db.scalars(select(CardPin.misses)).one() == 5
    world.holds()


def test_the_learner_alone_sets_the_pin_and_it_is_kept_as_a_hash(world: World) -> None:
    hall = Hall(world, pin="")
    terminal = hall.open(hall.at(0, 0))
    with world.refused("learner_card.no_pin"):
        hall.present(terminal)
    for role in (Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK):
        clerk = world.actor(*GRANTS[role], account=role.value, organisation=hall.stage.school)
        with pytest.raises(Forbidden):
            world.perform(cards.set_pin, actor=clerk, pin=PIN)
        with pytest.raises(Forbidden):
            world.perform(cards.set_pin_at_counter, actor=clerk, person_id=hall.person, pin=PIN)
    with pytest.raises(Forbidden):
        world.perform(cards.set_pin, actor=replace(hall.learner, on_behalf_of="relative"), pin=PIN)
    with world.refused("card_pin.unreadable"):
        world.perform(cards.set_pin, actor=hall.learner, pin="12 34")
    with world.refused("card_pin.guessable"):
        world.perform(cards.set_pin, actor=hall.learner, pin="123456")
    world.perform(cards.set_pin, actor=hall.learner, pin=PIN)
    with world.db() as db:
        assert db.scalars(select(CardPin.pin)).one().startswith("$argon2id$")
    assert hall.present(terminal).attended
    world.holds()


def test_an_institution_handles_its_own_learners_and_sessions_alone(world: World) -> None:
    hall = Hall(world)
    session = hall.at(0, 0)
    other = world.actor("class.manage", account="other", organisation="another-school")
    for work, order in ((cards.print_for, {"enrolment_id": hall.place}), (cards.block_for, {"enrolment_id": hall.place}),
                        (cards.open_terminal, {"session_id": session}), (cards.close_terminal, {"session_id": session})):
        with pytest.raises(Missing):
            world.perform(work, actor=other, **order)
    hall.at(0, 300)
    with world.refused("attendance.too_late"):
        hall.open(session)
    world.holds()


def test_a_card_counts_in_one_room(world: World) -> None:
    hall = Hall(world, both=True)
    here = hall.open(hall.at(0, 0))
    there = hall.open(hall.elsewhere)
    hall.present(here)
    hall.present(there)
    assert world.ask(queries.count_of, hall.class_id, hall.person).attended == 0  # both are flagged, neither counts until it is decided
    world.holds()


def test_a_class_with_many_cards_asks_for_a_look(world: World) -> None:
    hall = Hall(world)
    session = hall.at(0, 0)
    hall.present(hall.open(session))
    found = world.ask(flags.flagged, ["500112"], world.clock.now())
    assert [(c.class_id, c.flags) for c in found] == [(hall.class_id, ("by_card",))]
    assert world.ask(flags.flagged, ["500101"], world.clock.now()) == []
    world.holds()


@pytest.mark.parametrize("spoil", ["scan", "way", "card", "terminal"])
def test_a_scan_that_contradicts_its_card_or_terminal_is_found(lite: World, spoil: str) -> None:
    hall = Hall(lite)
    hall.present(hall.open(hall.at(0, 0)))
    lite.holds()
    stranger = hall.stage.person()[0]
    statement = {
        "scan": delete(CardScan), "way": update(Attendance).values(way="scan"), "card": update(LearnerCard).values(person_id=stranger),
        "terminal": update(RoomTerminal).values(session_id=hall.sessions[1][0]),
    }[spoil]  # fmt: skip
    with writing(lite.engine) as db:
        db.execute(statement)
    assert "courses.card_scans" in lite.violations()


def test_pages_of_card_and_terminal(lite: World, visitors: Visitors) -> None:
    hall = Hall(lite, pin="")
    session = hall.at(0, 0)
    learner = visitors.come(lite.actor("attendance.scan", "enrolment.enrol", account="me", person=hall.person))
    assert "两次输入的密码不一样" in press(learner, "/me/card", "/me/card/pin", pin=PIN, again="719402").get_data(as_text=True)
    assert press(learner, "/me/card", "/me/card/pin", pin=PIN, again=PIN).status_code == 303
    clerk = visitors.come(hall.stage.clerk)
    text = clerk.get(f"/org/classes/{hall.class_id}/attendance").get_data(as_text=True)
    own, at = f"/org/cards/{hall.place}", f"/org/sessions/{session}/terminal"
    assert own in text
    assert at in text
    paper = press(clerk, own, f"{own}/print").get_data(as_text=True)
    assert "欧阳星河" in paper
    assert PIN not in paper
    press(clerk, at, f"{at}/open")
    page = clerk.get(at).get_data(as_text=True)
    found = re.search(r"/terminal/[0-9A-Z]{26}/[0-9A-Z]{16}", page)
    assert found
    address = found[0]
    with lite.db() as db:
        number = db.scalars(select(LearnerCard.number).where(LearnerCard.state == "live")).one()
    device = lite.client()
    wrong = press(device, address, address, card=number, pin="555111")
    assert wrong.status_code == 422
    assert "还可以试 4 次" in wrong.get_data(as_text=True)
    assert press(device, address, address, card="0000000000", pin=PIN).status_code == 422
    assert "已签到" in press(device, address, address, card=number, pin=PIN).get_data(as_text=True)
    assert device.get(address[:-1] + ("2" if address[-1] != "2" else "3")).status_code == 404
    counter = visitors.come(hall.counter)
    assert counter.get(f"/gov/people/{hall.person}/card").status_code == 200
    press(clerk, own, f"{own}/block")
    assert "已挂失" in learner.get("/me/card").get_data(as_text=True)
    press(clerk, at, f"{at}/close")
    assert "这个终端已经关闭" in device.get(address).get_data(as_text=True)
    bureau = visitors.come(hall.bureau)
    assert "终端签到的比例偏高" in bureau.get("/gov/attendance").get_data(as_text=True)
    lite.holds()
