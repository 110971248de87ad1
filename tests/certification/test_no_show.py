"""Who did not sit: an attempt with its reason, and no failure."""

from __future__ import annotations

import pytest

from skills.accounts.rules import Role
from skills.certification.models import Application
from skills.certification.queries.carried import kept_for
from skills.certification.rules.day import Found, missed
from tests.certification.stage import Stage
from tests.certification.stage_results import rule
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting

__all__ = ["visitors"]


@pytest.mark.row(29)
@pytest.mark.parametrize("counts", [True, False])
def test_a_wrong_document_is_an_attempt_with_its_reason(visitors: Visitors, counts: bool) -> None:
    stage, world = Stage(visitors.world), visitors.world
    rule(world, "exam.no_show_counts", counts)
    stage.file()
    who = stage.graduate()
    first = stage.open()
    before = stage.apply(first, who)
    stage.hold(first)
    stage.score(first, {before: ("80", "50")})  # the theory is kept for one resit
    second = stage.open()
    missed_one, there = stage.apply(second, who), stage.apply(second, stage.graduate())
    with world.db() as db:
        assert [kept["section"] for kept in db.get_one(Application, missed_one).kept] == ["theory"]
    stage.hold(second, {missed_one: "wrong_document"})
    assert (stage.state(missed_one), stage.state(there)) == ("absent", "examined")
    guest = visitors.come(acting(Role.PERSON, "p-1", person=who))
    shown = text_of(guest.get(f"/me/applications/{missed_one}"))
    assert "证件不符，未准入场" in shown
    assert ("算用掉一次" in shown) is counts
    assert "没有用券支付的考试" in shown
    stage.score(second, {there: ("80", "80")})
    assert stage.state(missed_one) == "absent"
    third = stage.open()
    with world.db() as db:
        assert [kept.section for kept in kept_for(db, third, who)] == ([] if counts else ["theory"])
    stage.apply(third, who)
    world.holds()


def test_who_was_sent_away_is_told_so_and_who_was_there_once_has_not_missed_it() -> None:
    assert missed([Found.AWAY, Found.LATE]) is Found.LATE
    assert missed([Found.WRONG_DOCUMENT, Found.AWAY]) is Found.WRONG_DOCUMENT
    assert missed([Found.AWAY, Found.PRESENT]) is None
    assert missed([]) is Found.AWAY
