"""Anyone may object to a standard on notice; it is not published before each objection is answered by who did not write it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from skills.standards import actions as standards
from skills.training_standards import actions, objections, queries
from skills.training_standards.models import StandardObjection
from skills.training_standards.rules import may_publish
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.objectors import named_after
from tests.training_standards.test_life import Office
from tests.world import World

__all__ = ["visitors"]

SAID = {"name": "向群", "contact": "xiangqun@example.org", "text": "建议增加数据接入的学时"}


def on_notice(office: Office) -> str:
    """A version on notice, its first day being today."""
    version = str(office.drafted().version_id)
    notice(office, version)
    return version


def notice(office: Office, version: str) -> None:
    world = office.world
    world.perform(actions.submit, actor=office.writer, version_id=version)
    for account in office.experts:
        world.perform(actions.give_opinion, actor=office.expert(account), version_id=version, agrees=True, words="")
    world.perform(actions.give_notice, actor=office.chief, version_id=version)


def object_to(world: World, version: str, **other: str) -> Any:
    receipt = world.perform(objections.raise_, actor=world.actor(account="reader"), version_id=version, **{**SAID, **other}).receipt
    return world.ask(queries.objection, receipt)


def test_an_open_objection_stops_publication_and_an_answer_lets_it_go_on(world: World) -> None:
    office = Office(world)
    version = on_notice(office)
    world.clock.forward(days=7)
    raised = object_to(world, version)
    assert world.ask(queries.unanswered) == 1
    world.clock.forward(days=1)
    with world.refused("training_standard_objection.too_late"):
        object_to(world, version)
    with world.refused("training_standard.not_publishable") as held:
        world.perform(actions.publish, actor=office.chief, version_id=version)
    assert [f.code for f in held[0].findings if not f.met] == ["training_standard.objections_answered"]
    both = world.actor("training_standard.draft", "training_standard.publish", account="writer")
    with world.refused("training_standard.own_work"):
        world.perform(objections.decide, actor=both, objection_id=raised.id, upheld=False, reply="已包括")
    with world.refused("training_standard.words_needed"):
        world.perform(objections.decide, actor=office.chief, objection_id=raised.id, upheld=False, reply=" ")
    world.perform(objections.decide, actor=office.chief, objection_id=raised.id, upheld=False, reply="已包括在实施一项")
    with world.refused("training_standard_objection.cannot_uphold"):
        world.perform(objections.decide, actor=office.chief, objection_id=raised.id, upheld=True, reply="再想了一下")
    answered = world.ask(queries.objection, raised.receipt.lower())
    assert (answered.state, answered.reply) == ("dismissed", "已包括在实施一项")
    world.perform(actions.publish, actor=office.chief, version_id=version)
    world.holds()


def test_an_upheld_objection_sends_the_version_back_and_its_changed_text_comes_on_notice_again(world: World) -> None:
    office = Office(world)
    version = on_notice(office)
    first, second = object_to(world, version), object_to(world, version, text="学时偏多")
    done = world.perform(objections.decide, actor=office.chief, objection_id=first.id, upheld=True, reply="请增加数据接入")
    assert (done.state, done.version_state) == ("upheld", "draft")
    with world.refused("training_standard.unknown"):
        object_to(world, version)
    # What was said to a text that is a draft by now is answered all the same.
    done = world.perform(objections.decide, actor=office.chief, objection_id=second.id, upheld=True, reply="一并修改")
    assert (done.state, done.version_state) == ("upheld", "draft")
    assert [o.state for o in world.ask(queries.objections, version)] == ["upheld", "upheld"]
    notice(office, version)
    world.clock.forward(days=8)
    world.perform(actions.publish, actor=office.chief, version_id=version)
    world.holds()


@pytest.mark.parametrize("left_out", SAID)
def test_an_objection_has_a_name_a_contact_and_words(world: World, left_out: str) -> None:
    version = on_notice(Office(world))
    with world.refused("training_standard_objection.incomplete"):
        object_to(world, version, **{left_out: "  "})
    assert world.ask(queries.unanswered, version) == 0


def test_the_last_day_of_the_notice_and_no_objection_are_both_asked_for() -> None:
    last = date(2026, 11, 30)
    assert may_publish(last, date(2026, 12, 1), 0)
    assert not may_publish(last, date(2026, 12, 1), 1)
    assert not may_publish(last, last, 0)


def test_a_publication_past_an_open_objection_is_found(world: World) -> None:
    office = Office(world)
    version = on_notice(office)
    raised = object_to(world, version)
    world.perform(objections.decide, actor=office.chief, objection_id=raised.id, upheld=False, reply="已包括")
    world.clock.forward(days=8)
    world.perform(actions.publish, actor=office.chief, version_id=version)
    with world.engine.begin() as db:
        db.execute(update(StandardObjection).values(state="raised", decided_by=None))
    assert any(f"objection {raised.id} was not answered" in line for line in world.violations().get("training_standards.objections", []))
    with world.engine.begin() as db:
        db.execute(update(StandardObjection).values(state="dismissed", decided_by="writer"))
    assert any(f"objection {raised.id} was answered by who wrote" in line for line in world.violations().get("training_standards.objections", []))


def test_pages_of_who_objects_and_of_who_answers(visitors: Visitors) -> None:
    world = visitors.world
    office = Office(world)
    version = on_notice(office)
    public, at = world.client(), f"/training-standards/{version}"
    assert f"{at}/objection" in public.get(at).text
    assert "请填写真实姓名" in text_of(press(public, f"{at}/objection", f"{at}/objection", **{**SAID, "name": ""}), 422)
    page = press(public, f"{at}/objection", f"{at}/objection", **SAID)
    (raised,) = world.ask(queries.objections, version)
    assert raised.receipt in text_of(page)
    answer = f"/training-standard-objections/{raised.receipt}"
    shown = public.get(answer).text + public.get(f"/api/v1{answer}").text + public.get(at).text
    assert "建议增加数据接入的学时" in shown
    assert not any(secret in shown for secret in (SAID["name"], SAID["contact"])), "who objects is for the handler alone"
    text_of(public.get("/training-standard-objections/NOBODYKNOWS"), 404)
    writer = visitors.come(office.writer)
    shown = writer.get(f"/gov/training-standards/{version}").text
    assert "建议增加数据接入的学时" in shown
    assert SAID["contact"] not in shown
    text_of(writer.get(f"/gov/training-standard-objections/{raised.id}"), 403)
    chief, case = visitors.come(office.chief), f"/gov/training-standard-objections/{raised.id}"
    assert "xiangqun@example.org" in text_of(chief.get(case))
    desk = f"/gov/training-standards/{version}"
    assert "请写明理由" in text_of(press(chief, desk, f"{desk}/send-back", reason=" "), 422)
    text_of(press(chief, case, case, outcome="uphold", reply=""), 422)
    assert press(chief, case, case, outcome="uphold", reply="请增加数据接入").status_code == 303
    assert "异议成立" in text_of(public.get(answer))
    text_of(public.get(f"{at}/objection"), 404)
    world.holds()


def test_names_of_objectors_go_a_year_after_the_answer_and_never_before_it(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standards, "FORGET_AT_ONCE", 1)
    world = visitors.world
    office = Office(world)
    version = on_notice(office)
    first, second, waits = (object_to(world, version) for _ in range(3))
    for each in (first, second):
        world.perform(objections.decide, actor=office.chief, objection_id=each.id, upheld=False, reply="已包括")
    job = "training_standards.forget_objectors"
    assert set(named_after(world, job, StandardObjection, 365).values()) == {True}, "the last day is one of them"
    assert named_after(world, job, StandardObjection, 1) == {first.id: False, second.id: False, waits.id: True}
    chief = visitors.come(office.chief)
    assert "xiangqun@example.org" in text_of(chief.get(f"/gov/training-standard-objections/{waits.id}"))
    shown = text_of(chief.get(f"/gov/training-standard-objections/{first.id}"))
    assert shown.count("已过保存期限，已删除") == 2
    assert "建议增加数据接入的学时" in shown
    assert world.ask(queries.objection, first.receipt).reply == "已包括", "its author reads the answer by the receipt as ever"
    world.holds()
    with pytest.raises(IntegrityError), world.engine.begin() as db:  # while nobody has answered it has a name
        db.execute(update(StandardObjection).values(name=None, contact=None))


def test_after_the_notice_the_page_says_where_else_to_go(world: World) -> None:
    version = on_notice(Office(world))
    world.clock.forward(days=8)
    at = f"/training-standards/{version}"
    assert f"{at}/objection" not in world.client().get(at).text
    page = text_of(world.client().get(f"{at}/objection"))
    assert "不在公示期" in page
    assert 'name="contact"' not in page
