"""Accounts as acts: who may open whose, one-time codes, the second factor, locks, delegation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from skills.accounts import actions, queries
from skills.accounts.actions import AccountMade
from skills.accounts.rules import Role
from skills.accounts.secrets import totp_now
from skills.kernel.actors import Actor
from skills.kernel.errors import Forbidden
from skills.kernel.sessions import Sessions
from tests.people_and_bodies import acting, body, someone
from tests.world import World

SECRET = "eight-stars-and-a-companion"
OTHER = "another-long-enough-one"


def staff(world: World, login: str, role: Role = Role.GOV_CLERK, organisation: str | None = None, **more: Any) -> AccountMade:
    return world.perform(  # type: ignore[no-any-return]
        actions.create_staff, login=login, name="某某", role=role, organisation_id=organisation, **more
    )


def self_of(made: AccountMade, *, stepped_up: bool = False) -> Actor:
    return Actor(made.id, "某某", stepped_up=stepped_up)


def test_an_administrator_opens_accounts_of_the_own_body_alone(world: World) -> None:
    mine, other = body(world, "institution", 1), body(world, "institution", 2, "另一所学校")
    admin = acting(Role.INSTITUTION_ADMIN, "boss", organisation=mine)
    made = world.perform(
        actions.create_staff, actor=admin, login="Clerk", name="苏", role=Role.INSTITUTION_CLERK, organisation_id=mine
    )
    assert [line.login for line in world.ask(queries.staff, mine)] == ["clerk"]
    orders: list[dict[str, Any]] = [
        {"role": Role.INSTITUTION_CLERK, "organisation_id": other},
        {"role": Role.GOV_CLERK, "organisation_id": None},
        {"role": Role.SYSTEM_ADMIN, "organisation_id": None},
        {"role": Role.JUDGE, "organisation_id": None},
    ]
    for number, order in enumerate(orders):
        with pytest.raises(Forbidden):
            world.perform(actions.create_staff, actor=admin, login=f"x{number}", name="x", **order)
        with pytest.raises(Forbidden):
            world.perform(actions.give_role, actor=admin, account_id=made.id, **order)
    with world.refused("role.not_here"):
        world.perform(
            actions.create_staff, actor=admin, login="y", name="y", role=Role.BODY_ADMIN, organisation_id=mine
        )
    with world.refused("account.login_taken"):
        world.perform(
            actions.create_staff, actor=admin, login="CLERK ", name="z", role=Role.INSTITUTION_CLERK, organisation_id=mine
        )
    world.holds()


def test_no_administrator_reaches_the_authoritys_or_a_persons_account(world: World) -> None:
    admin = acting(Role.INSTITUTION_ADMIN, "boss", organisation=body(world, "institution", 1))
    official = staff(world, "gov", password=SECRET)
    person = world.perform(actions.open_for_person, person_id=someone(world).id)
    with pytest.raises(Forbidden):
        world.perform(actions.make_link, actor=admin, account_id=official.id)
    with world.refused("account.unknown"):
        world.perform(actions.make_link, actor=admin, account_id=person.id)
    (line,) = world.ask(queries.staff_of_roles, [Role.GOV_CLERK])
    for work in (actions.disable_staff, actions.enable_staff):
        with pytest.raises(Forbidden):
            world.perform(work, actor=admin, membership_id=line.membership_id)
    world.holds()


def test_system_security_and_audit_administration_stay_apart(world: World) -> None:
    made = staff(world, "root", Role.SYSTEM_ADMIN, password=SECRET)
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        with world.refused("role.refused"):
            world.perform(actions.give_role, account_id=made.id, role=role)
    world.perform(actions.give_role, account_id=made.id, role=Role.GOV_CLERK)
    with world.refused("role.not_oneself"):
        world.perform(actions.give_role, actor=Actor(made.id, everything=True), account_id=made.id, role=Role.FINANCE)
    world.holds()


def test_a_link_sets_a_password_once_and_in_time(world: World) -> None:
    made = staff(world, "new")
    first = world.perform(actions.make_link, account_id=made.id)
    late = world.perform(actions.make_link, account_id=made.id)
    with world.refused("password.refused"):
        world.perform(actions.set_password, code=first.code, password="12345678")
    world.perform(actions.set_password, code=first.code, password=SECRET)
    with world.refused("one_time_code.refused"):
        world.perform(actions.set_password, code=first.code, password=OTHER)
    world.clock.forward(minutes=31)
    with world.refused("one_time_code.refused"):
        world.perform(actions.set_password, code=late.code, password=OTHER)
    with world.refused("one_time_code.refused"):
        world.perform(actions.set_password, code="made-up", password=OTHER)
    assert world.ask(queries.staff_secret, "new")[1].startswith("$argon2id$")
    world.holds()


def test_a_new_password_ends_every_other_session(world: World) -> None:
    made = staff(world, "clerk", password=SECRET)
    sessions: Sessions = world.tool(Sessions)
    here = sessions.begin(made.id, world.clock.now())
    there = sessions.begin(made.id, world.clock.now())
    with world.db() as db:
        own = sessions.find(db, here, world.clock.now())
    assert own
    with world.refused("password.refused"):
        world.perform(actions.change_password, actor=self_of(made), password="clerkclerk", session_id=own.id)
    world.perform(actions.change_password, actor=self_of(made), password=OTHER, session_id=own.id)
    with world.db() as db:
        assert sessions.find(db, here, world.clock.now())
        assert sessions.find(db, there, world.clock.now()) is None
    world.holds()


def test_the_second_factor_counts_once_confirmed_and_each_code_once(world: World) -> None:
    made = staff(world, "clerk", password=SECRET)
    me = self_of(made)
    with world.refused("second_factor.none"):
        world.perform(actions.step_up, actor=me, code="000000")
    with world.refused("second_factor.none"):
        world.perform(actions.confirm_second_factor, actor=me, code="000000")
    factor = world.perform(actions.begin_second_factor, actor=me)
    with world.refused("second_factor.refused"):
        world.perform(actions.confirm_second_factor, actor=me, code="000000")
    code = totp_now(factor.secret, world.clock.now())
    world.perform(actions.confirm_second_factor, actor=me, code=code)
    with world.refused("second_factor.refused"):
        world.perform(actions.note_sign_in, account_id=made.id, method="staff", code=code)
    world.clock.forward(minutes=1)
    fresh = totp_now(factor.secret, world.clock.now())
    world.perform(actions.note_sign_in, account_id=made.id, method="staff", code=fresh)
    recovery = factor.recovery_codes[0]
    world.perform(actions.note_sign_in, account_id=made.id, method="staff", code=recovery.lower())
    with world.refused("second_factor.refused"):
        world.perform(actions.note_sign_in, account_id=made.id, method="staff", code=recovery)
    with world.refused("step_up_needed"):
        world.perform(actions.begin_second_factor, actor=me)
    again = world.perform(actions.begin_second_factor, actor=self_of(made, stepped_up=True))
    assert again.secret != factor.secret
    world.holds()


def test_ten_misses_lock_the_second_factor_for_a_quarter_of_an_hour(world: World) -> None:
    made = staff(world, "clerk", password=SECRET)
    me = self_of(made)
    factor = world.perform(actions.begin_second_factor, actor=me)
    world.perform(actions.confirm_second_factor, actor=me, code=totp_now(factor.secret, world.clock.now()))
    world.clock.forward(minutes=1)
    for _ in range(10):
        with world.refused("second_factor.refused"):
            world.perform(actions.step_up, actor=me, code="000000")
    with world.refused("sign_in.locked"):
        world.perform(actions.step_up, actor=me, code=totp_now(factor.secret, world.clock.now()))
    world.clock.forward(minutes=16)
    world.perform(actions.step_up, actor=me, code=totp_now(factor.secret, world.clock.now()))
    world.holds()


def test_a_disabled_colleague_is_out_at_once_and_may_come_back(world: World) -> None:
    school = body(world, "institution", 1)
    admin = acting(Role.INSTITUTION_ADMIN, "boss", organisation=school)
    made = staff(world, "clerk", Role.INSTITUTION_CLERK, school, password=SECRET)
    sessions: Sessions = world.tool(Sessions)
    token = sessions.begin(made.id, world.clock.now())
    (line,) = world.ask(queries.staff, school)
    world.perform(actions.disable_staff, actor=admin, membership_id=line.membership_id)
    with world.db() as db:
        assert sessions.find(db, token, world.clock.now()) is None
    with world.refused("sign_in.refused"):
        world.perform(actions.note_sign_in, account_id=made.id, method="staff")
    world.perform(actions.enable_staff, actor=admin, membership_id=line.membership_id)
    world.perform(actions.note_sign_in, account_id=made.id, method="staff")
    own = acting(Role.INSTITUTION_ADMIN, made.id, organisation=school)
    with world.refused("role.not_oneself"):
        world.perform(actions.disable_staff, actor=own, membership_id=line.membership_id)
    world.holds()


@pytest.mark.parametrize(("purpose", "life"), [("sms", timedelta(minutes=5)), ("slip", timedelta(days=30))])
def test_a_code_of_a_person_works_once_for_that_account_and_in_time(world: World, purpose: str, life: timedelta) -> None:
    who, other = someone(world, 1), someone(world, 3)
    account = world.perform(actions.open_for_person, person_id=who.id)
    stranger = world.perform(actions.open_for_person, person_id=other.id)
    assert world.perform(actions.open_for_person, person_id=who.id) == account

    def fresh() -> str:
        if purpose == "sms":
            return str(world.perform(actions.make_sms_code, account_id=account.id).code)
        return str(world.perform(actions.print_slip, person_id=who.id).code)

    def use(code: str, account_id: str) -> None:
        world.perform(actions.sign_in_by_code, purpose=purpose, code=code, account_id=account_id)

    code = fresh()
    with world.refused("one_time_code.refused"):
        use(code, stranger.id)
    use(code, account.id)
    with world.refused("one_time_code.refused"):
        use(code, account.id)
    late = fresh()
    world.clock.forward(seconds=life.total_seconds() + 1)
    with world.refused("one_time_code.refused"):
        use(late, account.id)
    world.holds()


def test_only_the_newest_text_message_counts_and_misses_lock(world: World) -> None:
    account = world.perform(actions.open_for_person, person_id=someone(world).id)
    old = world.perform(actions.make_sms_code, account_id=account.id).code
    world.perform(actions.make_sms_code, account_id=account.id)
    for tries in range(10):
        with world.refused("one_time_code.refused" if tries < 5 else "one_time_code.worn"):
            world.perform(actions.sign_in_by_code, purpose="sms", code="nine" if tries else old, account_id=account.id)
    new = world.perform(actions.make_sms_code, account_id=account.id).code
    with world.refused("sign_in.locked"):
        world.perform(actions.sign_in_by_code, purpose="sms", code=new, account_id=account.id)
    world.holds()


def test_one_relative_may_help_until_the_right_is_taken_back(world: World) -> None:
    holder, first, second = someone(world, 1), someone(world, 3), someone(world, 5)
    me = acting(Role.PERSON, "me", person=holder.id)
    with world.refused("delegation.another_person"):
        world.perform(actions.delegate, actor=me, helper_person_id=holder.id)
    with world.refused("person.unknown"):
        world.perform(actions.delegate, actor=me, helper_person_id="nobody")
    world.perform(actions.delegate, actor=me, helper_person_id=first.id)
    with world.refused("delegation.one_at_a_time"):
        world.perform(actions.delegate, actor=me, helper_person_id=second.id)
    held = world.ask(queries.helper_of, holder.id)
    assert held
    with world.refused("delegation.unknown"):
        world.perform(actions.end_delegation, actor=acting(Role.PERSON, "x", person=second.id), delegation_id=held[0])
    world.perform(actions.end_delegation, actor=me, delegation_id=held[0])
    assert world.ask(queries.helper_of, holder.id) is None
    world.perform(actions.delegate, actor=me, helper_person_id=second.id)
    world.holds()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "circus"}, "organisation.kind_unknown"),
        ({"name": "  "}, "organisation.name_needed"),
        ({"name": "星图\u200b软件<学院>"}, "organisation.name_unprintable"),
        ({"credit_code": "915000000000000019"}, "credit_code.refused"),
        ({"district": "999999"}, "district.unknown"),
    ],
)
def test_a_body_that_cannot_be_is_refused(lite: World, change: dict[str, str], code: str) -> None:
    from skills.accounts.rules import credit_check

    stem = "91500000000000001"
    order = {"name": "星图", "kind": "enterprise", "credit_code": stem + credit_check(stem), "district": "500105"}
    with lite.refused(code):
        lite.perform(actions.register_organisation, **{**order, **change})
    lite.holds()


def test_a_body_is_suspended_and_resumed(lite: World) -> None:
    firm = body(lite)
    lite.perform(actions.suspend_organisation, organisation_id=firm)
    assert lite.ask(queries.organisation, firm).state == "suspended"
    with lite.refused("organisation.cannot_approve"):
        lite.perform(actions.approve_organisation, organisation_id=firm)
    lite.perform(actions.resume_organisation, organisation_id=firm)
    assert lite.ask(queries.organisation, firm).state == "approved"
    lite.holds()


def test_a_failed_sign_in_is_kept_as_an_attempt(world: World) -> None:
    with world.refused("sign_in.refused"):
        world.perform(actions.fail_sign_in, subject="digest")
    world.holds()
