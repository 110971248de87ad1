"""The skill passport: what one sees of oneself, what one adds on a promise, what a clerk compares."""

from __future__ import annotations

from skills.accounts.rules import Role
from skills.records import queries
from skills.records.actions import state_fact
from tests.courses.test_views import Visitors, hidden, text_of, visitors
from tests.people_and_bodies import acting, someone

__all__ = ["visitors"]
PASSPORT = "/me/passport"


def test_a_promise_is_recorded_compared_by_a_clerk_and_cannot_be_taken_back_then(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world)
    me = visitors.come(acting(Role.PERSON, "p", person=who.id))
    page = text_of(me.get(PASSPORT))
    assert "档案还是空的" in page
    token = hidden(page, "csrf_token")
    work = {"csrf_token": token, "w-key": hidden(page, "w-key"), "w-occupation": "4-04-05-01", "w-employer": "星图软件",
            "w-since": "2024-01-01", "w-until": ""}  # fmt: skip
    assert me.post("/me/facts/work", data={**work, "w-since": ""}).status_code == 422
    assert me.post("/me/facts/work", data=work).status_code == 303
    assert me.post("/me/facts/work", data=work).status_code == 303
    assert len(world.ask(queries.passport, who.id)) == 1, "the same form twice is one entry"
    school = {"csrf_token": token, "s-key": hidden(page, "s-key"), "s-kind": "college", "s-school": "渝江学院",
              "s-major": "软件技术", "s-related": "4-04-05-01", "s-graduated_on": "2026-06-30"}  # fmt: skip
    assert me.post("/me/facts/education", data=school).status_code == 303
    shown = text_of(me.get(PASSPORT))
    assert "星图软件" in shown
    assert "渝江学院 · 软件技术 · 高职（专科）" in shown
    assert "本人承诺" in shown
    title = {"csrf_token": token, "t-key": hidden(page, "t-key"), "t-grade": "junior", "t-title": "助理工程师",
             "t-occupation": "4-04-05-01", "t-awarded_on": ""}  # fmt: skip
    assert me.post("/me/facts/title", data=title).status_code == 422
    assert me.post("/me/facts/title", data={**title, "t-awarded_on": "2999-01-01"}).status_code == 409
    assert me.post("/me/facts/title", data={**title, "t-awarded_on": "2024-06-01"}).status_code == 303
    assert "助理工程师 · 计算机程序设计员" in text_of(me.get(PASSPORT))
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    waiting = text_of(clerk.get("/gov/facts"))
    entries = {line.kind: line.id for _, line in world.ask(queries.promised)}
    order = {"csrf_token": hidden(waiting, "csrf_token"), "key": "c-1"}
    assert clerk.post(f"/gov/facts/{entries['work']}/compared", data=order).status_code == 303
    assert clerk.post(f"/gov/facts/{entries['education']}/believed", data={**order, "key": "c-2"}).status_code == 409
    taken = me.post(f"/me/facts/{entries['education']}/take-back", data={"csrf_token": token, "key": "t-1"})
    assert taken.status_code == 303
    left, other = sorted(world.ask(queries.passport, who.id), key=lambda line: line.kind, reverse=True)
    assert (left.kind, left.strength, other.kind) == ("work", "compared", "title")
    assert me.post(f"/me/facts/{left.id}/take-back", data={"csrf_token": token, "key": "t-2"}).status_code == 409
    assert {e["kind"] for e in me.get("/api/v1/me/passport").get_json()} == {"work", "title"}
    world.holds()


def test_a_passport_is_its_owners(visitors: Visitors) -> None:
    assert visitors.world.client().get(PASSPORT).status_code == 303
    assert visitors.come(acting(Role.GOV_CLERK, "c")).get(PASSPORT).status_code == 403
    assert visitors.come(acting(Role.PERSON, "p", person=someone(visitors.world).id)).get("/gov/facts").status_code == 403


def test_a_standing_is_called_by_its_group(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world)
    body = {"group": "graduate_of_year", "since": "2026-07-01", "until": None}
    world.perform(state_fact, person_id=who.id, kind="standing", source="list:1", body=body, strength="compared")
    me = visitors.come(acting(Role.PERSON, "p", person=who.id))
    assert "毕业年度高校毕业生 · 2026-07-01 — 至今" in text_of(me.get(PASSPORT))
    me.set_cookie("lang", "en", domain="localhost")
    assert "graduates in their year of graduation · 2026-07-01 — now" in text_of(me.get(PASSPORT))
    world.holds()
