"""The doors of the desk: pages, API and limits; the party learns nobody's name; no address is kept; districts and colleagues."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import inspect, text

from skills.accounts import actions as accounts
from skills.accounts.rules import GRANTS, Role
from skills.complaints import actions, queries
from skills.complaints.models import ComplaintHand
from skills.complaints.queries import owners
from skills.kernel.actors import Actor, Grant
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.messages.queries import inbox
from tests.complaints.test_life import CLERK, JPG, PDF, case_of, filed
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting, body, someone
from tests.world import World

__all__ = ["visitors"]
NEW, FOLLOW = "/complaints/new", "/complaints/follow"
FROM = "203.0.113.77"
LIKE = {"kind": "service", "text": "我叫陈星宇，老师没有来", "contact": "陈星宇 13812345678"}
SECRETS = ("陈星宇", "13812345678", "我叫")


def official(world: World, login: str, role: Role = Role.GOV_CLERK, district: str | None = None) -> Actor:
    """A colleague with an account, as the register of roles knows it."""
    made = world.perform(accounts.create_staff, login=login, name=f"同事{login}", role=role.value, district=district)
    grants = frozenset(Grant(right, None, district) for right in GRANTS[role])
    return Actor(made.id, login, None, grants, frozenset({role.value}), stepped_up=True)


def test_the_party_finds_nobody_on_any_page_or_in_any_answer(visitors: Visitors) -> None:
    """Every page and API answer that an institution's administrator can open, read for the author's name, phone and words."""
    world = visitors.world
    school = body(world, kind="institution")
    person = someone(world, 1)
    world.perform(actions.file, actor=acting(Role.PERSON, "author-account", person=person.id), about_id=school, **LIKE)
    case_id = world.ask(queries.cases, world.today)[0].id
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    world.perform(actions.hear, actor=CLERK, complaint_id=case_id, text="八日下午没有老师")
    party = visitors.come(acting(Role.INSTITUTION_ADMIN, "party", organisation=school))
    page = text_of(party.get("/org/complaints"))
    assert "八日下午没有老师" in page
    seen = 0
    for rule in world.app.url_map.iter_rules():
        here = rule.endpoint.startswith("complaints.")
        if "GET" not in (rule.methods or ()) or (rule.arguments and not here):
            continue
        values = {"complaint_id": case_id, "paper_id": "x", "number": f"TS-{world.today.year}-00001"}
        with world.app.test_request_context():
            from flask import url_for

            url = url_for(rule.endpoint, **{k: v for k, v in values.items() if k in rule.arguments})
        answer = party.get(url)
        if here:
            seen += 1
            assert answer.status_code in (200, 303, 403, 404), url
        if answer.mimetype in ("text/html", "application/json", "application/problem+json"):
            said = answer.get_data(as_text=True)
            for secret in (*SECRETS, person.id, "author-account"):
                assert secret not in said, f"{url} names {secret}"
    assert seen >= 8
    world.perform(actions.answer, actor=CLERK, complaint_id=case_id, text="陈星宇您好，属实", outcome="upheld")
    after = text_of(party.get("/org/complaints"))
    assert "属实" in after
    assert "您好" not in after
    mail = str(world.ask(inbox, acting(Role.INSTITUTION_ADMIN, "party", organisation=school)))
    assert "TS-" in mail
    assert not any(secret in mail for secret in SECRETS)
    world.holds()


def test_no_address_is_kept_of_anybody_who_writes(visitors: Visitors) -> None:
    """After an anonymous tip-off by page and by API, no table and no file below DATA_DIR holds the visitor's address or agent."""
    world = visitors.world
    client = world.client()
    world.app.extensions  # noqa: B018 - the application is made before it is asked
    more: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": FROM}, "headers": {"User-Agent": "TellTale/1.0"}}
    page = client.get(NEW, **more).get_data(as_text=True)
    order = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), "kind": "fraud", "text": "没有上课"}
    assert "TS-" in text_of(client.post(NEW, data=order, **more))
    world.seal()
    with world.engine.connect() as connection:
        for table in inspect(world.engine).get_table_names():
            rows = str(connection.execute(text(f'SELECT * FROM "{table}"')).all())
            assert FROM not in rows, table
            assert "TellTale" not in rows, table
    for path in world.settings.data_dir.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert FROM.encode() not in held, path
            assert b"TellTale" not in held, path


def test_whoever_is_signed_in_may_leave_the_name_out(visitors: Visitors) -> None:
    world = visitors.world
    person = someone(world, 1)
    actor = acting(Role.PERSON, "author-account", person=person.id)
    client = visitors.come(actor)
    text_of(press(client, NEW, NEW, kind="fraud", text="没有上课", unnamed="y"))
    case_id = world.ask(queries.cases, world.today)[0].id
    assert not world.ask(queries.case, world.tool(Box), case_id, world.today).named
    with world.engine.connect() as connection:
        for table in ("complaint", "complaint_step", "audit_entry"):
            rows = connection.execute(text(f"SELECT * FROM {table} WHERE 1=1")).all()
            mine = [str(r) for r in rows if case_id in str(r) or "complaint.file" in str(r)]
            assert mine
            assert not any("author-account" in r or person.id in r for r in mine), table
    assert "没有投诉" in text_of(client.get("/me/complaints"))
    press(client, NEW, NEW, kind="service", text="窗口没人", contact="13812345678")
    number = world.ask(queries.of_account, actor.account, world.today)[0].number
    assert "窗口没人" in text_of(client.get(f"/me/complaints/{number}"))
    other = visitors.come(acting(Role.PERSON, "other"))
    text_of(other.get(f"/me/complaints/{number}"), 404)
    done = press(client, f"/me/complaints/{number}", "/complaints/follow/withdraw", number=number, word="")
    assert done.status_code == 303
    world.holds()


def test_papers_come_with_a_form_and_are_read_by_the_handler_alone(visitors: Visitors) -> None:
    world = visitors.world
    client = world.client()
    page = client.get(NEW).get_data(as_text=True)
    order = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), "kind": "fraud", "text": "没有上课"}
    bad = client.post(NEW, data={**order, "papers": [(io.BytesIO(b"MZ" + PDF), "a.pdf")]})
    assert "只收 PDF、JPG、PNG" in text_of(bad, 409)
    assert "没有上课" in text_of(bad, 409), "what was written is not lost"

    def send() -> str:
        return text_of(client.post(NEW, data={**order, "papers": [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(JPG), "b.jpg")]}))

    send()
    send()
    lines = world.ask(queries.cases, world.today)
    assert len(lines) == 1, "the same form twice is one case"
    held = world.ask(queries.case, world.tool(Box), lines[0].id, world.today)
    assert [p.kind for p in held.papers] in (["pdf", "jpg"], ["jpg", "pdf"])
    clerk = visitors.come(CLERK)
    for paper in held.papers:
        url = f"/gov/complaints/{lines[0].id}/papers/{paper.id}"
        answer = clerk.get(url)
        assert answer.get_data() in (PDF, JPG)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert world.client().get(url).status_code == 303
    world.holds()


def test_too_many_are_told_kindly(visitors: Visitors) -> None:
    client = visitors.world.client()
    page = client.get(NEW).get_data(as_text=True)
    token = hidden(page, "csrf_token")
    codes = []
    for n in range(11):
        answer = client.post(NEW, data={"csrf_token": token, "key": f"k{n}", "kind": "fraud", "text": "没有上课"})
        codes.append(answer.status_code)
    assert codes == [200] * 10 + [429]
    told = text_of(answer, 429)
    assert "12333" in told
    assert "没有做错什么" in told
    api = client.post("/api/v1/complaints", json={"kind": "fraud", "text": "x"}, headers={"Idempotency-Key": "a"})
    assert api.status_code == 429, "page and API count together"


def test_the_api_goes_the_whole_way(visitors: Visitors) -> None:
    world = visitors.world
    public, clerk = world.client(), visitors.come(CLERK)
    extra = {id(clerk): {"X-CSRFToken": hidden(text_of(clerk.get(NEW)), "csrf_token")}}

    def send(client: Any, path: str, key: str, status: int = 200, **body: Any) -> Any:
        answer = client.post(f"/api/v1{path}", json=body or None, headers={"Idempotency-Key": key, **extra.get(id(client), {})})
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    order = {"kind": "fraud", "text": "没有上课", "papers": [base64.b64encode(PDF).decode()]}
    done = send(public, "/complaints", "one", 201, **order)
    assert done == send(public, "/complaints", "one", 201, **order), "a replay is the same receipt"
    other = public.post("/api/v1/complaints", json={**order, "text": "另一件"}, headers={"Idempotency-Key": "one"})
    assert other.status_code in (409, 422)
    mine = {"number": done["number"], "word": done["word"]}
    case_id = send(public, "/complaints/followed", "f", **mine)["line"]["id"]
    for path in ("take", "ask", "answer"):
        assert public.post(f"/api/v1/complaints/{case_id}/{path}", json={}, headers={"Idempotency-Key": "x"}).status_code in (401, 403)
    send(clerk, f"/complaints/{case_id}/take", "t")
    send(clerk, f"/complaints/{case_id}/ask", "a", text="哪天？")
    send(public, "/complaints/replies", "r", **mine, text="八日")
    send(clerk, f"/complaints/{case_id}/answer", "w", text="查过了", outcome="not_upheld")
    told = send(public, "/complaints/followed", "f", **mine)
    assert (told["answer"], told["contact"]) == ("查过了", "")
    assert send(public, "/complaints/escalations", "e", **mine, text="不满意")["state"] == "received"
    assert send(public, "/complaints/withdrawals", "d", **mine)["state"] == "withdrawn"
    assert json.dumps(clerk.get("/api/v1/complaints").json) == "[]"
    world.holds()


def test_the_desk_filters_counts_and_shows_what_is_left(visitors: Visitors) -> None:
    world = visitors.world
    for kind in ("fraud", "fraud", "access"):
        filed(world, kind=kind)
    world.clock.forward(days=8)
    clerk = visitors.come(CLERK)
    page = text_of(clerk.get("/gov/complaints"))
    assert "剩" in page or "超期" in page
    late = text_of(clerk.get("/gov/complaints?view=late&kind=access"))
    assert "TS-" in late
    assert len(world.ask(queries.cases, world.today, kind="fraud")) == 2
    counts = {c.code: (c.in_time, c.late, c.waiting) for c in world.ask(queries.counts, world.today)}
    assert counts["access"] == (0, 1, 0)
    assert sum(map(sum, counts.values())) == 3
    assert world.ask(queries.cases, world.today)[0].overdue, "late ones first"
    assert "TS-" not in text_of(clerk.get("/gov/complaints?view=closed"))
    world.holds()


def test_a_district_has_its_own_desk_and_sends_up(world: World) -> None:
    """A case about a school of 500105 begins there; other districts do not see it; late, it is the city's and not theirs."""
    school = body(world, kind="institution")
    here, there = official(world, "here", district="500105"), official(world, "there", district="500112")
    city, second = official(world, "city"), official(world, "second", Role.GOV_CHECKER)
    number, word, case_id = filed(world, about_id=school)
    assert case_of(world, number, word).line.level == 1
    with world.refused("complaint.unknown"):
        world.perform(actions.take, actor=there, complaint_id=case_id)
    with world.refused("complaint.unknown"):
        world.ask(queries.case, world.tool(Box), case_id, world.today, there)
    assert [world.ask(queries.waiting, who) for who in (here, there)] == [1, 0]
    world.perform(actions.take, actor=here, complaint_id=case_id)
    world.clock.forward(days=120)
    assert world.perform(actions.raise_late).moved == 1
    with world.refused("complaint.not_yours") as no:
        world.perform(actions.take, actor=here, complaint_id=case_id)
    missed = {f.code for f in no[0].findings if not f.met}
    assert missed == {"complaint.not_earlier", "complaint.of_level"}
    free = {account for account, _ in world.ask(owners.colleagues, case_id)}
    assert {city.account, second.account} == free
    with world.refused("complaint.not_yours"):
        world.perform(actions.assign, actor=second, complaint_id=case_id, account_id=there.account)
    with world.refused("not_allowed"):
        world.perform(actions.assign, actor=city, complaint_id=case_id, account_id=second.account)
    world.perform(actions.assign, actor=second, complaint_id=case_id, account_id=city.account)
    assert "complaint.told_assign" in str(world.ask(inbox, city))
    assert world.ask(queries.case, world.tool(Box), case_id, world.today).taken_by == city.account
    world.holds()


def test_a_number_is_looked_for_and_nobody_is_told_whether_it_was_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from skills.complaints import subjects

    school = body(world, kind="institution")
    monkeypatch.setitem(subjects.FINDERS, "certificate", lambda _db, ref: subjects.Found("c" * 26, school) if ref == "Y1" else None)
    other = body(world, kind="institution", order=2, name="另一所学校")
    for about in (None, other):
        shown = []
        for ref in ("Y1", "Y2"):
            number, word, case_id = filed(world, matter="certificate", ref=ref, about_id=about)
            line = case_of(world, number, word).line
            shown.append(replace(line, id="", number=""))
            held = world.ask(queries.case, world.tool(Box), case_id, world.today).line.about
            assert bool(held) == (ref == "Y1" or about is not None), "the desk knows"
        assert shown[0] == shown[1], "all that its author sees"
    world.holds()


def test_whoever_wants_no_name_has_not_been_seen_even_if_the_form_was_not_complete(visitors: Visitors) -> None:
    world = visitors.world
    client = visitors.come(acting(Role.PERSON, "author-account"))
    page = client.get(NEW).get_data(as_text=True)
    order = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), "kind": "service", "text": "", "unnamed": "y"}
    text_of(client.post(NEW, data=order), 422)
    answer = client.post("/api/v1/complaints", json={"text": 7}, headers={"Idempotency-Key": "k" * 20})
    assert answer.status_code == 422
    with world.db() as db:
        assert db.execute(text("SELECT count(*) FROM attempt")).scalar() == 0


def test_how_to_reach_the_author_is_for_the_handler_alone_and_who_acted_sees_nothing(world: World) -> None:
    school = body(world, kind="institution")
    _, _, case_id = filed(world, contact="13812345678", about_id=school)
    box = world.tool(Box)
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    assert world.ask(queries.case, box, case_id, world.today, CLERK).contact == "13812345678"
    other = acting(Role.GOV_CHECKER, "checker-2")
    assert world.ask(queries.case, box, case_id, world.today, other).contact == ""
    with world.db() as db:
        db.add(ComplaintHand(complaint_id=case_id, account=other.account))
        db.flush()
        with pytest.raises(Missing):
            queries.case(db, box, case_id, world.today, other)


def test_whoever_is_concerned_chooses_no_handler(world: World) -> None:
    accuser = someone(world)
    author = replace(acting(Role.GOV_CHECKER, "checker-3"), person=accuser.id)
    done = world.perform(actions.file, actor=author, kind="fraud", text="没有上课")
    case_id = world.ask(queries.cases, world.today)[0].id
    assert done.number
    with world.refused("complaint.not_yours"):
        world.perform(actions.assign, actor=author, complaint_id=case_id, account_id="friend")


def test_a_relative_complains_in_nobody_elses_name(world: World) -> None:
    helper = replace(acting(Role.PERSON, "helper", person=someone(world).id), on_behalf_of="holder")
    with world.refused("not_for_helpers"):
        world.perform(actions.file, actor=helper, kind="service", text="窗口没人")
