"""A signed score never changes: a corrected one stands beside it, by two others, and what rests on it follows."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from skills.aftercare.actions import revocations
from skills.aftercare.models import CareRequest
from skills.certification.actions import awards, scores
from skills.certification.models import Application, Award, Score
from skills.certification.models.results import ScoreCorrection
from skills.certification.queries import exams, results
from skills.credentials.models import Certificate
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from tests.certification.stage_results import Results, unguarded
from tests.certification.test_actions import row_of
from tests.world import World


def lacks(refused: list[Refusal]) -> set[str]:
    return {f.code for f in refused[0].findings if not f.met}


@pytest.mark.row(34)
def test_old_and_new_stand_side_by_side_by_two_others_and_the_certificate_follows(world: World) -> None:
    exam = Results(world, ("60", "60"), ("59.5", "60"))
    good, bad = exam.applications
    exam.stage.notice(exam.sitting)
    exam.stage.conclude(exam.sitting)
    for typist_or_signer in ("typist-1", "typist-2", "checker", "signer"):
        with world.refused("correction.cannot") as held:
            exam.propose("59", exam.corrector(typist_or_signer))
        assert lacks(held) == {"correction.not_involved"}
    with world.refused("correction.same"):
        exam.propose("60")
    made = exam.propose("59")
    with world.refused("correction.open"):
        exam.propose("58")
    with world.refused("correction.cannot") as held:
        exam.decide(made, exam.one)
    assert lacks(held) == {"correction.second_person"}
    with world.refused("correction.cannot"):
        exam.decide(made, exam.corrector("signer"))
    done = exam.decide(made)
    assert (exam.stage.state(good), done.application) == ("failed", "failed")
    with world.db() as db:
        both = db.execute(select(Score.version, Score.hundredths).where(Score.application_id == good, Score.section == "theory")).all()
        [line] = results.my_corrections(db, good)
        mine = exams.my_exam(db, exam.people[0], good)
    assert sorted(tuple(row) for row in both) == [(1, 6000), (2, 5900)]
    assert (line.old, line.new, line.proposed_by, line.decided_by, line.reason) == ("60", "59", "fifth", "sixth", "第3题漏计分")
    assert dict(mine.scores)[line.section] == "59"
    number = row_of(world, Award, person_id=exam.people[0]).number
    assert row_of(world, Certificate, number=number).state == "issued", "its holder is heard first"
    world.clock.forward(days=30)
    world.perform(revocations.carry_out, actor=exam.one, request_id=done.revocation_id)
    assert row_of(world, Certificate, number=number).state == "revoked"

    exam.decide(exam.propose("60", place=1))
    assert exam.stage.state(bad) == "passed"
    world.run_jobs()
    with world.db() as db:
        assert not exams.my_exam(db, exam.people[1], bad).number, "no certificate before its own notice is over"
        assert [line.names[0][0] for line in exams.notices(db, world.tool(Box), world.today)][-1] == bad
    world.clock.forward(days=14)
    world.run_jobs()
    with world.db() as db:
        assert exams.my_exam(db, exam.people[1], bad).number
    world.holds()


@pytest.mark.row(34)
def test_a_pass_that_is_back_ends_what_was_begun_against_its_certificate(lite: World) -> None:
    exam = Results(lite, ("60", "60"))
    exam.stage.notice(exam.sitting)
    exam.stage.conclude(exam.sitting)
    done = exam.decide(exam.propose("59"))
    exam.decide(exam.propose("60"))
    assert row_of(lite, CareRequest, id=done.revocation_id).state == "refused"
    assert row_of(lite, Certificate, number=row_of(lite, Award).number).state == "issued"
    with lite.refused("revocation.cannot_carry_out"):
        lite.perform(revocations.carry_out, actor=exam.one, request_id=done.revocation_id)
    lite.holds()


@pytest.mark.row(34)
def test_a_refused_correction_changes_nothing_and_a_score_is_corrected_twice(lite: World) -> None:
    exam = Results(lite, ("60", "60"))
    [one] = exam.applications
    exam.decide(exam.propose("40"), approved=False)
    assert exam.stage.state(one) == "passed"
    exam.decide(exam.propose("absent"))
    assert exam.stage.state(one) == "incomplete"
    exam.decide(exam.propose("61"))
    assert exam.stage.state(one) == "passed"
    with lite.db() as db:
        held = db.scalars(select(Score).where(Score.section == "theory").order_by(Score.version)).all()
    assert [(s.version, s.hundredths) for s in held] == [(1, 6000), (2, None), (3, 6100)]
    lite.holds()


@pytest.mark.row(34)
def test_a_pass_that_falls_before_the_numbers_gets_none_and_one_that_waits_is_held(lite: World) -> None:
    exam = Results(lite, ("60", "60"), ("70", "70"))
    made = exam.propose("59")
    lite.clock.forward(days=10)
    with lite.refused("sitting.reviews_open"):
        lite.perform(awards.end_review, actor=exam.stage.admin, sitting_id=exam.sitting)
    exam.decide(made)
    exam.stage.notice(exam.sitting)
    late = exam.propose("71", place=1)
    exam.stage.conclude(exam.sitting)
    assert exam.stage.state(exam.applications[0]) == "failed"
    assert row_of(lite, Application, id=exam.applications[1]).held == "correction"
    exam.decide(late)
    lite.run_jobs()
    with lite.db() as db:
        assert len(db.scalars(select(Award)).all()) == 1, "nothing else held it: its certificate came by itself"
    lite.holds()


@pytest.mark.row(34)
def test_a_correction_that_is_refused_lets_the_certificate_go_on(lite: World) -> None:
    exam = Results(lite, ("60", "60"))
    exam.stage.notice(exam.sitting)
    late = exam.propose("59")
    exam.stage.conclude(exam.sitting)
    assert row_of(lite, Application, id=exam.applications[0]).held == "correction"
    exam.decide(late, approved=False)
    lite.run_jobs()
    assert row_of(lite, Award, person_id=exam.people[0]).number
    lite.holds()


@pytest.mark.row(34)
def test_a_section_that_another_exam_counts_is_not_corrected(lite: World) -> None:
    exam = Results(lite, ("62", "50"))
    waiting = exam.propose("55")
    lite.clock.forward(days=1)
    again = exam.stage.open()
    exam.stage.apply(again, exam.people[0])
    for attempt in (lambda: exam.decide(waiting), lambda: exam.propose("56")):
        with lite.refused("correction.kept_later"):
            attempt()
    lite.holds()


@pytest.mark.row(31)
@pytest.mark.parametrize("statement", ["UPDATE score SET hundredths = 9000", "DELETE FROM score"])
def test_the_database_refuses_to_change_or_delete_a_signed_score(world: World, statement: str) -> None:
    exam = Results(world, ("60", "60"))
    with pytest.raises(DBAPIError), world.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(statement))
    with world.refused("score.not_open"):
        exam.stage.type(exam.stage.first, exam.sitting, "theory", {exam.applications[0]: "61"})
    with world.refused("sitting.cannot_sign"):
        world.perform(scores.sign, actor=exam.stage.checker, sitting_id=exam.sitting)
    world.holds()


def test_the_checks_see_a_correction_that_was_bent(lite: World) -> None:
    exam = Results(lite, ("60", "60"))
    exam.decide(exam.propose("61"))
    for statement, back in (
        (update(ScoreCorrection).values(proposed_by="typist-1"), update(ScoreCorrection).values(proposed_by="fifth")),
        (update(ScoreCorrection).values(before=5000), update(ScoreCorrection).values(before=6000)),
        (update(Score).where(Score.version == 2).values(hundredths=6200), None),
    ):
        with lite.engine.execution_options(writes=True).begin() as connection:
            unguarded(connection)
            connection.execute(statement)
        assert lite.violations().get("certification.corrections"), str(statement)
        if back is not None:
            with lite.engine.execution_options(writes=True).begin() as connection:
                connection.execute(back)
            assert not lite.violations().get("certification.corrections")
