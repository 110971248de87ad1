"""学徒工: an internal record without a number, graded by the firm's own people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from skills.certification.models import Award
from skills.recognitions.actions import apprentices
from skills.recognitions.models import Apprenticeship
from skills.records.queries import passport
from skills.standards.rules import Level
from tests.certification.stage import JOB
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.recognitions.stage_recognitions import Firm
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(35)


def enter(firm: Firm, **changes: Any) -> str:
    one, master, _ = firm.people
    order: dict[str, Any] = {
        "person_id": one, "master_id": master, "occupation_code": JOB, "since": firm.world.today - timedelta(days=200),
        "ends_on": firm.world.today + timedelta(days=10),
    }  # fmt: skip
    done = firm.world.perform(apprentices.begin, actor=firm.as_("p"), organisation_id=firm.body, **{**order, **changes})
    return str(done.apprenticeship_id)


def test_a_record_without_a_number(world: World) -> None:
    firm = grown(world, Firm)
    made = enter(firm)
    with world.refused("apprentice.too_early"):
        world.perform(apprentices.grade, actor=firm.as_("a"), apprenticeship_id=made, statement="独立上岗")
    firm.days(11)
    with world.refused("apprentice.own_hand"):
        world.perform(apprentices.grade, actor=firm.as_("p"), apprenticeship_id=made, statement="独立上岗")
    with world.refused("certification.reason_needed"):
        world.perform(apprentices.grade, actor=firm.as_("a"), apprenticeship_id=made, statement=" ")
    world.perform(apprentices.grade, actor=firm.as_("a"), apprenticeship_id=made, statement="独立上岗")
    held = [(e.fact.level, e.fact.number, e.fact.issuer) for e in world.ask(passport, firm.people[0]) if e.kind == "level"]
    assert held == [(Level.APPRENTICE, "", "渝江评价中心1")]
    with world.db() as db:
        assert db.scalar(select(func.count()).select_from(Award)) == 0
    with world.refused("apprenticeship.cannot_stop"):
        world.perform(apprentices.stop, actor=firm.as_("p"), apprenticeship_id=made, reason="离职")
    world.holds()
    with world.engine.begin() as rows:
        rows.execute(update(Apprenticeship).values(ends_on=world.today))
    assert world.violations()["recognitions.apprentices"]


def test_only_own_people_and_on_a_page(visitors: Visitors) -> None:
    world = visitors.world
    firm = Firm(world)
    one, master, _ = firm.people
    stranger = firm.graduate()
    for changed, code in (
        ({"person_id": stranger}, "apprentice.own_people"), ({"master_id": stranger}, "apprentice.own_people"),
        ({"master_id": one}, "apprentice.own_master"), ({"ends_on": world.today - timedelta(days=300)}, "apprentice.dates"),
    ):  # fmt: skip
        with world.refused(code):
            enter(firm, **changed)
    proposer, page = visitors.come(firm.as_("p")), "/ent/apprentices"
    fields = {"person": one, "master": master, "occupation": JOB, "since": "2026-06-01", "ends_on": "2026-11-22"}
    assert press(proposer, page, page, **fields).status_code == 303
    with world.refused("apprentice.already"):
        enter(firm)
    with world.db() as db:
        made = db.scalar(select(Apprenticeship.id))
    assert f"{page}/{made}/grade" not in text_of(proposer.get(page)), "who entered it is not offered to grade"
    checker = visitors.come(firm.as_("a"))
    assert "学徒期满待定级" in text_of(checker.get("/ent"))
    assert press(checker, page, f"{page}/{made}/grade", statement="独立上岗").status_code == 303
    assert "已转正定级" in text_of(checker.get(page))
    world.holds()
