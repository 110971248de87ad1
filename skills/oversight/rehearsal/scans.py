"""Attendance as the actions would have written it: everybody's own scans, lateness, absence, and what was corrected by two people.

The percentage that an institution filed of a place is what its attendance comes to. One class in four has none: there was no screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from skills.courses.queries.attendance import policy_of
from skills.courses.rules.attendance import Held, Mark, Reason, Side, Way, count
from skills.courses.states import CorrectionState, EnrolmentState
from skills.oversight.rehearsal.book import Book, Row
from skills.oversight.rehearsal.town import BUREAU, CHECKER, Town

THERE = (EnrolmentState.ATTENDING, EnrolmentState.COMPLETED, EnrolmentState.FAILED)
WITHOUT_SCREEN = 0.25
USUAL = 93  # per cent that somebody attends of a class whose results are not filed yet
WORDS = ("手机没电了", "手机屏幕坏了，扫不了", "当天换手机，没来得及登录", "没带手机，老师看到我在")


@dataclass(frozen=True)
class Habit:
    """How somebody's attendance comes about, if not by the own phone in the own time.

    typed    the code is typed, not scanned
    within   all who share `group` are written within so many seconds of each other; 0: each in the own time
    minutes  when that begins, from and to, in minutes from the start of the session
    order    their order is the same every time
    missed   share of sessions that nobody wrote and that the institution has corrected afterwards
    late     share of sessions at which somebody came late and the institution had it corrected
    words    what the institution says then
    """

    group: str = ""
    typed: bool = False
    within: float = 0
    minutes: tuple[float, float] = (-10, -1)
    order: int = -1
    missed: float = 0
    late: float = 0
    words: str = ""


OWN = Habit()


@dataclass
class Seen:
    """What planters know of attendance before it is written.

    habits   (class, person) → how
    unseen   classes in which nobody's attendance was written
    outages  sessions in which the screen failed: most were corrected by the institution, and the bureau agreed
    screens  classes that have a screen for sure
    """

    habits: dict[tuple[str, str], Habit]
    unseen: set[str]
    outages: set[str]
    screens: set[str]


class Scans:
    """Writes the attendance of every place whose class has begun."""

    def __init__(self, book: Book, town: Town, db: Session, seen: Seen) -> None:
        self.book, self.town, self.seen, self.draw = book, town, seen, book.draw
        self._policy = policy_of(db, book.today)
        self._accounts = {a["person_id"]: a["id"] for a in book.rows["account"] if a["person_id"]}
        self._bursts: dict[tuple[str, str], datetime] = {}

    def write(self) -> None:
        """All classes of the town."""
        places: dict[str, list[Row]] = defaultdict(list)
        for place in self.book.rows["enrolment"]:
            if place["left_at"] is None and place["state"] in THERE:
                places[place["class_id"]].append(place)
        special = {class_id for class_id, _ in self.seen.habits} | self.seen.screens
        for group in self.book.rows["course_class"]:
            known = group["id"] in special
            if group["id"] in self.seen.unseen or (not known and self.draw.random() < WITHOUT_SCREEN):
                continue
            sessions = self.town.sessions[group["id"]]
            for place in places[group["id"]]:
                self._attend(group, place, sessions)

    def _attend(self, group: Row, place: Row, sessions: Sequence[Row]) -> None:
        """One place: which sessions, how, and what it comes to."""
        habit = self.seen.habits.get((group["id"], place["person_id"]), OWN)
        marks = self._marks(place, len(sessions)) if habit is OWN else [Mark.ON_TIME] * len(sessions)
        usual, typed = self.draw.gauss(-9, 5), habit.typed or self.draw.random() < 0.06
        until = min(place["ended_at"] or self.book.now, self.book.now)
        for held, mark in zip(sessions, marks, strict=True):
            if mark is Mark.ABSENT or held["starts_at"] + timedelta(minutes=70) > until:
                continue
            self._come(group, place, held, mark, habit, usual, Way.TYPED if typed else Way.SCAN)
        if place["ended_at"] is not None:
            came = [Held(s["id"], m) for s, m in zip(sessions, marks, strict=True)]
            percent = count(came, self._policy.late_percent, self._policy.times.check_out).percent
            place["attendance"] = f"{percent.quantize(Decimal(1)) if percent == int(percent) else percent:f}"

    def _marks(self, place: Row, planned: int) -> list[Mark]:
        """Late and absent sessions, as many as fit what is filed: never less than it for a place that is completed."""
        filed = float(place["attendance"] or USUAL)
        halves = (100 - filed) / 50 * planned
        lost = round(halves) if place["state"] == EnrolmentState.FAILED else int(halves + 1e-9)
        marks = [Mark.ON_TIME] * planned
        for n in self.draw.sample(range(planned), planned):
            if lost >= 2 and (self.draw.random() < 0.55 or lost > planned):
                marks[n], lost = Mark.ABSENT, lost - 2
            elif lost >= 1:
                marks[n], lost = Mark.LATE, lost - 1
        return marks

    def _come(self, group: Row, place: Row, held: Row, mark: Mark, habit: Habit, usual: float, way: Way) -> None:
        """Somebody is there at a session, or is said to be."""
        draw, starts = self.draw, held["starts_at"]
        out, own = held["id"] in self.seen.outages, habit is OWN and mark is Mark.ON_TIME
        if out and own and draw.random() < 0.9:
            if self._correct(group, place, held, None, "institution", Reason.SCREEN, "教室投影断电，无法显示二维码，全班在场"):
                return
        elif own and draw.random() < 0.008 and self._correct(group, place, held, None, "learner", Reason.PHONE, draw.choice(WORDS)):
            return
        chance = draw.random()
        if chance < habit.missed and self._correct(group, place, held, None, "institution", Reason.PHONE, habit.words):
            return
        if habit.missed <= chance < habit.missed + habit.late:
            old = self._row(group, place, held, Mark.LATE, way, starts + timedelta(minutes=draw.uniform(18, 50)))
            if not self._correct(group, place, held, old, "institution", Reason.OTHER, habit.words):
                old.update(mark=Mark.ON_TIME, at=starts - timedelta(minutes=draw.uniform(1, 9)))
            return
        if habit.within:
            at = self._burst(held, habit)
        elif mark is Mark.LATE:
            at = starts + timedelta(minutes=10.2 + min(draw.expovariate(1 / 9), 45))
        else:
            at = starts + timedelta(minutes=min(9.5, max(-29.5, draw.gauss(usual, 4))))
        self._row(group, place, held, mark, way, at)

    def _burst(self, held: Row, habit: Habit) -> datetime:
        key = (held["id"], habit.group)
        if key not in self._bursts:
            self._bursts[key] = held["starts_at"] + timedelta(minutes=self.draw.uniform(*habit.minutes))
        after = habit.order * habit.within / 40 if habit.order >= 0 else self.draw.uniform(0, habit.within)
        return self._bursts[key] + timedelta(seconds=after + self.draw.random())

    def _row(self, group: Row, place: Row, held: Row, mark: Mark, way: Way, at: datetime, correction: str | None = None) -> Row:
        return self.book.add(
            "attendance", id=self.book.id(at), session_id=held["id"], class_id=group["id"], person_id=place["person_id"], side=Side.IN,
            mark=mark, way=way, at=at, correction_id=correction, replaced_at=None,
        )  # fmt: skip

    def _correct(self, group: Row, place: Row, held: Row, old: Row | None, asked_as: str, reason: Reason, words: str) -> bool:
        """A correction to "on time" that the bureau approved; False if the results were filed before it could."""
        draw, book, alone = self.draw, self.book, asked_as == "learner"
        if alone:
            asked = held["starts_at"] + timedelta(minutes=draw.uniform(15, 200))
            decided = asked + timedelta(hours=draw.uniform(1, 26))
        else:  # in one sitting, on either side
            asked = held["ends_at"] + timedelta(minutes=20 + draw.uniform(0, 4))
            decided = asked + timedelta(hours=3, minutes=draw.uniform(0, 6))
        last = min(place["ended_at"] or book.now, book.now)
        if decided >= last:
            return False
        made = book.id(asked)
        book.add(
            "attendance_correction", id=made, session_id=held["id"], class_id=group["id"], person_id=place["person_id"],
            district=group["district"], side=Side.IN, mark=Mark.ON_TIME, reason=reason, words=words, state=CorrectionState.APPROVED,
            asked_as=asked_as, asked_by=self._accounts[place["person_id"]] if alone else group["submitted_by"], asked_at=asked,
            decided_by=BUREAU if alone else CHECKER, decided_at=decided, answer="",
        )  # fmt: skip
        if old is not None:
            old["replaced_at"] = decided
        self._row(group, place, held, Mark.ON_TIME, Way.CORRECTION, decided, made)
        book.message("attendance_correction.told_approved", decided, person_id=place["person_id"], place=place["id"])
        return True
