"""The pages of what becomes of reported rows, and the same through the JSON API."""

from __future__ import annotations

import html
import io
import re
from itertools import count
from typing import Any

import pytest

from skills import features
from skills.accounts.rules import Role
from skills.desk.queries import work
from skills.kernel.sessions import Sessions
from skills.kernel.sheets import write_csv
from skills.returns import queries
from skills.returns.queries import removals as removal_queries
from skills.web.pages import Me
from tests.courses.filed import HEAD, enrolled, reported
from tests.courses.test_views import Visitors, hidden, press, text_of
from tests.people_and_bodies import acting
from tests.world import World

KEYS = count()
pytestmark = pytest.mark.row(60)


@pytest.fixture
def visitors(lite: World, monkeypatch: pytest.MonkeyPatch) -> Visitors:
    held = Visitors(lite, {})
    monkeypatch.setattr(features, "load_me", lambda: lambda _db, session: held.known.get(session.account_id))
    return held


def test_a_row_is_corrected_on_its_page_and_its_versions_are_shown(visitors: Visitors) -> None:
    filed = reported(visitors.world, 1)
    client = visitors.come(filed.clerk)
    url = f"/org/returns/{filed.return_id}"
    page = text_of(client.get(url + "?all=1"))
    assert f'href="{url}/rows/2"' in page
    history = text_of(client.get(f"{url}/rows/2"))
    assert "更正这一行" in history
    form = text_of(client.get(f"{url}/rows/2/correct"))
    assert 'name="cell-score" value="88"' in form
    cells = {f"cell-{n}": v for n, v in filed.cells(2).items()}
    wrong = press(client, f"{url}/rows/2/correct", f"{url}/rows/2/correct", **{**cells, "cell-score": "200"}, reason="录入错误")
    assert "分数" in text_of(wrong, 422) or "成绩" in text_of(wrong, 422)
    done = press(client, f"{url}/rows/2/correct", f"{url}/rows/2/correct", **{**cells, "cell-score": "91"}, reason="录入错误")
    assert done.status_code in (302, 303)
    visitors.world.run_jobs()
    after = text_of(client.get(f"{url}/rows/2"))
    assert "更正待证书办结" in after
    assert "证书办理 SH" in after
    assert "录入错误" in after
    assert "更正这一行" not in after  # one at a time
    assert "后来的更正和作废" in text_of(client.get(url))


def test_a_close_row_asks_on_the_page_and_the_answer_decides(visitors: Visitors) -> None:
    filed = reported(visitors.world, 2)
    client = visitors.come(filed.clerk)
    later = filed.upload([filed.row(0, completed_on=filed.cells(2)["completed_on"].replace("-1", "-1"), score="91"), filed.row(1)])
    url = f"/org/returns/{later.return_id}"
    page = text_of(client.get(url))
    assert "更正还是新记录" in page
    assert "已入账" in page
    assert "如现在报送：0 人入账" in page
    answered = press(client, url, f"{url}/rows/2/answer", answer="correct", reason="原件录错")
    assert answered.status_code in (302, 303)
    page = text_of(client.get(url))
    assert "如现在报送：1 人入账" in page
    press(client, url, f"{url}/accept")
    visitors.world.run_jobs()
    assert filed.line(2, later.return_id).state == "awaiting"


def test_a_void_is_shown_with_names_and_money_and_confirmed_by_a_colleague(visitors: Visitors) -> None:
    filed = reported(visitors.world, 3)
    client, other = visitors.come(filed.clerk), visitors.come(filed.admin)
    url = f"/org/returns/{filed.return_id}"
    page = text_of(client.get(f"{url}/void?row=2"))
    assert "须由本单位另一位同事确认" in page
    assert "学**" in page or "学*" in page  # masked
    done = press(client, f"{url}/void?row=2", f"{url}/void", row="2", reason="报错了班")
    removal = done.headers["Location"]
    assert "由您申请" in text_of(client.get(removal))
    assert any(w.url == "/org/returns/removals" for w in visitors.world.ask(work.org, filed.admin, visitors.world.today))
    assert not any(w.url == "/org/returns/removals" for w in visitors.world.ask(work.org, filed.clerk, visitors.world.today))
    assert "等您确认" in text_of(other.get("/org/returns/removals"))
    page = text_of(other.get(removal))
    assert "确认移除 1 行" in page
    confirmed = press(other, removal, f"{removal}/confirm")
    assert confirmed.status_code in (302, 303)
    visitors.world.run_jobs()
    assert "待证书办结" in text_of(other.get(removal))


def test_a_complete_list_shows_whom_it_leaves_out_before_it_is_handed_in(visitors: Visitors) -> None:
    filed = reported(visitors.world, 3)
    client = visitors.come(filed.clerk)
    later = filed.upload([filed.row(0), filed.row(1)])
    url = f"/org/returns/{later.return_id}"
    assert "标为完整名单" in text_of(client.get(url))
    press(client, url, f"{url}/complete", complete="1")
    page = text_of(client.get(url))
    assert "报送后会移除 1 行（这些班已入账 3 行）" in page
    assert 'name="removes" value="1"' in page
    refused = client.post(f"{url}/accept", data={"csrf_token": hidden(page, "csrf_token"), "key": "k-1"})
    assert "没有确认" in refused.get_data(as_text=True)
    press(client, url, f"{url}/accept", removes="1")
    assert "移除 1 行" in text_of(client.get("/org/returns/removals"))


def test_a_receipt_is_found_by_its_number_and_knows_its_file(visitors: Visitors) -> None:
    filed = enrolled(visitors.world, 1)
    data = write_csv([HEAD, filed.row(0)])
    filed.return_id = filed.file([filed.row(0)])
    number = visitors.world.ask(queries.summary, filed.return_id, [filed.stage.school]).number
    client = visitors.come(filed.clerk)
    page = text_of(client.get(f"/org/returns/receipts?number={number.lower()}"))
    assert "回执有效" in page

    def compare(body: bytes) -> str:
        token = hidden(text_of(client.get("/org/returns/receipts")), "csrf_token")
        return text_of(client.post("/org/returns/receipts", data={"csrf_token": token, "number": number, "file": (io.BytesIO(body), "a.csv")}))

    assert "与报送的是同一份" in compare(data)
    assert "不是报送的那一份" in compare(data + b"\n")
    assert "没有编号为" in text_of(client.get("/org/returns/receipts?number=HZ20260101-AAAAAA"), 404)
    stranger = visitors.come(acting(Role.INSTITUTION_CLERK, organisation="somebody-else", account="stranger"))
    text_of(stranger.get(f"/org/returns/receipts?number={number}"), 404)
    for path in (f"/org/returns/{filed.return_id}/rows/2", f"/org/returns/{filed.return_id}/void?row=2"):
        text_of(stranger.get(path), 404)


def api(visitors: Visitors, actor: Any, method: str, path: str, body: Any = None, key: str = "") -> Any:
    visitors.known[actor.account] = Me(actor, name="p", home="/", organisation=next(iter(actor.organisations), None))
    token = visitors.world.tool(Sessions).begin(actor.account, visitors.world.clock.now(), kind="token")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or f"k-{next(KEYS)}"}
    return visitors.world.client().open(f"/api/v1{path}", method=method, json=body, headers=headers)


def test_what_goes_is_shown_page_by_page(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal_queries, "PAGE", 1)
    filed = reported(visitors.world, 3)
    client = visitors.come(filed.clerk)
    later = filed.upload([filed.row(0)]).return_id
    url = f"/org/returns/{later}"
    press(client, url, f"{url}/complete", complete="1")

    def follow(at: str, link: str, marks: str) -> None:
        """The first page names the second person alone and leads to one that names the third."""
        page = text_of(client.get(at))
        assert marks in page
        found = re.search(rf'href="([^"]*[?&;]{link}=[^"]+)"', page)
        assert found, page
        further = text_of(client.get(html.unescape(found[1])))
        assert marks in further
        assert not re.search(rf'href="([^"]*[?&;]{link}=[^"]+)"', further)
        assert page.count("<tr>") == further.count("<tr>")

    follow(url, "gone", "会移除 2 行")
    path = f"/returns/{filed.return_id}/at-stake?rows=3,4"
    first = api(visitors, filed.clerk, "GET", path).json
    second = api(visitors, filed.clerk, "GET", f"{path}&after={first['after']}").json
    assert (first["told"], second["after"]) == (second["told"], "")
    assert {s["source"] for s in first["stakes"] + second["stakes"]} == {f"enrolment:{filed.people[i][2]}" for i in (1, 2)}
    asked = api(visitors, filed.clerk, "POST", f"/returns/{filed.return_id}/void", {"rows": [3, 4], "reason": "报错了班"}).json
    follow(f"/org/returns/removals/{asked['removal_id']}", "after", "移除 2 行")


def test_programs_do_the_same_and_a_key_sent_twice_does_it_once(visitors: Visitors) -> None:
    world = visitors.world
    filed = reported(world, 3)
    path = f"/returns/{filed.return_id}"
    body = {"cells": {"score": "91"}, "reason": "录入错误"}
    first = api(visitors, filed.clerk, "POST", f"{path}/rows/2/corrections", body, "same")
    again = api(visitors, filed.clerk, "POST", f"{path}/rows/2/corrections", body, "same")
    assert (first.status_code, again.json) == (201, first.json)
    other = api(visitors, filed.clerk, "POST", f"{path}/rows/2/corrections", {**body, "reason": "别的"}, "same")
    assert other.status_code == 422
    world.run_jobs()
    history = api(visitors, filed.clerk, "GET", f"{path}/rows/2").json
    assert [v["state"] for v in history["versions"]] == ["awaiting", "applied"]
    assert history["versions"][0]["changed"] == ["score"]
    stake = api(visitors, filed.clerk, "GET", f"{path}/at-stake?rows=3,4").json
    assert (stake["told"]["rows"], stake["told"]["stands"], len(stake["stakes"])) == (2, 3, 2)
    asked = api(visitors, filed.clerk, "POST", f"{path}/void", {"rows": [3, 4], "reason": "报错了班"})
    assert (asked.status_code, asked.json["second"]) == (201, True)
    removal = asked.json["removal_id"]
    refused = api(visitors, filed.clerk, "POST", f"/returns/removals/{removal}/confirm")
    assert (refused.status_code, refused.json["code"]) == (409, "removal.own_work")
    assert refused.json["zh"]["todo"]
    assert [r["id"] for r in api(visitors, filed.admin, "GET", "/returns/removals").json] == [removal]
    done = api(visitors, filed.admin, "POST", f"/returns/removals/{removal}/confirm")
    assert done.json["state"] == "confirmed"
    world.run_jobs()
    shown = api(visitors, filed.admin, "GET", f"/returns/removals/{removal}").json
    assert {r["state"] for r in shown["lines"]} == {"waiting"}
    assert len(api(visitors, filed.clerk, "GET", f"{path}/changes").json) == 3
    number = api(visitors, filed.clerk, "GET", path).json["number"]
    receipt = api(visitors, filed.clerk, "GET", f"/returns/receipts/{number}?sha256={'0' * 64}").json
    assert (receipt["applied"], receipt["same_file"]) == (3, False)
    described = world.client().get("/api/v1/openapi.json").json["paths"]
    assert "/returns/{return_id}/rows/{row}/corrections" in described or "/api/v1/returns/{return_id}/rows/{row}/corrections" in described
    world.holds()


def test_an_answer_through_the_api_is_refused_where_nothing_is_asked(visitors: Visitors) -> None:
    filed = reported(visitors.world, 1)
    later = filed.upload([filed.row(0)])
    asked = api(visitors, filed.clerk, "POST", f"/returns/{later.return_id}/rows/2/answer", {"answer": "new"})
    assert (asked.status_code, asked.json["code"]) == (409, "change.nothing_asked")
    close = filed.upload([filed.row(0, score="91")])
    fresh = api(visitors, filed.clerk, "POST", f"/returns/{close.return_id}/rows/2/answer", {"answer": "new"})
    assert fresh.json["code"] == "change.answer_unfit"
    bare = api(visitors, filed.clerk, "POST", f"/returns/{close.return_id}/rows/2/answer", {"answer": "correct"})
    assert bare.json["code"] == "change.reason_needed"


