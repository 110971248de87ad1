"""Whatever a filing lives through around an exam: no certificate exists that was examined on a day on which it was not in force.

The acts are tried and may be refused; what was done is told to a second, plain history of the days, which judges every award.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from skills.certification.actions import applications, awards, filing_changes, filings, plans, scores
from skills.certification.models import Award, Filing, Sitting
from skills.certification.rules.filings import ScopeItem
from skills.certification.states.filings import ChangeKind
from skills.kernel.errors import Refusal
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.exams.lands import copied

FEW = settings(max_examples=14, deadline=None, suppress_health_check=list(HealthCheck), database=None)
MANY = settings(FEW, max_examples=500)
TERM = 3 * 365
LATER = frozenset({"credentials.print", "messages.deliver"})  # no part of what is asked here
# What is done to the filing, and how many days go by before it: few around the exam, many at the end of a term.
KINDS = ("suspend", "resume", "revoke", "withdraw", "add", "renew", "file anew")
TURNS = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from([0, 0, 1, 3, 10, 30])), max_size=5)
# Between which steps of the exam a turn comes: before the plan, before the day, on it, after it, before the certificate.
TIMES = st.lists(st.tuples(st.integers(0, 6), TURNS), max_size=3)


@dataclass
class Days:
    """What one filing was, day by day, as it was done: its term, levels with the first day of each, days of rest."""

    filed_on: date
    valid_to: date
    levels: dict[int, date]
    rests: list[list[date | None]] = field(default_factory=list)

    def right(self, level: int, day: date) -> bool:
        """Whether an exam of that level on that day lay inside."""
        resting = any(since <= day and (until is None or day <= until) for since, until in self.rests if since)
        return self.filed_on <= day <= self.valid_to and self.levels.get(level, date.max) <= day and not resting


class Story:
    """One body, one exam in it, and what is done to its filing meanwhile."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        self.days: dict[str, Days] = {}
        self.filing = self.sitting = self.application = ""

    def tried(self, work: Any, actor: Any, **order: Any) -> Any:
        """What an act gave, or None where it was refused."""
        try:
            return self.world.perform(work, actor=actor, **order) or True
        except Refusal:
            return None

    def file(self) -> None:
        made = self.tried(
            filings.draft, self.stage.admin, organisation_id=self.stage.body, scope=self.stage.scope(Level.L4), contact="王工"
        )
        if made is None:
            return
        self.world.perform(filings.submit, actor=self.stage.admin, filing_id=made.filing_id)
        self.world.perform(filings.accept, actor=self.stage.clerk, filing_id=made.filing_id)
        today, self.filing = self.world.today, made.filing_id
        self.days[self.filing] = Days(today, _years_later(today, 3) - timedelta(1), {int(Level.L4): today})

    def turn(self, kind: str) -> None:
        """One thing done to the filing, if the house allows it."""
        if kind == "file anew":
            self.file()
        elif kind in ("suspend", "revoke", "resume"):
            work = {"suspend": filings.suspend, "revoke": filings.revoke, "resume": filings.resume}[kind]
            if self.tried(work, self.stage.inspector, filing_id=self.filing, reason="检查"):
                self.rest(kind != "resume")
        else:
            self.change(ChangeKind({"withdraw": "withdrawal", "add": "addition", "renew": "renewal"}[kind]))

    def change(self, kind: ChangeKind) -> None:
        scope = (ScopeItem(JOB, "", Level.L5),) if kind is ChangeKind.ADDITION else ()
        asked = self.tried(
            filing_changes.ask, self.stage.admin, filing_id=self.filing, kind=kind, scope=scope, statement="说明", incentives="津贴"
        )
        if asked is None or self.tried(filing_changes.grant, self.stage.clerk, change_id=asked.change_id, reason="属实") is None:
            return
        held = self.days[self.filing]
        if kind is ChangeKind.WITHDRAWAL:
            self.rest(True)
        elif kind is ChangeKind.ADDITION:
            held.levels[int(Level.L5)] = self.world.today
        else:
            held.valid_to = _years_later(held.valid_to + timedelta(1), 3) - timedelta(1)

    def rest(self, begins: bool) -> None:
        held = self.days[self.filing].rests
        if held and held[-1][1] is None:
            held[-1][1] = self.world.today
        if begins:
            held.append([self.world.today, None])

    # The exam, each step tried

    def steps(self, level: Level, ahead: int, person: str) -> list[Callable[[], object]]:
        """The steps of an exam of this level that lies so many days further off than it must."""
        plan = partial(self.plan, level, ahead, person)
        return [plan, self.to_the_day, self.hold, self.score, self.notice, self.conclude, self.award]

    def plan(self, level: Level, ahead: int, person: str) -> None:
        stage = self.stage
        order = stage.order(level=int(level), held_on=self.world.today + timedelta(days=10 + ahead))
        made = self.tried(plans.plan, stage.admin, organisation_id=stage.body, order=order)
        if made is not None:
            self.sitting = made.sitting_id
            self.exam(plans.file, plans.open_registration)
            done = self.tried(applications.apply, stage.candidate(person), sitting_id=self.sitting)
            self.application = done.application_id if done else ""
        stage.days(6)

    def to_the_day(self) -> None:
        self.exam(plans.close, plans.seat)
        with self.world.db() as db:
            day = db.scalar(select(Sitting.held_on).where(Sitting.id == self.sitting))
        self.stage.days(max(0, (day - self.world.today).days) if day else 0)

    def hold(self) -> None:
        with suppress(Refusal):
            self.stage.record(self.sitting)
        self.exam(plans.hold)

    def score(self) -> None:
        lines = (scores.Typed(self.application, "70"),)
        for section in ("theory", "practical"):
            for who in (self.stage.first, self.stage.second):
                self.tried(scores.enter, who, sitting_id=self.sitting, section=section, lines=lines)
        self.exam(scores.sign, by=self.stage.checker)
        self.exam(scores.countersign, by=self.stage.signer)
        self.stage.days(10)

    def notice(self) -> None:
        self.exam(awards.end_review, awards.give_notice)
        self.stage.days(10)

    def conclude(self) -> None:
        self.exam(awards.conclude)

    def award(self) -> None:
        self.world.run_jobs(but=LATER)
        if self.application:
            self.tried(awards.award, self.stage.admin, application_id=self.application)

    def exam(self, *works: Any, by: Any = None) -> None:
        for work in works:
            self.tried(work, by or self.stage.admin, sitting_id=self.sitting)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def told(level: Level, begins: int, ahead: int, times: list[tuple[int, list[tuple[str, int]]]], server: str | None = None) -> int:
    """One story from its first day to its last: how many certificates came of it. None of them lies outside its filing."""
    with copied(server) as (stage, people):
        story = Story(stage)
        story.file()
        stage.days(begins)
        for number, step in enumerate(story.steps(level, ahead, people[0])):
            for kind, days in (turn for when, turns in times if when == number for turn in turns):
                stage.days(days)
                story.turn(kind)
            step()
        with stage.world.db() as db:
            rows = list(db.scalars(select(Award)))
            for filing in db.scalars(select(Filing)):
                assert (filing.filed_on, filing.valid_to) == (story.days[filing.id].filed_on, story.days[filing.id].valid_to)
        for row in rows:
            assert story.days[row.filing_id].right(row.level, row.examined_on), f"{row.number} of {row.examined_on}: {story.days}"
        stage.world.holds()
        return len(rows)


stories = given(
    level=st.sampled_from([Level.L4, Level.L4, Level.L5]), begins=st.sampled_from([0, 0, 40, TERM - 60, TERM - 20, TERM]),
    ahead=st.integers(0, 20), times=TIMES,
)  # fmt: skip


@pytest.mark.row(36)
@FEW
@stories
@example(level=Level.L4, begins=0, ahead=0, times=[(3, [("suspend", 0), ("resume", 1)])])
@example(level=Level.L5, begins=0, ahead=0, times=[(0, [("add", 0)])])
@example(level=Level.L4, begins=TERM - 60, ahead=20, times=[(0, [("renew", 0)]), (5, [("suspend", 0), ("resume", 30)])])
def test_no_certificate_exists_outside_a_filing_that_was_in_force_on_its_exam_day(
    level: Level, begins: int, ahead: int, times: list[tuple[int, list[tuple[str, int]]]]
) -> None:
    told(level, begins, ahead, times)


@pytest.mark.soak
@MANY
@stories
def test_nor_in_many_stories(level: Level, begins: int, ahead: int, times: list[tuple[int, list[tuple[str, int]]]]) -> None:
    told(level, begins, ahead, times)


QUIET: list[tuple[int, list[tuple[str, int]]]] = []


@pytest.mark.row(36)
def test_and_a_quiet_filing_gives_its_certificate(postgres_server: str) -> None:
    assert told(Level.L4, 0, 0, QUIET) == 1
    assert told(Level.L5, 0, 0, [(0, [("add", 0)])]) == 1
    assert told(Level.L5, 0, 0, [(1, [("add", 0)])]) == 0
    assert told(Level.L4, 0, 0, [(3, [("suspend", 1), ("resume", 0)])], postgres_server) == 1
    assert told(Level.L4, 0, 0, [(2, [("suspend", 0), ("resume", 0)])], postgres_server) == 0
    assert told(Level.L4, TERM - 20, 20, QUIET) == 0
    assert told(Level.L4, TERM - 20, 20, [(0, [("renew", 0)])]) == 1
