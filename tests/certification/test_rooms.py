"""Rooms, hours and papers of an exam; seats and tickets; the plan of a room as picture, list and print."""

from __future__ import annotations

import subprocess

import pytest
from sqlalchemy import update

from skills.accounts.rules import Role
from skills.certification import paper
from skills.certification.actions import plans
from skills.certification.models import ExamSeat
from skills.certification.queries import exams, rooms
from skills.certification.rules.exams import Section
from skills.certification.rules.rooms import Hour, PlannedRoom, read_rooms, standard_rooms
from skills.certification.rules.seating import Room
from skills.kernel.errors import Refusal
from tests.certification.stage import Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
TWO = (PlannedRoom("一楼", 1, 2), PlannedRoom("二楼", 2, 2, step_free=False))


def seated(stage: Stage, count: int, **changes: object) -> tuple[str, list[str], plans.Seated]:
    """An exam with so many candidates, their applications, and what seating them answered."""
    stage.file()
    sitting = stage.open(**{"capacity": count, "invigilators": tuple(f"监考{n}" for n in range(8)), **changes})
    made = [stage.apply(sitting, stage.graduate()) for _ in range(count)]
    stage.days(6)
    stage.world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    return sitting, made, stage.world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)


@pytest.mark.row(23)
def test_a_plan_names_its_rooms_and_hours_and_says_which_are_wanting(world: World) -> None:
    stage = Stage(world)
    stage.file()
    order = stage.order(rooms=(PlannedRoom("一楼", 5, 5),), hours=(Hour(Section.THEORY, "09:00", 89),))
    made = world.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=order)
    with pytest.raises(Refusal) as refusal:
        world.perform(plans.file, actor=stage.admin, sitting_id=made.sitting_id)
    said = {f.code: f.facts for f in refusal.value.findings if not f.met}
    assert said == {"plan.rooms": {"places": 25, "capacity": 30}, "plan.hours": {"short": ["理论知识 90", "操作技能 60"]}}
    world.perform(plans.change, actor=stage.admin, sitting_id=made.sitting_id, order=stage.order(rooms=(*TWO, PlannedRoom("三楼", 6, 5))))
    with world.db() as db:
        assert [r.planned.name for r in rooms.rooms_of(db, made.sitting_id)] == ["一楼", "二楼", "三楼"]
    with pytest.raises(Refusal) as refusal:  # three rooms want six invigilators
        world.perform(plans.file, actor=stage.admin, sitting_id=made.sitting_id)
    assert [(f.code, f.facts["needed"]) for f in refusal.value.findings if not f.met] == [("plan.invigilators", 6)]
    world.holds()


@pytest.mark.row(27)
def test_everybody_has_a_place_no_neighbour_the_same_paper_and_a_bent_seat_is_found(world: World) -> None:
    stage = Stage(world)
    sitting, made, done = seated(stage, 5, rooms=TWO)
    assert (done.count, done.close) == (5, 0)
    with world.db() as db:
        plan = rooms.room_plans(db, sitting)
        held = {one.application_id: (p.room.position, one.row, one.column, one.paper) for p in plan for one in p.people}
        assert sorted(held) == sorted(made)
        assert sorted(one.seat for p in plan for one in p.people) == [1, 2, 3, 4, 5]
        assert [len(p.people) for p in plan] == [2, 3]
        assert [[one.paper if one else "" for one in row] for row in plan[1].grid] in ([["A", "B"], ["B", ""]], [["B", "A"], ["A", ""]])
    world.holds()
    with world.db() as db:
        db.execute(update(ExamSeat).where(ExamSeat.application_id == made[0]).values(row_no=9))
        db.commit()
    assert "certification.seats" in world.violations()


@pytest.mark.row(27)
def test_with_one_paper_and_too_few_seats_it_is_said_how_many_sit_side_by_side(world: World) -> None:
    _, _, done = seated(Stage(world), 4, rooms=(PlannedRoom("一楼", 2, 2),), papers=1)
    assert (done.count, done.close) == (4, 4)


@pytest.mark.row(27)
def test_a_plan_from_before_rooms_is_seated_in_standard_ones(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open(capacity=2)
    stage.apply(sitting, stage.graduate())
    with world.db() as db:
        for room in rooms.rooms_of(db, sitting):
            db.delete(db.get_one(plans.SittingRoom, room.id))
        db.commit()
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    assert world.perform(plans.seat, actor=stage.admin, sitting_id=sitting).count == 1
    with world.db() as db:
        assert [r.planned for r in rooms.rooms_of(db, sitting)] == list(standard_rooms(2))
    assert set(world.violations()) == {"audit.rows_on_record"}  # the room that was taken away by hand


@pytest.mark.parametrize(
    ("text", "code"),
    [("考场", "plan.room_line"), ("甲 6×", "plan.room_line"), ("甲 0×5", "plan.room_size"), ("甲 6×31", "plan.room_size"),
     ("甲 6×5\n甲 2×2", "plan.room_twice"), ("\n".join(f"{n}号 1×1" for n in range(61)), "plan.rooms_many")],
)  # fmt: skip
def test_a_room_that_cannot_be_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_rooms(text)
    assert refusal.value.code == code


def test_rooms_are_read_as_people_write_them_and_written_as_they_are_read() -> None:
    made = read_rooms("第1考场 6×5\n\n 报告厅, 10 x 12 有台阶\nＢ栋２０１　３＊４\n")
    assert made == (PlannedRoom("第1考场", 6, 5), PlannedRoom("报告厅", 10, 12, step_free=False), PlannedRoom("B栋201", 3, 4))
    assert read_rooms("\n".join(room.line for room in made)) == made
    assert made[1].grid == Room(10, 12, step_free=False)


@pytest.mark.row(28)
def test_the_room_is_shown_and_its_tickets_are_printed_and_a_scan_gives_the_seat(visitors: Visitors) -> None:
    stage, world = Stage(visitors.world), visitors.world
    sitting, _made, _ = seated(stage, 3, rooms=TWO)
    clerk = visitors.come(acting(Role.BODY_CLERK, "b-clerk", organisation=stage.body))
    page = text_of(clerk.get(f"/ent/plans/{sitting}/rooms"))
    assert "一楼" in page
    assert "有台阶" in page
    printed = clerk.get(f"/ent/plans/{sitting}/rooms/1/tickets.pdf")
    assert printed.mimetype == "application/pdf"
    words = _words(printed.data)
    with world.db() as db:
        one = rooms.room_plans(db, sitting)[0].people[0]
    assert one.name in words
    assert one.ticket in words
    assert "09:00–10:30" in words
    assert clerk.get(f"/ent/plans/{sitting}/rooms/9/tickets.pdf").status_code == 404
    stranger = visitors.come(acting(Role.BODY_CLERK, "x-clerk", organisation=stage.organisation("social_body")))
    assert stranger.get(f"/ent/plans/{sitting}/rooms").status_code == 404
    assert stranger.get(f"/ent/plans/{sitting}/rooms/1/tickets.pdf").status_code == 404

    scanned = world.client().get(f"/tickets/{one.ticket}")
    shown = text_of(scanned)
    assert f"座位 {one.seat}" in shown
    assert one.name not in shown
    assert scanned.headers["X-Robots-Tag"].startswith("noindex")
    assert world.client().get("/tickets/XXXXXXXXXXXX").status_code == 404


@pytest.mark.row(28)
def test_rare_characters_are_on_the_ticket(world: World) -> None:
    stage = Stage(world)
    sitting, _, _ = seated(stage, 1)
    with world.db() as db:
        line = exams.sitting(db, sitting)
    one = paper.Ticket("㛃䶮", "居民身份证 5001****1234", "TICKET000001", 1, "第1考场", 1, 1, (Section.THEORY,))
    assert "㛃䶮" in _words(paper.tickets(line, [one], "https://example.org", "example.org"))


def _words(data: bytes) -> str:
    """The text of a PDF, read by another program."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode()


def test_press_of_the_button_says_what_it_did(visitors: Visitors) -> None:
    stage, world = Stage(visitors.world), visitors.world
    stage.file()
    sitting = stage.open(capacity=2, rooms=(PlannedRoom("一楼", 1, 2),), papers=1)
    for _ in range(2):
        stage.apply(sitting, stage.graduate())
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    admin = visitors.come(acting(Role.BODY_ADMIN, "b-admin", organisation=stage.body))
    page = f"/ent/plans/{sitting}"
    assert "最多 1 人" in text_of(admin.get(page))
    assert press(admin, page, f"{page}/seat").status_code == 303
    shown = text_of(admin.get(f"{page}/rooms"))
    assert "已编排 2 个座位" in shown
    assert "有 1 对邻座试卷相同" in shown
