"""A complete list: whom it leaves out is found when its rows are checked, in the background of many; pages read what was found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from skills.kernel.box import Box
from skills.returns import actions, queries
from skills.returns.actions import changes, removals
from skills.returns.queries import Desk, afterwards
from skills.returns.queries import removals as removal_queries
from skills.returns.rules.amending import Answer
from tests.courses.filed import Filed, reported
from tests.world import World

pytestmark = pytest.mark.row(60)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are many."""
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 1)


@contextmanager
def unchecked() -> Iterator[None]:
    """Whatever happens meanwhile asks no rule of rows."""

    def asked(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("rows were checked while somebody waits")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "check_lines", asked)
        yield


def goes(filed: Filed, return_id: str, after: str = "") -> afterwards.Goes | None:
    desk = lambda db: Desk(db, filed.world.tool(Box), filed.stage.school, filed.world.today)  # noqa: E731
    with unchecked():
        found: afterwards.Goes | None = filed.world.ask(lambda db: afterwards.goes(desk(db), return_id, after))
    return found


def mark(filed: Filed, return_id: str) -> str:
    return str(filed.world.perform(removals.mark_complete, actor=filed.clerk, return_id=return_id, complete=True).state)


def test_a_page_reads_whom_a_complete_list_leaves_out_and_checks_nothing(world: World) -> None:
    filed = reported(world, 3)
    later = filed.upload([filed.row(0), filed.row(1)])
    assert goes(filed, later.return_id) is None
    assert mark(filed, later.return_id) == "checked"
    found = goes(filed, later.return_id)
    assert found is not None
    assert (found.told.rows, found.told.stands, [s.source for s in found.stakes]) == (1, 3, [f"enrolment:{filed.people[2][2]}"])
    world.perform(removals.void, actor=filed.clerk, return_id=filed.return_id, rows=(4,), reason="报错了班")
    assert goes(filed, later.return_id) is None  # a change of it is under way
    filed.hand_in(later.return_id)
    world.holds()


def test_what_goes_is_told_in_sum_and_its_rows_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = reported(world, 4)
    world.perform(removals.void, actor=filed.clerk, return_id=filed.return_id, rows=(5,), reason="报错了班")  # waits, and is no part of it
    later = filed.upload([filed.row(0)])
    mark(filed, later.return_id)
    whole = goes(filed, later.return_id)
    assert whole is not None
    assert (whole.told.rows, whole.told.cents, whole.after) == (2, sum(s.cents for s in whole.stakes), "")
    assert whole.told.cents == sum(filed.place(i).voucher_cents for i in (1, 2)) > 0
    assert {s.source for s in whole.stakes} == {f"enrolment:{filed.people[i][2]}" for i in (1, 2)}
    monkeypatch.setattr(removal_queries, "PAGE", 1)
    first = goes(filed, later.return_id)
    assert first is not None
    second = goes(filed, later.return_id, first.after)
    assert second is not None
    assert (first.told, second.told) == (whole.told, whole.told)
    assert (first.stakes + second.stakes, second.after) == (whole.stakes, "")
    world.perform(actions.accept, actor=filed.clerk, return_id=later.return_id, removes=2)
    world.run_jobs()
    (asked,) = (r for r in world.ask(removal_queries.removals, [filed.stage.school]) if r.cause == "complete")
    page = world.ask(removal_queries.removal, asked.id, [filed.stage.school])
    rest = world.ask(removal_queries.removal, asked.id, [filed.stage.school], page.after)
    assert (page.rows, page.cents, sorted(line.row for line in (*page.lines, *rest.lines)), rest.after) == (2, whole.told.cents, [3, 4], "")
    world.holds()


@pytest.mark.usefixtures("large")
def test_a_large_complete_list_is_checked_and_handed_in_in_the_background(world: World) -> None:
    filed = reported(world, 4)
    later = filed.upload([filed.row(i) for i in range(3)])
    with unchecked():
        assert mark(filed, later.return_id) == "uploaded"
    world.run_jobs()
    with unchecked():
        found = goes(filed, later.return_id)
        assert found is not None
        assert found.told.rows == 1
        with world.refused("return.removal_unconfirmed"):
            world.perform(actions.accept, actor=filed.clerk, return_id=later.return_id)
        done = world.perform(actions.accept, actor=filed.clerk, return_id=later.return_id, removes=1)
    assert done.state == "accepted"
    world.run_jobs()
    (removal,) = world.ask(removal_queries.removals, [filed.stage.school])
    assert (removal.cause, removal.rows, removal.stands, removal.state) == ("complete", 1, 4, "asked")
    world.perform(removals.confirm, actor=filed.admin, removal_id=removal.id)
    world.run_jobs()
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    assert [filed.line(r).state for r in (2, 3, 4, 5)] == ["applied", "applied", "applied", "voided"]
    world.holds()
    filed.balanced()


@pytest.mark.usefixtures("large")
def test_a_large_complete_list_with_errors_is_not_handed_in(world: World) -> None:
    filed = reported(world, 2)
    later = filed.upload([filed.row(0), ["陌生人", *filed.row(1)[1:]]])
    mark(filed, later.return_id)
    world.run_jobs()
    with world.refused("return.complete_has_errors"):
        filed.hand_in(later.return_id)
    world.holds()


@pytest.mark.usefixtures("large")
def test_an_answer_to_a_row_of_a_large_return_has_it_checked_in_the_background(world: World) -> None:
    filed = reported(world, 2)
    later = filed.upload([filed.row(0, completed_on=filed.place(0).completed_on.replace(day=2).isoformat()), filed.row(1)])
    assert filed.codes(later.return_id) == [(2, "", "returns.filed_otherwise")]
    done = world.perform(
        changes.answer, actor=filed.clerk, return_id=later.return_id, row=2, said=Answer.CORRECT, reason="日期填错"
    )
    assert done.state == "uploaded"
    world.run_jobs()
    assert filed.codes(later.return_id) == [(2, "", "returns.corrects")]
    filed.hand_in(later.return_id)
    assert filed.line(2, later.return_id).state == "applied"
    world.holds()
    filed.balanced()
