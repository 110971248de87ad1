"""When a class may be applied for and when a place may be taken (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from skills.courses.states import ClassState, CourseState
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding, Verdict, all_of

# 开班申请: 计划、师资、场地、考核方案、承诺 (national notice on training process, domain notes 5.2)
PROCESS = "职业技能培训过程管理：开班申请须报教学计划、师资、场地、考核方案并作真实性承诺"

KINDS: dict[str, tuple[str, str]] = {
    "skill": ("就业技能培训", "Employment skills training"),
    "post": ("岗位技能培训", "On-the-job training"),
    "preparation": ("劳动预备制培训", "Preparation for work"),
    "startup": ("创业创新培训", "Start-up training"),
    "professional": ("专业技术人员培训", "Training of professionals"),
}
ZONES: dict[str, tuple[str, str]] = {
    "mantianxing": ("满天星专区", "Mantianxing zone"),
    "": ("其他课程", "Other courses"),
}


@dataclass(frozen=True)
class Lesson:
    """A session: aware moments, the room, lecturers by name as written, and the address if it is another."""

    starts_at: datetime
    ends_at: datetime
    room: str
    lecturers: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class ClassPlan:
    """A class as its application states it. `hours` are the course's class hours.

    from_pool  whether every session has to name a confirmed lecturer of the pool; where there is none, the class itself
    unnamed    how many do not
    online     minutes of the course's lessons online
    mode       how the course is taught, as it was reviewed (`catalogue.MODES`)
    """

    course_state: str
    hours: int
    starts_on: date
    ends_on: date
    seats: int
    lecturer: str
    lecturer_proof: str
    address: str
    assessment_plan: str
    promised: bool
    lessons: Sequence[Lesson]
    from_pool: bool = False
    unnamed: int = 0
    online: int = 0
    mode: str = ""

    @property
    def online_alone(self) -> bool:
        """Whether nobody comes to a room: a course that was reviewed as taught online, and no session beside its lessons."""
        return self.mode == "online" and self.online > 0 and not self.lessons


def may_apply(plan: ClassPlan, minutes_per_hour: int, most_seats: int, day: date) -> Verdict:
    """Whether a class may be handed to the bureau; every missing part is a finding. `class.not_ready`."""
    minutes = sum(int((lesson.ends_at - lesson.starts_at).total_seconds()) // 60 for lesson in plan.lessons) + plan.online
    hours = minutes // minutes_per_hour
    inside = all(
        plan.starts_on <= shanghai_day(lesson.starts_at) and shanghai_day(lesson.ends_at) <= plan.ends_on
        for lesson in plan.lessons
    )
    rooms = bool(plan.lessons and plan.address.strip()) and all(lesson.room.strip() for lesson in plan.lessons)

    def asked(code: str, met: bool, **facts: object) -> Finding:
        return Finding(f"class.{code}", met, PROCESS, facts)

    return all_of(
        "class.not_ready",
        [
            asked("course_published", plan.course_state == CourseState.PUBLISHED),
            asked("timetable_covers", hours >= plan.hours, planned=hours, needed=plan.hours),
            asked("timetable_inside", inside, starts=plan.starts_on, ends=plan.ends_on),
            asked("timetable_clear", not overlapping(plan.lessons)),
            asked("rooms", rooms or plan.online_alone),
            _lecturers(plan),
            asked("assessment_plan", bool(plan.assessment_plan.strip())),
            asked("promise", plan.promised),
            asked("seats", 0 < plan.seats <= most_seats, seats=plan.seats, most=most_seats),
            asked("in_future", plan.starts_on > day, starts=plan.starts_on),
        ],
    )


def _lecturers(plan: ClassPlan) -> Finding:
    if not plan.from_pool:
        return Finding("class.lecturer", bool(plan.lecturer.strip() and plan.lecturer_proof.strip()), PROCESS)
    if plan.online_alone:
        return Finding("class.lecturer_online", not plan.unnamed, PROCESS)
    return Finding("class.lecturers_named", bool(plan.lessons) and not plan.unnamed, PROCESS, {"sessions": plan.unnamed})


def overlapping(lessons: Sequence[Lesson]) -> bool:
    """Whether two lessons of the class run at the same time."""
    ordered = sorted(lessons, key=lambda lesson: lesson.starts_at)
    return any(a.ends_at > b.starts_at for a, b in pairwise(ordered))


@dataclass(frozen=True)
class Opening:
    """A class as somebody who wants a place sees it. `at_once`: nobody has to confirm."""

    state: str
    starts_on: date
    seats: int
    taken: int
    enrolled_already: bool
    at_once: bool = True
    asked_already: bool = False


def may_enrol(opening: Opening, day: date) -> Verdict:
    """Whether a place may be taken today: approved, not begun, a seat left, not twice. `enrolment.not_possible`."""
    return all_of(
        "enrolment.not_possible",
        [
            Finding("enrolment.class_approved", opening.state == ClassState.APPROVED, PROCESS),
            Finding("enrolment.before_start", day < opening.starts_on, facts={"starts": opening.starts_on}),
            Finding("enrolment.seat_left", opening.taken < opening.seats, facts={"seats": opening.seats}),
            Finding("enrolment.once", not opening.enrolled_already),
            Finding("enrolment.at_once", opening.at_once),
            Finding("enrolment.not_asked", not opening.asked_already),
        ],
    )


def class_number(year: int, serial: int) -> str:
    """A class's number, typed into returns: B2026-00017. Raises ValueError beyond 99999 a year."""
    if not 0 < serial <= 99_999:
        raise ValueError("class serial out of range")
    return f"B{year}-{serial:05}"
