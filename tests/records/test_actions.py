"""Facts: each source once, promises dated and one's own, stronger by a clerk, withdrawn with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from skills.accounts.rules import Role
from skills.kernel.acts import Act, action
from skills.records import actions, queries
from skills.records.rules import Work
from tests.people_and_bodies import acting, someone
from tests.world import World

JOB = "4-04-05-01"


@action("test.withdraw", may="test.withdraw")
def withdraw(act: Act, source: str) -> None:
    """Withdraw a work fact inside an act."""
    actions.withdraw(act, kind="work", source=source, reason="误录")


@action("test.add", may="test.add")
def add_wrong(act: Act, person_id: str, strength: str) -> None:
    """Add with a strength that is none."""
    actions.add(act, person_id=person_id, kind="work", source="s", body=Work(JOB, False, act.today, None, "x"), strength=strength)


def state(world: World, person: str, source: str = "list:1", **body: Any) -> Any:
    fact = {"occupation": JOB, "related": False, "since": "2024-01-01", "until": None, "employer": "星图",
            "employer_id": None, **body}  # fmt: skip
    return world.perform(
        actions.state_fact, person_id=person, kind="work", source=source, body=fact, strength="compared"
    )


def test_a_source_counts_once_until_it_is_withdrawn(world: World) -> None:
    who = someone(world)
    state(world, who.id)
    with world.refused("record.known"):
        state(world, who.id)
    world.perform(withdraw, source="list:1")
    assert world.ask(queries.facts, who.id, who.birth).works == ()
    with world.refused("record.unknown_source"):
        world.perform(withdraw, source="list:1")
    state(world, who.id)
    assert world.ask(queries.count, "work") == 1
    assert world.ask(queries.live_sources, "work") == {"list:1"}
    assert world.ask(queries.has_live, "work", "list:1")
    world.holds()


def test_a_fact_that_cannot_be_read_is_refused(world: World) -> None:
    who = someone(world)
    with world.refused("fact.unreadable"):
        state(world, who.id, since="soon")
    with pytest.raises(ValueError, match="rumour"):
        world.perform(add_wrong, person_id=who.id, strength="rumour")
    world.holds()


@pytest.mark.parametrize(
    ("work", "order", "code"),
    [
        (actions.promise_work, {"occupation_code": "9-99-99-99"}, "occupation.unknown"),
        (actions.promise_work, {"since": date(2099, 1, 1)}, "fact.dates"),
        (actions.promise_work, {"until": date(2001, 1, 1)}, "fact.dates"),
        (actions.promise_education, {"graduated_on": None}, "fact.dates"),
        (actions.promise_title, {"awarded_on": date(2099, 1, 1)}, "fact.dates"),
    ],
)
def test_an_impossible_promise_is_refused(lite: World, work: Any, order: dict[str, Any], code: str) -> None:
    who = someone(lite)
    orders: dict[Any, dict[str, Any]] = {
        actions.promise_work: {"occupation_code": JOB, "since": date(2024, 1, 1), "until": None, "employer": "星图"},
        actions.promise_education: {"education_kind": "college", "major": "软件", "occupation_codes": (JOB,), "school": "学院",
                                    "graduated_on": date(2024, 6, 30), "expected_on": None},
        actions.promise_title: {"grade": "junior", "occupation_codes": (JOB,), "awarded_on": date(2024, 1, 1), "name": "工程师"},
    }  # fmt: skip
    me = acting(Role.PERSON, "me", person=who.id)
    with lite.refused(code):
        lite.perform(work, actor=me, **{**orders[work], **order})
    lite.perform(work, actor=me, **orders[work])
    with lite.refused("no_person"):
        lite.perform(work, actor=lite.actor("fact.add", account="nobody"), **orders[work])
    assert len(lite.ask(queries.promised)) == 1
    lite.holds()


def test_a_title_and_a_future_graduation_are_facts_with_their_dates(world: World) -> None:
    who = someone(world)
    me = acting(Role.PERSON, "me", person=who.id)
    world.perform(
        actions.promise_title, actor=me, grade="middle", occupation_codes=(JOB,), awarded_on=date(2024, 5, 1), name="工程师"
    )
    later = world.today + timedelta(days=200)
    world.perform(
        actions.promise_education, actor=me, education_kind="bachelor", major="软件", occupation_codes=(), school="大学",
        graduated_on=None, expected_on=later,
    )  # fmt: skip
    facts = world.ask(queries.facts, who.id, who.birth)
    assert [(t.grade, t.strength) for t in facts.titles] == [("middle", "promised")]
    assert [e.expected_on for e in facts.educations] == [later]
    world.holds()


def test_a_clerk_only_makes_a_fact_stronger(world: World) -> None:
    who = someone(world)
    me = acting(Role.PERSON, "me", person=who.id)
    made = world.perform(
        actions.promise_work, actor=me, occupation_code=JOB, since=date(2024, 1, 1), until=None, employer="星图"
    )
    seen = world.perform(actions.compare, entry_id=made.entry_id, strength="seen")
    with world.refused("fact.not_stronger"):
        world.perform(actions.compare, entry_id=seen.entry_id, strength="seen")
    best = world.perform(actions.compare, entry_id=seen.entry_id, strength="compared")
    with world.refused("fact.not_stronger"):
        world.perform(actions.compare, entry_id=best.entry_id, strength="promised")
    with world.refused("fact.not_yours"):
        world.perform(actions.take_back, actor=me, entry_id=best.entry_id)
    world.holds()
