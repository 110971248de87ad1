"""Time in front of online lessons, as the actions would have written it: lessons, studies, signs of life, questions.

Every class that learns online has three lessons, which its course's institution wrote and the bureau published before. Honest
people learn on some of the days of their class, mostly in the evening, now and then break off, and miss a question or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from skills.learning.states import LessonState, StudyState
from skills.oversight.rehearsal.book import Book, Row
from skills.oversight.rehearsal.lives import Use
from skills.oversight.rehearsal.town import BUREAU, Body, Town, Who

TITLES = ("理论要点", "操作演示", "安全与规范")


@dataclass(frozen=True)
class Way:
    """How somebody learns online.

    hours      when, in Shanghai, from and to
    days       on how many days, at most
    rate       how fast videos are played, in per cent
    answers    after how many seconds a question is answered, from and to; `steady` if always alike
    missed     share of questions that nobody answers
    jitter     by how many seconds a sign of life is late, at most
    """

    hours: tuple[float, float] = (19.0, 22.5)
    days: int = 4
    rate: int = 100
    answers: tuple[float, float] = (3.0, 45.0)
    steady: float = 0.0
    missed: float = 0.04
    jitter: float = 3.0


@dataclass
class Online:
    """The town's lessons and studies. `busy`: when somebody learns already."""

    book: Book
    town: Town
    busy: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=lambda: defaultdict(list))

    def device(self, model: str, line: str) -> str:
        """The mark that a browser on a network leaves."""
        return self.book.digest("device", f"{model}\0{line}")

    def own_device(self, who: Who) -> str:
        """Somebody's own phone at home."""
        return self.device(f"{who.model} {who.id}", who.home)

    def lessons(self, body: Body, group: Row, minutes: Sequence[int] = (30, 24, 40)) -> list[Row]:
        """Lessons of the class's course: as they were published a while before it began."""
        before = self.book.at(group["starts_on"] - timedelta(days=40), 10)
        made = [r for r in self.book.rows["lesson"] if r["course_id"] == group["course_id"]]
        if made:
            return made
        for place, (title, most) in enumerate(zip(TITLES, minutes, strict=True), 1):
            made.append(
                self.book.add(
                    "lesson", id=self.book.id(before), course_id=group["course_id"], place=place, title=title, kind="text",
                    body=f"# {title}\n\n正文。\n", digest="", size=12, length=1, minutes=most, state=LessonState.PUBLISHED, reason="",
                    drafted_by=body.clerk, drafted_at=before, submitted_at=before + timedelta(hours=1), decided_by=BUREAU,
                    decided_at=before + timedelta(days=2), withdrawn_at=None,
                )
            )  # fmt: skip
        return made

    def free(self, group: Row, who: str, at: datetime, minutes: float) -> bool:
        """Whether somebody neither sits in this class's room then, nor before another lesson, and the class goes on."""
        until = at + timedelta(minutes=minutes + 5)
        sessions = [(s["starts_at"] - timedelta(minutes=40), s["ends_at"]) for s in self.town.sessions[group["id"]]]
        inside = group["starts_on"] <= at.date() and until < self.book.now
        return inside and all(until <= a or b <= at for a, b in [*sessions, *self.busy[who]])

    def last_day(self, group: Row, place: Row) -> date:
        """Until when somebody learns: the class's end, its result, or yesterday."""
        days: list[date] = [group["ends_on"], self.book.today - timedelta(days=1)]
        if place["ended_at"] is not None:
            days.append(place["ended_at"].date() - timedelta(days=1))
        return min(days)

    def learns(self, use: Use, way: Way, device: str = "", lessons: Sequence[Row] | None = None) -> None:
        """Somebody works through the lessons of a class, on days and at hours of their own."""
        draw, group, place = self.book.draw, use.group, use.place
        held = lessons or self.lessons(use.body, group)
        last = self.last_day(group, place)
        if place["left_at"] is not None or last < group["starts_on"]:
            return
        days = [group["starts_on"] + timedelta(days=n) for n in range((last - group["starts_on"]).days + 1)]
        for lesson in held:
            left = lesson["minutes"]
            for day in draw.sample(days, min(len(days), way.days)):
                minutes = min(left, draw.randrange(8, 46))
                at = self.book.at(day, draw.uniform(*way.hours))
                if minutes < 3 or not self.free(group, place["person_id"], at, minutes):
                    continue
                self.study(place, lesson, at, minutes, way, device or self.own_device(use.held.who))
                left -= minutes

    def study(self, place: Row, lesson: Row, at: datetime, minutes: int, way: Way, device: str, second: float | None = None) -> Row:
        """Once in front of a lesson: so many minutes of signs of life, questions as the server drew them.

        second  the exact length between two signs of life; by default they come a little late, each in its own way
        """
        book, draw = self.book, self.book.draw
        row = book.add(
            "study", id=book.id(at), person_id=place["person_id"], enrolment_id=place["id"], lesson_id=lesson["id"], state=StudyState.LEFT,
            started_at=at, last_at=at, beats=0, position=0, device=device, ended_at=None,
        )  # fmt: skip
        self._beat(row, 0, at, "start", 100)
        proof, due, number = at, at + timedelta(minutes=draw.uniform(8, 15)), 0
        waiting: Row | None = None
        for n in range(1, minutes + 1):
            gap = second if second is not None else 60 + draw.uniform(0, way.jitter)
            now = row["last_at"] + timedelta(seconds=gap)
            if waiting is not None and waiting["answered_at"] is not None and waiting["answered_at"] >= now:
                now = waiting["answered_at"] + timedelta(seconds=1)
            self._beat(row, n, now, "leave" if n == minutes else "beat", way.rate)
            if waiting is not None and waiting["answered_at"] is None:
                break  # nobody is there: the page waits with its question, and the study breaks off
            if now >= due and n < minutes:
                number += 1
                waiting = self._ask(row, number, now, way)
                proof = waiting["answered_at"] or now
                due = proof + timedelta(minutes=draw.uniform(8, 15))
        broke = waiting is not None and waiting["answered_at"] is None
        end = row["last_at"] + (timedelta(minutes=12) if broke else timedelta(0))
        row.update(state=StudyState.LAPSED if broke else StudyState.LEFT, ended_at=end)
        self.busy[place["person_id"]].append((at, end))
        return row

    def _ask(self, row: Row, number: int, now: datetime, way: Way) -> Row:
        draw = self.book.draw
        answered = None
        if draw.random() >= way.missed:
            seconds = way.steady + draw.uniform(-0.2, 0.2) if way.steady else draw.uniform(*way.answers)
            answered = now + timedelta(seconds=seconds)
        return self.book.add(
            "study_question", id=self.book.id(now), study_id=row["id"], number=number, asked_at=now, answer_by=now + timedelta(seconds=90),
            answered_at=answered,
        )  # fmt: skip

    def _beat(self, row: Row, number: int, at: datetime, way: str, rate: int) -> None:
        self.book.add("study_beat", id=self.book.id(at), study_id=row["id"], number=number, at=at, way=way, position=0, rate=rate)
        row.update(last_at=at, beats=number)
