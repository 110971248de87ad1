"""A firm's board: its list of staff, the gap, nominations that are answered one by one, and a workbook that opens."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.careers import parts
from skills.careers.actions import nominations
from skills.careers.kinds import STAFF
from skills.careers.models import BoardPost
from skills.careers.queries import board as queries
from skills.careers.rules.board import Figures, Post, figures
from skills.certification.actions import employments
from skills.kernel import sheets
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden
from skills.kernel.sheets import write_csv
from skills.messages.queries import inbox
from skills.records.actions import state_fact
from skills.records.rules import LevelHeld, to_json
from skills.returns import actions as returns
from skills.returns.intake import order_of
from skills.returns.queries import Desk, check_sheet
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
OTHER = "4-04-05-02"
SINCE = "2023-01-05"


class Firm(Stage):
    """A firm with an administrator who files lists of staff."""

    def __init__(self, world: World, count: int = 40) -> None:
        super().__init__(world, kind="enterprise", count=count)
        self.boss = acting(Role.BODY_ADMIN, "boss", organisation=self.body)
        self.serial = 0

    def row(self, at: int, wanted: str, occupation: str = JOB, since: str = SINCE) -> list[str]:
        """The row of somebody of the crowd."""
        who = self.crowd[at]
        return [who.name, "居民身份证", who.number, occupation, since, wanted]

    def upload(self, rows: list[list[str]]) -> None:
        order = order_of(write_csv([list(STAFF.header()), *rows]), "staff.csv")
        made = self.world.perform(returns.upload, actor=self.boss, kind="staff", organisation_id=self.body, **order)
        self.world.perform(returns.accept, actor=self.boss, return_id=made.return_id)
        self.world.run_jobs()

    def certify(self, person_id: str, level: Level, on: date, occupation: str = JOB) -> None:
        self.serial += 1
        fact = LevelHeld(occupation, level, on, f"Y{self.serial:021d}", "旧机构")
        self.world.perform(
            state_fact, person_id=person_id, kind="level", source=f"list:l{self.serial}", body=to_json(fact), strength="compared"
        )

    def board(self) -> queries.Board:
        found: queries.Board = self.world.ask(queries.board, self.body, self.world.today)
        return found


@pytest.mark.row(41)
def test_three_hundred_staff_counts_equal_a_hand_count_and_the_export_opens(visitors: Visitors) -> None:
    world = visitors.world
    firm = Firm(world, count=300)
    ids = [firm.person() for _ in range(300)]
    today = world.today
    # Seniority counts from 5 January 2023: 四级 wants five years of work, or three after 五级; 五级 wants none.
    wanted = ["五级/初级工"] * 60 + ["四级/中级工"] * 140 + ["三级/高级工"] * 100
    jobs = [JOB] * 220 + [OTHER] * 80
    for n in range(60, 90):  # thirty hold what is wanted
        firm.certify(ids[n], Level.L4, date(2024, 5, 1))
    for n in range(90, 130):  # forty are full on a day to come: three years after their 五级
        firm.certify(ids[n], Level.L5, date(2024, 3, 1))
    for n in range(130, 150):  # twenty are full today
        firm.certify(ids[n], Level.L5, date(2023, 2, 1))
    for n in range(220, 230):  # ten hold more than is wanted
        firm.certify(ids[n], Level.L2, date(2024, 1, 1), OTHER)
    firm.upload([firm.row(n, wanted[n], jobs[n]) for n in range(300)])
    gone = firm.board().posts[0].person_id

    by_hand = {
        (JOB, Level.L5): (60, 0, 60, 60, 0, None),
        (JOB, Level.L4): (140, 30, 110, 20, 90, date(2027, 3, 1)),
        (JOB, Level.L3): (20, 0, 20, 0, 20, date(2033, 1, 5)),
        (OTHER, Level.L3): (80, 10, 70, 0, 70, date(2033, 1, 5)),
    }
    found = firm.board()
    counted = {(f.occupation, f.level): (f.wanted, f.held, f.gap, f.ready, f.later, f.first_day) for f in found.figures}
    assert counted == by_hand
    assert len(found.posts) == 300
    assert [f.gap for f in found.figures] == [110, 70, 60, 20], "the largest gap first"

    me = visitors.come(firm.boss)
    page = text_of(me.get("/ent/board"))
    assert "查看数据表" in page
    for name, head in (("figures", 4), ("people", 300)):
        data = me.get(f"/ent/board/{name}.xlsx").data
        book = load_workbook(io.BytesIO(data))
        rows = list(book.active.iter_rows(min_row=2))
        assert len(rows) == head
        assert {c.data_type for row in rows for c in row if c.value is not None} == {"s"}, "texts alone: nothing runs"
        assert len(list(sheets.opened(data).rows())) == head + 1
    total = sum(int(row[5].value) for row in load_workbook(io.BytesIO(me.get("/ent/board/figures.xlsx").data)).active.iter_rows(min_row=2))
    assert total == sum(v[2] for v in by_hand.values())

    entry = next(e for e in world.ask(_entries, firm.body) if e[1] == gone)
    world.perform(employments.end, actor=firm.boss, organisation_id=firm.body, entry_id=entry[0], until=today - timedelta(days=1))
    assert len(firm.board().posts) == 299, "who has left is on no post"
    world.holds()


def _entries(db: Any, body: str) -> list[tuple[str, str]]:
    from skills.certification.rules.filings import employment_source
    from skills.records.queries import facts_of_source
    from skills.records.rules import Work

    return [(w.id, w.person_id) for w in facts_of_source(db, Work, employment_source(body))]


@pytest.mark.row(41)
def test_a_bulk_nomination_answers_each_alone(world: World) -> None:
    firm = Firm(world)
    firm.file()
    sitting = firm.open()
    ids = [firm.person() for _ in range(4)]
    firm.certify(ids[0], Level.L5, date(2023, 2, 1))
    firm.certify(ids[2], Level.L5, date(2023, 2, 1))
    firm.upload([firm.row(n, "四级/中级工") for n in range(4)])
    firm.apply(sitting, ids[2])  # by oneself, before the firm

    with world.refused("nomination.nobody"):
        world.perform(nominations.nominate, actor=firm.boss, organisation_id=firm.body, sitting_id=sitting, person_ids=())
    stranger = firm.person()
    with world.refused("board_post.unknown"):
        world.perform(nominations.nominate, actor=firm.boss, organisation_id=firm.body, sitting_id=sitting, person_ids=(stranger,))
    made = world.perform(nominations.nominate, actor=firm.boss, organisation_id=firm.body, sitting_id=sitting, person_ids=tuple(ids[:3]))
    before = world.ask(queries.nomination, firm.body, made.nomination_id)
    assert (before.asked, before.waiting) == (3, 3)
    world.run_jobs()
    after = world.ask(queries.nomination, firm.body, made.nomination_id)
    assert (after.registered, after.refused, after.waiting) == (1, 2, 0)
    assert {p.person_id: (p.state, p.code) for p in after.people} == {
        ids[0]: ("registered", ""), ids[1]: ("refused", "application.not_eligible"), ids[2]: ("refused", "application.already"),
    }  # fmt: skip
    told = [m.code for m in world.ask(inbox, firm.candidate(ids[0]))]
    assert "board.nominated" in told
    assert "board.nominated" not in [m.code for m in world.ask(inbox, firm.candidate(ids[1]))]

    exam_of_one_firm, first = sitting, firm.body
    firm.body = firm.organisation("enterprise")
    firm.boss = acting(Role.BODY_ADMIN, "other-boss", organisation=firm.body)
    firm.upload([firm.row(0, "四级/中级工", since="2024-02-01")])
    order = {"organisation_id": firm.body, "person_ids": (ids[0],)}
    with world.refused("nomination.not_listed"):
        world.perform(nominations.nominate, actor=firm.boss, sitting_id=exam_of_one_firm, **order)
    with pytest.raises(Forbidden):
        world.perform(nominations.nominate, actor=firm.boss, sitting_id=exam_of_one_firm, organisation_id=first, person_ids=(ids[0],))
    with world.refused("board_nomination.unknown"):
        world.ask(queries.nomination, firm.body, made.nomination_id)
    world.holds()


def test_a_list_of_staff_is_answered_by_cell_and_a_new_one_moves_posts(world: World) -> None:
    firm = Firm(world)
    ids = [firm.person() for _ in range(2)]
    rows = [
        firm.row(0, "四级"), firm.row(1, "中级工"), firm.row(0, "四级"), ["别人", *firm.row(1, "四级")[1:]], firm.row(30, "四级"),
        firm.row(1, "特级技师"), firm.row(1, "四级", "2-02-10-09"), firm.row(1, "四级", since=""), firm.row(1, "四级", since="2099-01-01"),
    ]  # fmt: skip
    with world.db() as db:
        desk = Desk(db, world.tool(Box), firm.body, world.today)
        found = check_sheet(desk, STAFF, order_of(write_csv([list(STAFF.header()), *rows]), "a.csv")["rows"]).findings
    assert {(f.row, f.column, f.code) for f in found if f.code != "staff.repeated"} == {
        (5, "name", "staff.name_differs"), (6, "document", "staff.unknown_person"), (7, "wanted", "returns.not_a_choice"),
        (8, "occupation", "staff.occupation"), (9, "since", "staff.since_needed"), (10, "since", "staff.in_future"),
    }  # fmt: skip
    assert (4, "document") in {(f.row, f.column) for f in found if f.code == "staff.repeated"}
    firm.upload(rows[:2])
    firm.upload([firm.row(0, "三级", since="")])  # known to work there: no first day is needed
    assert {p.person_id: p.wanted for p in firm.board().posts} == {ids[0]: Level.L3, ids[1]: Level.L4}
    world.holds()


@action("test.join_then_forget", may="system.jobs")
def join_then_forget(act: Act, kept: str, gone: str) -> None:
    """What becomes of two posts of one person, and then of somebody who is forgotten."""
    parts.join(act, kept, gone)
    assert [p.person_id for p in act.db.scalars(select(BoardPost).where(BoardPost.ended_at.is_(None)))] == [kept]
    parts.forget(act, kept)


def test_of_two_posts_of_one_person_one_stays_and_an_erasure_ends_it(lite: World) -> None:
    firm = Firm(lite)
    kept, gone = firm.person(), firm.person()
    firm.upload([firm.row(0, "四级"), firm.row(1, "四级")])
    assert len(firm.board().posts) == 2
    lite.perform(join_then_forget, actor=lite.actor("system.jobs"), kept=kept, gone=gone)
    assert firm.board().posts == ()


def test_a_board_is_nobody_elses_and_is_nominated_from_by_its_page(visitors: Visitors) -> None:
    world = visitors.world
    firm = Firm(world)
    firm.file()
    firm.open()
    [one] = [firm.person()]
    firm.certify(one, Level.L5, date(2023, 2, 1))
    firm.upload([firm.row(0, "四级/中级工")])
    me = visitors.come(firm.boss)
    page = f"/ent/board/{JOB}/{int(Level.L4)}"
    shown = text_of(me.get(page))
    assert "checked" in shown, "who is eligible now is ticked"
    sent = press(me, page, "/ent/board/nominations", sitting_id=_option(shown), person_ids=[one])
    assert sent.status_code == 303
    assert "办理中 1" in text_of(me.get(sent.location))
    assert me.get(sent.location).headers["Refresh"] == "5"
    world.run_jobs()
    assert "已报名 1" in text_of(me.get(sent.location))
    assert me.get("/api/v1/ent/board").get_json()["figures"][0]["wanted"] == 1
    assert len(me.get("/api/v1/ent/board/nominations").get_json()) == 1
    desk = text_of(me.get("/org/returns"))
    assert "职工岗位名单" in desk
    assert "结业" not in desk.split("<main")[1], "a firm hands in lists of its own alone"
    stranger = visitors.come(acting(Role.BODY_ADMIN, "other", organisation=firm.organisation("enterprise")))
    assert stranger.get(page).status_code == 404
    assert stranger.get(sent.location).status_code == 404
    assert hidden(shown, "csrf_token")


def _option(page: str) -> str:
    return page.split('<option value="')[1].split('"')[0]


def test_figures_add_up_whatever_the_posts_are() -> None:
    def post(wanted: Level, held: Level | None, ready: bool = False, day: date | None = None) -> Post:
        return Post("p", "甲", JOB, wanted, held, ready, day)

    soon, late = date(2027, 1, 1), date(2028, 1, 1)
    found = figures([post(Level.L4, Level.L4), post(Level.L4, Level.L3), post(Level.L4, None, True), post(Level.L4, Level.L5, day=late),
                     post(Level.L4, None, day=soon), post(Level.L4, None)])  # fmt: skip
    assert found == [Figures(JOB, Level.L4, 6, 2, 4, 1, 2, soon)]
    assert Counter(found)[found[0]] == 1
