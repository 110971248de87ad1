"""Ordinary histories over a year: honest people, clumsy ones among them, at institutions of every size and age."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from skills.courses.states import EnrolmentState
from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.book import Book, Row
from skills.oversight.rehearsal.lives import COUNTER, FAMILY, OWN, SCANNED, Lives, Use
from skills.oversight.rehearsal.scans import Seen
from skills.oversight.rehearsal.town import CARRIERS, GRADUATE, GROUPS, Body, Sheet, Town, Who
from skills.records.rules import Work
from skills.vouchers.states import DisputeState

WINDOW, WINDOWS = 91, 8  # days for which a batch is open; one after the other, the last one half over today
NAMES = ("星河", "嘉陵", "巴渝", "渝江", "缙云", "南山", "歌乐", "朝天", "长江", "两江", "铜梁", "涪江", "乌江", "金佛", "四面", "仙女")
KINDS = ("职业培训学校", "技能培训中心", "职业技能学校", "教育培训有限公司")
SMALL = 2_000  # fewer histories than this are for a quick look: everything around them is smaller, too
SCAN = "voucher_code.present"
PAYERS = 0.04  # of those in a class, besides


class Honest:
    """Everyday life: what an ordinary class, an ordinary use and an ordinary mishap look like.

    people  how many honest people used a voucher so far
    past    how many ordinary classes an institution of a fraud or a look-alike has behind it
    """

    def __init__(self, book: Book, town: Town, lives: Lives, clean: int) -> None:
        self.book, self.town, self.lives, self.clean = book, town, lives, clean
        self.draw = book.draw
        self.people = 0
        self.past = 4 if clean >= SMALL else 1
        self.seen = Seen({}, set(), set(), set())
        self._filed: dict[str, datetime] = {}
        first = book.today - timedelta(days=45 + (WINDOWS - 1) * WINDOW)
        starts = [first + timedelta(days=WINDOW * n) for n in range(WINDOWS)]
        parts = 1 if clean < SMALL else 4
        self._sheets: dict[tuple[int, bool, int], Sheet] = {}
        for n, start in enumerate(starts):
            for part in range(parts):
                for graduates in (False, True):
                    title = f"{'毕业年度高校毕业生' if graduates else '城乡劳动者'}技能培训券{n + 1}—{part + 1}"
                    self._sheets[n, graduates, part] = town.batch(
                        title, (GRADUATE,) if graduates else GROUPS, start, start + timedelta(days=WINDOW - 1),
                        district=("500112", "500106", "500103", "500101")[part],
                    )  # fmt: skip
        self._first, self._parts = first, parts

    def sheet(self, who: Who, day: date) -> Sheet:
        """The batch from which somebody takes a voucher on a day."""
        window = min(WINDOWS - 1, max(0, (day - self._first).days // WINDOW))
        return self._sheets[window, who.group == GRADUATE, int(who.district) % self._parts]

    def bodies(self) -> list[tuple[Body, float]]:
        """The town's institutions with their share of the trainees: few large ones, many small ones, some of them new."""
        draw, made = self.book.draw, []
        for n in range(max(10, self.clean // 110)):
            fresh = n % 12 == 11
            since = self.book.now - timedelta(days=draw.randrange(90, 300) if fresh else draw.randrange(430, 1500))
            body = self.town.body(f"{NAMES[n % 16]}{KINDS[n // 16 % 4]}{n // 64 or ''}", since=since, registered=draw.random() < 0.85)
            for _ in range(draw.randrange(2, 6)):
                self.town.course(body)
            made.append((body, (0.4 if fresh else 1.0) / (n % 40 + 3)))
        return made

    def year(self) -> None:
        """As many ordinary histories as were asked for, and the people who let their voucher lapse."""
        draw, bodies = self.book.draw, self.bodies()
        goal = self.people + self.clean
        while self.people < goal:
            starts = self.book.today + timedelta(days=draw.randrange(-362, 19))
            there = [(b, w) for b, w in bodies if b.since.date() < starts - timedelta(days=50)]
            body = draw.choices([b for b, _ in there], [w for _, w in there])[0]
            group = self.town.group(body, starts)
            self.fill(body, group, min(goal - self.people, round(group["seats"] * draw.uniform(0.45, 1))))
        for _ in range(self.clean * 3 // 10):
            self.leave_unused(self.book.some_time(self.book.today - timedelta(days=380), self.book.today))
        self._grudges([b for b, _ in bodies])

    def fill(self, body: Body, group: Row, count: int) -> list[Use]:
        """`count` honest people of every kind in a class, which was planned large enough for them."""
        made = []
        group["seats"] = max(group["seats"], group["taken"] + count)
        for _ in range(count):
            at = self.enrols(group)
            who = self.somebody(at)
            how = self.book.draw.choices((OWN, SCANNED, FAMILY, COUNTER), (72, 14, 3, 11))[0]
            use = self.use(who, body, group, at, how=how)
            self.mishaps(use, how)
            self.outcome(use)
            made.append(use)
        for _ in range(count):
            if self.book.draw.random() < PAYERS:
                self.pays(self.somebody(self.enrols(group)), body, group)
        return made

    def pays(self, who: Who, body: Body, group: Row) -> None:
        """Somebody who takes a place at their own cost, or at their employer's, and stays to the end."""
        at, draw = max(self.enrols(group), who.opened + timedelta(minutes=5)), self.book.draw
        if shanghai_day(at) >= group["starts_on"]:
            return
        group["seats"] = max(group["seats"], group["taken"] + 1)
        place = self.lives.pay(who, body, group, at)
        if group["starts_on"] > self.book.today:
            return
        place["state"] = EnrolmentState.ATTENDING
        filed = self.filing(group)
        if filed <= self.book.now and group["ends_on"] < self.book.today:
            self.lives.result(body, group, place, filed, draw.randrange(84, 101), min(100, round(draw.gauss(79, 8))))
            place["state"] = EnrolmentState.COMPLETED
            self.lives.record(who, body, group, place, {})

    def filing(self, group: Row) -> datetime:
        """When the institution files the results of a class; that moment may still lie ahead."""
        if group["id"] not in self._filed:
            draw = self.book.draw
            day = group["ends_on"] + timedelta(days=draw.randrange(1, 12))
            self._filed[group["id"]] = self.book.at(day, draw.uniform(9, 17.5))
        return self._filed[group["id"]]

    def somebody(self, at: datetime, group: str = "", **change: Any) -> Who:
        """A person who may use a voucher at that moment."""
        year, draw = shanghai_day(at).year, self.book.draw
        given: dict[str, Any] = {"since": at - timedelta(days=draw.randrange(40, 600), minutes=draw.randrange(1440)), **change}
        since = given["since"]
        fresh = at - timedelta(days=draw.randrange(0, 40), minutes=draw.randrange(60, 600))
        early = since + (at - since) * draw.uniform(0.05, 0.9)
        given.setdefault("account_at", max(fresh, early) if draw.random() < 0.4 else early)
        return self.town.person(group=group, year=year, **given)

    def enrols(self, group: Row) -> datetime:
        """When somebody takes a place in a class: in the weeks before it begins."""
        starts = group["starts_on"]
        last = min(starts - timedelta(days=1), self.book.today)
        day = last - timedelta(days=min(int(self.book.draw.expovariate(1 / 7)), 22 - (starts - last).days if last < starts else 22))
        return min(self.book.at(day, self.book.hour()), self.book.now - timedelta(minutes=self.book.draw.randrange(1, 400)))

    def use(
        self, who: Who, body: Body, group: Row, at: datetime, *, how: str = OWN, network: str = "", model: str = "",
        gap: timedelta | None = None, sheet: Sheet | None = None,
    ) -> Use:  # fmt: skip
        """An honest claim and, sooner or later, its use."""
        draw = self.book.draw
        if gap is None:
            slow = timedelta(days=min(draw.expovariate(1 / 14), 80), minutes=draw.randrange(5, 900))
            gap = slow if draw.random() < 0.55 else timedelta(minutes=draw.randrange(3, 45))
        claimed = at - gap
        if who.group == GRADUATE:  # only in the year of graduation
            claimed = max(claimed, self.book.at(date(shanghai_day(at).year, 1, 1), 0.01))
        claimed = max(claimed, self.book.at(self._first, 8.5), who.opened + timedelta(minutes=3))
        held = self.lives.claim(who, sheet or self.sheet(who, shanghai_day(claimed)), min(claimed, at))
        self.people += 1
        return self.lives.use(held, body, group, at, how=how, network=network, model=model)

    def outcome(self, use: Use, attendance: int = 0, score: int = 0, dull: bool = False) -> None:
        """What became of a place by now. `dull` if nobody gives up or fails."""
        draw, lives, now = self.book.draw, self.lives, self.book.now
        starts, ends = use.group["starts_on"], use.group["ends_on"]
        if not dull and draw.random() < 0.05:
            left = use.at + (min(now, self.book.at(starts, 0)) - use.at) * draw.random()
            if left < now:
                lives.withdraw(use, left)
            return
        if starts <= self.book.today:
            lives.attend(use)
        filed = self.filing(use.group)
        if filed > now or ends >= self.book.today:
            return
        if not dull and draw.random() < 0.05:
            lives.fail(use, filed)
            return
        lives.complete(use, filed, attendance, score)
        if not dull:
            self._afterwards(use, filed)

    def _afterwards(self, use: Use, filed: datetime) -> None:
        """Some are asked whether it took place, some complain, some find work."""
        draw, lives = self.book.draw, self.lives
        if draw.random() < 0.05:
            lives.call_back(use, draw.choices(("yes", "partly", "no", ""), (540, 36, 8, 416))[0])
        if draw.random() < 0.012:
            at = filed + timedelta(days=draw.randrange(1, 20))
            kind = draw.choice(("service", "service", "result", "access"))
            if at < self.book.now:
                lives.complain(kind, "课程安排临时改动，希望提前通知。", at, use.body, use.held.who)
        if draw.random() < 0.15:
            since = filed + timedelta(days=draw.randrange(5, 60))
            if since < self.book.now:
                self.town.fact(use.held.who.id, "work", "list:insured-since", Work("4-04-05-05", False, since.date(), None, "渝江软件"), since)

    def mishaps(self, use: Use, how: str) -> None:
        """What honest people get wrong: a refused claim, a full class, a code typed wrongly or too late, a use forgotten."""
        draw, book, who = self.book.draw, self.book, use.held.who
        if draw.random() < 0.04:
            book.attempt("voucher.claim", who.account, "", "voucher.not_eligible",
                         use.held.row["claimed_at"] - timedelta(minutes=9), title=use.held.batch.terms.title)  # fmt: skip
        if draw.random() < 0.02:
            book.attempt("enrolment.enrol", who.account, "", "enrolment.full", use.at - timedelta(minutes=4), seats=30)
        if draw.random() < 0.05:
            at = use.held.row["claimed_at"] - timedelta(minutes=draw.randrange(2, 20))
            for n in range(draw.choice((1, 1, 2))):
                book.attempt("account.use_code", "", who.account, "sign_in.refused", at + timedelta(seconds=20 * n))
        if how == SCANNED and draw.random() < 0.08:
            code = draw.choice(("voucher_code.rotated_out", "voucher_code.rotated_out", "voucher_code.unknown"))
            book.attempt(SCAN, use.body.clerk, use.body.id, code, use.at - timedelta(seconds=70))
        if draw.random() < 0.002:
            at = use.at + timedelta(hours=draw.randrange(1, 90))
            if at < book.now - timedelta(days=9):
                end = draw.choice((DisputeState.WITHDRAWN, DisputeState.WITHDRAWN, DisputeState.DISMISSED))
                self.lives.deny(use, at, end, "系本人操作" if end == DisputeState.DISMISSED else "")

    def leave_unused(self, at: datetime) -> None:
        """Somebody takes a voucher and does not use it."""
        who = self.somebody(at)
        held = self.lives.claim(who, self.sheet(who, shanghai_day(at)), at)
        over = self.book.at(held.row["valid_until"] + timedelta(days=1), 3)
        if over < self.book.now and self.book.draw.random() < 0.8:
            self.lives.lapse(held, over)

    def _grudges(self, bodies: list[Body]) -> None:
        """A competitor or an angry neighbour reports fraud where there is none."""
        for body in bodies:
            if self.book.draw.random() < 0.04:
                at = self.book.some_time(self.book.today - timedelta(days=200), self.book.today - timedelta(days=3))
                self.lives.complain("fraud", "听说这家学校不正规，请查一查。", at, body)

    def ceilings(self) -> None:
        """Ordinary batches were planned with room: what they hold is well above what is taken by now."""
        for sheet in self._sheets.values():
            row = sheet.row
            share = min(1.0, ((self.book.today - row["claim_from"]).days + 1) / WINDOW)
            count = max(40, int(row["issued"] / share * self.book.draw.uniform(1.25, 1.6)))
            row.update(count_ceiling=count, money_ceiling=count * row["face"])


def carrier(book: Book) -> str:
    """An address of a mobile carrier, behind which thousands of unrelated people stand."""
    return book.draw.choice(CARRIERS)
