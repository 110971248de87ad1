"""Honest timetables that resemble a fraud: shared lecturers and houses, hours that touch, classes that were called off."""

from __future__ import annotations

from datetime import timedelta

from skills.oversight.rehearsal.book import MARK, Row
from skills.oversight.rehearsal.lives import Use
from skills.oversight.rehearsal.lookalikes import LookAlikes
from skills.oversight.rehearsal.planted import LookAlike
from skills.oversight.rehearsal.town import GROUPS, Body


class HourLookAlikes(LookAlikes):
    """Plants look-alikes of every kind, `times` of each."""

    def all(self) -> tuple[LookAlike, ...]:
        """Every kind."""
        for _ in range(self.times):
            for kind in (
                self.guest_lecturer, self.back_to_back, self.computer_centre, self.namesakes, self.cancelled_class, self.moved_class,
                self.changed_mind,
            ):  # fmt: skip
                kind()
        return tuple(self.made)

    def _filled(self, body: Body, ago: int, count: int, hour: float, lecturer: str = "", address: str = "", room: str = "") -> list[Use]:
        group = self._class(body, ago, hour=hour, lecturer=lecturer, address=address, room=room)
        return self.honest.fill(body, group, count)

    def guest_lecturer(self) -> None:
        """A lecturer who teaches at one school in the mornings and at another one in the evenings of the same weeks."""
        morning, evening = self._body("晨光职业培训学校"), self._body("夜校职业培训学校")
        lecturer = morning.lecturers[0]
        evening.lecturers[0], evening.proofs = lecturer, morning.proofs
        ago = self.draw.randrange(50, 300)
        uses = self._filled(morning, ago, 18, 9.0, lecturer) + self._filled(evening, ago, 16, 18.5, lecturer)
        self._say("guest_lecturer", uses, morning.subject, evening.subject)

    def back_to_back(self) -> None:
        """One room, one lecturer, two schools: the first until half past one, the second from half past one; six learners stay for both,
        and pay for the second themselves."""
        first, second, hall = self._body("上午职业培训学校"), self._body("下午职业培训学校"), self.town.address()
        lecturer, ago = first.lecturers[0], self.draw.randrange(60, 300)
        second.proofs = first.proofs
        uses = self._filled(first, ago, 15, 9.0, lecturer, hall, "大教室")
        later = self._class(second, ago, hour=13.5, lecturer=lecturer, address=hall, room="大教室")
        uses += self.honest.fill(second, later, 12)
        for use in uses[:6]:
            self.honest.pays(use.held.who, second, later)
        self._say("back_to_back", uses, first.subject, second.subject)

    def computer_centre(self) -> None:
        """A computer centre rents its rooms out: three schools teach at one address at the same hours, each in a room of its own."""
        centre, ago = self.town.address(), self.draw.randrange(60, 300)
        bodies, uses = [self._body("机房职业培训学校") for _ in range(3)], []
        for n, body in enumerate(bodies):
            uses += self._filled(body, ago, 14, 9.0, "", centre, f"机房{n + 1}")
        self._say("computer_centre", uses, *(b.subject for b in bodies))

    def namesakes(self) -> None:
        """Two lecturers of one common name, with papers of their own, who teach in the same hours."""
        ago, uses, bodies = self.draw.randrange(60, 300), [], []
        for _ in range(2):
            body = self._body("同名职业培训学校")
            uses += self._filled(body, ago, 15, 9.0, f"王芳{MARK}")
            bodies.append(body)
        self._say("namesakes", uses, *(b.subject for b in bodies))

    def cancelled_class(self) -> None:
        """A class is called off three days before it begins; its learners and its lecturer go to another school's in the same weeks."""
        gone, other = self._body("小班职业培训学校"), self._body("接收职业培训学校")
        ago, lecturer = self.draw.randrange(60, 300), gone.lecturers[0]
        other.proofs = gone.proofs
        old = self._class(gone, ago, hour=9.0, lecturer=lecturer)
        new = self._class(other, ago, hour=9.0, lecturer=lecturer)
        self._say("cancelled_class", self._over(old, gone, new, other, 7, "报名人数不足"), gone.subject, other.subject)

    def moved_class(self) -> None:
        """The water pipe burst: a class is called off and held again in another house, by the same lecturer in the same hours."""
        body = self._body("搬迁职业培训学校")
        ago, lecturer = self.draw.randrange(60, 300), body.lecturers[0]
        old = self._class(body, ago, hour=9.0, lecturer=lecturer, course=body.courses[0])
        new = self._class(body, ago, hour=9.0, lecturer=lecturer, course=body.courses[0], address=self.town.address())
        self._say("moved_class", self._over(old, body, new, body, 14, "教室漏水，改在新地址开班"), body.subject)

    def _over(self, old: Row, gone: Body, new: Row, other: Body, count: int, why: str) -> list[Use]:
        """`count` people of a class that is called off take places in another one, with the same vouchers."""
        old["seats"], new["seats"] = max(old["seats"], count), max(new["seats"], count)
        off = self.book.at(old["starts_on"] - timedelta(days=3), 10.5)
        first = []
        for _ in range(count):
            at = min(self.honest.enrols(old), off - timedelta(hours=3))
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            first.append(self.honest.use(who, gone, old, at, gap=timedelta(minutes=self.draw.randrange(5, 90))))
        self.lives.cancel(first, old, off, why)
        uses = []
        for use in first:
            at = off + timedelta(hours=self.draw.uniform(1, 30))
            uses.append(self.lives.use(use.held, other, new, at))
            self.honest.outcome(uses[-1], dull=True)
        return uses

    def changed_mind(self) -> None:
        """Some people give their place back before the class begins and take one at another school, in the same weeks and hours."""
        first, second = self._body("初选职业培训学校"), self._body("改选职业培训学校")
        ago = self.draw.randrange(60, 300)
        old, new = self._class(first, ago, hour=9.0), self._class(second, ago, hour=9.0)
        uses = self.honest.fill(first, old, 12)
        for _ in range(5):
            at = min(self.honest.enrols(old), self.book.at(old["starts_on"] - timedelta(days=5), 18))
            who = self.honest.somebody(at, self.draw.choice(GROUPS))
            old["seats"] = max(old["seats"], old["taken"] + 1)
            use = self.honest.use(who, first, old, at, gap=timedelta(minutes=20))
            left = at + timedelta(hours=self.draw.uniform(2, 30))
            self.lives.withdraw(use, left)
            uses.append(self.lives.use(use.held, second, new, left + timedelta(minutes=self.draw.randrange(4, 900))))
            self.honest.outcome(uses[-1], dull=True)
        self._say("changed_mind", uses, first.subject, second.subject)
