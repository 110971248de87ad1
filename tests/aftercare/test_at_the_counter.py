"""窗口代办: whoever has no phone asks about a certificate at the counter, has it printed, shares it and is heard there."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from skills.aftercare import queries
from skills.aftercare.actions import counter, requests, revocations
from skills.aftercare.rules import CareKind
from skills.credentials.queries import shares
from skills.kernel.box import Box
from skills.people.rules.counter import CounterReason
from tests.aftercare.stage import ABOVE, case
from tests.aftercare.test_actions import told
from tests.courses.test_at_the_counter import by_token, notes_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.credentials.test_actions import NUMBER
from tests.world import World

__all__ = ["visitors"]
WHY: dict[str, Any] = {"reason": CounterReason.BROKEN}


def test_what_is_asked_at_the_counter_goes_through_the_bodys_two_hands(world: World) -> None:
    c = case(world, printed=True)
    clerk = world.actor("counter.serve", account="counter")
    order: dict[str, Any] = {"person_id": c.who.id, "number": NUMBER, "text": "说是丢了", **WHY}
    with world.refused("care.not_possible"):
        world.perform(counter.ask_for, actor=clerk, kind=CareKind.VOID, care_reason="misprint", **order)
    with world.refused("certificate.unknown"):
        world.perform(counter.ask_for, actor=clerk, kind=CareKind.REPRINT, care_reason="lost", **{**order, "number": "Y0"})
    done = world.perform(counter.ask_for, actor=clerk, kind=CareKind.REPRINT, care_reason="lost", **order)
    assert notes_of(world, "care.ask_for") == [{"event": "care.ask_for", "person": c.who.id, "reason": "broken"}]
    with world.refused("care.not_possible"):
        world.perform(counter.ask_for, actor=clerk, kind=CareKind.CORRECT, care_reason="correction", **order)
    world.perform(requests.send_back, actor=c.clerk, request_id=done.request_id, missing="请写明何时丢失")
    world.perform(counter.complete_for, actor=clerk, person_id=c.who.id, request_id=done.request_id, text="上月搬家时", **WHY)
    c.examine(done.request_id, CareKind.REPRINT)
    assert c.settle(done.request_id).state == "done"
    assert {"care_request.told_asked_at_counter", "care_request.told_completed_at_counter"} <= set(told(c))
    world.run_jobs()

    again = world.perform(counter.ask_for, actor=clerk, kind=CareKind.CORRECT, care_reason="correction", **order)
    stranger = {"person_id": _somebody_else(world), "request_id": again.request_id, **WHY}
    with world.refused("care_request.unknown"):
        world.perform(counter.withdraw_for, actor=clerk, **stranger)
    world.perform(counter.withdraw_for, actor=clerk, person_id=c.who.id, request_id=again.request_id, **WHY)

    proposed = world.perform(revocations.propose, actor=c.clerk, number=NUMBER, reason="error", explanation="发证有误")
    world.perform(counter.answer_for, actor=clerk, person_id=c.who.id, request_id=proposed.request_id, text="本人参加了考试", **WHY)
    with world.db() as db:
        held = queries.case_of_person(db, world.tool(Box), c.who.id, proposed.request_id, world.today)
    assert (held.line.state, held.answer) == ("answered", "本人参加了考试")
    world.holds(ABOVE)


def _somebody_else(world: World) -> str:
    from skills.demo.synthetic import people
    from skills.people.actions import register_person

    who = next(iter(people(1, 99, world.today)))
    made = world.perform(
        register_person, name=who.name, document_kind="resident", document_number=who.number, birth=who.birth, sex=who.sex,
        district=who.district, phone=who.phone, synthetic=True,
    )  # fmt: skip
    return str(made.person_id)


def test_a_certificate_is_asked_about_printed_and_shared_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    c = case(world, printed=True)
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{c.who.id}"
    here = f"{desk}/certificates/{NUMBER}"
    why = {"reason": "no_phone"}
    assert NUMBER in text_of(clerk.get(f"{desk}/certificates"))

    ask = f"{here}/care/correct"
    assert press(clerk, here, ask, care_reason="correction", text="", **why).status_code == 409, "nothing was said"
    assert press(clerk, here, ask, care_reason="correction", text="工种写错了", **why).status_code == 303
    [line] = world.ask(queries.of_person, c.who.id, world.today)
    assert (line.kind, line.state, line.asker) == ("correct", "asked", "holder")
    paper = text_of(clerk.get(f"{desk}/receipt"))
    assert line.number in paper
    assert "原始考核或培训档案" in paper
    mine = f"{desk}/care/{line.id}"
    assert press(clerk, mine, f"{mine}/withdraw", **why).status_code == 303

    printed = press(clerk, here, f"{here}/copy", **why)
    assert (printed.mimetype, printed.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert notes_of(world, "certificate.copy_for") == [{"event": "certificate.copy_for", "person": c.who.id, "reason": "no_phone"}]

    assert press(clerk, here, f"{here}/shares", fields=["name", "what"], days="7", **why).status_code == 303
    [link] = _links(world, c.who.id)
    assert (link.fields, link.live) == (("name", "what"), True)
    assert "扫码查看" in text_of(clerk.get(f"{desk}/receipt"))
    assert press(clerk, here, f"{desk}/shares/{link.id}/end", **why).status_code == 303
    assert press(clerk, f"{desk}/certificates", f"{desk}/looks", counted="false", **why).status_code == 303
    assert world.ask(shares.counted, c.who.id) is False

    def call(path: str, status: int, **body: Any) -> Any:
        headers = {"Idempotency-Key": path[-90:], **by_token(world, "counter")}
        answer = world.client().post(f"/api/v1/people/{c.who.id}/{path}", json={"reason": "cannot", **body}, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    assert b64decode(call(f"certificates/{NUMBER}/copy", 201)["pdf"]) == printed.data
    made = call(f"certificates/{NUMBER}/shares", 201, fields=["name"], days=1)
    call(f"shares/{made['share_id']}/end", 200)
    assert [x.live for x in _links(world, c.who.id)] == [False, False]
    asked = call(f"certificates/{NUMBER}/care", 201, kind="exchange", care_reason="identity", text="改了名字")
    call(f"care/{asked['request_id']}/withdraw", 200)
    assert set(told(c)) >= {
        "certificate.told_copied_at_counter", "certificate_share.told_made_at_counter", "certificate_share.told_ended_at_counter",
        "look.told_chosen_at_counter", "care_request.told_withdrawn_at_counter",
    }  # fmt: skip
    world.holds(ABOVE)


def _links(world: World, person: str) -> Any:
    return world.ask(shares.shares_of, world.tool(Box), person, NUMBER, world.clock.now())
