"""成绩复核: asked by the candidate within the window, counted again by somebody who did not type, answered with a reason."""

from __future__ import annotations

import pytest

from skills.accounts.rules import Role
from skills.certification.actions import awards, reviews
from skills.certification.queries import results
from skills.standards.calendar import add_working_days
from tests.certification.stage_results import Results
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]


@pytest.mark.row(34)
def test_asked_within_five_working_days_and_the_notice_waits(world: World) -> None:
    exam = Results(world, ("59.5", "60"), ("60", "60"))
    first = world.today
    asked = exam.ask()
    with world.refused("review.asked_before"):
        exam.ask()
    world.clock.forward(days=(add_working_days(first, 5) - first).days)
    late = exam.ask("practical", 1)
    world.clock.forward(days=1)
    with world.refused("review.too_late"):
        exam.ask("theory", 1)
    with world.refused("sitting.reviews_open") as held:
        world.perform(awards.end_review, actor=exam.stage.admin, sitting_id=exam.sitting)
    assert held[0].facts == {"reviews": 2, "corrections": 0}
    with world.refused("review.cannot"):
        exam.answer(late, "60", exam.corrector("typist-2"))
    assert exam.answer(late, "60", exam.corrector("checker")).state == "dismissed"
    with world.refused("correction.cannot"):
        exam.answer(asked, "61", exam.corrector("checker"))
    upheld = exam.answer(asked, "61")
    assert upheld.state == "upheld"
    assert exam.stage.state(exam.applications[0]) == "failed"
    with world.refused("sitting.reviews_open"):
        world.perform(awards.end_review, actor=exam.stage.admin, sitting_id=exam.sitting)
    exam.decide(upheld)
    assert exam.stage.state(exam.applications[0]) == "passed"
    exam.stage.notice(exam.sitting)
    with world.refused("review.not_open"):
        exam.ask("practical")
    world.holds()


@pytest.mark.row(34)
def test_nobody_asks_for_another_and_the_list_says_what_is_late(lite: World) -> None:
    exam = Results(lite, ("60", "60"), ("70", "70"))
    stranger = exam.stage.candidate(exam.people[1])
    with lite.refused("application.unknown"):
        lite.perform(
            reviews.ask, actor=stranger, application_id=exam.applications[0], section="theory", text="不是我的"
        )
    exam.ask()
    bodies = frozenset({exam.stage.body})
    assert lite.ask(results.waiting, bodies, lite.today) == (1, 0)
    lite.clock.forward(days=20)
    assert lite.ask(results.waiting, bodies, lite.today) == (1, 1)


@pytest.mark.row(34)
def test_the_candidate_sees_old_new_who_and_why(visitors: Visitors) -> None:
    exam = Results(visitors.world, ("59.5", "60"))
    mine = f"/me/applications/{exam.applications[0]}"
    me = visitors.come(acting(Role.PERSON, "p-review", person=exam.people[0]))
    assert press(me, mine, f"{mine}/review", section="theory", reason="估分相差较大").status_code == 303
    [asked] = visitors.world.ask(results.my_reviews, exam.applications[0])
    assert asked.receipt in text_of(me.get(mine))
    page = f"/ent/plans/{exam.sitting}/results"
    one, two = (visitors.come(acting(Role.BODY_CLERK, name, organisation=exam.stage.body)) for name in ("c-one", "c-two"))
    assert press(one, page, f"/ent/plans/{exam.sitting}/reviews/{asked.id}", text="101", reason="x").status_code == 422
    assert press(one, page, f"/ent/plans/{exam.sitting}/reviews/{asked.id}", text="61", reason="第3题漏计分").status_code == 303
    [wanted] = visitors.world.ask(results.corrections_of, exam.sitting)
    decide = f"/ent/plans/{exam.sitting}/corrections/{wanted.id}"
    assert press(one, page, decide, found="approved", reason="属实").status_code == 409
    assert press(two, page, decide, found="approved", reason="核对原卷属实").status_code == 303
    told = text_of(me.get(mine))
    for word in ("59.5", "61", "第3题漏计分", "核对原卷属实", "合格"):
        assert word in told, word
    visitors.world.holds()


@pytest.mark.row(34)
def test_without_a_phone_it_is_asked_at_the_counter(visitors: Visitors) -> None:
    world = visitors.world
    exam = Results(world, ("59.5", "60"))
    here = f"/gov/people/{exam.people[0]}/applications/{exam.applications[0]}"
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    assert "申请成绩复核" in text_of(clerk.get(here))
    assert press(clerk, here, f"{here}/review", section="theory", text="估分相差较大", reason="no_phone").status_code == 303
    [asked] = world.ask(results.my_reviews, exam.applications[0])
    assert (asked.state, asked.text) == ("asked", "估分相差较大")
    assert asked.receipt in text_of(clerk.get(here))
    world.holds()
