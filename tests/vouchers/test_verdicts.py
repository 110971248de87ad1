"""A kept verdict comes out the same years later, and a house that would decide it differently is told so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from skills.commands.rejudge import as_lines
from skills.kernel.canon import canon, plain, written_all
from skills.kernel.db import writing
from skills.standards.rules import Level
from skills.vouchers import rules
from skills.vouchers.actions.ledger import frozen
from skills.vouchers.models import VoucherVerdict
from skills.vouchers.queries.verdicts import read_question, rejudge
from skills.vouchers.rules import (
    Employment,
    Graduation,
    Group,
    Holder,
    Limits,
    Moment,
    Payee,
    Purpose,
    Question,
    ScopeForm,
    Spent,
    Standing,
    Terms,
    ValueForm,
    Window,
)
from tests.vouchers.stage import Stage
from tests.world import World

pytestmark = pytest.mark.row(2)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
words = st.text("abc甲乙🙂'\" ", max_size=4)
codes = st.sampled_from(["graduate_of_year", "registered_unemployed", "retired", "none"])
tuples = st.lists(codes, max_size=2).map(tuple)
groups = st.builds(
    Group, codes, words, words, st.sampled_from(Window), st.integers(0, 36), st.lists(words, max_size=2).map(tuple), tuples, words
)
limits = st.builds(
    Limits, st.integers(1, 12), st.integers(0, 3), st.booleans(), tuples, st.lists(groups, max_size=2).map(tuple),
    st.just({"life": "甲", "year": "乙", "level": "丙", "excluded": "丁"}), st.lists(words, max_size=2).map(tuple),
)  # fmt: skip
terms = st.builds(
    Terms, words, words, tuples, st.lists(words, max_size=2).map(tuple), st.lists(st.integers(1, 8), max_size=2).map(tuple), words,
    st.lists(words, max_size=2).map(tuple), days, days, st.integers(1, 12), st.integers(0, 10**9), st.integers(1, 100),
    st.sampled_from(ValueForm), st.sampled_from(ScopeForm), st.sampled_from(Payee),
)  # fmt: skip
levels = st.none() | st.sampled_from(Level)
holders = st.builds(
    Holder, words, days, st.lists(st.builds(Standing, codes, days, st.none() | days, words, codes), max_size=2).map(tuple),
    st.lists(st.builds(Graduation, days, words, words, codes), max_size=2).map(tuple),
    st.lists(st.builds(Spent, days, words, words, levels), max_size=2).map(tuple), st.lists(words, max_size=2).map(tuple),
    st.lists(st.builds(Employment, words, words, days, st.none() | days, words, words), max_size=3).map(tuple),
)  # fmt: skip
questions = st.builds(
    Question, st.sampled_from(Moment), days, st.booleans(), terms, holders, limits, days,
    st.builds(Purpose, words, words, levels, st.integers(-5, 10**9), words, words, words), st.booleans(), st.none() | days,
)  # fmt: skip


@given(questions)
def test_whatever_was_asked_is_frozen_whole_and_decided_the_same_again(question: Question) -> None:
    again = read_question(json.loads(json.dumps(plain(question), ensure_ascii=False)))  # as a database gives it back
    assert again == question
    assert canon(plain(rules.decide(again))) == canon(plain(rules.decide(question)))


@given(st.lists(questions, min_size=1, max_size=4), st.lists(holders, min_size=1, max_size=3))
def test_questions_that_are_frozen_together_are_frozen_as_each_alone(asked: list[Question], people: list[Holder]) -> None:
    """Many of a batch share everything but the person; others share the terms alone, or nothing."""
    everything = [replace(q, holder=holder, open=is_open) for holder in people for q in asked for is_open in (True, False)]
    assert [each.text for each in frozen(everything)] == [canon(plain(question)) for question in everything]
    verdicts = [rules.decide(question) for question in everything]
    assert [each.text for each in written_all(v.findings for v in verdicts)] == [canon(plain(v.findings)) for v in verdicts]


@given(questions, days)
def test_at_settlement_the_use_is_judged_on_its_own_day_and_exclusions_on_the_later(question: Question, later: date) -> None:
    asked = replace(question, moment=Moment.SETTLE, checked_on=later)
    first = {f.code: f for f in rules.decide(replace(asked, moment=Moment.REDEEM, checked_on=None)).findings}
    for finding in rules.decide(asked).findings:
        if finding.code == "voucher.employment_unproven":  # the firm's own word is enough for the use alone
            assert first["voucher.employed"].met
            assert finding.facts["strength"] not in asked.limits.employments
        elif finding.code != "voucher.not_retired":
            assert finding == first[finding.code]


def test_years_later_everything_comes_out_the_same_and_what_was_tampered_with_is_named(lite: World) -> None:
    stage = Stage(lite)
    person = stage.person()
    voucher = stage.held(person)
    stage.redeem(voucher, person)
    lite.clock.forward(days=4_000)
    with lite.db() as db:
        found = list(rejudge(db, voucher))
        assert {v.moment: v.same for v in found} == {"issue": True, "claim": True, "redeem": True}
        assert [v.id for v in rejudge(db)] == [v.id for v in found]
        assert list(rejudge(db, "nobody")) == []
    told = list(as_lines(found, as_json=False, whole=True))
    assert told[-2] == "符合 yes: 3 件 verdicts, 0 件不同 differ, 0 件依据已删除 without grounds"
    assert any("✓" in line and "毕业年度" in line for line in told)
    assert list(as_lines(found, as_json=False, whole=False)) == told[-2:]
    assert [json.loads(line)["moment"] for line in as_lines(found, as_json=True, whole=False)] == [v.moment for v in found]
    with writing(lite.engine) as db:
        row = db.scalars(select(VoucherVerdict).where(VoucherVerdict.moment == "redeem")).one()
        row.question = {**row.question, "day": "2027-05-02"}
    with lite.db() as db:
        wrong = [v for v in rejudge(db) if not v.same]
    assert [(v.moment, v.kept, v.again) for v in wrong] == [("redeem", True, False)]
    assert "DIFFERENT" in next(iter(as_lines(wrong, as_json=False, whole=False)))
    assert "vouchers.verdicts" in lite.violations()
    lite.asked = True
