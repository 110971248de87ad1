"""What the machine of lives does about money: quarters are settled, payments bounce, holders deny at the last moment, money comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from skills.accounts.queries import organisation
from skills.kernel import jobs
from skills.kernel.actors import Actor
from skills.kernel.clock import start_of
from skills.settlement.actions import claw_backs, payees, statements
from skills.settlement.models import PayeeAccount, Statement
from skills.vouchers.actions import disputes
from tests.life.crashes import Killed, killed_before
from tests.life.things import Debt, Use, works

if TYPE_CHECKING:
    from tests.life.machine import Lives

PICK = st.integers(0, 11)
DEATH = st.one_of(st.none(), st.integers(0, 60))
DISTRICT = "500112"
NOTICE_DAYS = 5  # working days
KEPT_FROM = date(2027, 1, 1)  # used from then on, money waits where nobody's attendance was written: nobody scans in these lives


def fits(available: int, debts: Sequence[Debt]) -> list[Debt]:
    """Which debts, in their order, are taken from a payment: whole ones that leave something to pay."""
    taken = []
    for debt in debts:
        if debt.cents < available:
            taken.append(debt)
            available -= debt.cents
    return taken


class Payments:
    """The part of the machine that pays; `Lives` holds the rest."""

    accounts = 0

    @precondition(lambda self: any(u.state == "earned" for u in self.model.uses))
    @rule(school=st.integers(0, 1), late=st.one_of(st.none(), st.none(), st.none(), PICK), bounced=st.sampled_from([False, False, True]), death=DEATH)
    def pay_quarter(self: Lives, school: int, late: int | None, bounced: bool, death: int | None) -> None:  # type: ignore[misc]
        """From the end of the quarter to the bank; somebody may deny a use while the statement is on notice."""
        period = self.to_next_quarter()
        admin, clerk, checker, finance = self.hands(school)
        earned = [u for u in self.model.uses if u.state == "earned" and self.school_of(u) == school]
        order = {"organisation_id": self.schools[school], "district": DISTRICT, "period": period}
        here = self.do(True, death, statements.draw, admin, **order).statement_id
        self.work(death)
        due = [u for u in earned if not u.denial and u.on < KEPT_FROM]
        listed = fits(sum(u.cents for u in due), self.owed(school))
        self.do(due, death, statements.submit, admin, statement_id=here)
        self.work(death)
        if not due:
            self.do(True, death, statements.drop, admin, statement_id=here)
            self.work(death)
            return
        self.do(True, death, statements.check, clerk, statement_id=here)
        self.do(True, death, statements.notice, checker, statement_id=here)
        if late is not None and (use := due[late % len(due)]) and self.model.deny(use.ticket, use.ticket.owner):
            use.denial = self.do(
                True, death, disputes.open_, self.holder(use.ticket.owner), voucher_id=use.ticket.id
            ).dispute_id
        self.after_notice()
        self.do(True, death, statements.close, checker, statement_id=here)
        self.work(death)
        paid = [u for u in due if not u.denial]
        if not paid:
            return
        back = fits(sum(u.cents for u in paid), listed)
        cents = sum(u.cents for u in paid) - sum(d.cents for d in back)
        if bounced:
            self.do(True, death, statements.bounce, finance, statement_id=here, reason="账号已销户")
            self.open_account(school)
            self.do(True, death, statements.resend, checker, statement_id=here)
        wrong = {"statement_id": here, "cents": cents + 1, "paid_on": self.world.today, "reference": "R"}
        self.do(False, None, statements.pay, finance, **wrong)
        self.do(True, death, statements.pay, finance, **{**wrong, "cents": cents})
        self.work(death)
        with self.world.db() as db:
            assert db.get_one(Statement, here).cents == cents
        for use in paid:
            self.model.settle(use)
        for debt in back:
            self.model.come_back(debt)

    @precondition(lambda self: any(u.state == "settled" for u in self.model.uses))
    @rule(pick=PICK, part=st.sampled_from([1, 2]), repaid=st.booleans(), death=DEATH)
    def claw_back(self: Lives, pick: int, part: int, repaid: bool, death: int | None) -> None:  # type: ignore[misc]
        """Half or all of a payment is to come back: by the next payment, or at once."""
        settled = [u for u in self.model.uses if u.state == "settled"]
        use = settled[pick % len(settled)]
        there = any(d.use is use for d in self.model.debts)
        _, clerk, checker, finance = self.hands(self.school_of(use))
        made = self.do(
            not there, death, claw_backs.propose, clerk, redemption_id=use.id, cents=use.cents // part, reason="课时不足"
        )
        if there:
            return
        debt = Debt(use, use.cents // part, made.claw_back_id)
        self.do(True, death, claw_backs.approve, checker, claw_back_id=debt.id)
        self.model.debts.append(debt)
        if repaid:
            self.do(True, death, claw_backs.repaid, finance, claw_back_id=debt.id, cents=debt.cents, reference="R")
            self.model.come_back(debt)

    # Who and when

    def hands(self: Lives, school: int) -> tuple[Actor, Actor, Actor, Actor]:  # type: ignore[misc]
        """Institution, clerk, checker, finance."""
        actor = self.world.actor
        return (
            actor("payee.enter", "statement.submit", account=f"admin-{school}", organisation=self.schools[school]),
            actor("statement.check", "claw_back.propose", account="clerk"),
            actor("statement.hand_over", "payee.verify", "claw_back.approve", account="checker"),
            actor("statement.pay", account="finance"),
        )

    def school_of(self: Lives, use: Use) -> int:  # type: ignore[misc]
        """Each school has two classes."""
        return self.model.groups.index(use.place.group) // 2

    def owed(self: Lives, school: int) -> list[Debt]:  # type: ignore[misc]
        return [d for d in self.model.debts if self.school_of(d.use) == school]

    def to_next_quarter(self: Lives) -> str:  # type: ignore[misc]
        """Ten in the morning of its first day; the code of the quarter that has ended."""
        day: date = self.world.today
        quarter = (day.month + 2) // 3
        first = date(day.year + (quarter == 4), quarter % 4 * 3 + 1, 1)
        self.world.clock.set(start_of(first))
        self.world.clock.forward(hours=10)
        self.model.now = self.world.clock.now()
        return f"{day.year}Q{quarter}"

    def after_notice(self: Lives) -> None:  # type: ignore[misc]
        left = NOTICE_DAYS
        while left > 0:
            self.wait(1)
            left -= works(self.world.today)
        self.wait(1)

    def work(self: Lives, death: int | None) -> None:  # type: ignore[misc]
        """The worker does what is due; one that dies is followed by another once its lease is over."""
        quiet = frozenset({"messages.deliver"})
        if death is not None:
            try:
                with killed_before(self.world.engine, death):
                    jobs.run_due(self.world.office, but=quiet)
            except Killed:
                self.met["killed worker"] += 1
            self.world.clock.forward(seconds=31)
            self.model.now = self.world.clock.now()
        jobs.run_due(self.world.office, but=quiet)

    def open_account(self: Lives, school: int) -> None:  # type: ignore[misc]
        """Another account, verified."""
        self.accounts += 1
        admin, _, checker, _ = self.hands(school)
        verify(self.world, admin, checker, self.schools[school], f"62220200{self.accounts:08}")


def verify(world: Any, admin: Actor, checker: Actor, school: str, number: str) -> None:
    """The account of a school, entered by itself and verified by the authority."""
    with world.db() as db:
        name = organisation(db, school).name
    made = world.perform(payees.enter, actor=admin, organisation_id=school, holder=name, bank="重庆银行", number=number)
    world.perform(payees.verify, actor=checker, account_id=made.account_id)
    with world.db() as db:
        assert db.scalar(select(PayeeAccount.state).where(PayeeAccount.id == made.account_id)) == "verified"
