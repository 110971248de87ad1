"""A body's own norm: a grid in which no cell of a filed level is empty; the missing one is named."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.accounts.rules import Role
from skills.certification.actions import filing_changes, filings, norms
from skills.certification.models import Filing, Norm
from skills.certification.queries import norms as norm_queries
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.norms import Cell, attributes_of, faults, grid, read_grid
from skills.certification.states.filings import ChangeKind
from skills.kernel import sheets
from skills.kernel.errors import Refusal
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(37)
TWO = attributes_of([{"code": "skill", "zh": "技能要求", "en": "Skills"}, {"code": "pass", "zh": "合格线", "en": "Pass mark"}])


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({}, [(3, "skill"), (3, "pass"), (4, "skill"), (4, "pass")]),
        ({"3": {"skill": "编程", "pass": "60"}, "4": {"skill": "编程"}}, [(4, "pass")]),
        ({"3": {"skill": "编程", "pass": "60"}, "4": {"skill": " ", "pass": "——"}}, [(4, "skill"), (4, "pass")]),
        ({"3": {"skill": "编程", "pass": "60"}, "4": {"skill": "编程", "pass": "60"}}, []),
    ],
)
def test_each_empty_cell_is_named(cells: dict[str, dict[str, str]], missing: list[tuple[int, str]]) -> None:
    verdict = faults(JOB, "", cells, [Level.L4, Level.L3], TWO)
    assert [(f.facts["rank"], f.facts["code"]) for f in verdict.findings] == missing
    assert bool(verdict) is not bool(missing)


def test_a_table_goes_out_and_comes_back() -> None:
    cells = {"3": {"skill": "=SUM(1)", "pass": "60"}, "4": {"skill": "编程，\n调试", "pass": ""}}
    table = grid(cells, [Level.L4, Level.L3], TWO)
    for data in (sheets.write_xlsx(table), sheets.write_csv(table)):
        back = read_grid(sheets.read(data).rows, TWO)
        assert {(c.level, c.attribute): c.text for c in back} == {
            (3, "skill"): "=SUM(1)", (3, "pass"): "60", (4, "skill"): "编程，\n调试", (4, "pass"): "",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "code", "fact"),
    [
        ([["等级", "技能要求"]], "norm.sheet_head", ("attribute", "合格线")),
        ([["等级", "技能要求", "合格线", "合格线"]], "norm.sheet_head", ("attribute", "合格线")),
        ([["等级", "技能要求", "合格线"], ["四级", "a", "b"], ["九级", "a", "b"]], "norm.sheet_level", ("cell", "A3")),
        ([["等级", "技能要求", "合格线"], ["四级", "a", "b"], ["中级工", "a", "b"]], "norm.sheet_twice", ("cell", "A3")),
        ([["等级", "技能要求", "合格线"], ["四级", "a", "x" * 2001]], "norm.too_long", ("cell", "C2")),
    ],
)
def test_a_wrong_table_is_refused_by_its_cell(rows: list[list[str]], code: str, fact: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as caught:
        read_grid(rows, TWO)
    assert (caught.value.code, caught.value.facts[fact[0]]) == (code, fact[1])


def begun(world: World) -> tuple[Stage, str, str]:
    """A firm's draft of a filing with two levels, and its norm with one empty cell: stage, filing, norm."""
    stage = Stage(world, "enterprise")
    made = world.perform(
        filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(Level.L4, Level.L3), contact="王工"
    )
    norm = world.perform(norms.begin, actor=stage.admin, filing_id=made.filing_id, occupation=JOB)
    codes = [row["code"] for row in world.ask(value, "filing.norm_attributes", world.today)]
    assert norm.missing == 2 * len(codes)
    cells = tuple(
        Cell(level, code, f"内容{level}{code}") for level in (3, 4) for code in codes if (level, code) != (4, "method")
    )  # fmt: skip
    assert world.perform(norms.write, actor=stage.admin, norm_id=norm.norm_id, cells=cells).missing == 1
    return stage, made.filing_id, norm.norm_id


def missing_of(refusal: Refusal) -> list[tuple[Any, Any]]:
    return [(f.facts.get("level"), f.facts.get("attribute")) for f in refusal.findings]


def test_a_missing_attribute_of_one_level_is_named_by_its_cell_and_a_complete_one_is_filed_in_a_working_day(world: World) -> None:
    stage, filing, norm = grown(world, begun)
    for act, order in ((filings.submit, {}), (filings.commit, {"promised": True})):
        with world.refused("filing.norm_incomplete") as held:
            world.perform(act, actor=stage.admin, filing_id=filing, **order)
        assert missing_of(held[0]) == [(Level.L3.wording, "考核方式")]
    with world.refused("norm.cell_unknown"):
        world.perform(norms.write, actor=stage.admin, norm_id=norm, cells=(Cell(6, "method", "笔试"),))
    world.perform(norms.write, actor=stage.admin, norm_id=norm, cells=(Cell(4, "method", "实操"),))
    world.perform(filings.submit, actor=stage.admin, filing_id=filing)
    with world.db() as db:
        assert db.scalar(select(Filing.due_on)) == add_working_days(world.today, 1)
    with world.refused("norm.locked"):
        world.perform(norms.write, actor=stage.admin, norm_id=norm, cells=(Cell(4, "method", ""),))
    world.perform(filings.accept, actor=stage.clerk, filing_id=filing)
    with world.db() as db:
        assert db.scalar(select(Norm.state)) == "filed"
    world.holds()


def test_an_addition_waits_for_its_level_in_a_new_version(world: World) -> None:
    stage, filing, norm = grown(world, begun)
    world.perform(norms.write, actor=stage.admin, norm_id=norm, cells=(Cell(4, "method", "实操"),))
    world.perform(filings.submit, actor=stage.admin, filing_id=filing)
    world.perform(filings.accept, actor=stage.clerk, filing_id=filing)
    with world.refused("norm.not_in_draft"):
        world.perform(norms.write, actor=stage.admin, norm_id=norm, cells=(Cell(4, "method", ""),))
    order: dict[str, Any] = {"filing_id": filing, "kind": ChangeKind.ADDITION, "scope": (ScopeItem(JOB, "", Level.L2),)}
    with world.refused("filing.norm_incomplete") as held:
        world.perform(filing_changes.ask, actor=stage.admin, **order)
    assert {level for level, _ in missing_of(held[0])} == {Level.L2.wording}
    new = world.perform(norms.begin, actor=stage.admin, filing_id=filing, occupation=JOB)
    cells = tuple(Cell(5, str(attribute), "内容") for attribute in (row["code"] for row in world.ask(value, "filing.norm_attributes", world.today)))
    assert world.perform(norms.write, actor=stage.admin, norm_id=new.norm_id, cells=cells).missing == 0
    made = world.perform(filing_changes.ask, actor=stage.admin, **order)
    world.perform(filing_changes.grant, actor=stage.clerk, change_id=made.change_id)
    with world.db() as db:
        assert db.execute(select(Norm.version, Norm.state).order_by(Norm.version)).all() == [(1, "replaced"), (2, "filed")]
    world.holds()
    with world.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(Norm).where(Norm.id == new.norm_id).values(cells={}))
    assert "certification.norms" in world.violations()


def test_an_occupation_without_a_national_standard_needs_one(lite: World) -> None:
    lite.policy("filing.norm_needed", [JOB], lite.today + timedelta(days=1))
    lite.clock.forward(days=1)
    stage = Stage(lite)
    made = lite.perform(filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(Level.L4), contact="王工")
    with lite.refused("filing.norm_incomplete") as held:
        lite.perform(filings.submit, actor=stage.admin, filing_id=made.filing_id)
    assert [f.code for f in held[0].findings] == ["filing.norm_missing"]
    with lite.refused("norm.outside_scope"):
        lite.perform(norms.begin, actor=stage.admin, filing_id=made.filing_id, occupation="4-04-05-02")


def test_a_norm_is_written_on_a_page_and_as_a_table_and_is_nobody_elses(visitors: Visitors) -> None:
    world = visitors.world
    stage, _filing, norm = grown(world, begun)
    admin = visitors.come(acting(Role.BODY_ADMIN, "b-admin", organisation=stage.body))
    page = f"/ent/filing/norms/{norm}"
    assert 'href="#cell-4-method"' in text_of(admin.get(page))
    assert press(admin, page, page, **{"cell-4-method": "实操与答辩"}).status_code == 303
    assert "各格均已填写" in text_of(admin.get(page))
    table = sheets.read(admin.get(f"{page}/table.xlsx").data).rows
    assert [row[0] for row in table] == ["等级", "四级/中级工", "三级/高级工"]
    emptied = [list(row) for row in table]
    emptied[1][-1] = ""
    shown = text_of(admin.get(page))
    data = {"csrf_token": hidden(shown, "csrf_token"), "key": hidden(shown, "key"), "file": (BytesIO(sheets.write_xlsx(emptied)), "规范.xlsx")}
    assert admin.post(f"{page}/table", data=data, content_type="multipart/form-data").status_code == 303
    assert [(f.facts["rank"], f.facts["code"]) for f in world.ask(norm_queries.norm, norm, world.today).missing] == [(3, "pass")]
    home = text_of(admin.get("/ent/filing"))
    assert "缺 1 格" in home
    refused = press(admin, "/ent/filing", "/ent/filing/submit")
    assert refused.status_code == 409
    assert "请填写四级/中级工的“合格线”" in refused.get_data(as_text=True)
    other = visitors.come(acting(Role.BODY_ADMIN, "b-other", organisation=stage.organisation("enterprise")))
    assert other.get(page).status_code == 404
    gov = visitors.come(acting(Role.GOV_CLERK, "g-clerk"))
    assert "实操与答辩" in text_of(gov.get(f"/gov/norms/{norm}"))
    world.holds()
