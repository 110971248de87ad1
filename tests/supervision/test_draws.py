"""Supervisors come by the seed of the signed log, and never somebody who is too near."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from skills.accounts.actions import create_staff
from skills.accounts.rules import Role
from skills.credentials.rules.sampling import Case, draw
from skills.kernel.db import writing
from skills.kernel.lots import assign
from skills.supervision.actions import draws
from skills.supervision.models import Supervision, SupervisionDraw
from tests.people_and_bodies import acting
from tests.supervision.watch import Watch
from tests.world import World, grown

pytestmark = pytest.mark.row(33)


def test_the_seed_names_the_supervisor_and_a_tie_never(world: World) -> None:
    w = grown(world, Watch)
    near = w.staff("near", Role.INTERNAL_SUPERVISOR, organisation_id=w.body)
    w.stage.admin = w.stage.staff("plan.make", account=near)  # whoever plans an exam does not watch it
    watched = w.stage.open(held_on=w.day, examiners=("考评甲", "考评乙", "督导own0"))
    draw_id = w.plan()
    with world.refused("supervision_draw.not_yet"):
        world.perform(draws.draw_now, actor=w.admin, draw_id=draw_id)
    world.seal()
    made = [w.row(one) for one in world.perform(draws.draw_now, actor=w.admin, draw_id=draw_id).supervision_ids]
    with world.db() as db:
        plan = db.get_one(SupervisionDraw, draw_id)
    barred = {(account, sitting) for account, sitting in plan.barred}
    assert {(near, watched), (w.own[0], watched)} <= barred
    order = [d.number for d in draw([Case(s, 1) for s, _ in plan.sittings], plan.seed, 2)]
    named = assign([(one, one) for one in order], plan.supervisors, barred, plan.seed)
    assert [(row.sitting_id, row.supervisor) for row in made] == list(zip(order, named, strict=True))
    assert not {(row.supervisor, row.sitting_id) for row in made} & barred
    with world.refused("supervision_draw.nothing"):  # nobody is drawn twice
        w.plan()
    first = made[0]
    heir = world.perform(draws.step_back, actor=w.supervisor(first.supervisor), supervision_id=first.id, reason="师生").supervisor
    assert heir != first.supervisor
    assert (heir, first.sitting_id) not in barred
    world.holds()
    with writing(world.engine) as db:
        chosen = next(a for a in plan.supervisors if a != heir)
        db.execute(update(Supervision).where(Supervision.id == first.id).values(supervisor=chosen))
    assert "supervision.drawn" in world.violations()


def test_the_authoritys_supervisor_never_worked_at_the_body(lite: World) -> None:
    world = lite
    w = grown(world, Watch)
    world.perform(create_staff, login="city1-own", name="督导", role=Role.BODY_CLERK, organisation_id=w.body, synthetic=True)
    row = w.drawn(internal=False)
    assert row.supervisor in w.city
    heir = world.perform(draws.step_back, actor=w.supervisor(row.supervisor), supervision_id=row.id, reason="曾任职").supervisor
    assert {row.supervisor, heir} == set(w.city)
    with world.refused("supervision_draw.nobody"):
        world.perform(draws.step_back, actor=w.supervisor(heir), supervision_id=row.id, reason="亲属")
    other = acting(Role.BODY_ADMIN, "other", organisation=w.stage.organisation("enterprise"))
    with world.refused("organisation.unknown"):  # a body draws among its own
        world.perform(draws.plan, actor=other, since=world.today, until=world.today, organisation_id=w.body)
    world.holds()


def test_nobody_chooses_among_outcomes(lite: World) -> None:
    w = grown(lite, Watch)
    first = w.plan()
    with lite.refused("supervision_draw.nothing"):  # no second plan of the same exam
        w.plan()
    lite.perform(draws.give_up, actor=w.admin, draw_id=first, reason="日期有误")
    again = w.plan()
    lite.seal()
    with lite.refused("supervision_draw.seed_known"):
        lite.perform(draws.give_up, actor=w.admin, draw_id=again, reason="换一次")
    assert lite.perform(draws.draw_now, actor=w.admin, draw_id=again).supervision_ids
    lite.holds()
