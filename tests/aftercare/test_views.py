"""The pages and the JSON API of after-care: what each hand sees, does, and is refused."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from skills.accounts.rules import Role
from skills.aftercare import queries
from skills.aftercare.rules import CareKind
from skills.credentials import queries as certificates
from skills.kernel.actors import Actor
from skills.kernel.sessions import Sessions
from tests.aftercare.stage import ABOVE, case
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.credentials.test_actions import NUMBER
from tests.people_and_bodies import acting

__all__ = ["visitors"]


def test_from_asking_to_the_new_certificate_through_pages_alone(visitors: Visitors) -> None:
    world = visitors.world
    c = case(world)
    world.clock.forward(days=1)
    holder, clerk, checker = visitors.come(c.holder), visitors.come(c.clerk), visitors.come(c.checker)
    assert NUMBER in text_of(holder.get("/me/care"))
    assert "原始考核或培训档案" in text_of(holder.get(f"/me/care/new/{NUMBER}/correct"))
    where = f"/me/care/new/{NUMBER}/correct"
    empty = press(holder, where, where, reason="correction", text="")
    assert "请写明情况" in text_of(empty, 422)
    answer = press(holder, where, where, reason="correction", text="工种写错了")
    assert answer.status_code == 303
    mine = answer.headers["Location"]
    assert "待初审" in text_of(holder.get(mine))
    request_id = mine.rsplit("/", 1)[1]
    desk = text_of(clerk.get("/ent/care"))
    assert c.who.name in desk
    here = f"/ent/care/{request_id}"
    assert "工种写错了" in text_of(clerk.get(here))
    refused = press(clerk, here, f"{here}/examine", proofs="original_file", note="")
    assert "收回的旧证书原件" in refused.get_data(as_text=True)
    press(clerk, here, f"{here}/examine", proofs=["original_file", "paper_back"], note="核对档案", branch="人工智能算法测试员")
    assert "人工智能算法测试员" in text_of(checker.get(here))
    assert f'action="{here}/carry-out"' not in text_of(clerk.get(here))  # the first hand is not offered the second
    done = press(checker, here, f"{here}/carry-out")
    assert done.status_code == 303
    page = text_of(holder.get(mine))
    assert "已办结" in page
    assert NUMBER in page
    assert world.ask(certificates.certificate, NUMBER).claims.branch == "人工智能算法测试员"
    verify = world.client().post("/verify", data={"number": NUMBER, "name": c.who.name}).text
    assert "尚未上传，通常需要 15 个工作日" in verify
    world.holds(ABOVE)


def test_the_holder_is_shown_why_and_answers_before_a_revocation(visitors: Visitors) -> None:
    world = visitors.world
    c = case(world)
    clerk, holder, checker = visitors.come(c.clerk), visitors.come(c.holder), visitors.come(c.checker)
    form = f"/ent/care/new/{NUMBER}/revoke"
    answer = press(clerk, form, f"/ent/care/revocations/{NUMBER}", reason="fraud", text="涉嫌替考", urgent="y")
    here = answer.headers["Location"]
    request_id = here.rsplit("/", 1)[1]
    assert "证书已暂停" in text_of(checker.get(here))
    assert f'action="{here}/revoke"' not in text_of(checker.get(here))
    assert "陈述申辩" in text_of(holder.get("/me/care"))
    mine = f"/me/care/{request_id}"
    assert "涉嫌替考" in text_of(holder.get(mine))
    press(holder, mine, f"{mine}/answer", words="本人参加了考试")
    assert "本人参加了考试" in text_of(checker.get(here))
    press(checker, here, f"{here}/revoke", words="监控不符，不采纳")
    assert "已撤销" in world.client().post("/verify", data={"number": NUMBER, "name": c.who.name}).text
    world.holds(ABOVE)


def test_the_authority_orders_on_a_page_and_sees_who_is_late(visitors: Visitors) -> None:
    world = visitors.world
    c = case(world)
    authority, clerk = visitors.come(c.authority), visitors.come(c.clerk)
    sent = {"number": NUMBER, "kind": "revoke", "document": "渝人社责〔2026〕8号", "grounds": "巡查发现替考"}
    assert press(authority, "/gov/care/orders/new", "/gov/care/orders/new", **sent).status_code == 303
    for browser in (authority, clerk):
        assert "渝人社责〔2026〕8号" in text_of(browser.get("/gov/care" if browser is authority else "/ent/care"))
    world.clock.forward(days=60)
    authority, clerk = visitors.come(c.authority), visitors.come(c.clerk)
    assert "已超期" in text_of(authority.get("/gov/care"))
    order = re.search(r"/gov/care/orders/(\w+)/recall", text_of(authority.get("/gov/care")))
    assert order
    press(authority, "/gov/care", order[0])
    assert "渝人社责" not in text_of(clerk.get("/ent/care"))
    world.holds(ABOVE)


def test_the_paper_is_handed_out_once_on_the_page_of_the_certificate(visitors: Visitors) -> None:
    world = visitors.world
    c = case(world, printed=True)
    admin = visitors.come(acting(Role.BODY_ADMIN, "admin", organisation=c.issuer))
    here = f"/ent/certificates/{NUMBER}"
    serial = world.ask(certificates.certificate, NUMBER).serial
    assert serial in text_of(admin.get(here))
    press(admin, here, f"{here}/hand-out", to="proxy", serial="B123")
    shown = text_of(admin.get(here))
    assert "hand-out" not in shown
    assert f"/ent/care/new/{NUMBER}/reprint" in shown
    world.holds(ABOVE)


def test_the_api_does_the_same_and_a_replay_does_it_once(visitors: Visitors) -> None:
    world = visitors.world
    c = case(world)

    def send(actor: Actor, path: str, key: str, **body: object) -> TestResponse:
        visitors.come(actor)
        token = world.tool(Sessions).begin(actor.account, world.clock.now())
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return world.client().post(f"/api/v1{path}", json=body, headers=headers)

    order = {"kind": "cancel", "reason": "holder", "text": "自愿放弃"}
    first = send(c.holder, f"/me/certificates/{NUMBER}/care", "ask-once-0001", **order)
    again = send(c.holder, f"/me/certificates/{NUMBER}/care", "ask-once-0001", **order)
    assert first.status_code == 201, first.get_data(as_text=True)
    assert first.get_json() == again.get_json()
    request_id = first.get_json()["request_id"]
    missing = send(c.clerk, f"/care/{request_id}/examine", "examine-0001", proofs=[])
    assert missing.get_json()["code"] == "care.proof_missing"
    seen = send(c.clerk, f"/care/{request_id}/examine", "examine-0002", proofs=["identity"])
    assert seen.get_json()["line"]["state"] == "examined"
    done = send(c.checker, f"/care/{request_id}/carry-out", "carry-out-0001")
    assert done.get_json()["state"] == "done"
    assert world.ask(certificates.happened, NUMBER).what == "cancelled"
    assert [line.kind for line in world.ask(queries.of_person, c.who.id, world.today)] == [CareKind.CANCEL]
    world.holds(ABOVE)
