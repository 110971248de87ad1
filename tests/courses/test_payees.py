"""What a learner pays at the institution, where the voucher's money goes to the firm or comes to the learner afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from skills.courses.actions import scanning
from skills.courses.models import Enrolment
from skills.courses.queries import catalogue, prices
from skills.records.actions import state_fact
from skills.vouchers.models import Redemption
from skills.vouchers.rules import Payee
from tests.courses.stage import FEE
from tests.courses.test_scanning import Counter
from tests.courses.test_views import Visitors, text_of, visitors
from tests.courses.wallet import FACE, voucher_for
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(12)
OWN = {Payee.INSTITUTION: FEE - FACE, Payee.FIRM: 0, Payee.PERSON: FEE}


class At(Counter):
    """A counter before which somebody stands whose voucher pays somebody else."""

    def __init__(self, world: World, payee: Payee) -> None:
        super().__init__(world)
        self.person, self.number = self.stage.person("何晓星")
        world.perform(
            state_fact, person_id=self.person, kind="work", source="list:work", strength="compared",
            body={"occupation": "4-04-05-05", "related": False, "since": "2026-01-01", "until": None, "employer": "渝软科技",
                  "employer_id": self.stage.school},
        )  # fmt: skip
        self.voucher = voucher_for(world, self.person, payee)


@pytest.mark.parametrize("payee", list(Payee))
def test_the_price_follows_the_payee_in_the_catalogue_and_in_the_place(world: World, payee: Payee) -> None:
    at = At(world, payee)
    with world.db() as db:
        course = catalogue.course_of(db, at.stage.course, None, world.today)
        [offer] = prices.choices(db, at.person, world.today, course)
    assert (offer.payee, offer.cents, offer.price) == (payee, FACE, OWN[payee])
    done = at.stage.enrol(at.class_id, at.person, at.voucher)
    assert done.price == OWN[payee]
    with world.db() as db:
        row = db.get_one(Enrolment, done.enrolment_id)
        assert (row.fee, row.voucher_cents, row.price, row.payee) == (FEE, FACE, OWN[payee], payee)
        used = db.scalars(select(Redemption)).one()
        assert (used.payee, used.employer_id) == (payee, at.stage.school if payee is Payee.FIRM else None)
    world.holds()


@pytest.mark.parametrize("payee", list(Payee))
def test_the_counter_reads_out_what_the_holder_pays(lite: World, payee: Payee) -> None:
    at = At(lite, payee)
    told = lite.perform(
        scanning.present, actor=at.clerk(), organisation_id=at.stage.school, class_id=at.class_id, code=at.show()
    )
    assert (told.payee, told.cents, told.price) == (payee, FACE, OWN[payee])
    lite.holds()


def test_a_price_that_does_not_follow_the_payee_is_no_row(world: World) -> None:
    at = At(world, Payee.PERSON)
    at.stage.enrol(at.class_id, at.person, at.voucher)
    for change in ("payee = 'institution'", "payee = 'firm'", "price = 0"):
        with pytest.raises(IntegrityError), world.engine.execution_options(writes=True).begin() as connection:
            connection.execute(text(f"UPDATE enrolment SET {change}"))


def test_the_pages_say_who_is_paid_and_when(visitors: Visitors) -> None:
    world = visitors.world
    at = At(world, Payee.PERSON)
    me = visitors.come(replace(at.holder(), roles=frozenset({"person"})))
    ticket = text_of(me.get("/me/vouchers"))
    assert "先付学费，结业后补贴付到本人账户" in ticket
    page = text_of(me.get(f"/me/enrol/{at.class_id}"))
    assert "培训券补贴，结业后付到本人账户" in page
    assert "先自付" in page
    done = at.stage.enrol(at.class_id, at.person, at.voucher)
    assert "先自付" in text_of(me.get(f"/me/courses/{done.enrolment_id}"))
