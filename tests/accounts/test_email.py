"""A mail address counts once a code that was sent there came back; a forgotten password comes back by it alone."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.accounts import actions
from skills.accounts.queries import email_of, person_email
from skills.accounts.rules import Role, check_email, mask_email, normal_email
from skills.config import Settings
from skills.kernel.acts import ACTIONS, Act, action
from skills.kernel.box import Box
from skills.messages.actions import send
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, body, someone
from tests.world import World

__all__ = ["visitors"]


def post(world: World) -> list[tuple[str, str, str]]:
    """(to, subject, text) of every mail that went out, in order."""
    folder: Path = world.tool(Settings).mail_dir
    files = sorted(folder.glob("mail-*.eml"), key=lambda path: path.stat().st_mtime_ns)
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    return [(m["To"], m["Subject"], m.get_content()) for m in mails]


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("a@b.cn", True), ("陈@qq.com", False), ("a.b+c@mail.example.com", True), ("a@b", False), ("a b@c.cn", False),
        ("a@b..cn", False), ("ａ＠ｂ.ｃｎ", True), ("a@-b.cn", False), ("", False), ("@b.cn", False), ("a@b.cn\nBcc: x@y.cn", False),
        ("a" * 65 + "@b.cn", False), ("a@" + "b" * 250 + ".cn", False), ("a@1.2.3.4", False),
    ],
)  # fmt: skip
def test_what_a_mail_address_looks_like(typed: str, fits: bool) -> None:
    assert bool(check_email(typed)) is fits


@given(st.text(max_size=80))
def test_what_fits_goes_into_a_header_as_it_stands(text: str) -> None:
    if check_email(text):
        address = normal_email(text)
        assert normal_email(address) == address
        assert address.isascii()
        assert not re.search(r"[\s,;:<>()\[\]\\\"]", address)
        assert mask_email(address)[1:] == f"***@{address.rpartition('@')[2]}"


def test_an_address_counts_once_its_code_came_back(world: World) -> None:
    who = someone(world, 1)
    box = world.tool(Box)
    account = world.perform(actions.open_for_person, person_id=who.id).id
    me = world.actor(account=account)
    with world.refused("email.refused"):
        world.perform(actions.make_email_code, actor=me, address="chen@qq")
    first = world.perform(actions.make_email_code, actor=me, address="chen@QQ.com")
    assert world.ask(email_of, box, account) is None
    newest = world.perform(actions.make_email_code, actor=me, address="chen@example.com")
    with world.refused("one_time_code.refused"):
        world.perform(actions.confirm_email, actor=me, code=first.code)
    world.perform(actions.confirm_email, actor=me, code=f" {newest.code} ")
    assert world.ask(person_email, box, who.id) == "chen@example.com"
    with world.refused("one_time_code.refused"):
        world.perform(actions.confirm_email, actor=me, code=newest.code)
    with world.refused("email.same"):
        world.perform(actions.make_email_code, actor=me, address="chen@EXAMPLE.com")
    world.perform(actions.drop_email, actor=me)
    assert world.ask(email_of, box, account) is None
    world.holds()


def test_a_code_is_bound_to_its_account_and_to_its_time(world: World) -> None:
    one, other = (world.perform(actions.open_for_person, person_id=someone(world, n).id).id for n in (1, 3))
    code = world.perform(actions.make_email_code, actor=world.actor(account=one), address="a@example.com").code
    with world.refused("one_time_code.refused"):
        world.perform(actions.confirm_email, actor=world.actor(account=other), code=code)
    world.clock.forward(minutes=actions.EMAIL_MINUTES)
    with world.refused("one_time_code.refused"):
        world.perform(actions.confirm_email, actor=world.actor(account=one), code=code)
    world.holds()


def wrong(code: str, n: int) -> str:
    """Another six digits."""
    return f"{(int(code) + n) % 1_000_000:06d}"


def test_five_tries_then_the_code_is_worn(world: World) -> None:
    account = world.perform(actions.open_for_person, person_id=someone(world, 1).id).id
    me = world.actor(account=account)
    mailed = world.perform(actions.make_email_code, actor=me, address="a@example.com").code
    sent = world.perform(actions.make_sms_code, account_id=account).code
    for n in range(1, 6):
        with world.refused("one_time_code.refused"):
            world.perform(actions.confirm_email, actor=me, code=wrong(mailed, n))
        with world.refused("one_time_code.refused"):
            world.perform(actions.sign_in_by_code, purpose="sms", code=wrong(sent, n), account_id=account)
    with world.refused("one_time_code.worn"):
        world.perform(actions.confirm_email, actor=me, code=mailed)
    with world.refused("one_time_code.worn"):
        world.perform(actions.sign_in_by_code, purpose="sms", code=sent, account_id=account)
    world.clock.forward(seconds=1)
    fresh = world.perform(actions.make_email_code, actor=me, address="a@example.com").code
    world.perform(actions.confirm_email, actor=me, code=fresh)
    world.holds()


def test_so_many_mails_a_day_and_no_more(world: World) -> None:
    account = world.perform(actions.open_for_person, person_id=someone(world, 1).id).id
    for n in range(5):
        world.perform(actions.make_email_code, actor=world.actor(account=account), address=f"a{n}@example.com")
    with world.refused("email.too_many"):
        world.perform(actions.make_email_code, actor=world.actor(account=account), address="a9@example.com")
    world.clock.forward(days=1)
    world.perform(actions.make_email_code, actor=world.actor(account=account), address="a9@example.com")
    world.holds()


def test_a_person_adds_changes_and_drops_an_address_in_the_browser(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world, 8, "梅兰")
    account = world.perform(actions.open_for_person, person_id=who.id).id
    client = visitors.come(acting(Role.PERSON, account, person=who.id))
    assert "添加邮箱" in text_of(client.get("/account"))
    assert press(client, "/account/email", "/account/email", address="mei@").status_code == 409
    assert press(client, "/account/email", "/account/email", address="mei@example.com").status_code == 303
    to, _, text = post(world)[-1]
    code = re.search(r"\d{6}", text)
    assert to == "mei@example.com"
    assert code
    confirm = "/account/email/confirm"
    assert press(client, confirm, confirm, code=wrong(code[0], 1)).status_code == 403
    assert press(client, confirm, confirm, code=code[0]).status_code == 303
    page = text_of(client.get("/account"))
    assert "m***@example.com" in page
    assert "mei@example.com" not in page
    press(client, "/account", "/account/email/drop")
    assert "添加邮箱" in text_of(client.get("/account"))
    assert post(world)[-1][:2] == ("mei@example.com", "满天星技能服务：邮箱已更改")
    world.holds()


def test_a_forgotten_password_comes_back_by_mail_and_nobody_is_told_apart(visitors: Visitors) -> None:
    world = visitors.world
    made = world.perform(actions.create_staff, login="clerk@org", name="李敏", role=Role.BODY_CLERK, organisation_id=body(world))
    link = world.perform(actions.make_link, account_id=made.id)
    world.perform(actions.set_password, code=link.code, password="correct horse battery")
    door = "/sign-in/forgotten"
    guest = world.client()
    unknown, without = (text_of(press(guest, door, door, login=login)) for login in ("nobody", "clerk@org"))
    code = world.perform(actions.make_email_code, actor=world.actor(account=made.id), address="li@example.com").code
    world.perform(actions.confirm_email, actor=world.actor(account=made.id), code=code)
    with_one = text_of(press(guest, door, door, login="Clerk@org"))
    bare = {re.sub(r'(value|nonce)="[^"]*"', "", page).replace("clerk@org", "").replace("nobody", "") for page in (unknown, without, with_one)}
    assert len(bare) == 1, "all three are answered alike"
    [(to, _, text)] = post(world)
    address = re.search(r"/set-password/\S+", text)
    assert to == "li@example.com"
    assert address
    again = {"password": "another horse battery"}
    assert press(guest, address[0], address[0], **again).status_code == 303
    assert press(guest, address[0], address[0], **again).status_code == 409, "a link works once"
    world.holds()


def test_who_has_no_phone_is_told_by_mail(world: World) -> None:
    @action("test.tell_by_mail", may="test.tell_by_mail")
    def tell(act: Act, person_id: str) -> None:
        send(act, code="voucher.told_issued", person_id=person_id, title="x", until=act.today)

    try:
        people = [someone(world, 1, phone="13812345678"), someone(world, 3), someone(world, 5)]
        for who in people[:2]:
            me = world.actor(account=world.perform(actions.open_for_person, person_id=who.id).id)
            code = world.perform(actions.make_email_code, actor=me, address="x@example.com").code
            world.perform(actions.confirm_email, actor=me, code=code)
        for who in people:
            world.perform(tell, person_id=who.id)
        world.run_jobs()
    finally:
        del ACTIONS["test.tell_by_mail"]
    assert len(post(world)) == 1
    assert len(list(world.tool(Settings).mail_dir.glob("sms-*.txt"))) == 1
