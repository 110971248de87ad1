"""A return from upload to receipt, with a kind that counts what it applied: nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text

from skills.accounts.actions import approve_organisation, register_organisation
from skills.accounts.models import Organisation
from skills.kernel import jobs, sheets
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.errors import Missing, Refusal
from skills.kernel.jobs import Job
from skills.returns import actions, queries
from skills.returns.actions import Change, Unreadable
from skills.returns.intake import order_of
from skills.returns.kinds import FILE, KINDS
from skills.returns.models import Return, ReturnFinding, ReturnLine
from skills.returns.rules import Applied, CellFinding, Column, Kind, Line, as_decimal, as_text
from tests.world import World

HANDLE = actions.HANDLE


class Tally:
    """What the kind under test did, and when it is told to stumble."""

    def __init__(self) -> None:
        self.applied: list[str] = []
        self.refuse: set[str] = set()
        self.crash_at: int | None = None


@pytest.fixture
def tally() -> Iterator[Tally]:
    held = Tally()

    def judge(lines: Sequence[Line], _facts: object) -> Iterator[CellFinding]:
        for line in lines:
            if line.values.get("score", 0) > 100:
                yield CellFinding(line.row, "score", "completions.score_above")

    def apply(act: Act, _organisation: str | None, line: Line) -> Applied:
        if line.values["name"] in held.refuse:
            raise Refusal("completions.left_class")
        if held.crash_at is not None and len(held.applied) >= held.crash_at:
            raise ConnectionError("the worker dies")
        held.applied.append(line.values["name"])
        return Applied(f"x:{line.values['name']}", 100)

    columns = (Column("name", "姓名", "Name", as_text), Column("score", "成绩", "Score", as_decimal))
    KINDS["tally"] = Kind(
        "tally", "测试", "Tally", columns, (), FILE, lambda _desk, _lines: None, judge, lambda _line, _facts: 100, apply
    )
    yield held
    del KINDS["tally"]


@pytest.fixture
def school(world: World) -> str:
    made = world.perform(
        register_organisation, name="星河职业培训学校", kind="institution", credit_code="91500112MA5U1Q2X36",
        district="500112",
    )
    row = world.ask(lambda db: db.get(Organisation, made.id))
    if row.state != "approved":
        world.perform(approve_organisation, organisation_id=made.id)
    return str(made.id)


def rows_of(*scores: object, start: int = 0) -> list[list[str]]:
    return [["姓名", "成绩"], *([f"学员{start + i}", str(s)] for i, s in enumerate(scores))]


def upload(world: World, school: str, rows: list[list[str]], form: str = "csv") -> Any:
    data = sheets.write_csv(rows) if form == "csv" else sheets.write_xlsx(rows)
    return world.perform(
        actions.upload, actor=clerk(world, school), kind="tally", organisation_id=school, **order_of(data, f"a.{form}")
    )


def clerk(world: World, school: str) -> Any:
    return world.actor(FILE, HANDLE, account="clerk", organisation=school)


def counts(world: World, return_id: str, school: str) -> tuple[str, int, int, int]:
    r = world.ask(queries.summary, return_id, [school])
    return r.state, r.done, r.held, r.totals.same


def everything(world: World) -> dict[str, int]:
    """How many rows every table has."""
    with world.db() as db:
        names = inspect(db.get_bind()).get_table_names()
        return {n: db.scalar(text(f'select count(*) from "{n}"')) for n in names}


def test_a_good_file_is_applied_once_and_gets_its_receipt(world: World, school: str, tally: Tally) -> None:
    made = upload(world, school, rows_of(60, 88.5, 100))
    assert (made.state, made.good, made.bad) == ("checked", 3, 0)
    assert tally.applied == []
    handed = world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    assert handed.number.startswith(f"HZ{world.today:%Y%m%d}-")
    world.run_jobs()
    assert counts(world, made.return_id, school) == ("applied", 3, 0, 0)
    assert tally.applied == ["学员0", "学员1", "学员2"]
    world.holds()


@pytest.mark.row(58)
def test_the_dry_run_writes_nothing_and_says_what_the_real_run_does(world: World, school: str, tally: Tally) -> None:
    before = everything(world)
    with world.db() as db:
        desk = queries.Desk(db, world.tool(Box), school, world.today)
        dry = queries.check_sheet(desk, KINDS["tally"], rows_of(60, 101, 70)).totals
    assert everything(world) == before
    made = upload(world, school, rows_of(60, 101, 70))
    changed = {n for n, c in everything(world).items() if c != before[n]}
    assert changed <= {"filed_return", "return_line", "return_finding", "return_fault", "replay", "audit_entry", "log_queue"}
    world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    world.run_jobs()
    real = world.ask(queries.summary, made.return_id, [school])
    assert (dry.good, dry.bad, dry.worth, dry.blocked) == (2, 1, 200, 100)
    assert (real.done, real.held, real.paid) == (dry.good, dry.bad, dry.worth)
    world.holds()


@pytest.mark.row(60)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_same_file_again_changes_nothing_and_says_so(world: World, school: str, tally: Tally, form: str) -> None:
    first = upload(world, school, rows_of(60, 70))
    world.perform(actions.accept, actor=clerk(world, school), return_id=first.return_id)
    world.run_jobs()
    world.clock.forward(days=1)
    again = upload(world, school, rows_of(60, 70), form)
    assert (again.good, again.bad) == (0, 0)
    jobs_before = world.ask(lambda db: db.scalar(select(func.count()).select_from(Job)))
    handed = world.perform(actions.accept, actor=clerk(world, school), return_id=again.return_id)
    assert (handed.state, handed.same_as) == ("applied", first.return_id)
    assert world.ask(lambda db: db.scalar(select(func.count()).select_from(Job))) == jobs_before
    assert world.run_jobs() == 0
    assert tally.applied == ["学员0", "学员1"]
    assert counts(world, again.return_id, school) == ("applied", 0, 0, 2)
    world.holds()


def test_the_same_file_while_the_first_is_still_being_applied_is_the_same(
    world: World, school: str, tally: Tally
) -> None:
    first, again = upload(world, school, rows_of(60)), upload(world, school, rows_of(60))
    world.perform(actions.accept, actor=clerk(world, school), return_id=first.return_id)
    handed = world.perform(actions.accept, actor=clerk(world, school), return_id=again.return_id)
    assert handed.same_as == first.return_id
    world.run_jobs()
    assert tally.applied == ["学员0"]
    world.holds()


def test_checking_runs_anew_so_that_a_mended_cause_is_seen(world: World, school: str, tally: Tally) -> None:
    rows = rows_of(60, 101)
    first = upload(world, school, rows)
    world.perform(actions.accept, actor=clerk(world, school), return_id=first.return_id)
    world.run_jobs()
    KINDS["tally"] = Kind(**{**KINDS["tally"].__dict__, "judge": lambda _lines, _facts: []})  # the cause is gone
    again = upload(world, school, rows)
    assert (again.good, again.bad) == (1, 0)
    world.perform(actions.accept, actor=clerk(world, school), return_id=again.return_id)
    world.run_jobs()
    assert tally.applied == ["学员0", "学员1"]
    world.holds()


@pytest.mark.row(59)
def test_three_rows_mended_on_the_page_and_two_filed_again_all_count_once(
    world: World, school: str, tally: Tally
) -> None:
    made = upload(world, school, rows_of(*[60] * 5, *[101] * 5))
    assert (made.good, made.bad) == (5, 5)
    page = world.ask(queries.page_of, box(world), made.return_id, [school])
    assert [f.at for line in page.lines for f in line.findings] == ["B7", "B8", "B9", "B10", "B11"]
    mended = world.perform(
        actions.fix, actor=clerk(world, school), return_id=made.return_id,
        changes=tuple(Change(row, "score", "61") for row in (7, 8, 9)),
    )
    assert (mended.good, mended.bad) == (8, 2)
    world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    world.run_jobs()
    assert counts(world, made.return_id, school) == ("applied", 8, 2, 0)
    _kind, failed = world.ask(queries.failed_rows, box(world), made.return_id, [school])
    assert [cells["name"] for cells, _ in failed] == ["学员8", "学员9"]
    second = [["未入账原因", "姓名", "成绩"], *(["原因", cells["name"], "62"] for cells, _ in failed)]
    again = upload(world, school, second, "xlsx")
    assert (again.good, again.bad) == (2, 0)
    world.perform(actions.accept, actor=clerk(world, school), return_id=again.return_id)
    world.run_jobs()
    assert sorted(tally.applied) == [f"学员{i}" for i in range(10)]
    world.holds()


def box(world: World) -> Any:
    return world.tool(Box)


def test_a_worker_that_dies_between_chunks_is_followed_by_one_that_goes_on(
    world: World, school: str, tally: Tally
) -> None:
    made = upload(world, school, rows_of(*[60] * 120))
    world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    tally.crash_at = 70
    jobs.run_one(world.office)
    assert world.ask(queries.waiting, made.return_id) == list(range(52, 122))  # whole acts only
    del tally.applied[50:]  # what the broken act did was rolled back
    tally.crash_at = None
    world.clock.forward(minutes=5)
    world.run_jobs()
    assert counts(world, made.return_id, school) == ("applied", 120, 0, 0)
    assert tally.applied == [f"学员{i}" for i in range(120)]
    world.holds()


def test_a_row_that_is_refused_when_applied_is_held_and_stops_no_other(
    world: World, school: str, tally: Tally
) -> None:
    made = upload(world, school, rows_of(60, 60, 60))
    world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    tally.refuse = {"学员1"}
    world.run_jobs()
    assert counts(world, made.return_id, school) == ("applied", 2, 1, 0)
    found = world.ask(queries.findings_of, made.return_id, [school])
    assert [(f.row, f.code) for f in found] == [(3, "completions.left_class")]
    world.holds()


def test_rows_that_were_applied_are_passed_over_when_a_worker_comes_again(
    world: World, school: str, tally: Tally
) -> None:
    made = upload(world, school, rows_of(60, 60))
    world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    for _ in range(2):
        world.perform(actions.apply_rows, return_id=made.return_id, rows=(2, 3))
    assert tally.applied == ["学员0", "学员1"]
    world.run_jobs()
    world.holds()


def test_a_row_that_no_longer_passes_when_its_turn_comes_is_held(world: World, school: str, tally: Tally) -> None:
    made = upload(world, school, rows_of(60, 60))
    world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    stale = [CellFinding(3, "score", "completions.score_above")]
    KINDS["tally"] = Kind(
        **{**KINDS["tally"].__dict__, "judge": lambda lines, _f: [f for f in stale if f.row in {x.row for x in lines}]}
    )
    world.run_jobs()
    assert counts(world, made.return_id, school) == ("applied", 1, 1, 0)
    assert tally.applied == ["学员0"]
    world.holds()


@pytest.mark.row(57)
def test_a_file_that_is_no_spreadsheet_is_kept_with_one_fail(world: World, school: str, tally: Tally) -> None:
    order = order_of(b"%PDF-1.7 not a sheet", "a.pdf")
    assert order["unreadable"] == Unreadable("sheet.not_a_sheet", {})
    made = world.perform(actions.upload, actor=clerk(world, school), kind="tally", organisation_id=school, **order)
    assert made.state == "refused"
    found = world.ask(queries.findings_of, made.return_id, [school])
    assert [(f.code, f.severity) for f in found] == [("sheet.not_a_sheet", "fail")]
    with world.refused("return.cannot_accept"):
        world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    world.holds()


def test_a_file_with_nothing_but_errors_cannot_be_handed_in(world: World, school: str, tally: Tally) -> None:
    made = upload(world, school, rows_of(101, 102))
    with world.refused("return.nothing_to_file"):
        world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    assert world.perform(actions.drop, actor=clerk(world, school), return_id=made.return_id).state == "refused"
    world.holds()


def test_a_return_of_another_institution_does_not_exist(world: World, school: str, tally: Tally) -> None:
    made = upload(world, school, rows_of(60))
    stranger = world.actor(FILE, HANDLE, account="stranger", organisation="somebody-else")
    for act, order in ((actions.accept, {}), (actions.drop, {}), (actions.fix, {"changes": ()})):
        with world.refused("filed_return.unknown"):
            world.perform(act, actor=stranger, return_id=made.return_id, **order)
    with pytest.raises(Missing):
        world.ask(queries.summary, made.return_id, ["somebody-else"])
    with world.refused("not_allowed"):
        world.perform(
            actions.upload, actor=stranger, kind="tally", organisation_id=school,
            **order_of(sheets.write_csv(rows_of(1)), "a.csv"),
        )
    with world.refused("return_line.unknown"):
        world.perform(
            actions.fix, actor=clerk(world, school), return_id=made.return_id, changes=(Change(99, "score", "1"),)
        )
    world.holds()


def test_what_a_row_says_is_sealed_in_the_database(world: World, school: str, tally: Tally) -> None:
    made = upload(world, school, [["姓名", "成绩"], ["欧阳星河", "101"]])
    with world.db() as db:
        for table in (Return, ReturnLine, ReturnFinding):
            for row in db.scalars(select(table)):
                stored = " ".join(str(getattr(row, c.key)) for c in inspect(table).columns)
                assert "欧阳星河" not in stored
        line = db.scalars(select(ReturnLine).where(ReturnLine.return_id == made.return_id)).one()
        assert queries.opened(box(world), line) == {"name": "欧阳星河", "score": "101"}


def test_the_checks_notice_a_row_that_was_tampered_with(world: World, school: str, tally: Tally) -> None:
    made = upload(world, school, rows_of(60, 70))
    world.perform(actions.accept, actor=clerk(world, school), return_id=made.return_id)
    world.run_jobs()
    world.holds()
    with writing(world.engine) as db:
        line = db.scalars(select(ReturnLine).where(ReturnLine.row == 2)).one()
        other = db.scalars(select(ReturnLine).where(ReturnLine.row == 3)).one()
        line.cells, line.mark = other.cells, other.mark
        db.delete(db.scalars(select(ReturnLine).where(ReturnLine.row == 3)).one())
        db.add(ReturnLine(id="x", return_id=line.return_id, row=9, cells=other.cells, mark=other.mark,
                          state="applied", source="x:9"))
        db.add(ReturnLine(id="y", return_id=line.return_id, row=10, cells=b"", mark="m", state="waiting"))
    assert set(world.violations()) >= {"returns.counts", "returns.once", "returns.sealed"}


def test_upload_and_accept_replay_the_same_answer(world: World, school: str, tally: Tally) -> None:
    order = order_of(sheets.write_csv(rows_of(60)), "a.csv")
    who = clerk(world, school)
    one = world.perform(actions.upload, actor=who, key="k", kind="tally", organisation_id=school, **order)
    two = world.perform(actions.upload, actor=who, key="k", kind="tally", organisation_id=school, **order)
    assert one == two
    first = world.perform(actions.accept, actor=who, key="a", return_id=one.return_id)
    assert world.perform(actions.accept, actor=who, key="a", return_id=one.return_id) == first
    world.run_jobs()
    assert tally.applied == ["学员0"]
    world.holds()
