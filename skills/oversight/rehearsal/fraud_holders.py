"""Frauds in which holders' vouchers are taken, lent or claimed in masses: F1, F2, F4, F5, F6, F9.

Each as somebody would do it who knows what the system shows and refuses. Strength 1 is the careful one who does little.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.book import Row, spread
from skills.oversight.rehearsal.honest import SCAN, Honest, carrier
from skills.oversight.rehearsal.lives import OWN, SCANNED, Use
from skills.oversight.rehearsal.lookalikes import another_trade, turn_of_year
from skills.oversight.rehearsal.planted import PlantedFraud
from skills.oversight.rehearsal.town import GROUPS, MODELS, Body
from skills.records.rules import Education, Standing, Work
from skills.vouchers.rules import ScopeForm


class Planter:
    """What planting a fraud needs: bodies with an honest past, and a list of what was planted."""

    def __init__(self, honest: Honest) -> None:
        self.honest, self.book, self.town, self.lives = honest, honest.book, honest.town, honest.lives
        self.draw = self.book.draw
        self.made: list[PlantedFraud] = []

    def say(self, rule: str, strength: int, uses: list[Use], *subjects: str) -> None:
        """A fraud was planted, with everybody who may be named for it."""
        who = {u.held.who.subject for u in uses}
        self.made.append(PlantedFraud(rule, strength, frozenset(who | set(subjects))))

    def body(self, name: str, past: int = 9, **change: Any) -> Body:
        """An institution that really teaches, too: nobody cheats with everything."""
        body = self.town.body(f"{name}{self.book.draw.randrange(1000)}", **change)
        for _ in range(3):
            self.town.course(body)
        for _ in range(min(past, self.honest.past)):
            self.honest.fill(body, self.group(body, self.draw.randrange(60, 340)), self.draw.randrange(10, 20))
        return body

    def group(self, body: Body, ago: int, **change: Any) -> Row:
        """A class of a body that began so many days ago."""
        return self.town.group(body, self.book.today - timedelta(days=ago), **change)

    def late_denial(self, use: Use, hours: int = 30) -> None:
        """The holder sees the message some hours later and says that it was not them; the bureau still looks into it."""
        at = max(use.at + timedelta(hours=self.draw.randrange(2, hours)), self.book.now - timedelta(days=9))
        self.lives.deny(use, min(at, self.book.now - timedelta(minutes=self.draw.randrange(5, 90))))


class HolderFrauds(Planter):
    """Plants each rule at the three strengths."""

    def all(self) -> list[PlantedFraud]:
        for strength in (1, 2, 3):
            for plant in (self.f1, self.f2, self.f4, self.f5, self.f6, self.f9):
                plant(strength)
        return self.made

    def f1(self, strength: int) -> None:
        """A provider finds vouchers that nobody asks for, and spends them: list vouchers, unclaimed for months, claimed and used in
        the provider's office on one machine, after many wrong codes at its counter. Some holders deny it."""
        count, denials, misses, days = {1: (4, 1, 9, 18), 2: (12, 4, 26, 7), 3: (40, 15, 70, 2)}[strength]
        body = self.body("便民职业培训学校")
        group = self.group(body, -4, seats=50)
        issued = self.book.now - timedelta(days=80)
        sheet = self.town.batch(
            f"定向技能培训券F1{strength}", GROUPS, shanghai_day(issued), self.book.today + timedelta(days=20),
            scope=ScopeForm.DIRECTED, count=count + 30,
        )
        machine, uses = self.draw.choice(MODELS), []
        first = self.book.now - timedelta(days=days, hours=5)
        for n, at in enumerate(spread(self.draw, misses, first - timedelta(days=days), first)):
            self.book.attempt(SCAN, body.clerk, body.id, self.draw.choice(("voucher_code.unknown", "voucher_code.unknown", "voucher_code.ended")), at)
            if strength == 3 and n % 30 == 29:
                self._lock(body, at, 30)
        for n in range(count + 20):
            who = self.honest.somebody(issued, self.draw.choice(GROUPS))
            if n >= count:  # the rest of the list never learns of it, or uses it properly later
                self.lives.issue(who, sheet, issued)
                continue
            day = shanghai_day(first) + timedelta(days=n * days // count)
            at = min(self.book.at(day, self.draw.uniform(18.5, 22)), self.book.now - timedelta(minutes=30 + n))
            held = self.lives.claim(who, sheet, at, issued)
            how = SCANNED if n % 3 == 2 else OWN
            uses.append(self.lives.use(held, body, group, at + timedelta(minutes=2), how=how, network=body.line, model=machine))
        for use in uses[:denials]:
            self.late_denial(use)
        self.say("F1", strength, uses, body.subject, f"account:{body.clerk}", sheet.subject)

    def _lock(self, body: Body, at: datetime, misses: int) -> None:
        self.book.add(
            "scan_lock", id=self.book.id(at), organisation_id=body.id, district=body.district, misses=misses, account_id=body.clerk,
            locked_at=at, ends_at=at + timedelta(hours=24), lifted_at=None, lifted_by=None, reason="",
        )  # fmt: skip

    def f2(self, strength: int) -> None:
        """A provider trained somebody last autumn, knows all about them, and books another course this year that they never take."""
        count, denials, noes = {1: (3, 1, 0), 2: (10, 3, 3), 3: (25, 10, 8)}[strength]
        body = self.body("常青职业培训学校")
        autumn, _ = turn_of_year(self.book.today)
        first = self.town.group(body, autumn, course=body.courses[0], seats=40)
        course = self.town.course(body, "职业素养提升班", another_trade(body.courses[0]))
        course["hours"] = 24
        second = self.group(body, 8, course=course, seats=40)
        self.honest.seen.unseen.add(second["id"])
        machine, uses = self.draw.choice(MODELS), []
        day, filed = second["starts_on"] - timedelta(days=2), self.book.at(self.book.today - timedelta(days=2), 9.5)
        for n in range(count):
            real = self.honest.enrols(first)
            who = self.honest.somebody(real, self.draw.choice(GROUPS))
            uses.append(self.honest.use(who, body, first, real, gap=timedelta(minutes=40)))
            self.honest.people -= 1
            self.honest.outcome(uses[-1], dull=True)
            at = self.book.at(day, 18.2 + n * 0.07)
            held = self.lives.claim(who, self.honest.sheet(who, day), at)
            false = self.lives.use(held, body, second, at + timedelta(minutes=1, seconds=20), network=body.line, model=machine)
            self.lives.attend(false)
            self.lives.complete(false, filed, attendance=100, score=85)
            uses.append(false)
            if n < denials:
                self.late_denial(false)
            elif n < denials + noes:
                self.lives.call_back(false, "no", filed + timedelta(hours=3))
        self.say("F2", strength, uses, body.subject, f"course:{second['course_id']}", f"account:{body.clerk}")

    def f4(self, strength: int) -> None:
        """A message goes round in chats: claim here, take this course, get cash. Hundreds who have no notice and no wish to learn."""
        count, hours = {1: (30, 40.0), 2: (90, 20.0), 3: (240, 5.0)}[strength]
        body = self.body("快捷职业培训学校")
        course = self.town.course(body, f"速成技能班{strength}")
        groups = [self.group(body, -6, course=course, seats=60) for _ in range(-(-count // 55))]
        end = self.book.now - timedelta(days=2)
        first, uses = end - timedelta(hours=hours), []
        for n, at in enumerate(spread(self.draw, count, first, end)):
            who = self.honest.somebody(at, self.draw.choice(GROUPS), account_at=at - timedelta(minutes=self.draw.randrange(4, 60)))
            held = self.lives.claim(who, self.honest.sheet(who, shanghai_day(at)), at)
            uses.append(self.lives.use(held, body, groups[n % len(groups)], at + timedelta(seconds=self.draw.randrange(60, 400))))
        if strength > 1:
            self.lives.complain("fraud", "微信群里说报名这个班能领现金，不用上课。", end + timedelta(hours=9), body)
        self.say("F4", strength, uses, body.subject, f"course:{course['id']}")

    def f5(self, strength: int) -> None:
        """A thief knows name, number and phone of strangers: opens their accounts one after the other on one telephone, at night, and
        spends their vouchers where nobody asks. Some of them notice."""
        count, denials, places = {1: (3, 1, 1), 2: (8, 3, 2), 3: (20, 9, 3)}[strength]
        bodies = [self.body("速报职业培训学校", past=2) for _ in range(places)]
        groups = [self.group(b, -5, seats=40) for b in bodies]
        line, machine, uses = carrier(self.book), self.draw.choice(MODELS), []
        at = self.book.at(self.book.today - timedelta(days=6), 25.2)
        for n in range(count):
            at += timedelta(minutes=self.draw.randrange(3, 9))
            for _ in range(self.draw.choice((0, 1, 3))):
                self.book.attempt("account.fail_sign_in", "", f"typed-{n}", "sign_in.refused", at - timedelta(seconds=90))
            who = self.honest.somebody(at, self.draw.choice(GROUPS), account_at=at)
            held = self.lives.claim(who, self.honest.sheet(who, shanghai_day(at)), at + timedelta(seconds=50))
            k = n % places
            uses.append(self.lives.use(held, bodies[k], groups[k], at + timedelta(seconds=100), network=line, model=machine))
        for use in uses[:denials]:
            self.late_denial(use, 60)
        self.say("F5", strength, uses, *(f"account:{u.held.who.account}" for u in uses), *(b.subject for b in bodies))

    def f6(self, strength: int) -> None:
        """A recruiter pays people for their signature: strangers from everywhere, brought to one school, under the recruiter's own
        telephone number and on the recruiter's own telephone. Nobody complains, all of them gain."""
        count, phones, own = {1: (6, 2, 0.3), 2: (15, 2, 0.8), 3: (42, 1, 1.0)}[strength]
        body = self.body("诚信职业培训学校")
        numbers, line = [self.town.phone() for _ in range(phones)], self.town.line()
        machine, uses = self.draw.choice(MODELS), []
        groups = [self.group(body, ago, seats=50) for ago in (150, 100, 50)]
        self.honest.seen.unseen.update(g["id"] for g in groups)
        for n in range(count):
            group = groups[n % 3]
            at = self.honest.enrols(group)
            who = self.honest.somebody(at, self.draw.choice(GROUPS), phone=numbers[n % phones])
            same = self.draw.random() < own
            held = self.lives.claim(who, self.honest.sheet(who, shanghai_day(at)), at - timedelta(minutes=5))
            uses.append(self.lives.use(held, body, group, at, network=line if same else "", model=machine if same else ""))
            self.honest.outcome(uses[-1], dull=True)
        if strength == 3:
            self.lives.complain("fraud", "报名就送三百元购物卡，人不用去。", self.book.now - timedelta(days=20), body)
        self.say("F6", strength, uses, body.subject)

    def f9(self, strength: int) -> None:
        """Fake jobless: pensioners, full-time students and people at work, entered on the list of the unemployed by a forged paper that
        a clerk has seen. What they are in truth arrives later from the other authorities."""
        count, honest = {1: (3, 20), 2: (12, 14), 3: (30, 4)}[strength]
        body = self.body("惠民职业培训学校", past=2)
        group = self.group(body, 60, seats=45)
        self.honest.fill(body, group, honest)
        uses, year = [], self.book.today.year
        for n in range(count):
            at = self.honest.enrols(group)
            kind = n % 3
            born = {0: (year - 70, year - 62), 1: (year - 55, year - 26), 2: (year - 21, year - 19)}[kind]
            who = self.honest.somebody(at, "registered_unemployed", born=born, proved="seen")
            uses.append(self.honest.use(who, body, group, at))
            self.honest.people -= 1
            known = self.book.now - timedelta(days=self.draw.randrange(2, 12))
            if kind == 0:
                since = shanghai_day(at) - timedelta(days=self.draw.randrange(200, 1500))
                self.town.fact(who.id, "standing", "list:pensions", Standing("retired", since, None), known)
            elif kind == 1:
                since = shanghai_day(at) - timedelta(days=self.draw.randrange(200, 2500))
                self.town.fact(who.id, "work", "list:insured", Work("4-01-06-01", False, since, None, "长江物流有限公司"), known)
            else:
                self._student(who.id, date(year + 1, 6, 30), known)
            self.honest.outcome(uses[-1], dull=True)
        self.say("F9", strength, uses, body.subject)

    def _student(self, person_id: str, until: date, known: datetime) -> None:
        self.town.fact(person_id, "education", "list:students", Education("college", "会计", (), None, until, "渝州大学"), known)
