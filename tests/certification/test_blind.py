"""Neither page, API nor log shows the first entry to whoever types second; a step of its own for a section; messages by one statement."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event, select

from skills.accounts.rules import Role
from skills.certification.actions import objections
from skills.certification.models import ScoreEntry, Sitting
from skills.certification.queries import exams
from skills.kernel.audit import Attempt, AuditEntry
from skills.kernel.jobs import Job
from skills.messages.models import Message
from tests.certification.stage import Stage
from tests.certification.stage_results import Results, rule
from tests.certification.test_actions import row_of
from tests.courses.test_views import Visitors, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
FIRST = ("87.5", "8750")  # as it is typed and as it is kept; no id, day or seat looks like it


@pytest.mark.row(31)
def test_neither_page_api_nor_log_shows_the_first_entry(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.hold(sitting)
    stage.type(stage.first, sitting, "theory", {application: FIRST[0]})
    with world.db() as db:
        assert db.scalars(select(ScoreEntry.hundredths)).all() == [int(FIRST[1])], "it is there"
    second = visitors.come(acting(Role.BODY_CLERK, "second", organisation=stage.body))
    pages = (
        "/exam/scores", f"/exam/scores/{sitting}/theory", f"/ent/plans/{sitting}", "/ent/plans", "/ent",
        f"/api/v1/plans/{sitting}/sheets", f"/api/v1/plans/{sitting}/candidates", "/api/v1/plans",
    )  # fmt: skip
    for page in pages:
        answer = second.get(page)
        assert answer.status_code in (200, 302, 308), page
        assert not [word for word in FIRST if word in answer.get_data(as_text=True)], page
    with world.refused("score.cannot_sign"):
        stage.sign(sitting)
    with world.db() as db:
        log = [json.dumps(e.notes) for e in db.scalars(select(AuditEntry))]
        log += [json.dumps(a.facts) for a in db.scalars(select(Attempt))] + [json.dumps(j.args) for j in db.scalars(select(Job))]
    assert not [text for text in log if any(word in text for word in FIRST)]


@pytest.mark.row(31)
def test_a_section_may_have_a_step_of_its_own_and_keeps_it(lite: World) -> None:
    rule(lite, "exam.score_steps", {"theory": 0, "practical": 100, "comprehensive": 0})
    lite.clock.forward(days=1)
    exam = Results(lite, ("59.5", "60"))
    assert row_of(lite, Sitting, id=exam.sitting).score_steps["practical"] == 100
    with lite.refused("score.step"):
        exam.propose("60.5", section="practical")
    exam.propose("60.5")
    lite.holds()


@pytest.mark.row(33)
def test_an_objection_has_its_day_and_is_listed_when_it_is_late(lite: World) -> None:
    exam = Results(lite, ("60", "60"))
    exam.stage.notice(exam.sitting)
    lite.perform(
        objections.raise_objection, application_id=exam.applications[0], name="王某", contact="13800000000", text="代考"
    )
    assert lite.ask(exams.late_objections, lite.today) == 0
    lite.clock.forward(days=30)
    assert lite.ask(exams.late_objections, lite.today) == 1
    lite.holds()


def test_seating_and_signing_tell_everybody_by_one_statement(lite: World) -> None:
    told: list[Any] = []

    @event.listens_for(lite.engine, "before_cursor_execute")
    def count(*call: Any) -> None:
        if str(call[2]).lstrip().upper().startswith("INSERT INTO MESSAGE"):
            told.append(call[2])

    Results(lite, ("60", "60"), ("61", "60"), ("62", "60"), ("63", "60"))
    with lite.db() as db:
        sent = list(db.scalars(select(Message.code)))
    codes, staff = ([code for code in sent if code.startswith(head)] for head in ("exam.", "duty."))
    assert sorted(set(codes)) == ["exam.passed", "exam.seated"]
    assert len(codes) == 8
    assert len(told) - len(staff) <= 3, "one for the seats, one for the results; not one for each candidate"
