"""窗口代办: whoever has no phone applies for an exam at the counter, gives it up, and takes the admission ticket home on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from skills.certification.actions import applications, counter, plans, promotions
from skills.certification.models import Application
from skills.certification.queries import exams
from skills.certification.queries import promotions as promotion_queries
from skills.people.rules.counter import CounterReason
from tests.certification.stage import Stage
from tests.certification.test_actions import placing, source_of
from tests.courses.test_at_the_counter import by_token, notes_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.world import World

__all__ = ["visitors"]
WHY: dict[str, Any] = {"reason": CounterReason.NO_PHONE}


def told(world: World, person: str) -> set[str]:
    from skills.messages.queries import inbox

    return {m.code for m in world.ask(inbox, world.actor(account=f"p{person[-8:]}", person=person))}


def test_the_counter_is_refused_what_the_person_would_be_and_nothing_else(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    clerk = world.actor("counter.serve", account="counter")
    able, unable, other = stage.graduate(), stage.person(), stage.graduate()

    with world.refused("application.not_eligible"):
        world.perform(applications.apply, actor=stage.candidate(unable), sitting_id=sitting)
    with world.refused("application.not_eligible"):
        world.perform(counter.file_for, actor=clerk, person_id=unable, sitting_id=sitting, **WHY)
    with world.refused("person.unknown"):
        world.perform(counter.file_for, actor=clerk, person_id="nobody", sitting_id=sitting, **WHY)
    done = world.perform(counter.file_for, actor=clerk, person_id=able, sitting_id=sitting, **WHY)
    with world.db() as db:
        row = db.get_one(Application, done.application_id)
        assert (row.person_id, row.applied_by, row.state) == (able, "counter", "eligible")
    assert notes_of(world, "application.file_for") == [{"event": "application.file_for", "person": able, "reason": "no_phone"}]
    with world.refused("application.already"):
        world.perform(counter.file_for, actor=clerk, person_id=able, sitting_id=sitting, **WHY)
    with world.refused("application.unknown"):
        world.perform(counter.withdraw_for, actor=clerk, person_id=other, application_id=done.application_id, **WHY)
    world.perform(counter.withdraw_for, actor=clerk, person_id=able, application_id=done.application_id, **WHY)
    assert stage.state(done.application_id) == "withdrawn"
    assert {"application.told_filed_at_counter", "application.told_withdrawn_at_counter"} <= told(world, able)
    stage.days(6)
    with world.refused("application.not_open"):
        world.perform(counter.file_for, actor=clerk, person_id=other, sitting_id=sitting, **WHY)
    world.holds()


def test_from_the_conditions_to_the_ticket_on_paper_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.file()
    sitting, later = stage.open(), stage.open(held_on=world.today + timedelta(days=40))
    able, unable = stage.graduate(), stage.person()
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{able}"
    here = f"{desk}/exams/{sitting}"
    assert "现在还不能申报" in text_of(clerk.get(f"/gov/people/{unable}/exams/{sitting}"))
    assert here in text_of(clerk.get(f"{desk}/exams"))
    assert press(clerk, here, f"{here}/apply").status_code == 409, "no reason was chosen"
    assert press(clerk, here, f"{here}/apply", reason="no_phone").headers["Location"] == f"{desk}/exams"
    [mine] = world.ask(exams.my_exams, able)
    assert mine.sitting.id == sitting

    def call(path: str, status: int, **body: str) -> Any:
        headers = {"Idempotency-Key": path[-90:], **by_token(world, "counter")}
        answer = world.client().post(f"/api/v1/people/{path}", json={"reason": "cannot", **body}, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    again = call(f"{able}/applications", 201, sitting_id=later)
    assert call(f"{able}/applications", 201, sitting_id=later) == again, "a retry applies no second time"
    call(f"{unable}/applications/{again['application_id']}/withdraw", 404)
    call(f"{able}/applications/{again['application_id']}/withdraw", 200)

    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    listed = world.client().get(f"/api/v1/people/{able}/applications", headers=by_token(world, "counter")).get_json()
    [seated] = [x for x in listed if x["id"] == mine.id]
    assert (seated["state"], seated["seat"]) == ("seated", 1)
    for page in (f"{desk}/applications/{mine.id}", f"{desk}/receipt"):
        paper = text_of(clerk.get(page))
        assert "准考证号" in paper
        assert seated["ticket"] in paper
    assert clerk.get(f"/gov/people/{unable}/applications/{mine.id}").status_code == 404
    somebody = visitors.come(world.actor("application.file", account="somebody", person=able))
    for path in (f"{desk}/exams", f"{desk}/applications/{mine.id}"):
        assert somebody.get(path).status_code == 403
    stage.days(20)
    stage.record(sitting)
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    for who in (stage.first, stage.second):
        stage.type(who, sitting, "theory", {mine.id: "88"})
    listed = world.client().get(f"/api/v1/people/{able}/applications", headers=by_token(world, "counter")).get_json()
    assert [x["scores"] for x in listed if x["id"] == mine.id] == [[]], "nobody is told what was typed before it is signed off"
    world.holds()


def test_a_promotion_applied_for_at_the_counter_is_decided_by_two_others(world: World) -> None:
    stage = Stage(world)
    filing = stage.file()
    winner, other, third = stage.person(placing()), stage.person(placing(rank=2)), stage.person(placing(rank=30))
    source = source_of(world, winner)
    # Whoever serves at the counter holds every right here: the refusals are of what they did themselves.
    clerk = world.actor("counter.serve", "promotion.examine", "promotion.grant", account="counter")
    with world.refused("promotion.not_open"):
        world.perform(counter.promote_for, actor=clerk, person_id=third, source=source_of(world, third), **WHY)
    with world.refused("promotion.placing_unknown"):
        world.perform(counter.promote_for, actor=clerk, person_id=other, source=source, **WHY)
    with world.refused("person.unknown"):
        world.perform(counter.promote_for, actor=clerk, person_id="nobody", source=source, **WHY)
    done = world.perform(counter.promote_for, actor=clerk, person_id=winner, source=source, **WHY)
    with world.refused("promotion.already"):
        world.perform(promotions.apply, actor=stage.candidate(winner), source=source)
    assert notes_of(world, "promotion.apply_for")[0] == {"event": "promotion.apply_for", "person": winner, "reason": "no_phone"}
    assert "promotion.told_applied_at_counter" in told(world, winner)

    with world.refused("promotion.own_hand"):
        world.perform(promotions.examine, actor=clerk, promotion_id=done.promotion_id, filing_id=filing)
    with world.refused("promotion.own_hand"):
        world.perform(promotions.refuse, actor=clerk, promotion_id=done.promotion_id, reason="不予晋升")
    world.perform(promotions.examine, actor=stage.clerk, promotion_id=done.promotion_id, filing_id=filing)
    with world.refused("promotion.own_hand"):
        world.perform(promotions.grant, actor=clerk, promotion_id=done.promotion_id)
    world.perform(promotions.grant, actor=stage.inspector, promotion_id=done.promotion_id)
    world.holds()


def test_promotions_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    winner, other = stage.person(placing()), stage.person(placing(rank=2))
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{winner}/promotions"
    source = source_of(world, winner)
    assert press(clerk, desk, desk, source=source).status_code == 409, "no reason was chosen"
    assert press(clerk, desk, desk, reason="no_phone").status_code == 409, "no placing"
    assert press(clerk, desk, desk, source=source, reason="no_phone").headers["Location"] == desk
    assert source not in text_of(clerk.get(desk)), "a placing opens one promotion"
    assert "渝星软件技能大赛" in text_of(clerk.get(f"/gov/people/{winner}/receipt"))
    headers = {"Idempotency-Key": "promotion-of-other", **by_token(world, "counter")}
    body = {"reason": "cannot", "source": source_of(world, other)}
    for _ in range(2):
        answer = world.client().post(f"/api/v1/people/{other}/promotions", json=body, headers=headers)
        assert answer.status_code == 201
    listed = world.client().get(f"/api/v1/people/{other}/promotions", headers=by_token(world, "counter")).get_json()
    assert [x["state"] for x in listed] == ["applied"]
    assert [p.state for p in world.ask(promotion_queries.of_person, winner)] == ["applied"]
    assert visitors.come(world.actor("promotion.apply", account="somebody", person=winner)).get(desk).status_code == 403
    world.holds()
