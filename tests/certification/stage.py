"""What the tests of this room stand on: a body, people with facts, and an exam walked to any step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from skills.accounts.actions import approve_organisation, create_staff, register_organisation
from skills.accounts.rules import credit_check
from skills.certification.actions import applications, awards, day, duties, filings, panels, plans, scores
from skills.certification.actions.day import Noted
from skills.certification.actions.plans import PlanOrder
from skills.certification.actions.scores import Typed
from skills.certification.models import Application, Sitting
from skills.certification.queries import day as days
from skills.certification.queries import exams
from skills.certification.queries.duties import ROLES, staff_of
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import sections_of, usual_hours
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.rooms import standard_rooms
from skills.demo.synthetic import Synthetic, people
from skills.kernel.actors import Actor
from skills.people.actions import register_person
from skills.records.actions import state_fact
from skills.records.rules import Education, Fact, LevelHeld, Placing, Training, Work, to_json
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level
from tests.world import World

JOB = "4-04-05-01"
STAFF = ("考评甲", "考评乙", "考评丙")


class Stage:
    """One body in one world. `kind` is social_body or enterprise."""

    def __init__(self, world: World, kind: str = "social_body", count: int = 40) -> None:
        self.world = world
        self.crowd: Sequence[Synthetic] = list(people(count, 7, world.today))
        self.used = 0
        self.serve: dict[tuple[str, str], str] = {}
        self.bodies = 0
        self.body = self.organisation(kind)
        self.admin = self.staff("plan.make", "filing.submit", "application.enter", "score.publish", account="admin")
        self.first = self.staff("score.enter", account="typist-1")
        self.second = self.staff("score.enter", account="typist-2")
        self.checker = self.staff("score.sign", "score.enter", account="checker")
        self.signer = self.staff("score.sign", account="signer")
        self.clerk = world.actor("filing.decide", "promotion.examine", "complaint.handle", account="gov-clerk")
        self.inspector = world.actor("filing.inspect", "promotion.grant", account="gov-checker")

    @property
    def watch(self) -> tuple[Actor, ...]:
        """The two invigilators whom a plan names unless it says otherwise."""
        return tuple(self.staff("room.watch", account=self.serving(name, Duty.INVIGILATOR)) for name in ("监考甲", "监考乙"))

    def staff(self, *rights: str, account: str) -> Actor:
        return self.world.actor(*rights, account=account, organisation=self.body)

    def organisation(self, kind: str) -> str:
        self.bodies += 1
        stem = f"91500000MA5U{self.bodies:05d}"
        made = self.world.perform(
            register_organisation, name=f"渝江评价中心{self.bodies}", kind=kind, credit_code=stem + credit_check(stem),
            district="500112",
        )  # fmt: skip
        self.world.perform(approve_organisation, organisation_id=made.id)
        return str(made.id)

    def person(self, *facts: Fact) -> str:
        """Somebody new on record, with these facts compared."""
        who = self.crowd[self.used]
        self.used += 1
        made = self.world.perform(
            register_person, name=who.name, document_kind="resident", document_number=who.number, birth=who.birth,
            sex=who.sex, district=who.district, phone=who.phone, synthetic=True,
        )  # fmt: skip
        for n, fact in enumerate(facts):
            kind = {Work: "work", Education: "education", Placing: "placing", Training: "training", LevelHeld: "level"}[type(fact)]  # type: ignore[index]
            self.world.perform(
                state_fact, person_id=made.person_id, kind=kind, source=f"list:{self.used}:{n}", body=to_json(fact),
                strength="compared",
            )  # fmt: skip
        return str(made.person_id)

    def graduate(self, *more: Fact) -> str:
        """Somebody who may apply for 四级 by schooling."""
        school = Education("college", "软件技术", (JOB,), self.world.today - timedelta(days=100), None, "巴渝学院")
        return self.person(school, *more)

    def employed(self, organisation: str | None = None) -> Work:
        return Work(JOB, False, self.world.today - timedelta(days=400), None, "渝江", organisation or self.body)

    def candidate(self, person_id: str) -> Actor:
        return self.world.actor(
            "application.file", "promotion.apply", account=f"p{person_id[-8:]}", person=person_id
        )

    def scope(self, *levels: Level) -> tuple[ScopeItem, ...]:
        return tuple(ScopeItem(JOB, "", level) for level in levels or (Level.L4, Level.L3, Level.L2))

    def file(self, *levels: Level) -> str:
        """A filed body; its filing's id."""
        order: dict[str, Any] = {"organisation_id": self.body, "scope": self.scope(*levels), "contact": "王工"}
        made = self.world.perform(filings.draft, actor=self.admin, **order)
        self.world.perform(filings.submit, actor=self.admin, filing_id=made.filing_id)
        self.world.perform(filings.accept, actor=self.clerk, filing_id=made.filing_id)
        return str(made.filing_id)

    def order(self, **changes: Any) -> PlanOrder:
        today: date = self.world.today
        values: dict[str, Any] = {
            "occupation": JOB, "branch": "", "level": int(Level.L4), "site": "两江新区星光大道1号",
            "registration_from": today, "registration_to": today + timedelta(days=5),
            "held_on": add_working_days(today, 10), "capacity": 30, "fee_cents": 20000, "examiners": STAFF,
            "invigilators": ("监考甲", "监考乙"), "supervisors": ("督导甲",), "setters": (), "papers": 2,
        }  # fmt: skip
        values |= changes
        for duty in Duty:
            values[f"{duty}s"] = tuple(self.serving(name, duty) for name in values[f"{duty}s"])
        usual = {"rooms": standard_rooms(values["capacity"]), "hours": usual_hours(Level(min(values["level"], Level.L1)))}
        return PlanOrder(**{**usual, **values})

    def serving(self, name: str, duty: Duty = Duty.EXAMINER) -> str:
        """The account of a member of the body's staff who can serve; opened when the name is first told."""
        key = (self.body, name)  # a test may change the body
        if key not in self.serve:
            made = self.world.perform(
                create_staff, login=f"{self.body}-{len(self.serve)}", name=name, role=ROLES[duty][0], organisation_id=self.body, synthetic=True
            )
            self.serve[key] = str(made.id)
        return self.serve[key]

    def open(self, **changes: Any) -> str:
        """A sitting that takes candidates."""
        made = self.world.perform(
            plans.plan, actor=self.admin, organisation_id=self.body, order=self.order(**changes)
        )
        self.world.perform(plans.file, actor=self.admin, sitting_id=made.sitting_id)
        self.world.perform(plans.open_registration, actor=self.admin, sitting_id=made.sitting_id)
        return str(made.sitting_id)

    def apply(self, sitting: str, person_id: str) -> str:
        done = self.world.perform(applications.apply, actor=self.candidate(person_id), sitting_id=sitting)
        return str(done.application_id)

    def hold(self, sitting: str, found: Mapping[str, str] | None = None) -> None:
        """Registration over, seats given, the exam took place."""
        self.days(6)
        self.world.perform(plans.close, actor=self.admin, sitting_id=sitting)
        self.world.perform(plans.seat, actor=self.admin, sitting_id=sitting)
        self.days(20)
        self.record(sitting, found)
        self.world.perform(plans.hold, actor=self.admin, sitting_id=sitting)

    def record(self, sitting: str, found: Mapping[str, str] | None = None) -> None:
        """Two sign the record of each room: everybody was there, but for `found` (application, or application:section → what was found)."""
        with self.world.db() as db:
            rooms = days.doors(db, exams.sitting(db, sitting))
            named = staff_of(db, [sitting])[sitting][Duty.INVIGILATOR]
        one, two = (self.staff("room.watch", account=account) for account in named[:2])
        told = found or {}
        for door in rooms:
            lines = tuple(
                Noted(seated.ticket, section, told.get(f"{seated.application_id}:{section}", told.get(seated.application_id, "present")))
                for seated in door.people for section in seated.sits
            )  # fmt: skip
            self.world.perform(day.note, actor=one, sitting_id=sitting, lines=lines)
            made = self.world.perform(day.write, actor=one, sitting_id=sitting, position=door.room.position, remarks="")
            self.world.perform(day.countersign, actor=two, record_id=made.record_id)

    def type(self, who: Actor, sitting: str, section: str, marks: dict[str, str]) -> Any:
        lines = tuple(Typed(application, text) for application, text in marks.items())
        return self.world.perform(scores.enter, actor=who, sitting_id=sitting, section=section, lines=lines)

    def score(self, sitting: str, marks: dict[str, tuple[str, ...]], level: Level = Level.L4) -> None:
        """The same marks typed by two and signed off by two others."""
        for n, section in enumerate(sections_of(level)):
            with self.world.db() as db:
                panel = section in db.get_one(Sitting, sitting).panel
            for name in STAFF if panel else ():
                self.mark(name, sitting, section, {a: m[n] for a, m in marks.items()})
            for who in () if panel else (self.first, self.second):
                self.type(who, sitting, section, {a: m[n] for a, m in marks.items()})
        self.sign(sitting)

    def examiner(self, name: str = STAFF[0]) -> Actor:
        """An examiner of the panel, by name."""
        return self.staff("duty.see", "panel.mark", account=self.serving(name))

    def mark(self, name: str, sitting: str, section: str, marks: dict[str, str]) -> Any:
        """An examiner's own marks, after the declaration of no ties."""
        self.world.perform(duties.declare, actor=self.examiner(name), sitting_id=sitting, ties=())
        lines = tuple(Typed(application, text) for application, text in marks.items())
        return self.world.perform(panels.mark, actor=self.examiner(name), sitting_id=sitting, section=section, lines=lines)

    def sign(self, sitting: str) -> Any:
        """Both signatures: the first, and the second with which the scores are published."""
        self.world.perform(scores.sign, actor=self.checker, sitting_id=sitting)
        return self.world.perform(scores.countersign, actor=self.signer, sitting_id=sitting)

    def notice(self, sitting: str) -> None:
        """Review window over, notice begun."""
        self.days(10)
        self.world.perform(awards.end_review, actor=self.admin, sitting_id=sitting)
        self.world.perform(awards.give_notice, actor=self.admin, sitting_id=sitting)

    def conclude(self, sitting: str) -> Any:
        self.days(10)
        done = self.world.perform(awards.conclude, actor=self.admin, sitting_id=sitting)
        self.world.run_jobs()
        return done

    def days(self, count: int) -> None:
        self.world.clock.forward(days=count)

    def state(self, application: str) -> str:
        with self.world.db() as db:
            return str(db.scalar(select(Application.state).where(Application.id == application)))
