"""窗口代办: whoever has no phone enters a competition at the counter; who entered them neither marks the event nor ratifies it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from skills.accounts.rules import Role
from skills.competitions import queries
from skills.competitions.actions import counter, entries, marking, planning, results
from skills.competitions.models import Entry
from skills.people.rules.counter import CounterReason
from tests.certification.test_at_the_counter import told
from tests.competitions.stage import Contest, planned
from tests.courses.test_at_the_counter import by_token, notes_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, someone
from tests.world import World

__all__ = ["visitors"]
WHY: dict[str, Any] = {"reason": CounterReason.NO_PHONE}


def opened(world: World) -> Contest:
    held = planned(world)
    held.do(planning.approve, held.checker)
    held.do(planning.open_entries)
    return held


def test_the_counter_enters_by_the_persons_own_rules_and_then_keeps_away_from_the_marks(world: World) -> None:
    held = opened(world)
    who, young, self_made = someone(world), someone(world, 3, "小星", date(2015, 1, 1)), someone(world, 5, "自报")
    clerk = world.actor("counter.serve", account="counter")
    enter: dict[str, Any] = {"event_id": held.event_id, "delegation": "软件园", **WHY}
    with world.refused("competition_entry.not_possible"):
        world.perform(counter.enter_for, actor=clerk, person_id=young.id, **enter)
    with world.refused("person.unknown"):
        world.perform(counter.enter_for, actor=clerk, person_id="nobody", **enter)
    made = world.perform(counter.enter_for, actor=clerk, person_id=who.id, **enter)
    with world.refused("competition_entry.not_possible"):
        world.perform(counter.enter_for, actor=clerk, person_id=who.id, **enter)
    with world.refused("competition_entry.unknown"):
        world.perform(counter.withdraw_for, actor=clerk, person_id=young.id, entry_id=made.entry_id, **WHY)
    world.perform(counter.withdraw_for, actor=clerk, person_id=who.id, entry_id=made.entry_id, **WHY)
    world.perform(counter.enter_for, actor=clerk, person_id=who.id, **enter)
    world.perform(entries.enter, actor=acting(Role.PERSON, "judge-1", person=self_made.id), event_id=held.event_id)
    assert notes_of(world, "entry.enter_for")[0] == {"event": "entry.enter_for", "person": who.id, "reason": "no_phone"}
    assert {"competition_entry.told_entered_at_counter", "competition_entry.told_withdrawn_at_counter"} <= told(world, who.id)
    with world.db() as db:
        hands = set(db.execute(select(Entry.person_id, Entry.entered_by)))
    assert hands == {(who.id, "counter"), (self_made.id, "judge-1")}

    held.do(planning.start)
    with world.refused("competition_entry.too_late"):
        again = next(e.id for e in world.ask(queries.entries_of, who.id) if e.state == "entered")
        world.perform(counter.withdraw_for, actor=clerk, person_id=who.id, entry_id=again, **WHY)
    marks = {held.bench_of(self_made): "80"}
    with world.refused("mark.own_hand"):
        held.mark(acting(Role.JUDGE, "counter"), "practical", marks)
    marks = {int(e.bench): "80" for p in (who, self_made) for e in world.ask(queries.entries_of, p.id) if e.bench}
    for judge in (acting(Role.JUDGE, "judge-2"), acting(Role.JUDGE, "judge-3")):
        held.mark(judge, "practical", marks)
        held.mark(judge, "theory", marks)
    held.do(marking.close_marking)
    with world.refused("competition.own_hand"):
        held.do(results.ratify, acting(Role.GOV_CHECKER, "counter"))
    held.do(results.ratify, held.checker)
    held.do(results.publish)
    world.run_jobs()
    world.holds()


def test_entries_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    held = opened(world)
    who = someone(world)
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{who.id}/competitions"
    here = f"{desk}/enter/{held.event_id}"
    assert press(clerk, desk, here, delegation="").status_code == 409, "no reason was chosen"
    assert press(clerk, desk, here, delegation="软件园", reason="no_phone").headers["Location"] == desk
    [mine] = world.ask(queries.entries_of, who.id)
    assert here not in text_of(clerk.get(desk)), "nobody is entered twice"
    assert "程序设计" in text_of(clerk.get(f"/gov/people/{who.id}/receipt"))
    assert press(clerk, desk, f"{desk}/{mine.id}/withdraw", reason="cannot").status_code == 303

    def call(path: str, status: int, **body: str) -> Any:
        headers = {"Idempotency-Key": f"key-{path[-80:]}", **by_token(world, "counter")}
        answer = world.client().post(f"/api/v1/people/{who.id}/{path}", json={"reason": "cannot", **body}, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    again = call("competitions", 201, event_id=held.event_id)
    assert call("competitions", 201, event_id=held.event_id) == again, "a retry enters no second time"
    listed = world.client().get(f"/api/v1/people/{who.id}/competitions", headers=by_token(world, "counter")).get_json()
    assert [x["state"] for x in listed if x["id"] == again["entry_id"]] == ["entered"]
    call(f"competitions/{again['entry_id']}/withdraw", 200)
    assert visitors.come(acting(Role.PERSON, "somebody", person=who.id)).get(desk).status_code == 403
    world.holds()
