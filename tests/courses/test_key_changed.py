"""A row that differs from one that stands in a key column alone: the page asks, and nothing of it is applied unanswered."""

from __future__ import annotations

import pytest

from skills.returns.actions import changes
from skills.returns.rules.amending import Answer
from tests.courses.filed import Filed, enrolled
from tests.world import World

pytestmark = pytest.mark.row(60)


def two_classes(world: World) -> tuple[Filed, Filed]:
    """The same people in two classes that have run; those of the first are reported as not completed."""
    filed = enrolled(world, 2, vouchers=False)
    made = filed.stage.open(seats=10)
    other = Filed(world, filed.stage, made.class_id, made.number)
    for person, document, _ in filed.people:
        other.people.append((person, document, filed.stage.enrol(made.class_id, person).enrolment_id))
    filed.stage.run(made.class_id)
    filed.return_id = filed.file([filed.row(i) for i in range(2)])
    return filed, other


def test_another_class_number_asks_and_creates_nothing(world: World) -> None:
    filed, other = two_classes(world)
    later = filed.upload([other.row(0, **{k: filed.cells(2)[k] for k in ("completed_on",)})])
    assert filed.codes(later.return_id) == [(2, "class", "returns.key_changed")]
    with world.refused("return.nothing_to_file"):
        filed.hand_in(later.return_id)
    assert other.place(0).state == "attending"
    world.holds()


def test_the_same_row_corrected_moves_the_result_to_the_other_class(world: World) -> None:
    filed, other = two_classes(world)
    later = filed.upload([other.row(0)])
    world.perform(changes.answer, actor=filed.clerk, return_id=later.return_id, row=2, said=Answer.CORRECT, reason="班级编号填错")
    filed.hand_in(later.return_id)
    assert other.place(0).state == "completed"
    assert filed.place(0).state == "completed"  # until its holder was heard
    (change,) = filed.changes()
    assert (change.what, change.column, change.state) == ("correct", "class", "waiting")
    world.holds()
    filed.heard()
    filed.revoke(change.request)
    assert (filed.place(0).state, filed.line(2).state) == ("attending", "corrected")
    assert filed.line(2, later.return_id).state == "applied"
    world.holds()
    filed.balanced()


def test_a_new_entry_leaves_the_old_one_alone(world: World) -> None:
    filed, other = two_classes(world)
    later = filed.upload([other.row(0)])
    world.perform(changes.answer, actor=filed.clerk, return_id=later.return_id, row=2, said=Answer.NEW)
    filed.hand_in(later.return_id)
    assert (filed.place(0).state, other.place(0).state) == ("completed", "completed")
    assert filed.changes() == []
    world.holds()


def test_an_answer_can_be_changed_until_the_return_is_handed_in(world: World) -> None:
    filed, other = two_classes(world)
    later = filed.upload([other.row(0), other.row(1)])
    for said, good in ((Answer.NEW, 1), (Answer.LEAVE, 0), (Answer.CORRECT, 1), (Answer.LEAVE, 0)):
        done = world.perform(changes.answer, actor=filed.clerk, return_id=later.return_id, row=2, said=said, reason="核对过原件")
        assert done.good == good
    world.perform(changes.answer, actor=filed.clerk, return_id=later.return_id, row=3, said=Answer.NEW)
    filed.hand_in(later.return_id)
    with world.refused("return.cannot_recheck"):
        world.perform(changes.answer, actor=filed.clerk, return_id=later.return_id, row=2, said=Answer.NEW)
    assert [p.state for p in (other.place(0), other.place(1))] == ["attending", "completed"]
    filed.balanced()
    world.holds()


def test_another_document_of_somebody_of_the_same_name_asks(world: World) -> None:
    filed = enrolled(world, 0)
    made = filed.stage.open(seats=10)
    for _ in range(2):
        person, document = filed.stage.person("张三")
        filed.people.append((person, document, filed.stage.enrol(made.class_id, person).enrolment_id))
    filed.stage.run(made.class_id)
    filed.number, filed.class_id = made.number, made.class_id
    filed.return_id = filed.file([filed.row(0, name="张三")])
    later = filed.upload([filed.row(1, name="张三")])
    assert filed.codes(later.return_id) == [(2, "document", "returns.key_changed")]
    world.perform(changes.answer, actor=filed.clerk, return_id=later.return_id, row=2, said=Answer.CORRECT, reason="报成了同名的另一人")
    filed.hand_in(later.return_id)
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    assert [filed.place(i).state for i in range(2)] == ["attending", "completed"]
    world.holds()


def test_a_row_that_differs_in_more_than_the_key_is_a_new_entry(world: World) -> None:
    filed, other = two_classes(world)
    later = filed.upload([other.row(0, score="90")])
    assert filed.codes(later.return_id) == []
    world.holds()


def test_a_class_number_is_corrected_on_the_page_together_with_other_columns(world: World) -> None:
    filed, other = two_classes(world)
    done = filed.correct(2, **{"class": other.number, "score": "90"}, reason="班级和成绩都填错")
    assert (other.place(0).state, other.place(0).score) == ("completed", "90")
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    assert filed.place(0).state == "attending"
    assert (filed.line(2).state, filed.line(2, done.return_id).state) == ("corrected", "applied")
    world.holds()
