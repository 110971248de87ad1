"""No certificate without a filing that was in force on the day of the exam: asked by the actions, the checks and the database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from skills.certification.actions import awards, filings, plans, promotions
from skills.certification.models import Award, FilingPause, FilingScope, Sitting, StepTaken
from skills.certification.rules.filings import Filed, Pause, ScopeItem, covers, works_for
from skills.kernel import guards
from skills.records.queries import facts
from skills.records.rules import Placing
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.world import World, grown

pytestmark = pytest.mark.row(36)
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("pauses", "day", "yes"),
    [
        ((), DAY, True),
        ((Pause("suspend", DAY, DAY),), DAY, False),
        ((Pause("suspend", DAY, DAY),), DAY + timedelta(1), True),
        ((Pause("suspend", DAY, None),), DAY - timedelta(1), True),
        ((Pause("suspend", DAY, None),), DAY + timedelta(400), False),
        ((Pause("revoke", DAY, None),), DAY, False),
        ((Pause("suspend", DAY - timedelta(9), DAY - timedelta(5)), Pause("suspend", DAY, None)), DAY - timedelta(4), True),
    ],
)
def test_a_filing_is_asked_about_the_day_and_not_about_now(pauses: tuple[Pause, ...], day: date, yes: bool) -> None:
    item = ScopeItem(JOB, "", Level.L4)
    for state in ("filed", "suspended", "revoked"):
        filing = Filed("S000050000001", state, DAY - timedelta(500), DAY + timedelta(500), frozenset({item}), pauses)
        assert bool(covers(filing, JOB, "", Level.L4, day)) is yes
        assert bool(works_for(filing, JOB, "", Level.L4, day)) is (yes and state == "filed")
    late = Filed("S000050000001", "filed", DAY - timedelta(500), DAY + timedelta(500), frozenset({item}), (), {item: DAY})
    assert covers(late, JOB, "", Level.L4, DAY)
    assert not covers(late, JOB, "", Level.L4, DAY - timedelta(1))


def seated(world: World) -> tuple[Stage, str, str, str]:
    """An exam whose day has come, with one candidate: stage, filing, sitting, application."""
    stage = Stage(world)
    filing = stage.file()
    sitting = stage.open()
    application = stage.apply(sitting, stage.graduate())
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    with world.db() as db:
        day = db.scalar(select(Sitting.held_on))
    assert day is not None
    stage.days((day - world.today).days)
    return stage, filing, sitting, application


def passed(world: World) -> tuple[Stage, str, str, str]:
    """The same exam, held and passed, after its notice."""
    stage, filing, sitting, application = seated(world)
    stage.record(sitting)
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    stage.score(sitting, {application: ("70", "70")})
    stage.notice(sitting)
    stage.days(10)
    return stage, filing, sitting, application


def count(world: World) -> int:
    with world.db() as db:
        return db.scalar(select(func.count()).select_from(Award)) or 0


def test_suspended_on_the_exam_day_gives_no_certificate_ever(world: World) -> None:
    stage, filing, sitting, _application = grown(world, seated)
    world.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="整改")
    world.clock.forward(hours=1)
    world.perform(filings.resume, actor=stage.inspector, filing_id=filing, reason="整改完成")
    for later in (0, 1, 30):
        stage.days(later)
        with world.refused("filing.outside_scope") as held:
            world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
        assert [f.code for f in held[0].findings if not f.met] == ["filing.not_paused"]
    world.perform(plans.cancel, actor=stage.admin, sitting_id=sitting, reason="考试当日备案暂停")
    assert count(world) == 0
    world.holds()


def test_suspended_after_the_exam_of_the_same_day_gives_none_either(world: World) -> None:
    stage, filing, sitting, application = grown(world, seated)
    stage.record(sitting)
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    world.clock.forward(hours=1)
    world.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="考场无监控")
    stage.days(1)
    world.perform(filings.resume, actor=stage.inspector, filing_id=filing, reason="整改完成")
    stage.score(sitting, {application: ("70", "70")})
    stage.notice(sitting)
    stage.days(10)
    with world.refused("filing.outside_scope"):
        world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    assert count(world) == 0
    world.holds()


def test_revoked_between_pass_and_issue_gives_none(world: World) -> None:
    stage, filing, sitting, application = grown(world, passed)
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    world.clock.forward(minutes=1)
    world.perform(filings.revoke, actor=stage.inspector, filing_id=filing, reason="出具虚假材料")
    world.run_jobs()
    assert count(world) == 0
    stage.days(40)
    assert world.perform(awards.award, actor=stage.admin, application_id=application).held == "filing"
    world.holds()


def test_a_term_that_ended_after_the_exam_takes_nothing_from_who_passed_in_it(lite: World) -> None:
    stage, _filing, sitting, _application = grown(lite, passed)
    stage.days(3 * 366)
    lite.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    lite.run_jobs()
    assert count(lite) == 1
    lite.holds()


def test_a_promotion_of_the_morning_outlasts_a_suspension_of_the_afternoon(lite: World) -> None:
    stage = Stage(lite)
    filing = stage.file()
    winner = stage.person(Placing("渝星软件技能大赛", "city", JOB, 1, 40, Level.L3, date(2026, 10, 20), True))
    with lite.db() as db:
        [placing] = facts(db, winner, date(2000, 1, 1)).placings
    made = lite.perform(promotions.apply, actor=stage.candidate(winner), source=placing.source)
    lite.perform(promotions.examine, actor=stage.clerk, promotion_id=made.promotion_id, filing_id=filing)
    lite.perform(promotions.grant, actor=stage.inspector, promotion_id=made.promotion_id)
    lite.clock.forward(hours=1)
    lite.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="整改")
    assert count(lite) == 1
    lite.holds()


def write(world: World, *statements: Any) -> None:
    with world.engine.execution_options(writes=True).begin() as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_database_refuses_an_award_outside_its_filing(world: World) -> None:
    """Somebody with the password of the database puts an award in: it is taken inside the filing alone, and then the checks see it."""
    stage, filing, sitting, _application = grown(world, passed)
    stage.conclude(sitting)
    with world.db() as db:
        good = dict(db.execute(select(Award.__table__)).mappings().one())
    term = timedelta(days=3 * 366)
    wrong: list[dict[str, Any]] = [
        {"examined_on": good["examined_on"] - term}, {"examined_on": good["examined_on"] + term}, {"level": int(Level.L1)},
        {"occupation": "4-04-05-02"}, {"number": "S000050000009" + good["number"][13:-1] + "2"}, {"organisation_id": "nobody"},
        {"grounds": "replaces:S000050000001264000009"}, {"grounds": f"replaces:{good['number']}", "level": int(Level.L3)},
    ]  # fmt: skip
    other = {**good, "id": "other", "grounds": "forged", "number": good["number"][:-1] + "2"}
    for change in wrong:
        with pytest.raises(DBAPIError, match="award_inside_filing"):
            write(world, insert(Award).values({**other, **change}))
    step = {"id": "s", "subject": "filing", "subject_id": filing, "move": "suspend", "reason": "", "by": "x", "at": world.clock.now()}
    day = good["examined_on"]
    write(world, insert(StepTaken).values(step),
          insert(FilingPause).values(step_id="s", filing_id=filing, kind="suspend", since=day, until=day))  # fmt: skip
    with pytest.raises(DBAPIError, match="award_inside_filing"):
        write(world, insert(Award).values(other))
    write(world, delete(FilingPause), update(FilingScope).values(added_on=day + timedelta(1)))
    with pytest.raises(DBAPIError, match="award_inside_filing"):
        write(world, insert(Award).values(other))
    assert count(world) == 1
    assert "audit.rows_on_record" in world.violations()  # what was bent here for the sake of the question


def test_the_checks_see_days_that_were_bent(lite: World) -> None:
    stage, filing, sitting, _application = grown(lite, passed)
    stage.conclude(sitting)
    stage.days(3)
    lite.perform(filings.suspend, actor=stage.inspector, filing_id=filing, reason="整改")
    stage.days(3)
    lite.perform(filings.resume, actor=stage.inspector, filing_id=filing, reason="完成")
    lite.holds()
    with lite.db() as db:
        day = db.scalar(select(Sitting.held_on))
        since = db.scalar(select(FilingPause.since))
    write(lite, update(FilingPause).values(since=day))
    assert "certification.filing_pauses" in lite.violations()
    # the history bent too: the moment of the order lies before the exam was noted
    write(lite, update(StepTaken).where(StepTaken.move == "suspend").values(at=lite.clock.now() - timedelta(days=400)),
          update(FilingPause).values(since=day - timedelta(days=60)))  # fmt: skip
    found = lite.violations()
    assert {"certification.filed", "certification.held_in_force"} <= set(found)
    write(lite, update(FilingPause).values(since=since, until=None, ended_step=None))
    assert "certification.filing_pauses" in lite.violations()


def test_the_guards_stand_wherever_tables_are_made(world: World) -> None:
    with world.engine.connect() as connection:
        assert guards.standing(connection) == guards.names() == {
            "award_inside_filing", "award_after_recognition",
            *(f"{table}_{kept}" for table in ("score", "paper_answer", "paper_marking", "paper_pause") for kept in ("unchanged", "undeleted")),
        }  # fmt: skip
