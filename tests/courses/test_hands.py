"""Whose hand it was: a relative's, the counter's; what a lost phone ends; what a relative can never do."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from skills.accounts import actions as accounts
from skills.accounts.queries import helped_by
from skills.accounts.rules import HELPER_RIGHTS
from skills.courses.actions import enrolments, scanning
from skills.kernel.acts import ACTIONS, ANYONE
from skills.kernel.audit import AuditEntry
from skills.kernel.errors import Forbidden
from skills.kernel.sessions import Sessions
from skills.people.rules.counter import CounterReason
from skills.vouchers import queries
from skills.vouchers.actions import codes, counter
from tests.courses.test_scanning import Counter
from tests.courses.test_views import hidden, text_of
from tests.courses.wallet import open_batch
from tests.world import World

# Whoever adds an action for relatives adds it here, and has thought of what a relative could do with it.
FOR_RELATIVES = {
    "reservation.ask", "reservation.take", "reservation.cancel", "waiting.join", "waiting.leave",
    "voucher.claim", "enrolment.enrol", "enrolment.withdraw", "voucher_code.show", "voucher_code.stop",
}  # fmt: skip


class Family(Counter):
    """A holder, and a relative with an account of their own who was let in."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.helper, _ = self.stage.person("欧阳小北")
        self.account = str(world.perform(accounts.open_for_person, person_id=self.helper).id)
        self.own = str(world.perform(accounts.open_for_person, person_id=self.person).id)
        for account in (self.account, self.own):
            world.perform(accounts.note_sign_in, account_id=account, method="stand_in")
        self.allow()

    def me(self) -> object:
        return self.world.actor("helper.name", account=self.own, person=self.person)

    def allow(self) -> None:
        self.world.perform(accounts.delegate, actor=self.me(), helper_person_id=self.helper)

    def delegation(self) -> str:
        with self.world.db() as db:
            return helped_by(db, self.helper)[0].delegation_id

    def browser(self, account: str) -> FlaskClient:
        token = self.world.tool(Sessions).begin(account, self.world.clock.now(), stepped_up=True)
        client = self.world.client()
        client.set_cookie("skills", token, domain="localhost")
        return client

    def posted(self, client: FlaskClient, page: str, action: str, **fields: str) -> str:
        """Press a button of a page; what the next page says."""
        text = text_of(client.get(page))
        assert f'action="{action}"' in text, f"{page} offers {action}"
        key = hidden(text, "key") if 'name="key"' in text else "none"
        data = {"csrf_token": hidden(text, "csrf_token"), "key": key, **fields}
        return text_of(client.post(action, data=data, follow_redirects=True))


@pytest.fixture
def family(lite: World) -> Family:
    return Family(lite)


def test_a_relative_claims_enrols_and_shows_and_the_holder_reads_whose_hand_it_was(family: Family) -> None:
    helper = family.browser(family.account)
    assert helper.get(f"/me/vouchers/{family.voucher}").status_code == 404, "somebody else's voucher"
    begun = family.posted(helper, "/me/family", f"/me/family/{family.delegation()}/begin")
    assert "您正在为 欧阳星河 代办" in begun
    where = f"/me/vouchers/{family.voucher}/code"
    page = family.posted(helper, where, where)
    assert "60 秒内有效" in page
    enrol = f"/me/enrol/{family.class_id}"
    family.posted(helper, enrol, enrol, voucher=family.voucher)
    with family.world.db() as db:
        ticket = queries.ticket(db, family.voucher, family.person, family.world.today)
        assert [(e.event, e.hand) for e in ticket.entries][:2] == [("redeem", "family"), ("claim", "")]
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "enrolment.enrol")).one()
        assert (entry.actor, entry.on_behalf_of) == (family.account, family.own)
    told = family.told(person_id=family.person)
    assert {"voucher_code.told_shown_for", "enrolment.told_enrolled_for", "voucher.told_redeemed"} <= set(told)
    own = family.browser(family.own)
    assert "亲属代办" in text_of(own.get(f"/me/vouchers/{family.voucher}"))
    assert "替您报了一门课程（代办）" in text_of(own.get("/inbox"))
    family.world.holds()


def test_the_right_ends_at_once_with_the_codes_that_the_relative_shows(family: Family) -> None:
    helper, own = family.browser(family.account), family.browser(family.own)
    family.posted(helper, "/me/family", f"/me/family/{family.delegation()}/begin")
    where = f"/me/vouchers/{family.voucher}/code"
    family.posted(helper, where, where)
    shown = helper.get(f"/api/v1{where}").get_json()["code"]
    family.posted(own, "/me/family", f"/account/helper/{family.delegation()}/end")
    assert helper.get(where).status_code == 404, "the very next page is the relative's own again"
    with family.world.refused("voucher_code.revoked"):
        family.read(shown)
    with family.world.refused("delegation.unknown"):
        family.world.perform(
            accounts.begin_helping, actor=family.world.actor("helper.name", account=family.account, person=family.helper),
            delegation_id="x",
        )  # fmt: skip


def test_a_relative_sees_and_does_nothing_else_of_the_holder(family: Family) -> None:
    helper = family.browser(family.account)
    family.posted(helper, "/me/family", f"/me/family/{family.delegation()}/begin")
    closed = [
        "/account", "/inbox", "/account/helper", "/me/family", "/me/passport", "/me/certificates", "/account/erase", "/account/email",
    ]  # fmt: skip
    for url in closed:
        assert helper.get(url).status_code in (403, 404), url
    assert helper.get("/me").headers["Location"] == "/me/vouchers"
    page = text_of(helper.get("/me/vouchers"))
    family.posted(helper, "/me/vouchers", "/me/family/end")
    assert text_of(helper.get("/account"))
    assert "欧阳小北" not in page


def test_only_what_is_listed_here_can_be_done_by_a_relative(family: Family) -> None:
    assert {name for name, act in ACTIONS.items() if act.by_helper} == FOR_RELATIVES
    for name, act in ACTIONS.items():
        if act.by_helper:
            assert act.may in HELPER_RIGHTS, name
    helping = family.world.actor(*HELPER_RIGHTS, account=family.account, person=family.person)
    from dataclasses import replace

    helping = replace(helping, on_behalf_of=family.own)
    tried = 0
    for name, act in ACTIONS.items():
        if act.may in HELPER_RIGHTS and not act.by_helper:
            tried += 1
            with pytest.raises(Forbidden):
                family.world.office.perform(act, actor=helping)
            assert act.may != ANYONE, name
    assert tried, "the holder's word that a use was not the own is never a relative's"


@pytest.mark.parametrize("why", ["lost", "new number"])
def test_a_lost_phone_ends_sessions_codes_and_slips_in_one_step(family: Family, why: str) -> None:
    own = family.browser(family.own)
    code = family.show()
    slip = family.world.perform(
        codes.print_slip, actor=family.world.actor("counter.serve"), person_id=family.person, voucher_id=family.voucher,
        reason=CounterReason.BROKEN,
    )
    family.world.perform(
        accounts.replace_phone, actor=family.world.actor("person.register"), person_id=family.person,
        phone="" if why == "lost" else "13900000001",
    )
    assert own.get("/me").status_code == 303, "signed out"
    for given in (code, slip.code):
        with family.world.refused("voucher_code.revoked"):
            family.read(given)
    with family.world.db() as db:
        last = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).where(AuditEntry.action == "account.replace_phone")).one()
        assert len([n for n in last.notes if n["event"] == "voucher_code.revoke"]) == 2
    family.world.holds()


def test_without_a_phone_the_counter_claims_and_prints_and_the_slip_counts_once(lite: World) -> None:
    desk = Counter(lite)
    clerk = lite.actor("counter.serve", account="counter", district="500112")
    person, _ = desk.stage.person("赵无机")
    batch = open_batch(lite, person)
    made = lite.perform(counter.claim_for, actor=clerk, person_id=person, batch_id=batch, reason=CounterReason.NO_PHONE)
    with lite.refused("voucher.unknown"):
        lite.perform(codes.print_slip, actor=clerk, person_id=desk.person, voucher_id=made.voucher_id, reason=CounterReason.NO_PHONE)
    order = {"person_id": person, "voucher_id": made.voucher_id, "reason": CounterReason.NO_PHONE}
    lost = lite.perform(codes.print_slip, actor=clerk, **order)
    lite.perform(codes.take_back, actor=clerk, person_id=person, voucher_id=made.voucher_id)
    with lite.refused("voucher_code.revoked"):
        desk.read(lost.code)
    old = lite.perform(codes.print_slip, actor=clerk, **order)
    slip = lite.perform(codes.print_slip, actor=clerk, **order)
    with lite.refused("voucher_code.revoked"):
        desk.read(old.code)
    lite.clock.forward(days=6)
    found = desk.read(slip.code, class_id=str(desk.stage.open(3).class_id))
    assert found.holder == "赵**"
    with lite.refused("voucher_code.unknown"):  # read for another class than it is confirmed for
        desk.confirm(found.code_id)
    found = desk.read(slip.code)
    desk.confirm(found.code_id)
    with lite.refused("voucher_code.used"):
        desk.read(slip.code)
    with lite.db() as db:
        ticket = queries.ticket(db, made.voucher_id, person, lite.today)
        assert [(e.event, e.hand) for e in ticket.entries] == [
            ("redeem", "counter"), ("claim", "counter"), ("issue", "counter"),
        ]  # fmt: skip
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "voucher.claim_for")).one()
        assert {"event": "voucher.claim_for", "person": person, "reason": "no_phone"} in entry.notes
    assert {"voucher.told_claimed_at_counter", "voucher_code.told_slip"} <= set(desk.told(person_id=person))
    lite.holds()


def test_a_slip_that_ran_out_says_so(lite: World) -> None:
    desk = Counter(lite)
    slip = lite.perform(
        codes.print_slip, actor=lite.actor("counter.serve"), person_id=desk.person, voucher_id=desk.voucher,
        reason=CounterReason.CANNOT,
    )
    lite.clock.forward(days=7)
    later = str(desk.stage.open(3).class_id)
    with lite.refused("voucher_code.ended"):
        desk.read(slip.code, class_id=later)


def test_the_relatives_act_is_the_holders_place(family: Family) -> None:
    from dataclasses import replace

    helping = replace(
        family.world.actor(*HELPER_RIGHTS, account=family.account, person=family.person), on_behalf_of=family.own
    )
    done = family.world.perform(enrolments.enrol, actor=helping, class_id=family.class_id, voucher_id=family.voucher)
    family.world.perform(enrolments.withdraw, actor=family.holder(), enrolment_id=done.enrolment_id)
    assert scanning.SCAN not in HELPER_RIGHTS
    family.world.holds()
