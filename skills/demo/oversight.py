"""Two cases: trainees say that they were not there, and somebody whom a late list shows as retired."""

from __future__ import annotations

from datetime import timedelta

from skills.demo.path import USE, Path
from skills.demo.stage import Agenda, Stage
from skills.oversight.actions import callbacks, cases, register
from skills.oversight.jobs import look
from skills.oversight.queries.drawing import questions
from skills.records.actions import state_fact


class Oversight:
    """Who is asked what, and what the rules make of it."""

    def __init__(self, stage: Stage, path: Path) -> None:
        self.stage = stage
        self.path = path

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-98, self.ask_trainees)
        agenda.on(-95, self.answer)
        agenda.on(-90, self.enter_register)
        agenda.on(-4, self.late_list)
        agenda.on(-2, self.sweep)

    def ask_trainees(self) -> None:
        """On the day of the return, so that the draw is of the month in which they completed."""
        self.stage.act(callbacks.draw_some)

    def answer(self) -> None:
        """Four were not there, one was for a part, the others were. Heroes are drawn too: all answer, or the noes would weigh
        more or less from load to load, up to holding every payment of the school."""
        stage, told = self.stage, 0
        heroes = range(len(stage.heroes))
        for index in (*self.path.walkers(USE), *heroes):
            person = self.path.ids[index]
            for asked in stage.ask(questions, person, stage.today):
                said = "yes" if index in heroes or told > 4 else "partly" if told == 4 else "no"
                stage.act(callbacks.answer, stage.as_person(person), call_back_id=asked.id, said=said)
                told += 1

    def enter_register(self) -> None:
        """What a clerk read in the business register."""
        for key, head, insured in (("school", "周明", 42), ("academy", "何静", 35)):
            self.stage.act(
                register.enter, "gov-clerk", organisation_id=self.stage.bodies[key], legal_rep=head,
                document=f"5001121980010{insured}15", address="软件园学府路1号" if key == "school" else "软件园星河路6号",
                established_on=self.stage.today - timedelta(days=2400), insured=insured,
            )  # fmt: skip

    def late_list(self) -> None:
        """The list of pensioners comes late: somebody who used a voucher was on it."""
        walkers = self.path.unpaid()
        if len(walkers) > 1:
            self.stage.act(
                state_fact, "gov-clerk", person_id=self.path.ids[walkers[-2]], kind="standing", source="list:pensions",
                strength="compared",
                body={"group": "retired", "since": (self.stage.today - timedelta(days=300)).isoformat(), "until": None},
            )  # fmt: skip

    def sweep(self) -> None:
        """The daily job; one case is taken on."""
        for suspicion in look(self.stage.works.office):
            made = self.stage.act(cases.report, suspicion=suspicion)
            if suspicion.rule == "F12" and made.case_id:
                me = self.stage.staff["gov-clerk"].account
                self.stage.act(cases.assign, "gov-clerk", case_id=made.case_id, account_id=me)
