"""Which title a level opens: the table, the day, and that more certificates never make it later."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.accounts.rules import Role
from skills.records.actions import state_fact
from skills.records.rules import LevelHeld, to_json
from skills.records.rules.titles import openings, read_rules
from skills.standards.rules import Level
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting, someone

__all__ = ["visitors"]
pytestmark = pytest.mark.row(40)
JOB, OTHER = "4-04-05-01", "4-04-05-05"
TABLE = read_rules(
    tomllib.loads((Path(__file__).parents[2] / "skills/standards/data/policy_certification.toml").read_text("utf-8"))[
        "title.of_level"
    ]["value"]
)
HELD = st.builds(
    LevelHeld, st.sampled_from([JOB, OTHER]), st.sampled_from(list(Level)),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(1, 999).map(str),
)  # fmt: skip


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.L5, []),
        (Level.L4, []),
        (Level.L3, [("junior", date(2026, 3, 1))]),
        (Level.L2, [("middle", date(2027, 3, 1)), ("junior", date(2026, 3, 1))]),
        (Level.L1, [("senior", date(2028, 2, 29)), ("middle", date(2027, 3, 1)), ("junior", date(2026, 3, 1))]),
        (Level.CHIEF, [("senior", date(2028, 2, 29)), ("middle", date(2027, 3, 1)), ("junior", date(2026, 3, 1))]),
    ],
)
def test_the_table_of_the_policy(level: Level, expected: list[tuple[str, date]]) -> None:
    found = openings([LevelHeld(JOB, level, date(2024, 2, 29), "n")], TABLE)
    assert [(o.grade, o.from_day) for o in found] == expected
    for opening in found:
        assert opening.open(opening.from_day)
        assert not opening.open(opening.from_day - timedelta(days=1))


@given(st.lists(HELD, max_size=5), HELD)
def test_another_certificate_never_takes_a_title_away_or_makes_it_later(held: list[LevelHeld], more: LevelHeld) -> None:
    before = {(o.occupation, o.grade): o.from_day for o in openings(held, TABLE)}
    after = {(o.occupation, o.grade): o.from_day for o in openings([*held, more], TABLE)}
    assert all(after[key] <= day for key, day in before.items())
    assert {key for key in after if key not in before} <= {(more.occupation, rule.grade) for rule in TABLE}


@given(st.lists(HELD, max_size=5))
def test_each_opening_rests_on_a_certificate_and_no_earlier_one_would_do(held: list[LevelHeld]) -> None:
    years = {rule.grade: rule for rule in TABLE}
    for opening in openings(held, TABLE):
        rule = years[opening.grade]
        fit = [x.issued_on for x in held if x.occupation == opening.occupation and x.level >= rule.level]
        assert opening.since == min(fit)
        assert opening.from_day.year == opening.since.year + rule.years


@pytest.mark.row(40)
def test_the_passport_shows_it(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world)
    since = world.today.replace(year=world.today.year - 1)
    fact = LevelHeld(JOB, Level.L3, since, "S000050000001243000001")
    world.perform(
        state_fact, person_id=who.id, kind="level", source="list:1", body=to_json(fact), strength="compared"
    )
    me = visitors.come(acting(Role.PERSON, "p", person=who.id))
    page = text_of(me.get("/me/passport"))
    assert "可申报的职称" in page
    assert f"自{since.isoformat()}起算" in page
    assert "年限已满" not in page
    world.clock.forward(days=366)
    me = visitors.come(acting(Role.PERSON, "p", person=who.id))
    assert "年限已满，可申报" in text_of(me.get("/me/passport"))
    (told,) = me.get("/api/v1/me/titles").get_json()
    assert (told["grade"], told["since"]) == ("junior", since.isoformat())
    world.holds()
