"""A platform takes a statement back: that is always kept, whatever has become of the row meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from skills.courses.actions import statements as acts
from skills.courses.models import XapiStatement
from skills.courses.rules import statements as rules
from skills.courses.rules.statements import Verb
from skills.returns.models import Return, ReturnFinding, ReturnLine
from tests.courses.filed import Filed, enrolled
from tests.courses.test_xapi import BASE, send, statement
from tests.world import World

pytestmark = pytest.mark.row(22)


def voiding(filed: Filed, said: dict[str, Any]) -> dict[str, Any]:
    return statement(filed, Verb.VOIDED, object={"objectType": "StatementRef", "id": said["id"]}, result={})


def lines(world: World) -> list[str]:
    with world.db() as db:
        return list(db.scalars(select(ReturnLine.state).order_by(ReturnLine.id)))


def test_what_is_taken_back_before_its_row_is_applied_is_never_applied(world: World) -> None:
    filed = enrolled(world, 1)
    said = statement(filed)
    both = rules.read_many([said, voiding(filed, said)], BASE)
    kept = world.perform(acts.record, actor=filed.clerk, institution_id=filed.stage.school, statements=both)
    assert kept.states == ("filed", "noted")
    world.run_jobs()
    assert (lines(world), filed.place(0).state) == (["held"], "attending")
    with world.db() as db:
        assert db.scalars(select(ReturnFinding.code)).all() == ["returns.taken_back"]
        assert db.scalars(select(Return.state)).all() == ["applied"]
    world.holds()
    filed.balanced()


def test_a_row_that_stands_no_more_is_left_alone_and_nothing_else_is_refused(world: World) -> None:
    filed = enrolled(world, 2, vouchers=False)
    said, other = statement(filed, Verb.FAILED), statement(filed, i=1)
    send(filed, said)
    for _ in range(2):  # the second time it waits for the other person already, or is gone
        assert send(filed, voiding(filed, said)).states == ("noted",)
    assert send(filed, voiding(filed, said), other).states == ("noted", "filed")
    assert filed.place(1).state == "completed"
    with world.db() as db:
        assert len(db.scalars(select(XapiStatement.id).where(XapiStatement.verb == Verb.VOIDED)).all()) == 3
    assert len(filed.changes()) == 1
    world.holds()


def test_what_takes_a_statement_back_cannot_be_taken_back(world: World) -> None:
    filed = enrolled(world, 1, vouchers=False)
    said = statement(filed)
    send(filed, said)
    first = voiding(filed, said)
    send(filed, first)
    before = filed.changes()
    assert send(filed, voiding(filed, first)).states == ("noted",)
    with world.db() as db:
        assert db.scalars(select(XapiStatement.state).where(XapiStatement.statement_id == first["id"])).one() == "noted"
    assert [c.state for c in filed.changes()] == [c.state for c in before]
    world.holds()


def test_a_platform_that_names_learners_by_card_takes_back_too(world: World) -> None:
    filed = enrolled(world, 1, vouchers=False)
    short = statement(filed, result={"score": {"scaled": 0.88}, "duration": "PT1H"})
    assert send(filed, short).states == ("held",)
    by_card = {"objectType": "Agent", "account": {"homePage": f"{BASE}/learners", "name": "XK20260001"}}
    assert send(filed, {**voiding(filed, short), "actor": by_card}).states == ("noted",)
    with world.db() as db:
        assert db.scalars(select(XapiStatement.state).where(XapiStatement.statement_id == short["id"])).one() == "voided"
    world.holds()


def test_what_is_taken_back_before_it_comes_never_follows(world: World) -> None:
    filed = enrolled(world, 1, vouchers=False)
    said = statement(filed)
    assert send(filed, voiding(filed, said)).states == ("noted",)
    assert send(filed, said).states == ("voided",)
    assert (lines(world), filed.place(0).state) == ([], "attending")
    by_card = {"objectType": "Agent", "account": {"homePage": f"{BASE}/learners", "name": "XK20260001"}}
    with world.refused("xapi.statement_unknown"):  # a card alone does not say of which class
        send(filed, {**voiding(filed, statement(filed)), "actor": by_card})
    world.holds()
