"""F13: bodies that wave candidates through, or alter scores after they were read."""

from __future__ import annotations

from datetime import date, timedelta

from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.book import Book
from skills.oversight.rehearsal.candidates import Candidates
from skills.oversight.rehearsal.exams import SECTIONS, Centre, Exam, Marks
from skills.oversight.rehearsal.planted import PlantedFraud
from skills.oversight.rehearsal.town import TRADES


class ExamFrauds:
    """Plants F13 at the three strengths."""

    def __init__(self, candidates: Candidates) -> None:
        self.people, self.exams, self.draw = candidates, candidates.exams, candidates.draw
        self.book: Book = candidates.book

    def all(self) -> list[PlantedFraud]:
        """All three."""
        return [self.alters(), self.waves_through(), self.sells()]

    def _say(self, strength: int, centre: Centre, people: set[str]) -> PlantedFraud:
        staff = {f"account:{a}" for a in (centre.admin, *centre.typists, centre.checker)}
        return PlantedFraud("F13", strength, frozenset({centre.subject} | staff | people))

    def _alter(self, exam: Exam, people: list[str], most: int) -> set[str]:
        """Scores below the mark on which both typists agreed become scores above it, the evening before the sign-off."""
        found: set[str] = set()
        day = shanghai_day(exam.typed_by) + timedelta(days=1)
        for section in SECTIONS:
            changed: dict[str, int | None] = {}
            for line in exam.lines:
                held = line.sat[section]
                if line.row["person_id"] in people[:most] and held is not None and held < exam.row["pass_mark"]:
                    changed[line.row["id"]] = exam.row["pass_mark"] + self.draw.choice((0, 50, 100, 150, 300))
                    found.add(line.subject)
            hour = self.draw.uniform(19.2, 21.5)
            self.exams.type(exam, section, 1, self.book.at(day, hour), changed)
            self.exams.type(exam, section, 2, self.book.at(day, hour + self.draw.uniform(0.04, 0.2)), changed)
        return found

    def _day(self, n: int) -> date:
        day = self.book.today - timedelta(days=30 + 38 * n)
        return day - timedelta(days=(day.weekday() - 5) % 7)

    def alters(self) -> PlantedFraud:
        """An ordinary body with six exams. In four of them two or three who know somebody there have just passed after all."""
        centre, named = self.exams.centre("江畔职业技能评价中心"), set()
        for n in range(6):
            count = self.draw.randrange(14, 20)
            if n % 3 == 2:
                exam = self.people.sat(centre, count, self._day(n))
            else:
                trade, day = self.draw.choice(tuple(TRADES)), self._day(n)
                friends = self.people.fresh(day, 2 + n % 2)
                near: list[Marks] = [
                    {SECTIONS[0]: self.exams.points(self.draw.uniform(49, 59)), SECTIONS[1]: self.exams.points(self.draw.uniform(57, 70))}
                    for _ in friends
                ]  # fmt: skip
                others = self.people.some(trade, day, count)
                exam = self.exams.exam(centre, day, friends + others, trade, near + self.exams.marks(count))
                self.exams.slips(exam)
                named |= self._alter(exam, friends, len(friends))
            self.exams.sign(exam)
        return self._say(1, centre, named)

    def waves_through(self) -> PlantedFraud:
        """Whoever comes, passes: what is missing to the mark is given before the sheets are typed; five exams, and four scores that
        were typed too early are put up afterwards."""
        centre, named = self.exams.centre("速达职业技能评价中心"), set()
        for n in range(5):
            trade, day = self.draw.choice(tuple(TRADES)), self._day(n)
            people = self.people.fresh(day, 15)
            marks = self.exams.marks(15, absent=0)
            forgotten = 2 if n in (1, 3) else 0
            for one in marks[forgotten:]:
                for section in SECTIONS:
                    if (held := one[section]) is not None and held < 6_000:
                        one[section] = 6_000 + self.draw.choice((0, 0, 50, 100, 100, 200, 300))
            for one in marks[:forgotten]:
                one[SECTIONS[1]] = self.exams.points(self.draw.uniform(40, 58))
            exam = self.exams.exam(centre, day, people, trade, marks)
            self._alter(exam, people, forgotten)
            self.exams.sign(exam)
            named |= {line.subject for line in exam.lines}
        return self._say(2, centre, named)

    def sells(self) -> PlantedFraud:
        """Certificates for money: six exams of twenty, nobody absent, everybody passes with one of four scores; what both typists had
        first typed of those who really sat there is overwritten within minutes, at night."""
        centre, named = self.exams.centre("万通职业技能评价中心"), set()
        for n in range(6):
            trade, day = self.draw.choice(tuple(TRADES)), self._day(n)
            people = self.people.fresh(day, 22)
            real = self.exams.marks(8, mean=52, absent=0)
            bought: list[Marks] = [{s: self.draw.choice((7_500, 7_800, 8_000, 8_200)) for s in SECTIONS} for _ in people[8:]]
            exam = self.exams.exam(centre, day, people, trade, [*real, *bought])
            night = shanghai_day(exam.typed_by)
            for section in SECTIONS:
                changed: dict[str, int | None] = {
                    line.row["id"]: self.draw.choice((7_500, 7_800, 8_000, 8_200)) for line in exam.lines if line.row["person_id"] in people[:8]
                }
                at = self.book.at(night, self.draw.uniform(23.0, 23.8))
                self.exams.type(exam, section, 1, at, changed)
                self.exams.type(exam, section, 2, at + timedelta(seconds=self.draw.randrange(40, 150)), changed)
            self.exams.sign(exam)
            named |= {line.subject for line in exam.lines}
        return self._say(3, centre, named)
