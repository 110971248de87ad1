"""Classes full of learners, of any size: rows as the register and the classes have them, written past the office.

Putting a hundred thousand people into classes is no part of what is measured or tried with them, and through the
office it would take longer than all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from skills.app import Works
from skills.courses.models import Attendance, ClassSession, Course, CourseClass, Enrolment, LeaveRequest
from skills.kernel.box import Box
from skills.kernel.clock import SHANGHAI, shanghai_day
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import Base, writing
from skills.people.models import IdentityDocument, Person
from skills.people.queries import birth_place, name_place
from skills.people.rules import check_digit, mask_document, normal_document

HOURS, CENTS, FEE = 60, 120_000, 240_000
SEATS = 200
LESSONS = 15  # of four class hours each, every fourth day
PART = 2_000
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红鹏辉建国志文斌宇浩凯晨雪"


@dataclass(frozen=True)
class Group:
    """Learners who are alike: `state`, dates and what they `attended` are those of their places; `rare` ends their names."""

    count: int
    state: str = "attending"
    class_state: str = "running"
    ended_days_ago: int = 4
    joined_days_late: int = -10
    attended: int | None = None
    leaving: bool = False
    in_class: bool = True
    same_name: bool = False
    lecturer: bool = False
    here: bool = True
    lessons: int = LESSONS
    rare: str = ""
    title: str = "数据标注员入门"


@dataclass(frozen=True)
class Learner:
    """Somebody who is on the register, with the number of a class and what is true there."""

    name: str
    document: str
    class_number: str
    starts_on: date
    ends_on: date
    attended: int | None


def resident(serial: int) -> str:
    """A valid resident number of a made-up person: one for each serial up to 9,000,000."""
    born = date(1965, 1, 1) + timedelta(days=serial // 900)
    body = f"500112{born:%Y%m%d}{serial % 900 + 1:03}"
    return body + check_digit(body)


def _name(serial: int) -> str:
    """A made-up name: no two alike among neighbours."""
    return SURNAMES[serial % 20] + GIVEN[serial // 20 % 40] + GIVEN[serial // 800 % 40]


class Town:
    """Fills the classes of one institution."""

    def __init__(self, works: Works, institution: str, other: str = "") -> None:
        self._works = works
        self._institution, self._other = institution, other
        self._people = self._classes = self._rows = 0
        self._now = works.office.clock.now()
        self._today = shanghai_day(self._now)
        self._made: dict[tuple[Any, ...], tuple[str, str, list[tuple[str, date]], int]] = {}
        box, keys = works.office.tools[Box], works.office.tools[DataKeys]
        assert isinstance(box, Box)
        assert isinstance(keys, DataKeys)
        self._box, self._keys = box, keys

    def fill(self, groups: Mapping[str, Group]) -> dict[str, list[Learner]]:
        """Put so many learners of every group there."""
        found: dict[str, list[Learner]] = {}
        for name, group in groups.items():
            found[name] = []
            for start in range(0, group.count, PART):
                with writing(self._works.engine) as db:
                    found[name] += self._part(db, group, min(PART, group.count - start))
        return found

    def _part(self, db: Session, group: Group, count: int) -> list[Learner]:
        ids = [self._id("p", self._people + n) for n in range(count)]
        self._keys.prepare(ids)
        rows: dict[type[Base], list[dict[str, Any]]] = {m: [] for m in (Person, IdentityDocument, Enrolment, LeaveRequest, Attendance)}
        learners = []
        for person_id in ids:
            serial, self._people = self._people, self._people + 1
            class_id, number, days, _ = self._class(db, group)
            name = _name(serial - serial % 2 if group.same_name else serial) + group.rare
            if group.lecturer:
                name = f"讲师{number[-5:]}"
            document = resident(serial)
            rows[Person].append(self._person(person_id, name))
            rows[IdentityDocument].append(self._document(person_id, document))
            first, last = days[0][1], days[-1][1]
            if group.in_class:
                place = self._place(person_id, class_id, group, first, last)
                rows[Enrolment].append(place)
                rows[Attendance] += self._marks(place, days, group)
                if group.leaving:
                    rows[LeaveRequest].append(self._request(place))
            learners.append(Learner(name, document, number, first, last, group.attended))
        for model, new in rows.items():
            if new:
                db.execute(insert(model), new)
        return learners

    def _class(self, db: Session, group: Group) -> tuple[str, str, list[tuple[str, date]], int]:
        """A class with a seat left for somebody of this kind."""
        kind = (group.class_state, group.ended_days_ago, group.here, group.lecturer and self._people, group.attended, group.lessons,
                group.title)
        held = self._made.get(kind)
        if held is None or held[3] == SEATS:
            held = (*self._open(db, group), 0)
        self._made[kind] = (*held[:3], held[3] + 1)
        return held

    def _open(self, db: Session, group: Group) -> tuple[str, str, list[tuple[str, date]]]:
        self._classes += 1
        course_id, class_id = self._id("k", self._classes), self._id("c", self._classes)
        number = f"B{self._today.year}-{90_000 + self._classes:05}"
        institution = self._institution if group.here else self._other
        last = self._today - timedelta(days=group.ended_days_ago)
        days = [last - timedelta(days=4 * n) for n in reversed(range(group.lessons))]
        db.execute(insert(Course), [{
            "id": course_id, "institution_id": institution, "title": group.title, "kind": "skill", "zone": "mantianxing",
            "occupation": "4-04-05-05", "level": 2, "hours": HOURS, "fee": FEE, "state": "published",
        }])  # fmt: skip
        db.execute(insert(CourseClass), [{
            "id": class_id, "number": number, "course_id": course_id, "institution_id": institution, "district": "500112",
            "address": "学府路1号", "lecturer": f"讲师{number[-5:]}", "lecturer_proof": "高级讲师", "assessment_plan": "机考",
            "promised": True, "seats": SEATS, "taken": SEATS, "starts_on": days[0], "ends_on": days[-1],
            "state": group.class_state,
        }])  # fmt: skip
        sessions = [(self._id("s", self._classes * 100 + n), day) for n, day in enumerate(days)]
        db.execute(insert(ClassSession), [
            {"id": i, "class_id": class_id, "starts_at": self._at(day, 9), "ends_at": self._at(day, 12), "room": "301室"}
            for i, day in sessions
        ])  # fmt: skip
        return class_id, number, sessions

    def _person(self, person_id: str, name: str) -> dict[str, Any]:
        return {
            "id": person_id, "name": self._box.seal(name, name_place(person_id), person_id),
            "birth": self._box.seal("1990-01-15", birth_place(person_id), person_id), "sex": "F", "district": "500112",
            "synthetic": True, "registered_at": self._now,
        }  # fmt: skip

    def _document(self, person_id: str, number: str) -> dict[str, Any]:
        own = "d" + person_id[1:]
        return {
            "id": own, "person_id": person_id, "kind": "resident", "masked": mask_document(number), "added_at": self._now,
            "number": self._box.seal(number, f"identity_document:{own}:number", person_id),
            "blind": self._box.blind("document:resident", normal_document("resident", number)),
        }  # fmt: skip

    def _place(self, person_id: str, class_id: str, group: Group, first: date, last: date) -> dict[str, Any]:
        ended = group.state not in ("attending", "enrolled")
        return {
            "id": "e" + person_id[1:], "class_id": class_id, "person_id": person_id, "state": group.state,
            "enrolled_at": self._at(first + timedelta(days=group.joined_days_late), 9), "fee": FEE, "voucher_cents": CENTS,
            "price": FEE - CENTS, "payee": "institution", "left_at": self._now if group.state == "withdrawn" else None,
            "completed_on": last if group.state in ("completed", "failed") else None,
            "ended_at": self._now if ended else None,
            "certificate_number": f"PX-{person_id[1:]}" if group.state == "completed" else None,
        }  # fmt: skip

    def _marks(self, place: Mapping[str, Any], days: Sequence[tuple[str, date]], group: Group) -> Iterator[dict[str, Any]]:
        for session_id, day in days[: group.attended or 0]:
            self._rows += 1
            yield {
                "id": self._id("a", self._rows), "session_id": session_id, "class_id": place["class_id"],
                "person_id": place["person_id"], "side": "in", "mark": "on_time", "way": "scan", "at": self._at(day, 9),
            }  # fmt: skip

    def _request(self, place: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": "q" + place["id"][1:], "enrolment_id": place["id"], "person_id": place["person_id"], "district": "500112",
            "code": "moved", "state": "opened", "opened_at": self._now, "due": self._today + timedelta(days=5),
        }  # fmt: skip

    @staticmethod
    def _at(day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), SHANGHAI)

    def _id(self, letter: str, number: int) -> str:
        return f"{letter}{self._institution[-8:].lower()}{number:017}"
