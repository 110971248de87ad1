"""What a version of a result says of money: what somebody received, neither more nor less."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from skills.courses.actions import enrolments
from skills.courses.models import EarlierResult
from skills.courses.queries import results
from skills.vouchers.models import Voucher
from tests.courses.filed import Filed, enrolled, reported
from tests.world import World

pytestmark = pytest.mark.row(60)


def test_a_completion_without_money_shows_none_now_or_later(world: World) -> None:
    filed = enrolled(world, 1)
    filed.return_id = filed.file([filed.row(0, outcome="不合格", score="50")])
    elsewhere = filed.stage.open(starts=20, course=filed.stage.publish(title="数据标注员提高"))
    with world.db() as db:
        voucher = db.scalars(select(Voucher.id).where(Voucher.person_id == filed.people[0][0])).one()
    world.perform(enrolments.enrol, actor=filed.stage.learner(filed.people[0][0]), class_id=elsewhere.class_id, voucher_id=voucher)
    done = filed.correct(2, outcome="合格", score="75")
    assert filed.place(0).state == "completed"
    assert [v.cents for v in world.ask(results.versions, filed.people[0][2])] == [0, 0]
    earlier = filed.place(0).completed_on.replace(day=filed.place(0).completed_on.day - 1)
    filed.correct(2, return_id=done.return_id, completed_on=earlier.isoformat())
    with world.db() as db:
        assert db.scalars(select(EarlierResult.cents).order_by(EarlierResult.number)).all() == [0, 0]
    world.holds()


def test_a_completion_with_money_shows_it_in_every_version(world: World) -> None:
    filed = reported(world, 1)
    earlier = filed.place(0).completed_on.replace(day=filed.place(0).completed_on.day - 1)
    filed.correct(2, completed_on=earlier.isoformat())
    cents = filed.place(0).voucher_cents
    assert cents > 0
    assert [v.cents for v in world.ask(results.versions, filed.people[0][2])] == [cents, cents]
    world.holds()


def test_what_is_at_stake_outlives_a_correction_of_figures(world: World) -> None:
    filed = enrolled(world, 1)
    made = filed.stage.open(seats=10)
    other = Filed(world, filed.stage, made.class_id, made.number)
    person, document, _ = filed.people[0]
    other.people.append((person, document, filed.stage.enrol(made.class_id, person).enrolment_id))
    filed.stage.run(made.class_id)
    filed.return_id = filed.file([filed.row(0)])
    cents = filed.place(0).voucher_cents
    earlier = filed.place(0).completed_on.replace(day=filed.place(0).completed_on.day - 1)
    done = filed.correct(2, completed_on=earlier.isoformat())
    filed.correct(2, return_id=done.return_id, reason="班级和成绩都填错", **{"class": other.number, "score": "90"})
    moved = next(c for c in filed.changes() if c.column == "class")
    assert (moved.state, moved.cents) == ("waiting", cents)
    world.holds()
