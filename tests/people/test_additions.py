"""A person with two documents is one person: asked at the desk by one, released by another, found by either from then on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from skills.accounts.rules import Role
from skills.erasures import actions as erasures
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.messages.models import Message
from skills.people.actions import ask_addition, decide_addition, register_person, withdraw_addition
from skills.people.models import DocumentAddition, IdentityDocument
from skills.people.queries import additions, by_document, documents, printed_document
from skills.people.rules import check_digit
from skills.vouchers.actions import issuing
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import Someone, acting, resident, someone
from tests.vouchers.stage import Stage
from tests.world import World

__all__ = ["visitors"]
CLERK, CHECKER = acting(Role.GOV_CLERK, "clerk"), acting(Role.GOV_CHECKER, "checker")
PASSPORT = "E12345678"
SEEN = "派出所证明2026第12号"


def ask(world: World, person: str, kind: str = "passport", number: str = PASSPORT, reason: str = "further", grounds: str = SEEN) -> str:
    made = world.perform(
        ask_addition, actor=CLERK, person_id=person, document_kind=kind, document_number=number, reason=reason, grounds=grounds
    )
    return str(made.addition_id)


def release(world: World, addition: str) -> None:
    assert world.perform(decide_addition, actor=CHECKER, addition_id=addition, agree=True).state == "added"


def by(world: World, kind: str, number: str) -> str | None:
    found: str | None = world.ask(by_document, world.tool(Box), kind, number)
    return found


def test_who_holds_a_voucher_gets_no_second_one_by_another_document(world: World) -> None:
    stage = Stage(world)
    person, batch = stage.person(), stage.open()
    stage.issue(batch, person)
    addition = ask(world, person)
    assert by(world, "passport", PASSPORT) is None, "asking alone changes nothing"
    release(world, addition)
    assert by(world, "passport", f" {PASSPORT.lower()}") == by(world, "resident", stage.document(1)) == person
    listed = world.perform(issuing.list_documents, actor=stage.clerk, batch_id=batch, documents=(("passport", PASSPORT),))
    assert (listed.added, listed.already, listed.unknown) == (0, 1, 0)
    again = world.perform(
        register_person, name="学员1", document_kind="passport", document_number=PASSPORT, birth=born(stage, 1),
        sex="M", district="500112",
    )  # fmt: skip
    assert (again.person_id, again.fresh) == (person, False), "registered again by the other document: the same record"
    assert {d.kind for d in world.ask(documents, person)} == {"resident", "passport"}
    assert world.ask(printed_document, world.tool(Box), person).kind == "resident", "a certificate bears the resident card"
    history = world.ask(additions.document_history, person)
    assert {(d.kind_zh, d.added_by, d.ended_at) for d in history} == {("居民身份证", "system", None), ("护照", "checker", None)}
    [line] = world.ask(additions.additions_of, person)
    assert (line.asked_by, line.decided_by, line.grounds) == ("clerk", "checker", SEEN)
    world.holds()


def born(stage: Stage, serial: int) -> date:
    number = stage.document(serial)
    return date(int(number[6:10]), 1, 15)


def test_a_second_person_releases_it_and_a_refusal_says_why(lite: World) -> None:
    who = someone(lite, 1)
    addition = ask(lite, who.id)
    with lite.refused("person.second_person"):
        lite.perform(decide_addition, actor=acting(Role.GOV_CHECKER, "clerk"), addition_id=addition, agree=True)
    with lite.refused("not_allowed"):
        lite.perform(decide_addition, actor=CLERK, addition_id=addition, agree=True)
    with lite.refused("not_allowed"):
        lite.perform(ask_addition, actor=CHECKER, person_id=who.id, document_kind="passport", document_number="E1", reason="further", grounds=SEEN)
    with lite.refused("person.answer"):
        lite.perform(decide_addition, actor=CHECKER, addition_id=addition, agree=False, answer=" ")
    lite.perform(decide_addition, actor=CHECKER, addition_id=addition, agree=False, answer="缺少派出所证明")
    with lite.refused("document_addition.cannot_release"):
        lite.perform(decide_addition, actor=CHECKER, addition_id=addition, agree=True)
    assert by(lite, "passport", PASSPORT) is None
    assert lite.ask(additions.additions_of, who.id)[0].answer == "缺少派出所证明"
    lite.perform(withdraw_addition, actor=CLERK, addition_id=ask(lite, who.id))
    with lite.db() as db:
        assert list(db.scalars(select(Message.code).where(Message.person_id == who.id))) == []
    release(lite, ask(lite, who.id))
    with lite.db() as db:
        assert list(db.scalars(select(Message.code).where(Message.person_id == who.id))) == ["person.told_document"]
    lite.holds()


def test_what_cannot_be_this_persons_document_is_refused(lite: World) -> None:
    who, other = someone(lite, 1), someone(lite, 3, "李四")
    for kind, number, reason, grounds, code in (
        ("passport", "?", "further", SEEN, "document.refused"), ("passport", PASSPORT, "further", "x", "document_addition.refused"),
        ("passport", PASSPORT, "because", SEEN, "document_addition.refused"), ("passport", PASSPORT, "renewed", SEEN, "document_addition.refused"),
        ("resident", resident(5), "further", SEEN, "document_addition.refused"), ("resident", who.number, "further", SEEN, "document.known"),
        ("resident", other.number, "changed", SEEN, "document.of_another"),
    ):  # fmt: skip
        with lite.refused(code):
            ask(lite, who.id, kind, number, reason, grounds)
    ask(lite, who.id)
    with lite.refused("document_addition.asked_already"):
        ask(lite, other.id)
    lite.holds()


def test_a_document_that_became_anothers_meanwhile_is_not_released(lite: World) -> None:
    who = someone(lite, 1)
    addition = ask(lite, who.id)
    lite.perform(
        register_person, name="王五", document_kind="passport", document_number=PASSPORT, birth=who.birth, sex="M", district="500105"
    )
    with lite.refused("document.of_another"):
        release(lite, addition)
    lite.holds()


def test_a_changed_number_and_the_one_of_fifteen_digits_find_the_person(lite: World) -> None:
    body = "500105" + "19800101" + "123"
    birth = date(1980, 1, 1)
    made = lite.perform(
        register_person, name="赵六", document_kind="resident", document_number=body + check_digit(body), birth=birth, sex="M",
        district="500105",
    )  # fmt: skip
    assert by(lite, "resident", "500105800101123") == made.person_id
    assert by(lite, "resident", "500105800101124") is None
    lite.clock.forward(days=1)
    changed = resident(8, birth.replace(day=2))
    release(lite, ask(lite, made.person_id, "resident", changed, "changed"))
    assert by(lite, "resident", changed) == by(lite, "resident", "500105800101123") == made.person_id
    assert lite.ask(printed_document, lite.tool(Box), made.person_id).number == changed, "what is printed is the number in force"
    lite.holds()


def test_whoever_is_forgotten_is_found_by_none_of_the_documents(lite: World) -> None:
    who = someone(lite, 1)
    release(lite, ask(lite, who.id))
    ask(lite, who.id, "hm_permit", "H12345678")
    asked = lite.perform(erasures.ask, actor=acting(Role.PERSON, "own", person=who.id))
    lite.perform(erasures.examine, actor=CLERK, request_id=asked.request_id, proposal="grant")
    lite.clock.forward(days=3)
    lite.perform(erasures.decide, actor=CHECKER, request_id=asked.request_id, agree=True)
    lite.run_jobs()
    assert by(lite, "passport", PASSPORT) is None
    assert {a.state for a in lite.ask(additions.additions_of, who.id)} == {"added", "withdrawn"}
    lite.holds()


def test_neither_the_number_nor_what_was_seen_stands_in_the_database(lite: World) -> None:
    who = someone(lite, 1)
    release(lite, ask(lite, who.id))
    with lite.engine.connect() as connection:
        for table in ("document_addition", "identity_document", "audit_entry", "replay"):
            rows = str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert PASSPORT not in rows, table
            assert SEEN not in rows, table
    lite.holds()


@pytest.mark.parametrize(
    ("model", "values"),
    [(DocumentAddition, {"decided_by": "other", "reason": "renewed"}), (IdentityDocument, {"added_by": "somebody"})],
)
def test_a_forged_row_is_found(lite: World, model: type, values: dict[str, object]) -> None:
    release(lite, ask(lite, someone(lite, 1).id))
    with writing(lite.engine) as db:
        db.connection().execute(update(model.__table__).values(**values))  # type: ignore[attr-defined]
    assert lite.violations()


def test_two_at_the_desk_by_pages_and_by_api(visitors: Visitors) -> None:
    world = visitors.world
    who: Someone = someone(world, 8, "梅兰")
    clerk, checker = visitors.come(acting(Role.GOV_COUNTER, "counter")), visitors.come(CHECKER)
    page = text_of(press(clerk, "/gov/people", "/gov/people", document_kind="resident", document_number=who.number))
    address = f"/gov/people/{who.id}/documents"
    assert f'action="{address}"' in page
    token, key = (page.split(f'name="{n}" value="')[1].split('"')[0] for n in ("csrf_token", "key"))
    order = {"document_kind": "passport", "document_number": PASSPORT, "reason": "further", "grounds": SEEN}
    page = text_of(clerk.post(address, data={"csrf_token": token, "key": key, **order}))
    assert "等待另一位同事复核" in page
    assert PASSPORT not in page
    listing = "/gov/people/documents"
    assert "由您提出" in text_of(clerk.get(listing))
    assert SEEN in text_of(checker.get(listing))
    [line] = world.ask(additions.additions)
    [told] = clerk.get("/api/v1/people/documents").get_json()
    assert (told["id"], told["person_id"], "name" in told) == (line.id, who.id, False)
    assert PASSPORT not in str(told)
    press(checker, listing, f"{listing}/{line.id}/decide", agree="yes")
    assert "已追加" in text_of(checker.get(f"{listing}?closed=1"))
    found = text_of(press(clerk, "/gov/people", "/gov/people", document_kind="passport", document_number=PASSPORT))
    assert "梅兰" in found
    checker.set_cookie("lang", "en", domain="localhost")
    assert "Further documents" in text_of(checker.get(listing))
    stranger = visitors.come(acting(Role.INSTITUTION_ADMIN, "school"))
    assert stranger.get(listing).status_code == 403
    world.holds()
