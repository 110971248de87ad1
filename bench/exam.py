"""One exam of many candidates, from its list to the certificates: is each step as quick a person when there are ten times as many?

On SQLite, so that the processor's time holds the database as well; papers are a step of their own (`bench certificate`).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bench.learners import Group, Learner, Town
from bench.result import Result
from skills import config
from skills.accounts.actions import approve_organisation, register_organisation
from skills.accounts.rules import credit_check
from skills.app import Works, assemble
from skills.certification import paper
from skills.certification.actions import applications, awards, filings, plans, scores
from skills.certification.actions.plans import PlanOrder
from skills.certification.actions.scores import Typed
from skills.certification.models import Application, Award
from skills.certification.queries import exams, rooms
from skills.certification.rules.exams import Section, usual_hours
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.rooms import PlannedRoom
from skills.kernel import jobs
from skills.kernel.actors import SYSTEM, Actor, Grant
from skills.kernel.box import Box
from skills.kernel.clock import FixedClock, SystemClock, shanghai_day
from skills.kernel.db import reading, writing
from skills.migrations import upgrade
from skills.people.models import Person
from skills.records.models import RecordEntry
from skills.records.rules import Education, to_json
from skills.standards.actions import load as load_standards
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level

JOB, LEVEL = "4-04-05-01", Level.L4
TICKETS = 200  # of one hall
MANY = int(os.environ.get("SKILLS_BENCH_CANDIDATES", "5000"))
LATER = frozenset({"credentials.print", "messages.deliver"})


def measure(count: int = MANY) -> list[Result]:
    """Every step of an exam of so many, beside one of a tenth: people a second of the processor."""
    few, many = _exam(max(1, count // 10)), _exam(count)
    return [
        Result(f"exam of {count:,}: {step}", "people/s of CPU", 1 / many[step], 1 / few[step], f"exam of {max(1, count // 10):,}", 0.8)
        for step in many
    ]


def _exam(count: int) -> dict[str, float]:
    """Seconds of the processor a candidate of each step of an exam of so many."""
    with tempfile.TemporaryDirectory() as folder:
        stage = _Stage(Path(folder))
        try:
            return stage.run(count)
        finally:
            stage.works.engine.dispose()


class _Stage:
    """One body, filed, with its people."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(SystemClock().now())
        environ = {"SKILLS_ENV": "demo", "DATA_DIR": str(folder), "PUBLIC_BASE": "http://localhost", "SKILLS_LIMITS": "off"}
        self.works: Works = assemble(config.read(environ), self.clock)
        upgrade(self.works.engine)
        self.act(load_standards)
        stem = "91500000MA5U00001"
        made = self.act(
            register_organisation, name="渝江评价中心", kind="social_body", credit_code=stem + credit_check(stem), district="500112"
        )
        self.body = str(made.id)
        self.act(approve_organisation, organisation_id=self.body)
        scope = (ScopeItem(JOB, "", LEVEL),)
        filing = self.act(filings.draft, "admin", organisation_id=self.body, scope=scope, contact="王工").filing_id
        self.act(filings.submit, "admin", filing_id=filing)
        self.act(filings.accept, "clerk", filing_id=filing)

    @property
    def today(self) -> date:
        return shanghai_day(self.clock.now())

    def act(self, work: Any, who: str = "", /, **order: Any) -> Any:
        """Do it, as the system or as somebody who has the right for it."""
        right = frozenset({Grant(work.may, None if who == "clerk" else self.body, None)}) if who else frozenset()
        return self.works.office.perform(work, actor=Actor(who, who, None, right, stepped_up=True) if who else SYSTEM, **order)

    def crowd(self, count: int) -> Sequence[Learner]:
        """So many people who may sit 四级 by their schooling."""
        people = Town(self.works, self.body).fill({"all": Group(count, in_class=False)})["all"]
        body = to_json(Education("college", "软件技术", (JOB,), self.today - timedelta(days=100), None, "巴渝学院"))
        with writing(self.works.engine) as db:
            ids = db.scalars(select(Person.id)).all()
            db.execute(insert(RecordEntry), [
                {"id": "r" + one[1:], "person_id": one, "kind": "education", "source": f"list:{one}", "body": body, "on": self.today,
                 "strength": "compared", "added_by": "bench", "added_at": self.clock.now()}
                for one in ids
            ])  # fmt: skip
        return people

    def plan(self, count: int) -> str:
        """An exam for so many, in halls of two hundred, that takes candidates."""
        halls = tuple(PlannedRoom(f"第{n}考场", 20, 10) for n in range(1, -(-count // 200) + 1))
        invigilators = tuple(f"监考{n}" for n in range(max(2 * len(halls), -(-count // 15))))
        order = PlanOrder(
            JOB, "", int(LEVEL), "两江新区星光大道1号", self.today, self.today + timedelta(days=5), add_working_days(self.today, 10), count, 20_000,
            ("考评甲", "考评乙", "考评丙"), invigilators, ("督导甲",), halls, 2, usual_hours(LEVEL),
        )  # fmt: skip
        sitting = str(self.act(plans.plan, "admin", organisation_id=self.body, order=order).sitting_id)
        self.act(plans.file, "admin", sitting_id=sitting)
        self.act(plans.open_registration, "admin", sitting_id=sitting)
        return sitting

    def run(self, count: int) -> dict[str, float]:
        """Each step once, timed; what lies between them is not."""
        people, took = self.crowd(count), {}
        here = {"sitting_id": self.plan(count)}

        def timed(step: str, work: Callable[[], object], of: int = count) -> None:
            start = time.process_time()
            work()
            took[step] = (time.process_time() - start) / of
            print(f"  {count:>6,} {step:<44}{took[step] * 1000:9.2f} ms a candidate", file=sys.stderr)

        def register() -> None:
            for one in people:
                self.act(applications.enlist, "admin", **here, kind="resident", number=one.document)

        timed("registered by the body", register)
        self.clock.forward(days=6)
        timed("registration closed", lambda: self.act(plans.close, "admin", **here))
        timed("seated", lambda: self.act(plans.seat, "admin", **here))
        timed("tickets printed, one hall", lambda: self.tickets(here["sitting_id"]), min(count, TICKETS))
        self.clock.forward(days=20)
        timed("held", lambda: self.act(plans.hold, "admin", **here))
        with reading(self.works.engine) as db:
            lines = tuple(Typed(one, "70") for one in db.scalars(select(Application.id)))

        def typed() -> None:
            for section in (Section.THEORY, Section.PRACTICAL):
                for who in ("typist-1", "typist-2"):
                    self.act(scores.enter, who, **here, section=section, lines=lines)

        timed("scores typed twice, two sections", typed)
        timed("the two lists of scores shown", lambda: self.shown(here["sitting_id"]))
        timed("signed by the first", lambda: self.act(scores.sign, "checker", **here))
        timed("signed by the second, candidates told", lambda: self.act(scores.countersign, "signer", **here))
        self.clock.forward(days=14)
        self.act(awards.end_review, "admin", **here)
        timed("put on notice", lambda: self.act(awards.give_notice, "admin", **here))
        self.clock.forward(days=14)
        timed("the notice shown", self.noticed)
        timed("concluded", lambda: self.act(awards.conclude, "admin", **here))
        self.clock.forward(seconds=1)  # the orders lie a microsecond apart
        timed("numbers and certificates, no papers", lambda: jobs.run_due(self.works.office, but=LATER))
        with reading(self.works.engine) as db:
            if len(db.scalars(select(Award.id)).all()) != count:
                raise RuntimeError("not everybody has a certificate")
        return took

    def tickets(self, sitting: str) -> None:
        """The tickets of the first hall, as the body prints them."""
        with reading(self.works.engine) as db:
            ids = [one.application_id for one in rooms.room_plans(db, sitting, 1)[0].people]
            made = [
                paper.Ticket("何晓星", "居民身份证 5***", m.ticket, m.seat or 0, m.place.room, m.place.row, m.place.column, m.sits)
                for _, m in exams.exams_of(db, ids) if m.place is not None
            ]  # fmt: skip
            if not paper.tickets(exams.sitting(db, sitting), made, "http://localhost", "localhost").startswith(b"%PDF"):
                raise RuntimeError("no tickets")

    def shown(self, sitting: str) -> None:
        """What a typist's page of each section reads."""
        with reading(self.works.engine) as db:
            line = exams.sitting(db, sitting)
            for section in (Section.THEORY, Section.PRACTICAL):
                exams.sheet(db, line, section, "typist-1")

    def noticed(self) -> None:
        """What the public page of notices reads."""
        with reading(self.works.engine) as db:
            box = self.works.office.tools[Box]
            assert isinstance(box, Box)
            if not exams.notices(db, box, self.today):
                raise RuntimeError("nobody is on notice")
