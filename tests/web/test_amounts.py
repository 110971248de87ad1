"""Every door that takes money reads it alike: nothing, less than nothing, three decimals, too much: each its own words, on pages and in the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from wtforms import DecimalField

from skills import features
from skills.certification import api as certification_api
from skills.certification import forms as certification
from skills.certification.rules.duties import Duty
from skills.courses import bodies
from skills.courses import forms as courses
from skills.courses.views import waivers
from skills.kernel.errors import Refusal
from skills.kernel.money import Amount
from skills.settlement import forms as settlement
from skills.settlement.views import api as settlement_api
from skills.vouchers import api as vouchers_api
from skills.vouchers import forms as vouchers
from skills.web import i18n, openapi, pages
from skills.web.amounts import Cents
from skills.web.forms import MoneyField, OrderForm
from tests.world import World

Lang = Literal["zh", "en"]
PAGES: dict[str, tuple[type[OrderForm], str]] = {
    "a voucher's face": (vouchers.BatchForm, "face"),
    "a batch's ceiling": (vouchers.BatchForm, "money_ceiling"),
    "a raised ceiling": (vouchers.CeilingForm, "money"),
    "a course's fee": (courses.CourseForm, "fee"),
    "an exam's fee": (certification.PlanForm, "fee"),
    "a statement paid, an advance paid": (settlement.PaidForm, "amount"),
    "a debt paid back": (settlement.RepaidForm, "amount"),
    "a payment in doubt claimed back": (settlement.SumBackForm, "amount"),
    "a claw-back": (settlement.ClawBackForm, "amount"),
    "an advance asked for": (settlement.AdvanceForm, "amount"),
}
BODIES: dict[str, tuple[type[BaseModel], str]] = {
    "a voucher's face": (vouchers_api.BatchBody, "face"),
    "a batch's ceiling": (vouchers_api.BatchBody, "money_ceiling"),
    "a raised ceiling": (vouchers_api.CeilingBody, "money"),
    "a course's fee": (bodies.CourseBody, "fee"),
    "an exam's fee": (certification_api.PlanBody, "fee_cents"),
    "a statement paid, an advance paid": (settlement_api.PaidBody, "cents"),
    "a debt paid back": (settlement_api.RepaidBody, "cents"),
    "a claw-back": (settlement_api.ClawBackBody, "cents"),
    "an advance asked for": (settlement_api.AdvanceBody, "cents"),
}
MAY_BE_NOTHING = {"a voucher's face", "a batch's ceiling", "a raised ceiling", "a course's fee", "an exam's fee"}
BAD = {
    "amount.zero": ("0.00", 0), "amount.negative": ("-1", -100), "amount.decimals": ("12.345", 1234.5),
    "amount.too_much": ("99999999999", 10**15), "amount.unreadable": ("1,200元", "NaN"),
}  # fmt: skip


def made(kind: type[OrderForm]) -> OrderForm:
    """The form as its page makes it of what was sent."""
    if kind is certification.PlanForm:
        return certification.PlanForm(SimpleNamespace(scope=()), dict.fromkeys(Duty, ()))  # type: ignore[arg-type]
    return kind()


@pytest.mark.parametrize("code", BAD)
def test_every_page_says_what_is_wrong_with_an_amount(lite: World, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    typed, _ = BAD[code]
    clerk = pages.Me(lite.actor("batch.draft", account="clerk"), name="何同事", home="/")
    for module in (vouchers, courses, certification):
        monkeypatch.setattr(module, "me", lambda: clerk, raising=False)
    for lang in i18n.LANGUAGES:
        for door, (kind, field) in PAGES.items():
            with lite.app.test_request_context(f"/?lang={lang}", method="POST", data={field: typed, "key": "k"}):
                monkeypatch.setattr("skills.web.forms.lang", lambda said=lang: said)
                monkeypatch.setattr("skills.web.forms.say", lambda zh, en, said=lang: zh if said == "zh" else en)
                form = made(kind)
                form.validate()
                held = form[field]
                assert isinstance(held, MoneyField)
                if code == "amount.zero" and door in MAY_BE_NOTHING:
                    assert (list(held.errors), held.cents) == ([], 0), door
                    continue
                said = i18n.sentence(code, {"most": held.amount.most}, lang)
                assert len(held.errors) == 1, door
                assert said.text in held.errors[0], door
                assert said.todo in held.errors[0], door


@pytest.mark.parametrize("code", BAD)
def test_every_body_of_the_api_says_what_is_wrong_with_an_amount(code: str) -> None:
    _, sent = BAD[code]
    for door, (kind, field) in BODIES.items():
        with pytest.raises(ValidationError) as held:
            kind.model_validate_json(json.dumps({field: sent}))
        told = [e for e in openapi._plain_errors(held.value) if e["at"] == field]
        if code == "amount.zero" and door in MAY_BE_NOTHING:
            assert told == [], door
            continue
        assert [e["code"] for e in told] == [code], door
        for lang in i18n.LANGUAGES:
            assert told[0][lang]["detail"], door
            assert told[0][lang]["todo"], door
            assert "〔" not in told[0][lang]["detail"], door
        assert {"type": "integer", "maximum": _amount(kind, field).most}.items() <= kind.model_json_schema()["properties"][field].items()


def _amount(kind: type[BaseModel], field: str) -> Amount:
    said = [m for m in kind.model_fields[field].metadata if isinstance(m, Cents)]
    return said[0].amount


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_no_door_is_forgotten(lite: World) -> None:
    """Loading the application loads every form and every body: what takes money stands in the lists above."""
    assert lite.app
    no_money = {(waivers.GrantForm, "score")}
    forms = {
        (kind, name) for kind in _below(OrderForm) for name, field in vars(kind).items()
        if getattr(getattr(field, "field_class", None), "__mro__", None) and issubclass(field.field_class, DecimalField)
    }  # fmt: skip
    forms = {(kind, name) for kind, name in forms if kind.__module__.startswith("skills.")}
    assert forms - no_money == set(PAGES.values()) - {(settlement.ClawBackForm, "amount")}, "that one has it from another form"
    words = {"cents", "fee", "fee_cents", "face", "money", "money_ceiling", "price", "amount", "yuan"}
    bodies_taken = {route.body for room in features.faces() for route in room.api_doors if route.body}
    assert {(body, name) for body in bodies_taken for name in words & set(body.model_fields)} == set(BODIES.values())


@given(st.integers(0, 10**14))
def test_what_is_written_to_the_fen_is_read_to_the_fen(cents: int) -> None:
    door = Amount(10**15, zero=True)
    assert door.of_yuan(f" {cents // 100}.{cents % 100:02} ") == door.of_cents(cents) == cents


@pytest.mark.parametrize("text", ["", "NaN", "Infinity", "1e3", "１２", "1,200", "¥12", "+5", "1.", ".5", "0x1", "9" * 40, "--1", "1 2"])
def test_what_is_no_number_is_no_amount(text: str) -> None:
    with pytest.raises(Refusal, match=r"amount\.unreadable"):
        Amount(10**15, zero=True).of_yuan(text)


@pytest.mark.parametrize("value", [True, None, "12", [1], float("nan"), float("inf"), 0.5])
def test_programs_write_whole_fen(value: object) -> None:
    with pytest.raises(Refusal, match=r"amount\.(unreadable|decimals)"):
        Amount(10**15).of_cents(value)
