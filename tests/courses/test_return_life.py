"""The life of reported rows: filed, filed again, corrected, made void, answered, decided by others, with a process that dies.

The model knows of each person what was last reported and counts, and what is under way; after every step the rows of every
return add up, at most one row stands for an entry, and place and row say the same.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from skills.aftercare.actions import requests, revocations
from skills.kernel import jobs
from skills.kernel.actors import SYSTEM, Actor
from skills.kernel.errors import Refusal
from skills.kernel.sheets import write_csv
from skills.returns import actions as returns
from skills.returns.actions import changes, removals
from skills.returns.intake import order_of
from skills.returns.models import ReturnChange, ReturnLine, ReturnRemoval
from skills.returns.rules.amending import Answer
from tests.courses.filed import HEAD, Filed, enrolled
from tests.courses.stage import Stage
from tests.life.crashes import Killed, killed_before
from tests.world import make_world, open_world

PEOPLE = 3
WHO = st.integers(0, PEOPLE - 1)
DEATH = st.one_of(st.none(), st.integers(0, 70))
SCORES = st.sampled_from(["61", "75", "88"])


@cache
def town() -> tuple[Path, Filed]:
    """The start of every life, made once: three people with vouchers in a class that has run."""
    folder = Path(tempfile.mkdtemp(prefix="rows-"))
    world = make_world(folder / "data", f"sqlite:///{folder / 'rows.db'}")
    filed = enrolled(world, PEOPLE)
    world.seal()
    world.engine.dispose()
    return folder, filed


class Rows(RuleBasedStateMachine):
    """Acts upon rows, each tried with a death on the way and then again under the same key."""

    def __init__(self) -> None:
        super().__init__()
        start, first = town()
        self.folder = Path(tempfile.mkdtemp(prefix="rows-"))
        shutil.copytree(start, self.folder, dirs_exist_ok=True)
        self.world = open_world(self.folder / "data", f"sqlite:///{self.folder / 'rows.db'}", seed="rows")
        self.world.clock.set(first.world.clock.now())
        stage = Stage(self.world, first.stage.school, first.stage.course, first.stage.serial)
        self.filed = Filed(self.world, stage, first.class_id, first.number, list(first.people))
        self.acts = 0
        self.met: Counter[str] = Counter()

    def do(self, death: int | None, does: Any, actor: Actor = SYSTEM, **order: Any) -> Any:
        """Perform an act under one key, dying where told and asking again; None if it is refused."""
        self.acts += 1
        key, first = f"rows-{self.acts}", None
        try:
            if death is not None:
                try:
                    with killed_before(self.world.engine, death):
                        first = self.world.perform(does, actor=actor, key=key, **order)
                except Killed:
                    self.met["killed"] += 1
            answer = self.world.perform(does, actor=actor, key=key, **order)
        except Refusal as refusal:
            self.met[f"no {does.name} {refusal.code}"] += 1
            return None
        assert first is None or first == answer, "asked again, it answered something else"
        self.met[does.name] += 1
        return answer

    def work(self, death: int | None) -> None:
        """Let the jobs run; a worker may die once on the way."""
        if death is not None:
            try:
                with killed_before(self.world.engine, death):
                    jobs.run_due(self.world.office)
            except Killed:
                self.met["worker killed"] += 1
                self.world.clock.forward(minutes=5)
        self.world.run_jobs()

    def said(self, i: int, score: str, passed: bool) -> list[str]:
        """The row that reports this of the i-th person; the day is the first of what was said, so that a score alone differs."""
        held = self.day
        return self.filed.row(i, score=score if passed else "40", outcome="合格" if passed else "不合格", completed_on=held)

    @property
    def day(self) -> str:
        return town()[1].world.today.isoformat()

    def standing(self, i: int) -> ReturnLine | None:
        """The row that stands for the i-th person."""
        with self.world.db() as db:
            source = f"enrolment:{self.filed.people[i][2]}"
            return db.scalars(select(ReturnLine).where(ReturnLine.source == source, ReturnLine.state == "applied")).one_or_none()

    def open_changes(self, state: str) -> list[ReturnChange]:
        with self.world.db() as db:
            return list(db.scalars(select(ReturnChange).where(ReturnChange.state == state).order_by(ReturnChange.id)))

    # What institutions do

    @rule(who=st.lists(WHO, min_size=1, max_size=PEOPLE, unique=True), score=SCORES, passed=st.booleans(), said=st.sampled_from(list(Answer)),
          death=DEATH)
    def file(self, who: list[int], score: str, passed: bool, said: Answer, death: int | None) -> None:
        """Report some people; what is close to rows that stand is answered with one word for all."""
        before = {i: self.filed.place(i).state for i in who}
        data = write_csv([HEAD, *(self.said(i, score, passed) for i in who)])
        order = order_of(data, "rows.csv")
        made = self.do(death, returns.upload, self.filed.clerk, kind="completions", organisation_id=self.filed.stage.school, **order)
        for row, _, code in self.filed.codes(made.return_id):
            if code == "returns.filed_otherwise":
                self.do(None, changes.answer, self.filed.clerk, return_id=made.return_id, row=row, said=said, reason="核对原件")
        self.do(death, returns.accept, self.filed.clerk, return_id=made.return_id)
        self.work(death)
        for i in who:
            if before[i] == "attending":
                assert self.filed.place(i).state == ("completed" if passed else "failed")

    @rule(i=WHO, score=SCORES, passed=st.booleans(), death=DEATH)
    def correct(self, i: int, score: str, passed: bool, death: int | None) -> None:
        """Correct the row that stands on its page."""
        line = self.standing(i)
        if line is None:
            return
        cells = {"score": score if passed else "40", "outcome": "合格" if passed else "不合格"}
        self.do(death, changes.correct_row, self.filed.clerk, return_id=line.return_id, row=line.row, cells=cells, reason="录错")
        self.work(death)

    @rule(i=WHO, whole=st.booleans(), death=DEATH)
    def void(self, i: int, whole: bool, death: int | None) -> None:
        """Ask that a row, or all of its return, be made void."""
        line = self.standing(i)
        if line is None:
            return
        rows = () if whole else (line.row,)
        self.do(death, removals.void, self.filed.clerk, return_id=line.return_id, rows=rows, reason="报错班")
        self.work(death)

    @precondition(lambda self: bool(self.removals()))
    @rule(how=st.sampled_from(["confirm", "refuse", "withdraw", "own"]), death=DEATH)
    def decide(self, how: str, death: int | None) -> None:
        """The second person decides about a removal, or the first takes it back; never confirms it alone."""
        removal = self.removals()[0]
        if how == "own":
            assert self.do(None, removals.confirm, self.filed.clerk, removal_id=removal.id) is None
        elif how == "confirm":
            assert self.do(death, removals.confirm, self.filed.admin, removal_id=removal.id) is not None
        elif how == "refuse":
            assert self.do(death, removals.refuse, self.filed.admin, removal_id=removal.id, reason="名单是对的") is not None
        else:
            assert self.do(death, removals.withdraw, self.filed.clerk, removal_id=removal.id) is not None
        self.work(death)

    def removals(self) -> list[ReturnRemoval]:
        with self.world.db() as db:
            return list(db.scalars(select(ReturnRemoval).where(ReturnRemoval.state == "asked").order_by(ReturnRemoval.id)))

    @precondition(lambda self: bool(self.open_changes("waiting")))
    @rule(yes=st.booleans(), death=DEATH)
    def end_request(self, yes: bool, death: int | None) -> None:
        """The request about a certificate ends: carried out or refused, by the second person, after the holder was heard."""
        change = self.open_changes("waiting")[0]
        self.world.clock.forward(days=15)
        clerk, admin = self.filed.clerk, self.filed.admin
        revokes = self.do(None, revocations.refuse, admin, request_id=change.request, why="再核对") if not yes else None
        if yes and self.do(death, revocations.carry_out, admin, request_id=change.request) is None:
            self.do(None, requests.examine, clerk, request_id=change.request, proofs=("original_file", "paper_back"), note="已核对")
            assert self.do(death, requests.carry_out, admin, request_id=change.request) is not None
        elif not yes and revokes is None:
            assert self.do(death, requests.refuse, admin, request_id=change.request, why="再核对") is not None
        self.work(None)
        with self.world.db() as db:
            assert db.get_one(ReturnChange, change.id).state == ("done" if yes else "refused")

    # What always holds

    @invariant()
    def rows_add_up(self) -> None:
        """No row is lost or counted twice, and at most one stands for an entry, with a result behind it."""
        self.filed.balanced()
        for i in range(PEOPLE):
            line = self.standing(i)
            assert (line is not None) == (self.filed.place(i).state in ("completed", "failed"))

    def teardown(self) -> None:
        try:
            self.world.holds()
        finally:
            self.world.engine.dispose()
            shutil.rmtree(self.folder, ignore_errors=True)


FEW = settings(max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))


class _Few(Rows):
    """The few lives of `make test`."""


class _Many(Rows):
    """Those of the soak."""


_Few.TestCase.settings = FEW
_Many.TestCase.settings = settings(FEW, max_examples=400, stateful_step_count=25)
TestRows = pytest.mark.row(60)(_Few.TestCase)
TestManyRows = pytest.mark.soak(_Many.TestCase)
