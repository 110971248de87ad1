"""A body registers its people by a list: every fault at its cell, the dry run is the real run, nobody half registered."""

from __future__ import annotations

import base64
import io
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.certification.actions import applications, plans
from skills.certification.kinds.registration import REGISTRATIONS
from skills.certification.models import Application, Sitting
from skills.certification.rules.filings import BodyKind
from skills.certification.rules.listing import CONDITIONS, as_condition, as_sections
from skills.kernel.box import Box
from skills.kernel.sheets import write_csv
from skills.messages.models import Message
from skills.people.actions import register_person
from skills.records.actions import state_fact
from skills.records.models import RecordEntry
from skills.records.rules import Education, Work, to_json
from skills.returns import actions as returns
from skills.returns.intake import order_of
from skills.returns.models import ReturnFinding
from skills.returns.queries import Desk, check_sheet
from skills.returns.rules.cells import CellFault
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.journeys.test_api import Program
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
HEAD = [column.zh for column in REGISTRATIONS.columns]


def number_of(world: World, sitting: str) -> str:
    with world.db() as db:
        return db.get_one(Sitting, sitting).number


def row(stage: Stage, at: int, number: str, **changes: str) -> list[str]:
    """A row about the person who was registered at this place."""
    who = stage.crowd[at]
    cells = {"name": who.name, "document_kind": "居民身份证", "document": who.number, "sitting": number, **changes}
    return [cells.get(column.name, "") for column in REGISTRATIONS.columns]


def found_in(world: World, body: str, rows: list[list[str]]) -> list[tuple[int, str, str, str]]:
    """What a check that writes nothing says: (row, column, code, severity)."""
    with world.db() as db:
        desk = Desk(db, world.tool(Box), body, world.today)
        return [(f.row, f.column, f.code, str(f.severity)) for f in check_sheet(desk, REGISTRATIONS, order(rows)["rows"]).findings]


def order(rows: list[list[str]]) -> dict[str, Any]:
    return order_of(write_csv([HEAD, *rows]), "名单.csv")


def hand_in(stage: Stage, rows: list[list[str]]) -> str:
    world = stage.world
    clerk = acting(Role.BODY_CLERK, "list-clerk", organisation=stage.body)
    made = world.perform(returns.upload, actor=clerk, kind="registrations", organisation_id=stage.body, **order(rows))
    world.perform(returns.accept, actor=clerk, return_id=made.return_id)
    world.run_jobs()
    return str(made.return_id)


def registered(world: World, sitting: str) -> list[str]:
    with world.db() as db:
        return sorted(db.scalars(select(Application.person_id).where(Application.sitting_id == sitting, Application.state == "eligible")))


@pytest.mark.row(24)
@pytest.mark.row(26)
def test_a_list_of_fifty_with_ten_kinds_of_faults_is_answered_by_cell_and_the_dry_run_is_the_real_run(world: World) -> None:
    stage = Stage(world, count=60)
    stage.file()
    main = stage.open(capacity=39, invigilators=("监考甲", "监考乙", "监考丙", "监考丁"))
    closed = stage.open(registration_from=world.today + timedelta(days=2))
    same_day = stage.open()
    number, later, other_day = (number_of(world, one) for one in (main, closed, same_day))
    assert (number, later, other_day) == tuple(f"KS{world.today.year}-000{n}" for n in (1, 2, 3))
    other = Stage.__new__(Stage)
    other.__dict__ |= stage.__dict__
    other.body = stage.organisation("social_body")
    other.admin = other.staff("plan.make", "filing.submit", "application.enter", account="admin-2")
    other.file()
    foreign = number_of(world, other.open())
    good = [stage.graduate() for _ in range(40)]
    unready = stage.person()
    almost = stage.person(Work(JOB, False, world.today + timedelta(days=6) - timedelta(days=5 * 365 + 1), None, "渝江", None))
    busy, already = stage.graduate(), stage.graduate()
    stage.apply(same_day, busy)
    stage.apply(main, already)
    at = {person: n for n, person in enumerate([*good, unready, almost, busy, already])}

    rows = [row(stage, n, f" {number} ") for n in range(38)]  # 38 places are left, and blanks around a cell are nothing
    wrong: list[tuple[list[str], str, str]] = [
        (row(stage, 38, number, document="500105199808171235"), "document", "registrations.document_invalid"),
        (row(stage, 38, number, name="别人"), "name", "registrations.name_differs"),
        (row(stage, 3, number), "document", "registrations.repeated"),
        (row(stage, 38, "KS2026 -0001"), "sitting", "registrations.sitting_malformed"),
        (row(stage, 38, "KS2026-9999"), "sitting", "registrations.sitting_unknown"),
        (row(stage, 38, foreign), "sitting", "registrations.sitting_foreign"),
        (row(stage, 38, later), "sitting", "registrations.window"),
        (row(stage, at[unready], number), "condition", "registrations.no_condition"),
        (row(stage, at[almost], number, condition="四级/中级工(1)"), "condition", "registrations.condition"),
        (row(stage, at[busy], number), "document", "registrations.same_day"),
        (row(stage, at[already], number), "document", "registrations.already"),
        (row(stage, 39, number), "sitting", "registrations.full"),
    ]
    listed = [*rows, *(line for line, _, _ in wrong)]
    assert len(listed) == 50
    told = found_in(world, stage.body, listed)
    assert told == [(n, column, code, "error") for n, (_, column, code) in enumerate(wrong, 40)]
    assert len({code for _, _, code, _ in told}) >= 10

    made = hand_in(stage, listed)
    with world.db() as db:
        kept = db.execute(
            select(ReturnFinding.row, ReturnFinding.column, ReturnFinding.code, ReturnFinding.severity)
            .where(ReturnFinding.return_id == made).order_by(ReturnFinding.row)
        ).all()  # fmt: skip
        quoted = db.scalars(select(ReturnFinding.facts).where(ReturnFinding.code == "registrations.condition")).one()
        messages = Counter(db.scalars(select(Message.code)))
        [hand] = set(db.scalars(select(Application.applied_by).where(Application.person_id.in_(good))))
    assert [tuple(one) for one in kept] == told
    assert quoted["clause"].endswith("四级/中级工（1）")
    assert "满5年" in quoted["todo"]
    assert registered(world, main) == sorted([*good[:38], already])
    assert messages["exam.enlisted"] == 38
    assert hand == "list-clerk"
    assert found_in(world, stage.body, rows) == [], "the same list again says nothing new and changes nothing"
    hand_in(stage, rows[:2])
    assert len(registered(world, main)) == 39
    world.holds()


@pytest.mark.row(38)
@pytest.mark.row(26)
def test_an_outsider_in_a_firms_list_is_refused_by_cell_and_nothing_of_the_row_is_written(world: World) -> None:
    stage = Stage(world, "enterprise")
    stage.file()
    sitting = stage.open()
    number = number_of(world, sitting)
    outsider, mine, newcomer, unready = stage.graduate(), stage.graduate(stage.employed()), stage.graduate(), stage.person()
    since = f"{world.today - timedelta(days=30)}"
    rows = [
        row(stage, 0, number), row(stage, 1, number), row(stage, 2, number, since=since, tie="本单位职工"),
        row(stage, 3, number, since=since), row(stage, 0, number, since=f"{world.today + timedelta(days=1)}"),
        row(stage, 0, number, tie="本校学生", since=since),
    ]  # fmt: skip
    assert found_in(world, stage.body, rows) == [
        (2, "document", "registrations.not_own_people", "error"), (5, "condition", "registrations.no_condition", "error"),
        (6, "document", "registrations.repeated", "error"), (7, "document", "registrations.repeated", "error"),
    ]  # fmt: skip
    assert [f[2] for f in found_in(world, stage.body, rows[4:5])] == ["registrations.since_in_future"]
    assert [f[2] for f in found_in(world, stage.body, rows[5:])] == ["registrations.tie_refused"]
    hand_in(stage, rows)
    assert registered(world, sitting) == sorted([mine, newcomer])
    with world.db() as db:
        stated = set(db.scalars(select(RecordEntry.person_id).where(RecordEntry.source.like("employment:%"))))
    assert stated == {newcomer}, "of a refused row not even the employment stands"
    assert outsider not in stated | {unready}
    world.holds()


@pytest.mark.row(38)
def test_a_refusal_that_comes_while_a_row_is_written_takes_the_stated_employment_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(world, "enterprise")
    stage.file()
    sitting = stage.open()
    first, second = stage.graduate(), stage.graduate()
    before = applications.kept_for

    def gone(db: Any, sitting_id: str, person_id: str) -> Any:
        if person_id == second:
            raise applications.Refusal("application.same_day", day=world.today)
        return before(db, sitting_id, person_id)

    monkeypatch.setattr(applications, "kept_for", gone)
    since = f"{world.today - timedelta(days=30)}"
    hand_in(stage, [row(stage, n, number_of(world, sitting), since=since) for n in (0, 1)])
    assert registered(world, sitting) == [first]
    with world.db() as db:
        stated = set(db.scalars(select(RecordEntry.person_id).where(RecordEntry.source.like("employment:%"))))
        assert db.scalars(select(ReturnFinding.code)).all() == ["application.same_day"]
    assert stated == {first}
    world.holds()


@pytest.mark.row(24)
def test_a_chosen_condition_is_the_one_that_counts_and_a_mere_promise_is_said(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    sitting = stage.open()
    number = number_of(lite, sitting)
    both = stage.graduate(Work(JOB, False, date(2015, 1, 1), None, "渝江", None))
    promised = stage.person()
    school = Education("college", "软件技术", (JOB,), lite.today - timedelta(days=100), None, "巴渝学院")
    lite.perform(state_fact, person_id=promised, kind="education", source="own:1", body=to_json(school), strength="promised")
    rows = [row(stage, 0, number, condition="四级/中级工（1）"), row(stage, 1, number), row(stage, 0, number, condition="五级/初级工（1）")]
    assert found_in(lite, stage.body, rows[:2]) == [(3, "condition", "registrations.evidence_missing", "warning")]
    assert [f[2] for f in found_in(lite, stage.body, rows[2:])] == ["registrations.condition_of_other_level"]
    hand_in(stage, rows[:2])
    with lite.db() as db:
        held = {a.person_id: a.condition for a in db.scalars(select(Application))}
    assert held == {both: "eligibility.2023.L4_1", promised: "eligibility.2023.L4_3"}
    lite.holds()


@pytest.mark.row(26)
def test_who_is_too_young_or_without_a_guardians_word_is_told_from_when(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    number = number_of(lite, stage.open())
    deadline = lite.today + timedelta(days=5)
    rows = []
    for days in (1, 0):
        birth = deadline.replace(year=deadline.year - 16) + timedelta(days=days)
        lite.perform(
            register_person, name="龙小满", document_kind="passport", document_number=f"P{birth:%Y%m%d}", birth=birth, sex="f",
            district="500112", phone="13900000001", synthetic=True,
        )  # fmt: skip
        rows.append(row(stage, 0, number, name="龙小满", document_kind="护照", document=f"P{birth:%Y%m%d}"))
    found = [(r, c) for r, _, c, _ in found_in(lite, stage.body, rows)]
    assert (2, "registrations.too_young") in found
    assert (3, "registrations.guardian_needed") in found
    assert not {(3, "registrations.too_young"), (2, "registrations.guardian_needed")} & set(found)
    lite.holds()


@pytest.mark.row(26)
def test_a_college_lists_its_students_with_the_end_of_their_studies(lite: World) -> None:
    from tests.certification.test_registrations import college

    stage = college(lite)
    sitting = stage.open()
    number = number_of(lite, sitting)
    student = stage.graduate()
    since, until = f"{lite.today - timedelta(days=90)}", f"{lite.today + timedelta(days=200)}"
    for changes, code in (
        ({}, "registrations.not_own_people"), ({"since": since}, "registrations.until_needed"),
        ({"since": since, "until": "2020-01-01"}, "registrations.until_before"),
    ):  # fmt: skip
        assert [f[2] for f in found_in(lite, stage.body, [row(stage, 0, number, **changes)])] == [code]
    hand_in(stage, [row(stage, 0, number, since=since, until=until)])
    assert registered(lite, sitting) == [student]
    lite.holds()


@pytest.mark.row(25)
def test_sections_sat_again_are_compared_with_what_is_kept(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    first = stage.open()
    person = stage.graduate()
    application = stage.apply(first, person)
    stage.hold(first)
    stage.score(first, {application: ("70", "50")})
    again = stage.open(registration_to=lite.today + timedelta(days=5), held_on=add_working_days(lite.today, 10))
    number = number_of(lite, again)
    codes = {said: [f[2] for f in found_in(lite, stage.body, [row(stage, 0, number, retake=said)])] for said in ("操作技能", "理论知识", "")}
    assert codes == {"操作技能": [], "理论知识": ["registrations.retake_differs"], "": []}
    lite.holds()


def test_conditions_and_sections_are_read_as_the_template_offers_them() -> None:
    assert len(CONDITIONS) >= 19
    assert as_condition("二级/技师(5)") == as_condition("二级/技师（5）") == "L2_5"
    assert [one.value for one in as_sections("操作技能，理论知识")] == ["theory", "practical"]
    for reader, text in ((as_condition, "四级/中级工（9）"), (as_sections, "英语"), (as_sections, "、")):
        with pytest.raises(CellFault) as held:
            reader(text)
        assert held.value.code == "returns.not_a_choice"
    assert BodyKind("Y") is BodyKind.EMPLOYER


@pytest.mark.row(26)
def test_by_pages_from_the_template_to_the_receipt_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    number = number_of(world, sitting)
    for _ in range(3):
        stage.graduate()
    client = visitors.come(acting(Role.BODY_ADMIN, "b1", organisation=stage.body))
    assert number in text_of(client.get(f"/ent/plans/{sitting}"))
    page = text_of(client.get("/ent/returns"))
    assert "考生名单报名" in page
    assert "结业报送" not in page
    sheet = load_workbook(io.BytesIO(client.get("/returns/templates/registrations.xlsx").data)).active
    assert [cell.value for cell in sheet[1]] == HEAD
    assert any("四级/中级工（1）" in str(one.formula1) for one in sheet.data_validations.dataValidation)
    assert all(len(str(one.formula1)) <= 257 for one in sheet.data_validations.dataValidation), "Excel takes no longer list"
    body = write_csv([HEAD, row(stage, 0, number), row(stage, 1, number, name="别人")])
    sent = press(client, "/ent/returns", "/ent/returns", kind="registrations", file=(io.BytesIO(body), "名单.csv"))
    one = sent.headers["Location"]
    shown = text_of(client.get(one))
    assert "姓名与登记的不一致" in shown
    assert "A3" in shown
    fixed = press(client, one, f"{one}/fix", **{"cell-3-name": stage.crowd[1].name, "was-3-name": "别人"})
    assert fixed.headers["Location"] == one
    assert press(client, one, f"{one}/accept").headers["Location"] == one
    world.run_jobs()
    assert "已入账" in text_of(client.get(one))
    assert len(registered(world, sitting)) == 2

    program = Program(visitors, Role.BODY_CLERK, "b2", organisation=stage.body)
    sent_by = {"kind": "registrations", "file_name": "a.csv"}
    lines = [row(stage, 2, number), row(stage, 2, f"{number}X")]
    content = base64.b64encode(write_csv([HEAD, *lines])).decode()
    dry = program.call("POST", "/returns/check", {**sent_by, "content": content})
    assert [(f["row"], f["column"], f["code"]) for f in dry["findings"]] == [(3, "sitting", "registrations.sitting_malformed")]
    filed = program.call("POST", "/returns", {**sent_by, "content": content})
    program.call("POST", f"/returns/{filed['return_id']}/accept")
    world.run_jobs()
    assert len(registered(world, sitting)) == 3
    stranger = visitors.come(acting(Role.BODY_ADMIN, "b9", organisation=stage.organisation("social_body")))
    assert stranger.get(one).status_code == 404
    world.holds()


def test_numbers_go_on_without_a_gap_and_begin_anew_each_year(lite: World) -> None:
    stage = Stage(lite)
    stage.file(Level.L4)
    made = [stage.open() for _ in range(2)]
    with lite.refused("plan.negative"):
        lite.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=replace(stage.order(), capacity=-1))
    made.append(stage.open())
    year = lite.today.year
    assert [number_of(lite, one) for one in made] == [f"KS{year}-000{n}" for n in (1, 2, 3)]
    stage.days(400)
    assert number_of(lite, stage.open()) == f"KS{lite.today.year}-0001"
    lite.holds()
