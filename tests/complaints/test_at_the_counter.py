"""窗口受理: complaints of whoever has no phone, with and without a name; whose hand it was at the counter never handles the case."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.actions import open_for_person
from skills.accounts.queries import account_of_person
from skills.accounts.rules import Role
from skills.complaints import actions, queries, rules
from skills.complaints.models import Complaint
from skills.complaints.queries import counter as at_counter
from skills.kernel.audit import AuditEntry
from skills.kernel.box import Box
from skills.people.rules.counter import CounterReason
from tests.certification.test_at_the_counter import told
from tests.complaints.test_complaints import CASE, TIP
from tests.courses.stage import make_stage
from tests.courses.test_at_the_counter import by_token, notes_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, body, someone
from tests.world import World

__all__ = ["visitors"]
WHY: dict[str, Any] = {"reason": CounterReason.NO_PHONE}
SERVICE: dict[str, Any] = {"kind": "service", "text": "窗口没有人接待", "contact": "渝北区星光路一号"}


@pytest.mark.parametrize(
    ("account", "bodies", "missed"),
    [
        ("clean", set(), []),
        ("clean", {"body"}, ["complaint.not_party"]),
        ("hand", set(), ["complaint.not_acted"]),
        ("before", set(), ["complaint.not_handler"]),
    ],
)
def test_who_may_be_an_authors_hand(account: str, bodies: set[str], missed: list[str]) -> None:
    assert [f.code for f in rules.may_serve(account, bodies, CASE).findings if not f.met] == missed


def test_who_is_of_the_party_complained_of_takes_nothing_in(world: World) -> None:
    stage = make_stage(world)
    clerk = world.actor("counter.serve", account="both", organisation=stage.school)
    for does, order in ((actions.file_unnamed, {}), (actions.file_for, {"person_id": someone(world).id, **WHY})):
        with world.refused("complaint.not_your_hand"):
            world.perform(does, actor=clerk, about_id=stage.school, **SERVICE, **order)
    assert rows(world) == []


def test_a_complaint_under_a_name_is_the_persons_and_the_hand_that_wrote_it_never_handles_it(world: World) -> None:
    who, other = someone(world), someone(world, 3)
    # Whoever serves at the counter may handle complaints too: the refusals are of what their own hand wrote.
    clerk = world.actor("counter.serve", "complaint.handle", "complaint.assign", account="counter")
    handler = world.actor("complaint.handle", "complaint.see", account="handler")
    with world.refused("complaint.incomplete"):
        world.perform(actions.file_for, actor=clerk, person_id=who.id, **{**SERVICE, "contact": ""}, **WHY)
    with world.refused("person.unknown"):
        world.perform(actions.file_for, actor=clerk, person_id="nobody", **SERVICE, **WHY)
    done = world.perform(actions.file_for, actor=clerk, person_id=who.id, **SERVICE, **WHY)
    [row] = rows(world)
    assert (row.person_id, row.account_id, row.number) == (who.id, None, done.number)
    assert notes_of(world, "complaint.file_for")[0] == {"event": "complaint.file_for", "person": who.id, "reason": "no_phone"}
    with world.refused("complaint.not_yours") as no:
        world.perform(actions.take, actor=clerk, complaint_id=row.id)
    assert [f.code for f in no[0].findings if not f.met] == ["complaint.not_counter"]

    world.perform(actions.take, actor=handler, complaint_id=row.id)
    world.perform(actions.ask, actor=handler, complaint_id=row.id, text="哪一天？")
    mine: dict[str, Any] = {"person_id": who.id, "number": done.number, **WHY}
    both = world.actor("counter.serve", account="handler")
    with world.refused("complaint.not_your_hand"):  # nobody answers their own question
        world.perform(actions.reply_for, actor=both, text="十月八日", **mine)
    with world.refused("complaint.unknown"):
        world.perform(actions.reply_for, actor=clerk, text="十月八日", **{**mine, "person_id": other.id})
    second = world.actor("counter.serve", account="second")
    world.perform(actions.reply_for, actor=second, text="十月八日", **mine)
    world.perform(actions.answer, actor=handler, complaint_id=row.id, text="已整改", outcome="upheld")
    world.perform(actions.escalate_for, actor=clerk, text="没有整改", **mine)
    for account in ("counter", "second", "handler"):
        with world.refused("complaint.not_yours"):
            world.perform(actions.take, actor=world.actor("complaint.handle", account=account), complaint_id=row.id)
    world.perform(actions.withdraw_for, actor=second, **mine)
    assert {f"complaint.told_{x}_at_counter" for x in ("filed", "replied", "escalated", "withdrawn")} <= told(world, who.id)

    # The account that the person opens afterwards has the case; nobody else's has.
    world.perform(open_for_person, person_id=who.id)
    box, account = world.tool(Box), world.ask(account_of_person, who.id)
    assert [c.number for c in world.ask(queries.of_account, account, world.today)] == [done.number]
    assert world.ask(queries.own, box, done.number, account, world.today).named
    with world.refused("complaint.unknown"):
        world.ask(queries.own, box, done.number, "somebody", world.today)
    world.holds()


def test_without_a_name_nothing_says_who_stood_there(world: World) -> None:
    clerk = world.actor("counter.serve", "complaint.handle", account="counter")
    with world.refused("complaint.incomplete"):  # a kind that wants a contact wants one here too
        world.perform(actions.file_unnamed, actor=clerk, **{**SERVICE, "contact": ""})
    done = world.perform(actions.file_unnamed, actor=clerk, **TIP)
    [row] = rows(world)
    assert (row.person_id, row.account_id) == (None, None)
    assert world.ask(queries.by_word, world.tool(Box), done.number, done.word, world.today).line.state == "received"
    with world.refused("complaint.not_yours"):
        world.perform(actions.take, actor=clerk, complaint_id=row.id)
    with world.db() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "complaint.file_unnamed")).one()
    assert "person" not in str(entry.notes)
    world.holds()


def test_complaints_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    who, school = someone(world), body(world, "institution", 4, "渝北软件学校")
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{who.id}/complaints"
    order = {**SERVICE, "about": school, "matter": "", "ref": ""}
    assert press(clerk, desk, desk, **order).status_code == 422, "no reason was chosen"
    received = text_of(press(clerk, desk, desk, **order, reason="no_phone"))
    [row] = rows(world)
    assert row.number in received
    assert "查询码" in received
    assert row.number in text_of(clerk.get(desk))
    case = text_of(clerk.get(f"{desk}/{row.number}"))
    assert SERVICE["text"] not in case, "what was written stays between its author and the desk"
    paper = text_of(clerk.get(f"/gov/people/{who.id}/receipt"))
    assert row.number in paper
    assert "渝北软件学校" not in paper
    handler = acting(Role.GOV_CHECKER, "handler")
    world.perform(actions.take, actor=handler, complaint_id=row.id)
    world.perform(actions.ask, actor=handler, complaint_id=row.id, text="哪一天？")
    here = f"{desk}/{row.number}"
    assert "哪一天？" in text_of(clerk.get(here))
    assert press(clerk, here, f"{here}/reply", text="十月八日").status_code == 409, "no reason was chosen"
    assert press(clerk, here, f"{here}/reply", text="十月八日", reason="no_phone").headers["Location"] == here
    assert press(clerk, here, f"{here}/withdraw", reason="no_phone").status_code == 303

    unnamed = "/gov/counter/complaints"
    assert press(clerk, unnamed, unnamed, kind="fraud", text="", about="", matter="", ref="", contact="").status_code == 422
    told_once = text_of(press(clerk, unnamed, unnamed, kind="fraud", text="空挂学员", about="", matter="", ref="", contact=""))
    assert rows(world)[-1].number in told_once

    def call(path: str, status: int, **sent: Any) -> Any:
        headers = {"Idempotency-Key": f"key{path[-80:]}", **by_token(world, "counter")}
        answer = world.client().post(f"/api/v1{path}", json=sent, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    named = f"/people/{who.id}/complaints"
    again = call(named, 201, reason="cannot", **SERVICE)
    assert call(named, 201, reason="cannot", **SERVICE) == again, "a retry takes in no second one"
    call(f"{named}/{again['number']}/withdraw", 200, reason="cannot")
    call("/counter/complaints", 201, **TIP)
    listed = world.client().get(f"/api/v1{named}", headers=by_token(world, "counter")).get_json()
    read = world.client().get(f"/api/v1{named}/{row.number}", headers=by_token(world, "counter")).get_data(as_text=True)
    assert "哪一天？" in read
    for written in (SERVICE["text"], SERVICE["contact"], "十月八日"):
        assert written not in read, "what was written stays between its author and the desk"
    assert {x["state"] for x in listed} == {"withdrawn"}
    # A clerk of the body complained of does not see it here.
    theirs = world.actor("counter.serve", account="theirs", organisation=school)
    assert [c.number for c in world.ask(at_counter.of_person, theirs, who.id, world.today)] == [again["number"]]
    somebody = visitors.come(acting(Role.PERSON, "somebody", person=who.id))
    for path in (desk, here, unnamed):
        assert somebody.get(path).status_code == 403
    world.holds()


def rows(world: World) -> list[Complaint]:
    with world.db() as db:
        return list(db.scalars(select(Complaint).order_by(Complaint.serial)))
