"""The pages of courses and returns: who may see them, what they say, and the whole way through them."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from skills import features
from skills.courses.queries import classes as class_queries
from skills.kernel.actors import Actor
from skills.kernel.sessions import Sessions
from skills.kernel.sheets import read, write_csv
from skills.web.pages import Me
from tests.courses.stage import Stage, institution, make_stage
from tests.courses.test_actions import HEAD, row
from tests.courses.wallet import voucher_for
from tests.world import World


@dataclass
class Visitors:
    """Browsers of people who hold just these rights."""

    world: World
    known: dict[str, Me]

    def come(self, actor: Actor) -> FlaskClient:
        self.known[actor.account] = Me(actor, name="访客", home="/", organisation=next(iter(actor.organisations), None))
        token = self.world.tool(Sessions).begin(actor.account, self.world.clock.now())
        client = self.world.client()
        client.set_cookie("skills", token, domain="localhost")
        return client


@pytest.fixture
def visitors(lite: World, monkeypatch: pytest.MonkeyPatch) -> Visitors:
    held = Visitors(lite, {})
    monkeypatch.setattr(features, "load_me", lambda: lambda _db, session: held.known.get(session.account_id))
    return held


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def press(client: FlaskClient, page_url: str, action: str, **fields: Any) -> Any:
    """Open a page, take its token and key, and send the form."""
    page = client.get(page_url).get_data(as_text=True)
    assert f'action="{action}"' in page, f"{page_url} offers {action}"
    data = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), **fields}
    return client.post(action, data=data)


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return str(answer.get_data(as_text=True))


def test_the_public_pages_need_nobody_signed_in(lite: World) -> None:
    stage = make_stage(lite)
    made = stage.open()
    client = lite.client()
    page = text_of(client.get("/courses?q=标注&occupation=4-04-05-05&level=2&district=500112"))
    assert "数据标注员入门" in page
    assert "没有找到合适的课程" in text_of(client.get("/courses?q=没有这种课"))
    page = text_of(client.get(f"/courses/{stage.course}"))
    assert made.number in page
    assert f'href="/courses/{stage.course}.jsonld"' in page
    assert re.findall(r"<script[^>]*>", page) == ['<script type="application/ld+json">']
    data = client.get(f"/courses/{stage.course}.jsonld")
    assert data.mimetype == "application/ld+json"
    assert data.json["hasCourseInstance"][0]["name"] == made.number
    assert data.json["offers"]["price"] == "2400.00"
    text_of(client.get("/courses/unknown"), 404)
    api = client.get("/api/v1/courses").json
    assert [c["title"] for c in api["courses"]] == ["数据标注员入门"]
    assert client.get(f"/api/v1/courses/{stage.course}/classes").json[0]["number"] == made.number


@pytest.mark.row(57)
def test_all_rules_are_public_with_what_to_do(lite: World) -> None:
    page = text_of(lite.client().get("/returns/rules"))
    for rule in lite.client().get("/api/v1/returns/rules").json:
        assert rule["code"] in page
    assert "请对照证件逐位核对" in page
    lite_en = lite.client()
    lite_en.set_cookie("lang", "en", domain="localhost")
    assert "Compare it with the document digit by digit" in text_of(lite_en.get("/returns/rules"))
    for form in ("xlsx", "csv"):
        sheet = read(lite.client().get(f"/returns/templates/completions.{form}").data)
        assert sheet.rows == (tuple(HEAD),)
    text_of(lite.client().get("/returns/templates/nothing.xlsx"), 404)


@pytest.mark.parametrize(
    "url", ["/org/courses", "/org/classes", "/org/returns", "/gov/courses", "/gov/classes", "/me/courses"]
)
def test_desks_are_closed_to_guests_and_to_those_without_the_right(visitors: Visitors, url: str) -> None:
    assert visitors.world.client().get(url).status_code == 303
    stranger = visitors.come(visitors.world.actor("nothing.at_all", account="stranger"))
    assert stranger.get(url).status_code == 403


def test_a_graduate_enrols_in_four_taps_and_leaves_again(visitors: Visitors) -> None:
    stage = make_stage(visitors.world)
    made, (person, _) = stage.open(), stage.person("张三")
    voucher = voucher_for(stage.world, person)
    client = visitors.come(stage.learner(person))
    first = text_of(client.get(f"/courses?voucher={voucher}"))  # tap 1: 选课用券
    course_url = re.search(r'href="(/courses/[^"]+)"', first.split("<h2>")[1])[1].replace("&amp;", "&")
    second = text_of(client.get(course_url))  # tap 2: the course
    class_url = re.search(r'href="(/me/enrol/[^"]+)"', second)[1].replace("&amp;", "&")
    assert f"voucher={voucher}" in class_url
    third = text_of(client.get(class_url))  # tap 3: the class
    assert "培训券抵扣" in third
    done = press(client, class_url, f"/me/enrol/{made.class_id}", voucher=voucher)  # tap 4: confirm
    page = text_of(client.get(done.location))
    assert "已报名" in page
    assert "数据标注员入门" in text_of(client.get("/me/courses"))
    left = press(client, done.location, f"{done.location}/withdraw", code="work")
    assert "已退课" in text_of(client.get(left.location))
    other, _ = stage.person()
    text_of(visitors.come(stage.learner(other)).get(done.location), 404)
    stage.world.holds()


def test_an_institution_plans_and_the_bureau_sends_back_then_approves(visitors: Visitors) -> None:
    stage = make_stage(visitors.world)
    org, gov = visitors.come(stage.clerk), visitors.come(stage.bureau)
    first = stage.world.today.replace(day=30)
    fields = {
        "district": "500112", "address": "学府路1号", "lecturer": "李老师", "seats": "2",
        "starts_on": first.isoformat(), "ends_on": first.isoformat(), "assessment_plan": "机考",
        "timetable": f"{first} 08:00-12:30 301室 标注\n看不懂的一行",
    }
    url = f"/org/classes/new?course={stage.course}"
    assert "第 2 行看不懂" in text_of(press(org, url, url, **fields), 422)
    fields["timetable"] = f"{first} 08:00-12:30 301室 标注"
    assert "师资库里没有“李老师”" in text_of(press(org, url, url, **fields), 422)
    stage.lecturer("李老师")
    fields["timetable"] = f"{first} 08:00-12:30 301室 标注\n{first} 13:30-18:00 301室 实操"
    held = press(org, url, url, **fields).location
    assert "301室" in text_of(org.get(held))
    refused = press(org, held, f"{held}/submit")
    assert "真实性承诺" in text_of(refused, 409)
    press(org, held, f"{held}/submit", promise="y")
    class_id = held.rsplit("/", 1)[1]
    number = stage.world.ask(class_queries.class_of, class_id, [stage.school]).number
    assert number in text_of(gov.get("/gov/classes"))
    press(gov, f"/gov/classes/{class_id}", f"/gov/classes/{class_id}/send-back", reason="请补充教师资质")
    assert "请补充教师资质" in text_of(org.get(held))
    press(org, held, f"{held}/submit", promise="y")
    press(gov, f"/gov/classes/{class_id}", f"/gov/classes/{class_id}/approve")
    assert "可报名" in text_of(org.get(held))
    press(gov, f"/gov/classes/{class_id}", f"/gov/classes/{class_id}/cancel", reason="教室停电")
    assert "教室停电" in text_of(org.get(held))
    stage.world.holds()


def test_a_course_is_written_reviewed_and_published_through_its_pages(visitors: Visitors) -> None:
    stage = make_stage(visitors.world)
    org, gov = visitors.come(stage.clerk), visitors.come(stage.city)
    fields = {
        "title": "云网运维入门", "kind": "skill", "zone": "mantianxing", "occupation": "4-04-05-05", "level": "3",
        "hours": "40", "fee": "1200.50", "standard": "标准一", "description": "介绍", "section": "", "mode": "onsite", "leads_to": "completion",
        "standard_version": "",
    }
    assert "请填写课程名称" in text_of(press(org, "/org/courses/new", "/org/courses/new", **{**fields, "title": ""}), 422)
    held = press(org, "/org/courses/new", "/org/courses/new", **fields).location
    assert "¥1,200.50" in text_of(org.get(held))
    press(org, held, held, **{**fields, "fee": "1300"})
    press(org, held, f"{held}/submit")
    review = held.replace("/org/", "/gov/")
    assert "云网运维入门" in text_of(gov.get("/gov/courses"))
    press(gov, review, f"{review}/publish")
    assert "¥1,300" in text_of(stage.world.client().get("/courses"))
    press(gov, review, f"{review}/withdraw", reason="停办")
    assert "云网运维入门" not in text_of(stage.world.client().get("/courses"))
    text_of(org.get("/org/courses"))
    stage.world.holds()


@pytest.mark.row(57)
def test_a_return_is_uploaded_mended_handed_in_and_receipted(visitors: Visitors) -> None:
    stage = make_stage(visitors.world)
    made = stage.open()
    people = [stage.person(name) for name in ("张三", "李四")]
    for person, _ in people:
        stage.enrol(made.class_id, person)
    stage.run(made.class_id)
    client = visitors.come(stage.clerk)
    rows = [row(stage, "张三", people[0][1], made.number), row(stage, "李四", people[1][1], made.number, score="101")]

    def send(body: bytes, name: str) -> str:
        answer = press(
            client, "/org/returns", "/org/returns", kind="completions", file=(io.BytesIO(body), name)
        )
        return str(answer.location)

    page = text_of(client.get(send(b"%PDF-1.4", "a.pdf")))
    assert "这不是电子表格文件" in page
    assert page.count('class="no"') == 1, "one fail, not many errors"
    held = send(write_csv([HEAD, *rows]), "结业.csv")
    page = text_of(client.get(held))
    assert "G3" in page
    assert "成绩不能超过 100 分" in page
    failed = read(client.get(f"{held}/failed.xlsx").data)
    assert failed.rows[0] == ("未入账原因", *HEAD)
    assert "G3" in failed.rows[1][0]
    assert "张三" in text_of(client.get(f"{held}?all=1"))
    press(client, held, f"{held}/fix", **{"cell-3-score": "91", "was-3-score": "101"})
    assert "没有需要处理的行" in text_of(client.get(held))
    press(client, held, f"{held}/accept")
    stage.world.run_jobs()
    page = text_of(client.get(held))
    assert "回执编号" in page
    again = send(write_csv([HEAD, rows[0], [*rows[1][:6], "91", *rows[1][7:]]]), "again.csv")
    press(client, again, f"{again}/accept")
    assert "报送一致，未作任何更改" in text_of(client.get(again))
    assert "结业.csv" in text_of(client.get("/org/returns")) or "HZ" in text_of(client.get("/org/returns"))
    stage.world.holds()


@pytest.fixture
def api(visitors: Visitors) -> Callable[..., Any]:
    """A program with a bearer token."""

    keys = (f"key-{number}" for number in count())

    def call(actor: Actor, method: str, url: str, body: object = None) -> Any:
        visitors.known[actor.account] = Me(
            actor, name="p", home="/", organisation=next(iter(actor.organisations), None)
        )
        token = visitors.world.tool(Sessions).begin(actor.account, visitors.world.clock.now(), kind="token")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": next(keys)}
        return visitors.world.client().open(f"/api/v1{url}", method=method, json=body, headers=headers)

    return call


def test_the_path_in_json(visitors: Visitors, api: Callable[..., Any]) -> None:
    world = visitors.world
    stage = Stage(world, institution(world))
    made = api(stage.clerk, "POST", "/courses", {
        "title": "接口课程", "occupation": "4-04-05-05", "level": 2, "hours": 12, "fee": 240_000, "zone": "mantianxing",
    })
    assert made.status_code == 201
    stage.course = made.json["course_id"]
    api(stage.clerk, "POST", f"/courses/{stage.course}/submit")
    assert api(stage.city, "POST", f"/courses/{stage.course}/publish").json["state"] == "published"
    planned = stage.plan()
    url = f"/classes/{planned.class_id}"
    refused = api(stage.clerk, "POST", f"{url}/submit", {"promise": False})
    assert (refused.status_code, refused.json["code"]) == (409, "class.not_ready")
    assert api(stage.clerk, "POST", f"{url}/submit", {"promise": True}).json["state"] == "submitted"
    assert api(stage.bureau, "POST", f"{url}/approve").json["state"] == "approved"
    person, document = stage.person("张三")
    learner = stage.learner(person)
    enrolled = api(learner, "POST", "/enrolments", {"class_id": planned.class_id})
    assert (enrolled.status_code, enrolled.json["price"]) == (201, 240_000)
    assert api(learner, "GET", "/enrolments").json[0]["state"] == "enrolled"
    stage.run(planned.class_id)
    content = write_csv([HEAD, row(stage, "张三", document, planned.number)])
    body = {"kind": "completions", "file_name": "a.csv", "content": base64.b64encode(content).decode()}
    dry = api(stage.clerk, "POST", "/returns/check", body).json
    assert (dry["totals"]["good"], dry["findings"]) == (1, [])
    filed = api(stage.clerk, "POST", "/returns", body).json
    handed = api(stage.clerk, "POST", f"/returns/{filed['return_id']}/accept").json
    assert handed["number"].startswith("HZ")
    world.run_jobs()
    assert api(stage.clerk, "GET", f"/returns/{filed['return_id']}").json["done"] == 1
    assert api(learner, "GET", "/enrolments").json[0]["state"] == "completed"
    world.holds()
