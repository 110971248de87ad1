"""特级技师 and 首席技师 are appointed by a firm: for whom holds what the post asks, within the quota, for a term."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.certification.models import Award
from skills.recognitions.actions import appointments, drafts
from skills.recognitions.actions.drafts import Line
from skills.recognitions.models import Appointment
from skills.recognitions.queries.appointments import appointments as lines_of
from skills.recognitions.rules import Post, may_hold, may_open, post_of
from skills.records.actions import state_fact
from skills.records.queries import passport
from skills.records.rules import LevelHeld, to_json
from skills.standards.rules import Level
from tests.certification.stage import JOB
from tests.recognitions.stage_recognitions import Firm
from tests.world import World, grown

pytestmark = pytest.mark.row(35)
DAY = date(2026, 3, 1)
SPECIAL = {"needs": 6, "years": 2, "most": 2, "term_years": 3}
CHIEF = {"needs": 7, "years": 0, "most": 1, "term_years": 0}


@pytest.mark.parametrize(
    ("level", "taken", "more", "specials", "missing"),
    [
        (Level.SPECIAL, 1, 1, 0, set()), (Level.SPECIAL, 1, 2, 0, {"appointment.quota"}), (Level.CHIEF, 0, 1, 1, set()),
        (Level.CHIEF, 1, 1, 1, {"appointment.quota"}), (Level.CHIEF, 0, 1, 0, {"appointment.special_first"}),
    ],
)  # fmt: skip
def test_a_quota_and_the_special_grade_before_the_chief(level: Level, taken: int, more: int, specials: int, missing: set[str]) -> None:
    post = Post(level, Level(level - 1), 0, 2 if level is Level.SPECIAL else 1, 3)
    assert {f.code for f in may_open(post, taken, more, specials).findings if not f.met} == missing


def test_what_the_post_asks_is_held_to_the_day() -> None:
    post = post_of(Level.SPECIAL, SPECIAL)
    assert post is not None
    assert post_of(Level.SPECIAL, {**SPECIAL, "most": 0}) is None
    assert post.until(DAY) == date(2029, 2, 28)
    for issued, occupation, strength, met in (
        (date(2024, 3, 1), JOB, "compared", True), (date(2024, 3, 2), JOB, "compared", False),
        (date(2024, 3, 1), "4-04-05-05", "compared", False), (date(2024, 3, 1), JOB, "promised", False),
    ):  # fmt: skip
        held = LevelHeld(occupation, Level.L1, issued, "", strength=strength)
        assert bool(may_hold(post, [held], JOB, DAY)) is met


class House(Firm):
    """A firm that is filed up to 首席技师, with three senior technicians."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        for n, person in enumerate(self.people):
            self.holds(person, Level.L1, f"previous:{n}")

    def file(self, *levels: Level) -> str:
        return super().file(*levels, Level.L1, Level.SPECIAL, Level.CHIEF)

    def holds(self, person: str, level: Level, source: str) -> None:
        fact = LevelHeld(JOB, level, self.world.today - timedelta(days=900), source)
        self.world.perform(state_fact, person_id=person, kind="level", source=source, body=to_json(fact), strength="compared")

    def appoint(self, level: Level, *people: str) -> str:
        """Propose these people and put them before the committee."""
        made = self.draft(kind="appointment", level=int(level), people=people)
        lines = tuple(Line(one.id, "post", "省级技能大师，现场答辩通过", self.paper(one.person_id)) for one in self.seen(made).people)
        self.world.perform(drafts.propose, actor=self.as_("p"), recognition_id=made, lines=lines)
        self.submit(made)
        return made

    def through(self, made: str) -> None:
        self.decide(made)
        last = self.notice(made)
        self.world.clock.forward(days=(last - self.world.today).days + 1)
        self.conclude(made)

    def in_office(self) -> list[Any]:
        return [(one.level, one.state(self.world.today)) for one in self.world.ask(lines_of, {self.body})]


def house(world: World) -> House:
    """The firm, with what policy says of appointments from tomorrow on, and tomorrow."""
    made = House(world)
    tomorrow = world.today + timedelta(days=1)
    with world.refused("appointment.not_set"):
        made.draft(kind="appointment", level=int(Level.SPECIAL))
    world.policy("appointment.special", SPECIAL, tomorrow)
    world.policy("appointment.chief", CHIEF, tomorrow)
    made.days(1)
    return made


def test_a_chief_technician_over_quota_is_refused(world: World) -> None:
    firm = grown(world, house)
    one, two, three = firm.people
    with world.refused("appointment.not_open") as held:
        firm.draft(kind="appointment", level=int(Level.SPECIAL), people=(one, two, three))
    assert [f.code for f in held[0].findings] == ["appointment.quota"]
    with world.refused("appointment.not_open") as held:
        firm.draft(kind="appointment", level=int(Level.CHIEF), people=(one,))
    assert [f.code for f in held[0].findings] == ["appointment.special_first"]
    with world.refused("recognition.level"):
        firm.draft(kind="appointment", level=int(Level.L1), people=(one,))
    firm.through(firm.appoint(Level.SPECIAL, one, two))
    with world.db() as db:
        numbers = db.scalars(select(Award.number).order_by(Award.number)).all()
    assert [number[15:] for number in numbers] == ["T000001", "T000002"], "the letter of the policy at the sixteenth place"
    assert firm.in_office() == [(Level.SPECIAL, "live")] * 2
    # Somebody who holds no 特级 cannot be chief; one who does is; the second is over the quota.
    made = firm.draft(kind="appointment", level=int(Level.CHIEF), people=(three,))
    (only,) = firm.seen(made).people
    world.perform(drafts.propose, actor=firm.as_("p"), recognition_id=made, lines=(Line(only.id, "post", "业绩", firm.paper(three)),))
    with world.refused("recognition.not_ready"):
        firm.submit(made)
    world.perform(drafts.cancel, actor=firm.as_("p"), recognition_id=made, reason="不符合条件")
    chief = firm.appoint(Level.CHIEF, one)
    with world.refused("appointment.not_open") as held:
        firm.draft(kind="appointment", level=int(Level.CHIEF), people=(two,))
    assert [(f.code, f.facts["taken"], f.facts["most"]) for f in held[0].findings] == [("appointment.quota", 1, 1)]
    firm.through(chief)
    assert firm.in_office()[0] == (Level.CHIEF, "live")
    levels = [(e.fact.level, e.fact.number) for e in world.ask(passport, one) if e.kind == "level"]
    assert (Level.CHIEF, "") in levels, "no number is ruled for it"
    with world.db() as db:
        assert len(db.scalars(select(Award.number)).all()) == 2
    world.holds()
    with world.engine.begin() as rows:
        rows.execute(update(Appointment).values(since=DAY))
    assert world.violations()["recognitions.appointments"]


def test_an_appointment_ends_with_its_term_or_before_it_and_makes_room(world: World) -> None:
    firm = grown(world, house)
    one, two, three = firm.people
    firm.through(firm.appoint(Level.SPECIAL, one, two))
    first = world.ask(lines_of, {firm.body})[0]
    with world.refused("certification.reason_needed"):
        world.perform(appointments.end, actor=firm.as_("p"), appointment_id=first.id, reason=" ")
    world.perform(appointments.end, actor=firm.as_("p"), appointment_id=first.id, reason="调离岗位")
    with world.refused("appointment.cannot_end"):
        world.perform(appointments.end, actor=firm.as_("p"), appointment_id=first.id, reason="再次")
    firm.appoint(Level.SPECIAL, three)
    assert first.until == date(first.since.year + 3, first.since.month, first.since.day) - timedelta(days=1)
    world.holds()
    world.clock.forward(days=(first.until - world.today).days + 1)
    assert sorted(firm.in_office()) == [(Level.SPECIAL, "ended"), (Level.SPECIAL, "over")]
