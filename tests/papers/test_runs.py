"""A paper on a screen: every answer is saved as it is given, goes on at any machine, and the server's clock ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from skills.certification.actions import day, online, plans
from skills.certification.actions.day import Noted
from skills.certification.models import Application, Presence
from skills.certification.queries.online import form_for
from skills.kernel.db import writing
from skills.papers.actions import runs
from skills.papers.models import PaperAnswer, PaperRun
from skills.papers.rules.runs import Facts, ends, may_answer
from skills.papers.states import RunState
from tests.certification.stage_online import RIGHT, WRONG, Online
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(30)
STEPS = st.lists(st.tuples(st.sampled_from(["answer", "again", "killed", "kept"]), st.integers(1, 6), st.booleans()), min_size=1, max_size=12)


def test_killed_after_any_answer_goes_on_elsewhere_with_all_answers(world: World) -> None:
    s = grown(world, Online, 12)
    taken = iter(range(12))

    @settings(max_examples=12, deadline=None, database=None)
    @given(STEPS)
    def goes_on(steps: list[tuple[str, int, bool]]) -> None:
        n = next(taken, None)
        if n is None:
            return
        run, machine, expected = s.enter(n, "m0"), 0, {}
        kinds = s.kinds(run, n, "m0")
        for turn, (what, place, right) in enumerate(steps):
            value = (RIGHT if right else WRONG)[kinds[place]]
            order: dict[str, Any] = {"run_id": run, "place": place, "value": value, "device": f"m{machine}", "flagged": right}
            if what == "killed":  # the machine dies; what it still had under way comes too late and is refused
                machine += 1
                code = s.perform(online.give_code, s.guard, application_id=s.made[n]).code
                assert s.enter(n, f"m{machine}", code) == run
                with world.refused("paper_run.elsewhere"):
                    s.world.perform(runs.answer, actor=s.sitter(n), **order)
            else:  # saved; once more under its key where the answer was lost on the way
                for _ in range(2 if what == "again" else 1):
                    world.perform(runs.answer, actor=s.sitter(n), key=f"key-{n}-{turn}", **order)
                expected[place] = (value, right)
            page = s.page(run, n, f"m{machine}")
            assert {q.place: (q.value, q.flagged) for q in page.questions if q.turn} == expected
        with world.db() as db:
            assert db.get_one(PaperRun, run).turns == sum(what != "killed" for what, _, _ in steps)

    goes_on()
    world.holds()


def test_the_servers_clock_ends_it(world: World) -> None:
    s = grown(world, Online)
    run, started = s.enter(), world.clock.now()
    s.minutes(89)
    assert s.answer(run, 1, "").left == 60
    s.perform(online.pause, s.guard, sitting_id=s.sitting, application_ids=(), minutes=5, reason="停电")
    s.minutes(5.5)
    assert s.answer(run, 2, "").left == 30
    s.minutes(1)  # thirty seconds too late
    with world.refused("paper_run.time_over"):
        s.answer(run, 3, "")
    with world.refused("paper_run.time_over"):
        s.answer(run, 3, "", said_at=world.clock.now())
    s.answer(run, 3, "", said_at=world.clock.now() - timedelta(seconds=31))  # waited for the network
    world.perform(runs.end)
    assert s.page(run).state == RunState.OPEN, "what waits for the network has a minute"
    s.minutes(0.5)
    with world.refused("paper_run.time_over"):
        s.answer(run, 4, "", said_at=started + timedelta(minutes=94))
    world.perform(runs.end)
    assert s.page(run).state == RunState.TIME_UP
    for work in (runs.answer, runs.hand_in):
        order = {"place": 1, "value": ""} if work is runs.answer else {}
        with world.refused("paper_run.over"):
            s.perform(work, s.sitter(), run_id=run, device="one", **order)
    world.holds()


def test_who_may_begin_and_when(world: World) -> None:
    s = grown(world, Online)
    with world.refused("online.code"):
        s.enter(code="000000")
    other = s.sitter(1)
    with world.refused("application.unknown"):
        s.perform(online.enter, other, application_id=s.made[0], code=s.code, device="one")
    s.minutes(-1)
    with world.refused("online.too_early"):
        s.enter()
    s.minutes(30)
    run = s.enter()
    assert s.enter(code="whatever is typed on the same device") == run
    with world.refused("paper_run.code"):
        s.enter(device="two")
    with world.refused("paper_run.unknown"):
        s.perform(runs.answer, other, run_id=run, place=1, value="", device="one")
    with world.refused("paper_answer.unreadable"):
        s.answer(run, 1, "天地")
    with world.refused("online.begun"):
        s.perform(online.bind, s.chief, sitting_id=s.sitting, forms=())
    s.record(s.sitting)
    with world.refused("online.still_sitting"):
        s.perform(plans.hold, s.admin, sitting_id=s.sitting)
    s.minutes(1)
    with world.refused("online.too_late"):
        s.enter(1)
    assert s.perform(runs.hand_in, s.sitter(), run_id=run, device="one").state == RunState.HANDED_IN
    with world.refused("paper_run.over"):
        s.enter(device="two")
    world.holds()


def test_who_was_turned_away_at_the_door_does_not_begin(lite: World) -> None:
    s = grown(lite, Online)
    one, _ = s.watch
    with lite.db() as db:
        ticket = db.get_one(Application, s.made[0]).ticket or ""
    lite.perform(day.note, actor=one, sitting_id=s.sitting, lines=(Noted(ticket, "theory", "wrong_document"),))
    with lite.refused("presence.turned_away"):
        s.enter()
    lite.perform(day.note, actor=one, sitting_id=s.sitting, lines=(Noted(ticket, "theory", "present"),))
    assert s.enter()
    lite.holds()


def test_who_began_is_there_and_cannot_be_noted_away(world: World) -> None:
    s = grown(world, Online)
    one, two = s.watch
    with world.db() as db:
        tickets = [db.get_one(Application, made).ticket or "" for made in s.made]
    world.perform(day.note, actor=one, sitting_id=s.sitting, lines=(Noted(tickets[0], "theory", "away"),))
    run = s.enter()
    with world.refused("presence.sits"):
        world.perform(day.note, actor=one, sitting_id=s.sitting, lines=(Noted(tickets[0], "theory", "wrong_document"),))
    written = world.perform(day.write, actor=one, sitting_id=s.sitting, position=1, remarks="")
    assert written.present == 1
    with world.refused("presence.recorded"):
        s.enter(1)
    world.perform(day.countersign, actor=two, record_id=written.record_id)
    s.perform(runs.hand_in, s.sitter(), run_id=run, device="one")
    s.perform(plans.hold, s.admin, sitting_id=s.sitting)
    assert [s.state(made) for made in s.made] == ["examined", "absent"]
    world.run_jobs()
    world.holds()
    with writing(world.engine) as db:
        mine = (Presence.section == "theory", Presence.application_id == s.made[0], Presence.found == "present")
        db.execute(update(Presence).where(*mine).values(found="late"))
    assert any(s.made[0] in line for line in world.violations()["certification.screen_presence"])


def test_what_cannot_lie_on_the_screens_is_named(world: World) -> None:
    s = grown(world, Online)
    with world.refused("online.cannot_bind") as held:
        s.perform(online.bind, s.chief, sitting_id=s.sitting, forms=(s.forms[0],))
    assert [f.code for f in held[0].findings if not f.met] == ["online.each_letter"]
    with world.refused("online.cannot_bind") as held:
        s.perform(online.bind, s.chief, sitting_id=s.sitting, forms=(s.forms[0], s.forms[0]))
    assert [f.code for f in held[0].findings if not f.met] == ["online.different"]


def test_extra_time_is_per_cent_of_the_minutes() -> None:
    from tests.world import NOON

    assert ends(NOON, 90, 0, 0) - NOON == timedelta(minutes=90)
    assert ends(NOON, 90, 25, 60) - NOON == timedelta(minutes=113, seconds=30)
    run = Facts("open", "one", NOON, ends(NOON, 90, 0, 0))
    assert may_answer(run, "one", run.ends_at - timedelta(seconds=1), None, 0)
    assert not may_answer(run, "one", run.ends_at, run.ends_at - timedelta(seconds=1), 0), "no grace by policy"


@pytest.mark.parametrize(("change", "said"), [
    (lambda r: update(PaperRun).where(PaperRun.id == r).values(ends_at=PaperRun.begun_at), "its clock"),
    (lambda r: update(PaperRun).where(PaperRun.id == r).values(turns=7), "answers are numbered"),
])  # fmt: skip
def test_what_is_changed_of_a_run_is_noticed(lite: World, change: Any, said: str) -> None:
    s = grown(lite, Online)
    run = s.enter()
    s.answer(run, 1, "")
    for refused in (update(PaperAnswer).values(value="A"), delete(PaperAnswer)):
        with pytest.raises(DBAPIError), writing(lite.engine) as db:
            db.execute(refused)
    with writing(lite.engine) as db:
        db.execute(change(run))
    assert any(said in line for line in lite.violations()["papers.runs"])


def test_a_paper_is_sat_by_hand_on_pages_and_by_programs(visitors: Visitors) -> None:
    s = Online(visitors.world)
    me, guard, chief = (visitors.come(a) for a in (
        s.sitter(), s.guard, s.world.actor("paper.draw", "item.see", "item.review", "plan.see", account="chief", organisation=s.body),
    ))  # fmt: skip
    door = f"/me/applications/{s.made[0]}/paper"
    at = press(me, door, door, code=s.code.lower()).location
    page = text_of(me.get(at))
    assert "90:00" in page
    assert press(me, at, f"{at}/answers", place="1", value="").status_code == 303
    told = me.get(f"/api/v1{at}").json
    assert told["left"] == 5400
    hall = f"/ent/plans/{s.sitting}/online"
    assert s.code in text_of(guard.get(hall))
    assert "作答中" in text_of(guard.get(hall))
    assert press(me, f"{at}/hand-in", f"{at}/hand-in").status_code == 303
    assert "答卷已收" in text_of(me.get(at))
    s.record(s.sitting)
    s.perform(plans.hold, s.admin, sitting_id=s.sitting)
    s.world.run_jobs()
    assert "机器独立重算" in text_of(chief.get(hall))
    form = s.world.ask(form_for, s.made[0])
    assert "试题分析" in text_of(chief.get(f"/ent/papers/{form}/results"))
    assert "逐题" in text_of(chief.get(f"/ent/sheets/{told['id']}"))
