"""The whole life of a complaint by chance, told a second time in plain Python: states, clocks, who may own it, once is once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from skills.accounts.rules import Role
from skills.complaints import actions, queries
from skills.kernel.actors import ANONYMOUS, Actor
from skills.kernel.acts import Action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.standards.calendar import add_working_days, is_working_day
from tests.people_and_bodies import acting, body
from tests.world import World

CLERKS = {name: acting(Role.GOV_CLERK, name) for name in ("one", "two", "three")}
DAYS = {"fraud": (5, 60), "access": (2, 5)}
REVIEW, WITHIN, ASK = (5, 22), 22, 10


class Told:
    """What should be the case, by the words of D13 and by counting days one by one."""

    def __init__(self, kind: str, today: date) -> None:
        accept, answer = DAYS[kind]
        self.state, self.level_up, self.raised = "received", False, False
        self.accept_by, self.due = add_working_days(today, accept), add_working_days(today, answer)
        self.accepted, self.owner, self.before = False, "", set[str]()
        self.since: date | None = None
        self.closed: date | None = None
        self.outcome = ""

    def late(self, today: date) -> bool:
        return self.state in ("received", "taken") and (today > self.due or (not self.accepted and today > self.accept_by))

    def run_on(self, today: date) -> None:
        assert self.since is not None
        day = self.since
        while day < today:
            day += timedelta(days=1)
            if is_working_day(day):
                self.due = add_working_days(self.due, 1)
        self.since, self.state = None, "taken"

    def go_up(self, today: date) -> None:
        self.before |= {self.owner} - {""}
        self.state, self.owner, self.accepted, self.closed, self.outcome = "received", "", False, None, ""
        self.accept_by, self.due = add_working_days(today, REVIEW[0]), add_working_days(today, REVIEW[1])


class Life(RuleBasedStateMachine):
    """One case; all of them in the same world."""

    world: ClassVar[World]
    school: ClassVar[str]
    said: ClassVar[set[str]]
    upheld: ClassVar[int]

    @initialize(kind=st.sampled_from(sorted(DAYS)))
    def begin(self, kind: str) -> None:
        done = self.world.perform(actions.file, kind=kind, text="没有上课", about_id=self.school)
        self.number, self.word = done.number, done.word
        self.told = Told(kind, self.world.today)
        self.id = self.case().line.id

    def case(self) -> queries.Case:
        return self.world.ask(queries.by_word, self.world.tool(Box), self.number, self.word, self.world.today)  # type: ignore[no-any-return]

    def attempt(self, may: bool, work: Action[..., object], actor: Actor, **order: object) -> bool:
        code = ""
        try:
            self.world.perform(work, actor=actor, **order)
        except Refusal as no:
            code = no.code
            self.said.add(code)
        assert may == (not code), f"{work.name} by {actor.account} in {self.told.state}: {code or 'not refused'}"
        return may

    def owns(self, who: str) -> bool:
        return who not in self.told.before and self.told.owner in ("", who)

    @rule(who=st.sampled_from(sorted(CLERKS)))
    def take(self, who: str) -> None:
        may = self.told.state == "received" and self.owns(who)
        if self.attempt(may, actions.take, CLERKS[who], complaint_id=self.id):
            self.told.state, self.told.owner, self.told.accepted = "taken", who, True

    @rule(who=st.sampled_from(sorted(CLERKS)))
    def ask(self, who: str) -> None:
        may = self.told.state == "taken" and self.owns(who)
        if self.attempt(may, actions.ask, CLERKS[who], complaint_id=self.id, text="哪一天？"):
            self.told.state, self.told.since = "waiting", self.world.today

    @rule()
    def reply(self) -> None:
        if self.attempt(self.told.state == "waiting", actions.reply, ANONYMOUS, number=self.number, word=self.word, text="八日"):
            self.told.run_on(self.world.today)

    @rule(who=st.sampled_from(sorted(CLERKS)), outcome=st.sampled_from(["upheld", "partly", "not_upheld", "not_for_us", ""]))
    def answer(self, who: str, outcome: str) -> None:
        may = self.told.state == "taken" and self.owns(who) and outcome in ("upheld", "partly", "not_upheld")
        if self.attempt(may, actions.answer, CLERKS[who], complaint_id=self.id, text="查了", outcome=outcome):
            self.told.state, self.told.closed, self.told.outcome = "answered", self.world.today, outcome

    @rule(who=st.sampled_from(sorted(CLERKS)), to=st.sampled_from(["12315", "nobody"]))
    def pass_on(self, who: str, to: str) -> None:
        may = self.told.state == "taken" and self.owns(who) and to == "12315"
        if self.attempt(may, actions.pass_on, CLERKS[who], complaint_id=self.id, text="归市场监管", elsewhere=to):
            self.told.state, self.told.closed, self.told.outcome = "passed_on", self.world.today, "not_for_us"

    @rule()
    def escalate(self) -> None:
        told, today = self.told, self.world.today
        within = told.closed is not None and today <= add_working_days(told.closed, WITHIN)
        content = told.state in ("answered", "passed_on") and within
        may = not told.level_up and (told.late(today) or content)
        if self.attempt(may, actions.escalate, ANONYMOUS, number=self.number, word=self.word, text="不满意"):
            told.go_up(today)
            told.level_up = True

    @rule()
    def withdraw(self) -> None:
        may = self.told.state in ("received", "taken", "waiting")
        if self.attempt(may, actions.withdraw, ANONYMOUS, number=self.number, word=self.word):
            self.told.state, self.told.closed, self.told.since = "withdrawn", self.world.today, None

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.world.clock.forward(days=days)

    @rule()
    def tick(self) -> None:
        told, today = self.told, self.world.today
        self.world.perform(actions.resume)
        if told.since is not None and today > add_working_days(told.since, ASK):
            told.run_on(today)
        self.world.perform(actions.raise_late)
        if told.late(today) and not told.raised:
            told.go_up(today)
            told.raised = True

    @invariant()
    def as_told(self) -> None:
        if not hasattr(self, "told"):
            return
        held = self.case()
        assert (held.line.state, held.line.due_on) == (self.told.state, self.told.due)
        assert held.line.overdue == self.told.late(self.world.today)
        assert bool(held.answer) == (self.told.state in ("answered", "passed_on"))
        assert (held.line.left is None) == (self.told.state not in ("received", "taken"))

    def teardown(self) -> None:
        since = datetime(2020, 1, 1, tzinfo=UTC)  # before them all: the clock of the world runs on from life to life
        if hasattr(self, "told"):
            counted = self.world.ask(queries.upheld_by_organisation, since).get(self.school, 0)
            Life.upheld += self.told.outcome in ("upheld", "partly")
            assert counted == Life.upheld


def lives(world: World, examples: int, steps: int) -> None:
    """Run that many lives."""
    Life.world, Life.school, Life.said, Life.upheld = world, body(world, kind="institution"), set(), 0
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Life, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
                                suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
    assert all(code.startswith("complaint.") for code in Life.said), Life.said
    world.holds()


def test_lives_of_complaints(lite: World) -> None:
    lives(lite, 10, 25)


@pytest.mark.soak
def test_many_lives_of_complaints(world: World) -> None:
    lives(world, 300, 40)
