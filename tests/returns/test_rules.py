"""How a sheet becomes lines: columns found by name, cells read or named as faults, totals that add up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.returns import rules
from skills.returns.rules import CellFault, CellFinding, Column, Line, Severity

COLUMNS = (
    Column("name", "姓名", "Name", rules.as_text),
    Column("score", "结业成绩", "Final score", rules.as_decimal),
    Column("day", "结业日期", "Completion date", rules.as_date, needed=False),
)


def codes(found: list[CellFinding] | tuple[CellFinding, ...]) -> list[str]:
    return [f.code for f in found]


@given(st.permutations(["name", "score", "day"]), st.booleans(), st.integers(0, 3))
def test_columns_are_found_in_any_order_in_either_language_below_empty_rows(
    order: list[str], english: bool, empty: int
) -> None:
    by_name = {c.name: c for c in COLUMNS}
    head = [by_name[n].en if english else by_name[n].zh for n in order]
    plan = rules.layout([[""] * 3] * empty + [head, ["x", "1", "2"]], COLUMNS)
    assert plan.places == {n: i for i, n in enumerate(order)}
    assert (plan.head, plan.findings) == (empty + 1, ())


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["姓名"], ["x"]], "returns.missing_column"),
        ([["说明"], ["这是一封信"]], "returns.missing_column"),
        ([["姓名", "结业成绩", "Name"], ["x", "1", "y"]], "returns.double_column"),
        ([["姓名", "结业成绩"]], "returns.no_rows"),
        ([["姓名", "结业成绩"], ["", " "]], "returns.no_rows"),
    ],
)
@pytest.mark.row(57)
def test_a_file_that_is_no_return_gives_one_fail(rows: list[list[str]], code: str) -> None:
    plan = rules.layout(rows, COLUMNS)
    assert codes(plan.findings) == [code]
    assert not plan.usable


def test_unknown_columns_warn_and_the_reason_column_of_failed_rows_does_not() -> None:
    plan = rules.layout([[rules.REASON_COLUMN, "姓名", "结业成绩", "备注"], ["", "x", "1", ""]], COLUMNS)
    assert plan.usable
    assert [(f.code, f.severity, f.facts["columns"]) for f in plan.findings] == [
        ("returns.unknown_column", Severity.WARNING, "备注")
    ]
    assert rules.cut([["姓名", "结业成绩"], ["", ""], ["x", "1"]], rules.layout([["姓名", "结业成绩"], ["a"]], COLUMNS))[0] == [
        (3, {"name": "x", "score": "1"})
    ]


def test_cells_beyond_the_named_columns_are_pointed_at() -> None:
    rows = [["姓名", "结业成绩"], ["x", "1"], ["y", "2", "left over"]]
    _, found = rules.cut(rows, rules.layout(rows, COLUMNS))
    assert [(f.row, f.code) for f in found] == [(3, "returns.surplus_cells")]


def test_every_unreadable_cell_is_a_finding_at_its_place() -> None:
    line, found = rules.read_line(7, {"name": "", "score": "abc", "day": "2026-02-30"}, COLUMNS)
    assert line.values == {}
    assert [(f.row, f.column, f.code) for f in found] == [
        (7, "name", "returns.needed"), (7, "score", "returns.not_a_number"), (7, "day", "returns.not_a_date")
    ]
    line, found = rules.read_line(8, {"name": "1.10105E+17", "score": "60"}, COLUMNS)
    assert codes(found) == ["returns.mangled_number"]
    assert line.values == {"score": Decimal(60)}


@pytest.mark.parametrize("text", ["６０", "-1", "+1", "1e2", "NaN", "60 分", "1,5", "", "1.23456", "１"])
def test_only_plain_numbers_are_numbers(text: str) -> None:
    with pytest.raises(CellFault):
        rules.as_decimal(text)


@given(st.decimals(0, 999_999, places=2))
def test_plain_numbers_are_read_exactly(number: Decimal) -> None:
    assert rules.as_decimal(f"{number:f}") == number
    assert rules.as_percent(f"{number:f}%") == number


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_dates_are_read_as_people_write_them(day: date) -> None:
    written = [
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", f"{day.isoformat()}T00:00:00",
    ]
    assert {rules.as_date(text) for text in written} == {day}


@pytest.mark.parametrize("text", ["20.11.2026", "2026-13-01", "2026-11", "昨天", "46346", "２０２６-11-20"])
def test_other_texts_are_no_dates(text: str) -> None:
    with pytest.raises(CellFault):
        rules.as_date(text)


def test_a_choice_is_read_in_either_language_and_the_fault_names_the_choices() -> None:
    read = rules.one_of({"合格": 1, "不合格": 0, "pass": 1})
    assert (read("合格"), read("PASS"), read("不合格")) == (1, 1, 0)
    with pytest.raises(CellFault) as caught:
        read("良好")
    assert caught.value.facts == {"choices": "合格、不合格"}


severities = st.sampled_from([Severity.WARNING, Severity.ERROR])


@given(
    st.integers(0, 20),
    st.lists(st.tuples(st.integers(1, 20), severities), max_size=20),
    st.frozensets(st.integers(1, 20), max_size=5),
    st.booleans(),
)
def test_totals_add_up_and_no_row_vanishes(
    count: int, planted: list[tuple[int, Severity]], same: frozenset[int], failed: bool
) -> None:
    lines = [Line(row, {}, {}) for row in range(1, count + 1)]
    findings = [CellFinding(row, "", "x", severity) for row, severity in planted if row <= count]
    findings += [CellFinding(0, "", "y", Severity.FAIL)] * failed
    worths = {line.row: 100 * line.row for line in lines if line.row not in same}
    total = rules.total(lines, findings, worths, frozenset(r for r in same if r <= count))
    assert total.good + total.bad + total.same == total.lines == count
    assert total.worth + total.blocked == sum(worths.values())
    assert not (failed and (total.good or total.worth))
