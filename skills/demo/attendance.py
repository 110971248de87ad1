"""Attendance: two learners scan their room's code for three days; one was late, missed one and asks for a correction."""

from __future__ import annotations

from datetime import datetime, timedelta

from skills.courses.actions import attendance
from skills.courses.queries import attendance as queries
from skills.courses.queries.attendance import SessionCount
from skills.courses.rules.attendance import Mark, Reason, Side
from skills.demo.path import Path
from skills.demo.stage import Agenda
from skills.kernel.clock import SHANGHAI, start_of
from skills.kernel.keys import KeyRing

SOON = timedelta(minutes=20)


class Attendances:
    """The class that runs today, day by day, and the make-up of its last lesson."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage

    def plan(self, agenda: Agenda) -> None:
        """Lessons begin when the agenda's day does."""
        agenda.on(-5, lambda: self.scan(0, "learner", "candidate-3"))
        agenda.on(-4, lambda: self.scan(1, "candidate-3"))
        agenda.on(-4, self.come_late)
        agenda.on(-2, self.ask)
        agenda.on(-1, self.make_up)

    def scan(self, lesson: int, *heroes: str) -> None:
        """Each reads the code off the screen of the room."""
        stage, session = self.stage, self._sessions()[lesson].session_id
        ring, now = stage.works.office.tools[KeyRing], stage.clock.now()
        assert isinstance(ring, KeyRing)  # noqa: S101 - narrows for the type checker
        for hero in heroes:
            code = queries.code_of(ring, session, Side.IN, now)
            stage.act(attendance.scan, stage.person(hero), code=code, session_id=session)

    def come_late(self) -> None:
        """A quarter of an hour after the others."""
        self.stage.clock.set(self.stage.clock.now() + timedelta(minutes=15))
        self.scan(1, "learner")

    def ask(self) -> None:
        """The third lesson stands as missed: the bureau decides."""
        self.stage.act(
            attendance.ask, self.stage.person("learner"), session_id=self._sessions()[2].session_id, side=Side.IN,
            mark=Mark.ON_TIME, reason=Reason.PHONE, words="当天手机没电，一直在教室上课，邻座同学和李老师可以说明。",
        )  # fmt: skip

    def make_up(self) -> None:
        """The last lesson is held again: soon, if it is day now, so that the screen of the room shows its code."""
        stage = self.stage
        local = stage.now.astimezone(SHANGHAI)
        morning = start_of(local.date() + timedelta(days=local.hour >= 8)) + timedelta(hours=9)
        starts: datetime = stage.now + SOON if 8 <= local.hour < 19 else morning
        starts = starts.replace(second=0, microsecond=0)
        stage.act(
            attendance.plan_makeup, "academy-admin", session_id=self._sessions()[2].session_id, starts_at=starts,
            ends_at=starts + timedelta(hours=3), room="302机房",
        )  # fmt: skip

    def _sessions(self) -> list[SessionCount]:
        stage = self.stage
        return stage.ask(queries.of_class, self.path.classes["running"], stage.clock.now()).sessions
