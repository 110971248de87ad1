"""A person is forgotten: by two, for good, in every copy; and the certificates go on verifying without a name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import update

from skills.accounts import actions as accounts
from skills.accounts.queries import account, account_of_person
from skills.accounts.rules import Role
from skills.accounts.states import AccountState
from skills.aftercare.actions import requests
from skills.aftercare.rules import CareKind
from skills.complaints import actions as complaints
from skills.credentials import many
from skills.credentials import queries as certificates
from skills.credentials.actions import shares
from skills.credentials.inspection.look import inspect, inspect_text
from skills.credentials.on_record import OnRecord
from skills.erasures import actions, queries
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import Base, writing
from skills.kernel.jobs import run_due
from skills.people.actions import register_person, rename
from skills.people.models import Person
from skills.people.queries import GONE, by_document, person
from skills.people.rules import DESTROY
from tests.aftercare.stage import case
from tests.credentials.evidence import evidence, now, trusting
from tests.credentials.page import Untried
from tests.credentials.test_actions import ABOVE, NUMBER, take_back
from tests.people_and_bodies import Someone, acting, someone
from tests.world import NOON, World

CLERK, CHECKER = acting(Role.GOV_CLERK, "clerk"), acting(Role.GOV_CHECKER, "checker")


def own(who: Someone) -> Actor:
    return acting(Role.PERSON, "own", person=who.id)


def erase(world: World, who: Someone, run: bool = True) -> str:
    """The whole way: asked, examined, after some days decided; the id of the request."""
    asked = world.perform(actions.ask, actor=own(who))
    world.perform(actions.examine, actor=CLERK, request_id=asked.request_id, proposal="grant")
    world.clock.forward(days=3)
    done = world.perform(actions.decide, actor=CHECKER, request_id=asked.request_id, agree=True)
    assert done.state == "granted"
    if run:
        world.run_jobs()
    return str(asked.request_id)


def lived(world: World) -> tuple[Someone, str]:
    """Somebody with a name before, a phone, a mail address, an answered complaint, a link, a printed certificate."""
    held = evidence(world)
    who = held.who
    world.perform(rename, person_id=who.id, name="陈星羽", reason="户口簿")
    world.perform(rename, person_id=who.id, name=who.name, reason="改回")
    mine = acting(Role.PERSON, world.perform(accounts.open_for_person, person_id=who.id).id, person=who.id)
    code = world.perform(accounts.make_email_code, actor=mine, address="chen@example.cn").code
    world.perform(accounts.confirm_email, actor=mine, code=code)
    word = world.perform(complaints.file, actor=mine, kind="service", text="窗口说我不叫陈星宇", contact="13812345678")
    with world.db() as db:
        from skills.complaints.models import Complaint

        case_id = db.query(Complaint.id).filter_by(number=word.number).scalar()
    world.perform(complaints.take, actor=CLERK, complaint_id=case_id)
    world.perform(complaints.answer, actor=CLERK, complaint_id=case_id, text="陈星宇您好，已改正", outcome="upheld")
    world.perform(shares.make, actor=mine, number=NUMBER, fields=("name", "what"), days=30)
    world.run_jobs()
    return who, mine.account


def everything(world: World, dump: Path) -> bytes:
    """All that lies about: every row as text, every file, and a copy of the database as it is on disk."""
    held = [dump.read_bytes() if dump.exists() else b""]
    with world.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            held += [str(tuple(row)).encode() for row in connection.execute(table.select())]
    folder = world.settings.data_dir
    held += [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and "outbox" not in path.parts]
    return b"\n".join(held)


def dumped(world: World, url: str, place: Path) -> None:
    if url.startswith("sqlite"):
        with world.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(world.engine.url.database or "", place)
    else:
        subprocess.run(["pg_dump", "--file", str(place), url], check=True, capture_output=True)


def test_afterwards_nothing_names_the_person_here_in_the_files_or_in_the_last_dump(world: World, tmp_path: Path) -> None:
    who, _ = lived(world)
    neighbour = someone(world, 7, "邻居", phone="13712345678")
    dumped(world, world.settings.database_url, tmp_path / "dump")
    traces = [who.name, "陈星羽", who.number, who.number[:17], "13812345678", "chen@example.cn", "您好"]
    erase(world, who)
    lying = everything(world, tmp_path / "dump")
    assert [trace for trace in traces if trace.encode() in lying] == []
    assert world.ask(person, who.id).name == GONE
    assert world.ask(person, neighbour.id).name == "邻居"
    assert world.ask(by_document, world.tool(Box), "resident", who.number) is None
    world.holds(ABOVE)


@pytest.mark.row(56)
def test_the_certificate_goes_on_verifying_valid_personal_data_erased(lite: World) -> None:
    held = evidence(lite)
    erase(lite, held.who)
    trust = trusting(lite)
    with lite.db() as db:
        record = OnRecord(db, trust)
        answers = [inspect(data, trust, now(lite), record) for data in (held.pdf, held.credential)]
        answers.append(inspect_text(held.address, trust, now(lite), record))
        forged = inspect(held.credential.replace(held.who.name.encode(), "冒名者".encode()), trust, now(lite), record)
        line = many.answer_line(many.read_lines(f"{NUMBER} {held.who.name}")[0], record, now(lite))
    for answer in answers:
        assert (answer.state, answer.erased) == ("VALID", True), answer
        assert answer.subject is not None
        assert answer.subject.name == held.who.name, "its own bytes say it, and the signature holds"
        assert dict(answer.steps)["log"]
    assert forged.state == "NOT_GENUINE"
    assert (line.state, line.subject.name if line.subject else None) == ("ERASED", "")
    for name in (held.who.name, "冒名者", "1234"):
        found = lite.client().post("/api/v1/verifications", json={"number": NUMBER, "name": name}).get_json()
        assert (found["state"], found["level"], found["issuer"]) == ("ERASED", 4, "重庆星图软件有限公司")
        assert held.who.name not in str(found)
    page = lite.client().post("/verify", data={"number": NUMBER, "name": held.who.name}).text
    assert "姓名无从核对" in page
    shown = lite.client().post("/verify", data={"code": held.address.split("#")[1]}).text
    assert "有效，个人信息已删除" in shown
    with lite.refused("certificate.erased"):
        lite.pdf(NUMBER)
    lite.holds(ABOVE)


def test_what_was_taken_back_stays_taken_back(lite: World) -> None:
    held = evidence(lite)
    lite.perform(take_back, number=NUMBER, move="revoke", reason="fraud")
    lite.run_jobs()
    erase(lite, held.who)
    trust = trusting(lite)
    with lite.db() as db:
        answer = inspect(held.credential, trust, now(lite), OnRecord(db, trust))
    assert (answer.state, answer.erased) == ("REVOKED", True)
    asked = lite.client().post("/api/v1/verifications", json={"number": NUMBER, "name": "x"}).get_json()
    assert asked["state"] == "REVOKED"
    lite.holds(ABOVE)


def test_open_matters_come_first_and_each_is_told_with_the_way_out(lite: World) -> None:
    c = case(lite, printed=True)
    request = c.ask(CareKind.REPRINT)
    with lite.refused("erasure.not_yet") as no:
        lite.perform(actions.ask, actor=own(c.who))
    assert [f.code for f in no[0].findings if not f.met] == ["erasure.care"]
    assert {f.code for f in no[0].findings} >= {"erasure.vouchers", "erasure.no_payments", "erasure.complaints"}
    lite.perform(requests.withdraw, actor=c.holder, request_id=request)
    assert lite.perform(actions.ask, actor=own(c.who)).due_on == "2026-12-14"  # fifteen working days
    lite.holds(ABOVE)


def test_two_people_some_days_and_a_way_back(world: World) -> None:
    who = someone(world, 1)
    me = own(who)
    asked = world.perform(actions.ask, actor=me)
    with world.refused("erasure.asked_already"):
        world.perform(actions.ask, actor=me)
    with world.refused("erasure.cannot_send_back"):
        world.perform(actions.decide, actor=CHECKER, request_id=asked.request_id, agree=True)
    for proposal, reason in (("grant", "period"), ("refuse", ""), ("", ""), ("refuse", "other")):
        with world.refused("erasure.proposal"):
            world.perform(actions.examine, actor=CLERK, request_id=asked.request_id, proposal=proposal, reason=reason)
    world.perform(actions.examine, actor=CLERK, request_id=asked.request_id, proposal="grant")
    same = world.actor("erasure.decide", account="clerk")
    with world.refused("erasure.second_person"):
        world.perform(actions.decide, actor=same, request_id=asked.request_id, agree=True)
    with world.refused("erasure.not_yet") as no:
        world.perform(actions.decide, actor=CHECKER, request_id=asked.request_id, agree=True)
    assert [f.code for f in no[0].findings if not f.met] == ["erasure.cooling"]
    assert world.ask(person, who.id).name == who.name, "a refused decision leaves nothing behind"
    world.perform(actions.decide, actor=CHECKER, request_id=asked.request_id, agree=False)
    assert world.ask(queries.request, asked.request_id, world.today).state == "asked"
    world.perform(actions.examine, actor=CLERK, request_id=asked.request_id, proposal="refuse", reason="identity")
    world.perform(actions.decide, actor=CHECKER, request_id=asked.request_id, agree=True)
    again = world.perform(actions.ask, actor=me)
    with world.refused("erasure_request.unknown"):
        world.perform(actions.withdraw, actor=own(someone(world, 9, "旁人")), request_id=again.request_id)
    world.perform(actions.withdraw, actor=me, request_id=again.request_id)
    world.run_jobs()
    assert {r.state for r in world.ask(queries.requests, world.today, closed=True)} == {"withdrawn", "refused"}
    assert world.ask(person, who.id).name == who.name
    world.holds(ABOVE)


def test_the_ways_in_are_closed_and_whoever_comes_back_is_somebody_new(lite: World) -> None:
    who, account_id = lived(lite)
    erase(lite, who)
    held = lite.ask(account, account_id)
    assert (held.state, held.name) == (AccountState.DISABLED, GONE)
    with lite.refused("sign_in.refused"):
        lite.perform(accounts.note_sign_in, account_id=account_id, method="sms")
    with lite.refused("person.erased"):
        lite.perform(rename, person_id=who.id, name="陈晨", reason="x")
    anew = lite.perform(
        register_person, name=who.name, document_kind="resident", document_number=who.number, birth=NOON.date().replace(2003, 1, 1),
        sex="M", district="500105", phone="13812345678",
    )  # fmt: skip
    assert anew.fresh
    assert anew.person_id != who.id
    assert lite.ask(account_of_person, anew.person_id) is None
    assert lite.ask(certificates.of_person, anew.person_id) == []
    lite.holds(ABOVE)


def test_a_crash_before_the_key_is_gone_is_finished_later(lite: World) -> None:
    held = evidence(lite)
    erase(lite, held.who, run=False)
    assert held.who.id not in lite.tool(DataKeys).destroyed()
    lite.holds(ABOVE)
    assert lite.ask(certificates.lookup, NUMBER, "冒名者", Untried()).erased, "decided is decided, the key still there or not"
    page = lite.client().post("/verify", data={"number": NUMBER, "name": "冒名者"}).text
    assert "姓名无从核对" in page
    for form in (lambda: lite.pdf(NUMBER), lambda: lite.ask(certificates.code_of, NUMBER)):
        with lite.refused("certificate.erased"):
            form()
    asked = lite.client().post("/api/v1/verifications", json={"number": NUMBER, "name": "x"}).get_json()
    assert asked["state"] == "ERASED"
    with writing(lite.engine) as db:
        from skills.kernel.jobs import Job

        db.execute(update(Job).where(Job.name == DESTROY).values(state="failed"))
    assert set(lite.violations(ABOVE)) == {"people.erased_for_good", "jobs.none_failed"}
    lite.clock.forward(days=1)
    from skills.kernel.jobs import order_regular

    order_regular(lite.office)
    run_due(lite.office)
    assert held.who.id in lite.tool(DataKeys).destroyed()
    lite.asked = True  # the job that gave up waits for somebody


def test_an_older_copy_brings_nobody_back_and_is_named(lite: World) -> None:
    held = evidence(lite)
    with lite.db() as db:
        before = db.get_one(Person, held.who.id).name
    erase(lite, held.who)
    with writing(lite.engine) as db:
        db.execute(update(Person).values(erased_at=None, name=before))
    assert lite.ask(person, held.who.id).name == GONE
    said = lite.violations(ABOVE)
    assert "people.erased_for_good" in said
    assert "erasures.decided_by_two" in said
    lite.asked = True


def test_a_decision_that_nobody_made_is_named(lite: World) -> None:
    who = someone(lite, 1)
    with writing(lite.engine) as db:
        db.execute(update(Person).where(Person.id == who.id).values(erased_at=lite.clock.now()))
    lite.tool(DataKeys).destroy(who.id, lite.clock.now())
    assert "erasures.decided_by_two" in lite.violations(ABOVE)
    lite.asked = True


def test_the_counter_takes_a_request_in(lite: World) -> None:
    who = someone(lite, 1)
    counter = acting(Role.GOV_COUNTER, "counter")
    with lite.refused("erasure.form_number"):
        lite.perform(actions.ask_at_counter, actor=counter, person_id=who.id, form_number=" ")
    asked = lite.perform(actions.ask_at_counter, actor=counter, person_id=who.id, form_number="SC-2026-7")
    line = lite.ask(queries.request, asked.request_id, lite.today)
    assert (line.at_counter, line.form) == (True, "SC-2026-7")
    lite.holds(ABOVE)
