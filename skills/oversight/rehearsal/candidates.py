"""Ordinary exams of a year, and honest ones that resemble a fraud."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from skills.accounts.rules import OrganisationKind
from skills.courses.states import EnrolmentState
from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.exams import SECTIONS, Centre, Exam, Exams, Marks
from skills.oversight.rehearsal.honest import SMALL, Honest
from skills.oversight.rehearsal.planted import LookAlike
from skills.oversight.rehearsal.town import TRADES
from skills.records.rules import Work


class Candidates:
    """Who sits exams: people who completed a training shortly before, each of them once; else somebody new in town."""

    def __init__(self, honest: Honest, exams: Exams, guilty: frozenset[str]) -> None:
        self.honest, self.book, self.exams, self.draw = honest, honest.book, exams, honest.draw
        self._sat: set[str] = set()
        self._ready: dict[str, list[tuple[date, str]]] = defaultdict(list)
        courses = {c["id"]: c["occupation"] for c in self.book.rows["course"]}
        classes = {c["id"]: courses[c["course_id"]] for c in self.book.rows["course_class"]}
        for place in self.book.rows["enrolment"]:
            if place["state"] == EnrolmentState.COMPLETED and f"person:{place['person_id']}" not in guilty:
                self._ready[classes[place["class_id"]]].append((shanghai_day(place["ended_at"]), place["person_id"]))
        for ready in self._ready.values():
            ready.sort()

    def fresh(self, held_on: date, count: int) -> list[str]:
        """People whom nobody has seen at a training here."""
        at = self.book.at(held_on - timedelta(days=33), 12)
        return [self.honest.somebody(at).id for _ in range(count)]

    def some(self, trade: str, held_on: date, count: int) -> list[str]:
        """`count` people for an exam of a trade: most of them were trained in it within half a year."""
        ready, first, last = self._ready[trade], held_on - timedelta(days=200), held_on - timedelta(days=33)
        fits = list(dict.fromkeys(person for day, person in ready if first <= day <= last and person not in self._sat))
        people = self.draw.sample(fits, min(len(fits), count))
        self._sat.update(people)
        return people + self.fresh(held_on, count - len(people))

    def ago(self, least: int = 12, most: int = 340) -> date:
        """A day of exams: a Saturday."""
        day = self.book.today - timedelta(days=self.draw.randrange(least, most))
        return day - timedelta(days=(day.weekday() - 5) % 7)

    def sat(self, centre: Centre, count: int, held_on: date | None = None, mean: float = 69.5, wide: float = 7.5) -> Exam:
        """An ordinary exam before its sign-off."""
        trade, day = self.draw.choice(tuple(TRADES)), held_on or self.ago()
        return self.exams.exam(centre, day, self.some(trade, day, count), trade, self.exams.marks(count, mean, wide))


class Examined:
    """The ordinary year and the look-alikes of exams."""

    def __init__(self, candidates: Candidates, clean: int) -> None:
        self.all, self.exams, self.draw = candidates, candidates.exams, candidates.draw
        self.book, self.town, self._clean = candidates.book, candidates.honest.town, clean
        self.made: list[LookAlike] = []

    def year(self) -> None:
        """Bodies of every strictness and luck, with some exams each."""
        for n in range(max(6, self._clean // 700)):
            centre = self.exams.centre(f"渝州职业技能评价中心{n + 1}")
            mean = self.draw.gauss(69.5, 2.0)
            for _ in range(5 if self._clean >= SMALL else 2):
                exam = self.all.sat(centre, self.draw.randrange(8, 26), mean=mean)
                self.exams.slips(exam)
                self.exams.sign(exam)

    def lookalikes(self, times: int) -> tuple[LookAlike, ...]:
        """Every kind."""
        for _ in range(times):
            for kind in (self.tiny_body, self.strong_team, self.answer_key, self.strict_body, self.weak_eyes):
                kind()
        return tuple(self.made)

    def _say(self, kind: str, centre: Centre, exams: list[Exam]) -> None:
        people = {line.subject for exam in exams for line in exam.lines}
        staff = {f"account:{a}" for a in (*centre.typists, centre.checker)}
        self.made.append(LookAlike(kind, frozenset(people | staff | {centre.subject})))

    def tiny_body(self) -> None:
        """A body of a small trade: three candidates, twice a year, and all of them pass."""
        centre, made = self.exams.centre(f"小行业技能评价站{len(self.made) + 1}"), []
        for ago in (self.draw.randrange(40, 120), self.draw.randrange(150, 300)):
            day = self.all.ago(ago, ago + 1)
            trade = self.draw.choice(tuple(TRADES))
            marks: list[Marks] = [{s: self.exams.points(self.draw.uniform(66, 88)) for s in SECTIONS} for _ in range(3)]
            made.append(self.exams.exam(centre, day, self.all.some(trade, day, 3), trade, marks))
            self.exams.sign(made[-1])
        self._say("tiny_body", centre, made)

    def strong_team(self) -> None:
        """A firm assesses its own people, who do this work every day: sixteen of sixteen pass, twice, with high scores of every kind."""
        centre, made = self.exams.centre(f"渝强制造有限公司{len(self.made) + 1}", OrganisationKind.ENTERPRISE), []
        for ago in (self.draw.randrange(40, 120), self.draw.randrange(150, 300)):
            day, trade = self.all.ago(ago, ago + 1), self.draw.choice(tuple(TRADES))
            people = [self._employed(centre, trade, day) for _ in range(16)]
            marks: list[Marks] = [{s: self.exams.points(min(97, max(71, self.draw.gauss(84, 5)))) for s in SECTIONS} for _ in people]
            made.append(self.exams.exam(centre, day, people, trade, marks))
            self.exams.slips(made[-1])
            self.exams.sign(made[-1])
        self._say("strong_team", centre, made)

    def _employed(self, centre: Centre, trade: str, day: date) -> str:
        at = self.book.at(day - timedelta(days=34), 10)
        who = self.all.honest.somebody(at, "rural_worker")
        since = max(who.birth + timedelta(days=18 * 366), day - timedelta(days=self.draw.randrange(800, 3000)))
        work = Work(trade, False, since, None, centre.name, centre.id)
        self.town.fact(who.id, "work", f"employment:{centre.id}", work, at, "promised")
        return who.id

    def answer_key(self) -> None:
        """The key to one question was wrong. All sheets are read again: some gain two points, some lose two, both typists enter it,
        and the third person signs."""
        centre = self.exams.centre(f"公正技能评价中心{len(self.made) + 1}")
        others = [self.all.sat(centre, 14) for _ in range(2)]
        exam = self.all.sat(centre, 24, mean=66)
        for other in others:
            self.exams.sign(other)
        section = SECTIONS[0]
        changed: dict[str, int | None] = {}
        for line in exam.lines:
            held = line.sat[section]
            if held is not None and self.draw.random() < 0.7:
                changed[line.row["id"]] = min(10_000, max(0, held + self.draw.choice((200, 200, -200))))
        day = shanghai_day(exam.typed_by) + timedelta(days=1)
        self.exams.type(exam, section, 1, self.book.at(day, 10.2), changed)
        self.exams.type(exam, section, 2, self.book.at(day, 14.6), changed)
        self.exams.sign(exam)
        self._say("answer_key", centre, [exam, *others])

    def strict_body(self) -> None:
        """A hard exam: hardly a third passes."""
        centre, made = self.exams.centre(f"严谨技能评价中心{len(self.made) + 1}"), []
        for _ in range(2):
            made.append(self.all.sat(centre, 18, mean=59))
            self.exams.sign(made[-1])
        self._say("strict_body", centre, made)

    def weak_eyes(self) -> None:
        """A typist who misreads handwriting: a dozen slips, all shown by the second sheet, all put right by the same typist."""
        centre, made = self.exams.centre(f"老字号技能评价中心{len(self.made) + 1}"), []
        for _ in range(2):
            made.append(self.all.sat(centre, 20))
            self.exams.slips(made[-1], 0.2, turn=1)
            self.exams.sign(made[-1])
        self._say("weak_eyes", centre, made)
