"""The stage of learning: a course with lessons, a class that runs, a learner in front of a lesson."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from skills.courses.actions import attendance, classes
from skills.courses.models import ClassSession
from skills.courses.queries import attendance as shown
from skills.courses.queries import hours
from skills.courses.rules.attendance import Side
from skills.kernel.actors import Actor
from skills.kernel.keys import KeyRing
from skills.learning.actions import authoring, studying
from skills.learning.actions.authoring import FOLDER, File
from skills.learning.actions.studying import Sitting
from skills.learning.models import ClassHour, Overlap, StudyQuestion
from skills.learning.queries.lessons import of_course
from skills.learning.rules.files import LessonKind
from tests.courses.stage import Stage, institution, make_stage
from tests.courses.wallet import voucher_for
from tests.learning.test_credit import mp4
from tests.world import World

TEXT = "# 什么是标注\n\n给数据加上**标签**。\n\n## 练习\n\n做三道题。\n\n## 小结\n\n回到教室再练。\n"


class School:
    """A school with an online course of three lessons and a class of it that runs.

    other  a second school's class next door
    film   the film of the second lesson; else one without pictures
    """

    def __init__(self, world: World, other: bool = False, film: bytes = b"", voucher: bool = False) -> None:
        self.world, self.stage, self.film = world, make_stage(world), film
        self.lessons = [self.text("什么是标注", 30), self.video("怎样标注", 1200, 20), self.text("小结", 10)]
        self.publish(self.stage)
        self.class_id = str(self.stage.open(10, days=2).class_id)
        self.person, self.number = self.stage.person("欧阳星河")
        held = voucher_for(world, self.person) if voucher else None
        self.place = str(self.stage.enrol(self.class_id, self.person, held).enrolment_id)
        self.next_door: Stage | None = None
        if other:
            self.next_door = Stage(world, institution(world, 2), serial=500)
            self.next_door.course = self.next_door.publish(title="另一所学校的课")
            self.other_class = str(self.next_door.open(10, days=3, address="滨江路2号", lecturer="赵老师", lecturer_proof="高级讲师2").class_id)
            self.other_place = str(self.next_door.enrol(self.other_class, self.person).enrolment_id)
        world.clock.forward(days=7)
        world.perform(classes.start, actor=self.stage.clerk, class_id=self.class_id)
        if self.next_door:
            world.perform(classes.start, actor=self.next_door.clerk, class_id=self.other_class)

    # Lessons
    @property
    def author(self) -> Actor:
        return self.stage.clerk

    def text(self, title: str, minutes: int, body: str = TEXT) -> str:
        made = self.world.perform(authoring.draft, actor=self.author, course_id=self.stage.course, title=title, minutes=minutes, body=body)
        return str(made.lesson_id)

    def store(self, data: bytes, kind: LessonKind = LessonKind.VIDEO, length: int = 1200) -> File:
        """A file where an upload leaves it."""
        folder = self.world.settings.files_dir / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(data).hexdigest()
        (folder / digest).write_bytes(data)
        return File(digest, len(data), kind, length)

    def video(self, title: str, seconds: int, minutes: int) -> str:
        file = self.store(self.film or mp4(seconds), LessonKind.VIDEO, seconds)
        made = self.world.perform(authoring.draft, actor=self.author, course_id=self.stage.course, title=title, minutes=minutes, file=file)
        return str(made.lesson_id)

    def publish(self, stage: Stage) -> None:
        self.world.perform(authoring.submit, actor=stage.clerk, course_id=stage.course)
        seen = tuple(one.version for one in self.world.ask(of_course, stage.course)[1] if one.state == "submitted")
        self.world.perform(authoring.publish, actor=stage.city, course_id=stage.course, versions=seen)

    # The learner
    @property
    def learner(self) -> Actor:
        return self.world.actor("lesson.study", "attendance.scan", "enrolment.enrol", account=f"acc-{self.person}"[:26], person=self.person)

    def open(self, lesson: int = 0, place: str = "") -> Sitting:
        made: Sitting = self.world.perform(
            studying.start, actor=self.learner, enrolment_id=place or self.place, lesson_id=self.lessons[lesson]
        )
        return made

    def beat(self, held: Sitting, seconds: int = 60, **more: Any) -> Sitting:
        self.world.clock.forward(seconds=seconds)
        order = {"position": held.position, **more}
        made: Sitting = self.world.perform(studying.beat, actor=self.learner, study_id=held.study_id, token=held.token, **order)
        return made

    def sit(self, held: Sitting, minutes: int, answers: bool = True) -> Sitting:
        """Signs of life each minute, every question answered a few seconds after it was asked."""
        for _ in range(minutes):
            held = self.beat(held)
            if held.asked and answers:
                held = self.answer(held)
        return held

    def answer(self, held: Sitting, word: int | None = None) -> Sitting:
        assert held.asked
        made: Sitting = self.world.perform(
            studying.answer, actor=self.learner, study_id=held.study_id, question_id=held.asked.question_id,
            word=held.asked.word if word is None else word,
        )
        return made

    def leave(self, held: Sitting) -> Sitting:
        made: Sitting = self.world.perform(
            studying.leave, actor=self.learner, study_id=held.study_id, token=held.token, position=held.position
        )
        return made

    def learn(self, minutes: int, lesson: int = 0) -> Sitting:
        return self.leave(self.sit(self.open(lesson), minutes))

    # The room
    def sessions(self, class_id: str = "") -> list[tuple[str, datetime]]:
        with self.world.db() as db:
            chosen = select(ClassSession).where(ClassSession.class_id == (class_id or self.class_id)).order_by(ClassSession.starts_at)
            return [(s.id, s.starts_at) for s in db.scalars(chosen)]

    def scan(self, class_id: str = "", day: int = 0, minutes: int = 0) -> Any:
        """One's own scan so many minutes after the start of a day's session."""
        session, starts = self.sessions(class_id)[day]
        self.world.clock.set(starts + timedelta(minutes=minutes))
        code = shown.code_of(self.world.tool(KeyRing), session, Side.IN, self.world.clock.now())
        return self.world.perform(attendance.scan, actor=self.learner, code=code, session_id=session)

    # What is on record
    def ledger(self, place: str = "") -> list[tuple[str, int]]:
        """(kind, minutes) of the ledger's lines of a place, in order."""
        with self.world.db() as db:
            rows = db.scalars(select(ClassHour).where(ClassHour.enrolment_id == (place or self.place)).order_by(ClassHour.number))
            return [(r.kind, r.minutes) for r in rows]

    def counts(self, class_id: str = "") -> tuple[int, int]:
        """(minutes that count, minutes that are held) of the learner's place in a class."""
        held = self.world.ask(hours.ledger_of, class_id or self.class_id, self.person)
        return held.minutes, held.held

    def overlaps(self) -> list[Overlap]:
        with self.world.db() as db:
            return list(db.scalars(select(Overlap).order_by(Overlap.opened_at, Overlap.id)))

    def questions(self) -> int:
        with self.world.db() as db:
            return len(db.scalars(select(StudyQuestion.id)).all())

    @property
    def bureau(self) -> Actor:
        return self.world.actor("overlap.decide", account="decider", district="500112")


