"""What is to be put right has a day, an answer with proof and another person's re-check; until then no resuming, when overdue no renewal."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from skills.accounts.rules import Role
from skills.certification.actions import filing_changes, filings
from skills.certification.queries.filings import live_of
from skills.certification.states.filings import ChangeKind
from skills.config import Settings
from skills.desk.queries import work
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.shots import put_in
from skills.supervision.actions import rectifications
from skills.supervision.queries import rectifications as queries
from tests.certification.stage import Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.inspections.pictures import jpeg
from tests.people_and_bodies import acting
from tests.supervision.watch import Watch
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(37)
TEXT = "更换到期的灭火器，恢复监控录像"


class Order:
    """A filed body whose filing is suspended, and the authority's two people."""

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, Stage(world)
        self.filing = self.stage.file()
        world.perform(filings.suspend, actor=self.stage.inspector, filing_id=self.filing, reason="考场不合要求")
        self.admin = acting(Role.BODY_ADMIN, "admin", organisation=self.stage.body)
        self.clerk, self.checker = acting(Role.GOV_CLERK, "gov-clerk"), acting(Role.GOV_CHECKER, "gov-checker")

    def order(self, **more: Any) -> str:
        order = {"organisation_id": self.stage.body, "text": TEXT, "days": 5, **more}
        return str(self.world.perform(rectifications.order, actor=self.clerk, **order).rectification_id)

    def answer(self, order: str, shade: int = 90) -> Any:
        folder, box = self.world.tool(Settings).files_dir, self.world.tool(Box)
        photos = put_in(box, queries.SHELF, folder, f"{order}:{shade}", [jpeg(shade=shade)], 8_000_000)
        return self.world.perform(rectifications.answer, actor=self.admin, rectification_id=order, text="已更换", photos=photos)

    def recheck(self, order: str, done: bool = True, who: Actor | None = None) -> Any:
        return self.world.perform(
            rectifications.recheck, actor=who or self.checker, rectification_id=order, done=done, text="现场查看", days=0 if done else 3
        )

    def resume(self) -> None:
        self.world.perform(filings.resume, actor=self.stage.inspector, filing_id=self.filing, reason="整改到位")


def test_resuming_waits_for_the_recheck_of_another_person(world: World) -> None:
    o = grown(world, Order)
    made = o.order()
    with world.refused("rectification.open"):
        o.resume()
    with world.refused("rectification.cannot_close"):
        o.recheck(made)
    with world.refused("rectification.proof_needed"):
        world.perform(rectifications.answer, actor=o.admin, rectification_id=made, text="已更换", photos=())
    o.answer(made)
    with world.refused("rectification.second_needed"):
        o.recheck(made, who=o.clerk)
    o.recheck(made, done=False)
    with world.refused("rectification.open"):
        o.resume()
    with world.refused("shot.twice"):  # an old picture shows nothing new
        o.answer(made)
    o.answer(made, shade=40)
    o.recheck(made)
    o.resume()
    with world.refused("rectification.no_cause"):
        o.order()
    world.holds()


def test_overdue_refuses_renewal(world: World) -> None:
    w = grown(world, Watch)
    o = Order.__new__(Order)
    o.world, o.stage, o.admin, o.clerk, o.checker = world, w.stage, w.admin, w.clerk, w.checker
    with world.refused("rectification.no_cause"):  # nothing is suspended, no report says anything
        o.order()
    row = w.drawn()
    w.sit()
    w.pictured(row)
    w.report(row, "identity")
    made = o.order(supervision_id=row.id)
    w.stage.days(3 * 365 - 100)
    with world.db() as db:
        filing = live_of(db, w.body)
    assert filing is not None
    renewal = {"filing_id": filing.id, "kind": ChangeKind.RENEWAL, "statement": "因行业停产，期内考试不足六批", "incentives": "按等级发放津贴"}
    assert [line.late for line in world.ask(queries.listing, world.today)] == [True]
    assert ("整改逾期未答复", 1) in [(item.zh, item.count) for item in world.ask(work.gov, o.clerk, world.today)]
    with world.refused("rectification.overdue"):
        world.perform(filing_changes.ask, actor=w.stage.admin, **renewal)
    o.answer(made)
    assert "整改逾期未答复" not in {item.zh for item in world.ask(work.gov, o.clerk, world.today)}
    world.perform(filing_changes.ask, actor=w.stage.admin, **renewal)
    world.holds()


def test_every_side_walks_its_pages(visitors: Visitors) -> None:
    o = Order(visitors.world)
    desk, body = visitors.come(o.clerk), visitors.come(o.admin)
    made = press(desk, "/gov/rectifications", "/gov/rectifications", body=o.stage.body, text=TEXT, days="5").headers["Location"]
    one = made.rsplit("/", 1)[1]
    assert TEXT in text_of(body.get("/ent/rectifications"))
    mine = f"/ent/rectifications/{one}"
    assert press(body, mine, f"{mine}/answer", text="已更换").status_code == 422
    press(body, mine, f"{mine}/answer", text="已更换", photos=(BytesIO(jpeg()), "a.jpg"))
    page = text_of(desk.get(made))
    assert "等待另一位同事复查" in page
    second = visitors.come(o.checker)
    press(second, made, f"{made}/recheck", done="yes", text="现场查看")
    assert "复查通过" in text_of(body.get(mine))
    photo = o.world.ask(queries.page, one, o.world.today).photos[0][0]
    assert second.get(f"{made}/photos/{photo}").mimetype == "image/jpeg"
    assert [line["state"] for line in second.get("/api/v1/rectifications").get_json()] == ["closed"]
    stranger = visitors.come(acting(Role.BODY_ADMIN, "stranger", organisation=o.stage.organisation("enterprise")))
    assert stranger.get(mine).status_code == 404
