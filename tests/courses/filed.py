"""A class whose completions were reported, and everybody who has a say in what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from skills.accounts.rules import Role
from skills.aftercare.actions import requests, revocations
from skills.courses.models import Enrolment
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.sheets import write_csv
from skills.returns import actions as returns
from skills.returns import queries
from skills.returns.actions import changes
from skills.returns.intake import order_of
from skills.returns.models import ReturnChange, ReturnLine
from skills.vouchers.models import PaymentDoubt, Redemption, Voucher
from tests.courses.stage import Stage, make_stage
from tests.courses.wallet import voucher_for
from tests.people_and_bodies import acting
from tests.world import World, grown

HEAD = ["姓名", "证件类型", "证件号码", "班级编号", "完成学时", "出勤率%", "结业成绩", "结业日期", "结果"]
UNPRINTED = frozenset({"credentials.print"})  # half a second each, and nobody here looks at the paper
COLUMNS = ("name", "document_kind", "document", "class", "hours", "attendance", "score", "completed_on", "outcome")


@dataclass
class Filed:
    """People of one class by serial, the return that reported them, and the hands."""

    world: World
    stage: Stage
    class_id: str
    number: str
    people: list[tuple[str, str, str]] = field(default_factory=list)  # person, document, enrolment
    return_id: str = ""

    @property
    def clerk(self) -> Actor:
        return acting(Role.INSTITUTION_CLERK, organisation=self.stage.school, account="clerk-1")

    @property
    def admin(self) -> Actor:
        return acting(Role.INSTITUTION_ADMIN, organisation=self.stage.school, account="admin-1")

    def row(self, i: int, **change: Any) -> list[str]:
        """The row of the i-th person; by default a pass with 12 hours and score 88."""
        said = {
            "name": f"学员{i + 1}", "document_kind": "居民身份证", "document": self.people[i][1], "class": self.number,
            "hours": "12", "attendance": "100", "score": "88", "completed_on": self.world.today.isoformat(), "outcome": "合格",
            **change,
        }  # fmt: skip
        return [said[c] for c in COLUMNS]

    def upload(self, rows: list[list[str]], actor: Actor | None = None) -> Any:
        return self.world.perform(
            returns.upload, actor=actor or self.clerk, kind="completions", organisation_id=self.stage.school,
            **order_of(write_csv([HEAD, *rows]), "completions.csv"),
        )  # fmt: skip

    def hand_in(self, return_id: str, actor: Actor | None = None, **order: Any) -> Any:
        done = self.world.perform(returns.accept, actor=actor or self.clerk, return_id=return_id, **order)
        self.world.run_jobs(UNPRINTED)
        return done

    def file(self, rows: list[list[str]]) -> str:
        """Report these rows; the return's id."""
        made = self.upload(rows)
        self.hand_in(made.return_id)
        return str(made.return_id)

    def correct(self, row: int, reason: str = "录入错误", return_id: str = "", **cells: str) -> Any:
        """Correct a row of the return on the page."""
        done = self.world.perform(
            changes.correct_row, actor=self.clerk, return_id=return_id or self.return_id, row=row, cells=cells, reason=reason
        )
        self.world.run_jobs(UNPRINTED)
        return done

    def line(self, row: int, return_id: str = "") -> ReturnLine:
        with self.world.db() as db:
            return db.scalars(
                select(ReturnLine).where(ReturnLine.return_id == (return_id or self.return_id), ReturnLine.row == row)
            ).one()

    def place(self, i: int) -> Enrolment:
        with self.world.db() as db:
            return db.get_one(Enrolment, self.people[i][2])

    def money(self, i: int) -> tuple[str, str]:
        """State of the i-th person's voucher and of its newest use."""
        with self.world.db() as db:
            use = db.scalars(
                select(Redemption).where(Redemption.person_id == self.people[i][0]).order_by(Redemption.id.desc()).limit(1)
            ).one()
            return db.get_one(Voucher, use.voucher_id).state, use.state

    def changes(self) -> list[ReturnChange]:
        with self.world.db() as db:
            return list(db.scalars(select(ReturnChange).order_by(ReturnChange.id)))

    def doubts(self) -> list[PaymentDoubt]:
        with self.world.db() as db:
            return list(db.scalars(select(PaymentDoubt)))

    def codes(self, return_id: str) -> list[tuple[int, str, str]]:
        """Row, column and code of everything found in a return."""
        found = self.world.ask(queries.findings_of, return_id, [self.stage.school])
        return [(f.row, f.column, f.code) for f in found]

    def heard(self) -> None:
        """Let the days pass in which holders may answer."""
        self.world.clock.forward(days=15)

    def revoke(self, request: str) -> Any:
        """The second person takes the certificate back, after the holder was heard."""
        done = self.world.perform(revocations.carry_out, actor=self.admin, request_id=request)
        self.world.run_jobs(UNPRINTED)
        return done

    def keep_certificate(self, request: str) -> None:
        self.world.perform(revocations.refuse, actor=self.admin, request_id=request, why="成绩单原件与报送一致")

    def reissue(self, request: str) -> Any:
        """The two hands of a correction of the certificate."""
        self.world.perform(
            requests.examine, actor=self.clerk, request_id=request, proofs=("original_file", "paper_back"), note="与原始成绩单核对"
        )
        done = self.world.perform(requests.carry_out, actor=self.admin, request_id=request)
        self.world.run_jobs(UNPRINTED)
        return done

    def cells(self, row: int, return_id: str = "") -> dict[str, str]:
        return queries.opened(self.world.tool(Box), self.line(row, return_id))

    def balanced(self) -> None:
        """Of every return the states of its rows add up to the rows of its file."""
        for listed in self.world.ask(queries.returns_of, [self.stage.school], most=500):
            r = self.world.ask(queries.summary, listed.id, [self.stage.school])
            with self.world.db() as db:
                held = db.scalars(select(ReturnLine.state).where(ReturnLine.return_id == r.id)).all()
            assert len(held) == r.totals.lines
            if r.state == "applied":
                waiting = r.awaiting
                assert r.done + waiting + r.held + r.totals.same == r.totals.lines, (r, held)
                assert r.done + waiting == r.totals.good
                assert r.held == r.totals.bad


def enrolled(world: World, count: int = 3, vouchers: bool = True, stage: Stage | None = None) -> Filed:
    """A class that has run, with so many people who used a voucher each."""
    return _enrolled(world, count, vouchers, stage) if stage else grown(world, _enrolled, count, vouchers)


def _enrolled(world: World, count: int, vouchers: bool, stage: Stage | None = None) -> Filed:
    stage = stage or make_stage(world)
    made = stage.open(seats=max(count, 1) + 5)
    filed = Filed(world, stage, made.class_id, made.number)
    for i in range(count):
        person, document = stage.person(f"学员{i + 1}")
        voucher = voucher_for(world, person) if vouchers else None
        filed.people.append((person, document, stage.enrol(made.class_id, person, voucher).enrolment_id))
    stage.run(made.class_id)
    world.run_jobs()
    return filed


def reported(world: World, count: int = 3, vouchers: bool = True) -> Filed:
    """The same, and all of them reported as completed."""
    return grown(world, _reported, count, vouchers)


def _reported(world: World, count: int, vouchers: bool) -> Filed:
    filed = _enrolled(world, count, vouchers)
    filed.return_id = filed.file([filed.row(i) for i in range(count)])
    return filed


def later(world: World, days: int = 1) -> None:
    world.clock.set(world.clock.now() + timedelta(days=days))
