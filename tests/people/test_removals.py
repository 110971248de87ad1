"""A document that was added by mistake is taken off by two people; nobody is somebody new by it unless the desk has seen them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.accounts import actions as accounts
from skills.accounts.models import Account
from skills.accounts.queries import helper_of
from skills.accounts.rules import Role
from skills.erasures import actions as erasures
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.sessions import Sessions
from skills.messages.models import Message
from skills.people.actions import (
    ask_registration,
    ask_removal,
    decide_join,
    decide_registration,
    decide_removal,
    propose_join,
    register_person,
    withdraw_removal,
)
from skills.people.models import DocumentAddition, DocumentRemoval, IdentityDocument
from skills.people.queries import additions, joining, numbers, removals
from skills.returns import actions as returns
from skills.settlement.actions import counter
from skills.vouchers.actions import issuing
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people.test_additions import CHECKER, CLERK, PASSPORT, SEEN, ask, by, release
from tests.people_and_bodies import Someone, acting, someone
from tests.vouchers.stage import Stage
from tests.vouchers.test_register import clerk as registrar
from tests.vouchers.test_register import found, row, upload
from tests.world import World

__all__ = ["visitors"]


def added(world: World, person: str) -> str:
    """The request by which this person got the passport."""
    addition = ask(world, person)
    release(world, addition)
    return addition


def document(world: World, addition: str) -> str:
    """The document that an addition became; of one that is not released yet its own id, which is no document's."""
    with world.db() as db:
        return db.get_one(DocumentAddition, addition).document_id or addition


def off(world: World, addition: str, reason: str = "of_another") -> str:
    return taken(world, document(world, addition), reason)


def taken(world: World, document_id: str, reason: str = "of_another", **read: Any) -> str:
    wish = str(world.perform(ask_removal, actor=CLERK, document_id=document_id, reason=reason, grounds=SEEN, **read).removal_id)
    assert world.perform(decide_removal, actor=CHECKER, removal_id=wish, agree=True).state == "removed"
    world.clock.forward(hours=1)
    return wish


def newcomer(world: World, seen: str = "", name: str = "王五", number: str = PASSPORT, birth: date = date(1999, 5, 5), sex: str = "F") -> str:
    said = {"name": name, "document_kind": "passport", "document_number": number, "birth": birth, "sex": sex, "district": "500112", "synthetic": True}
    if not seen:
        return str(world.perform(register_person, **said).person_id)
    asked = world.perform(ask_registration, actor=CLERK, seen=seen, **said).registration_id
    return str(world.perform(decide_registration, actor=CHECKER, registration_id=asked, agree=True).person_id)


def test_what_came_by_it_stays_and_nobody_is_somebody_new_by_it_unseen(world: World) -> None:
    stage = Stage(world)
    person, batch = stage.person(), stage.open()
    addition = added(world, person)
    listed = world.perform(issuing.list_documents, actor=stage.clerk, batch_id=batch, documents=(("passport", PASSPORT),))
    assert listed.added == 1
    world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    world.run_jobs()
    stage.claim(batch, person)
    account = world.perform(accounts.open_for_person, person_id=person).id
    session = world.tool(Sessions).begin(account, world.clock.now())
    them = acting(Role.PERSON, account, person=person)
    world.perform(accounts.delegate, actor=them, helper_person_id=stage.person())
    code = world.perform(accounts.make_email_code, actor=them, address="them@example.org").code
    world.perform(accounts.confirm_email, actor=them, code=code)
    world.clock.forward(days=1)
    when = world.clock.now()
    off(world, addition)
    assert by(world, "passport", PASSPORT) is None
    assert by(world, "resident", stage.document(1)) == person
    assert world.ask(world.tool(Sessions).find, session, world.clock.now()) is None, "whoever came in by it is signed out"
    assert world.ask(helper_of, person) is None, "and nobody whom they named acts any more"
    with world.db() as db:
        told = db.scalars(select(Message.code).where(Message.person_id == person)).all()
        assert "person.told_document_removed" in told
        assert db.get_one(Account, account).email is None, "nor does a code go to their address"
    passport = [d for d in world.ask(additions.document_history, person) if d.kind_en == "Passport"]
    assert [(d.taken_off, d.ended_at) for d in passport] == [(("号码是另一个人的", "the number is another person's"), when)]
    with world.refused("document.taken_off") as refused:
        newcomer(world)
    assert refused[0].facts["person"] == person, "the desk is told whose it was"
    with world.refused("registration.refused"):
        newcomer(world, "x")
    upper = row(stage, 1, 证件类型="护照", 证件号码=PASSPORT, 姓名="王五", 性别="女", 出生日期="1999-05-05", 手机号码="13900000001")
    made = upload(world, [upper], registrar(world))
    assert (2, "document", "register.taken_off") in found(world, made.return_id), "no list makes somebody of it"
    other = newcomer(world, "护照原件，人脸比对不是同一人")
    assert by(world, "passport", PASSPORT) == other != person
    assert len(world.ask(lambda db: numbers(db, world.tool(Box), person))) == 1, "what bears the number is not the first person's"
    assert world.ask(additions.document_history, other)[0].past[0].person_id == person
    assert [{a.id, b.id} for a, b in world.ask(joining.doubles)] == [{person, other}], "and the two are offered to be compared"
    world.holds()


def test_a_list_that_was_handed_in_before_does_not_put_it_on_record(lite: World) -> None:
    stage = Stage(lite)
    person = someone(lite, 7, "陈七")
    wish = row(stage, 1, 证件类型="护照", 证件号码=PASSPORT, 姓名="王五", 性别="女", 出生日期="1999-05-05", 手机号码="13900000001")
    made = upload(lite, [wish], registrar(lite))
    assert found(lite, made.return_id) == []
    lite.perform(returns.accept, actor=registrar(lite), return_id=made.return_id)
    off(lite, added(lite, person.id))
    lite.run_jobs()
    assert by(lite, "passport", PASSPORT) is None
    lite.holds()


def test_whoever_releases_it_for_another_sees_where_it_stood_and_it_may_come_back(lite: World) -> None:
    first, second = someone(lite, 1), someone(lite, 3, "李四")
    off(lite, added(lite, first.id))
    again = ask(lite, second.id)
    assert [p.person_id for p in lite.ask(additions.additions)[0].past] == [first.id], "whoever releases it sees where it stood"
    release(lite, again)
    off(lite, again, "not_proved")
    release(lite, ask(lite, first.id))
    assert by(lite, "passport", PASSPORT) == first.id
    lite.holds()


def test_who_had_it_taken_off_to_be_somebody_new_is_joined_again(lite: World) -> None:
    first = someone(lite, 1)
    off(lite, added(lite, first.id))
    other = newcomer(lite, SEEN, "Chen Xingyu", birth=first.birth, sex="M")
    made = lite.perform(propose_join, actor=CLERK, kept_id=first.id, gone_id=other, reason="documents", grounds=SEEN)
    lite.perform(decide_join, actor=CHECKER, join_id=made.join_id, agree=True)
    assert by(lite, "passport", PASSPORT) == first.id
    lite.holds()


def test_two_people_and_only_what_was_added(lite: World) -> None:
    who = someone(lite, 1)
    waits = ask(lite, who.id)

    def wish(addition: str = waits, reason: str = "mistyped", grounds: str = SEEN, actor: Any = CLERK) -> str:
        return str(lite.perform(ask_removal, actor=actor, document_id=document(lite, addition), reason=reason, grounds=grounds).removal_id)

    with lite.refused("identity_document.unknown"):
        wish()
    release(lite, waits)
    for reason, grounds in (("because", SEEN), ("mistyped", "x")):
        with lite.refused("document_removal.refused"):
            wish(reason=reason, grounds=grounds)
    with lite.refused("not_allowed"):
        wish(actor=CHECKER)
    asked = wish()
    with lite.refused("document_removal.asked_already"):
        wish()
    with lite.refused("person.second_person"):
        lite.perform(decide_removal, actor=acting(Role.GOV_CHECKER, "clerk"), removal_id=asked, agree=True)
    with lite.refused("person.answer"):
        lite.perform(decide_removal, actor=CHECKER, removal_id=asked, agree=False)
    lite.perform(decide_removal, actor=CHECKER, removal_id=asked, agree=False, answer="护照确是本人的")
    with lite.refused("document_removal.cannot_release"):
        lite.perform(decide_removal, actor=CHECKER, removal_id=asked, agree=True)
    lite.perform(withdraw_removal, actor=CLERK, removal_id=wish())
    assert by(lite, "passport", PASSPORT) == who.id
    off(lite, waits)
    with lite.refused("document_removal.refused"):
        wish()
    told = {r.state: r.answer for r in lite.ask(removals.removals_of, who.id)}
    assert told == {"removed": "", "withdrawn": "", "refused": "护照确是本人的"}
    with lite.engine.connect() as connection:
        assert SEEN not in str(connection.exec_driver_sql("SELECT * FROM document_removal").all())
    lite.holds()


def test_whoever_is_forgotten_wants_nothing_off_any_more(lite: World) -> None:
    who = someone(lite, 1)
    lite.perform(ask_removal, actor=CLERK, document_id=document(lite, added(lite, who.id)), reason="mistyped", grounds=SEEN)
    asked = lite.perform(erasures.ask, actor=acting(Role.PERSON, "own", person=who.id))
    lite.perform(erasures.examine, actor=CLERK, request_id=asked.request_id, proposal="grant")
    lite.clock.forward(days=3)
    lite.perform(erasures.decide, actor=CHECKER, request_id=asked.request_id, agree=True)
    lite.run_jobs()
    assert [r.state for r in lite.ask(removals.removals_of, who.id)] == ["withdrawn"]
    with lite.refused("person.erased"):
        lite.perform(counter.enter_account_for, actor=lite.actor("counter.serve"), person_id=who.id, bank="农行", number="6222", reason="no_phone")
    lite.holds()


@pytest.mark.parametrize(
    ("model", "values", "code"),
    [
        (DocumentRemoval, {"decided_by": "other"}, ""),
        (DocumentRemoval, {"state": "withdrawn"}, ""),
        (IdentityDocument, {"ended_at": None}, "people.removals_by_two"),
        (IdentityDocument, {"seen": None}, "people.numbers_seen"),
    ],
)
def test_a_forged_row_is_found(lite: World, model: type, values: dict[str, object], code: str) -> None:
    off(lite, added(lite, someone(lite, 1).id))
    other = newcomer(lite, SEEN)
    with writing(lite.engine) as db:
        if "ended_at" in values:  # the number finds one person at a time
            db.connection().execute(update(IdentityDocument.__table__).where(IdentityDocument.person_id == other).values(blind="x"))
        db.connection().execute(update(model.__table__).values(**values))  # type: ignore[attr-defined]
    assert not code or code in lite.violations()
    assert lite.violations()


def test_two_at_the_desk_by_pages_and_by_api(visitors: Visitors) -> None:
    world = visitors.world
    who: Someone = someone(world, 8, "梅兰")
    addition = added(world, who.id)
    clerk, checker = visitors.come(acting(Role.GOV_COUNTER, "counter")), visitors.come(CHECKER)
    page = text_of(press(clerk, "/gov/people", "/gov/people", document_kind="resident", document_number=who.number))
    address = f"/gov/people/documents/{document(world, addition)}/removal"
    assert f'action="{address}"' in page
    token, key = (page.split(f'name="{n}" value="')[1].split('"')[0] for n in ("csrf_token", "key"))
    order = {"reason": "of_another", "grounds": SEEN}
    assert clerk.post(address, data={"csrf_token": token, "key": key, **order}).status_code == 303
    listing = "/gov/people/removals"
    assert "由您提出" in text_of(clerk.get(listing))
    assert SEEN in text_of(checker.get(listing))
    assert listing in text_of(checker.get("/gov"))
    [line] = world.ask(removals.removals)
    [told] = clerk.get("/api/v1/people/removals").get_json()
    assert (told["id"], told["addition_id"], "name" in told, PASSPORT in str(told)) == (line.id, addition, False, False)
    press(checker, listing, f"{listing}/{line.id}/decide", agree="yes")
    assert "已撤下" in text_of(checker.get(f"{listing}?closed=1"))
    world.clock.forward(minutes=5)
    page = text_of(press(clerk, "/gov/people", "/gov/people", document_kind="resident", document_number=who.number))
    assert "号码是另一个人的" in page
    assert f'action="{address}"' not in page
    fields = {
        "name": "王五", "document_kind": "passport", "document_number": PASSPORT, "birth": "1999-05-05", "sex": "F", "district": "500112",
    }  # fmt: skip
    page = text_of(press(clerk, "/gov/people/new", "/gov/people/new", **fields), 422)
    assert who.id in page
    assert 'name="seen"' in page
    anew = "/gov/people/registrations"
    assert f'action="{anew}"' in page
    token, key = (page.split(f'name="{n}" value="')[1].split('"')[0] for n in ("csrf_token", "key"))
    assert clerk.post(anew, data={"csrf_token": token, "key": key, "seen": SEEN, **fields}).status_code == 303
    assert by(world, "passport", PASSPORT) is None
    assert "由您提出" in text_of(clerk.get(anew))
    shown = text_of(checker.get(anew))
    assert "王五" in shown
    assert who.id in shown, "whoever releases it sees where the number stood"
    assert anew in text_of(checker.get("/gov"))
    [told] = clerk.get("/api/v1/people/registrations").get_json()
    assert (told["past"][0]["person_id"], "王五" in str(told), PASSPORT in str(told)) == (who.id, False, False)
    press(checker, anew, f"{anew}/{told['id']}/decide", agree="yes")
    assert "已登记" in text_of(checker.get(f"{anew}?closed=1"))
    other = by(world, "passport", PASSPORT)
    assert "号码曾登记于" in text_of(clerk.get(f"/gov/people/{who.id}/join?gone={other}"))
    assert "已撤下" in text_of(clerk.get("/gov/people/joins?view=alike"))
    checker.set_cookie("lang", "en", domain="localhost")
    assert "Documents taken off" in text_of(checker.get(listing))
    assert visitors.come(acting(Role.INSTITUTION_ADMIN, "school")).get(listing).status_code == 403
    world.holds()
