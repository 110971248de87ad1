"""The pages and the API of settlement: everybody's desk, finance's file, the public's notice."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.kernel.box import Box
from skills.kernel.sessions import Sessions
from skills.settlement.models import ClawBack, PayeeAccount, StatementObjection
from skills.settlement.queries import files
from skills.settlement.queries.files import yuan
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.settlement.stage import DISTRICT, Stage
from tests.settlement.test_dropped_claims import taken_back
from tests.vouchers.stage import FACE

__all__ = ["visitors"]
pytestmark = pytest.mark.row(13)
NUMBER = "6222020000012345678"


def desks(visitors: Visitors, stage: Stage) -> tuple[FlaskClient, FlaskClient, FlaskClient, FlaskClient]:
    """Institution, clerk, checker and finance, freshly signed in."""
    return (
        visitors.come(acting(Role.INSTITUTION_ADMIN, "a1", organisation=stage.school)),
        visitors.come(acting(Role.GOV_CLERK, "c1", district=DISTRICT)),
        visitors.come(acting(Role.GOV_CHECKER, "c2", district=DISTRICT)),
        visitors.come(acting(Role.FINANCE, "f1", district=DISTRICT)),
    )


def test_the_way_of_the_money_by_the_pages_of_four_desks(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.earned()
    stage.earned(cents=100_000)
    admin, clerk, checker, finance = desks(visitors, stage)
    page = text_of(admin.get("/org/money"))
    assert "¥2,200" in page
    assert "还没有核验过的收款账户" in page
    assert "2027年1月1日起可以编制" in page
    form, own = "/org/money/account", {"holder": "星河职业培训学校1", "bank": "重庆银行渝北支行"}
    assert press(admin, form, form, **own, number="1.1E+17").status_code in (409, 422)
    assert press(admin, form, form, **own, number="6222 0200 0001 2345 678").status_code == 303
    with world.db() as db:
        account = db.scalars(select(PayeeAccount)).one()
    assert NUMBER not in text_of(admin.get("/org/money"))
    assert "收款账户待核验" in text_of(checker.get("/gov"))
    payee = f"/gov/payees/{account.id}"
    assert NUMBER in text_of(checker.get(payee))
    assert clerk.get(payee).status_code == 403
    assert press(checker, payee, f"{payee}/verify").status_code == 303
    stage.next_quarter()
    admin, clerk, checker, finance = desks(visitors, stage)
    drawn = press(admin, "/org/money", "/org/money/draw", district=DISTRICT, period="2026Q4")
    mine = drawn.headers["Location"]
    assert "正在处理明细" in text_of(admin.get(mine))
    world.run_jobs()
    page = text_of(admin.get(mine))
    assert "申请结算 ¥2,200" in page
    assert press(admin, mine, f"{mine}/submit").status_code == 303
    world.run_jobs()
    here = mine.replace("/org/", "/gov/")
    assert "结算申请待审核" in text_of(clerk.get("/gov"))
    assert here in text_of(clerk.get("/gov/statements"))
    assert finance.get(here).status_code == 404, "what was not handed over does not exist for finance"
    assert press(clerk, here, f"{here}/check").status_code == 303
    assert f'action="{here}/notice"' not in text_of(clerk.get(here))
    assert press(checker, here, f"{here}/notice").status_code == 303
    public = world.client()
    notice = here.replace("/gov/", "/notices/")
    assert notice in text_of(public.get("/notices/statements"))
    page = text_of(public.get(notice))
    assert "学员1" not in page
    assert "¥1,200" in page
    line = re.search(r'href="(/notices/statements/lines/[^"]+/objection)"', page)
    assert line
    assert press(public, line[1], line[1], name="", contact="", text="").status_code == 422
    assert "异议已受理" in text_of(press(public, line[1], line[1], name="王某", contact="13800000000", text="没有来上课"))
    with world.db() as db:
        objection = db.scalars(select(StatementObjection)).one()
    case = f"/gov/objections/statements/{objection.id}"
    assert "结算异议待办" in text_of(checker.get("/gov"))
    page = text_of(checker.get(case))
    assert "13800000000" in page
    answer = f"/notices/statements/objections/{objection.receipt}"
    waiting = text_of(public.get(answer))
    assert "2027年1月25日" in waiting, "ten working days after the eleventh"
    assert "2027年1月25日" in page
    assert not re.search("13800000000|王某", waiting)
    text_of(public.get(answer[:-1]), 404)
    assert press(checker, case, case, outcome="dismiss", reply="签到属实").status_code == 303
    assert "签到属实" in text_of(public.get(answer.replace(objection.receipt, objection.receipt.lower())))
    told = public.get(f"/api/v1/statement-objections/{objection.receipt}").get_json()
    assert (told["state"], told["reply"], told["due"]) == ("dismissed", "签到属实", "2027-01-25")
    assert "期满后由公示人" in text_of(checker.get(here))
    stage.after_notice()
    admin, clerk, checker, finance = desks(visitors, stage)
    assert "公示期满待移交" in text_of(checker.get("/gov"))
    assert press(checker, here, f"{here}/close").status_code == 303
    world.run_jobs()
    assert "待拨付" in text_of(finance.get("/gov"))
    book = openpyxl.load_workbook(io.BytesIO(finance.get(f"{here}/file.xlsx").data))
    rows = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    assert {row[8] for row in rows[1:-2]} == {"1200.00", "1000.00"}
    assert rows[-2][:4] == ["合计行数", "2", "合计金额（元）", "2200.00"]
    assert rows[1][11] == NUMBER
    assert NUMBER in finance.get(f"{here}/file.csv").data.decode("utf-8-sig")
    assert clerk.get(f"{here}/file.csv").status_code == 403
    assert finance.get(f"{here}/file.exe").status_code == 404
    assert press(finance, here, f"{here}/pay", amount="2199.99", paid_on="2027-01-19", reference="R").status_code == 409
    assert press(finance, here, f"{here}/pay", amount="2200.001", paid_on="2027-01-19", reference="R").status_code == 422
    assert press(finance, here, f"{here}/pay", amount="2200", paid_on=world.today.isoformat(), reference="R-1").status_code == 303
    world.run_jobs()
    assert "R-1" in text_of(admin.get(f"{mine}/receipt"))
    assert "已拨付 ¥2,200" in text_of(admin.get(f"{mine}/receipt"))
    inner = re.search(r'href="(/gov/statements/lines/[^"]+)"', text_of(clerk.get(here)))
    assert inner
    assert press(clerk, inner[1], f"{inner[1]}/claw-back", amount="500", reason="课时不足").status_code == 303
    assert "由您提出" not in text_of(checker.get("/gov/claw-backs"))
    page = text_of(checker.get("/gov/claw-backs"))
    approve = re.search(r'action="(/gov/claw-backs/[^"]+/approve)"', page)
    assert approve
    assert press(checker, "/gov/claw-backs", approve[1]).status_code == 303
    assert "¥500" in text_of(admin.get("/org/money"))
    repaid = approve[1].replace("approve", "repaid")
    assert press(finance, "/gov/claw-backs", repaid, amount="500", reference="R-2").status_code == 303
    assert "R-2" in text_of(clerk.get("/gov/claw-backs?view=closed"))
    for url in ("/org/money", mine):
        assert admin.get(url, headers={"Cookie": "lang=en"}).status_code == 200
    world.holds()


@pytest.mark.row(2)
def test_the_page_of_a_held_line_shows_both_snapshots(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    person, _, _ = stage.earned()
    stage.earned()
    stage.account()
    stage.vouchers.fact(person, "standing", group="retired", since="2026-12-01", until=None)
    stage.next_quarter()
    statement = stage.submitted(stage.drawn())
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1", district=DISTRICT))
    held = next(line for line in stage.lines(statement) if line.state == "held")
    page = text_of(clerk.get(f"/gov/statements/lines/{held.id}"))
    assert "用券时" in page
    assert "结算核对" in page
    assert page.count("审计署2022年度审计") >= 1, "the rule and where it stands"
    assert press(clerk, f"/gov/statements/lines/{held.id}", f"/gov/statements/lines/{held.id}/admit", reason="退休在完训之后").status_code == 303
    told = clerk.get(f"/api/v1/statements/lines/{held.id}").json
    assert [(s["moment"], s["yes"]) for s in told["snapshots"]] == [("redeem", True), ("settle", False)]
    assert told["line"]["state"] == "due"
    world.holds()


def test_days_in_the_file_are_shanghais(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    world.clock.set(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))  # four in the morning of the next day
    stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.handed_over(stage.noticed(stage.submitted(stage.drawn())))
    _, rows = world.ask(files.rows, world.tool(Box), statement, None)
    assert rows[1][7] == "2026-11-24"


def test_programs_do_the_same(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.earned()
    stage.account()
    stage.next_quarter()
    admin = visitors.come(acting(Role.INSTITUTION_CLERK, "a1", organisation=stage.school))
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1", district=DISTRICT))
    elsewhere = visitors.come(acting(Role.GOV_CLERK, "c3", district="500103"))
    body = {"district": DISTRICT, "period": "2026Q4"}
    token = world.tool(Sessions).begin("a1", world.clock.now(), kind="token")

    def draw(key: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return world.client().post("/api/v1/org/statements", json=body, headers=headers)

    made = draw("draw-number-1")
    assert made.status_code == 201
    assert draw("draw-number-1").json == made.json
    again = draw("draw-number-2")
    assert (again.status_code, again.json["code"]) == (409, "statement.there_already")
    statement = made.json["statement_id"]
    assert admin.get(f"/api/v1/org/statements/{statement}").json["ready"] is False
    world.run_jobs()
    told = admin.get(f"/api/v1/org/statements/{statement}").json
    assert (told["ready"], told["statement"]["due"]) == (True, FACE)
    (line,) = admin.get(f"/api/v1/org/statements/{statement}/lines?limit=1").json
    assert line["cents"] == FACE
    money = admin.get("/api/v1/org/money").json
    assert [c["statement"]["id"] for c in money["coming"]] == [statement]
    assert clerk.get(f"/api/v1/statements/{statement}").json["statement"]["state"] == "drawn"
    assert elsewhere.get(f"/api/v1/statements/{statement}").status_code == 404
    assert elsewhere.get("/api/v1/statements").json == []
    assert clerk.get("/api/v1/statements?state=drawn").json[0]["id"] == statement
    assert clerk.get("/api/v1/claw-backs").json == []
    assert world.client().get("/api/v1/notices/statements").json == []


@pytest.mark.parametrize(("amount", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-12_345, "-123.45"), (120_000, "1200.00")])
def test_money_in_the_file_has_two_decimals_and_a_sign(amount: int, text: str) -> None:
    assert yuan(amount) == text


def test_a_part_of_a_payment_in_doubt_is_claimed_back(visitors: Visitors) -> None:
    world, here = visitors.world, "/gov/claw-backs"
    stage = Stage(world)
    _, _, use = stage.earned()
    stage.account()
    stage.paid()
    world.perform(taken_back, actor=world.actor("test.unearn", account="corrector"), redemption_id=use)
    _, clerk, _, _ = desks(visitors, stage)
    claim = re.search(rf'action="({here}/doubts/[^"]+/claim)".*?value="1200.00"', text_of(clerk.get(here)), re.DOTALL)
    assert claim
    for amount, status, said in (
        ("", 422, "请填写追回金额"), ("3.001", 422, "最多两位小数"), ("-1", 422, "不能是负数"), ("0", 422, "必须大于零"), ("1200.01", 409, "1,200"),
    ):  # fmt: skip
        assert said in text_of(press(clerk, here, claim[1], amount=amount), status), amount
    with world.db() as db:
        assert db.scalars(select(ClawBack)).all() == []
    assert press(clerk, here, claim[1], amount="300").status_code == 303
    with world.db() as db:
        assert (made := db.scalars(select(ClawBack)).one()).redemption_id == use
    assert (made.cents, made.state) == (30_000, "proposed")
    assert claim[1] not in text_of(clerk.get(here))
