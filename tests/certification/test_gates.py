"""A gate before a step: without one all is as before; one that says no stops the step, and its reason is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from skills.certification.actions import awards, batches, filing_changes, filings, gates
from skills.certification.actions.gates import Step, Subject
from skills.certification.models import Application
from skills.certification.states.filings import ChangeKind
from skills.kernel.acts import Act
from skills.kernel.findings import Finding, Verdict, all_of
from tests.certification.stage import Stage
from tests.world import World, grown

WHY = "filing.over"  # any sentence of the catalogue


@contextmanager
def shut(step: Step) -> Iterator[list[Subject]]:
    """A gate that says no, and what it was asked."""
    asked: list[Subject] = []

    def no(_act: Act, subject: Subject) -> Verdict:
        asked.append(subject)
        return all_of(WHY, [Finding(WHY, False)], number="S000050000001", until="2026-01-01")

    gates.register(step, no)
    try:
        yield asked
    finally:
        gates.remove(step, no)


def scored(world: World) -> tuple[Stage, str, str]:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    stage.score(sitting, {application: ("80", "80")})
    return stage, sitting, application


@pytest.mark.row(33)
def test_a_gate_that_says_no_stops_the_step_and_is_told(world: World) -> None:
    stage, sitting, application = grown(world, scored)
    stage.days(10)
    world.perform(awards.end_review, actor=stage.admin, sitting_id=sitting)
    with shut(Step.NOTICE) as asked, world.refused(WHY):
        world.perform(awards.give_notice, actor=stage.admin, sitting_id=sitting)
    assert asked[0].sitting_id == sitting
    world.perform(awards.give_notice, actor=stage.admin, sitting_id=sitting)
    with shut(Step.AWARD):
        stage.conclude(sitting)
    with world.db() as db:
        row = db.scalars(select(Application).where(Application.id == application)).one()
        assert (row.held, (row.problem or {})["code"]) == ("refused", WHY)  # the body is shown this sentence
    world.perform(batches.again, actor=stage.admin, sitting_id=sitting)
    world.run_jobs()
    assert stage.state(application) == "passed"
    with world.db() as db:
        assert db.scalars(select(Application.held).where(Application.id == application)).one() == ""
    world.holds()


@pytest.mark.row(37)
def test_a_gate_stands_before_renewing_and_resuming(world: World) -> None:
    stage = Stage(world)
    filing = stage.file()
    world.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="场地不符")
    with shut(Step.RESUME), world.refused(WHY):
        world.perform(filings.resume, actor=stage.inspector, filing_id=filing, reason="已整改")
    world.perform(filings.resume, actor=stage.inspector, filing_id=filing, reason="已整改")
    stage.days(3 * 365 - 60)
    order = {"filing_id": filing, "kind": ChangeKind.RENEWAL, "statement": "因行业停产，期内考试不足六批", "incentives": "按等级发放津贴"}
    with shut(Step.RENEWAL), world.refused(WHY):
        world.perform(filing_changes.ask, actor=stage.admin, **order)
    world.perform(filing_changes.ask, actor=stage.admin, **order)
    world.holds()
