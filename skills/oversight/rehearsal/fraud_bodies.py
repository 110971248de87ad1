"""Frauds of institutions, and a programme that runs out: F3, F8, F12, F15."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from skills.accounts.states import OrganisationState
from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.book import spread
from skills.oversight.rehearsal.fraud_holders import Planter
from skills.oversight.rehearsal.lives import SCANNED, Use
from skills.oversight.rehearsal.planted import PlantedFraud
from skills.oversight.rehearsal.town import GROUPS, WORKERS
from skills.records.rules import Work


class BodyFrauds(Planter):
    """Plants each rule at the three strengths."""

    def all(self) -> list[PlantedFraud]:
        for strength in (1, 2, 3):
            for plant in (self.f3, self.f8, self.f12, self.f15):
                plant(strength)
        return self.made

    def f3(self, strength: int) -> None:
        """A shell: dormant for years, or founded weeks ago, with hardly anybody insured; then staff that it does not have is "trained" in
        masses, on promised facts of work there."""
        count, days, age, insured = {1: (26, 21, 900, 3), 2: (70, 18, 62, 1), 3: (170, 9, 40, 0)}[strength]
        book = self.book
        since = book.now - timedelta(days=age)
        founded = shanghai_day(since) - timedelta(days=12 if age < 100 else 1500)
        body = self.town.body(f"宏图管理咨询有限公司{strength}", since=since, founded=founded, insured=insured)
        course = self.town.course(body, "班组管理培训", fee=240_000)
        groups = [self.group(body, -3, course=course, seats=60) for _ in range(-(-count // 55))]
        uses = []
        for n, at in enumerate(spread(self.draw, count, book.now - timedelta(days=days), book.now - timedelta(days=1))):
            at = book.at(shanghai_day(at), self.draw.uniform(9, 17.8))
            who = self.honest.somebody(at, WORKERS, since=at - timedelta(days=self.draw.randrange(2, 15)))
            begun = shanghai_day(at) - timedelta(days=self.draw.randrange(10, 30))
            work = Work(course["occupation"], False, begun, None, body.name, body.id)
            self.town.fact(who.id, "work", "promise", work, at - timedelta(days=1), "promised")
            held = self.lives.claim(who, self.honest.sheet(who, shanghai_day(at)), at - timedelta(minutes=self.draw.randrange(3, 40)))
            line = body.line if n % 2 else ""
            how: dict[str, Any] = {"how": SCANNED} if n % 5 == 0 else {"network": line}
            uses.append(self.lives.use(held, body, groups[n % len(groups)], at, **how))
        self.say("F3", strength, uses, body.subject, f"course:{course['id']}")

    def f8(self, strength: int) -> None:
        """A school is banned for sham training and comes back under a new name: with the wife as its face in the same rooms (1), the
        same owner elsewhere (2), or simply everything as it was (3)."""
        book, rep = self.book, self.town.number()
        old = self.body("鸿运职业培训学校", rep=rep)
        old.row["state"] = OrganisationState.SUSPENDED
        gone = 90
        since = book.now - timedelta(days=gone - 25)
        new = self.town.body(
            f"鸿途技能培训中心{strength}", since=since, rep=self.town.number() if strength == 1 else rep, district=old.district,
            address="" if strength == 2 else old.address, founded=shanghai_day(since) - timedelta(days=10), insured=8,
        )
        if strength != 2:
            new.lecturers, new.proofs = old.lecturers[:], old.proofs
        for course in old.courses[: {1: 2, 2: 1, 3: 3}[strength]]:
            self.town.course(new, course["title"], course["occupation"], course["fee"])
        uses: list[Use] = []
        for ago in (20, 8):
            uses += self.honest.fill(new, self.group(new, ago), 12)
        self.made.append(PlantedFraud("F8", strength, frozenset({old.subject, new.subject, *(f"course:{c['id']}" for c in new.courses)})))

    def f12(self, strength: int) -> None:
        """A roster padded on paper: real trainees in front, names behind them that never came; everybody "present", everybody "85"."""
        real, paper, asked, noes, classes = {1: (22, 8, 7, 2, 1), 2: (20, 20, 14, 7, 1), 3: (5, 40, 26, 21, 2)}[strength]
        body, uses = self.body("百强职业培训学校"), []
        for k in range(classes):
            group = self.group(body, 75 + 20 * k, seats=50)
            self.honest.seen.unseen.add(group["id"])
            for n in range(real + paper):
                at = self.honest.enrols(group)
                who = self.honest.somebody(at, self.draw.choice(GROUPS))
                use = self.honest.use(who, body, group, at, how=SCANNED if n % 2 else "own")
                if n < real:
                    self.honest.outcome(use)
                    continue
                self.honest.people -= 1
                self.honest.outcome(use, attendance=100, score=85, dull=True)
                uses.append(use)
        done = [u for u in uses if u.place["ended_at"]]
        for n, use in enumerate(done[:asked]):
            self.lives.call_back(use, "no" if n < noes else self.draw.choice(("yes", "", "partly")))
        if strength == 3:
            self.lives.complain("fraud", "我从没去上过课，系统里却说我结业了。", self.book.now - timedelta(days=12), body, done[-1].held.who)
        self.say("F12", strength, uses, body.subject)

    def f15(self, strength: int) -> None:
        """Demand outruns the money: a batch for a hundred days that is half gone in three weeks, nearly gone in two, empty in four days."""
        ago, share, count = {1: (24, 0.55, 150), 2: (14, 0.82, 200), 3: (4, 1.0, 240)}[strength]
        book = self.book
        first = book.today - timedelta(days=ago)
        sheet = self.town.batch(f"热门技能培训券{strength}", GROUPS, first, first + timedelta(days=100), count=count)
        begin, end = book.at(first, 8.2), book.now - timedelta(hours=2)
        for at in spread(self.draw, int(count * share), begin, end if strength < 3 else begin + (end - begin) / 2):
            self.lives.claim(self.honest.somebody(at, self.draw.choice(GROUPS)), sheet, at)
        if strength == 3:
            for at in spread(self.draw, 140, begin + (end - begin) / 2 + timedelta(minutes=1), end):
                book.attempt("voucher.claim", self.honest.somebody(at, self.draw.choice(GROUPS)).account, "", "voucher_batch.count_reached", at,
                             most=count, issued=count)  # fmt: skip
        self.made.append(PlantedFraud("F15", strength, frozenset({sheet.subject})))
