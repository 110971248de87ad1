"""F7: somebody else's attendance, and late that was made on time."""

from __future__ import annotations

from skills.oversight.rehearsal.fraud_holders import Planter
from skills.oversight.rehearsal.lives import Use
from skills.oversight.rehearsal.lookalikes import LookAlikes
from skills.oversight.rehearsal.planted import LookAlike, PlantedFraud
from skills.oversight.rehearsal.scans import Habit
from skills.oversight.rehearsal.town import GROUPS


class ScanFrauds(Planter):
    """Plants F7 at the three strengths."""

    def all(self) -> list[PlantedFraud]:
        for strength in (1, 2, 3):
            self.f7(strength)
        return self.made

    def f7(self, strength: int) -> None:
        """People who never come, and whose attendance is written all the same.

        1 five friends of the monitor: the code goes to them in a chat, and each types it at home within a minute; twice in ten times
          one comes late, and the school has it put right
        2 most of a class; what the chat forgets is corrected on the school's word that the telephone was flat
        3 two classes: one hand types the codes into a row of telephones, always in the same order, before the lesson; and a quarter of
          all sessions was forgotten and is corrected in one go
        """
        real, paper, classes = {1: (18, 5, 1), 2: (12, 14, 1), 3: (3, 27, 2)}[strength]
        within, minutes = {1: (50.0, (-7.0, 4.0)), 2: (75.0, (-6.0, 3.0)), 3: (150.0, (-14.0, -8.0))}[strength]
        missed, late, words = {1: (0.0, 0.15, "堵车，已向老师说明"), 2: (0.12, 0.1, "手机没电"), 3: (0.25, 0.0, "手机没电")}[strength]
        body, uses = self.body("全勤职业培训学校"), list[Use]()
        course = self.town.course(body)
        course["hours"] = 48
        for k in range(classes):
            group = self.group(body, 58 + 23 * k + 3 * strength, seats=45, course=course)
            self.honest.seen.screens.add(group["id"])
            self.honest.fill(body, group, real)
            for n in range(paper):
                at = self.honest.enrols(group)
                who = self.honest.somebody(at, self.draw.choice(GROUPS))
                uses.append(self.honest.use(who, body, group, at))
                self.honest.people -= 1
                self.honest.outcome(uses[-1], attendance=100, dull=True)
                self.honest.seen.habits[group["id"], who.id] = Habit(
                    f"proxy-{group['id']}", True, within, minutes, n if strength == 3 else -1, missed, late, words,
                )
        self.say("F7", strength, uses, body.subject, f"account:{body.clerk}", f"course:{course['id']}")


class ScanLookAlikes(LookAlikes):
    """Honest attendance that resembles a fraud."""

    def all(self) -> tuple[LookAlike, ...]:
        """Every kind."""
        for _ in range(self.times):
            for kind in (self.screen_failed, self.one_bus, self.no_cameras):
                kind()
        return tuple(self.made)

    def screen_failed(self) -> None:
        """The power of the classroom fails on one day: the school asks for the whole class to be corrected, and the bureau agrees."""
        body = self._body("老楼职业培训学校")
        self._past(body)
        group = self._class(body, self.draw.randrange(60, 250))
        self.honest.seen.screens.add(group["id"])
        self.honest.seen.outages.add(self.town.sessions[group["id"]][1]["id"])
        self._say("screen_failed", self.honest.fill(body, group, 20), body.subject, f"account:{body.clerk}")

    def one_bus(self) -> None:
        """Eighteen workers come by the firm's bus: all scan at the door within three minutes, every day."""
        body = self._body("园区职业培训学校")
        group = self._class(body, self.draw.randrange(60, 250))
        uses = self.honest.fill(body, group, 18)
        for use in uses:
            self.honest.seen.habits[group["id"], use.held.who.id] = Habit(f"bus-{group['id']}", False, 180, (-16, -5))
        self._say("one_bus", uses, body.subject)

    def no_cameras(self) -> None:
        """Older people with old telephones: everybody types the code, each when they are there."""
        body = self._body("长者职业培训学校")
        group = self._class(body, self.draw.randrange(60, 250))
        uses = self.honest.fill(body, group, 15)
        for use in uses:
            self.honest.seen.habits[group["id"], use.held.who.id] = Habit(typed=True)
        self._say("no_cameras", uses, body.subject)
