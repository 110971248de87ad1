"""A promise that was found untrue: listed in public, and each certificate that was issued on it is looked at by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from skills.accounts.rules import Role
from skills.aftercare.models import CareOrder
from skills.certification.actions import filing_changes, filings, rechecks
from skills.certification.models import Award, FilingRecheck
from skills.certification.queries import filings as filing_queries
from skills.certification.queries import rechecks as queries
from skills.certification.rules.filings import ScopeItem
from skills.certification.states.filings import ChangeKind
from skills.kernel.db import writing
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.certification.test_actions import row_of
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(37)


def certified(stage: Stage, count: int) -> None:
    """So many people through one exam to their certificates."""
    world = stage.world
    sitting = stage.open()
    applications = [stage.apply(sitting, stage.graduate(stage.employed())) for _ in range(count)]
    stage.hold(sitting)
    stage.score(sitting, dict.fromkeys(applications, ("70", "70")))
    stage.notice(sitting)
    stage.conclude(sitting)
    world.run_jobs()


def broken(world: World) -> tuple[Stage, str]:
    """A firm that was filed after review, gave one certificate, added on a promise, gave two, and was found out."""
    stage = Stage(world, "enterprise")
    filing = stage.file()
    certified(stage, 1)
    stage.days(1)
    world.perform(
        filing_changes.promise, actor=stage.admin, promised=True, filing_id=filing, kind=ChangeKind.ADDITION,
        scope=(ScopeItem(JOB, "", Level.L1),),
    )  # fmt: skip
    certified(stage, 2)
    world.perform(filings.inspect, actor=stage.inspector, filing_id=filing, found_true=False, finding="没有一级考评人员")
    return stage, filing


def test_each_certificate_since_the_promise_is_looked_at_by_itself(world: World) -> None:
    _stage, filing = grown(world, broken)
    chief = world.actor("care.order", account="gov-checker")
    first, second = world.ask(queries.of_filing, filing)
    with world.db() as db:
        numbers = list(db.scalars(select(Award.number).order_by(Award.awarded_at, Award.number)))
    assert [first.number, second.number] == numbers[1:], "what was given before the promise is not touched"
    decide: dict[str, Any] = {"actor": chief, "reason": "试卷与成绩相符"}
    with world.refused("certification.reason_needed"):
        world.perform(rechecks.decide, actor=chief, recheck_id=first.id, stands=True, reason=" ")
    with world.refused("care.document_needed"):
        world.perform(rechecks.decide, recheck_id=second.id, stands=False, **decide)
    assert world.perform(rechecks.decide, recheck_id=first.id, stands=True, **decide).state == "stands"
    done = world.perform(rechecks.decide, recheck_id=second.id, stands=False, document="渝人社函〔2026〕9号", **decide)
    assert (done.state, row_of(world, CareOrder, id=done.order_id).kind) == ("ordered", "revoke")
    with world.refused("filing_recheck.cannot_let_stand"):
        world.perform(rechecks.decide, recheck_id=second.id, stands=True, **decide)
    assert world.ask(queries.counts, filing) == {"stands": 1, "ordered": 1}
    world.holds()
    with writing(world.engine) as db:
        db.execute(delete(FilingRecheck).where(FilingRecheck.id == first.id))
    assert "certification.rechecks" in world.violations()


def test_who_broke_a_promise_is_listed_in_public_while_it_is_barred(visitors: Visitors) -> None:
    world = visitors.world
    _stage, filing = broken(world)
    today = world.today
    [(line, until)] = world.ask(lambda db: filing_queries.broken(db, filing_queries.register(db), today))
    assert (line.id, line.broken_on, until.year) == (filing, today, today.year + 3)
    page = text_of(visitors.come(acting(Role.PERSON, "me")).get("/filings"))
    assert "承诺不实的机构" in page
    assert not world.ask(lambda db: filing_queries.broken(db, filing_queries.register(db), until + timedelta(days=1)))
    chief = visitors.come(acting(Role.GOV_CHECKER, "gov-checker"))
    told = text_of(chief.get(f"/gov/filings/{filing}/rechecks"))
    assert told.count("证书成立") == 2
    assert "待复核" in told
