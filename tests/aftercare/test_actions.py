"""Six requests, each a chain both ways; the holder heard before a revocation; orders; successors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from skills.accounts import actions as accounts
from skills.accounts.rules import Role
from skills.aftercare import queries
from skills.aftercare.actions import orders, requests, revocations
from skills.aftercare.rules import CareKind
from skills.credentials import actions as credentials
from skills.credentials import queries as certificates
from skills.credentials.statuslist import Status
from skills.kernel import log
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.errors import Forbidden, Missing
from skills.people.actions import rename
from tests.aftercare.stage import ABOVE, Case, case
from tests.credentials.test_actions import NUMBER
from tests.people_and_bodies import acting, body
from tests.world import World


def page(c: Case, name: str = "陈星宇") -> str:
    return c.world.client().post("/verify", data={"number": NUMBER, "name": name}).text


def told(c: Case) -> list[str]:
    """Codes of the messages that the holder has, newest first."""
    from skills.messages.queries import inbox

    return [m.code for m in c.world.ask(inbox, c.holder)]


@pytest.mark.row(54)
def test_a_lost_paper_is_printed_again_under_the_same_number_and_a_new_serial(lite: World) -> None:
    c = case(lite, printed=True)
    before, first = lite.ask(certificates.certificate, NUMBER), lite.ask(certificates.paper_of, NUMBER)
    credential, code = lite.ask(certificates.credential_of, NUMBER), lite.ask(certificates.code_of, NUMBER)
    request = c.ask(CareKind.REPRINT)
    c.examine(request, CareKind.REPRINT)
    done = c.settle(request)
    assert (done.certificate_number, done.serial) == (NUMBER, f"{before.status_index:07d}-2")
    assert lite.ask(certificates.certificate, NUMBER).serial == ""  # being printed
    lite.run_jobs()
    after, second = lite.ask(certificates.certificate, NUMBER), lite.ask(certificates.paper_of, NUMBER)
    assert (after.id, after.state, after.serial) == (before.id, "issued", done.serial)
    assert (lite.ask(certificates.credential_of, NUMBER), lite.ask(certificates.code_of, NUMBER)) == (credential, code)
    assert first.digest != second.digest
    assert (lite.settings.files_dir / first.path).exists()  # never printed over
    story = lite.ask(certificates.happened, NUMBER)
    assert (story.what, story.serial, story.reprints, story.paper_words[0]) == ("", done.serial, 1, "遗失")
    assert done.serial in page(c)
    assert "1 份，遗失" in page(c)
    lite.seal()
    assert lite.ask(log.receipt, log.CERTIFICATES, f"reprint:{before.id}:2").leaf[0] == 9
    lite.holds(ABOVE)


@pytest.mark.row(54)
def test_a_mistake_is_corrected_and_both_certificates_name_each_other(world: World) -> None:
    c = case(world)
    old = world.ask(certificates.certificate, NUMBER)
    world.clock.forward(days=1)
    request = c.ask(CareKind.CORRECT)
    with world.refused("care.no_such_correction"):
        c.examine(request, CareKind.CORRECT, changes={"level_rank": "8"})
    with world.refused("care.name_not_on_record"):
        c.examine(request, CareKind.CORRECT, changes={"holder_name": "王五"})
    c.examine(request, CareKind.CORRECT, changes={"branch": "人工智能算法测试员"})
    with world.refused("care.second_person"):
        clerk = acting(Role.BODY_CHECKER, "clerk", organisation=c.issuer)
        world.perform(requests.carry_out, actor=clerk, request_id=request)
    done = c.settle(request)
    new = world.ask(certificates.certificate, NUMBER)
    assert done.certificate_number == NUMBER
    assert (new.claims.branch, new.replaces, new.claims.issued_on) == ("人工智能算法测试员", NUMBER, world.today)
    story = world.ask(certificates.happened, NUMBER, old.status_index)
    assert (story.what, story.successor, story.same_number, story.on) == ("corrected", NUMBER, True, world.today)
    assert world.ask(certificates.exceptions, 1) == {old.status_index: Status.SUPERSEDED}
    assert "care.done" in told(c)
    world.holds(ABOVE)


@pytest.mark.row(54)
def test_a_new_name_is_exchanged_for_and_the_old_name_leads_to_the_new_paper(lite: World) -> None:
    c = case(lite)
    request = c.ask(CareKind.EXCHANGE)
    c.examine(request, CareKind.EXCHANGE)
    with lite.refused("care.nothing_new"):
        c.settle(request)
    lite.clock.forward(days=1)
    lite.perform(rename, person_id=c.who.id, name="陈星羽", reason="公安机关证明")
    c.settle(request)
    assert lite.ask(certificates.certificate, NUMBER).claims.holder_name == "陈星羽"
    assert "已换发" in page(c)
    assert NUMBER in page(c)
    assert "已换发" not in page(c, "陈星羽")
    lite.holds(ABOVE)


def test_a_misprint_is_voided_only_before_it_is_handed_out(lite: World) -> None:
    c = case(lite, printed=True)
    request = c.ask(CareKind.VOID)
    c.examine(request, CareKind.VOID)
    lite.perform(credentials.hand_out, actor=c.clerk, number=NUMBER, to="self", serial="A0001")
    with lite.refused("care.handed_out_meanwhile"):
        c.settle(request)
    lite.perform(requests.refuse, actor=c.checker, request_id=request, why="已发放")
    with lite.refused("care.not_possible") as no:
        c.ask(CareKind.VOID)
    assert [f.code for f in no[0].findings if not f.met] == ["care.not_handed_out"]
    with lite.refused("certificate.handed_out_already"):
        lite.perform(credentials.hand_out, actor=c.clerk, number=NUMBER, to="proxy")
    lite.holds(ABOVE)


@pytest.mark.parametrize(("kind", "what"), [(CareKind.VOID, "voided"), (CareKind.CANCEL, "cancelled")])
def test_voided_and_cancelled_say_so_everywhere(world: World, kind: CareKind, what: str) -> None:
    c = case(world)
    request = c.ask(kind)
    with world.refused("care.proof_missing"):
        world.perform(requests.examine, actor=c.clerk, request_id=request, proofs=(), note="")
    c.examine(request, kind)
    c.settle(request)
    story = world.ask(certificates.happened, NUMBER)
    assert story.what == what
    assert story.words[0] in page(c)
    assert list(world.ask(certificates.exceptions, 1).values()) == [Status.REVOKED]
    with world.refused("care.not_possible"):
        c.ask(CareKind.CANCEL)
    world.holds(ABOVE)


def test_sent_back_completed_withdrawn_and_refused(world: World) -> None:
    c = case(world)
    request = c.ask(CareKind.CANCEL)
    with world.refused("care.not_possible") as no:
        c.ask(CareKind.CORRECT)
    assert [f.code for f in no[0].findings if not f.met] == ["care.one_at_a_time"]
    world.perform(requests.send_back, actor=c.clerk, request_id=request, missing="缺书面申请")
    assert "care.sent_back" in told(c)
    with world.refused("care.cannot_examine"):
        c.examine(request, CareKind.CANCEL)
    first = world.ask(queries.of_person, c.who.id, world.today)[0].due_on
    world.clock.forward(days=7)
    world.perform(requests.complete, actor=c.holder, request_id=request, text="已补")
    assert world.ask(queries.of_person, c.who.id, world.today)[0].due_on > first
    world.perform(requests.withdraw, actor=c.holder, request_id=request)
    second = c.ask(CareKind.CANCEL)
    c.examine(second, CareKind.CANCEL)
    with world.refused("care.cannot_withdraw"):
        world.perform(requests.withdraw, actor=c.holder, request_id=second)
    world.perform(requests.refuse, actor=c.checker, request_id=second, why="证书正用于职称申报")
    shown = world.ask(queries.case_of_person, world.tool(Box), c.who.id, second, world.today)
    assert (shown.line.state, shown.note) == ("refused", "证书正用于职称申报")
    assert world.ask(certificates.certificate, NUMBER).state == "issued"
    world.holds(ABOVE)


@pytest.mark.row(53)
def test_the_holder_is_told_first_and_nobody_revokes_before_the_time_is_over(world: World) -> None:
    c = case(world)
    made = world.perform(revocations.propose, actor=c.clerk, number=NUMBER, reason="void_exam", explanation="考场违纪")
    assert "care.hearing" in told(c)
    assert world.ask(queries.to_answer, c.who.id)[0][0] == made.request_id
    until = world.ask(queries.to_answer, c.who.id)[0][1]
    with world.refused("revocation.not_heard"):
        world.perform(revocations.carry_out, actor=c.checker, request_id=made.request_id)
    world.clock.forward(days=(until - world.today).days)
    with world.refused("revocation.not_heard"):
        world.perform(revocations.carry_out, actor=c.checker, request_id=made.request_id)
    world.clock.forward(days=1)
    with pytest.raises(Forbidden):  # who only handles does not decide
        world.perform(revocations.carry_out, actor=c.clerk, request_id=made.request_id)
    world.perform(revocations.carry_out, actor=c.checker, request_id=made.request_id)
    assert list(world.ask(certificates.exceptions, 1).values()) == [Status.REVOKED]
    shown = page(c)
    assert "已撤销" in shown
    assert "考核无效" in shown
    assert "考场违纪" not in shown
    assert "care.revoked" in told(c)
    world.holds(ABOVE)


@pytest.mark.row(53)
def test_an_answer_is_considered_before_the_second_person_decides(world: World) -> None:
    c = case(world)
    chief = acting(Role.BODY_CHECKER, "chief", organisation=c.issuer)
    made = world.perform(revocations.propose, actor=chief, number=NUMBER, reason="error", explanation="重复发证")
    with world.refused("care.reason_needed"):
        world.perform(revocations.answer, actor=c.holder, request_id=made.request_id, text=" ")
    world.perform(revocations.answer, actor=c.holder, request_id=made.request_id, text="第一张已经注销")
    with world.refused("revocation.cannot_answer"):
        world.perform(revocations.answer, actor=c.holder, request_id=made.request_id, text="再说一次")
    with world.refused("care.second_person"):
        world.perform(revocations.carry_out, actor=chief, request_id=made.request_id, considered="不采纳")
    with world.refused("revocation.not_heard"):
        world.perform(revocations.carry_out, actor=c.checker, request_id=made.request_id)
    world.perform(revocations.carry_out, actor=c.checker, request_id=made.request_id, considered="核实后不采纳")
    assert world.ask(certificates.certificate, NUMBER).state == "revoked"
    world.holds(ABOVE)


def test_urgent_fraud_is_suspended_meanwhile_and_counts_again_if_it_was_none(world: World) -> None:
    c = case(world)
    with world.refused("revocation.not_urgent"):
        world.perform(revocations.propose, actor=c.clerk, number=NUMBER, reason="error", explanation="x", urgent=True)
    made = world.perform(
        revocations.propose, actor=c.clerk, number=NUMBER, reason="fraud", explanation="涉嫌替考", urgent=True
    )
    assert made.suspended
    assert world.ask(certificates.happened, NUMBER).what == "suspended"
    world.perform(revocations.answer, actor=c.holder, request_id=made.request_id, text="有监控为证")
    world.perform(revocations.refuse, actor=c.checker, request_id=made.request_id, why="监控证明是本人")
    assert world.ask(certificates.certificate, NUMBER).state == "issued"
    assert world.ask(certificates.exceptions, 1) == {}
    assert "care.not_revoked" in told(c)
    world.holds(ABOVE)


def test_the_authority_orders_and_never_decides(world: World) -> None:
    c = case(world)
    with pytest.raises(Forbidden):
        world.perform(revocations.propose, actor=c.authority, number=NUMBER, reason="fraud", explanation="x")
    order = {"number": NUMBER, "kind": CareKind.REVOKE, "document": "渝人社责〔2026〕8号", "grounds": "巡查发现替考"}
    with world.refused("care.not_orderable"):
        world.perform(orders.order, actor=c.authority, **{**order, "kind": CareKind.CANCEL})
    made = world.perform(orders.order, actor=c.authority, **order)
    with world.refused("care.ordered_already"):
        world.perform(orders.order, actor=c.authority, **order)
    [line] = world.ask(queries.orders, world.tool(Box), world.today, {c.issuer})
    assert (line.state, line.document, line.grounds) == ("issued", "渝人社责〔2026〕8号", "巡查发现替考")
    world.clock.forward(days=40)
    assert world.ask(queries.orders_late, world.today) == 1
    proposed = world.perform(revocations.propose, actor=c.clerk, number=NUMBER, reason="fraud", explanation="按责令核查")
    world.perform(revocations.answer, actor=c.holder, request_id=proposed.request_id, text="不是我")
    world.perform(revocations.refuse, actor=c.checker, request_id=proposed.request_id, why="查无实据")
    [line] = world.ask(queries.orders, world.tool(Box), world.today, None)
    assert (line.id, line.state, line.request_id) == (made.order_id, "declined", proposed.request_id)
    again = world.perform(revocations.propose, actor=c.clerk, number=NUMBER, reason="fraud", explanation="新证据")
    world.clock.forward(days=20)
    world.perform(revocations.carry_out, actor=c.checker, request_id=again.request_id)
    [line] = world.ask(lambda db: queries.orders(db, world.tool(Box), world.today, None, closed=True))
    assert line.state == "fulfilled"
    assert world.ask(queries.orders_late, world.today) == 0
    world.holds(ABOVE)


def test_a_successor_acts_for_a_body_that_is_gone_and_for_its_certificates_alone(lite: World) -> None:
    from skills.accounts.visitors import load_me
    from skills.kernel.sessions import Sessions

    c = case(lite)
    heir = body(lite, order=7, name="重庆承接评价中心")
    official, second = acting(Role.GOV_CLERK, "clerk-of-city"), acting(Role.GOV_CHECKER, "checker-of-city")
    order = {"gone_id": c.issuer, "successor_id": heir, "document": "渝人社〔2026〕9号"}
    with lite.refused("succession.refused"):
        lite.perform(accounts.propose_successor, actor=official, **order)
    lite.perform(accounts.close_organisation, actor=official, organisation_id=c.issuer)
    made = lite.perform(accounts.propose_successor, actor=official, **order)
    with lite.refused("succession.proposed_already"):
        lite.perform(accounts.propose_successor, actor=second, **order)
    own = acting(Role.GOV_CHECKER, "clerk-of-city")
    with lite.refused("succession.second_person"):
        lite.perform(accounts.appoint_successor, actor=own, succession_id=made.id)
    staff = lite.perform(
        accounts.create_staff, login="heir-admin", name="承接", role=Role.BODY_ADMIN, password="long-enough-word-77",
        organisation_id=heir,
    )  # fmt: skip

    def visitor() -> object:
        token = lite.tool(Sessions).begin(staff.id, lite.clock.now())
        with lite.db() as db:
            return load_me(db, lite.tool(Sessions).find(db, token, lite.clock.now()))

    assert visitor().actor.organisations_for("care.handle") == {heir}  # type: ignore[attr-defined]
    lite.perform(accounts.appoint_successor, actor=second, succession_id=made.id)
    actor = visitor().actor  # type: ignore[attr-defined]
    assert actor.organisations_for("care.decide") == {heir, c.issuer}
    assert actor.organisations_for("plan.make") == {heir}
    lite.perform(credentials.suspend, actor=acting_as(actor), number=NUMBER, reason="核查")
    assert lite.ask(certificates.certificate, NUMBER).state == "suspended"
    lite.perform(accounts.end_succession, actor=second, succession_id=made.id)
    assert visitor().actor.organisations_for("care.decide") == {heir}  # type: ignore[attr-defined]
    lite.holds(ABOVE)


def acting_as(actor: object) -> object:
    from dataclasses import replace

    return replace(actor, stepped_up=True)  # type: ignore[type-var]


def test_strangers_see_and_do_nothing(world: World) -> None:
    c = case(world)
    request = c.ask(CareKind.CANCEL)
    other = acting(Role.BODY_CHECKER, "other", organisation=body(world, order=2, name="别家公司"))
    with pytest.raises(Forbidden):
        world.perform(requests.examine, actor=other, request_id=request, proofs=("identity",), note="")
    stranger = acting(Role.PERSON, "stranger", person="nobody")
    for work in (requests.withdraw,):
        with pytest.raises(Missing):
            world.perform(work, actor=stranger, request_id=request)
    with pytest.raises(Missing):
        world.ask(queries.case_of_person, world.tool(Box), "nobody", request, world.today)
    with pytest.raises(Missing):
        world.ask(lambda db: queries.case(db, world.tool(Box), request, world.today, {"elsewhere"}))
    world.holds(ABOVE)


EDITS = {
    "one hand": "update care_request set decided_by = examined_by",
    "no examiner": "update care_request set examined_by = null",
    "no result": "update care_request set result_id = null",
    "other kind": "update care_request set kind = 'cancel'",
    "gone": "delete from care_request",
    "unheard": "update care_request set kind = 'revoke', hear_until = '2099-01-01'",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_direct_edit_of_a_request_is_named(lite: World, edit: str) -> None:
    c = case(lite)
    lite.clock.forward(days=1)
    request = c.ask(CareKind.CORRECT)
    c.examine(request, CareKind.CORRECT, changes={"branch": "人工智能算法测试员"})
    c.settle(request)
    assert lite.violations(ABOVE) == {}
    with writing(lite.engine) as db:
        db.execute(text(edit))
    assert any(name.startswith("aftercare.") for name in lite.violations(ABOVE))


def test_what_people_wrote_is_sealed(lite: World) -> None:
    c = case(lite)
    c.ask(CareKind.CANCEL, text="我要出国定居")
    with lite.db() as db:
        [(sealed,)] = db.execute(text("select text from care_request")).all()
    assert "出国".encode() not in sealed


def test_the_clock_is_in_working_days_and_late_ones_are_counted(lite: World) -> None:
    c = case(lite)
    c.ask(CareKind.CANCEL)
    [line] = lite.ask(queries.of_bodies, {c.issuer}, lite.today)
    assert line.due_on - lite.today >= timedelta(days=14)  # ten working days
    assert lite.ask(queries.overdue, line.due_on) == 0
    assert lite.ask(queries.overdue, line.due_on + timedelta(days=1)) == 1
    assert lite.ask(queries.waiting, {c.issuer}, set(), "clerk") == 1
    assert lite.ask(queries.waiting, set(), {c.issuer}, "checker") == 0
