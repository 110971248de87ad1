"""Filings, exams at each step, level certificates, one suspended and one revoked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.aftercare.actions import requests, revocations
from skills.aftercare.rules import CareKind
from skills.certification.actions import applications, awards, day, employments, filings, photos, plans, scores
from skills.certification.actions.day import Noted
from skills.certification.actions.plans import PlanOrder
from skills.certification.actions.scores import Typed
from skills.certification.models import Application
from skills.certification.queries import day as days
from skills.certification.queries import exams
from skills.certification.rules.day import Found
from skills.certification.rules.exams import Section, sections_of, usual_hours
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.rooms import standard_rooms
from skills.credentials import actions as credentials
from skills.credentials import queries as certificates
from skills.credentials.actions import uploads
from skills.credentials.queries.uploads import work_list
from skills.demo.path import Path
from skills.demo.portraits import drawn
from skills.demo.stage import Agenda, Stage
from skills.returns import actions as returns
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level

JOB, TEST = "4-04-05-01", "4-04-05-02"
STAFF = {
    "centre": (("examiner", "examiner-2", "examiner-3"), ("invigilator", "invigilator-2"), ("centre-supervisor",)),
    "firm": (("firm-examiner", "firm-examiner-2", "firm-examiner-3"), ("firm-invigilator", "firm-invigilator-2"), ("firm-supervisor",)),
}
MARKS = ("78", "83.5", "91", "66", "72.5", "59", "88", "60")


@dataclass
class Exams:
    """The assessment bodies' months."""

    stage: Stage
    path: Path
    sittings: dict[str, str] = field(default_factory=dict)

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day; windows of working days have room for the longest holidays."""
        agenda.on(-118, self.file)
        for name, by, first, level in (
            ("done", "centre", -116, Level.L4), ("firm", "firm", -64, Level.L5), ("held", "centre", -32, Level.L4),
        ):  # fmt: skip
            agenda.on(first, lambda n=name, b=by, lv=level: self.open(n, b, lv))  # type: ignore[misc]
            agenda.on(first + 1, lambda n=name: self.apply(n))  # type: ignore[misc]
            agenda.on(first + 7, lambda n=name, b=by: self.seat(n, b))  # type: ignore[misc]
            agenda.on(first + 28, lambda n=name, b=by: self.hold(n, b))  # type: ignore[misc]
        agenda.on(-86, lambda: self.score("done", "centre"))
        agenda.on(-68, lambda: self.notice("done", "centre"))
        agenda.on(-50, lambda: self.conclude("done", "centre"))
        agenda.on(-35, lambda: self.score("firm", "firm"))
        agenda.on(-30, self.trouble)
        agenda.on(-26, self.hear)
        agenda.on(-24, self.upload)
        agenda.on(-4, self.open_now)
        agenda.on(-3, lambda: self.notice("firm", "firm"))
        agenda.on(-1, self.type_first)
        agenda.on(-1, self.newcomer)
        agenda.on(-1, self.ask)

    def file(self) -> None:
        """Two bodies on file: one for everybody (S), one for its own people (Y)."""
        for body in ("centre", "firm"):
            self.draft(body)
            self.stage.act(filings.accept, "gov-clerk", filing_id=self.stage.notes[f"filing-{body}"])

    def newcomer(self) -> None:
        """A third enterprise waits for a decision."""
        self.draft("newcomer")

    def draft(self, body: str) -> None:
        stage = self.stage
        scope = tuple(ScopeItem(job, "", level) for job in (JOB, TEST) for level in (Level.L5, Level.L4, Level.L3))
        made = stage.act(
            filings.draft,
            f"{body}-admin",
            organisation_id=stage.bodies[body],
            scope=scope,
            contact="王工 023-6000 0000",
        )
        stage.act(filings.submit, f"{body}-admin", filing_id=made.filing_id)
        stage.notes[f"filing-{body}"] = made.filing_id

    def open(self, name: str, body: str, level: Level) -> None:
        """An exam that takes candidates for six days."""
        stage, today = self.stage, self.stage.today
        judges, watch, supervise = (tuple(stage.staff[login].account for login in logins) for logins in STAFF[body])
        order = PlanOrder(
            occupation=JOB, branch="", level=int(level), site="两江新区星光大道1号 考试中心", registration_from=today,
            registration_to=today + timedelta(days=6), held_on=add_working_days(today, 12), capacity=30,
            fee_cents=20_000, examiners=judges, invigilators=watch, supervisors=supervise,
            rooms=standard_rooms(30), papers=2, hours=usual_hours(level),
        )  # fmt: skip
        admin = f"{body}-admin"
        made = stage.act(plans.plan, f"{body}-clerk", organisation_id=stage.bodies[body], order=order)  # who plans does not sign
        stage.act(plans.file, admin, sitting_id=made.sitting_id)
        stage.act(plans.open_registration, admin, sitting_id=made.sitting_id)
        self.sittings[name] = made.sitting_id

    def open_now(self) -> None:
        self.open("now", "centre", Level.L4)
        self.stage.act(applications.apply, self.stage.person("applicant"), sitting_id=self.sittings["now"])

    def apply(self, name: str) -> None:
        """People apply themselves; the enterprise registers its own."""
        stage = self.stage
        if name == "firm":
            for hero in (h for h in stage.heroes if h.key.startswith("worker")):
                who = {"kind": hero.kind, "number": hero.number}
                stage.act(
                    employments.declare, "firm-clerk", organisation_id=stage.bodies["firm"],
                    occupation_code=JOB, since=stage.today - timedelta(days=800), **who,
                )  # fmt: skip
                stage.act(applications.enlist, "firm-clerk", sitting_id=self.sittings[name], **who)
            return
        wanted = "certified" if name == "done" else "candidate"
        for seed, hero in enumerate(h for h in stage.heroes if h.key.startswith(wanted)):
            stage.act(photos.put, stage.person(hero), brought=drawn(seed, stage.today))
            stage.act(applications.apply, stage.person(hero), sitting_id=self.sittings[name])

    def seat(self, name: str, body: str) -> None:
        self.stage.act(plans.close, f"{body}-admin", sitting_id=self.sittings[name])
        self.stage.act(plans.seat, f"{body}-admin", sitting_id=self.sittings[name])

    def hold(self, name: str, body: str) -> None:
        """Everybody came with the right document; two invigilators sign the record of the room."""
        stage, own = self.stage, self.sittings[name]
        first = "invigilator" if body == "centre" else "firm-invigilator"
        for door in stage.ask(lambda db: days.doors(db, exams.sitting(db, own))):
            lines = tuple(Noted(one.ticket, section, Found.PRESENT, scanned=True) for one in door.people for section in one.sits)
            stage.act(day.note, first, sitting_id=own, lines=lines)
            made = stage.act(day.write, first, sitting_id=own, position=door.room.position, remarks="")
            stage.act(day.countersign, f"{first}-2", record_id=made.record_id)
        self.stage.act(plans.hold, f"{body}-admin", sitting_id=self.sittings[name])

    def score(self, name: str, body: str) -> None:
        """Every section typed by two, signed off by two others."""
        examiner = "examiner" if body == "centre" else "firm-examiner"
        for section in sections_of(self.level(name)):
            for typist in (f"{body}-clerk", examiner):
                self.type(name, section, typist)
        self.stage.act(scores.sign, f"{body}-checker", sitting_id=self.sittings[name])
        self.stage.act(scores.countersign, f"{body}-admin", sitting_id=self.sittings[name])

    def type(self, name: str, section: Section, typist: str) -> None:
        held = self.stage.ask(_seated, self.sittings[name])
        shift = list(Section).index(section)
        lines = tuple(Typed(one, MARKS[(n + shift) % len(MARKS)]) for n, one in enumerate(held))
        self.stage.act(scores.enter, typist, sitting_id=self.sittings[name], section=section, lines=lines)

    def level(self, name: str) -> Level:
        return Level.L5 if name == "firm" else Level.L4

    def type_first(self) -> None:
        """The latest exam: the theory was typed once; the second, blind typing is due."""
        self.type("held", sections_of(Level.L4)[0], "centre-clerk")

    def notice(self, name: str, body: str) -> None:
        self.stage.act(awards.end_review, f"{body}-admin", sitting_id=self.sittings[name])
        self.stage.act(awards.give_notice, f"{body}-admin", sitting_id=self.sittings[name])

    def conclude(self, name: str, body: str) -> None:
        """Certificates; the first of them is the one whose address is printed."""
        self.stage.act(awards.conclude, f"{body}-admin", sitting_id=self.sittings[name])
        self.stage.work()
        for key in ("certified", "certified-2", "certified-3"):
            lines = self.stage.ask(certificates.of_person, self.stage.hero(key).person_id)
            self.stage.notes[key] = next(line.number for line in lines if line.kind == "level")

    def trouble(self) -> None:
        """One certificate is suspended while something is looked into; of another the holder is told it may be revoked."""
        stage = self.stage
        stage.act(credentials.suspend, "centre-admin", number=stage.notes["certified-2"], reason="核查报名材料")
        made = stage.act(
            revocations.propose, "centre-checker", number=stage.notes["certified-3"], reason="fraud",
            explanation="经查，报名时提交的学历证明系伪造。", urgent=True,
        )  # fmt: skip
        stage.notes["revocation"] = made.request_id

    def hear(self) -> None:
        """The holder answers; another person decides."""
        stage, request = self.stage, self.stage.notes["revocation"]
        stage.act(revocations.answer, stage.person("certified-3"), request_id=request, text="学历证明是中介代办的，我承认没有核实。")
        stage.act(
            revocations.carry_out, "centre-admin", request_id=request,
            considered="持证人承认材料不实；中介代办不影响认定，予以撤销。",
        )  # fmt: skip

    def upload(self) -> None:
        """Certificates go to the national query system: exported, and all but one are confirmed by its answer."""
        stage = self.stage
        stage.act(uploads.export, "gov-clerk")
        exported = stage.ask(lambda db: work_list(db, stage.today, "exported"))
        rows = (("证书编号", "结果", "可查日期"), *((e.number, "可查", stage.today.isoformat()) for e in exported[:-1]))
        made = stage.act(
            returns.upload, "gov-clerk", kind="national_answer", organisation_id=None, file_name="全国查询系统回执.csv",
            form="csv", digest="0" * 64, rows=rows,
        )  # fmt: skip
        stage.act(returns.accept, "gov-clerk", return_id=made.return_id)

    def ask(self) -> None:
        """The first holder has found a mistake on the certificate and asks for a correction."""
        stage = self.stage
        stage.act(
            requests.ask, stage.person("certified"), number=stage.notes["certified"], kind=CareKind.CORRECT,
            reason="correction", text="工种应为“数据标注员”，证书上没有写。",
        )  # fmt: skip


def _seated(db: Session, sitting_id: str) -> list[str]:
    chosen = select(Application.id).where(Application.sitting_id == sitting_id, Application.seat.is_not(None))
    return list(db.scalars(chosen.order_by(Application.seat)))
