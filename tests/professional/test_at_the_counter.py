"""窗口代办: whoever has no phone promises facts at the counter; the clerk's hand never says afterwards that they were checked."""

from __future__ import annotations

from datetime import date
from typing import Any

from skills.accounts.rules import Role
from skills.people.rules.counter import CounterReason
from skills.professional.actions import counter
from skills.records import actions as records
from skills.records import queries
from skills.records.rules import Education
from tests.certification.test_at_the_counter import told
from tests.courses.test_at_the_counter import by_token, notes_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, someone
from tests.records.test_actions import JOB
from tests.world import World

__all__ = ["visitors"]
WHY: dict[str, Any] = {"reason": CounterReason.NO_PHONE}
WORK: dict[str, Any] = {"occupation_code": JOB, "employer": "满天星公司", "since": date(2020, 1, 1), "until": None}


def test_a_promise_at_the_counter_is_the_persons_and_another_clerk_checks_it(world: World) -> None:
    who, other = someone(world), someone(world, 3)
    # Whoever serves here may compare as well: the refusals are of what the own hand wrote.
    clerk = world.actor("counter.serve", "fact.compare", account="counter")
    colleague = acting(Role.GOV_CLERK, "colleague")
    with world.refused("fact.dates"):
        world.perform(counter.promise_work_for, actor=clerk, person_id=who.id, **{**WORK, "since": date(2090, 1, 1)}, **WHY)
    with world.refused("occupation.unknown"):
        world.perform(counter.promise_work_for, actor=clerk, person_id=who.id, **{**WORK, "occupation_code": "0"}, **WHY)
    with world.refused("fact.unreadable"):
        world.perform(
            counter.promise_education_for, actor=clerk, person_id=who.id, education_kind="none", school="s", major="m", occupation_code="",
            graduated_on=date(2020, 7, 1), **WHY,
        )  # fmt: skip
    with world.refused("achievement.incomplete"):
        world.perform(
            counter.promise_achievement_for, actor=clerk, person_id=who.id, kind="copyright", name="星图", number=" ", role="",
            on=date(2020, 7, 1), **WHY,
        )  # fmt: skip
    with world.refused("person.unknown"):
        world.perform(counter.promise_work_for, actor=clerk, person_id="nobody", **WORK, **WHY)

    made = world.perform(counter.promise_work_for, actor=clerk, person_id=who.id, **WORK, **WHY)
    assert [(w.employer, w.strength) for w in world.ask(queries.facts, who.id, who.birth).works] == [("满天星公司", "promised")]
    assert notes_of(world, "fact.promise_work_for")[0] == {"event": "fact.promise_work_for", "person": who.id, "reason": "no_phone"}
    with world.refused("fact.own_hand"):
        world.perform(records.compare, actor=clerk, entry_id=made.entry_id, strength="seen")
    seen = world.perform(records.compare, actor=colleague, entry_id=made.entry_id, strength="seen")
    with world.refused("fact.own_hand"):  # a colleague between does not make it another's
        world.perform(records.compare, actor=clerk, entry_id=seen.entry_id, strength="compared")
    with world.refused("fact.not_yours"):
        world.perform(counter.take_back_for, actor=clerk, person_id=who.id, entry_id=seen.entry_id, **WHY)

    title = world.perform(
        counter.promise_title_for, actor=clerk, person_id=who.id, grade="junior", name="助理工程师", occupation_code=JOB,
        awarded_on=date(2022, 5, 1), **WHY,
    )  # fmt: skip
    with world.refused("record_entry.unknown"):
        world.perform(counter.take_back_for, actor=clerk, person_id=other.id, entry_id=title.entry_id, **WHY)
    world.perform(counter.take_back_for, actor=clerk, person_id=who.id, entry_id=title.entry_id, **WHY)
    assert world.ask(queries.facts, who.id, who.birth).titles == ()
    assert {"fact.told_promised_at_counter", "fact.told_taken_back_at_counter"} <= told(world, who.id)
    world.holds()


def test_promises_by_pages_and_by_programs_and_the_paper_to_sign(visitors: Visitors) -> None:
    world = visitors.world
    who, today = someone(world), world.today
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{who.id}/facts"
    work = {"occupation_code": JOB, "employer": "满天星公司", "since": "2020-01-01", "until": ""}
    assert press(clerk, desk, f"{desk}/work", **work).status_code == 409, "no reason was chosen"
    assert press(clerk, desk, f"{desk}/work", **{**work, "since": ""}, reason="no_phone").status_code == 409, "no beginning"
    assert press(clerk, desk, f"{desk}/work", **work, reason="no_phone").headers["Location"] == desk
    paper = text_of(clerk.get(f"/gov/people/{who.id}/receipt"))
    assert "满天星公司" in paper
    assert "本人签字" in paper

    def call(path: str, status: int, **body: str) -> Any:
        headers = {"Idempotency-Key": f"{path[-80:]}:{status}", **by_token(world, "counter")}
        answer = world.client().post(f"/api/v1/people/{who.id}/facts/{path}", json={"reason": "cannot", **body}, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    school = {"education_kind": "college", "school": "渝北职业学院", "major": "软件技术", "graduated_on": f"{today.year + 1}-06-30"}
    call("education", 201, **school)
    [promised] = [x.fact for x in world.ask(queries.passport, who.id) if isinstance(x.fact, Education)]
    assert (promised.graduated_on, promised.expected_on) == (None, date(today.year + 1, 6, 30)), "a day to come is the expected one"
    copyright = {"kind": "copyright", "name": "星图", "number": "2025SR0000001", "on": "2025-03-01"}
    made = call("achievement", 201, **copyright)
    call("title", 422, grade="junior", name="", occupation_code=JOB, awarded_on="2022-05-01")
    listed = world.client().get(f"/api/v1/people/{who.id}/facts", headers=by_token(world, "counter")).get_json()
    assert {x["kind"] for x in listed} == {"work", "education", "achievement"}
    assert press(clerk, desk, f"{desk}/{made['entry_id']}/take-back", reason="no_phone").status_code == 303
    assert "星图" not in text_of(clerk.get(desk))
    assert visitors.come(acting(Role.PERSON, "somebody", person=who.id)).get(desk).status_code == 403
    world.holds()
