"""Two statements of the last quarter: one paid, one on notice with an objection; and a new account to verify."""

from __future__ import annotations

from skills.demo import cast
from skills.demo.stage import Agenda, Stage
from skills.kernel.clock import shanghai_day
from skills.settlement.actions import objections, payees, statements
from skills.settlement.payee import Payee
from skills.settlement.queries import money
from skills.settlement.queries import statements as queries
from skills.settlement.rules import period_of

ACCOUNTS = (
    ("school", "渝江软件职业培训学校", "重庆银行软件园支行", "6217 9000 1100 2044 31"),
    ("academy", "嘉陵数字技能学院", "重庆农村商业银行大学城支行", "6214 6200 3300 5872 16"),
)


class Settlement:
    """What was earned in the first days of the story lies in a quarter that is over: its end is never further back."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.made: dict[str, str] = {}

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        today = shanghai_day(self.stage.now)
        begun = (period_of(today).first - today).days  # how many days ago this quarter began, negative
        agenda.on(-97, self.enter_accounts)
        if begun + 22 <= 0:  # else there was no time for it yet
            agenda.on(begun + 1, lambda: self.apply("academy"))
            agenda.on(begun + 2, lambda: self.publish("academy"))
            agenda.on(begun + 20, self.close)
            agenda.on(begun + 22, self.pay)
        agenda.on(max(begun, -4), lambda: self.apply("school"))
        agenda.on(max(begun, -3), lambda: self.publish("school"))
        agenda.on(max(begun, -2), self.object)
        agenda.on(-1, self.change_account)

    def enter_accounts(self) -> None:
        """Both institutions say where their money goes; the authority compares it with the bank."""
        for body, holder, bank, number in ACCOUNTS:
            made = self.stage.act(
                payees.enter, f"{body}-admin", organisation_id=self.stage.bodies[body], holder=holder, bank=bank, number=number
            )
            self.stage.act(payees.verify, "gov-checker", account_id=made.account_id)

    def apply(self, body: str) -> None:
        """Draw up what the last quarter came to, and apply for it."""
        stage, institution = self.stage, self.stage.bodies[body]
        for found in stage.ask(money.drawable, Payee(institution), stage.today):
            if found.open and found.district == cast.DISTRICT:
                made = stage.act(
                    statements.draw, f"{body}-admin", organisation_id=institution, district=found.district, period=found.period
                )
                stage.work()
                if stage.ask(queries.own, made.statement_id, [institution]).statement.due:
                    self.made[body] = made.statement_id
                    stage.act(statements.submit, f"{body}-admin", statement_id=made.statement_id)

    def publish(self, body: str) -> None:
        """Checked by one, put on notice by another."""
        if body in self.made:
            self.stage.act(statements.check, "gov-clerk", statement_id=self.made[body])
            self.stage.act(statements.notice, "gov-checker", statement_id=self.made[body])

    def object(self) -> None:
        """Somebody knows one of those on the list."""
        if "school" in self.made:
            line = self.stage.ask(queries.lines, self.made["school"])[0]
            self.stage.act(
                objections.raise_, line_id=line.id, name="向群", contact="xiangqun@example.org",
                text="那几天我和此人在一起上班，没有见过他去上课。",
            )  # fmt: skip

    def close(self) -> None:
        """The notice of the academy is over: finance gets its order."""
        if "academy" in self.made:
            self.stage.act(statements.close, "gov-checker", statement_id=self.made["academy"])

    def pay(self) -> None:
        """The bank has paid."""
        if "academy" in self.made:
            told = self.stage.ask(queries.own, self.made["academy"], [self.stage.bodies["academy"]]).statement
            self.stage.act(
                statements.pay, "finance", statement_id=told.id, cents=told.cents, paid_on=self.stage.today,
                reference=f"{self.stage.today:%Y%m%d}-00417",
            )  # fmt: skip

    def change_account(self) -> None:
        """The academy moves to another bank: the new account waits to be verified."""
        self.stage.act(
            payees.enter, "academy-admin", organisation_id=self.stage.bodies["academy"], holder="嘉陵数字技能学院",
            bank="中国建设银行重庆沙坪坝支行", number="6217 0037 6000 1234 567",
        )  # fmt: skip
