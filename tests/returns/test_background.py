"""Large files are checked in the background: as the small ones, once, whatever dies on the way, and gone afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text

from skills.kernel import jobs, sheets
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.jobs import Job
from skills.returns import actions, intake, queries
from skills.returns import jobs as work
from skills.returns.actions import Change
from skills.returns.kinds import KINDS
from skills.returns.models import Return, ReturnCheck, ReturnFile, ReturnFinding, ReturnLine
from skills.returns.queries import under_way
from skills.returns.rules import CellFinding
from tests.returns import test_actions as desk
from tests.world import World

tally, school = desk.tally, desk.school
PART = 20


class Killed(BaseException):
    """kill -9: nothing after it is done, nothing is tidied up."""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch, tally: Any) -> None:
    """Files of more than 30 rows are large, and are checked twenty rows at a time; a name may stand only once."""
    monkeypatch.setattr(intake, "MOST_AT_ONCE", 30)
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 30)
    monkeypatch.setattr(under_way, "PART", PART)
    monkeypatch.setattr(under_way.stored_rows, "__defaults__", (PART,))

    def judge(lines: Any, _facts: Any, seen: dict[tuple[object, ...], int]) -> Iterator[CellFinding]:
        for line in lines:
            if line.values.get("score", 0) > 100:
                yield CellFinding(line.row, "score", "completions.score_above")
            if (first := seen.setdefault((line.values.get("name"),), line.row)) != line.row:
                yield CellFinding(line.row, "name", "completions.repeated", facts={"first": first})

    KINDS["tally"] = replace(KINDS["tally"], judge=judge, across=True)


def table(rows: int = 90) -> list[list[str]]:
    """Every tenth score too high, a row with cells too many, one without a name, one name twice in parts far apart."""
    made = desk.rows_of(*(101 if n % 10 == 3 else 60 for n in range(rows)))
    made[7].append("left over")
    made[15][0] = ""
    made[rows - 5][0] = made[4][0]
    return made


def checksum(world: World) -> str:
    """Everything that stands in the database."""
    with world.db() as db:
        told = hashlib.sha256()
        for name in sorted(inspect(db.get_bind()).get_table_names()):
            rows = db.execute(text(f'select * from "{name}"')).all()
            told.update(repr((name, sorted(map(repr, rows)))).encode())
        return told.hexdigest()


def dry(world: World, school: str, data: bytes) -> queries.Checked:
    with world.db() as db:
        at = queries.Desk(db, world.tool(Box), school, world.today)
        return queries.check_sheet(at, KINDS["tally"], intake.rows_of(data))


def upload(world: World, school: str, data: bytes) -> Any:
    made = world.perform(
        actions.upload, actor=desk.clerk(world, school), kind="tally", organisation_id=school,
        **intake.order_of(data, "large.csv"),
    )
    assert made.state == "uploaded"
    return made


def stands(world: World, return_id: str) -> tuple[Any, ...]:
    """What a return came to: its face, its rows, its findings."""
    with world.db() as db:
        row = db.get_one(Return, return_id)
        face = (row.state, row.lines, row.good, row.bad, row.same, row.warnings, row.worth, row.blocked, dict(row.places))
        lines = db.scalars(select(ReturnLine).where(ReturnLine.return_id == return_id).order_by(ReturnLine.row))
        rows = [(x.row, x.mark, x.worth, queries.opened(world.tool(Box), x)) for x in lines]
        found = db.execute(select(ReturnFinding.row, ReturnFinding.column, ReturnFinding.code, ReturnFinding.facts)
                           .where(ReturnFinding.return_id == return_id))  # fmt: skip
        return face, rows, sorted((f.row, f.column, f.code, str(f.facts)) for f in found)


def as_checked(world: World, return_id: str, said: queries.Checked) -> None:
    face, rows, found = stands(world, return_id)
    t = said.totals
    assert face == ("checked", t.lines, t.good, t.bad, t.same, t.warnings, t.worth, t.blocked, dict(said.places))
    assert [(row, mark) for row, mark, _, _ in rows] == [(x.row, said.marks[x.row]) for x in said.lines]
    assert [cells for _, _, _, cells in rows] == [dict(x.cells) for x in said.lines]
    assert [f[:3] for f in found] == sorted((f.row, f.column, f.code) for f in said.findings)


def left(world: World, model: type[Any]) -> int:
    return int(world.ask(lambda db: db.scalar(select(func.count()).select_from(model))))


@pytest.mark.row(58)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_dry_run_writes_nothing_and_the_background_comes_to_the_same(world: World, school: str, tally: Any, form: str) -> None:
    data = sheets.write_csv(table()) if form == "csv" else sheets.write_xlsx(table())
    before = checksum(world)
    said = dry(world, school, data)
    assert checksum(world) == before
    assert (said.totals.bad, said.totals.warnings, said.totals.blocked) == (11, 1, 1_100)
    made = upload(world, school, data)
    assert left(world, ReturnFile) == 1
    world.holds()
    world.run_jobs()
    as_checked(world, made.return_id, said)
    assert left(world, ReturnFile) == 0
    world.perform(actions.accept, actor=desk.clerk(world, school), return_id=made.return_id)
    world.run_jobs()
    real = world.ask(queries.summary, made.return_id, [school])
    assert (real.done, real.held, real.paid) == (said.totals.good, said.totals.bad, said.totals.worth)
    world.holds()


def test_what_waits_is_sealed(world: World, school: str) -> None:
    upload(world, school, sheets.write_csv([["姓名", "成绩"], *([f"欧阳星河{n}", "60"] for n in range(40))]))
    with world.db() as db:
        (piece,) = db.scalars(select(ReturnFile))
        assert "欧阳星河".encode() not in piece.body
    with writing(world.engine) as db:
        db.execute(text("update return_file set body = :b"), {"b": piece.body[:-1] + bytes([piece.body[-1] ^ 1])})
    assert set(world.violations()) == {"returns.waiting_files"}


STEPS = (90 // PART + 1) + 2  # to begin, every part, to end


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(STEPS))
def test_a_worker_that_is_killed_at_any_step_loses_nothing_and_doubles_nothing(
    world: World, school: str, monkeypatch: pytest.MonkeyPatch, step: int, after: bool
) -> None:
    data = sheets.write_csv(table())
    said, made = dry(world, school, data), upload(world, school, data)
    perform, calls = world.office.perform, iter(range(STEPS + 1))

    def dying(*args: Any, **order: Any) -> Any:
        now = next(calls)
        if now == step and not after:
            raise Killed
        done = perform(*args, **order)
        if now == step:
            raise Killed
        return done

    monkeypatch.setattr(world.office, "perform", dying)
    with pytest.raises(Killed):
        jobs.run_one(world.office)
    monkeypatch.setattr(world.office, "perform", perform)
    assert stands(world, made.return_id)[0][1] == left(world, ReturnLine), "rows and count stand together"
    assert world.run_jobs() == 0, "the lease of the dead still holds"
    world.clock.forward(minutes=5)
    world.run_jobs()
    as_checked(world, made.return_id, said)
    assert (left(world, ReturnFile), left(world, ReturnFinding)) == (0, len(said.findings))
    world.holds()


def test_two_workers_at_one_file_keep_every_row_once(world: World, school: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sheets.write_csv(table())
    said, made = dry(world, school, data), upload(world, school, data)
    perform, first = world.office.perform, iter([True])

    def late(action: Any, **order: Any) -> Any:
        if action.name == "return.check_part" and next(first, False):  # held up until another has done all of it
            world.clock.forward(minutes=5)
            jobs.run_one(world.office)
        return perform(action, **order)

    monkeypatch.setattr(world.office, "perform", late)
    jobs.run_one(world.office)
    monkeypatch.setattr(world.office, "perform", perform)
    world.clock.forward(minutes=5)
    world.run_jobs()
    as_checked(world, made.return_id, said)
    world.holds()


@pytest.mark.row(57)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sheets.write_csv(table()) + b'"x" y,60\r\n', "sheet.broken_quotes"),
        (sheets.write_csv([["说明", "成绩"], *table()[1:]]), "returns.missing_column"),
        (sheets.write_csv([["姓名", "成绩"], *[["", ""]] * 50, ["", "", "x"]]), "returns.no_rows"),
    ],
)
def test_a_large_file_that_is_no_return_gets_one_fail_and_nothing_of_it_stays(
    world: World, school: str, data: bytes, code: str
) -> None:
    made = upload(world, school, data)
    world.run_jobs()
    face, rows, found = stands(world, made.return_id)
    assert (face[0], rows, [f[2] for f in found]) == ("refused", [], [code])
    assert left(world, ReturnFile) == 0
    world.holds()


def test_mending_a_large_return_asks_every_row_again_in_the_background(world: World, school: str) -> None:
    data = sheets.write_csv(table())
    made = upload(world, school, data)
    world.run_jobs()
    fixed = world.perform(
        actions.fix, actor=desk.clerk(world, school), return_id=made.return_id,
        changes=(Change(6, "name", "别人"), Change(6, "score", "61")),
    )
    assert fixed.state == "uploaded"
    assert world.run_jobs() == 1
    mended = table()
    mended[5] = ["别人", "61"]
    said = dry(world, school, sheets.write_csv(mended))
    as_checked(world, made.return_id, said)
    world.holds()


def test_a_file_given_up_while_it_is_checked_is_gone_and_the_work_stops(
    world: World, school: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = upload(world, school, sheets.write_csv(table()))
    perform, parts = world.office.perform, iter(range(9))

    def dropping(action: Any, **order: Any) -> Any:
        if action.name == "return.check_part" and next(parts) == 2:
            perform(actions.drop, actor=desk.clerk(world, school), key="drop", return_id=made.return_id)
        return perform(action, **order)

    monkeypatch.setattr(world.office, "perform", dropping)
    jobs.run_one(world.office)
    world.clock.forward(minutes=5)
    world.run_jobs()
    assert stands(world, made.return_id)[0][:2] == ("refused", 2 * PART)
    assert left(world, ReturnFile) == 0
    world.holds()


class Pages:
    """The pages as the school's clerk sees them."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __call__(self, path: str) -> Any:
        return self.client.get(path)


def pages(world: World, school: str, monkeypatch: pytest.MonkeyPatch) -> Pages:
    from skills.web import doorman
    from skills.web.pages import Me

    actor = desk.clerk(world, school)
    me = Me(actor, "张经办", "institution_clerk", "机构经办", "Clerk", "/org", school, "星河职业培训学校")
    monkeypatch.setattr(doorman, "_recognise", lambda _load, _access: _signed_in(me))
    return Pages(world.client())


def _signed_in(me: Any) -> None:
    from flask import g

    g.me, g.open_session = me, True


def die_in_the_third(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The worker takes the next job and dies before the third of the acts of this name."""
    perform, parts = world.office.perform, iter(range(9))

    def dying(action: Any, **order: Any) -> Any:
        if action.name == name and next(parts) == 2:
            raise Killed
        return perform(action, **order)

    with monkeypatch.context() as patch:
        patch.setattr(world.office, "perform", dying)
        with pytest.raises(Killed):
            jobs.run_one(world.office)


def test_the_page_of_a_check_tells_how_far_it_is_without_a_script(
    world: World, school: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = upload(world, school, sheets.write_csv(table()))
    see = pages(world, school, monkeypatch)
    path = f"/org/returns/{made.return_id}"
    fresh = see(path)
    assert fresh.status_code == 200
    assert fresh.headers["Refresh"] == "5"
    assert "<progress" in fresh.text
    assert "<script" not in fresh.text.split("<main")[1].split("</main")[0]
    die_in_the_third(world, monkeypatch, "return.check_part")
    for _ in range(2):  # a reload shows the same, whatever became of the worker
        assert 'value="40" max="90"' in see(path).text
    assert "Refresh" not in see(path + "?still=1").headers
    world.clock.forward(minutes=5)
    world.run_jobs()
    done = see(path)
    assert "Refresh" not in done.headers
    assert "<progress" not in done.text
    world.holds()


def test_the_page_says_so_when_the_work_failed_for_good(
    world: World, school: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = upload(world, school, sheets.write_csv(table()))
    see = pages(world, school, monkeypatch)
    monkeypatch.setattr(work, "rows_of", lambda _data: 1 / 0)
    for _ in range(jobs.MOST_ATTEMPTS):
        jobs.run_one(world.office)
        world.clock.forward(minutes=5)
    assert world.ask(lambda db: db.scalar(select(Job.state).where(Job.name == "returns.check"))) == "failed"
    page = see(f"/org/returns/{made.return_id}")
    assert "检查没有完成" in page.text
    assert "Refresh" not in page.headers
    assert world.perform(actions.drop, actor=desk.clerk(world, school), return_id=made.return_id).state == "refused"
    assert left(world, ReturnCheck) == 1
    assert set(world.violations()) == {"jobs.none_failed"}


@pytest.mark.row(60)
def test_a_large_file_again_changes_nothing_and_says_so(world: World, school: str, tally: Any) -> None:
    data = sheets.write_csv(desk.rows_of(*[60] * 50))
    made = [upload(world, school, data) for _ in range(2)]
    world.run_jobs()
    handed = [world.perform(actions.accept, actor=desk.clerk(world, school), return_id=m.return_id) for m in made]
    assert [h.number[:2] for h in handed] == ["HZ", "HZ"]
    world.run_jobs()
    assert len(tally.applied) == 50
    states = [world.ask(queries.summary, m.return_id, [school]) for m in made]
    assert sorted((s.state, s.done, s.held) for s in states) == [("applied", 0, 50), ("applied", 50, 0)]  # filed meanwhile
    first = next(m.return_id for m, s in zip(made, states, strict=True) if s.done)  # handed in at the same moment: either
    third = upload(world, school, data)
    world.run_jobs()
    world.perform(actions.accept, actor=desk.clerk(world, school), return_id=third.return_id)
    world.run_jobs()
    told = world.ask(queries.summary, third.return_id, [school])
    assert (told.state, told.done, told.held, told.totals.same, told.same_as) == ("applied", 0, 0, 50, first)
    world.holds()


def test_a_large_file_with_nothing_but_errors_cannot_be_handed_in(world: World, school: str) -> None:
    made = upload(world, school, sheets.write_csv(desk.rows_of(*[101] * 50)))
    world.run_jobs()
    with world.refused("return.nothing_to_file"):
        world.perform(actions.accept, actor=desk.clerk(world, school), return_id=made.return_id)
    world.holds()
