"""A verdict that an application was accepted on comes out the same years later, and one that was bent is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from skills.certification.models import Application, Sitting
from skills.certification.queries.rejudge import RejudgedApplication, rejudge_applications
from skills.commands.rejudge import as_lines
from skills.kernel.db import writing
from skills.records.actions import state_fact
from skills.records.rules import Work, to_json
from skills.standards.actions import propose, release
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.world import World

pytestmark = pytest.mark.row(24)


def change_of(world: World, name: str, value: Any, days: int = 1) -> None:
    order = {"name": name, "value": value, "valid_from": world.today + timedelta(days=days), "source": "某文〔2027〕1号", "strength": "S"}
    made = world.perform(propose, actor=world.actor("policy.propose", account="a"), **order)
    world.perform(release, actor=world.actor("policy.release", account="b"), policy_id=made.id)


def outcome(world: World, **which: str) -> list[tuple[bool, bool, bool]]:
    def ask(db: Any) -> list[RejudgedApplication]:
        return list(rejudge_applications(db, **which))

    return [(x.kept, x.again, x.same) for x in world.ask(ask)]


def test_a_verdict_of_years_ago_comes_out_the_same_and_a_bent_one_is_named(world: World) -> None:
    stage = Stage(world)
    stage.file()
    worked = Work(JOB, False, world.today - timedelta(days=365 * 11), None, "渝江", stage.body)
    sitting = stage.open(level=int(Level.L3))
    people = [stage.person(worked), stage.person(worked)]
    first, second = (stage.apply(sitting, person) for person in people)
    assert outcome(world) == [(True, True, True)] * 2

    # years go by: the policy of proofs and of ages, and what is on record of the person, are not what they were
    for name, value in (("eligibility.strengths", ["compared"]), ("exam.min_age", 60), ("eligibility.related_prefix", 10)):
        change_of(world, name, value)
    world.clock.forward(days=5 * 365)
    world.perform(
        state_fact, person_id=people[0], kind="work", source="later", strength="compared",
        body=to_json(Work(JOB, False, world.today, None, "别处")),
    )  # fmt: skip
    assert outcome(world) == [(True, True, True)] * 2
    assert outcome(world, person_id=people[0]) == outcome(world, application_id=second) == [(True, True, True)]
    with world.db() as db:
        kept = db.get_one(Application, first)
        facts, terms, verdict = dict(kept.facts), dict(kept.terms or {}), dict(kept.verdict)
    [line] = [x for x in as_lines(world.ask(lambda db: list(rejudge_applications(db, first))), False, whole=True) if first in x]
    assert "考试申报" in line
    assert "重算一致" in line
    world.holds()

    def bend(**values: Any) -> None:
        with writing(world.engine) as db:
            db.execute(update(Application).where(Application.id == first).values(**values))

    late = {**facts, "works": [{**facts["works"][0], "since": (world.today - timedelta(days=365 * 6)).isoformat()}]}
    bent: list[tuple[str, Any]] = [
        ("facts", late), ("facts", {**facts, "person_id": people[1]}), ("terms", {**terms, "level": int(Level.L4)}),
        ("terms", {**terms, "day": "2016-01-01"}), ("verdict", {**verdict, "findings": verdict["findings"][:-1]}),
        ("condition", "eligibility.2023.L3_2"), ("edition", "2018"),
    ]  # fmt: skip
    right = {"facts": facts, "terms": terms, "verdict": verdict, "condition": "eligibility.2023.L3_1", "edition": "2023"}
    for column, value in bent:
        bend(**{column: value})
        assert [outcome(world, application_id=x)[0][2] for x in (first, second)] == [False, True], column
        assert "certification.verdicts" in world.violations(), column
        bend(**{column: right[column]})
    assert outcome(world) == [(True, True, True)] * 2


def test_what_was_kept_before_terms_were_is_decided_under_the_policy_of_its_day(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    stage.apply(stage.open(), stage.graduate())
    change_of(lite, "exam.min_age", 60, days=30)
    with writing(lite.engine) as db:
        db.execute(update(Application).values(terms=None))
    assert outcome(lite) == [(True, True, True)]
    with writing(lite.engine) as db:
        db.execute(update(Sitting).values(level=int(Level.L3)))
    assert outcome(lite)[0][2] is False
    assert "certification.verdicts" in lite.violations()
