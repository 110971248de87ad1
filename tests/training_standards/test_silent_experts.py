"""An expert who does not answer holds no standard up: taken off a draft, or replaced with a reason while it is reviewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.actions.organisations import end_role
from skills.accounts.models import Membership
from skills.messages.models import Message
from skills.training_standards import actions, queries
from skills.training_standards.models import StandardReview
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.training_standards.test_life import Office
from tests.world import World

__all__ = ["visitors"]


def experts(world: World, version: str) -> set[str]:
    return {e.account_id for e in world.ask(queries.page, version, public=False).experts}


def two_suffice(world: World) -> None:
    world.policy("training_standard.experts", 2, world.today + timedelta(days=1))
    world.clock.forward(days=1)


def told(world: World, account: str) -> list[str]:
    with world.db() as db:
        return list(db.scalars(select(Message.code).where(Message.account_id == account).order_by(Message.id)))


def test_before_anybody_is_asked_an_expert_is_taken_off_and_may_be_named_again(world: World) -> None:
    office = Office(world)
    version = office.drafted().version_id
    first = office.experts[0]
    world.perform(actions.unname_expert, actor=office.writer, version_id=version, account_id=first)
    assert experts(world, version) == set(office.experts[1:])
    with world.refused("training_standard.expert_unknown"):
        world.perform(actions.unname_expert, actor=office.writer, version_id=version, account_id=first)
    world.perform(actions.name_expert, actor=office.writer, version_id=version, account_id=first)
    world.perform(actions.submit, actor=office.writer, version_id=version)
    with world.refused("training_standard.not_draft"):
        world.perform(actions.unname_expert, actor=office.writer, version_id=version, account_id=first)
    world.holds()


def test_a_silent_expert_is_replaced_with_a_reason_and_the_standard_goes_on(world: World) -> None:
    office = Office(world)
    version = office.drafted().version_id
    silent, instead = office.experts[0], office.experts.pop()
    world.perform(actions.unname_expert, actor=office.writer, version_id=version, account_id=instead)
    two_suffice(world)
    world.perform(actions.submit, actor=office.writer, version_id=version)

    def replace(actor: Any = office.chief, **change: Any) -> Any:
        order = {"version_id": version, "account_id": silent, "instead": instead, "reason": "长期出差，无法评审", **change}
        return world.perform(actions.replace_expert, actor=actor, **order)

    with world.refused("training_standard.words_needed"):
        replace(reason=" ")
    with world.refused("training_standard.no_expert"):
        replace(instead="stranger")
    with world.refused("training_standard.named_already"):
        replace(instead=office.experts[1])
    with world.refused("training_standard.own_work"):
        replace(world.actor("training_standard.publish", account="writer"))
    with world.refused("not_allowed"):
        replace(office.writer)
    replace()
    assert experts(world, version) == {instead, office.experts[1]}
    assert "training_standard.told_replaced" in told(world, silent)
    assert told(world, instead) == ["training_standard.told_expert"]
    with world.db() as db:
        [gone] = db.scalars(select(StandardReview).where(StandardReview.account_id == silent)).all()
        assert gone.ended_reason == "长期出差，无法评审"
    with world.refused("training_standard.not_asked"):
        world.perform(actions.give_opinion, actor=office.expert(silent), version_id=version, agrees=True, words="")
    for account in (instead, office.experts[1]):
        world.perform(actions.give_opinion, actor=office.expert(account), version_id=version, agrees=True, words="")
    with world.refused("training_standard.answered"):  # nobody is replaced for what they said
        replace(account_id=instead, instead=silent)
    world.perform(actions.give_notice, actor=office.chief, version_id=version)
    with world.refused("training_standard.not_in_review"):
        replace(account_id=instead, instead=silent)
    world.holds()


def test_sent_back_everybody_concerned_is_told_and_who_left_is_not_waited_for(world: World) -> None:
    office = Office(world)
    version = office.drafted().version_id
    world.perform(actions.submit, actor=office.writer, version_id=version)
    left = office.experts[0]
    with world.db() as db:
        membership = db.scalars(select(Membership).where(Membership.account_id == left)).one()
    manager = world.actor("staff.manage", account="manager", organisation=membership.organisation_id)
    world.perform(end_role, actor=manager, membership_id=membership.id)
    world.perform(actions.send_back, actor=office.chief, version_id=version, reason="请增加学时")
    assert experts(world, version) == set(office.experts[1:])
    assert all("training_standard.told_back" in told(world, account) for account in office.experts)
    world.holds()


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_the_page_offers_to_take_off_or_to_ask_somebody_else(visitors: Visitors, state: str) -> None:
    world = visitors.world
    office = Office(world)
    version = office.drafted().version_id
    page = f"/gov/training-standards/{version}"
    off, instead = office.experts[0], office.experts[2]
    if state == "draft":
        desk = visitors.come(office.writer)
        assert "取消指定 专家0" in text_of(desk.get(page))
        press(desk, page, f"{page}/experts/{off}/unname")
        assert experts(world, version) == set(office.experts[1:])
        return
    two_suffice(world)
    world.perform(actions.unname_expert, actor=office.writer, version_id=version, account_id=instead)
    world.perform(actions.submit, actor=office.writer, version_id=version)
    desk = visitors.come(office.chief)
    assert "换人评审：专家0 还没有提交意见" in text_of(desk.get(page))
    press(desk, page, f"{page}/experts/{off}/replace", account=instead, reason="长期出差")
    assert experts(world, version) == set(office.experts[1:])
