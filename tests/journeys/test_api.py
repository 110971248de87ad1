"""The whole path by the JSON API alone: each step by the account that does it in life, with a bearer token."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from skills.accounts.actions import create_staff
from skills.accounts.rules import BUREAU, Role
from skills.kernel.sessions import Sessions
from skills.kernel.sheets import write_csv
from skills.records.actions import state_fact
from skills.standards.calendar import add_working_days
from skills.web.pages import Me
from tests.courses.stage import HOURS, institution
from tests.courses.test_actions import HEAD
from tests.courses.test_views import Visitors, visitors
from tests.people_and_bodies import Someone, acting, body, someone

__all__ = ["visitors"]
JOB = "4-04-05-01"


class Program:
    """Calls the API in the name of one account; tokens are fresh for each call."""

    keys = count()

    def __init__(self, visitors: Visitors, role: Role, account: str, **who: Any) -> None:
        self.visitors, self.actor = visitors, acting(role, account, **who)
        self.organisation = who.get("organisation")
        assert role in BUREAU or role is Role.JUDGE or who

    def call(self, method: str, path: str, body: object = None, expect: int = 0) -> Any:
        world = self.visitors.world
        self.visitors.known[self.actor.account] = Me(self.actor, name="p", home="/", organisation=self.organisation)
        token = world.tool(Sessions).begin(self.actor.account, world.clock.now(), kind="token", stepped_up=True)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"key-{next(self.keys)}-of-a-program"}
        answer = world.client().open(f"/api/v1{path}", method=method, json=body, headers=headers)
        wanted = (expect,) if expect else (200, 201, 202)
        assert answer.status_code in wanted, (method, path, answer.get_data(as_text=True))
        return answer.get_json()


@pytest.fixture
def person(visitors: Visitors) -> Someone:
    who = someone(visitors.world, 1, "陈星宇")
    visitors.world.perform(
        state_fact, person_id=who.id, kind="education", source="list:1", strength="compared",
        body={"kind": "college", "major": "软件技术", "occupations": [JOB], "graduated_on": "2026-06-30", "expected_on": None,
              "school": "渝江学院"},
    )  # fmt: skip
    return who


@pytest.mark.row(22)
def test_the_seven_steps_by_programs(visitors: Visitors, person: Someone) -> None:
    world = visitors.world
    clerk, checker = Program(visitors, Role.GOV_CLERK, "g1"), Program(visitors, Role.GOV_CHECKER, "g2")
    me = Program(visitors, Role.PERSON, "me", person=person.id)
    vouchers(visitors, clerk, checker, me, person)
    course(visitors, clerk, me, person)
    number = exam(visitors, clerk, me, person)
    contest(visitors, clerk, checker, me)
    found = me.call("POST", "/verifications", {"number": number, "name": "陈星宇"})
    assert (found["state"], found["kind"]) == ("VALID", "level")
    for wrong in ({"number": number, "name": "别的人"}, {"number": "S000000000000000000000", "name": "陈星宇"}):
        assert me.call("POST", "/verifications", wrong) == {"state": "NO_MATCH"}
    assert number in {c["number"] for c in me.call("GET", "/me/certificates")}
    assert {e["kind"] for e in me.call("GET", "/me/passport")} == {"education", "training", "level", "placing"}
    world.holds()


def vouchers(visitors: Visitors, clerk: Program, checker: Program, me: Program, person: Someone) -> None:
    day = visitors.world.today
    batch = clerk.call("POST", "/batches", {
        "title": "满天星培训券", "district": "500112", "groups": ["graduate_of_year"], "claim_from": f"{day}",
        "claim_until": f"{day + timedelta(days=60)}", "life_months": 3, "face": 120_000, "count_ceiling": 10,
        "money_ceiling": 1_200_000, "policy_source": "措施第12条", "scope_form": "general",
    })["batch_id"]  # fmt: skip
    clerk.call("POST", f"/batches/{batch}/approve", expect=403)
    checker.call("POST", f"/batches/{batch}/approve")
    clerk.call("POST", f"/batches/{batch}/open")
    clerk.call("POST", f"/batches/{batch}/people", {"people": [person.id]})
    clerk.call("POST", f"/batches/{batch}/issue")
    visitors.world.run_jobs()
    me.call("POST", "/vouchers/claims", {"batch_id": batch})
    me.call("POST", "/vouchers/claims", {"batch_id": batch}, expect=409)


def course(visitors: Visitors, clerk: Program, me: Program, person: Someone) -> None:
    world = visitors.world
    school_id = institution(world)
    school = Program(visitors, Role.INSTITUTION_ADMIN, "s1", organisation=school_id)
    made = school.call("POST", "/courses", {"title": "程序设计入门", "occupation": JOB, "level": 2, "hours": HOURS,
                                            "fee": 240_000, "zone": "mantianxing"})["course_id"]  # fmt: skip
    school.call("POST", f"/courses/{made}/submit")
    clerk.call("POST", f"/courses/{made}/publish")
    teacher = someone(world, 9, "李老师", date(1985, 5, 5))
    taught = school.call("POST", "/org/lecturers", {
        "name": "李老师", "document_kind": "resident", "document_number": teacher.number, "occupations": [JOB],
        "qualifications": [{"kind": "title", "name": "高级讲师", "number": "渝职称20260017"}],
    })["lecturer_id"]  # fmt: skip
    clerk.call("POST", f"/gov/lecturers/{taught}/confirm", {"strength": "seen"})
    first = world.today + timedelta(days=7)
    lessons = [
        {"starts_at": f"{first + timedelta(days=d)}T09:00:00+08:00", "ends_at": f"{first + timedelta(days=d)}T12:00:00+08:00",
         "room": "301", "lecturers": [taught]}
        for d in range(3)
    ]  # fmt: skip
    planned = school.call("POST", "/classes", {
        "course_id": made, "district": "500112", "address": "学府路1号",
        "assessment_plan": "机考", "seats": 30, "starts_on": f"{first}", "ends_on": f"{first + timedelta(days=2)}",
        "sessions": lessons,
    })  # fmt: skip
    class_id = planned["class_id"]
    school.call("POST", f"/classes/{class_id}/submit", {"promise": True})
    clerk.call("POST", f"/classes/{class_id}/approve")
    voucher = me.call("GET", "/me/vouchers")["vouchers"][0]["id"]
    me.call("POST", "/enrolments", {"class_id": class_id, "voucher_id": voucher})
    world.clock.forward(days=8)
    school.call("POST", f"/classes/{class_id}/start")
    world.clock.forward(days=3)
    school.call("POST", f"/classes/{class_id}/finish")
    row = ["陈星宇", "居民身份证", person.number, planned["number"], "12", "100", "88", f"{world.today}", "合格"]
    filed = school.call("POST", "/returns", returned([row]))
    school.call("POST", f"/returns/{filed['return_id']}/accept")
    world.run_jobs()
    assert me.call("GET", "/enrolments")[0]["state"] == "completed"


def returned(rows: list[list[str]]) -> dict[str, str]:
    """A completion return as a program sends it."""
    content = base64.b64encode(write_csv([HEAD, *rows])).decode()
    return {"kind": "completions", "file_name": "a.csv", "content": content}


def plan_staff(visitors: Visitors, centre: str) -> dict[str, list[str]]:
    """Who serves at an exam of a body, by duty: accounts with the role."""
    wanted = {"examiners": (Role.EXAMINER, 3), "invigilators": (Role.INVIGILATOR, 2), "supervisors": (Role.INTERNAL_SUPERVISOR, 1)}
    return {
        duties: [
            visitors.world.perform(create_staff, login=f"{role}-{n}", name=f"{duties}-{n}", role=role, organisation_id=centre).id
            for n in range(count)
        ]
        for duties, (role, count) in wanted.items()
    }


def exam(visitors: Visitors, clerk: Program, me: Program, person: Someone) -> str:
    world = visitors.world
    centre = body(world, "social_body", 7, "星河评价中心")
    staff = {"organisation": centre}
    admin = Program(visitors, Role.BODY_ADMIN, "b1", **staff)
    first, second = Program(visitors, Role.BODY_CLERK, "b2", **staff), Program(visitors, Role.EXAMINER, "b3", **staff)
    signer = Program(visitors, Role.BODY_CHECKER, "b4", **staff)
    filing = admin.call("POST", "/filings", {"organisation_id": centre, "contact": "王工",
                                             "scope": [{"occupation": JOB, "level": 3}]})["filing_id"]  # fmt: skip
    admin.call("POST", f"/filings/{filing}/submit")
    clerk.call("POST", f"/filings/{filing}/accept")
    serve = plan_staff(visitors, centre)
    watch, watch_2 = (Program(visitors, Role.INVIGILATOR, account, **staff) for account in serve["invigilators"])
    day = world.today
    plan: dict[str, Any] = {
        "organisation_id": centre, "occupation": JOB, "level": 3, "site": "星光大道1号", "registration_from": f"{day}",
        "registration_to": f"{day + timedelta(days=5)}", "held_on": f"{add_working_days(day, 10)}", "capacity": 30,
        "fee_cents": 0, **serve,
        "rooms": [{"name": "第1考场", "rows": 6, "columns": 5}], "papers": 2,
        "hours": [{"section": "theory", "begins": "09:00", "minutes": 90}, {"section": "practical", "begins": "10:50", "minutes": 60}],
    }  # fmt: skip
    first.call("POST", "/plans", {**plan, "level": 6}, expect=409)
    sitting = first.call("POST", "/plans", plan)["sitting_id"]
    for step in ("file", "open"):
        first.call("POST", f"/plans/{sitting}/{step}")
    assert [s["id"] for s in me.call("GET", "/sittings")] == [sitting]
    assert me.call("GET", f"/sittings/{sitting}/eligibility")["eligibility"]["yes"]
    application = me.call("POST", "/applications", {"sitting_id": sitting})["application_id"]
    world.clock.forward(days=6)
    for step in ("close", "seat"):
        first.call("POST", f"/plans/{sitting}/{step}")
    world.clock.forward(days=20)
    first.call("POST", f"/plans/{sitting}/hold", expect=409)  # no record of the room yet
    (door,) = watch.call("GET", f"/plans/{sitting}/door")
    noted = [{"ticket": door["people"][0]["ticket"], "section": section, "found": "present"} for section in ("theory", "practical")]
    watch.call("POST", f"/plans/{sitting}/presence", {"lines": noted})
    record = watch.call("POST", f"/plans/{sitting}/records", {"position": 1})["record_id"]
    watch.call("POST", f"/room-records/{record}/countersign", expect=409)
    watch_2.call("POST", f"/room-records/{record}/countersign")
    first.call("POST", f"/plans/{sitting}/hold")
    for section in ("theory", "practical"):
        for typist in (first, second):
            wrong = {"section": section, "lines": [{"application_id": application, "text": "101"}]}
            typist.call("POST", f"/plans/{sitting}/scores", wrong, expect=409)
            right = {"section": section, "lines": [{"application_id": application, "text": "60"}]}
            typist.call("POST", f"/plans/{sitting}/scores", right)
    signer.call("POST", f"/plans/{sitting}/sign")
    signer.call("POST", f"/plans/{sitting}/countersign", expect=409)
    admin.call("POST", f"/plans/{sitting}/countersign")
    world.clock.forward(days=12)
    for step in ("end-review", "notice"):
        admin.call("POST", f"/plans/{sitting}/{step}")
    assert len(me.call("GET", "/notices")) == 1
    world.clock.forward(days=12)
    admin.call("POST", f"/plans/{sitting}/conclude")
    world.seal()
    world.run_jobs()
    return str(me.call("GET", "/me/applications")[0]["number"])


def contest(visitors: Visitors, clerk: Program, checker: Program, me: Program) -> None:
    world = visitors.world
    day = world.today + timedelta(days=5)
    made = clerk.call("POST", "/competitions", {
        "name": "满天星技能大赛", "tier": "city", "organiser_id": body(world, "enterprise", 8, "星图"), "venue": "软件园",
        "starts_on": f"{day}", "ends_on": f"{day}",
        "events": [{"name": "程序设计", "occupation": JOB, "paper_level": 3, "practical_weight": 70}],
    })  # fmt: skip
    page, event = f"/competitions/{made['competition_id']}", made["event_ids"][0]
    checker.call("POST", f"{page}/approve")
    clerk.call("POST", f"{page}/open")
    me.call("POST", "/competitions/entries", {"event_id": event})
    clerk.call("POST", f"{page}/start")
    for name in ("j1", "j2"):
        judge = Program(visitors, Role.JUDGE, name)
        for section in ("practical", "theory"):
            judge.call("POST", "/competitions/marks", {"event_id": event, "section": section,
                                                       "marks": [{"bench": 1, "mark": "88"}]})  # fmt: skip
    clerk.call("POST", f"{page}/close-marking")
    checker.call("POST", f"{page}/ratify")
    clerk.call("POST", f"{page}/publish")
    world.seal()
    world.run_jobs()
    assert me.call("GET", f"{page}/ranking")[0]["places"][0]["rank"] == 1
    offers = [e for e in me.call("GET", "/me/passport") if e["kind"] == "placing"]
    assert len(offers) == 1
