"""Scores go out under two signatures of people who neither typed nor planned, and under no fewer."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from skills.certification.actions import plans, scores
from skills.certification.models import Sitting
from tests.certification.stage import Stage
from tests.certification.test_actions import row_of
from tests.world import World


def typed(world: World) -> tuple[Stage, str, str]:
    """An exam with one candidate whose scores both have typed."""
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    for section in ("theory", "practical"):
        for who in (stage.first, stage.second):
            stage.type(who, sitting, section, {application: "60"})
    return stage, sitting, application


def lacks(refused: list[Any]) -> set[str]:
    return {f.code for f in refused[0].findings if not f.met}


@pytest.mark.row(31)
def test_two_sign_neither_typed_nor_planned(world: World) -> None:
    stage, sitting, application = typed(world)
    planner = stage.staff("score.sign", account="admin")
    typist = stage.staff("score.sign", account="typist-1")
    for who, why in ((planner, "score.not_the_planner"), (typist, "score.third_person")):
        with world.refused("score.cannot_sign") as held:
            world.perform(scores.sign, actor=who, sitting_id=sitting)
        assert lacks(held) == {why}
    with world.refused("sitting.cannot_countersign"):
        world.perform(scores.countersign, actor=stage.signer, sitting_id=sitting)
    world.perform(scores.sign, actor=stage.checker, sitting_id=sitting)
    assert stage.state(application) == "examined", "nothing is told under one signature"
    for who, why in (
        (planner, "score.not_the_planner"), (typist, "score.third_person"), (stage.checker, "score.second_person"),
    ):  # fmt: skip
        with world.refused("score.cannot_sign") as held:
            world.perform(scores.countersign, actor=who, sitting_id=sitting)
        assert lacks(held) == {why}
    done = world.perform(scores.countersign, actor=stage.signer, sitting_id=sitting)
    assert (done.passed, done.failed, done.incomplete) == (1, 0, 0)
    row = row_of(world, Sitting, id=sitting)
    assert (row.signed_by, row.countersigned_by, row.scored_on) == ("checker", "signer", world.today)
    world.holds()


@pytest.mark.row(31)
def test_who_does_not_sign_sends_back_and_it_is_typed_again(lite: World) -> None:
    stage, sitting, application = typed(lite)
    lite.perform(scores.sign, actor=stage.checker, sitting_id=sitting)
    with lite.refused("certification.reason_needed"):
        lite.perform(scores.send_back, actor=stage.signer, sitting_id=sitting, reason=" ")
    lite.perform(scores.send_back, actor=stage.signer, sitting_id=sitting, reason="第3号卷核分有误")
    for who in (stage.first, stage.second):
        stage.type(who, sitting, "theory", {application: "59.5"})
    assert stage.sign(sitting).failed == 1
    with lite.refused("sitting.cannot_send_back"):
        lite.perform(scores.send_back, actor=stage.signer, sitting_id=sitting, reason="再看")
    lite.holds()


@pytest.mark.row(31)
@pytest.mark.parametrize("changes", [
    "countersigned_by = NULL", "countersigned_by = signed_by", "countersigned_by = planned_by", "signed_by = planned_by",
])  # fmt: skip
def test_the_database_holds_no_scores_under_fewer(scored: World, changes: str) -> None:
    with (
        pytest.raises(IntegrityError),
        scored.engine.execution_options(writes=True).begin() as connection,
    ):
        connection.execute(text(f"UPDATE sitting SET {changes}"))
    scored.holds()


@pytest.fixture
def scored(world: World) -> World:
    stage, sitting, _ = typed(world)
    stage.sign(sitting)
    return world


def test_a_plan_is_signed_by_others_whoever_closed_or_held_it(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    stage.admin = stage.staff("plan.make", "score.sign", account="head")
    planner = stage.staff("plan.make", account="planner")
    made = lite.perform(plans.plan, actor=planner, organisation_id=stage.body, order=stage.order())
    lite.perform(plans.file, actor=stage.admin, sitting_id=made.sitting_id)
    lite.perform(plans.open_registration, actor=stage.admin, sitting_id=made.sitting_id)
    application = stage.apply(made.sitting_id, stage.graduate())
    stage.hold(made.sitting_id)
    stage.signer = stage.admin
    stage.score(made.sitting_id, {application: ("60", "60")})
    assert stage.state(application) == "passed"
    lite.holds()
