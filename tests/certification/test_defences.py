"""The comprehensive review of 技师 and above: a sealed file, a time and room, and a panel that marks nobody without them."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import delete, select

from skills.accounts.rules import Role
from skills.certification.actions import defences, panels, plans
from skills.certification.actions.scores import Typed
from skills.certification.models import DefenceSlot, ReviewFile
from skills.certification.queries import defences as queries
from skills.certification.rules.defences import turns
from skills.kernel.box import Box
from skills.kernel.clock import end_of, start_of
from skills.kernel.errors import Missing, Refusal
from skills.records.papers import put_in
from skills.records.rules import LevelHeld, Work
from skills.standards.rules import Level
from tests.certification.stage import JOB, STAFF, Stage
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(32)
PDF = b"%PDF-1.4 summary of ten years\n%%EOF\n"


def technician(stage: Stage) -> str:
    """Somebody who may apply for 技师: 三级 for long enough."""
    held = LevelHeld(JOB, Level.L3, stage.world.today - timedelta(days=2500), "", "渝江评价中心")
    return stage.person(held, Work(JOB, False, stage.world.today - timedelta(days=4000), None, "巴山软件"))


def seated(world: World, count: int = 2) -> tuple[Stage, str, list[str], list[str]]:
    stage = Stage(world)
    stage.file(Level.L2)
    sitting = stage.open(level=int(Level.L2))
    people = [technician(stage) for _ in range(count)]
    applications = [stage.apply(sitting, who) for who in people]
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    return stage, sitting, people, applications


SHELF = (queries.FOLDER, queries.REVIEW_FILE, 3)


def hand_in(stage: Stage, person: str, application: str, *data: bytes) -> Any:
    world = stage.world
    papers = put_in(world.tool(Box), world.settings.files_dir, f"k{application}{len(data)}", data or (PDF,), 5_000_000, person, *SHELF)
    return world.perform(defences.hand_in, actor=stage.candidate(person), application_id=application, papers=papers)


def test_turns_follow_one_another_until_midnight() -> None:
    day = date(2026, 3, 1)
    begins = start_of(day) + timedelta(hours=22)
    assert turns(begins, 60, 2, end_of(day)) == (begins, begins + timedelta(hours=1))
    assert turns(begins, 60, 3, end_of(day)) is None


def test_without_file_or_time_nobody_is_marked_and_with_them_the_defence_is_passed(world: World) -> None:
    stage, sitting, people, applications = seated(world)
    with pytest.raises(Refusal, match=r"evidence\.kind"):
        hand_in(stage, people[0], applications[0], b"no paper")
    with pytest.raises(Missing):
        hand_in(stage, people[1], applications[0])
    assert hand_in(stage, people[0], applications[0]).files == 1
    raw = [f.read_bytes() for f in (world.settings.files_dir / "reviews").iterdir()]
    assert raw
    assert not any(b"ten years" in data for data in raw)  # sealed
    order = {"sitting_id": sitting, "position": 1, "begins": "14:00"}
    with world.refused("defence.short"):
        world.perform(defences.set_times, actor=stage.admin, minutes=5, **order)
    with world.refused("defence.day_full"):
        world.perform(defences.set_times, actor=stage.admin, minutes=400, **order)
    world.perform(defences.set_times, actor=stage.admin, minutes=30, **order)
    world.perform(defences.set_times, actor=stage.admin, minutes=40, **order)  # all anew
    lines = world.ask(queries.defences, sitting)
    slots = [line.slot for line in lines]
    assert [slot.minutes for slot in slots if slot] == [40, 40]
    first, second = (slot.begins_at for slot in slots if slot)
    assert second - first == timedelta(minutes=40)
    stage.days(20)
    stage.record(sitting)
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    with world.refused("review_file.too_late"):
        hand_in(stage, people[1], applications[1])
    with world.refused("defence.not_ready") as no:
        stage.mark(STAFF[0], sitting, "comprehensive", dict.fromkeys(applications, "80"))
    seat = next(line.seat for line in lines if line.application_id == applications[1])
    assert [(f.code, f.facts["seat"]) for f in no[0].findings] == [("defence.file", seat)]
    for who in (stage.first, stage.second):
        for section in ("theory", "practical"):
            stage.type(who, sitting, section, dict.fromkeys(applications, "75"))
    for name in STAFF:
        stage.mark(name, sitting, "comprehensive", {applications[0]: "80", applications[1]: "缺考"})
    done = stage.sign(sitting)
    assert (done.passed, done.incomplete) == (1, 1)
    world.holds()
    with world.engine.begin() as connection:
        connection.execute(delete(DefenceSlot))
    with world.db() as db:
        (world.settings.files_dir / "reviews" / str(db.scalar(select(ReviewFile.id)))).unlink()
    broken = world.violations()
    assert len(broken["certification.defences"]) == 1
    assert len(broken["certification.review_files"]) == 1


def test_without_a_time_there_is_no_mark_either(lite: World) -> None:
    stage, sitting, people, applications = seated(lite, 1)
    hand_in(stage, people[0], applications[0])
    stage.days(20)
    stage.record(sitting)
    lite.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    with lite.refused("defence.not_ready") as no:
        stage.mark(STAFF[0], sitting, "comprehensive", {applications[0]: "80"})
    assert [f.code for f in no[0].findings] == ["defence.slot"]
    with lite.refused("defence.not_seated"):
        lite.perform(defences.set_times, actor=stage.admin, sitting_id=sitting, position=1, begins="14:00", minutes=30)
    own = stage.examiner("考评丁")
    with pytest.raises(Missing):
        lite.perform(panels.mark, actor=own, sitting_id=sitting, section="comprehensive", lines=(Typed(applications[0], "80"),))
    lite.holds()


def test_the_candidate_hands_in_and_the_panel_reads_by_their_pages(visitors: Visitors) -> None:
    world = visitors.world
    stage, sitting, people, applications = seated(world, 1)
    me = visitors.come(acting(Role.PERSON, "me", person=people[0]))
    page = f"/me/applications/{applications[0]}"
    shown = me.get(page).get_data(as_text=True)
    assert "论文或工作总结" in shown
    form = {"csrf_token": hidden(shown, "csrf_token"), "key": "one-form-with-files", "papers": [(BytesIO(PDF), "summary.pdf")]}
    assert me.post(f"{page}/review-files", data=form, content_type="multipart/form-data").status_code == 303
    with world.db() as db:
        file_id = db.scalar(select(ReviewFile.id))
    assert me.get(f"/me/review-files/{file_id}").data == PDF
    clerk = visitors.come(acting(Role.BODY_CLERK, "clerk", organisation=stage.body))
    plan = f"/ent/plans/{sitting}/defences"
    assert "未排定" in text_of(clerk.get(plan))
    assert press(clerk, plan, plan, position="1", begins="14:00", minutes="30").status_code == 303
    assert "14:00" in text_of(clerk.get(plan))
    assert "14:00" in text_of(me.get(page))
    stage.days(20)
    stage.record(sitting)
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    judge = visitors.come(acting(Role.EXAMINER, stage.serving(STAFF[0]), organisation=stage.body))
    sheet = f"/exam/panel/{sitting}/comprehensive"
    assert f"/exam/panel/{sitting}/files/{file_id}" in judge.get(sheet).get_data(as_text=True)
    assert judge.get(f"/exam/panel/{sitting}/files/{file_id}").data == PDF
    stranger = visitors.come(acting(Role.EXAMINER, stage.serving("考评丁"), organisation=stage.body))
    assert stranger.get(f"/exam/panel/{sitting}/files/{file_id}").status_code == 404
    other = visitors.come(acting(Role.PERSON, "other", person=stage.graduate()))
    assert other.get(f"/me/review-files/{file_id}").status_code == 404
    world.holds()
