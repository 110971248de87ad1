"""A case's whole life: opened once, added to, looked into by somebody who is not concerned, decided by two, and the money with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from skills.courses.actions import enrolments
from skills.kernel.clock import start_of
from skills.kernel.db import writing
from skills.kernel.errors import Missing
from skills.kernel.jobs import order
from skills.messages.models import Message
from skills.oversight import jobs
from skills.oversight.actions import callbacks, cases, register, traces
from skills.oversight.models import CallBack, Case, Evidence
from skills.oversight.queries import cases as queries
from skills.oversight.queries import drawing, scores
from skills.oversight.queries.facts import gather
from skills.vouchers.actions import disputes
from skills.vouchers.models import Dispute, Hold, RedemptionTrace
from tests.oversight.stage import Stage
from tests.world import World

pytestmark = pytest.mark.row(15)
WHY = "两名学员当面说明，是本人报名"


def frozen(world: World, source: str = "case:") -> set[str]:
    with world.db() as db:
        return set(db.scalars(select(Hold.redemption_id).where(Hold.source.startswith(source), Hold.lifted_at.is_(None))))


def told(world: World, school: str) -> list[str]:
    with world.db() as db:
        return list(db.scalars(select(Message.code).where(Message.organisation_id == school, Message.code.startswith("case."))))


def test_one_live_case_takes_all_evidence_and_freezes_the_money(world: World) -> None:
    stage = Stage(world)
    first = stage.report(stage.suspicion(*stage.uses[:2], strength=2))
    assert (first.outcome, first.held, frozen(world)) == ("opened", 0, set()), "plain evidence freezes nothing"
    assert stage.report(stage.suspicion(*stage.uses[:2], strength=2)).outcome == "known"
    more = stage.report(stage.suspicion(*stage.uses[:3], strength=3))
    assert (more.outcome, more.case_id, more.held) == ("refreshed", first.case_id, 2)
    with world.db() as db:
        case = db.scalars(select(Case)).one()
        assert (case.strength, set(case.seen)) == (3, set(stage.uses[:3]))
        assert len(db.scalars(select(Evidence)).all()) == 2
    assert frozen(world) == set(stage.uses[:2])
    assert told(world, stage.school) == ["case.told_held"]
    world.holds()


def test_a_cleared_case_frees_the_money_and_teaches(world: World) -> None:
    stage = Stage(world)
    made = stage.report(stage.suspicion(*stage.uses[:3]))
    world.perform(cases.assign, actor=stage.handler, case_id=made.case_id, account_id="handler")
    with world.refused("fraud_case.reason_needed"):
        world.perform(cases.clear, actor=stage.handler, case_id=made.case_id, reason="  ")
    with world.refused("fraud_case.not_yours"):
        world.perform(cases.clear, actor=stage.second, case_id=made.case_id, reason=WHY)
    assert frozen(world) == set(stage.uses[:2])
    world.perform(cases.clear, actor=stage.handler, case_id=made.case_id, reason=WHY)
    assert frozen(world) == set()
    assert told(world, stage.school) == ["case.told_held", "case.told_cleared"]
    assert stage.report(stage.suspicion(*stage.uses[:3])).outcome == "cleared_before"
    assert stage.report(stage.suspicion(*stage.uses[:3], "row-4")).outcome == "cleared_before", "a quarter of it is new"
    again = stage.report(stage.suspicion(*stage.uses[:3], "row-4", "row-5", "row-6"))
    assert again.outcome == "opened"
    assert again.case_id != made.case_id
    assert stage.report(stage.suspicion(*stage.uses[:3], rule="F12")).outcome == "opened", "another rule asks for itself"
    world.holds()


def test_confirmed_by_a_second_person_who_is_not_concerned(world: World) -> None:
    stage = Stage(world)
    made = stage.report(stage.suspicion(*stage.uses, strength=1, uses=tuple(stage.uses)))
    concerned = world.actor("case.handle", "class.manage", account="cousin", organisation=stage.school)
    with world.refused("fraud_case.not_for"):
        world.perform(cases.assign, actor=concerned, case_id=made.case_id, account_id="cousin")
    with world.refused("fraud_case.not_for"):
        world.perform(cases.assign, actor=stage.second, case_id=made.case_id, account_id="nobody")
    world.perform(cases.assign, actor=stage.second, case_id=made.case_id, account_id="second")
    with world.refused("fraud_case.cannot_confirm"):
        world.perform(cases.confirm, actor=stage.second, case_id=made.case_id)
    world.perform(cases.propose, actor=stage.second, case_id=made.case_id, reason="签到照片不是本人")
    with world.refused("fraud_case.second_needed"):
        world.perform(cases.confirm, actor=stage.second, case_id=made.case_id)
    other = world.actor("case.confirm", "case.see", "case.handle", account="third")
    world.perform(cases.send_back, actor=other, case_id=made.case_id, reason="还要核对监控")
    world.perform(cases.propose, actor=stage.second, case_id=made.case_id, reason="监控也核对过")
    world.perform(cases.confirm, actor=other, case_id=made.case_id)
    assert frozen(world) == set(stage.uses)
    assert told(world, stage.school) == ["case.told_confirmed"]
    page = world.ask(queries.case, made.case_id, None, world.today)
    assert (page.line.state, page.held, page.reason) == ("confirmed", 4, "监控也核对过")
    assert stage.report(stage.suspicion(*stage.uses)).outcome == "cleared_before", "the same evidence is no second case"
    world.perform(cases.refer, actor=stage.handler, case_id=made.case_id, reason="移送公安机关")
    assert frozen(world) == set(stage.uses)
    world.holds()


def test_elsewhere_a_case_does_not_exist(lite: World) -> None:
    stage = Stage(lite, learners=1)
    made = stage.report(stage.suspicion("x"))
    far = lite.actor("case.handle", "case.see", account="far", district="500103")
    with pytest.raises(Missing):
        lite.perform(cases.assign, actor=far, case_id=made.case_id, account_id="far")
    assert lite.ask(queries.cases, far, lite.today) == []
    assert len(lite.ask(queries.cases, stage.handler, lite.today)) == 1
    with pytest.raises(Missing):
        lite.ask(queries.case, made.case_id, frozenset({"500103"}), lite.today)


def test_the_daily_job_finds_what_holders_deny_and_runs_twice_without_harm(world: World) -> None:
    stage = Stage(world, learners=5)
    for index in range(3):
        stage.deny(index)
    for turn in range(2):
        with writing(world.engine) as db:
            order(db, f"sweep{turn}", "oversight.sweep", world.clock.now(), "system", None, {})
        world.run_jobs()
    with world.db() as db:
        [case] = db.scalars(select(Case)).all()
        assert (case.rule, case.subject, case.strength) == ("F2", f"organisation:{stage.school}", 1)
        assert len(db.scalars(select(Evidence)).all()) == 1
    world.perform(disputes.withdraw, actor=stage.as_holder(0), dispute_id=dispute_of(world, stage.uses[0]))
    assert {s.rule for s in jobs.look(world.office)} == set(), "two denials are no case"
    world.holds()


def dispute_of(world: World, use: str) -> str:
    with world.db() as db:
        return str(db.scalars(select(Dispute.id).where(Dispute.redemption_id == use)).one())


def test_facts_know_browsers_results_and_the_register(lite: World) -> None:
    stage = Stage(lite)
    with lite.db() as db:
        facts = gather(db, lite.clock.now() + timedelta(seconds=1))
    assert {(u.person, u.device, u.network) for u in facts.uses} == {(p, f"dev-{p}", f"net-{p}") for p in stage.people}
    assert {u.course for u in facts.uses} == {stage.courses.course}
    assert all(u.unpaid and u.result is None for u in facts.uses)
    stage.complete()
    lite.perform(
        register.enter, actor=stage.handler, organisation_id=stage.school, legal_rep="王一", document="500112199001151234",
        address="学府路 1 号", established_on=lite.today - timedelta(days=20), insured=3,
    )
    with lite.db() as db:
        facts = gather(db, lite.clock.now())
    assert {u.result for u in facts.uses} == {("12", "100", "80")}
    body = facts.bodies[stage.school]
    assert (body.address, body.insured, len(body.legal_rep), len(body.courses)) == ("学府路1号", 3, 64, 1)
    with lite.refused("register_entry.impossible"):
        lite.perform(
            register.enter, actor=stage.handler, organisation_id=stage.school, legal_rep="王一", document="1", address="x",
            established_on=lite.today + timedelta(days=1),
        )
    lite.perform(
        register.enter, actor=stage.handler, organisation_id=stage.school, legal_rep="李二", document="2", address="别处",
    )
    entry = lite.ask(scores.register_entry, stage.school)
    assert (entry.legal_rep, entry.address, entry.insured) == ("李二", "别处", None)
    lite.holds()


def test_a_use_that_was_given_back_is_no_use(lite: World) -> None:
    stage = Stage(lite, learners=2)
    lite.perform(enrolments.withdraw, actor=stage.courses.learner(stage.people[0]), enrolment_id=stage.places[0])
    with lite.db() as db:
        facts = gather(db, lite.clock.now())
    assert [u.id for u in facts.uses] == stage.uses[1:]
    assert facts.by_day == {stage.school: [(lite.today, 1)]}


def test_a_draw_asks_trainees_once_and_their_answers_count(world: World) -> None:
    stage = Stage(world)
    stage.complete()
    assert world.perform(callbacks.draw_some).asked == 3, "at least three of an institution"
    assert world.perform(callbacks.draw_some).asked == 0
    with world.db() as db:
        rows = db.scalars(select(CallBack).order_by(CallBack.id)).all()
        drawn = {r.redemption_id for r in rows}
        assert len(drawn) == 3
        assert db.scalars(select(Message.code).where(Message.code == "callback.ask")).all() == ["callback.ask"] * 3
    for row in rows:
        me = world.actor("voucher.claim", account="x", person=row.person_id)
        other = world.actor("voucher.claim", account="y", person=next(p for p in stage.people if p != row.person_id))
        with pytest.raises(Missing):
            world.perform(callbacks.answer, actor=other, call_back_id=row.id, said="yes")
        with world.refused("call_back.answer_unknown"):
            world.perform(callbacks.answer, actor=me, call_back_id=row.id, said="perhaps")
        world.perform(callbacks.answer, actor=me, call_back_id=row.id, said="no")
        with world.refused("call_back.cannot_answer"):
            world.perform(callbacks.answer, actor=me, call_back_id=row.id, said="yes")
    [found] = [s for s in jobs.look(world.office) if s.rule == "F12"]
    assert (found.code, found.facts["n"]) == ("case.F12.answers", 3)
    [line] = world.ask(scores.scores, None, world.today)
    assert (line.answers.no, line.standing.not_there, line.points) == (3, 43, 43)
    world.holds()


def test_questions_run_out_and_traces_are_forgotten(lite: World) -> None:
    stage = Stage(lite)
    stage.complete()
    lite.perform(callbacks.draw_some)
    lite.clock.forward(days=11)
    assert lite.perform(callbacks.draw_some).expired == 3
    person = next(p for p in stage.people if lite.ask(drawing.questions, p, lite.today))
    [question] = lite.ask(drawing.questions, person, lite.today)
    assert (question.state, question.open) == ("expired", False)
    assert lite.perform(traces.forget).count == 0
    lite.clock.forward(days=200)
    assert lite.perform(traces.forget).count == 4
    with lite.db() as db:
        assert db.scalars(select(RedemptionTrace)).all() == []
    lite.holds(without=("messages", "vouchers"))


@pytest.mark.parametrize("edit", [
    "UPDATE fraud_case SET assigned_to = 'x'",
    "UPDATE fraud_case SET strength = 1",
    "UPDATE fraud_evidence SET rows = '[]'",
    "DELETE FROM fraud_evidence",
    "UPDATE redemption_hold SET source = 'case:none'",
    "UPDATE fraud_case SET state = 'cleared', closed_at = refreshed_at, decided_by = 'x', assigned_to = 'x', reason = 'x'",
])  # fmt: skip
def test_what_is_changed_past_the_office_is_named(lite: World, edit: str) -> None:
    stage = Stage(lite, learners=2)
    stage.report(stage.suspicion(*stage.uses))
    assert not [name for name in lite.violations() if name.startswith("oversight.")]
    with writing(lite.engine) as db:
        db.execute(text(edit))
    assert [name for name in lite.violations() if name.startswith("oversight.")]


def test_a_case_is_old_by_days(lite: World) -> None:
    stage = Stage(lite, learners=1)
    stage.report(stage.suspicion("x", strength=1))
    lite.clock.set(start_of(lite.today + timedelta(days=3)))
    [line] = lite.ask(queries.cases, stage.handler, lite.today)
    assert (line.age, line.number[:3], line.subject) == (3, "F2-", "星河职业培训学校1")
    assert lite.ask(queries.waiting, stage.handler) == (1, 0, 0)
    assert lite.ask(queries.told_to, [stage.school], lite.today) == []
