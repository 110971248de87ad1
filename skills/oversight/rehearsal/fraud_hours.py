"""Frauds that a timetable gives away: other training passed off as the subsidised one (F11), rented teachers and rooms (F14)."""

from __future__ import annotations

from datetime import date, timedelta

from skills.oversight.rehearsal.book import Row
from skills.oversight.rehearsal.fraud_holders import Planter
from skills.oversight.rehearsal.lives import Use
from skills.oversight.rehearsal.lookalikes import another_trade, turn_of_year
from skills.oversight.rehearsal.planted import PlantedFraud
from skills.oversight.rehearsal.scans import Habit
from skills.oversight.rehearsal.town import GROUPS


class HourFrauds(Planter):
    """Plants each rule at the three strengths."""

    def all(self) -> list[PlantedFraud]:
        for strength in (1, 2, 3):
            for plant in (self.f11, self.f14):
                plant(strength)
        return self.made

    def f11(self, strength: int) -> None:
        """Another training passed off as the subsidised one.

        1 a school without enough trainees enters four people who sit in another school's class, for which they pay themselves, and
          lets its own begin an hour later and two days on; everybody else in it is real
        2 a firm sends its people to a training of its own at one school, and half of them stand on another school's list as well
        3 two schools of one hand teach once and are paid twice: the same thirty people, the same weeks, the same hours; the vouchers
          of two years make it possible
        """
        if strength == 3:
            self._taught_once()
            return
        real, passed = {1: (16, 4), 2: (10, 12)}[strength]
        teaches, claims = self.body("求真职业培训学校", past=5), self.body("众学职业培训学校")
        ago, late = 95 - 20 * strength, {1: 2, 2: 0}[strength]
        course = self.town.course(teaches)
        course["hours"] = 36
        there = self.group(teaches, ago, course=course, seats=45, hour=9.0)
        here = self.town.group(claims, there["starts_on"] + timedelta(days=late), seats=45, hour={1: 10.0, 2: 9.0}[strength])
        self.honest.fill(teaches, there, 14)
        self.honest.fill(claims, here, real)
        uses = []
        for _ in range(passed):
            at = self.honest.enrols(here)
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            self.honest.pays(who, teaches, there)
            uses.append(self.honest.use(who, claims, here, at))
            self.honest.people -= 1
            self.honest.outcome(uses[-1], dull=True)
            self.honest.seen.habits[here["id"], who.id] = Habit(f"friends-{here['id']}", True, 240, (-8, 5))
        self.say("F11", strength, uses, claims.subject, teaches.subject, f"course:{here['course_id']}")

    def _taught_once(self) -> None:
        _, spring = turn_of_year(self.book.today)
        starts = date(spring.year, 1, 8)
        first, second = self.body("同心职业培训学校"), self.body("同德职业培训学校")
        course = first.courses[0]
        other = self.town.course(second, "岗位技能提升班", another_trade(course), course["fee"])
        other["hours"] = course["hours"]
        one = self.town.group(first, starts, course=course, seats=40, hour=9.0)
        two = self.town.group(second, starts, course=other, seats=40, hour=9.0)
        new_year = date(starts.year, 1, 1)
        fresh = self.town.batch("新年度技能培训券", GROUPS, new_year, new_year + timedelta(days=40), count=90)
        self.honest.seen.unseen.add(two["id"])
        uses: list[Use] = []
        for n in range(28):
            winter = self.book.at(date(starts.year - 1, 12, 18 + n % 10), self.book.hour())
            who = self.honest.somebody(winter, self.draw.choice(GROUPS))
            uses.append(self.honest.use(who, first, one, winter, gap=timedelta(minutes=self.draw.randrange(5, 50))))
            again = self.book.at(date(starts.year, 1, 2 + n % 5), self.draw.uniform(9, 22))
            gap = timedelta(minutes=self.draw.randrange(5, 50))
            uses.append(self.honest.use(who, second, two, again, gap=gap, sheet=fresh))
            self.honest.people -= 2
            for use in uses[-2:]:
                self.honest.outcome(use, attendance=100, dull=True)
        self.say("F11", 3, uses, first.subject, second.subject, f"course:{course['id']}", f"course:{other['id']}")

    def f14(self, strength: int) -> None:
        """Teachers and rooms rented to look qualified: the papers of one good lecturer, the rooms of one good house, in several schools'
        applications for the same hours.

        1 one lecturer lends the name to two schools, an hour apart, and the second school words the paper in its own way
        2 lecturer and room, for two classes of two schools
        3 four schools, one lecturer, one room, twice over
        """
        count, rounds, apart = {1: (2, 1, 1.0), 2: (2, 2, 0.0), 3: (4, 2, 0.0)}[strength]
        bodies = [self.body("名师职业培训学校", past=4) for _ in range(count)]
        lecturer = self.town.name()
        proof, hall = self.town.proof(bodies[0], lecturer), self.town.address()
        groups: list[Row] = []
        for k in range(rounds):
            for n, body in enumerate(bodies):
                address, room = ("", "") if strength == 1 else (hall, "302室")
                paper = f"{lecturer}，{proof.partition('，')[0]}" if strength == 1 and n else proof
                starts = self.book.today - timedelta(days=130 - 60 * k - 2 * strength)
                group = self.town.group(
                    body, starts, seats=30, lecturer=lecturer, proof=paper, hour=9.0 + apart * n, address=address, room=room,
                    course=body.courses[k],
                )
                self.honest.fill(body, group, self.draw.randrange(12, 20))
                groups.append(group)
        self.say("F14", strength, [], *(b.subject for b in bodies), *(f"course:{g['course_id']}" for g in groups))

