"""A supervisor's report is signed on the day of the exam, and a notice waits for the internal one."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from skills.accounts.rules import Role
from skills.certification.actions import awards
from skills.kernel.errors import Missing
from skills.supervision.actions import reports
from skills.supervision.queries import supervisions as queries
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.inspections.pictures import jpeg
from tests.people_and_bodies import acting
from tests.supervision.watch import Watch
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(33)


def notice(w: Watch) -> None:
    w.world.perform(awards.give_notice, actor=w.stage.admin, sitting_id=w.sitting)


def test_no_report_no_notice(world: World) -> None:
    w = grown(world, Watch)
    world.policy("supervision.internal", ["social_body"], world.today + timedelta(days=1))
    row = w.drawn()
    w.sit()
    w.scored()
    world.perform(awards.end_review, actor=w.stage.admin, sitting_id=w.sitting)
    with world.refused("supervision.no_report") as said:
        notice(w)
    assert [f.code for f in said[0].findings if not f.met] == ["supervision.report_there"]
    assert [line.id for line in world.ask(queries.without_report, None, world.today)] == [w.sitting]
    w.pictured(row)
    with world.refused("supervision.cannot_sign_yet"):  # the day is over
        w.report(row)
    world.perform(reports.excuse, actor=w.checker, sitting_id=w.sitting, reason="督导员当日因病住院")
    notice(w)
    with world.refused("supervision.excused_already"):
        world.perform(reports.excuse, actor=w.checker, sitting_id=w.sitting, reason="再次")
    world.holds()


def test_a_report_is_signed_on_the_day_and_says_what_is_wrong(lite: World) -> None:
    world = lite
    w = grown(world, Watch)
    row = w.drawn()
    with world.refused("supervision.cannot_sign_yet"):
        w.report(row)
    w.sit()
    with world.refused("supervision.cannot_sign_yet") as said:
        w.report(row, "identity", remark="")
    assert {f.code for f in said[0].findings if not f.met} == {"supervision.no_unsaid", "supervision.photos_missing"}
    w.pictured(row)
    with world.refused("shot.twice"):
        w.pictured(row)
    other = next(a for a in w.own if a != row.supervisor)
    with pytest.raises(Missing):
        world.perform(reports.sign, actor=w.supervisor(other), supervision_id=row.id, answers=())
    assert w.report(row, "identity").findings == ("identity",)
    with world.refused("supervision.cannot_sign"):
        w.report(row)
    w.scored()
    world.perform(awards.end_review, actor=w.stage.admin, sitting_id=w.sitting)
    notice(w)
    world.holds()


def test_without_policy_and_draw_all_is_as_before(lite: World) -> None:
    world = lite
    w = grown(world, Watch)
    w.sit()
    w.scored()
    world.perform(awards.end_review, actor=w.stage.admin, sitting_id=w.sitting)
    notice(w)


def test_every_side_walks_its_pages(visitors: Visitors) -> None:
    w = Watch(visitors.world)
    world = w.world
    body = visitors.come(w.admin)
    days = {"since": world.today.isoformat(), "until": (world.today + timedelta(days=28)).isoformat()}
    made = press(body, "/ent/supervision", "/ent/supervision/draws", **days)
    url = made.headers["Location"]
    world.seal()
    press(body, url, f"{url}/draw")
    row = w.row(world.ask(queries.listing, bodies=[w.body])[0].id)
    w.sit()
    phone = visitors.come(w.supervisor(row.supervisor))
    assert "待督导" in text_of(phone.get("/exam/supervision"))
    visit = f"/exam/supervision/{row.id}"
    press(phone, visit, f"{visit}/photos", photos=(BytesIO(jpeg()), "a.jpg"))
    items = [i.code for i in world.ask(queries.page, row.id, world.today).items]
    sent = {f"item-{code}": "yes" for code in items} | {"item-identity": "no", "remark-identity": "未核对身份证"}
    press(phone, visit, f"{visit}/sign", **sent)
    assert "未核对身份证" in text_of(phone.get(visit))
    body = visitors.come(w.admin)
    assert "未核对身份证" in text_of(body.get(f"/ent/supervision/{row.id}"))
    desk = visitors.come(w.clerk)
    assert "已报告" in text_of(desk.get("/gov/supervision"))
    one = f"/gov/supervision/{row.id}"
    assert "未核对身份证" in text_of(desk.get(one))
    photo = world.ask(queries.page, row.id, world.today).photos[0].id
    assert desk.get(f"{one}/photos/{photo}").mimetype == "image/jpeg"
    stranger = visitors.come(acting(Role.BODY_ADMIN, "stranger", organisation=w.stage.organisation("enterprise")))
    assert stranger.get(f"/ent/supervision/{row.id}").status_code == 404
    assert [line["id"] for line in desk.get("/api/v1/supervisions").get_json()] == [row.id]
    assert desk.get("/api/v1/supervision-draws").get_json() == []  # those of bodies are theirs
    second = visitors.come(w.checker)
    at = f"/gov/plans/{w.sitting}/supervision"
    press(second, at, at, text="另有纸质报告")
    headers = {"X-CSRFToken": hidden(text_of(desk.get("/gov/supervision")), "csrf_token"), "Idempotency-Key": "k"}
    again = desk.post("/api/v1/supervision-draws", json={**days, "size": 1}, headers=headers)
    assert again.get_json()["code"] == "supervision_draw.days"
