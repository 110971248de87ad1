"""How a sheet becomes lines, and what a kind of return is made of (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from skills.people.rules import DocumentKind

REASON_COLUMN = "未入账原因"


# What people write for a kind of document.
DOCUMENT_WORDS: Mapping[str, DocumentKind] = {kind.words[0]: kind for kind in DocumentKind}
DOCUMENT_KINDS: Mapping[str, DocumentKind] = {
    **DOCUMENT_WORDS,
    "身份证": DocumentKind.RESIDENT,
    "resident id": DocumentKind.RESIDENT,
    "passport": DocumentKind.PASSPORT,
}


class Severity(StrEnum):
    """What a finding does: a warning stops nothing, an error holds its row, a fail holds the whole file."""

    WARNING = "warning"
    ERROR = "error"
    FAIL = "fail"

    @property
    def words(self) -> tuple[str, str]:
        """Chinese and English."""
        return {"warning": ("提醒", "Warning"), "error": ("错误", "Error"), "fail": ("整份退回", "Fail")}[self.value]


@dataclass(frozen=True)
class CellFinding:
    """A rule that a cell breaks. `row` 0 means the file, `column` "" the row. `facts` never name a person."""

    row: int
    column: str
    code: str
    severity: Severity = Severity.ERROR
    facts: Mapping[str, object] = field(default_factory=dict)


class CellFault(Exception):
    """A cell cannot be read: the code of the rule and the facts of its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Column:
    """A column of a return.

    read     text without blanks around it → value; raises CellFault
    needed   whether an empty cell is an error ("returns.needed")
    choices  the values the template offers
    example  a value for the template
    """

    name: str
    zh: str
    en: str
    read: Callable[[str], Any]
    needed: bool = True
    choices: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Rule:
    """A coded rule as `/returns/rules` lists it; `example` fills its sentence there."""

    code: str
    severity: Severity
    column: str
    example: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A row of the file: texts by column name, and the values of the cells that could be read."""

    row: int
    cells: Mapping[str, str]
    values: Mapping[str, Any]

    def whole(self, columns: Iterable[Column]) -> bool:
        """Whether every needed cell was read."""
        return all(c.name in self.values for c in columns if c.needed)


@dataclass(frozen=True)
class Applied:
    """What a line did: the row it concerned, the money it made payable, in 分, and whom it is about."""

    source: str
    cents: int
    person_id: str | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of return, given by the room that knows what its rows mean.

    look    (desk, lines) → the facts about all lines, read in bulk
    judge   (lines, facts) → findings; pure, and the only place where rows are judged
    worth   (line, facts) → money that the line makes payable, in 分
    apply   (act, organisation, line) → Applied; raises Refusal
    right   what filing this kind needs
    authority  whether it is a list of the authority itself, which no organisation files
    money   whether its rows make anything payable
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    right: str
    look: Callable[[Any, Sequence[Line]], Any]
    judge: Callable[[Sequence[Line], Any], Iterable[CellFinding]]
    worth: Callable[[Line, Any], int]
    apply: Callable[[Any, str | None, Line], Applied]
    authority: bool = False
    money: bool = True

    def column(self, name: str) -> Column:
        """The column of this name. Raises KeyError."""
        return next(c for c in self.columns if c.name == name) if name else _WHOLE_ROW

    def header(self) -> tuple[str, ...]:
        """The first row of the template."""
        return tuple(c.zh for c in self.columns)


_WHOLE_ROW = Column("", "整行", "Whole row", str)

# Rules that hold for every kind.
COMMON: tuple[Rule, ...] = (
    Rule("returns.no_rows", Severity.FAIL, ""),
    Rule("returns.missing_column", Severity.FAIL, "", {"columns": "证件号码"}),
    Rule("returns.double_column", Severity.FAIL, "", {"columns": "姓名"}),
    Rule("returns.unknown_column", Severity.WARNING, "", {"columns": "备注"}),
    Rule("returns.surplus_cells", Severity.WARNING, ""),
    Rule("returns.needed", Severity.ERROR, "", {"column": "姓名", "column_en": "Name"}),
    Rule("returns.mangled_number", Severity.ERROR, "", {"shown": "1.10105E+17"}),
    Rule("returns.not_a_number", Severity.ERROR, ""),
    Rule("returns.not_a_date", Severity.ERROR, ""),
    Rule("returns.not_a_choice", Severity.ERROR, "", {"choices": "合格、不合格"}),
)


@dataclass(frozen=True)
class Layout:
    """Which sheet column holds which column of the kind, or why the file cannot be taken.

    places  column name → position in the row, from 0
    head    number of the row that holds the names
    """

    places: Mapping[str, int]
    head: int
    findings: tuple[CellFinding, ...]

    @property
    def usable(self) -> bool:
        return not any(f.severity == Severity.FAIL for f in self.findings)


def layout(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> Layout:
    """Find the columns by their Chinese or English names, in any order; one Fail if the file cannot be a return."""
    head = next((i for i, row in enumerate(rows) if any(c.strip() for c in row)), len(rows))
    names = {_folded(n): c.name for c in columns for n in (c.zh, c.en, c.name)}
    places: dict[str, int] = {}
    unknown: list[str] = []
    double: list[str] = []
    for at, text in enumerate(rows[head] if head < len(rows) else ()):
        name = names.get(_folded(text))
        if name is None:
            if text.strip() and _folded(text) != REASON_COLUMN:
                unknown.append(text.strip()[:20])
        elif name in places:
            double.append(text.strip()[:20])
        else:
            places[name] = at
    missing = [c.zh for c in columns if c.needed and c.name not in places]
    found: list[CellFinding] = []
    if missing:
        found.append(CellFinding(0, "", "returns.missing_column", Severity.FAIL, {"columns": "、".join(missing)}))
    elif double:
        found.append(CellFinding(0, "", "returns.double_column", Severity.FAIL, {"columns": "、".join(double)}))
    elif not any(any(c.strip() for c in row) for row in rows[head + 1 :]):
        found.append(CellFinding(0, "", "returns.no_rows", Severity.FAIL))
    elif unknown:
        found.append(
            CellFinding(0, "", "returns.unknown_column", Severity.WARNING, {"columns": "、".join(unknown[:10])})
        )
    return Layout(places, head + 1, tuple(found))


def cut(rows: Sequence[Sequence[str]], plan: Layout) -> list[tuple[int, dict[str, str]]]:
    """The filled rows under the names: (row number in the file, texts by column name)."""
    found = []
    for number, row in enumerate(rows[plan.head :], plan.head + 1):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in plan.places.items()}
        if any(cells.values()):
            found.append((number, cells))
    return found


def surplus(rows: Sequence[Sequence[str]], plan: Layout) -> list[CellFinding]:
    """A warning for every row that has cells beyond the named columns: its cells may have shifted."""
    named = [i for i, text in enumerate(rows[plan.head - 1]) if text.strip()]
    last = named[-1] if named else -1
    return [
        CellFinding(number, "", "returns.surplus_cells", Severity.WARNING)
        for number, row in enumerate(rows[plan.head :], plan.head + 1)
        if any(cell.strip() for cell in row[last + 1 :])
    ]


def read_line(row: int, cells: Mapping[str, str], columns: Sequence[Column]) -> tuple[Line, list[CellFinding]]:
    """Read the cells of one row; every cell that cannot be read is a finding at its place."""
    values: dict[str, Any] = {}
    found: list[CellFinding] = []
    for column in columns:
        text = cells.get(column.name, "").strip()
        if not text:
            if column.needed:
                facts = {"column": column.zh, "column_en": column.en}
                found.append(CellFinding(row, column.name, "returns.needed", Severity.ERROR, facts))
            continue
        try:
            if MANGLED.fullmatch(text):
                raise CellFault("returns.mangled_number", shown=text[:3] + "…" + text[-4:])
            values[column.name] = column.read(text)
        except CellFault as fault:
            found.append(CellFinding(row, column.name, fault.code, Severity.ERROR, fault.facts))
    return Line(row, dict(cells), values), found


def _folded(text: str) -> str:
    return re.sub(r"[\s_*＊（）()％%]", "", text).lower()


# Readers of cells -------------------------------------------------------------------------------------------------

MANGLED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ]00:00(?::00)?)?")
_DECIMAL = re.compile(r"\d{1,6}(\.\d{1,4})?")


def as_text(text: str) -> str:
    """The text itself."""
    return text


def as_decimal(text: str) -> Decimal:
    """A plain number such as 88 or 88.5; full-width digits, signs and exponents are refused."""
    if not (text.isascii() and _DECIMAL.fullmatch(text)):
        raise CellFault("returns.not_a_number")
    try:
        return Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing that is no number
        raise CellFault("returns.not_a_number") from error


def as_percent(text: str) -> Decimal:
    """98, 98.5 or 98%."""
    return as_decimal(text.removesuffix("%").removesuffix("％").strip())


def as_date(text: str) -> date:
    """2026-11-20, 2026/11/20, 2026.11.20, 2026年11月20日 or 20261120."""
    held = _DATE.fullmatch(text) if text.isascii() or "年" in text else None
    if held is None:
        raise CellFault("returns.not_a_date")
    year, *rest = (int(part) for part in held.groups() if part is not None)
    try:
        return date(year, *rest)
    except ValueError as error:
        raise CellFault("returns.not_a_date") from error


def one_of(choices: Mapping[str, Any]) -> Callable[[str], Any]:
    """A reader of one of these words, in either language, whatever the case of its letters."""

    def read(text: str) -> Any:
        value = choices.get(text, choices.get(text.lower()))
        if value is None:
            shown = [c for c in choices if not c.isascii()] or list(choices)
            raise CellFault("returns.not_a_choice", choices="、".join(shown))
        return value

    return read


# Totals -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """What a checked file amounts to. Money in 分.

    good, worth      rows that will be applied and what they make payable
    bad, blocked     rows held by an error and the money that waits behind them
    same             rows that stand already in an earlier return
    """

    lines: int
    good: int
    bad: int
    same: int
    warnings: int
    worth: int
    blocked: int


def total(
    lines: Sequence[Line], findings: Sequence[CellFinding], worths: Mapping[int, int], same: frozenset[int]
) -> Totals:
    """Count rows and money: a row is bad if it has an error, or if the file has a fail."""
    failed = any(f.severity == Severity.FAIL for f in findings)
    bad = {f.row for f in findings if f.severity == Severity.ERROR and f.row} - same
    rows = [line.row for line in lines]
    held = [r for r in rows if failed or r in bad]
    good = [r for r in rows if not failed and r not in bad and r not in same]
    return Totals(
        lines=len(rows),
        good=len(good),
        bad=len(held),
        same=len([r for r in rows if r in same and not failed]),
        warnings=sum(f.severity == Severity.WARNING for f in findings),
        worth=sum(worths.get(r, 0) for r in good),
        blocked=sum(worths.get(r, 0) for r in held),
    )
