"""F10: lessons that nobody sat in front of; and honest people online who look like it."""

from __future__ import annotations

from datetime import timedelta

from skills.oversight.rehearsal.book import Row
from skills.oversight.rehearsal.fraud_holders import Planter
from skills.oversight.rehearsal.honest import Honest
from skills.oversight.rehearsal.lives import Use
from skills.oversight.rehearsal.lookalikes import LookAlikes
from skills.oversight.rehearsal.online import Online, Way
from skills.oversight.rehearsal.planted import LookAlike, PlantedFraud
from skills.oversight.rehearsal.town import GROUPS, MODELS

USUAL = (Way(), Way(), Way(hours=(6.2, 8.0)), Way(hours=(14.2, 17.0)), Way(rate=125), Way(answers=(2.0, 20.0), missed=0.0), Way(missed=0.2))


class OnlineFrauds(Planter):
    """Plants F10 at the three strengths."""

    def __init__(self, honest: Honest, online: Online) -> None:
        super().__init__(honest)
        self.online = online

    def all(self) -> list[PlantedFraud]:
        for strength in (1, 2, 3):
            self.f10(strength)
        return self.made

    def f10(self, strength: int) -> None:
        """Invented time before lessons: an automatic player in the school's office.

        1 four busy people give their accounts to the clerk, whose computer plays their lessons evening after evening: a program answers
          each question after the same three seconds. Sixteen others of the class learn as anybody does
        2 half of the class: two computers run six accounts each in as many windows, from ten at night; a macro opens and leaves all of
          them together
        3 the whole class but a few: one machine, twenty-six windows, begun in one second and done in one second, the film at double
          speed wherever the page lets it
        """
        real, paper = {1: (16, 4), 2: (11, 12), 3: (4, 26)}[strength]
        body, uses = self.body("云端职业培训学校"), list[Use]()
        group = self.group(body, 50 + 12 * strength, seats=45, course=body.courses[0], hour=9.0)
        lessons = self.online.lessons(body, group)
        for use in self.honest.fill(body, group, real):
            self.online.learns(use, self.draw.choice(USUAL), lessons=lessons)
        for _ in range(paper):
            at = self.honest.enrols(group)
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            uses.append(self.honest.use(who, body, group, at))
            self.honest.people -= 1
            self.honest.outcome(uses[-1], attendance=100, dull=True)
        machines = [self.online.device(f"office-{n}", body.line) for n in range(2)]
        if strength == 1:
            self._one_by_one(uses, lessons, machines[0])
        else:
            self._together(uses, lessons, machines if strength == 2 else machines[:1], strength)
        self.say("F10", strength, uses, body.subject, f"account:{body.clerk}", f"course:{group['course_id']}")

    def _one_by_one(self, uses: list[Use], lessons: list[Row], machine: str) -> None:
        """Account after account on the clerk's computer."""
        player = Way(steady=3.0, missed=0.0, jitter=0.4)
        for day in range(1, 8):
            at = self.book.at(uses[0].group["starts_on"] + timedelta(days=day), 17.6)
            for use in uses:
                lesson = lessons[day % 3]
                if use.place["left_at"] is None and self.online.free(use.group, use.place["person_id"], at, 30):
                    self.online.study(use.place, lesson, at, 28, player, machine)
                at += timedelta(minutes=29, seconds=self.draw.uniform(20, 70))

    def _together(self, uses: list[Use], lessons: list[Row], machines: list[str], strength: int) -> None:
        """All windows at once."""
        player = Way(steady={2: 1.6, 3: 0.8}[strength], missed=0.0, rate={2: 100, 3: 200}[strength])
        apart = {2: 1.2, 3: 0.6}[strength]
        for day in range(1, 5):
            for n, lesson in enumerate(lessons):
                at = self.book.at(uses[0].group["starts_on"] + timedelta(days=day), 22.0 + 0.75 * n)
                for use in uses:
                    if use.place["left_at"] is None and self.online.free(use.group, use.place["person_id"], at, 32):
                        moment = at + timedelta(seconds=self.draw.uniform(0, apart))
                        machine = machines[uses.index(use) % len(machines)]
                        self.online.study(use.place, lesson, moment, 24, player, machine, second=60.0)


class OnlineLookAlikes(LookAlikes):
    """Honest time online that resembles a fraud, and the ordinary kind beside it."""

    def __init__(self, honest: Honest, times: int, online: Online) -> None:
        super().__init__(honest, times)
        self.online = online

    def all(self) -> tuple[LookAlike, ...]:
        """Every kind."""
        for _ in range(self.times * 2):
            self.everyday()
        for _ in range(self.times):
            for kind in (self.family_computer, self.fast_reader, self.night_learner, self.computer_room, self.deadline):
                kind()
        return tuple(self.made)

    def _online_class(self, name: str, count: int, hour: float = 9.0) -> list[Use]:
        body = self._body(name)
        group = self._class(body, self.draw.randrange(45, 240), course=body.courses[0], hour=hour)
        self.online.lessons(body, group)
        return self.honest.fill(body, group, count)

    def everyday(self) -> None:
        """A class that learns online in the evenings, everybody at home."""
        for use in self._online_class("网课职业培训学校", 16):
            self.online.learns(use, self.draw.choice(USUAL))

    def family_computer(self) -> None:
        """A couple and a grown child share the computer at home: one after the other, on the same evenings."""
        uses = self._online_class("家庭职业培训学校", 14)
        device = self.online.device(self.draw.choice(MODELS), self.town.line())
        for n, use in enumerate(uses):
            if n < 3:
                begins = 18.2 + 1.5 * n
                self.online.learns(use, Way(hours=(begins, begins + 0.6), days=6, answers=(3.0, 30.0)), device)
            else:
                self.online.learns(use, self.draw.choice(USUAL))
        self._say("family_computer", uses, uses[0].body.subject)

    def fast_reader(self) -> None:
        """A few who know most of it already: the fastest speed that is allowed, every question answered at once, in a row."""
        uses = self._online_class("速学职业培训学校", 15)
        for n, use in enumerate(uses):
            fast = Way(rate=150, answers=(1.5, 5.0), missed=0.0, days=2, jitter=1.0)
            self.online.learns(use, fast if n < 4 else self.draw.choice(USUAL))
        self._say("fast_reader", uses, uses[0].body.subject)

    def night_learner(self) -> None:
        """Nurses and drivers who come home at two in the morning and learn then, a little at a time."""
        uses = self._online_class("夜读职业培训学校", 14)
        for n, use in enumerate(uses):
            self.online.learns(use, Way(hours=(1.5, 4.8), days=6) if n < 6 else self.draw.choice(USUAL))
        self._say("night_learner", uses, uses[0].body.subject)

    def computer_room(self) -> None:
        """The school opens its computer room on some evenings: fifteen people begin when the teacher says so, each at one of fifteen
        machines that are all alike and behind one line, and stop within the minute in which the room closes."""
        uses = self._online_class("机房夜学职业培训学校", 15)
        lessons, device = self.online.lessons(uses[0].body, uses[0].group), self.online.device("room", self.town.line())
        for evening in range(1, 4):
            begins = self.book.at(uses[0].group["starts_on"] + timedelta(days=evening), 19.0)
            for use in uses:
                at = begins + timedelta(seconds=self.draw.uniform(0, 240))
                done = use.place["left_at"] is not None or at.date() > self.online.last_day(use.group, use.place)
                if not done and self.online.free(use.group, use.place["person_id"], at, 40):
                    minutes = int((begins + timedelta(minutes=28) - at).total_seconds() // 61)
                    self.online.study(use.place, lessons[evening - 1], at, minutes, Way(jitter=2.0), device)
        self._say("computer_room", uses, uses[0].body.subject)

    def deadline(self) -> None:
        """Everybody catches up on the last evening, at home, within the same two hours."""
        uses = self._online_class("赶课职业培训学校", 18)
        for use in uses:
            self.online.learns(use, Way(hours=(19.5, 21.5), days=2))
        self._say("deadline", uses, uses[0].body.subject)
