"""The complaints desk: anonymous or by name, a receipt, a clock, a handler who is not concerned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from skills.accounts.rules import Role
from skills.complaints import actions, queries, rules
from skills.kernel.box import Box
from skills.standards.calendar import add_working_days
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting, body, someone
from tests.world import World

__all__ = ["visitors"]
TIP = {"kind": "fraud", "text": "某机构空挂学员，没有上课。"}


@given(st.text(max_size=30))
def test_a_word_is_the_same_whatever_its_dashes_and_case(word: str) -> None:
    plain = "".join(c for c in word.upper() if c.isalnum())
    assert rules.word_hash(word) == rules.word_hash(plain)
    assert rules.word_hash(plain + "X") != rules.word_hash(plain)


CASE = rules.Owning("author", "person", "body", frozenset({"hand"}), frozenset({"before"}), None, rules.Level.DISTRICT, "500105")


@pytest.mark.parametrize(
    ("handler", "case", "given", "missed"),
    [
        (rules.Handler("clean", districts=frozenset({"500105"})), CASE, False, []),
        (rules.Handler("clean"), CASE, False, []),
        (rules.Handler("author"), CASE, False, ["complaint.not_author"]),
        (rules.Handler("other", person="person"), CASE, False, ["complaint.not_author"]),
        (rules.Handler("h", frozenset({"body"})), CASE, False, ["complaint.not_party"]),
        (rules.Handler("hand"), CASE, False, ["complaint.not_acted"]),
        (rules.Handler("before"), CASE, True, ["complaint.not_earlier"]),
        (rules.Handler("h", districts=frozenset({"500106"})), CASE, False, ["complaint.of_level"]),
        (rules.Handler("h", districts=frozenset({"500105"})), replace(CASE, level=2), False, ["complaint.of_level"]),
        (rules.Handler("h"), replace(CASE, taken_by="g"), False, ["complaint.not_taken"]),
        (rules.Handler("h"), replace(CASE, taken_by="g"), True, []),
        (rules.Handler("h", may_handle=False), CASE, True, ["complaint.may_handle"]),
        (rules.Handler("clean"), rules.Owning(), False, []),
    ],
)
def test_who_may_own(handler: rules.Handler, case: rules.Owning, given: bool, missed: list[str]) -> None:
    assert [f.code for f in rules.may_own(handler, case, given=given).findings if not f.met] == missed


@pytest.mark.parametrize("state", ["received", "taken"])
def test_late_begins_the_day_after_the_last_day(state: str) -> None:
    due, accept = date(2026, 11, 23), date(2026, 11, 30)
    assert not rules.is_late(state, accept, True, due, due)
    assert rules.is_late(state, accept, True, due, due + timedelta(days=1))
    assert not rules.is_late("answered", accept, True, due, due + timedelta(days=1))


@pytest.mark.parametrize(
    ("contact", "text", "tells"),
    [
        ("李雷13812345678", "李雷说没上课", True),
        ("电话13812345678", "来电 138-1234-5678", True),
        ("+8613812345678", "来电13812345678", True),
        ("微信abc_123", "微信号 abc_123 说的", True),
        ("li@gmail.com", "来信 LI@GMAIL.COM", True),
        ("电话：13812345678", "校方用电话通知改期", False),
        ("手机 13812345678", "手机报名", False),
        ("", "没有上课", False),
    ],
)
def test_a_contact_hides_in_no_way_of_writing_it_and_stops_no_honest_word(contact: str, text: str, tells: bool) -> None:
    assert rules.tells_who(text, rules.parts_of_contact(contact)) is tells


def test_an_anonymous_tip_is_answered_and_read_with_its_word(world: World) -> None:
    done = world.perform(actions.file, **TIP)
    assert done.number == f"TS-{world.today.year}-00001"
    assert done.due_on == add_working_days(world.today, 60).isoformat()
    box = world.tool(Box)
    case = world.ask(queries.by_word, box, done.number, done.word.lower(), world.today)
    assert (case.text, case.contact, case.line.state) == (TIP["text"], "", "received")
    clerk = acting(Role.GOV_CLERK, "clerk")
    world.perform(actions.take, actor=clerk, complaint_id=case.line.id)
    with world.refused("complaint.answer_needed"):
        world.perform(actions.answer, actor=clerk, complaint_id=case.line.id, text=" ", outcome="upheld")
    with world.refused("complaint.not_yours"):
        world.perform(actions.answer, actor=acting(Role.GOV_CHECKER, "other"), complaint_id=case.line.id, text="x", outcome="upheld")
    world.perform(actions.answer, actor=clerk, complaint_id=case.line.id, text="经查属实，已追回资金。", outcome="upheld")
    with world.refused("complaint.cannot_pass_on"):
        world.perform(actions.pass_on, actor=clerk, complaint_id=case.line.id, text="x", elsewhere="12333")
    answered = world.ask(queries.by_word, box, done.number, done.word, world.today)
    assert answered.answer == "经查属实，已追回资金。"
    world.holds()


def test_the_text_is_sealed_and_never_in_the_log(world: World) -> None:
    world.perform(actions.file, kind="fraud", text="极其特别的一句话", contact="13812345678")
    with world.engine.connect() as connection:
        for table in ("complaint", "audit_entry"):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert "极其特别" not in rows
            assert "13812345678" not in rows
    world.holds()


def test_a_wrong_word_or_number_opens_nothing(world: World) -> None:
    done = world.perform(actions.file, **TIP)
    box = world.tool(Box)
    for number, word in ((done.number, "WRONG"), ("TS-2026-99999", done.word), (done.number, "")):
        with world.refused("complaint.unknown"):
            world.ask(queries.by_word, box, number, word, world.today)
    world.holds()


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({"kind": "nonsense"}, "complaint.kind_known"),
        ({"text": "  "}, "complaint.text_given"),
        ({"text": "长" * 4001}, "complaint.text_given"),
        ({"kind": "service"}, "complaint.contact_given"),
    ],
)
def test_what_is_missing_is_named(lite: World, change: dict[str, str], missed: str) -> None:
    with lite.refused("complaint.incomplete") as no:
        lite.perform(actions.file, **{**TIP, **change})
    assert [f.code for f in no[0].findings if not f.met] == [missed]
    lite.holds()


def test_nobody_handles_a_case_of_ones_own_or_ones_own_body(world: World) -> None:
    clerk = acting(Role.GOV_CLERK, "clerk")
    world.perform(actions.file, actor=clerk, **TIP)
    organisation = body(world)
    world.perform(actions.file, about_id=organisation, **TIP)
    own, about = sorted(world.ask(queries.cases, world.today), key=lambda case: case.number)
    with world.refused("complaint.not_yours"):
        world.perform(actions.take, actor=clerk, complaint_id=own.id)
    party = world.actor("complaint.handle", account="p", organisation=organisation)
    with world.refused("complaint.not_yours"):
        world.perform(actions.take, actor=party, complaint_id=about.id)
    world.holds()


def test_a_gap_in_the_numbers_is_seen(lite: World) -> None:
    for _ in range(3):
        lite.perform(actions.file, **TIP)
    with lite.engine.begin() as connection:
        connection.execute(text("DELETE FROM complaint_step WHERE complaint_id IN (SELECT id FROM complaint WHERE serial = 2)"))
        connection.execute(text("DELETE FROM complaint WHERE serial = 2"))
    assert "complaints.numbers" in lite.violations()


def test_from_intake_to_answer_by_pages(visitors: Visitors) -> None:
    world = visitors.world
    visitor = world.client()
    new = "/complaints/new"
    assert press(visitor, new, new, kind="fraud", text="", contact="").status_code == 422
    told = press(visitor, new, new, kind="service", about="", text="窗口没人", contact="")
    assert "留下了联系方式" in text_of(told, 409)
    page = visitor.get(new).get_data(as_text=True)
    order = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), "kind": "fraud", "text": "没有上课",
             "about": "", "contact": ""}  # fmt: skip
    first, again = visitor.post(new, data=order), visitor.post(new, data=order)
    assert first.get_data() == again.get_data() or "TS-" in text_of(again)
    assert len(world.ask(queries.cases, world.today)) == 1, "the same form twice is one case"
    receipt = text_of(first)
    number = f"TS-{world.today.year}-00001"
    assert number in receipt
    word = receipt.split('class="certno">')[1].split("<")[0]
    follow = "/complaints/follow"
    assert "没有上课" in text_of(press(visitor, follow, follow, number=number, word=word))
    text_of(press(visitor, follow, follow, number=number, word="NO"), 404)
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    case = f"/gov/complaints/{world.ask(queries.cases, world.today)[0].id}"
    assert press(clerk, case, f"{case}/take").status_code == 303
    assert press(clerk, case, f"{case}/answer", text="已核实，机构已整改", outcome="upheld").status_code == 303
    assert "已核实" in text_of(press(visitor, follow, follow, number=number, word=word))
    assert number in text_of(clerk.get("/gov/complaints?closed=1"))
    world.holds()


def test_the_authority_alone_sees_cases(visitors: Visitors) -> None:
    person = someone(visitors.world, 1)
    for stranger in (acting(Role.PERSON, "p", person=person.id), acting(Role.INSTITUTION_ADMIN, "i", organisation="o")):
        assert visitors.come(stranger).get("/gov/complaints").status_code == 403
    assert visitors.world.client().get("/gov/complaints").status_code == 303
    assert visitors.come(acting(Role.GOV_CLERK, "c")).get("/gov/complaints/none").status_code == 404
