"""Old codes of occupations: read as today's wherever somebody states what is older."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert

from skills.accounts.rules import Role
from skills.kernel.db import writing
from skills.kernel.errors import Missing
from skills.records import actions, queries
from skills.records.rules import LevelHeld, Title, Work
from skills.standards.models import OccupationAlias
from skills.standards.queries import current_codes, current_occupation
from tests.people_and_bodies import acting, someone
from tests.world import World


def test_the_old_code_of_a_standard_finds_todays_occupation(world: World) -> None:
    assert world.ask(current_occupation, " 2-02-10-09 ").code == "2-02-38-01"
    assert world.ask(current_codes, ["2-02-07-13", "4-04-05-01", "9-99-99-99"]) == {
        "2-02-07-13": "2-02-38-05", "4-04-05-01": "4-04-05-01",
    }  # fmt: skip
    with pytest.raises(Missing, match="unknown"):
        world.ask(current_occupation, "9-99-99-99")
    who = someone(world)
    me = acting(Role.PERSON, "me", person=who.id)
    world.perform(
        actions.promise_title, actor=me, grade="junior", occupation_codes=("2-02-10-09",), awarded_on=date(2024, 1, 1), name="助理工程师"
    )
    world.perform(
        actions.promise_work, actor=me, occupation_code="2-02-10-11", since=date(2024, 1, 1), until=None, employer="星图"
    )
    facts = world.ask(queries.facts, who.id, who.birth)
    assert [x.occupations for x in facts.titles if isinstance(x, Title)] == [("2-02-38-01",)]
    assert [x.occupation for x in facts.works if isinstance(x, Work)] == ["2-02-38-03"]
    world.holds()


def test_a_level_under_an_old_code_counts_for_todays_and_an_alias_that_was_not_published_is_found(world: World) -> None:
    with writing(world.engine) as db:
        db.execute(insert(OccupationAlias).values(code="4-99-99-99", occupation_code="4-04-05-01", since=1999, until=None, source="试"))
    who = someone(world)
    world.perform(
        actions.promise_level, actor=acting(Role.PERSON, "me", person=who.id), occupation_code="4-99-99-99", level=3,
        number="2050001234400012", issued_on=date(2020, 6, 1), issuer="川西",
    )  # fmt: skip
    [line] = world.ask(queries.passport, who.id)
    assert isinstance(line.fact, LevelHeld)
    assert line.fact.occupation == "4-04-05-01"
    assert set(world.violations()) == {"standards.as_published"}
