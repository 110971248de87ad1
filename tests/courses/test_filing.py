"""The coded rules of completions: every planted fault is found at its cell, and none is invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.courses.rules import filing
from skills.courses.rules.completion import Limits
from skills.courses.rules.filed import ClassFacts, Known, Place
from skills.courses.rules.filing import COLUMNS, RULES
from skills.people.rules import DocumentForms, check_digit, normal_name
from skills.returns import rules as returns
from skills.returns.rules import COMMON, CellFinding, Line, Severity
from skills.web.i18n import catalogue, sentence

TODAY = date(2026, 11, 23)
ENDS = date(2026, 11, 20)
PEOPLE = 30


def document(serial: int) -> str:
    body = f"500112{1960 + serial // 1000}0115{serial % 1000:03}"
    return body + check_digit(body)


def known(count: int = PEOPLE) -> Known:
    persons = {("resident", document(i)): f"p{i}" for i in range(count)}
    return Known(
        today=TODAY,
        limits=Limits(80, 80, 60, 30),
        persons=persons,
        names={f"p{i}": normal_name(f"学员{i}") for i in range(count)},
        classes={
            "B2026-00001": ClassFacts("running", date(2026, 9, 1), ENDS, 120),
            "B2026-00002": ClassFacts("approved", date(2026, 9, 1), ENDS, 120),
            "B2026-00003": ClassFacts("finished", date(2026, 9, 1), date(2026, 9, 30), 120),
        },
        places={
            (f"p{i}", number): Place(f"e{i}", "attending", None, 120_000)
            for i in range(count)
            for number in ("B2026-00001", "B2026-00003")
        },
        forms=DocumentForms({"resident": ("11", "50")}, ()),
    )


def cells(i: int) -> dict[str, str]:
    return {
        "name": f"学员{i}", "document_kind": "居民身份证", "document": document(i), "class": "B2026-00001",
        "hours": "120", "attendance": "98.5", "score": "88", "completed_on": "2026-11-20", "outcome": "合格",
    }


def judged(rows: list[dict[str, str]], facts: Known) -> list[CellFinding]:
    lines: list[Line] = []
    found: list[CellFinding] = []
    for number, row in enumerate(rows, 2):
        line, faults = returns.read_line(number, row, COLUMNS)
        lines.append(line)
        found += faults
    return found + list(filing.judge_lines(lines, facts))


def put(column: str, value: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda row: {**row, column: value}


def wrong_digit(row: dict[str, str]) -> dict[str, str]:
    number = row["document"]
    return {**row, "document": number[:-1] + ("0" if number[-1] != "0" else "1")}


# What is planted → where it must be found: (column, code).
FAULTS: list[tuple[str, Callable[[dict[str, str]], dict[str, str]], str, str]] = [
    ("no name", put("name", ""), "name", "returns.needed"),
    ("no score", put("score", " "), "score", "returns.needed"),
    ("kind of document", put("document_kind", "学生证"), "document_kind", "returns.not_a_choice"),
    ("mangled", put("document", "5.00112E+17"), "document", "returns.mangled_number"),
    ("check digit", wrong_digit, "document", "completions.document_invalid"),
    ("too short", put("document", "5001121999"), "document", "completions.document_invalid"),
    ("stranger", put("document", document(5000)), "document", "completions.unknown_person"),
    ("other name", put("name", "别人"), "name", "completions.name_differs"),
    ("no such class", put("class", "B2026-99999"), "class", "completions.class_unknown"),
    ("class not begun", put("class", "B2026-00002"), "class", "completions.class_not_running"),
    ("hours above", put("hours", "121"), "hours", "completions.hours_above"),
    ("hours short", put("hours", "95.9"), "hours", "completions.hours_short"),
    ("hours word", put("hours", "一百"), "hours", "returns.not_a_number"),
    ("attendance above", put("attendance", "101"), "attendance", "completions.attendance_above"),
    ("attendance short", put("attendance", "79"), "attendance", "completions.attendance_short"),
    ("score above", put("score", "101"), "score", "completions.score_above"),
    ("score short", put("score", "59.5"), "score", "completions.score_short"),
    ("score wide", put("score", "８８"), "score", "returns.not_a_number"),
    ("score negative", put("score", "-1"), "score", "returns.not_a_number"),
    ("day before", put("completed_on", "2026-08-31"), "completed_on", "completions.before_start"),
    ("day ahead", put("completed_on", "2026-11-24"), "completed_on", "completions.in_future"),
    ("no day", put("completed_on", "2026-02-30"), "completed_on", "returns.not_a_date"),
    ("long after", put("class", "B2026-00003"), "completed_on", "completions.after_end"),
    ("outcome word", put("outcome", "优秀"), "outcome", "returns.not_a_choice"),
    ("doubtful", put("outcome", "不合格"), "outcome", "completions.outcome_doubtful"),
]


def test_good_rows_have_no_finding() -> None:
    assert judged([cells(i) for i in range(PEOPLE)], known()) == []


@given(st.dictionaries(st.integers(0, PEOPLE - 1), st.sampled_from(FAULTS), max_size=PEOPLE))
@pytest.mark.row(57)
def test_planted_faults_are_found_at_their_cells_and_none_is_invented(planted: dict[int, Any]) -> None:
    rows = [planted[i][1](cells(i)) if i in planted else cells(i) for i in range(PEOPLE)]
    found = {(f.row, f.column, f.code) for f in judged(rows, known())}
    assert found == {(i + 2, column, code) for i, (_, _, column, code) in planted.items()}


@pytest.mark.row(57)
def test_sixty_rows_with_twenty_five_faults_give_twenty_five_findings() -> None:
    rows = [FAULTS[i // 2][1](cells(i)) if i < 50 and i % 2 == 0 else cells(i) for i in range(60)]
    found = judged(rows, known(60))
    assert [(f.row, f.column, f.code) for f in sorted(found, key=lambda f: f.row)] == [
        (2 * k + 2, column, code) for k, (_, _, column, code) in enumerate(FAULTS)
    ]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (None, "completions.not_in_class"),
        (Place("e", "withdrawn", None, 0), "completions.left_class"),
        (Place("e", "completed", ENDS, 0), "completions.already"),
        (Place("e", "failed", ENDS, 0), "completions.already"),
    ],
)
def test_what_stands_against_a_place_is_said_of_the_class(place: Place | None, code: str) -> None:
    places = {} if place is None else {("p0", "B2026-00001"): place}
    found = judged([cells(0)], replace(known(), places=places))
    assert [(f.column, f.code, f.severity) for f in found] == [("class", code, Severity.ERROR)]


def test_a_person_twice_in_one_class_is_found_and_in_two_classes_is_not() -> None:
    second = {**cells(0), "class": "B2026-00003", "completed_on": "2026-09-30"}
    found = judged([cells(0), cells(1), {**cells(0), "document": document(0).lower()}, second], known())
    assert [(f.row, f.code, f.facts) for f in found] == [(4, "completions.repeated", {"first": 2})]


def test_a_failed_learner_below_the_limits_is_accepted() -> None:
    assert judged([{**cells(0), "outcome": "不合格", "score": "40", "hours": "60"}], known()) == []


def test_a_row_is_worth_its_voucher_only_if_it_completes() -> None:
    facts = known()
    line, _ = returns.read_line(2, cells(0), COLUMNS)
    failed, _ = returns.read_line(2, {**cells(0), "outcome": "不合格"}, COLUMNS)
    stranger, _ = returns.read_line(2, {**cells(0), "document": document(5000)}, COLUMNS)
    assert [filing.worth(x, facts) for x in (line, failed, stranger)] == [120_000, 0, 0]


def test_the_last_allowed_day_passes_and_the_next_does_not() -> None:
    facts = replace(known(), today=ENDS + timedelta(days=60))
    on = {**cells(0), "completed_on": (ENDS + timedelta(days=30)).isoformat()}
    after = {**cells(0), "completed_on": (ENDS + timedelta(days=31)).isoformat()}
    assert judged([on], facts) == []
    assert [f.code for f in judged([after], facts)] == ["completions.after_end"]


@pytest.mark.parametrize("rule", [*COMMON, *RULES], ids=lambda r: r.code)
@pytest.mark.row(57)
def test_every_rule_has_its_sentence_and_what_to_do_in_both_languages(rule: returns.Rule) -> None:
    assert rule.code in catalogue()
    for lang in ("zh", "en"):
        said = sentence(rule.code, rule.example, lang)
        assert said.text
        assert said.todo
        assert "〔" not in said.text + said.todo, "the example fills every place of the sentence"
    assert not rule.column or rule.column in {c.name for c in COLUMNS}


def test_every_code_that_is_judged_is_published() -> None:
    published = {rule.code for rule in (*COMMON, *RULES)}
    assert {code for _, _, _, code in FAULTS} <= published
