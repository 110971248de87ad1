"""Under age: the account and the exam wait for a guardian's consent, given at a counter."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from skills.accounts.actions import open_for_person
from skills.accounts.rules import Role
from skills.people.actions import record_consent
from skills.people.rules import age_on, guardian_rule
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, someone

__all__ = ["visitors"]
FIND = "/gov/people"


@given(st.dates(date(1950, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(14, 20))
def test_consent_is_asked_of_whoever_is_under_age_and_the_day_that_ends_it_is_named(birth: date, day: date, age: int) -> None:
    verdict = guardian_rule(birth, day, age, False)
    assert bool(verdict) is (age_on(birth, day) >= age)
    assert guardian_rule(birth, day, age, True)
    ends = verdict.facts["day"]
    assert isinstance(ends, date)
    assert bool(verdict) is (day >= ends)


def test_a_minor_waits_for_a_guardian_at_the_counter(visitors: Visitors) -> None:
    world = visitors.world
    today = world.today
    young = someone(world, 1, "小陈", date(today.year - 16, 1, 1))
    grown = someone(world, 2, "老陈")
    with world.refused("person.guardian_needed") as no:
        world.perform(open_for_person, person_id=young.id)
    assert no[0].facts["day"] == date(today.year + 2, 1, 1)
    world.perform(open_for_person, person_id=grown.id)

    counter = visitors.come(acting(Role.GOV_COUNTER, "counter"))
    page = text_of(press(counter, FIND, FIND, document_kind="resident", document_number=young.number))
    assert "监护人在场签字后才能开通账号" in page
    assert "打印激活单" not in page
    token, key = (re.search(rf'name="{n}" value="([^"]+)"', page) for n in ("csrf_token", "key"))
    assert token
    assert key
    order = {"csrf_token": token[1], "key": key[1], "form_number": " "}
    answer = counter.post(f"/gov/people/{young.id}/consent", data=order)
    assert answer.status_code == 409
    assert "没有填写监护人同意书的编号" in answer.get_data(as_text=True)
    page = text_of(counter.post(f"/gov/people/{young.id}/consent", data={**order, "form_number": "同-2026-0007"}))
    assert "监护人同意登记于" in page
    assert "同-2026-0007" in page
    assert "打印激活单" in page
    world.perform(open_for_person, person_id=young.id)
    for who in (young, grown):
        with world.refused("person.consent_not_needed"):
            world.perform(record_consent, person_id=who.id, form_number="1")
    world.holds()
