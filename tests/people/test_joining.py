"""Two records of one person become one: by two people, in one act, with everything that names them; or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from skills.accounts import actions as accounts
from skills.accounts.models import Account, Delegation
from skills.accounts.queries import account_of_person
from skills.accounts.rules import Role
from skills.courses.actions import cards
from skills.courses.models import LearnerCard
from skills.credentials.actions import looks
from skills.credentials.models import LookChoice
from skills.erasures import actions as erasures
from skills.kernel import acts, jobs
from skills.kernel.acts import ACTIONS, ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.sessions import Sessions
from skills.messages.actions import send
from skills.messages.models import Message
from skills.people import parts
from skills.people.actions import decide_join, propose_join, register_person, withdraw_join
from skills.people.actions.register import rename
from skills.people.models import Person, PersonJoin
from skills.people.parts import PARTS
from skills.people.queries import by_document, group, joining, person, phone_of
from skills.settlement.actions import subsidies
from skills.settlement.models import PayeeAccount
from skills.vouchers.actions import issuing
from skills.vouchers.models import Voucher
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.house.test_rules_of_the_house import catalogue
from tests.people_and_bodies import acting, someone
from tests.vouchers.stage import Stage
from tests.world import World

__all__ = ["visitors"]
CLERK, CHECKER = acting(Role.GOV_CLERK, "clerk"), acting(Role.GOV_CHECKER, "checker")
SEEN = "派出所证明2026第12号"
PASSPORT = "E12345678"


class Died(BaseException):
    """The process ended here."""


def other_record(world: World, name: str = "学员1", birth: date = date(2001, 1, 15), sex: str = "M", **more: Any) -> str:
    """The same person's second record, by a passport."""
    made = world.perform(
        register_person, name=name, document_kind="passport", document_number=PASSPORT, birth=birth, sex=sex, district="500112",
        synthetic=True, **more,
    )  # fmt: skip
    return str(made.person_id)


def propose(world: World, kept: str, gone: str, reason: str = "documents", grounds: str = SEEN) -> str:
    made = world.perform(propose_join, actor=CLERK, kept_id=kept, gone_id=gone, reason=reason, grounds=grounds)
    return str(made.join_id)


def join(world: World, kept: str, gone: str) -> Any:
    return world.perform(decide_join, actor=CHECKER, join_id=propose(world, kept, gone), agree=True)


def two(world: World) -> tuple[Stage, str, str]:
    """A person with a resident card, and the same person's record by a passport."""
    stage = Stage(world)
    return stage, stage.person(), other_record(world)


def given(world: World, who: str) -> list[str]:
    with world.db() as db:
        return list(db.scalars(select(Voucher.id).where(Voucher.person_id == who)))


def missed(told: list[Any]) -> dict[str, Any]:
    return {f.code: f.facts for f in told[0].findings}


def test_what_belongs_to_both_is_the_one_persons(world: World) -> None:
    stage, kept, gone = two(world)
    stage.fact(gone, "education", kind="bachelor", major="软件工程", occupations=[], graduated_on="2026-06-30", expected_on=None, school="示例大学")
    first, second = stage.open(), stage.open()
    stage.issue(first, kept)
    stage.issue(second, gone)
    account = world.perform(accounts.open_for_person, person_id=gone).id
    done = join(world, kept, gone)
    assert done.state == "joined"
    assert world.ask(by_document, world.tool(Box), "passport", PASSPORT) == kept
    assert world.ask(person, gone).id == kept
    assert len(given(world, kept)) == 2
    assert world.ask(account_of_person, kept) == account, "whoever could sign in still can"
    with world.db() as db:
        inbox = db.scalars(select(Message.code).where(Message.person_id == kept)).all()
        assert db.scalar(select(func.count()).select_from(Message).where(Message.person_id == gone)) == 0
    assert sorted(inbox) == ["person.told_joined", "voucher.told_issued", "voucher.told_issued"]
    stage.claim(first, kept)
    with world.refused("voucher.not_eligible"):
        stage.claim(second, kept)
    listed = world.perform(issuing.list_documents, actor=stage.clerk, batch_id=first, documents=(("passport", PASSPORT),))
    assert (listed.added, listed.already) == (0, 1)
    world.run_jobs()
    world.holds()


def test_two_live_vouchers_are_settled_by_people_first(world: World) -> None:
    stage, kept, gone = two(world)
    stage.fact(gone, "education", kind="bachelor", major="软件工程", occupations=[], graduated_on="2026-06-30", expected_on=None, school="示例大学")
    batch = stage.open()
    stage.issue(batch, kept, gone)
    [first], [second] = given(world, kept), given(world, gone)
    with world.refused("person_join.not_yet") as told:
        propose(world, kept, gone)
    [(code, facts)] = missed(told).items()
    assert (code, facts["kept_id"], facts["gone_id"]) == ("joining.voucher", first, second)
    assert facts["kept"] == facts["gone"] == f"“满天星毕业生培训券”（{world.today} 发放，待领取）", "named in the words of the field"
    assert facts["gone_url"] == f"/gov/people/{gone}/vouchers"
    world.perform(issuing.void, actor=world.actor("batch.approve"), voucher_id=second, reason="重复建档")
    proposal = propose(world, kept, gone)
    other = stage.held(gone, groups=("graduate_of_year",))
    stage.claim(batch, kept)
    with world.refused("person_join.not_yet") as told:
        world.perform(decide_join, actor=CHECKER, join_id=proposal, agree=True)
    assert set(missed(told)) == {"joining.voucher"}, "looked at again when it is decided"
    world.perform(issuing.void, actor=world.actor("batch.approve"), voucher_id=other, reason="重复建档")
    assert world.perform(decide_join, actor=CHECKER, join_id=proposal, agree=True).state == "joined"
    world.holds()


def test_one_subsidised_training_a_year_counts_both(lite: World) -> None:
    stage, kept, gone = two(lite)
    stage.fact(gone, "education", kind="bachelor", major="软件工程", occupations=[], graduated_on="2026-06-30", expected_on=None, school="示例大学")
    for number, each in enumerate((kept, gone)):
        stage.redeem(stage.held(each), each, f"enrolment:{number}")
    with lite.refused("person_join.not_yet") as told:
        propose(lite, kept, gone)
    assert set(missed(told)) == {"joining.trainings", "joining.voucher"}
    assert missed(told)["joining.trainings"]["year"] == 2026
    assert "星河职业培训学校1" in missed(told)["joining.trainings"]["kept_en"]


def test_an_account_that_somebody_can_sign_in_with_is_not_closed_for_one_that_was_never_activated(world: World) -> None:
    _, kept, gone = two(world)
    slips = {p: world.perform(accounts.print_slip, actor=acting(Role.GOV_COUNTER, "counter"), person_id=p) for p in (kept, gone)}
    mine = world.ask(account_of_person, gone)
    world.perform(accounts.sign_in_by_code, purpose="slip", code=slips[gone].code, account_id=mine)
    session = world.tool(Sessions).begin(mine, world.clock.now())
    join(world, kept, gone)
    assert world.ask(account_of_person, kept) == mine
    with world.db() as db:
        ways_in = dict(db.execute(select(Account.person_id, Account.state)).all())
    assert ways_in == {kept: "active", gone: "disabled"}
    assert world.ask(world.tool(Sessions).find, session, world.clock.now()) is not None, "the session goes on"
    with world.refused("one_time_code.refused"):
        world.perform(accounts.sign_in_by_code, purpose="slip", code=slips[kept].code, account_id=mine)


def test_of_what_a_person_has_once_that_of_the_record_that_stays_goes_on(world: World) -> None:
    _, kept, gone = two(world)
    helper = someone(world, 4, "李云").id
    counter = acting(Role.GOV_COUNTER, "counter")
    mine = {p: acting(Role.PERSON, world.perform(accounts.open_for_person, person_id=p).id, person=p) for p in (kept, gone, helper)}
    session = world.tool(Sessions).begin(mine[gone].account, world.clock.now())
    for each in (kept, gone):
        world.perform(cards.set_pin_at_counter, actor=counter, person_id=each, pin="482913")
        world.perform(subsidies.enter_account, actor=mine[each], bank="重庆银行", number="6222020000012345")
        world.perform(accounts.delegate, actor=mine[each], helper_person_id=helper)
    world.perform(accounts.delegate, actor=mine[helper], helper_person_id=gone)

    @action("test.cards", may=ANYONE)
    def print_cards(act: Act) -> None:
        for number, each in enumerate((kept, gone)):
            act.add(
                LearnerCard(
                    id=act.new_id(), person_id=each, number=f"card-{number}", state="live", printed_as="counter", printed_at=act.at
                )
            )

    try:
        world.perform(print_cards)
    finally:
        del ACTIONS["test.cards"]
    world.perform(looks.choose, actor=mine[kept], counted=True)
    world.perform(looks.choose, actor=mine[gone], counted=False)
    join(world, kept, gone)
    with world.db() as db:
        cards_of = db.execute(select(LearnerCard.person_id, LearnerCard.state)).all()
        accounts_of = db.execute(select(PayeeAccount.person_id, PayeeAccount.state)).all()
        helped = db.execute(select(Delegation.holder_person_id, Delegation.helper_person_id).where(Delegation.ended_at.is_(None))).all()
        wants = dict(db.execute(select(LookChoice.person_id, LookChoice.counted)).all())
        ways_in = dict(db.execute(select(Account.person_id, Account.state)).all())
    assert sorted(map(tuple, cards_of)) == [(kept, "blocked"), (kept, "live")]
    assert sorted(map(tuple, accounts_of)) == [(kept, "entered"), (kept, "replaced")]
    assert [tuple(row) for row in helped] == [(kept, helper)]
    assert wants[kept] is False, "who wanted no looks counted at one record wants none"
    assert (ways_in[kept], ways_in[gone]) == ("invited", "disabled")
    assert world.ask(world.tool(Sessions).find, session, world.clock.now()) is None
    world.run_jobs()
    world.holds()


def test_whoever_dies_in_the_middle_leaves_nothing_half_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, kept, gone = two(world)
    stage.fact(gone, "education", kind="bachelor", major="软件工程", occupations=[], graduated_on="2026-06-30", expected_on=None, school="示例大学")
    stage.issue(stage.open(), gone)
    proposal = propose(world, kept, gone)

    def dies(*_: object) -> None:
        raise Died

    monkeypatch.setitem(PARTS, "zz", parts.Part(joined=dies))
    with pytest.raises(Died):
        world.perform(decide_join, actor=CHECKER, join_id=proposal, agree=True)
    monkeypatch.delitem(PARTS, "zz")
    assert world.ask(by_document, world.tool(Box), "passport", PASSPORT) == gone
    assert world.ask(joining.join, proposal).state == "proposed"
    assert len(given(world, gone)) == 1
    world.holds()
    done = [world.perform(decide_join, actor=CHECKER, key="again", join_id=proposal, agree=True) for _ in range(2)]
    assert done[0] == done[1], "asked twice, done once"
    world.holds()


def test_two_people_join_and_what_does_not_fit_is_refused(lite: World) -> None:
    who = someone(lite, 1, "学员1", date(2001, 1, 15))
    gone = other_record(lite)
    proposal = propose(lite, who.id, gone)
    with lite.refused("person.second_person"):
        lite.perform(decide_join, actor=acting(Role.GOV_CHECKER, "clerk"), join_id=proposal, agree=True)
    with lite.refused("not_allowed"):
        lite.perform(decide_join, actor=CLERK, join_id=proposal, agree=True)
    with lite.refused("person_join.proposed_already"):
        propose(lite, gone, who.id)
    with lite.refused("person.answer"):
        lite.perform(decide_join, actor=CHECKER, join_id=proposal, agree=False)
    assert lite.perform(decide_join, actor=CHECKER, join_id=proposal, agree=False, answer="证件照片不是同一个人").state == "refused"
    with lite.refused("person_join.cannot_join"):
        lite.perform(decide_join, actor=CHECKER, join_id=proposal, agree=True)
    lite.perform(withdraw_join, actor=CLERK, join_id=propose(lite, who.id, gone))
    other = someone(lite, 3, "学员1", date(2001, 1, 15))
    for kept, lost, reason, grounds, code in (
        (who.id, who.id, "documents", SEEN, "joining.two"), (who.id, gone, "because", SEEN, "joining.reason"),
        (who.id, gone, "documents", "", "joining.grounds"), (who.id, other.id, "documents", SEEN, "joining.for_life"),
        (who.id, someone(lite, 5, "学员1").id, "documents", SEEN, "joining.same_birth"),
    ):  # fmt: skip
        with lite.refused("person_join.not_yet") as told:
            propose(lite, kept, lost, reason, grounds)
        assert code in missed(told)
    with lite.refused("person.unknown"):
        propose(lite, who.id, "nobody")
    lite.holds()


def test_a_joined_record_is_used_no_more_and_no_chain_is_made(lite: World) -> None:
    first = someone(lite, 1, "学员1", date(2001, 1, 15))
    second = other_record(lite, phone="13800000009")
    third = lite.perform(
        register_person, name="Xue Yuan", document_kind="hm_permit", document_number="H12345678", birth=first.birth, sex="M",
        district="500112", synthetic=True,
    ).person_id  # fmt: skip
    join(lite, second, third)
    with lite.refused("person.joined"):
        propose(lite, first.id, third)
    with lite.refused("person.joined"):
        lite.perform(rename, person_id=third, name="别名", reason="x")
    join(lite, first.id, second)
    assert set(lite.ask(group, first.id)) == {first.id, second, third}
    assert lite.ask(phone_of, lite.tool(Box), first.id) == "13800000009", "what the record lacked comes from the other"
    assert lite.ask(phone_of, lite.tool(Box), second) is None
    assert {lite.ask(by_document, lite.tool(Box), k, n) for k, n in (("passport", PASSPORT), ("hm_permit", "H12345678"))} == {first.id}
    lite.holds()
    with writing(lite.engine) as db:
        db.connection().execute(update(Person.__table__).where(Person.id == third).values(merged_into=second))
    assert "people.joins" in lite.violations(), "a chain is found"


def test_nobody_writes_about_a_record_that_went_and_what_came_in_all_the_same_follows(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = someone(lite, 1, "学员1", date(2001, 1, 15)).id, other_record(lite)
    join(lite, kept, gone)

    @action("test.late", may=ANYONE)
    def late(act: Act) -> None:
        send(act, code="person.told_joined", person_id=gone)

    try:
        with lite.refused("person.joined") as told:
            lite.perform(late)
        monkeypatch.setattr(acts, "LAST_LOOKS", [])
        lite.perform(late)
    finally:
        del ACTIONS["test.late"]
    assert told[0].facts == {"id": kept}
    assert "people.joins" in lite.violations()
    jobs.order_regular(lite.office)
    lite.run_jobs()
    with lite.db() as db:
        assert db.scalar(select(func.count()).select_from(Message).where(Message.person_id == gone)) == 0
    lite.holds()


def test_who_is_forgotten_is_forgotten_with_every_record(lite: World) -> None:
    kept, gone = someone(lite, 1, "学员1", date(2001, 1, 15)).id, other_record(lite)
    asked = lite.perform(erasures.ask, actor=acting(Role.PERSON, "own", person=gone))
    with lite.refused("person_join.not_yet") as told:
        propose(lite, kept, gone)
    assert missed(told)["joining.erasure"] == {"on": lite.today, "on_url": f"/gov/erasures/{asked.request_id}", "id": asked.request_id}
    lite.perform(erasures.withdraw, actor=acting(Role.PERSON, "own", person=gone), request_id=asked.request_id)
    join(lite, kept, gone)
    asked = lite.perform(erasures.ask, actor=acting(Role.PERSON, "own", person=kept))
    lite.perform(erasures.examine, actor=CLERK, request_id=asked.request_id, proposal="grant")
    lite.clock.forward(days=3)
    lite.perform(erasures.decide, actor=CHECKER, request_id=asked.request_id, agree=True)
    lite.run_jobs()
    assert lite.ask(by_document, lite.tool(Box), "passport", PASSPORT) is None
    lite.holds()


def test_every_row_that_a_person_has_once_says_what_to_do_about_two(lite: World) -> None:
    ends = {name for part in PARTS.values() for name in part.ends}
    once = {r.table.name for r in joining.references() if r.once and str(joining.resting(r)) not in ("true", "1 = 1")}
    assert sorted(f"joining.{name}" for name in once - ends if f"joining.{name}" not in catalogue()) == []
    assert len(joining.references()) > 40
    assert {name for part in PARTS.values() for name in part.names} == once - ends, "and is called by what people call it"


def test_people_from_before_are_looked_through_too(lite: World) -> None:
    first, second = someone(lite, 1, "学员1", date(2001, 1, 15)).id, other_record(lite, "学员 1")

    @action("test.older", may=ANYONE)
    def older(act: Act) -> None:
        act.db.execute(update(Person).values(likeness=None))

    try:
        lite.perform(older)
    finally:
        del ACTIONS["test.older"]
    assert lite.ask(joining.doubles) == []
    jobs.order_regular(lite.office)
    lite.run_jobs()
    assert [{a.id, b.id} for a, b in lite.ask(joining.doubles)] == [{first, second}]
    lite.holds()


def test_two_that_look_alike_are_offered_compared_and_joined_by_two_people(visitors: Visitors) -> None:
    world = visitors.world
    kept, gone = someone(world, 1, "学员1", date(2001, 1, 15)).id, other_record(world, "学员 1")
    someone(world, 3, "别人", date(2001, 1, 15))
    clerk, checker = visitors.come(acting(Role.GOV_COUNTER, "counter")), visitors.come(CHECKER)
    page = text_of(clerk.get("/gov/people/joins?view=alike"))
    assert kept in page
    assert gone in page
    assert "别人" not in page
    [alike] = clerk.get("/api/v1/people/alike").get_json()
    assert ({alike["first_id"], alike["second_id"]}, len(alike["documents"])) == ({kept, gone}, 2)
    compare = f"/gov/people/{kept}/join?gone={gone}"
    order = {"kept_id": kept, "gone_id": gone, "reason": "documents", "grounds": SEEN}
    answer = press(clerk, compare, "/gov/people/joins", **order)
    assert answer.status_code == 303
    assert "没有发现" in text_of(clerk.get("/gov/people/joins?view=alike")), "a pair that waits is offered no more"
    here = answer.headers["Location"]
    assert [j["id"] for j in clerk.get("/api/v1/people/joins").get_json()] == [here.rpartition("/")[2]]
    assert "由您提出" in text_of(clerk.get(here))
    assert SEEN in text_of(checker.get(here))
    press(checker, here, f"{here}/decide", agree="yes")
    assert "已合并" in text_of(checker.get(here))
    assert "学员1" in text_of(checker.get("/gov/people/joins?view=closed"))
    assert "学员1" in text_of(press(clerk, "/gov/people", "/gov/people", document_kind="passport", document_number=PASSPORT))
    checker.set_cookie("lang", "en", domain="localhost")
    assert "It cannot be undone" not in text_of(checker.get(here))
    assert visitors.come(acting(Role.INSTITUTION_ADMIN, "school")).get(here).status_code == 403
    world.holds()


def test_what_stands_against_it_is_named_with_the_way_to_it_for_whoever_may_go_there(visitors: Visitors) -> None:
    world = visitors.world
    stage, kept, gone = two(world)
    stage.fact(gone, "education", kind="bachelor", major="软件工程", occupations=[], graduated_on="2026-06-30", expected_on=None, school="示例大学")
    stage.issue(stage.open(), kept, gone)
    compare, way = f"/gov/people/{kept}/join?gone={gone}", f'href="/gov/people/{gone}/vouchers"'
    clerk = visitors.come(acting(Role.GOV_COUNTER, "counter"))
    page = text_of(clerk.get(compare))
    assert "并入档案的券“满天星毕业生培训券”" in page
    assert way in page
    clerk.set_cookie("lang", "en", domain="localhost")
    assert "of the record that stays and “满天星毕业生培训券” (issued" in text_of(clerk.get(compare))
    other = visitors.come(world.actor("person.register", "person.find", account="register-only"))
    page = text_of(other.get(compare))
    assert "并入档案的券“满天星毕业生培训券”" in page
    assert way not in page, "no way is shown that would be closed"
    answer = press(other, compare, "/gov/people/joins", kept_id=kept, gone_id=gone, reason="documents", grounds=SEEN)
    assert "并入档案的券“满天星毕业生培训券”" in text_of(answer, answer.status_code)
    assert answer.status_code == 409


@pytest.mark.parametrize("values", [{"moved": {"voucher": 9}}, {"decided_by": "other"}])
def test_a_forged_proposal_is_found(lite: World, values: dict[str, object]) -> None:
    join(lite, someone(lite, 1, "学员1", date(2001, 1, 15)).id, other_record(lite))
    with writing(lite.engine) as db:
        db.connection().execute(update(PersonJoin.__table__).values(**values))
    assert lite.violations()
