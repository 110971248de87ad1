"""The stage of settlement tests: a school with payable uses, and everybody whose hands the money goes through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from skills.kernel.clock import start_of
from skills.settlement.actions import claw_backs, objections, payees, statements
from skills.settlement.models import Statement, StatementLine
from skills.standards.calendar import add_working_days
from skills.vouchers.actions import redemptions
from skills.vouchers.models import Redemption, Voucher
from skills.vouchers.rules import ScopeForm
from tests.vouchers.stage import Stage as Vouchers
from tests.world import World

DISTRICT = "500112"
PERIOD = "2026Q4"
NEXT_QUARTER = datetime(2027, 1, 11, 2, 0, tzinfo=UTC)


class Stage:
    """Institution (maker), clerk (checker), checker (hands over), finance (reports)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.vouchers = Vouchers(world)
        self.school = self.vouchers.school
        self.batch = self.vouchers.open(scope_form=ScopeForm.GENERAL)
        self.serial = 0
        self.admin = world.actor("payee.enter", "statement.submit", "advance.ask", account="school-admin", organisation=self.school)
        self.clerk = world.actor("statement.check", "claw_back.propose", account="gov-clerk", district=DISTRICT)
        self.checker = world.actor(
            "statement.hand_over", "payee.verify", "claw_back.approve", "complaint.handle", account="gov-checker", district=DISTRICT
        )
        self.finance = world.actor("statement.pay", account="finance", district=DISTRICT)

    def used(self, cents: int = 240_000, **change: Any) -> tuple[str, str, str]:
        """Somebody used a voucher and has not finished: person, voucher, redemption."""
        self.serial += 1
        person = self.vouchers.person(**change)
        voucher = self.vouchers.claim(self.batch, person)
        done = self.vouchers.redeem(voucher, person, f"enrolment:{self.serial}", cents=cents)
        return person, voucher, str(done.redemption_id)

    def earned(self, attended: int | None = None, planned: int | None = None, cents: int = 240_000, **change: Any) -> tuple[str, str, str]:
        """The same, completed: the money is payable."""
        made = self.used(cents, **change)
        self.world.perform(
            redemptions.earn, redemption_id=made[2], proof=f"certificate:{made[2]}", attended=attended, planned=planned
        )
        return made

    def account(self, number: str = "6222 0200 0001 2345 678") -> str:
        """The school's account, entered and verified."""
        made = self.world.perform(
            payees.enter, actor=self.admin, organisation_id=self.school, holder="星河职业培训学校1", bank="重庆银行渝北支行", number=number
        )
        self.world.perform(payees.verify, actor=self.checker, account_id=made.account_id)
        return str(made.account_id)

    def rule(self, name: str, value: Any) -> None:
        """Another value of a rule, in force from tomorrow, which is now."""
        tomorrow = self.world.today + timedelta(days=1)
        self.world.policy(name, value, tomorrow)
        self.world.clock.set(start_of(tomorrow))

    def next_quarter(self) -> None:
        self.world.clock.set(NEXT_QUARTER)

    def drawn(self, period: str = PERIOD, district: str = DISTRICT) -> str:
        """A statement drawn up to its end."""
        made = self.world.perform(
            statements.draw, actor=self.admin, organisation_id=self.school, district=district, period=period
        )
        self.world.run_jobs()
        return str(made.statement_id)

    def submitted(self, statement: str) -> str:
        self.world.perform(statements.submit, actor=self.admin, statement_id=statement)
        self.world.run_jobs()
        return statement

    def noticed(self, statement: str) -> str:
        self.world.perform(statements.check, actor=self.clerk, statement_id=statement)
        self.world.perform(statements.notice, actor=self.checker, statement_id=statement)
        return statement

    def after_notice(self) -> None:
        self.world.clock.set(start_of(add_working_days(self.world.today, 6)))

    def handed_over(self, statement: str) -> str:
        self.after_notice()
        self.world.perform(statements.close, actor=self.checker, statement_id=statement)
        self.world.run_jobs()
        return statement

    def pay(self, statement: str) -> str:
        self.world.perform(
            statements.pay, actor=self.finance, statement_id=statement, cents=self.row(statement).cents,
            paid_on=self.world.today, reference="20270120-0001",
        )  # fmt: skip
        self.world.run_jobs()
        return statement

    def paid(self) -> str:
        """All the way from what is earned to the bank."""
        self.next_quarter()
        return self.pay(self.handed_over(self.noticed(self.submitted(self.drawn()))))

    def owed(self, redemption: str, cents: int) -> str:
        """A claw-back approved by two."""
        made = self.world.perform(
            claw_backs.propose, actor=self.clerk, redemption_id=redemption, cents=cents, reason="课时与批准的不符"
        )
        self.world.perform(claw_backs.approve, actor=self.checker, claw_back_id=made.claw_back_id)
        return str(made.claw_back_id)

    def object(self, line: str) -> str:
        made = self.world.perform(
            objections.raise_, line_id=line, name="王某", contact="13800000000", text="此人没有来上课"
        )
        return str(made.receipt)

    def row(self, statement: str) -> Statement:
        with self.world.db() as db:
            return db.get_one(Statement, statement)

    def all_of(self, state: str) -> list[str]:
        """Statements in a state."""
        with self.world.db() as db:
            return list(db.scalars(select(Statement.id).where(Statement.state == state).order_by(Statement.number)))

    def lines(self, statement: str) -> list[StatementLine]:
        with self.world.db() as db:
            chosen = select(StatementLine).where(StatementLine.statement_id == statement).order_by(StatementLine.position)
            return list(db.scalars(chosen))

    def by_use(self, statement: str) -> dict[str, StatementLine]:
        return {line.redemption_id: line for line in self.lines(statement)}

    def states(self, redemption: str) -> tuple[str, str]:
        """Of the use and of its voucher."""
        with self.world.db() as db:
            used = db.get_one(Redemption, redemption)
            return used.state, db.get_one(Voucher, used.voucher_id).state


def missed(line: StatementLine) -> set[str]:
    """The codes of conditions that a line does not meet."""
    return {f["code"] for f in line.findings if not f["met"]}


def a_day(year: int, month: int, day: int) -> datetime:
    return start_of(date(year, month, day))
