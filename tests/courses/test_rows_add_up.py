"""Rows 58 and 59: the preview is what happens, and no row is ever lost or counted twice."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skills import features
from skills.kernel.box import Box
from skills.kernel.sheets import read
from skills.returns import actions, queries
from skills.returns.actions import Change
from skills.returns.intake import order_of
from skills.returns.kinds import kind_of
from tests.courses.filed import HEAD, Filed, enrolled
from tests.courses.test_views import Visitors, press, text_of
from tests.world import World, _copy


@pytest.fixture
def visitors(lite: World, monkeypatch: pytest.MonkeyPatch) -> Visitors:
    held = Visitors(lite, {})
    monkeypatch.setattr(features, "load_me", lambda: lambda _db, session: held.known.get(session.account_id))
    return held


@pytest.mark.row(59)
def test_three_rows_mended_in_the_browser_and_two_filed_again_from_the_download(visitors: Visitors) -> None:
    world = visitors.world
    filed = enrolled(world, 10)
    wrong = {5: {"score": "101"}, 6: {"hours": "一百"}, 7: {"completed_on": "2026-02-30"}, 8: {"attendance": "120"}, 9: {"score": "59"}}
    made = filed.upload([filed.row(i, **wrong.get(i, {})) for i in range(10)])
    assert (made.good, made.bad) == (5, 5)
    client, url = visitors.come(filed.clerk), f"/org/returns/{made.return_id}"
    page = text_of(client.get(url))
    fields = {}
    for row, column, value in ((7, "score", "90"), (8, "hours", "12"), (9, "completed_on", world.today.isoformat())):
        assert f'name="cell-{row}-{column}"' in page
        fields |= {f"cell-{row}-{column}": value, f"was-{row}-{column}": "x"}
    press(client, url, f"{url}/fix", **fields)
    assert "如现在报送：8 人入账" in text_of(client.get(url))
    press(client, url, f"{url}/accept")
    world.run_jobs()
    filed.balanced()
    sheet = [list(line) for line in read(client.get(f"{url}/failed.xlsx").data).rows]
    assert sheet[0][0] == "未入账原因"
    assert len(sheet) == 3
    assert all(line[0] for line in sheet[1:])
    for line in sheet[1:]:
        line[6], line[7] = "100", "61"
    held = io.StringIO()
    csv.writer(held).writerows(sheet)
    again = world.perform(
        actions.upload, actor=filed.clerk, kind="completions", organisation_id=filed.stage.school,
        **order_of(held.getvalue().encode("utf-8-sig"), "failed.csv"),
    )  # fmt: skip
    assert (again.good, again.bad) == (2, 0)
    filed.hand_in(again.return_id)
    assert [filed.place(i).state for i in range(10)] == ["completed"] * 10
    filed.balanced()
    world.holds()


# What a row of a file may be: a good one, one of several faults, or one that stands already.
KINDS = ["good", "fail", "score", "hours", "stranger", "again", "other"]
FAULTS: dict[str, dict[str, str]] = {
    "score": {"score": "101"}, "hours": {"hours": "11000"}, "fail": {"outcome": "不合格", "score": "10"}, "stranger": {"name": "别人"},
    "other": {"score": "77"},
}  # fmt: skip


def dry(filed: Filed, rows: list[list[str]]) -> Any:
    with filed.world.db() as db:
        desk = queries.Desk(db, filed.world.tool(Box), filed.stage.school, filed.world.today)
        return queries.check_sheet(desk, kind_of("completions"), [HEAD, *rows]).totals


@pytest.mark.row(58, 59)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_preview_is_what_happens_and_the_rows_always_add_up(tmp_path_factory: Any, data: st.DataObject) -> None:
    with _copy(tmp_path_factory.mktemp("rows") / "w") as world:
        world.asked = True
        filed = enrolled(world, 6)
        filed.return_id = filed.file([filed.row(i) for i in (4, 5)])
        chosen = data.draw(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(KINDS)), min_size=1, max_size=4, unique_by=lambda t: t[0]))
        rows = [filed.row(4 if kind == "again" else 5 if kind == "other" else i, **FAULTS.get(kind, {})) for i, kind in chosen]
        if sum(kind in ("again", "other") for _, kind in chosen) > 2:
            return
        before = dry(filed, rows)
        made = filed.upload(rows)
        assert before.good + before.bad + before.same == before.lines == len(rows)
        mended = [n for n, (_, kind) in enumerate(chosen, 2) if kind == "score" and data.draw(st.booleans())]
        if mended:
            world.perform(
                actions.fix, actor=filed.clerk, return_id=made.return_id, changes=tuple(Change(n, "score", "66") for n in mended)
            )
        told = world.ask(queries.summary, made.return_id, [filed.stage.school]).totals
        assert told.good + told.bad + told.same == told.lines
        if not told.good and not told.same:
            return
        filed.hand_in(made.return_id)
        real = world.ask(queries.summary, made.return_id, [filed.stage.school])
        assert (real.done, real.held, real.totals.same, real.paid) == (told.good, told.bad, told.same, told.worth)
        if not mended:
            assert (real.done, real.held, real.paid) == (before.good, before.bad, before.worth)
        filed.balanced()
        world.holds()
