"""One timeline from seat to certificate, for the bureau and the auditor, every step with its audit entry."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from skills.accounts.rules import Role
from skills.certification.models import Award, ChainLink
from skills.certification.queries import chains
from skills.credentials.queries.stories import story_of
from skills.kernel.audit import AuditEntry
from tests.certification.stage_results import Results
from tests.certification.test_actions import row_of
from tests.certification.test_signing import typed
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting

__all__ = ["visitors"]


@pytest.mark.row(34)
def test_one_timeline_from_seat_to_certificate_for_bureau_and_auditor(visitors: Visitors) -> None:
    world = visitors.world
    exam = Results(world, ("59.5", "60"), ("70", "70"))
    [one, _] = exam.applications
    upheld = exam.answer(exam.ask(), "61")
    world.clock.forward(hours=1)
    exam.decide(upheld)
    exam.stage.notice(exam.sitting)
    exam.stage.conclude(exam.sitting)
    number = row_of(world, Award, person_id=exam.people[0]).number
    told = world.ask(chains.chain_of, one)
    assert [line.zh for line in told.steps] == [
        "编排座位", "参加考试", "第一次录入", "第二次录入", "第一次录入", "第二次录入", "初签", "复签并公布", "申请复核",
        "提出更正", "答复复核", "准予更正", "开始公示", "编号制证",
    ]  # fmt: skip
    by = {(line.zh, line.by): line.detail for line in told.steps}
    for entry in (("第一次录入", "typist-1"), ("第二次录入", "typist-2")):
        assert by[entry], "both values stand there"
    typed_ = [line.detail for line in told.steps if line.zh in ("第一次录入", "第二次录入")]
    assert sorted(typed_) == ["操作技能 60", "操作技能 60", "理论知识 59.5", "理论知识 59.5"], "each step its own section, also in one moment"
    assert "59.5 → 61" in by["准予更正", "sixth"]
    with world.db() as db:
        entries = {entry.id: entry.actor for entry in db.scalars(select(AuditEntry))}
    assert all(line.entry_id in entries for line in told.steps), "every step stands in the audit log"
    assert world.ask(story_of, "level", number) == told.steps, "the auditor reads the same"
    page = text_of(visitors.come(acting(Role.GOV_CLERK, "g-chain")).get(f"/gov/applications/{one}"))
    for word in (one, number, "59.5 → 61", told.steps[0].entry_id):
        assert word in page, word
    world.holds()
    with world.engine.execution_options(writes=True).begin() as connection:
        connection.execute(delete(ChainLink).where(ChainLink.step.startswith("enter_2")))
    assert world.violations().get("certification.chain")


@pytest.mark.row(31)
def test_no_mark_stands_in_a_timeline_before_the_scores_are_told(visitors: Visitors) -> None:
    _, _, application = typed(visitors.world)
    assert all(not line.detail for line in visitors.world.ask(chains.chain_of, application).steps)
    page = text_of(visitors.come(acting(Role.GOV_CLERK, "g-blind")).get(f"/gov/applications/{application}"))
    assert "第二次录入" in page
    assert "理论知识 60" not in page
