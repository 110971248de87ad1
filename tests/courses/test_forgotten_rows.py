"""What rows of returns say of somebody who is erased: also rows that were never applied, reasons, and digests."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from skills.kernel.acts import ACTIONS, Act, action
from skills.kernel.canon import canon
from skills.returns.actions import changes
from skills.returns.models import Return, ReturnAnswer
from skills.returns.parts import forget
from skills.returns.rules.amending import Answer
from tests.courses.filed import Filed, enrolled, reported
from tests.world import World

pytestmark = pytest.mark.row(60)


def forgotten(filed: Filed, i: int) -> None:
    if "test.forget_rows" not in ACTIONS:

        @action("test.forget_rows", may="test.forget")
        def forget_rows(act: Act, person_id: str) -> None:
            forget(act, person_id)

    filed.world.perform(ACTIONS["test.forget_rows"], person_id=filed.people[i][0])


def test_rows_left_out_or_held_about_somebody_erased_are_empty(world: World) -> None:
    filed = reported(world, 2)
    left = filed.upload([filed.row(i, completed_on=filed.place(0).completed_on.replace(day=2).isoformat()) for i in range(2)])
    for row in (2, 3):
        world.perform(changes.answer, actor=filed.clerk, return_id=left.return_id, row=row, said=Answer.LEAVE)
    held = filed.upload([filed.row(i, score="一百") for i in range(2)])
    lower = filed.upload([filed.row(i, name="写错", document=f" {filed.people[i][1].lower()} ") for i in range(2)])
    forgotten(filed, 0)
    for return_id in (left.return_id, held.return_id, lower.return_id):
        assert filed.cells(2, return_id) == {}
        assert filed.cells(3, return_id)["document"].strip().upper() == filed.people[1][1]
    world.holds()


def test_the_reason_of_an_answer_is_theirs_on_both_sides(world: World) -> None:
    filed = enrolled(world, 0)
    made = filed.stage.open(seats=10)
    for _ in range(2):
        person, document = filed.stage.person("张三")
        filed.people.append((person, document, filed.stage.enrol(made.class_id, person).enrolment_id))
    filed.stage.run(made.class_id)
    filed.number, filed.class_id = made.number, made.class_id
    filed.return_id = filed.file([filed.row(0, name="张三")])
    later = filed.upload([filed.row(1, name="张三")])
    world.perform(changes.answer, actor=filed.clerk, return_id=later.return_id, row=2, said=Answer.CORRECT, reason="报成了同名的另一人")
    filed.hand_in(later.return_id)
    forgotten(filed, 1)
    with world.db() as db:
        assert db.scalars(select(ReturnAnswer.reason)).all() == ["—"]
    assert [c.reason for c in filed.changes()] == ["—"]
    world.holds()


def test_a_correction_on_the_page_keeps_no_digest_that_can_be_guessed(world: World) -> None:
    filed = reported(world, 1)
    before = filed.cells(2)
    after = {**before, "completed_on": filed.place(0).completed_on.replace(day=2).isoformat()}
    done = filed.correct(2, completed_on=after["completed_on"])
    with world.db() as db:
        kept = db.get_one(Return, done.return_id).digest
    assert len(kept) == 64
    assert kept != hashlib.sha256(canon([filed.return_id, 2, after]).encode()).hexdigest()
