"""Two who learn on other terms: an employee whose firm is paid, and somebody who pays first and is paid afterwards."""

from __future__ import annotations

from dataclasses import replace

from skills.demo import cast
from skills.demo.path import Path
from skills.demo.stage import Agenda
from skills.records.actions import state_fact
from skills.settlement.actions import payees, statements, subsidies
from skills.settlement.payee import Payee
from skills.settlement.queries import money
from skills.vouchers.actions import batches, claims, issuing
from skills.vouchers.rules import Payee as Kind
from skills.vouchers.rules import ScopeForm

CLASS = "crowd-0"  # they sit among the crowd
FIRM = "重庆星图软件有限公司"


class Payees:
    """Vouchers of the firm's and of the person's own, from the list to what can be applied for."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage
        self.batches: dict[str, str] = {}

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-118, self.open)
        agenda.on(-112, self.claim)
        agenda.on(-110, self.enrol)
        agenda.on(-96, self.enter_accounts)
        agenda.on(-2, self.apply)

    def open(self) -> None:
        """A voucher each, by name; the employment was compared with social insurance."""
        stage = self.stage
        firm = stage.bodies["firm"]
        work = {"occupation": "4-04-05-01", "related": False, "since": f"{stage.today.year}-01-04", "until": None, "employer": FIRM,
                "employer_id": firm}  # fmt: skip
        stage.act(
            state_fact, "gov-clerk", person_id=stage.hero("employee").person_id, kind="work", source="list:insurance:employee", body=work,
            strength="compared",
        )
        for key, title, kind, payee in (
            ("employee", "岗位技能培训券", "on_the_job", Kind.FIRM), ("payer", "直补个人培训券", "employment", Kind.PERSON),
        ):  # fmt: skip
            order = replace(self.path.order(title, 100), training_type=kind, payee=payee, scope_form=ScopeForm.DIRECTED)
            made = stage.act(batches.draft, "gov-clerk", order=order)
            stage.act(batches.approve, "gov-checker", batch_id=made.batch_id)
            stage.act(batches.open_, "gov-clerk", batch_id=made.batch_id)
            stage.act(issuing.list_people, "gov-clerk", batch_id=made.batch_id, person_ids=(stage.hero(key).person_id,))
            stage.act(issuing.issue, "gov-clerk", batch_id=made.batch_id)
            self.batches[key] = made.batch_id

    def claim(self) -> None:
        for key, batch in self.batches.items():
            self.stage.act(claims.claim, self.stage.person(key), batch_id=batch)

    def enrol(self) -> None:
        """In the first class of the crowd, whose return reports them with the others."""
        if CLASS in self.path.classes:
            for key in self.batches:
                index = next(i for i, h in enumerate(self.stage.heroes) if h.key == key)
                self.path.enrol(CLASS, index)
                self.path.learners[CLASS].insert(0, index)

    def enter_accounts(self) -> None:
        """The firm's account and the person's own, both compared with the bank."""
        stage = self.stage
        firm = stage.act(
            payees.enter, "firm-admin", organisation_id=stage.bodies["firm"], holder=FIRM, bank="招商银行重庆高新区支行",
            number="1239 0876 5410 608",
        )  # fmt: skip
        own = stage.act(subsidies.enter_account, stage.person("payer"), bank="重庆农村商业银行社会保障卡", number="6213 3600 0011 2233 445")
        for account in (firm, own):
            stage.act(payees.verify, "gov-checker", account_id=account.account_id)

    def apply(self) -> None:
        """The firm has applied for its money; the person can."""
        stage, firm = self.stage, self.stage.bodies["firm"]
        for found in stage.ask(money.drawable, Payee(firm), stage.today):
            if found.open and found.district == cast.DISTRICT:
                made = stage.act(
                    statements.draw, "firm-admin", organisation_id=firm, district=found.district, period=found.period
                )
                stage.work()
                stage.act(statements.submit, "firm-admin", statement_id=made.statement_id)
