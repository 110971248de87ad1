"""The stage of voucher tests: an approved school, people with facts in their record, open batches."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from skills.accounts.actions import approve_organisation, register_organisation
from skills.accounts.rules import credit_check
from skills.kernel.actors import Actor
from skills.kernel.findings import Finding
from skills.people.actions import register_person
from skills.people.rules import check_digit
from skills.records.actions import state_fact
from skills.standards.rules import Level
from skills.vouchers.actions import batches, claims, issuing, redemptions
from skills.vouchers.actions.batches import BatchOrder
from skills.vouchers.rules import Purpose
from tests.world import World

FACE = 120_000
FEE = 240_000


class Stage:
    """Who and what a voucher test acts with."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.serial = 0
        self.clerk = world.actor("batch.draft", "batch.issue", account="clerk")
        self.checker = world.actor("batch.approve", account="checker")
        self.school = self.institution(1)

    def institution(self, serial: int) -> str:
        body = f"91500112MA5U{serial:05}"
        made = self.world.perform(
            register_organisation, name=f"星河职业培训学校{serial}", kind="institution",
            credit_code=body + credit_check(body), district="500112",
        )
        self.world.perform(approve_organisation, organisation_id=made.id)
        return str(made.id)

    def document(self, serial: int) -> str:
        body = f"500112{2001 + serial // 1000}0115{serial % 1000:03}"
        return body + check_digit(body)

    def person(
        self, graduated: date | None = date(2026, 6, 30), strength: str = "compared", district: str = "500112"
    ) -> str:
        """A fresh person who graduated from a college on this day (None: nothing is known)."""
        self.serial += 1
        number = self.document(self.serial)
        made = self.world.perform(
            register_person, name=f"学员{self.serial}", document_kind="resident", document_number=number,
            birth=date(int(number[6:10]), 1, 15), sex="M" if int(number[16]) % 2 else "F", district=district,
            phone=f"138{self.serial:08}", synthetic=True,
        )
        if graduated:
            self.fact(made.person_id, "education", strength, kind="bachelor", major="软件工程", occupations=[],
                      graduated_on=graduated.isoformat(), expected_on=None, school="示例大学")
        return str(made.person_id)

    def fact(self, person_id: str, fact: str, strength: str = "compared", **body: Any) -> None:
        self.serial += 1
        self.world.perform(
            state_fact, person_id=person_id, kind=fact, source=f"list:{self.serial}", strength=strength, body=body
        )

    def order(self, **change: Any) -> BatchOrder:
        values: dict[str, Any] = {
            "title": "满天星毕业生培训券", "programme": "mantianxing", "training_type": "employment",
            "district": "500112", "groups": ("graduate_of_year",), "claim_from": self.world.today,
            "claim_until": self.world.today + timedelta(days=400), "life_months": 3, "face": FACE,
            "count_ceiling": 100, "money_ceiling": 100 * FACE, "policy_source": "若干措施第12条", **change,
        }
        return BatchOrder(**values)

    def open(self, **change: Any) -> str:
        """An open batch, by two people."""
        made = self.world.perform(batches.draft, actor=self.clerk, order=self.order(**change))
        self.world.perform(batches.approve, actor=self.checker, batch_id=made.batch_id)
        self.world.perform(batches.open_, actor=self.clerk, batch_id=made.batch_id)
        return str(made.batch_id)

    def issue(self, batch: str, *people: str) -> None:
        """Put people on the list and issue to them."""
        self.world.perform(issuing.list_people, actor=self.clerk, batch_id=batch, person_ids=people)
        self.world.perform(issuing.issue, actor=self.clerk, batch_id=batch)
        self.world.run_jobs()

    def me(self, person: str) -> Actor:
        return self.world.actor("voucher.claim", account=f"acc-{person}"[:26], person=person)

    def claim(self, batch: str, person: str) -> str:
        return str(self.world.perform(claims.claim, actor=self.me(person), batch_id=batch).voucher_id)

    def held(self, person: str, **change: Any) -> str:
        """A voucher in this person's hands, issued by name."""
        batch = self.open(**change)
        self.issue(batch, person)
        return self.claim(batch, person)

    def purpose(self, source: str = "enrolment:1", cents: int = FEE, **change: Any) -> Purpose:
        values: dict[str, Any] = {
            "institution_id": self.school, "occupation": "4-04-05-05", "level": Level.L5, "cents": cents,
            "source": source, "zone": "mantianxing", **change,
        }
        return Purpose(**values)

    def redeem(self, voucher: str, person: str, source: str = "enrolment:1", key: str | None = None, **change: Any) -> Any:
        return self.world.perform(
            redemptions.redeem, key=key, voucher_id=voucher, holder_id=person, purpose=self.purpose(source, **change)
        )


def missed(found: tuple[Finding, ...]) -> set[str]:
    """The codes of the conditions that are not met."""
    return {f.code for f in found if not f.met}
