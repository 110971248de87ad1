"""Honest histories that resemble a fraud. Nobody in them may be named: each stands for people who would be wronged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from skills.accounts.states import OrganisationState
from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.book import MARK, Row
from skills.oversight.rehearsal.honest import SCAN, SMALL, Honest
from skills.oversight.rehearsal.lives import COUNTER, Use
from skills.oversight.rehearsal.planted import LookAlike
from skills.oversight.rehearsal.town import GRADUATE, GROUPS, MODELS, TRADES, Body
from skills.records.rules import Standing, Work
from skills.vouchers.rules import ScopeForm
from skills.vouchers.states import DisputeState


class LookAlikes:
    """Plants look-alikes of every kind, `times` of each where several make sense."""

    def __init__(self, honest: Honest, times: int) -> None:
        self.honest, self.book, self.town, self.lives = honest, honest.book, honest.town, honest.lives
        self.draw, self.times = self.book.draw, times
        self.made: list[LookAlike] = []

    def all(self) -> tuple[LookAlike, ...]:
        """Every kind."""
        for _ in range(self.times):
            for kind in (
                self.family, self.office, self.makeup_class, self.teacher_moved, self.branches, self.popular_new, self.district_day,
                self.clumsy_clerk, self.renamed, self.retired_later, self.used_up_slowly, self.dormitory, self.library,
                self.next_year_again, self.forgot, self.night_shift, self.shared_hall, self.inherited_number, self.job_since,
                self.directed_list, self.small_and_perfect,
            ):  # fmt: skip
                kind()
        self.campaign()
        return tuple(self.made)

    def _say(self, kind: str, uses: Iterable[Use], *others: str) -> None:
        subjects = {u.held.who.subject for u in uses} | set(others)
        self.made.append(LookAlike(kind, frozenset(subjects)))

    def _body(self, name: str, **change: Any) -> Body:
        """An institution of its own for a look-alike, with courses and, unless it is new, a past."""
        body = self.town.body(f"{name}{len(self.made) + 1}", **change)
        for _ in range(3):
            self.town.course(body)
        return body

    def _class(self, body: Body, ago: int, **change: Any) -> Row:
        return self.town.group(body, self.book.today - timedelta(days=ago), **change)

    def _past(self, body: Body) -> None:
        for _ in range(self.honest.past):
            self.honest.fill(body, self._class(body, self.draw.randrange(40, 330)), self.draw.randrange(8, 18))

    def family(self) -> None:
        """Parents and two grown children: one surname, one telephone number, one line at home, one old phone."""
        phone, line, model, surname = self.town.phone(), self.town.line(), self.draw.choice(MODELS), self.draw.choice("王李张刘")
        district, uses = self.draw.choice(("500112", "500106")), []
        for born, sex in (((1968, 1970), "M"), ((1975, 1977), "F"), ((1997, 1999), "M"), ((2000, 2002), "F")):
            body = self._body("家门口职业培训学校")
            group = self._class(body, self.draw.randrange(30, 320))
            at = self.honest.enrols(group)
            who = self.honest.somebody(
                at, self.draw.choice(GROUPS), born=born, sex=sex, phone=phone, home=line, model=model,
                surname=surname, district=district,
            )
            uses.append(self.honest.use(who, body, group, at))
            self.honest.outcome(uses[-1])
        self._say("family", uses)

    def office(self) -> None:
        """Forty colleagues take places in one class from their office within the hour: the foreman reminded them."""
        body, line, models = self._body("岗位技能培训学校"), self.town.line(), self.draw.sample(MODELS, 12)
        self._past(body)
        group = self._class(body, self.draw.randrange(40, 250), seats=45)
        day = group["starts_on"] - timedelta(days=6)
        uses, employer = [], f"渝丰电子有限公司{len(self.made)}"
        for n in range(40):
            at = self.book.at(day, 10 + n * 0.024)
            who = self.honest.somebody(at, "rural_worker")
            self.town.fact(who.id, "work", "list:insured", Work("4-04-05-05", False, at.date() - timedelta(days=500), None, employer), who.since)
            gap = timedelta(minutes=self.draw.randrange(2, 30), days=self.draw.choice((0, 0, 1, 5)))
            uses.append(self.honest.use(who, body, group, at, network=line, model=self.draw.choice(models), gap=gap))
            self.honest.outcome(uses[-1])
            if n % 6 == 0:
                self.lives.call_back(uses[-1], "yes") if uses[-1].place["ended_at"] else None
        self._say("office", uses, body.subject)

    def makeup_class(self) -> None:
        """A class that was rained off is taught again on a Sunday, by the same lecturer, with the same people and a second class beside."""
        body = self._body("周末职业培训学校")
        self._past(body)
        first = self._class(body, 120, lecturer=body.lecturers[0])
        second = self._class(body, 118, lecturer=body.lecturers[0], hour=18.5)
        uses = [*self.honest.fill(body, first, 20), *self.honest.fill(body, second, 18)]
        self._say("makeup_class", uses, body.subject)

    def teacher_moved(self) -> None:
        """A lecturer leaves one institution for another, and some of the trainees follow for the next course."""
        old, new = self._body("江北职业培训学校"), self._body("江南职业培训学校")
        lecturer = old.lecturers[0]
        new.lecturers[0], new.proofs = lecturer, old.proofs
        uses = self.honest.fill(old, self._class(old, 290, lecturer=lecturer), 20)
        uses += self.honest.fill(new, self._class(new, 90, lecturer=lecturer), 20)
        self._past(new)
        self._say("teacher_moved", uses, old.subject, new.subject)

    def branches(self) -> None:
        """Three branches of one school: one legal representative, one head office, the same catalogue, approved all along."""
        rep, uses, bodies = self.town.number(), [], []
        for n in range(3):
            body = self.town.body(f"连锁职业培训学校{n + 1}分校{len(self.made)}", rep=rep, address=f"学府路连锁大厦{MARK}")
            for occupation, title in (("4-01-06-01", "电子商务连锁课"), ("4-04-05-05", "数据标注连锁课")):
                self.town.course(body, title, occupation)
            uses += self.honest.fill(body, self._class(body, self.draw.randrange(40, 300)), 16)
            bodies.append(body.subject)
        self._say("branches", uses, *bodies)

    def popular_new(self) -> None:
        """A new institution that people like: few in its first month, then more and more, each by their own phone."""
        now = self.book.now
        body = self._body("新星职业培训学校", since=now - timedelta(days=190), founded=shanghai_day(now) - timedelta(days=900), insured=34)
        uses: list[Use] = []
        for ago, count in ((140, 6), (115, 11), (95, 16), (75, 22), (55, 28), (35, 30), (30, 25)):
            uses += self.honest.fill(body, self._class(body, ago, seats=max(20, count)), count)
        for use in uses[::9]:
            if use.place["ended_at"] and use.place["certificate_number"] is None and use.redemption["state"] == "earned":
                self.lives.call_back(use, "yes")
        self._say("popular_new", uses, body.subject)

    def district_day(self) -> None:
        """A fair of the district: sixty people use the counter's tablets, or are served there, within one day."""
        line, tablets = self.town.line(), self.draw.sample(MODELS, 4)
        bodies, uses = [self._body("技能集市职业培训学校") for _ in range(4)], []
        ago = self.draw.randrange(60, 300)
        groups = [(b, self._class(b, ago)) for b in bodies]
        day = self.book.today - timedelta(days=ago + 9)
        for n in range(60):
            body, group = groups[n % 4]
            at = self.book.at(day, self.draw.uniform(9, 16.5))
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            how: dict[str, Any] = {"how": COUNTER} if n % 3 == 0 else {"network": line, "model": self.draw.choice(tablets)}
            gap = timedelta(minutes=self.draw.randrange(4, 15))
            uses.append(self.honest.use(who, body, group, at, gap=gap, **how))
            self.honest.outcome(uses[-1])
        self._say("district_day", uses, *(b.subject for b in bodies))

    def clumsy_clerk(self) -> None:
        """Seven wrong codes in a week: a clerk who takes an 8 for a B, and always gets it right in the end."""
        body = self._body("老城职业培训学校")
        self._past(body)
        group = self._class(body, 50)
        uses = self.honest.fill(body, group, 16)
        begin = self.book.at(group["starts_on"] - timedelta(days=8), 9.5)
        for n in range(7):
            at = begin + timedelta(days=n % 5, minutes=self.draw.randrange(400))
            self.book.attempt(SCAN, body.clerk, body.id, self.draw.choice(("voucher_code.unknown", "voucher_code.rotated_out")), at)
        self._say("clumsy_clerk", uses, body.subject, f"account:{body.clerk}")

    def renamed(self) -> None:
        """An institution turns into a company by lawful change: closed on its own wish, its successor appointed by two people."""
        rep, book = self.town.number(), self.book
        old = self._body("育才职业培训学校", rep=rep, since=book.now - timedelta(days=1200))
        change = book.now - timedelta(days=self.draw.randrange(120, 200))
        new = self.town.body(f"育才教育科技有限公司{len(self.made)}", rep=rep, since=change, address=old.address, insured=22)
        new.lecturers, new.proofs = old.lecturers, old.proofs
        for course in old.courses:
            self.town.course(new, course["title"], course["occupation"])
        old.row["state"] = OrganisationState.CLOSED
        book.add(
            "succession", id=book.id(change), gone_id=old.id, successor_id=new.id, document="渝人社许〔2026〕18号", state="appointed",
            proposed_by="bureau-clerk", proposed_at=change, appointed_by="bureau-checker", appointed_at=change + timedelta(days=2), ended_at=None,
        )  # fmt: skip
        first = (book.today - shanghai_day(change)).days
        uses = self.honest.fill(old, self._class(old, first + 60), 18) + self.honest.fill(old, self._class(old, first + 100), 14)
        uses += self.honest.fill(new, self._class(new, first - 60), 18)
        self._say("renamed", uses, old.subject, new.subject)

    def retired_later(self) -> None:
        """Men of fifty-eight or nine complete a training, and go into early retirement some weeks afterwards."""
        body = self._body("夕阳红职业培训学校")
        self._past(body)
        year, uses = self.book.today.year, []
        group = self._class(body, 130)
        for _ in range(6):
            at = self.honest.enrols(group)
            who = self.honest.somebody(at, "registered_unemployed", born=(year - 59, year - 58), sex="M")
            uses.append(self.honest.use(who, body, group, at))
            self.honest.outcome(uses[-1], dull=True)
            since = group["ends_on"] + timedelta(days=self.draw.randrange(20, 60))
            self.town.fact(who.id, "standing", "list:pensions", Standing("retired", since, None), self.book.at(since + timedelta(days=9), 9))
        self._say("retired_later", uses, body.subject)

    def used_up_slowly(self) -> None:
        """A batch of 120 for which 300 days were planned, and which is used up at their end, as planned."""
        book = self.book
        first, last = book.today - timedelta(days=300), book.today + timedelta(days=3)
        sheet = self.town.batch(f"稳步发放技能培训券{len(self.made)}", GROUPS, first, last, count=120)
        for n in range(120):
            at = book.some_time(first + timedelta(days=int(n * 2.45)), first + timedelta(days=int(n * 2.45) + 2))
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            held = self.lives.claim(who, sheet, at)
            if (over := book.at(held.row["valid_until"] + timedelta(days=1), 3)) < book.now:
                self.lives.lapse(held, over)
        self._say("used_up_slowly", (), sheet.subject)

    def dormitory(self) -> None:
        """Twenty-five graduates of one college behind the line of their hall of residence, in many classes over two months."""
        line, uses, bodies = self.town.line(), [], [self._body("大学城职业培训学校") for _ in range(3)]
        year = self.book.today.year if self.book.today.month >= 6 else self.book.today.year - 1
        for n in range(25):
            body = bodies[n % 3]
            day = date(year, 3, 3) + timedelta(days=self.draw.randrange(60))
            group = self.town.group(body, day + timedelta(days=self.draw.randrange(3, 15)))
            at = self.book.at(day, self.book.hour())
            who = self.honest.somebody(at, GRADUATE, home=line, model=self.draw.choice(MODELS[:20]))
            uses.append(self.honest.use(who, body, group, at))
            self.honest.outcome(uses[-1])
        self._say("dormitory", uses, *(b.subject for b in bodies))

    def library(self) -> None:
        """The computer of a public library: fourteen strangers use it in the course of a year."""
        line, model, uses = self.town.line(), "Mozilla/5.0 (X11; Linux x86_64) library", []
        for _ in range(14):
            body = self._body("图书馆旁职业培训学校")
            group = self._class(body, self.draw.randrange(30, 340))
            at = self.honest.enrols(group)
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            uses.append(self.honest.use(who, body, group, at, network=line, model=model))
            self.honest.outcome(uses[-1])
        self._say("library", uses)

    def next_year_again(self) -> None:
        """Satisfied people come back in the new year for another course of the same school, by their own phones."""
        body, uses = self._body("回头客职业培训学校"), []
        autumn, spring = turn_of_year(self.book.today)
        first = self.town.group(body, autumn, course=body.courses[0])
        other = self.town.course(body, "新年提高班", another_trade(body.courses[0]))
        second = self.town.group(body, spring, course=other)
        for _ in range(9):
            at = self.honest.enrols(first)
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            uses.append(self.honest.use(who, body, first, at, gap=timedelta(minutes=30)))
            self.honest.outcome(uses[-1], dull=True)
            uses.append(self.honest.use(who, body, second, self.honest.enrols(second), gap=timedelta(minutes=50)))
            self.honest.people -= 1  # the same person
            self.honest.outcome(uses[-1], dull=True)
        self._say("next_year_again", uses, body.subject)

    def forgot(self) -> None:
        """Two people of a large class deny their use and remember in the evening; a third is shown the signed form."""
        body = self._body("大班职业培训学校")
        self._past(body)
        uses = self.honest.fill(body, self._class(body, 45, seats=40), 36)
        for n, use in enumerate(uses[:3]):
            end = DisputeState.DISMISSED if n == 2 else DisputeState.WITHDRAWN
            self.lives.deny(use, min(use.at + timedelta(hours=5), self.book.now), end, "有本人签名" if n == 2 else "")
        self._say("forgot", uses, body.subject)

    def night_shift(self) -> None:
        """Ten workers of a night shift take their places at three in the morning, each by the own phone."""
        body, uses = self._body("三班倒职业培训学校"), []
        self._past(body)
        group = self._class(body, self.draw.randrange(40, 300))
        for _ in range(10):
            at = self.book.at(group["starts_on"] - timedelta(days=self.draw.randrange(3, 18)), self.draw.uniform(2, 4.5))
            uses.append(self.honest.use(self.honest.somebody(at, "rural_worker"), body, group, at))
            self.honest.outcome(uses[-1])
        self._say("night_shift", uses, body.subject)

    def shared_hall(self) -> None:
        """Two schools that rent the same hall, where a third one was banned long ago; other owners, other courses."""
        hall, uses, bodies = self.town.address(), [], []
        gone = self._body("旧日职业培训学校", address=hall, since=self.book.now - timedelta(days=2000))
        gone.row["state"] = OrganisationState.SUSPENDED
        for trade in ("4-01-06-01", "4-07-02-05"):
            body = self.town.body(f"同楼职业培训学校{trade[-2:]}{len(self.made)}", address=hall)
            self.town.course(body, "", trade)
            uses += self.honest.fill(body, self._class(body, self.draw.randrange(40, 300)), 15)
            bodies.append(body.subject)
        self._say("shared_hall", uses, *bodies)

    def inherited_number(self) -> None:
        """A telephone number that its operator gave to somebody else: two strangers stand under it."""
        phone, uses = self.town.phone(), []
        for _ in range(2):
            body = self._body("通信职业培训学校")
            group = self._class(body, self.draw.randrange(40, 330))
            at = self.honest.enrols(group)
            uses.append(self.honest.use(self.honest.somebody(at, self.draw.choice(GROUPS), phone=phone), body, group, at))
            self.honest.outcome(uses[-1])
        self._say("inherited_number", uses)

    def job_since(self) -> None:
        """Registered jobless, trained, and at work soon afterwards: that is what the money is for."""
        body, uses = self._body("好工作职业培训学校"), []
        group = self._class(body, 150)
        for _ in range(12):
            at = self.honest.enrols(group)
            who = self.honest.somebody(at, "registered_unemployed")
            uses.append(self.honest.use(who, body, group, at))
            self.honest.outcome(uses[-1], dull=True)
            since = group["ends_on"] + timedelta(days=self.draw.randrange(4, 40))
            self.town.fact(who.id, "work", "list:insured", Work("4-04-05-05", False, since, None, "渝江软件"), self.book.at(since, 10))
        self._say("job_since", uses, body.subject)

    def directed_list(self) -> None:
        """Thirty people on a bureau's list learn late of their voucher and use it in one class, helped by a social worker's call."""
        body, uses = self._body("社区职业培训学校"), []
        self._past(body)
        group = self._class(body, 60, seats=40)
        issued = self.book.at(group["starts_on"] - timedelta(days=75), 10)
        sheet = self.town.batch(
            f"社区定向培训券{len(self.made)}", GROUPS, shanghai_day(issued), group["starts_on"] + timedelta(days=30), scope=ScopeForm.DIRECTED,
            count=60,
        )  # fmt: skip
        for _ in range(30):
            at = self.honest.enrols(group)
            who = self.honest.somebody(issued, self.draw.choice(GROUPS))
            held = self.lives.claim(who, sheet, at - timedelta(minutes=self.draw.randrange(5, 600)), issued)
            self.honest.people += 1
            uses.append(self.lives.use(held, body, group, at))
            self.honest.outcome(uses[-1])
        self._say("directed_list", uses, body.subject, sheet.subject)

    def small_and_perfect(self) -> None:
        """A small class of a good teacher: everybody there every day, everybody passes, everybody says so when asked."""
        body = self._body("匠心职业培训学校")
        group = self._class(body, 80, seats=12)
        uses = []
        for _ in range(12):
            at = self.honest.enrols(group)
            uses.append(self.honest.use(self.honest.somebody(at), body, group, at))
            self.honest.outcome(uses[-1], attendance=100, score=self.draw.randrange(88, 100), dull=True)
            if uses[-1].place["ended_at"]:
                self.lives.call_back(uses[-1], self.draw.choice(("yes", "yes", "")))
        self._say("small_and_perfect", uses, body.subject)

    def campaign(self) -> None:
        """The bureau tells people what they are entitled to; three hundred of them claim in one evening, and choose for themselves."""
        book, count = self.book, 300 if self.honest.clean >= SMALL else 90
        ago = 70
        day = book.today - timedelta(days=ago)
        sheet = self.town.batch("政策找人技能培训券", GROUPS, day - timedelta(days=10), book.today + timedelta(days=20), count=count * 3)
        bodies = [self._body("政策找人职业培训学校") for _ in range(6)]
        groups = [(b, self._class(b, ago - 12 - n * 4)) for n, b in enumerate(bodies)]
        told: datetime = book.at(day, 17.5)
        uses = []
        for n in range(count):
            at = book.at(day, 18.5 + abs(self.draw.gauss(0, 1.3)))
            who = self.honest.somebody(told, self.draw.choice(GROUPS))
            book.add("voucher_reach", id=book.id(told), batch_id=sheet.row["id"], person_id=who.id, district=who.district, state="noticed",
                     found_at=told - timedelta(hours=3), noticed_at=told)  # fmt: skip
            book.message("voucher.told_entitled", told, person_id=who.id, batch=sheet.row["id"], title=sheet.terms.title,
                         until=sheet.terms.claim_until.isoformat())  # fmt: skip
            held = self.lives.claim(who, sheet, at)
            if n % 5 < 2:
                body, group = groups[n % 6]
                if group["taken"] >= group["seats"]:
                    continue
                enrolled = max(self.honest.enrols(group), at + timedelta(minutes=20))
                uses.append(self.lives.use(held, body, group, enrolled))
                self.honest.people += 1
                self.honest.outcome(uses[-1])
        self._say("campaign", uses, sheet.subject, *(b.subject for b in bodies))


def turn_of_year(today: date) -> tuple[date, date]:
    """A day in the last autumn and one in the spring after it, both over by now."""
    year = today.year if today.month >= 6 else today.year - 1
    return date(year - 1, 10, 14), date(year, 2, 24)


def another_trade(course: Row) -> str:
    """A trade that this course does not teach: the same trade and level is paid for once only."""
    return next(trade for trade in TRADES if trade != course["occupation"])
