"""People on record: once, matched by document, numbers never in the clear."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from skills.accounts.actions import begin_second_factor, print_slip
from skills.kernel import audit
from skills.kernel.acts import ACTIONS, ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.db import Base
from skills.people import queries
from skills.people.actions import register_person, rename, reveal_document
from tests.people_and_bodies import resident, someone
from tests.world import World


def test_the_same_document_is_the_same_person(world: World) -> None:
    who = someone(world, 1)
    again = world.perform(
        register_person, name="陈 星宇", document_kind="resident", document_number=who.number.lower(), birth=who.birth,
        sex="M", district="500105",
    )  # fmt: skip
    assert (again.person_id, again.fresh) == (who.id, False)
    box = world.tool(Box)
    assert world.ask(queries.by_document, box, "resident", f" {who.number} ") == who.id
    assert world.ask(queries.by_document, box, "resident", resident(3)) is None
    found = world.ask(queries.by_documents, box, [("resident", who.number), ("resident", resident(3))])
    assert list(found.values()) == [who.id]
    world.holds()


def test_another_name_for_a_known_document_is_refused(world: World) -> None:
    who = someone(world, 1)
    with world.refused("person.other_name"):
        world.perform(
            register_person, name="别的人", document_kind="resident", document_number=who.number, birth=who.birth, sex="M",
            district="500105",
        )  # fmt: skip
    assert world.ask(queries.person, who.id).name == "陈星宇"
    world.holds()


def test_neither_number_nor_phone_stands_in_the_database(world: World) -> None:
    who = someone(world, 1, phone="13812345678")
    with world.engine.connect() as connection:
        for table in ("person", "identity_document", "audit_entry", "replay", "attempt"):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert who.number not in rows, table
            assert "13812345678" not in rows, table
    assert world.ask(queries.phone_of, world.tool(Box), who.id) == "13812345678"
    assert world.ask(queries.printed_document, world.tool(Box), who.id).number == who.number
    world.holds()


def test_an_old_name_stays_in_the_history(world: World) -> None:
    who = someone(world, 1)
    world.perform(rename, person_id=who.id, name="陈晨", reason="户口本变更")
    assert world.ask(queries.person, who.id).name == "陈晨"
    with world.refused("name.refused"):
        world.perform(rename, person_id=who.id, name="<x>", reason="x")
    world.holds()


def test_opening_a_number_needs_a_reason_and_the_second_factor(world: World) -> None:
    who = someone(world, 1)
    checker = world.actor("person.reveal", account="c")
    for reason, detail, code in (
        ("", "", "why_needed"), ("法院调查", "", "why_needed"), ("other", " ", "detail_needed"), ("law", "x" * 201, "detail_needed"),
    ):  # fmt: skip
        with world.refused(f"person.{code}"):
            world.perform(reveal_document, actor=checker, person_id=who.id, reason=reason, detail=detail)
    with world.refused("step_up_needed"):
        world.perform(
            reveal_document, actor=world.actor("person.reveal", account="c", stepped_up=False), person_id=who.id, reason="law"
        )
    detail = "某某法院（2026）第3号，当事人陈晨"
    opened = world.perform(reveal_document, actor=checker, person_id=who.id, reason="law", detail=detail)
    assert opened.number == who.number
    mine = world.ask(queries.openings, who.id)
    assert [(one.zh, one.by, one.detail) for one in mine] == [("司法、监察、审计机关依法调取", "c", "")]
    assert [one.detail for one in world.ask(queries.openings, who.id, world.tool(Box))] == [detail]
    world.holds()


def test_the_audit_log_takes_codes_alone(world: World) -> None:
    @action("test.talk", may=ANYONE)
    def talk(act: Act, words: str) -> None:
        act.note("test.talk", id=words)

    told = ("陈晨", "asked by phone", resident(1), "13812345678", f"x:{resident(2)}")
    try:
        for words in (*told, "S000050001862263000412"):
            world.perform(talk, words=words)
    finally:
        del ACTIONS["test.talk"]
    broken = world.violations()
    assert set(broken) == {"audit.codes_only"}
    assert len(broken["audit.codes_only"]) == len(told)


def test_numbers_and_codes_are_no_talk() -> None:
    spoken = [{"event": "x", "code": "91500000MA5U123456", "to": ["done", {"a": "1.5", "b": None}], "cents": 120000}]
    assert list(audit.talking(spoken)) == []
    assert list(audit.talking([{"event": "rows.adopt", "reason": "moved by hand"}])) == []
    assert list(audit.talking([{"event": "x", "to": [{"陈晨": 1}]}])) == ["x to"]


def test_what_cannot_be_a_person_is_refused_and_leaves_nothing(world: World) -> None:
    number = resident(1)
    order = {"name": "张三", "document_kind": "resident", "document_number": number, "birth": date(2003, 1, 1), "sex": "M",
             "district": "500105", "phone": ""}  # fmt: skip
    for change, code in (
        ({"name": ""}, "name.refused"), ({"birth": date(2003, 1, 2)}, "document.refused"),
        ({"district": "000000"}, "district.unknown"), ({"phone": "123"}, "phone.refused"), ({"sex": "F"}, "document.refused"),
    ):  # fmt: skip
        with world.refused(code):
            world.perform(register_person, **{**order, **change})
    assert world.ask(queries.by_document, world.tool(Box), "resident", number) is None
    world.holds()


def test_no_number_and_no_code_stands_in_the_clear_in_any_table(world: World) -> None:
    """Not in the rows, not in the audit log, not in the answers kept for repeated requests."""
    who = someone(world, 1, phone="13812345678")
    slip = world.perform(print_slip, key="slip", person_id=who.id)
    again = world.perform(print_slip, key="slip", person_id=who.id)
    assert slip == again, "a repeated request prints the same slip"
    world.perform(reveal_document, key="reveal", person_id=who.id, reason="law", detail="陈星宇案")
    factor = world.perform(begin_second_factor, actor=World.actor(account=slip.account_id), key="factor")
    held = []
    with world.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            held += [(table.name, str(tuple(row))) for row in connection.execute(table.select())]
    assert any(table == "replay" for table, _ in held)
    for secret in (who.number, who.number[:17], "13812345678", slip.code, factor.secret, *factor.recovery_codes, "陈星宇案"):
        assert [table for table, row in held if secret in row] == [], secret
