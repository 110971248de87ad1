"""The demo tells its stories through the real actions; one that is refused says what was missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.demo.stage import Stage
from skills.demo.training import next_lesson
from skills.kernel.errors import Refusal
from skills.training_standards import actions
from tests.world import World


@given(st.integers(0, 2 * 24 * 60))
def test_the_late_change_is_late_and_not_too_late_at_any_hour(minutes: int) -> None:
    now = datetime(2026, 12, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    assert timedelta(hours=1) < next_lesson(now) - now < timedelta(hours=24)


def test_a_refused_step_of_the_story_says_which_and_what_was_missing(world: World) -> None:
    stage, writer = Stage(world.works, world.clock, world.clock.now()), world.actor("training_standard.draft", account="writer")
    made = stage.act(actions.draft, writer, title="数据标注培训标准", occupation="4-04-05-05", levels=(2,))
    with pytest.raises(Refusal) as caught:
        stage.act(actions.submit, writer, version_id=made.version_id)
    (note,) = caught.value.__notes__
    assert note.startswith(f"training_standard.submit on {world.today}")
    assert "training_standard.tasks " in note
    assert "training_standard.tasks_full" not in note, "what was met is not told"
