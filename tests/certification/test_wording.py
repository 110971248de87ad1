"""What a certificate calls its level, on paper and to whoever asks, after the ladder has been released anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from skills.certification.models import Award
from skills.credentials.queries import certificate as by_number
from skills.standards import rules
from skills.standards.rules import Ladder, ladders
from tests.certification.test_filing_days import passed
from tests.credentials.test_paper import words
from tests.world import World, grown


@pytest.mark.row(35)
def test_a_certificate_is_called_as_on_the_day_of_its_issue(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, _filing, sitting, _application = grown(world, passed)
    stage.conclude(sitting)
    with world.db() as db:
        number = db.scalars(select(Award.number)).one()
    old = ladders()[0]
    steps = {level: replace(step, word=f"改称{step.word}", print_en=f"New {step.print_en}") for level, step in old.steps.items()}
    new = Ladder("later", "某文", "S", world.today + timedelta(days=1), steps)
    monkeypatch.setattr(rules, "ladders", lambda: (old, new))
    stage.days(30)
    printed = words(world.pdf(number))
    assert "四级/中级工" in printed
    assert "改称" not in printed
    with world.db() as db:
        assert by_number(db, number).claims.level_words == "四级/中级工"
    world.holds()
