"""The stage of course tests: an institution, a published course, an approved class, people with vouchers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from skills.accounts.actions import approve_organisation, register_organisation
from skills.courses.actions import catalogue, classes, delivery, enrolments
from skills.courses.actions.classes import SessionPlan
from skills.courses.models import ClassSession, CourseClass
from skills.kernel.actors import Actor
from skills.people.actions import register_person
from skills.people.rules import check_digit
from skills.resources.actions import lecturers
from skills.resources.models import Lecturer
from skills.resources.rules import QualificationPlan
from tests.world import World

CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FEE = 240_000
HOURS = 12


def credit_code(serial: int) -> str:
    """A valid 统一社会信用代码 of a made-up organisation."""
    body = f"91500112MA5U{serial:05}"
    total = sum(CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + CREDIT[(31 - total % 31) % 31]


def resident(serial: int) -> str:
    """A valid resident number of a made-up person, born on 15 January 2001 or a few years later."""
    body = f"500112{2001 + serial // 1000}0115{serial % 1000:03}"
    return body + check_digit(body)


@dataclass
class Stage:
    """Who and what a course test acts with."""

    world: World
    school: str
    course: str = ""
    serial: int = 0
    pool: dict[str, str] = field(default_factory=dict)

    @property
    def clerk(self) -> Actor:
        return self.world.actor(
            "course.manage", "class.manage", "class.cancel", "return.file", "return.handle", "lecturer.propose", account="clerk",
            organisation=self.school,
        )  # fmt: skip

    @property
    def bureau(self) -> Actor:
        return self.world.actor("course.publish", "class.approve", "class.cancel", account="bureau", district="500112")

    @property
    def city(self) -> Actor:
        return self.world.actor("course.publish", "class.approve", "class.cancel", account="city")

    def person(self, name: str = "") -> tuple[str, str]:
        """A fresh person: (id, document number)."""
        self.serial += 1
        number = resident(self.serial)
        birth = date(int(number[6:10]), 1, 15)
        made = self.world.perform(
            register_person, name=name or f"学员{self.serial}", document_kind="resident", document_number=number, birth=birth,
            sex="M" if int(number[16]) % 2 else "F", district="500112", phone=f"138{self.serial:08}", synthetic=True,
        )
        return made.person_id, number

    def learner(self, person_id: str) -> Actor:
        return self.world.actor("enrolment.enrol", account=f"acc-{person_id}"[:26], person=person_id)

    def publish(self, **change: Any) -> str:
        """A published course."""
        order = {
            "title": "数据标注员入门", "kind": "skill", "zone": "mantianxing", "occupation": "4-04-05-05", "level": 2,
            "hours": HOURS, "fee": FEE, **change,
        }
        made = self.world.perform(catalogue.draft, actor=self.clerk, institution_id=self.school, **order)
        self.world.perform(catalogue.submit, actor=self.clerk, course_id=made.course_id)
        self.world.perform(catalogue.publish, actor=self.city, course_id=made.course_id)
        return str(made.course_id)

    def lecturer(self, name: str = "李老师") -> str:
        """A confirmed lecturer of the pool, by name: the same one for the same name."""
        if name not in self.pool:
            with self.world.db() as db:
                order = (db.scalar(select(func.count()).select_from(Lecturer)) or 0) + 1
            body = f"500105{1970 + order // 900}0505{order % 900 + 100:03}"
            number = body + check_digit(body)
            self.world.perform(
                register_person, name=name, document_kind="resident", document_number=number, birth=date(1970 + order // 900, 5, 5),
                sex="M" if order % 2 else "F", district="500105", synthetic=True,
            )  # fmt: skip
            proof = QualificationPlan("title", "高级讲师", issuer="市职称改革办公室", number=f"职称{number}")
            made = self.world.perform(
                lecturers.propose, actor=self.clerk, organisation_id=self.school, name=name, document_kind="resident",
                document_number=number, occupations=("4-04-05-05",), qualifications=(proof,),
            )  # fmt: skip
            examiner = self.world.actor("lecturer.confirm", account="examiner")
            self.world.perform(lecturers.confirm, actor=examiner, lecturer_id=made.lecturer_id, strength="seen")
            self.pool[name] = made.lecturer_id
        return self.pool[name]

    def plan(
        self, seats: int = 30, *, starts: int = 7, days: int = 3, course: str = "", lecturer: str | None = None, room: str = "",
        **change: Any,
    ) -> Any:  # fmt: skip
        """A planned class that begins in some days: six hours of lessons a day, each class with a room and a lecturer of its own.

        lecturer  the name; " " for none
        """
        return self.try_plan(seats, starts=starts, days=days, course=course, lecturer=lecturer, room=room, **change).or_refuse()

    def try_plan(
        self, seats: int = 30, *, starts: int = 7, days: int = 3, course: str = "", lecturer: str | None = None, room: str = "",
        **change: Any,
    ) -> Any:  # fmt: skip
        """The same, with the clashes as an answer."""
        with self.world.db() as db:
            turn = (db.scalar(select(func.count()).select_from(CourseClass)) or 0) + 1
        name = lecturer if lecturer is not None else "李老师" if turn == 1 else f"教师{turn}"
        teachers = (self.lecturer(name),) if name.strip() else ()
        first = self.world.today + timedelta(days=starts)
        noon: datetime = self.world.clock.now().replace(hour=1, minute=0)  # nine o'clock in Shanghai
        sessions = tuple(
            SessionPlan(at, at + timedelta(hours=4, minutes=30), room or f"{300 + turn}室", f"第{d + 1}讲", teachers)
            for d in range(days)
            for at in [noon + timedelta(days=starts + d)]
        )
        order = {
            "district": "500112", "address": "学府路1号", "assessment_plan": "机考和实操，由外聘考评员评分", "seats": seats, "starts_on": first,
            "ends_on": first + timedelta(days=days - 1), "sessions": sessions, **change,
        }
        return self.world.perform(classes.plan, actor=self.clerk, course_id=course or self.course, **order)

    def open(self, seats: int = 30, **order: Any) -> Any:
        """An approved class."""
        made = self.plan(seats, **order)
        self.world.perform(classes.submit, actor=self.clerk, class_id=made.class_id, promise=True)
        return self.world.perform(classes.approve, actor=self.bureau, class_id=made.class_id)

    def enrol(self, class_id: str, person_id: str, voucher_id: str | None = None) -> Any:
        return self.world.perform(
            enrolments.enrol, actor=self.learner(person_id), class_id=class_id, voucher_id=voucher_id
        )

    def run(self, class_id: str) -> None:
        """Let the class begin and end."""
        self.world.clock.forward(days=7)
        self.world.perform(classes.start, actor=self.clerk, class_id=class_id)
        self.world.clock.forward(days=3)
        self.record(class_id)
        self.world.perform(classes.finish, actor=self.clerk, class_id=class_id)

    def record(self, class_id: str, **change: Any) -> None:
        """Every session recorded as it was planned."""
        with self.world.db() as db:
            ids = db.scalars(select(ClassSession.id).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at)).all()
        for session_id in ids:
            self.world.perform(delivery.record, actor=self.clerk, session_id=session_id, **change)


def institution(world: World, serial: int = 1) -> str:
    """An approved institution."""
    made = world.perform(
        register_organisation, name=f"星河职业培训学校{serial}", kind="institution", credit_code=credit_code(serial),
        district="500112",
    )
    from skills.accounts import queries

    if world.ask(queries.organisation, made.id).state != "approved":
        world.perform(approve_organisation, organisation_id=made.id)
    return str(made.id)


def make_stage(world: World) -> Stage:
    """A school with one published course."""
    stage = Stage(world, institution(world))
    stage.course = stage.publish()
    return stage
