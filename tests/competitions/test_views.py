"""The pages of competitions: the whole way, by the person who does each step in life."""

from __future__ import annotations

from typing import Any

import pytest

from skills.accounts.rules import Role
from skills.competitions import queries
from skills.competitions.actions import entries
from tests.competitions.stage import planned, published, running
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, someone

__all__ = ["visitors"]


def test_from_entry_to_a_public_ranking_by_pages(visitors: Visitors) -> None:
    world = visitors.world
    held = planned(world)
    clerk, checker = visitors.come(held.clerk), visitors.come(held.checker)
    page = f"/gov/competitions/{held.id}"
    assert 'action="' + page + "/approve" not in text_of(clerk.get(page)), "the planner is not offered the approval"
    assert press(checker, page, f"{page}/approve").status_code == 303
    assert press(clerk, page, f"{page}/open").status_code == 303
    person = someone(world, 1, "陈星宇")
    learner = visitors.come(acting(Role.PERSON, "p1", person=person.id))
    assert "程序设计" in text_of(learner.get(f"/competitions/{held.id}"))
    enter = f"/me/competitions/enter/{held.event_id}"
    assert press(learner, enter, enter, delegation="软件园").status_code == 303
    assert press(clerk, page, f"{page}/start").status_code == 303
    for judge in held.judges:
        browser = visitors.come(judge)
        for section, mark in (("practical", "90"), ("theory", "80")):
            sheet = f"/exam/competitions/{held.event_id}/{section}"
            assert "陈" not in text_of(browser.get(sheet)).split("<main")[1], "a judge sees no name"
            done = press(browser, sheet, sheet, **{"mark-1": mark})
            assert done.status_code == 303
    assert press(clerk, page, f"{page}/close").status_code == 303
    assert press(checker, page, f"{page}/ratify").status_code == 303
    assert press(clerk, page, f"{page}/publish").status_code == 303
    ranking = text_of(world.client().get(f"/competitions/{held.id}"))
    assert "陈**" in ranking
    assert "陈星宇" not in ranking
    assert "87.00" in ranking
    mine = text_of(learner.get("/me/competitions"))
    assert "JS-" in mine
    assert "一等奖" in mine
    assert "/me/promotions" in mine
    world.run_jobs()
    world.holds()


def test_a_mark_of_101_is_explained_in_both_languages_and_nothing_is_written(visitors: Visitors) -> None:
    held = running(visitors.world, 2)
    judge = visitors.come(held.judges[0])
    sheet = f"/exam/competitions/{held.event_id}/practical"
    told = press(judge, sheet, sheet, **{"mark-1": "80", "mark-2": "101"})
    assert "0到100" in text_of(told, 422)
    judge.set_cookie("lang", "en", domain="localhost")
    assert "0 to 100" in text_of(press(judge, sheet, sheet, **{"mark-2": "101"}), 422)
    for bad in ("ten", "-1", "9999"):
        assert press(judge, sheet, sheet, **{"mark-1": "80", "minutes-1": bad}).status_code == 422
    assert [d.text for d in visitors.world.ask(queries.sheet, held.event_id, "practical", "judge-1")] == ["", ""]
    visitors.world.holds()


@pytest.mark.parametrize("path", ["/gov/competitions", "/exam/competitions", "/me/competitions", "/gov/competitions/new"])
def test_nobody_sees_anothers_desk(visitors: Visitors, path: str) -> None:
    assert visitors.world.client().get(path).status_code == 303
    stranger = visitors.come(acting(Role.INSTITUTION_CLERK, "x", organisation="o"))
    assert stranger.get(path).status_code == 403


def test_a_plan_by_form_is_checked_and_kept(visitors: Visitors) -> None:
    world = visitors.world
    held = planned(world)
    clerk = visitors.come(held.clerk)
    line = world.ask(queries.competition, held.id)
    from skills.accounts.queries import organisations

    organiser = world.ask(organisations)[0].id
    order: dict[str, Any] = {
        "name": "新大赛", "series": "", "tier": "city", "organiser": organiser, "venue": "渝北", "event": "测试",
        "starts_on": line.starts_on.isoformat(), "ends_on": line.ends_on.isoformat(),
        "occupation": line.events[0].occupation, "paper_level": "4", "practical_weight": "70",
    }  # fmt: skip
    new = "/gov/competitions/new"
    assert press(clerk, new, new, **{**order, "venue": ""}).status_code == 422
    assert press(clerk, new, new, **order).status_code == 303
    assert {c.name for c in world.ask(queries.competitions)} == {"满天星软件技能大赛", "新大赛"}
    world.holds()


def test_unknown_and_unpublished_things_are_not_there(visitors: Visitors) -> None:
    held = planned(visitors.world)
    visitor = visitors.world.client()
    assert visitor.get(f"/competitions/{held.id}").status_code == 404
    assert visitor.get("/competitions/nothing").status_code == 404
    assert visitor.get(f"/api/v1/competitions/{held.id}/ranking").status_code == 404
    person = someone(visitors.world, 1)
    learner = visitors.come(acting(Role.PERSON, "p1", person=person.id))
    assert learner.get("/me/competitions/enter/nothing").status_code == 404


def test_the_api_says_the_same_as_the_pages(visitors: Visitors) -> None:
    held = published(visitors.world, [("90", "80"), ("70", "60")])
    visitor = visitors.world.client()
    listed = visitor.get("/api/v1/competitions").get_json()
    assert [c["name"] for c in listed] == ["满天星软件技能大赛"]
    ranking = visitor.get(f"/api/v1/competitions/{held.id}/ranking").get_json()
    assert [(p["rank"], p["total"]) for p in ranking[0]["places"]] == [(1, "87.00"), (2, "67.00")]
    learner = visitors.come(acting(Role.PERSON, "p0", person=held.people[0].id))
    assert learner.get("/api/v1/me/competitions").get_json()[0]["rank"] == 1


def test_withdrawing_by_page_frees_the_place(visitors: Visitors) -> None:
    world = visitors.world
    held = planned(world)
    from skills.competitions.actions import planning

    held.do(planning.approve, held.checker)
    held.do(planning.open_entries)
    person = someone(world, 1)
    me = acting(Role.PERSON, "p1", person=person.id)
    made = world.perform(entries.enter, actor=me, event_id=held.event_id)
    learner = visitors.come(me)
    assert press(learner, "/me/competitions", f"/me/competitions/{made.entry_id}/withdraw").status_code == 303
    assert "已退赛" in text_of(learner.get("/me/competitions"))
    world.holds()
