"""Cards and terminals, a firm's people and a person's own subsidy, by programs alone."""

from __future__ import annotations

from datetime import date

import pytest

from skills.accounts.rules import Role
from tests.courses.test_cards import PIN, Hall
from tests.courses.test_views import Visitors, visitors
from tests.journeys.test_api import Program
from tests.settlement.stage import DISTRICT, PERIOD
from tests.settlement.test_payees import CARD, Payees
from tests.vouchers.stage import FACE

__all__ = ["visitors"]


@pytest.mark.row(11)
def test_a_learner_without_a_phone_by_programs(visitors: Visitors) -> None:
    hall = Hall(visitors.world, pin="")
    session = hall.at(0, 0)
    me = Program(visitors, Role.PERSON, "me", person=hall.person)
    school = Program(visitors, Role.INSTITUTION_CLERK, "school", organisation=hall.stage.school)
    counter = Program(visitors, Role.GOV_COUNTER, "counter", district="500112")
    device = Program(visitors, Role.PERSON, "nobody", person=hall.stage.person("路人")[0])
    assert me.call("POST", "/card/pin", {"pin": "123456"}, 409)["code"] == "card_pin.guessable"
    me.call("POST", "/card/pin", {"pin": PIN})
    number = school.call("POST", f"/enrolments/{hall.place}/card")["number"]
    school.call("POST", f"/people/{hall.person}/card", expect=403)
    terminal = school.call("POST", f"/sessions/{session}/terminal")["terminal_id"]
    held = school.call("GET", f"/sessions/{session}/terminal")
    assert held["open"]
    url = f"/terminals/{terminal}/attendance"
    tried = device.call("POST", url, {"code": held["code"], "card": number, "pin": "719402"})
    assert (tried["refused"], tried["attended"]) == ("learner_card.wrong_pin", None)
    assert device.call("POST", url, {"code": "0" * 16, "card": number, "pin": PIN}, 404)["code"]
    done = device.call("POST", url, {"code": held["code"], "card": number, "pin": PIN})
    assert done["attended"]["mark"] == "on_time"
    kept = me.call("GET", f"/enrolments/{hall.place}/attendance")["sessions"]
    assert [row["session_id"] for row in kept if row["came"]] == [session]
    me.call("POST", "/card/block")
    fresh = counter.call("POST", f"/people/{hall.person}/card")["number"]
    assert fresh != number
    counter.call("POST", f"/people/{hall.person}/card/pin", {"pin": "719402"})
    school.call("POST", f"/enrolments/{hall.place}/card/block")
    counter.call("POST", f"/people/{hall.person}/card/block", expect=404)
    assert school.call("POST", f"/sessions/{session}/terminal/close")["terminal_id"] == terminal
    visitors.world.holds()


@pytest.mark.row(12)
def test_a_firm_and_a_person_are_paid_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Payees(world)
    person, worker = stage.vouchers.person(), stage.vouchers.person()
    firm = Program(visitors, Role.BODY_ADMIN, "firm", organisation=stage.firm)
    me = Program(visitors, Role.PERSON, f"acc-{person}"[:26], person=person)
    checker = Program(visitors, Role.GOV_CHECKER, "gov-checker", district=DISTRICT)
    order = {"name": "学员3", "kind": "resident", "number": stage.vouchers.document(stage.vouchers.serial - 1), "occupation_code": "4-04-05-05"}
    entry = firm.call("POST", "/ent/employees", {**order, "since": "2026-03-02"})["entry_id"]
    assert [(e["since"], e["strength"]) for e in firm.call("GET", "/ent/employees")] == [("2026-03-02", "promised")]
    stage.employ(worker, date(2026, 3, 2))
    stage.done(stage.use(stage.firms, worker))
    stage.done(stage.use(stage.own, person))
    for who, path, body in (
        (firm, "/org/money/account", {"holder": "重庆渝软科技有限公司", "bank": "重庆银行", "number": "5000 1234 0000 5678"}),
        (me, "/me/subsidies/account", {"bank": "重庆农商行", "number": CARD}),
    ):  # fmt: skip
        account = who.call("POST", path, body)["account_id"]
        checker.call("POST", f"/payees/{account}/verify")
    assert me.call("POST", "/me/subsidies/account", {"bank": "行", "number": "12"}, 422)["code"] == "invalid_body"
    stage.next_quarter()
    draw = {"district": DISTRICT, "period": PERIOD}
    assert me.call("GET", "/me/subsidies")["drawable"][0]["cents"] == FACE
    mine = me.call("POST", "/me/subsidies/statements", draw)["statement_id"]
    theirs = firm.call("POST", "/org/statements", draw)["statement_id"]
    world.run_jobs()
    assert me.call("GET", f"/me/subsidies/statements/{theirs}", expect=404)["code"] == "statement.unknown"
    assert firm.call("GET", f"/org/statements/{mine}", expect=404)["code"] == "statement.unknown"
    assert me.call("POST", f"/me/subsidies/statements/{theirs}/submit", expect=404)["code"] == "statement.unknown"
    [line] = me.call("GET", f"/me/subsidies/statements/{mine}/lines")
    assert (line["state"], line["cents"]) == ("due", FACE)
    me.call("POST", f"/me/subsidies/statements/{mine}/look")
    world.run_jobs()
    me.call("POST", f"/me/subsidies/statements/{mine}/drop")
    world.run_jobs()
    again = me.call("POST", "/me/subsidies/statements", draw)["statement_id"]
    world.run_jobs()
    assert me.call("POST", f"/me/subsidies/statements/{again}/submit")["state"] == "submitted"
    assert {s["state"] for s in me.call("GET", "/me/subsidies/statements")} == {"submitted", "dropped"}
    assert me.call("GET", f"/me/subsidies/statements/{again}")["statement"]["of_person"]
    assert firm.call("POST", f"/org/statements/{theirs}/submit")["state"] == "submitted"
    ended = firm.call("POST", f"/ent/employees/{entry}/end", {"until": "2026-12-31"})
    assert ended["entry_id"] != entry
    world.run_jobs()
    assert world.violations() == {}
