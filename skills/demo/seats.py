"""Seats: one is kept until the institution answers, somebody waits in the queue behind it, somebody asks to leave a class."""

from __future__ import annotations

from skills.courses.actions import leaving, reservations
from skills.courses.queries.classes import places_of
from skills.courses.states import Admission, EnrolmentState
from skills.demo.path import Path
from skills.demo.stage import Agenda
from skills.vouchers.queries import usable


class Seats:
    """A small class that the institution fills by hand, and a learner who fell ill."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day. The last ones are close to today: requests are answered within days."""
        agenda.on(-12, self.enrol_one)
        agenda.on(-2, self.ask_to_leave)
        agenda.on(-1, self.ask_for_seats)

    def enrol_one(self) -> None:
        """One more in the class that runs today."""
        self._claim("candidate-3")
        self.path.enrol("running", self._index("candidate-3"))

    def ask_to_leave(self) -> None:
        """Leaving is free no more: the bureau has to decide."""
        stage, person = self.stage, self.stage.person("candidate-3")
        place = next(p.id for p in stage.ask(places_of, person.person) if p.state == EnrolmentState.ATTENDING)
        stage.act(leaving.ask, person, enrolment_id=place, code="illness", words="住院手术，医生要求休息一个月。")

    def ask_for_seats(self) -> None:
        """The only seat is kept, with a voucher, for the first; the second waits."""
        stage = self.stage
        self.path.open_class("chosen", "coding", 24, 1, admits=Admission.CONFIRMED)
        self._claim("candidate-1")
        first = stage.person("candidate-1")
        held = stage.ask(usable, first.person, stage.today)
        stage.act(reservations.ask, first, class_id=self.path.classes["chosen"], voucher_id=held[0].id)
        stage.act(reservations.ask, stage.person("certified"), class_id=self.path.classes["chosen"])

    def _claim(self, hero: str) -> None:
        self.path.claim(self._index(hero))

    def _index(self, hero: str) -> int:
        return next(i for i, h in enumerate(self.stage.heroes) if h.key == hero)
