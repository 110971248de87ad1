"""Inspections: drawn by a seed nobody chose, heads against frozen attendance, held money that two people free."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.accounts.actions import create_staff, give_role
from skills.accounts.actions.organisations import end_role
from skills.accounts.models import Membership
from skills.accounts.queries import memberships
from skills.accounts.rules import GRANTS, Role
from skills.config import Settings
from skills.courses.actions import classes
from skills.courses.models import Attendance, CourseClass
from skills.inspections.actions import closing, draws, visits
from skills.inspections.actions.visits import ItemAnswer
from skills.inspections.models import Inspection, InspectionFinding, InspectionPhoto, InspectionPresence
from skills.inspections.queries import pool
from skills.inspections.queries import visits as queries
from skills.inspections.queries.pool import SHELF
from skills.inspections.rules import Way
from skills.inspections.states import Outcome
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.kernel.shots import put_in
from skills.vouchers.queries.uses import holds_of
from tests.courses.test_attendance import Room
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.inspections.pictures import jpeg, png
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(18)


class Check:
    """A class under way, two inspectors with accounts, the bureau's two people, and the institution."""

    def __init__(self, world: World, paid: bool = True, inspectors: int = 2) -> None:
        self.world = world
        self.accounts = [self.staff(f"inspector{n}") for n in range(inspectors)]
        self.room = Room(world, paid=paid)
        self.school = self.room.stage.school
        with world.db() as db:
            next_door = db.scalars(select(CourseClass.id).where(CourseClass.id != self.room.class_id)).all()
        for class_id in next_door:
            world.perform(classes.cancel, actor=self.room.stage.city, class_id=class_id, reason="未开班")
        self.clerk = acting(Role.GOV_CLERK, "clerk-gov")
        self.checker = acting(Role.GOV_CHECKER, "checker-gov")
        self.owner = acting(Role.INSTITUTION_CLERK, "school-clerk", organisation=self.school)

    def staff(self, login: str, role: Role = Role.SUPERVISOR, **more: Any) -> str:
        made = self.world.perform(create_staff, login=login, name=f"督导{login[-1]}", role=role, synthetic=True, **more)
        return str(made.id)

    def inspector(self, account: str) -> Actor:
        return acting(Role.SUPERVISOR, account)

    def plan(self, way: Way = Way.RANDOM, size: int = 1, **more: Any) -> str:
        today = self.world.today
        order = {"purpose": "双随机抽查", "way": way, "since": today, "until": today + timedelta(days=3), "size": size, **more}
        return str(self.world.perform(draws.plan, actor=self.clerk, **order).draw_id)

    def drawn(self, **more: Any) -> Inspection:
        draw_id = self.plan(**more)
        self.world.seal()
        done = self.world.perform(draws.draw_now, actor=self.clerk, draw_id=draw_id)
        return self.row(done.inspection_ids[0])

    def row(self, inspection_id: str) -> Inspection:
        with self.world.db() as db:
            return db.get_one(Inspection, inspection_id)

    def counted(self, row: Inspection, heads: int = 1, **more: Any) -> Any:
        session = self.room.at(0, 0)
        self.room.scan(session)
        self.room.at(0, 90)
        order = {"session_id": session, "held": True, "heads": heads, "same_room": True, "same_lecturer": True, **more}
        return self.world.perform(visits.count, actor=self.inspector(row.inspector), inspection_id=row.id, **order)

    def pictured(self, row: Inspection, data: bytes = b"", key: str = "k") -> Any:
        folder = self.world.tool(Settings).files_dir
        photos = put_in(self.world.tool(Box), SHELF, folder, f"{row.id}:{key}", [data or jpeg()], 8_000_000)
        return self.world.perform(visits.add_photos, actor=self.inspector(row.inspector), inspection_id=row.id, photos=photos)

    def signed(self, row: Inspection, **no: str) -> Any:
        with self.world.db() as db:
            page = queries.inspection(db, row.id, self.world.today)
        answers = tuple(ItemAnswer(i.code, no.get(i.code, "yes")) for i in page.items)
        return self.world.perform(visits.sign, actor=self.inspector(row.inspector), inspection_id=row.id, answers=answers)

    def held(self, row: Inspection) -> int:
        return len(self.world.ask(holds_of, f"inspection:{row.id}").get(f"inspection:{row.id}", ()))


def test_the_plan_stands_on_record_before_its_seed_and_the_seed_draws_class_and_inspector(world: World) -> None:
    c = Check(world)
    draw_id = c.plan()
    with world.refused("inspection_draw.not_yet"):
        world.perform(draws.draw_now, actor=c.clerk, draw_id=draw_id)
    world.seal()
    done = world.perform(draws.draw_now, actor=c.clerk, draw_id=draw_id)
    row = c.row(done.inspection_ids[0])
    assert row.class_id == c.room.class_id
    assert row.inspector in c.accounts
    with world.refused("inspection_draw.cannot_draw"):
        world.perform(draws.draw_now, actor=c.clerk, draw_id=draw_id)
    with world.refused("inspection_draw.nobody"):  # what is to be visited is not drawn again
        c.plan()
    world.holds()
    other = next(a for a in c.accounts if a != row.inspector)
    with writing(world.engine) as db:
        db.execute(update(Inspection).values(inspector=other))
    assert "not whom the seed names" in world.violations()["inspections.drawn"][0]


def test_whoever_was_employed_there_is_not_drawn_and_without_anybody_nothing_is(world: World) -> None:
    c = Check(world)
    for account in c.accounts:
        near = world.perform(give_role, account_id=account, role=Role.INSTITUTION_CLERK, organisation_id=c.school)
        assert near is None
    with world.db() as db:
        mine = db.scalars(select(Membership.id).where(Membership.organisation_id == c.school)).all()
    for membership in mine:
        world.perform(end_role, membership_id=membership)  # has left since: that bars too
    with world.refused("inspection_draw.no_inspector"):
        c.plan()
    free = c.staff("inspector9")
    row = c.drawn()
    assert row.inspector == free
    assert not [m for m in world.ask(memberships, free) if m[1] == c.school]


def test_stepping_back_hands_on_to_the_next_by_the_seed_and_bars_for_good(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    other = next(a for a in c.accounts if a != row.inspector)
    with world.refused("inspection.not_yours"):
        world.perform(draws.step_back, actor=c.inspector(other), inspection_id=row.id, reason="x")
    done = world.perform(draws.step_back, actor=c.inspector(row.inspector), inspection_id=row.id, reason="配偶在该校任教")
    assert done.inspector == other
    assert world.ask(pool.ties, c.accounts, [c.school]) == {(row.inspector, c.school)}
    with world.refused("inspection_draw.no_inspector"):
        world.perform(draws.step_back, actor=c.inspector(other), inspection_id=row.id, reason="也在该校任教")
    world.holds()


def test_a_class_is_singled_out_only_for_a_reason_and_the_inspector_still_comes_by_lot(world: World) -> None:
    c = Check(world)
    c.room.at(0, -60)
    with world.refused("inspection_draw.no_reason"):
        c.plan(Way.RISK, 0, class_ids=(c.room.class_id,))
    c.room.at(1, 300)  # a lesson has passed without anybody's attendance
    row = c.drawn(way=Way.RISK, size=0, class_ids=(c.room.class_id,))
    with world.db() as db:
        assert queries.draw(db, row.draw_id, None).classes[0][2] == ("none_written",)
    world.holds()


def test_heads_are_counted_against_the_attendance_of_that_minute_which_stays_as_it_was(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    session = c.room.at(0, 5)
    order = {"inspection_id": row.id, "session_id": session, "held": True, "heads": 1, "same_room": True, "same_lecturer": True}
    with world.refused("inspection.not_now"):
        world.perform(visits.count, actor=c.inspector(row.inspector), **order)
    with world.refused("inspection.not_yours"):
        other = next(a for a in c.accounts if a != row.inspector)
        world.perform(visits.count, actor=c.inspector(other), **order)
    with pytest.raises(Forbidden):
        world.perform(visits.count, actor=c.owner, **order)
    done = c.counted(row)
    assert (done.state, done.written) == ("counted", 1)
    with world.refused("inspection.cannot_count"):
        world.perform(visits.count, actor=c.inspector(row.inspector), **{**order, "heads": 9})
    with world.db() as db:
        frozen = db.scalars(select(InspectionPresence.attendance_id)).all()
        assert frozen == db.scalars(select(Attendance.id)).all()
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(Inspection).values(written=7))
    assert "inspections.frozen" in world.violations()


def test_a_finding_holds_the_money_until_two_people_close_it(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    c.counted(row, heads=9)
    with world.refused("inspection.cannot_sign_yet"):
        c.signed(row)
    c.pictured(row)
    done = c.signed(row, fees="no")
    assert done.findings == ("heads_differ", "item:fees")
    assert c.held(row) == 1
    with world.refused("inspection.cannot_order"):
        world.perform(closing.order, actor=c.clerk, inspection_id=row.id, text="整改")
    assert world.perform(visits.countersign, actor=c.owner, inspection_id=row.id, text="当时有人外出").state == "found"
    world.perform(closing.answer, actor=c.owner, inspection_id=row.id, text="八人在隔壁机房")
    ordered = world.perform(closing.order, actor=c.clerk, inspection_id=row.id, text="按课表在备案教室上课")
    assert ordered.due_on is not None
    world.clock.forward(days=20)
    assert world.ask(queries.counts, world.today, None)["late"] == 1
    world.perform(closing.report, actor=c.owner, inspection_id=row.id, text="已调整")
    world.perform(closing.propose, actor=c.clerk, inspection_id=row.id, outcome=Outcome.RECTIFIED, text="复查合格")
    assert c.held(row) == 1
    both = acting(Role.GOV_CHECKER, "clerk-gov")
    with world.refused("inspection.second_needed"):
        world.perform(closing.close, actor=both, inspection_id=row.id)
    with world.refused("inspection.second_needed"):
        world.perform(closing.close, actor=acting(Role.GOV_CHECKER, row.inspector), inspection_id=row.id)
    world.perform(closing.close, actor=c.checker, inspection_id=row.id)
    assert c.held(row) == 0
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(InspectionFinding).where(InspectionFinding.code == "heads_differ").values(code="wrong_room"))
    assert "inspections.findings" in world.violations()


def test_what_is_upheld_stays_held_and_what_is_in_order_never_was(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    session = c.room.at(0, 0)
    c.room.at(0, 90)
    order = {"inspection_id": row.id, "session_id": session, "same_room": True, "same_lecturer": True}
    with world.refused("inspection.heads"):
        world.perform(visits.count, actor=c.inspector(row.inspector), held=False, heads=3, **order)
    world.perform(visits.count, actor=c.inspector(row.inspector), held=False, heads=0, **order)
    c.pictured(row)
    done = world.perform(visits.sign, actor=c.inspector(row.inspector), inspection_id=row.id, answers=())
    assert done.findings == ("no_class",)
    assert world.perform(visits.note_refusal, actor=c.inspector(row.inspector), inspection_id=row.id, text="教室上锁").state == "found"
    world.perform(closing.propose, actor=c.clerk, inspection_id=row.id, outcome=Outcome.UPHELD, text="未上课")
    world.perform(closing.send_back, actor=c.checker, inspection_id=row.id, text="再核对课表变更")
    world.perform(closing.propose, actor=c.clerk, inspection_id=row.id, outcome=Outcome.UPHELD, text="无变更报备")
    world.perform(closing.close, actor=c.checker, inspection_id=row.id)
    assert c.held(row) == 1
    world.holds()


def test_in_order_needs_both_signatures_and_holds_nothing(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    c.counted(row)
    c.pictured(row)
    assert c.signed(row).findings == ()
    assert c.held(row) == 0
    assert world.perform(visits.countersign, actor=c.owner, inspection_id=row.id).state == "in_order"
    with world.refused("inspection.nothing_to_answer"):
        world.perform(closing.answer, actor=c.owner, inspection_id=row.id, text="x")
    world.holds()


def test_the_institution_knows_nothing_before_the_inspector_is_there_and_nothing_of_others(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    assert world.ask(queries.listing, world.today, institutions={c.school}) == []
    with pytest.raises(Missing):
        world.ask(queries.inspection, row.id, world.today, institutions={c.school})
    c.counted(row)
    assert len(world.ask(queries.listing, world.today, institutions={c.school})) == 1
    with pytest.raises(Missing):
        world.ask(queries.inspection, row.id, world.today, institutions={"another"})
    with pytest.raises(Missing):
        world.perform(closing.order, actor=acting(Role.GOV_CLERK, "far", district="500101"), inspection_id=row.id, text="x")


def test_whoever_cannot_reach_every_class_of_a_plan_is_not_drawn_for_it(world: World) -> None:
    c = Check(world)
    near = c.staff("near-1", district="500112")
    elsewhere = c.staff("far-2", district="500101")
    pick = lambda districts: set(world.ask(pool.inspectors, districts))  # noqa: E731
    assert near in pick({"500112"})
    assert elsewhere not in pick({"500112"})
    assert not {near, elsewhere} & pick(None)
    assert not {near, elsewhere} & pick({"500112", "500101"})
    assert set(c.accounts) <= pick(None) & pick({"500112"})


def test_the_institution_reads_neither_names_nor_words_that_were_not_meant_for_it(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    world.perform(draws.step_back, actor=c.inspector(row.inspector), inspection_id=row.id, reason="配偶在该校任教")
    row = c.row(row.id)
    c.counted(row)
    with world.db() as db:
        ours = queries.inspection(db, row.id, world.today)
        theirs = queries.inspection(db, row.id, world.today, institutions=[c.school])
    assert any("配偶" in s.text for s in ours.steps)
    assert "配偶" not in repr(theirs)
    assert all(s.by == "" for s in theirs.steps)
    assert (theirs.proposer, theirs.outcome, theirs.inspector_account) == ("", "", "")


def test_pictures_are_sealed_and_checked_by_content_and_say_when_they_came(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    c.counted(row)
    for data, code in ((b"%PDF-1.4 %%EOF", "kind"), (b"\xff\xd8\xff" + b"x" * 99 + b"\xff\xd9", "broken")):
        with pytest.raises(Refusal) as no:
            c.pictured(row, data, key=code)
        assert no.value.code == f"shot.{code}"
    c.pictured(row, jpeg("2020:01:01 00:00:00", (29.5, 106.5)))
    with world.refused("shot.twice"):
        c.pictured(row, jpeg("2020:01:01 00:00:00", (29.5, 106.5)), key="again")
    with world.db() as db:
        held = db.scalars(select(InspectionPhoto)).one()
        assert (held.at, held.said_at, held.said_place) == (world.clock.now(), "2020-01-01 00:00:00", "29.50000,106.50000")
        folder = world.tool(Settings).files_dir
        path = folder / "inspections" / held.id
        assert b"\xff\xd8\xff" not in path.read_bytes()[:40]
        assert queries.photo(db, world.tool(Box), folder, row.id, held.id)[0] == "jpg"
    world.holds()
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert "inspections.photos" in world.violations()
    path.unlink()


def test_a_visit_is_called_off_only_when_no_lesson_is_left(world: World) -> None:
    c = Check(world)
    row = c.drawn()
    with world.refused("inspection.lessons_left"):
        world.perform(draws.call_off, actor=c.checker, inspection_id=row.id, reason="x")
    world.perform(classes.cancel, actor=c.room.stage.city, class_id=c.room.class_id, reason="教师生病")
    world.perform(draws.call_off, actor=c.checker, inspection_id=row.id, reason="班级已取消")
    assert c.row(row.id).state == "called_off"
    world.holds()


def test_every_side_walks_its_pages(visitors: Visitors) -> None:
    c = Check(visitors.world)
    world = visitors.world
    desk = visitors.come(c.clerk)
    today, until = world.today.isoformat(), (world.today + timedelta(days=3)).isoformat()
    plan = {"purpose": "季度抽查", "way": "random", "since": today, "until": until, "size": "1"}
    assert "班级 1 个" in text_of(press(desk, "/gov/inspections/new", "/gov/inspections/new", **plan, look="1"))
    made = press(desk, "/gov/inspections/new", "/gov/inspections/new", **plan)
    url = made.headers["Location"]
    world.seal()
    press(desk, url, f"{url}/draw")
    with world.db() as db:
        row = db.scalars(select(Inspection)).one()
    assert "待检查" in text_of(desk.get("/gov/inspections"))
    phone = visitors.come(c.inspector(row.inspector))
    visit = f"/gov/visits/{row.id}"
    c.room.at(0, -10)
    assert "现在没有课" in text_of(phone.get(visit))
    session = c.room.at(0, 0)
    c.room.scan(session)
    c.room.at(0, 90)
    counted = press(phone, visit, f"{visit}/count", session=session, held="yes", heads="6", same_room="y", same_lecturer="y")
    assert counted.status_code == 303
    press(phone, visit, f"{visit}/photos", photos=(BytesIO(jpeg()), "a.jpg"))
    items = {f"item-{i.code}": "yes" for i in world.ask(queries.inspection, row.id, world.today).items}
    press(phone, visit, f"{visit}/sign", **items)
    page = text_of(phone.get(visit))
    assert "清点 6 人，签到 1 人" in page
    assert "结算已暂停" in page
    school = visitors.come(c.owner)
    mine = f"/org/inspections/{row.id}"
    assert "待机构签字" in text_of(school.get("/org/inspections"))
    press(school, mine, f"{mine}/sign", text="已知悉")
    press(school, mine, f"{mine}/answer", text="五人来自隔壁班")
    one = f"/gov/inspections/{row.id}"
    press(desk, one, f"{one}/order", text="核对名单")
    press(school, mine, f"{mine}/report", text="已核对")
    press(desk, one, f"{one}/propose", outcome="rectified", text="已整改")
    second = visitors.come(c.checker)
    press(second, one, f"{one}/close")
    assert "已整改，恢复结算" in text_of(second.get(one))
    photo = world.ask(queries.inspection, row.id, world.today).photos[0].id
    answer = desk.get(f"{one}/photos/{photo}")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")


def test_programs_do_the_same(visitors: Visitors) -> None:
    c = Check(visitors.world)
    world = visitors.world
    row = c.drawn()
    session = c.room.at(0, 0)
    c.room.scan(session)
    c.room.at(0, 90)
    phone = visitors.come(c.inspector(row.inspector))
    assert [one["id"] for one in phone.get("/api/v1/inspections").get_json()] == [row.id]

    def token(client: Any) -> dict[str, str]:
        home = "/gov/visits" if client is phone else "/org/inspections"
        return {"X-CSRFToken": hidden(text_of(client.get(home)), "csrf_token")}

    def send(client: Any, path: str, **body: Any) -> Any:
        return client.post(f"/api/v1{path}", json=body, headers={**token(client), "Idempotency-Key": f"k-{path}"})

    at = f"/inspections/{row.id}"
    assert send(phone, f"{at}/count", session_id=session, heads=1).get_json()["written"] == 1
    assert send(phone, f"{at}/photos", photos=["nonsense"]).status_code in (400, 409, 422)
    assert send(phone, f"{at}/photos", photos=[base64.b64encode(png()).decode()]).status_code == 200
    items = [{"code": i.code, "answer": "yes"} for i in world.ask(queries.inspection, row.id, world.today).items]
    assert send(phone, f"{at}/signature", answers=items).get_json()["findings"] == []
    school = visitors.come(c.owner)
    assert send(school, f"{at}/countersignature").get_json()["state"] == "in_order"
    assert school.get(f"/api/v1/organisations/own/inspections/{row.id}").get_json()["line"]["state"] == "in_order"
    assert GRANTS[Role.SUPERVISOR] & {"inspection.carry_out"}
