"""Online lessons: a course with three of them, learners at different places in it, and one person in two rooms at once."""

from __future__ import annotations

from datetime import timedelta

from skills.courses.actions import attendance, classes, enrolments
from skills.courses.actions.classes import SessionPlan
from skills.courses.queries import attendance as queries
from skills.courses.rules.attendance import Side
from skills.demo import cast, faculty
from skills.demo.catalogue import Planned, publish
from skills.demo.path import Path
from skills.demo.stage import Agenda
from skills.kernel.clock import start_of
from skills.kernel.keys import KeyRing
from skills.learning.actions import authoring, studying
from skills.learning.actions.studying import Sitting
from skills.learning.queries.lessons import of_course

COURSE = Planned(
    "数据标注在线入门", "4-04-05-05", None, 4, 0, "三个在线课件加一次面授，在手机上学完入门知识。", "academy", section="open",
    mode="blended", seats=60,
)  # fmt: skip
TEXTS = (
    ("什么是数据标注", 30, """# 什么是数据标注

人工智能从例子里学习。**标注**就是告诉它每个例子是什么：图里有几辆车，句子是夸还是骂。

- 图像：框、点、分割
- 文本：分类、实体、关系
- 语音：转写、断句

## 谁来标

标注员按**标注规范**工作，质检员抽查，一致率不到要求的返工。

| 环节 | 谁 | 看什么 |
|:--|:--|:--|
| 标注 | 标注员 | 规范 |
| 质检 | 质检员 | 一致率 |
| 验收 | 需求方 | 抽样 |

## 一个例子

> 规范写着：车身被挡住一半以上的不标。

照片里一辆车被树挡住三分之二，标不标？**不标**。
"""),
    ("标注规范怎么读", 40, """# 标注规范怎么读

先看**对象**，再看**边界**，最后看**例外**。

1. 对象：标什么，不标什么
2. 边界：框到哪里
3. 例外：拿不准怎么办

## 拿不准的时候

不要猜。记下编号，问质检员；同样的问题第二次出现，就写进规范。

## 练习

打开面授时发的十张图，照规范各标一遍。
"""),
    ("质检和一致率", 30, """# 质检和一致率

两个人各标一遍，结果相同的占多少，就是一致率。

## 多少算好

多数项目要求 95 % 以上。低于要求，先改规范，再返工。

## 小结

标得快不如标得准。下次面授请带上练习。
"""),
)


class Learning:
    """The class began six days ago; it goes on for ten more."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage
        self.course, self.class_id = "", ""
        self.places: dict[str, str] = {}
        self.lessons: list[str] = []

    def plan(self, agenda: Agenda) -> None:
        """Evenings in front of lessons, and one morning in two rooms."""
        agenda.on(-20, self.write)
        agenda.on(-14, self.open_class)
        agenda.on(-10, self.enrol)
        agenda.on(-6, self.begin)
        agenda.on(-4, self.in_two_rooms)
        agenda.on(-4, lambda: self.evening("candidate-3", 0, 30))
        agenda.on(-3, lambda: self.evening("learner", 0, 30))
        agenda.on(-3, lambda: self.evening("candidate-3", 1, 40))
        agenda.on(-2, lambda: self.evening("learner", 1, 17, answers=False))
        agenda.on(-2, lambda: self.evening("candidate-3", 2, 30))
        agenda.on(-1, lambda: self.evening("learner", 1, 22))

    def write(self) -> None:
        """Three lessons, reviewed with their course; a fourth still waits."""
        stage = self.stage
        self.course = publish(stage, COURSE)
        for title, minutes, body in TEXTS:
            stage.act(authoring.draft, "academy-admin", course_id=self.course, title=title, minutes=minutes, body=body)
        stage.act(authoring.submit, "academy-admin", course_id=self.course)
        seen = stage.ask(of_course, self.course)[1]
        stage.act(authoring.publish, "gov-clerk", course_id=self.course, versions=tuple(one.version for one in seen))
        self.lessons = [one.id for one in seen]
        more = "# 行业案例\n\n自动驾驶怎样用标注数据。\n"
        stage.act(authoring.draft, "academy-admin", course_id=self.course, title="行业案例", minutes=20, body=more)
        stage.act(authoring.submit, "academy-admin", course_id=self.course)

    def open_class(self) -> None:
        """One morning in a room, at the hour of the class that runs: somebody will be in both."""
        stage, first = self.stage, self.stage.today + timedelta(days=8)
        teacher = faculty.teacher(stage, self.path.faculty.setdefault("academy-admin", []), "academy-admin", 6)
        at = start_of(first + timedelta(days=2)) + timedelta(hours=10)
        made = stage.act(
            classes.plan, "academy-admin", course_id=self.course, district=cast.DISTRICT, address="数字经济产业园2号楼",
            assessment_plan="在线小测和面授实操", seats=60, starts_on=first, ends_on=first + timedelta(days=16),
            sessions=(SessionPlan(at, at + timedelta(hours=2), "报告厅", "面授：十张图", (teacher,)),),
        ).or_refuse()  # fmt: skip
        stage.act(classes.submit, "academy-admin", class_id=made.class_id, promise=True)
        stage.act(classes.approve, "gov-clerk", class_id=made.class_id)
        self.class_id = made.class_id

    def enrol(self) -> None:
        """Three take a place; one of them has not begun yet."""
        for hero in ("learner", "candidate-3", "employee"):
            done = self.stage.act(enrolments.enrol, self.stage.person(hero), class_id=self.class_id)
            self.places[hero] = done.enrolment_id

    def begin(self) -> None:
        """Its first day."""
        self.stage.act(classes.start, "academy-admin", class_id=self.class_id)

    def in_two_rooms(self) -> None:
        """A friend scans for somebody who sits in the other class: both are flagged, the bureau decides."""
        stage = self.stage
        ring, now = stage.works.office.tools[KeyRing], stage.clock.now()
        assert isinstance(ring, KeyRing)  # noqa: S101 - narrows for the type checker
        session = stage.ask(queries.of_class, self.class_id, now).sessions[0].session_id
        code = queries.code_of(ring, session, Side.IN, now)
        stage.act(attendance.scan, stage.person("candidate-3"), code=code, session_id=session)

    def evening(self, hero: str, lesson: int, minutes: int, answers: bool = True) -> None:
        """A sign of life each minute, from eight in the evening or when the last one was done; questions answered, or not."""
        stage, who = self.stage, self.stage.person(hero)
        stage.clock.set(max(stage.clock.now(), start_of(stage.today) + timedelta(hours=20)) + timedelta(minutes=1))
        held: Sitting = stage.act(studying.start, who, enrolment_id=self.places[hero], lesson_id=self.lessons[lesson])
        for minute in range(minutes):
            stage.clock.set(stage.clock.now() + timedelta(minutes=1))
            part = min(2, 3 * minute // minutes)
            held = stage.act(studying.beat, who, study_id=held.study_id, token=held.token, position=part)
            if held.asked and answers:
                stage.clock.set(stage.clock.now() + timedelta(seconds=9))
                held = stage.act(studying.answer, who, study_id=held.study_id, question_id=held.asked.question_id, word=held.asked.word)
        stage.act(studying.leave, who, study_id=held.study_id, token=held.token, position=held.position)
