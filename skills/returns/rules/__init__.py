"""How a sheet becomes lines, and what a kind of return is made of (pure)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Any

from skills.people.rules import INVISIBLE, normal_document
from skills.returns.rules.amending import Amends
from skills.returns.rules.cells import (
    DOCUMENT_KINDS,
    DOCUMENT_WORDS,
    ERROR_VALUE,
    MANGLED,
    PLACEHOLDERS,
    TOTALS,
    USUAL,
    CellFault,
)
from skills.returns.rules.cells import as_date as as_date
from skills.returns.rules.cells import as_decimal as as_decimal
from skills.returns.rules.cells import as_percent as as_percent
from skills.returns.rules.cells import as_text as as_text
from skills.returns.rules.cells import one_of as one_of

REASON_COLUMN = "未入账原因"


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

    @property
    def is_fault(self) -> bool:
        """Whether a rule was broken, by whoever wrote the row; a warning is none, nor what somebody wanted or decided."""
        return self.severity != Severity.WARNING and self.code not in NO_FAULTS


NO_FAULTS = frozenset({"returns.left_out", "returns.taken_back", "returns.request_refused"})


@dataclass(frozen=True)
class Column:
    """A column of a return.

    read     text without blanks around it → value; raises CellFault
    needed   whether an empty cell is an error ("returns.needed")
    choices  the values the template offers
    example  a value for the template
    most     how many characters a cell may hold
    """

    name: str
    zh: str
    en: str
    read: Callable[[str], Any]
    needed: bool = True
    choices: tuple[str, ...] = ()
    example: str = ""
    most: int = 200


PERSON = (
    Column("name", "姓名", "Name", as_text),
    Column("document_kind", "证件类型", "Document type", one_of(DOCUMENT_KINDS), choices=tuple(DOCUMENT_WORDS)),
    Column("document", "证件号码", "Document number", as_text),
)


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

    @cached_property
    def document(self) -> tuple[str, str] | None:
        """Kind and normal number of the document of whom it is about (`PERSON`), as far as both were read."""
        kind, number = self.values.get("document_kind"), self.values.get("document")
        return (kind.value, normal_document(kind, number)) if kind and number else None


class Seen:
    """What the rows so far were about, and which was the first; of each only a digest is kept, for there may be many."""

    def __init__(self) -> None:
        self._first: dict[bytes, int] = {}

    def setdefault(self, about: tuple[str, ...], row: int) -> int:
        """The first row that was about this; `row` itself, which is noted, if none was."""
        return self._first.setdefault(hashlib.blake2b(repr(about).encode(), digest_size=16).digest(), row)


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
    across  whether `judge` looks from row to row: it then takes a third argument, what the rows before were about and
            the first row of each, carried on from part to part of a large file
    worth   (line, facts) → money that the line makes payable, in 分
    apply   (act, organisation, line) → Applied; raises Refusal
    right   what filing this kind needs
    authority  whether it is a list of the authority itself, which no organisation files
    money   whether its rows make anything payable
    refused  codes of what may stand against a row when it is applied, corrected or made void though every rule was met before
    amends  how an entry is corrected or made void once it stands; none if it cannot be
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    right: str
    look: Callable[[Any, Sequence[Line]], Any]
    judge: Callable[..., Iterable[CellFinding]]
    worth: Callable[[Line, Any], int]
    apply: Callable[[Any, str | None, Line], Applied]
    authority: bool = False
    money: bool = True
    across: bool = False
    amends: Amends | None = None
    refused: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of this name. Raises KeyError."""
        return next(c for c in self.columns if c.name == name) if name else _WHOLE_ROW

    def header(self) -> tuple[str, ...]:
        """The first row of the template."""
        return tuple(c.zh for c in self.columns)


_WHOLE_ROW = Column("", "整行", "Whole row", str)

@dataclass(frozen=True)
class Layout:
    """Which sheet column holds which column of the kind, or why the file cannot be taken.

    places  column name → position in the row, from 0
    head    number of the row that holds the names
    width   how many columns there are up to the last that has a name
    """

    places: Mapping[str, int]
    head: int
    findings: tuple[CellFinding, ...]
    width: int = 0

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
    elif not any(row[at].strip() for row in islice(rows, head + 1, None) for at in places.values() if at < len(row)):
        found.append(CellFinding(0, "", "returns.no_rows", Severity.FAIL))
    elif unknown:
        found.append(
            CellFinding(0, "", "returns.unknown_column", Severity.WARNING, {"columns": "、".join(unknown[:10])})
        )
    width = max((at for at, text in enumerate(rows[head] if head < len(rows) else ()) if text.strip()), default=-1) + 1
    return Layout(places, head + 1, tuple(found), width)


Cut = list[tuple[int, dict[str, str]]]  # rows: their numbers in the file, and their texts by column name


def cut(rows: Sequence[Sequence[str]], plan: Layout, start: int = 0, end: int | None = None) -> tuple[Cut, list[CellFinding]]:
    """The filled rows under the names, from place `start` to `end`; and a warning for every row that has cells beyond the named
    columns: its cells may have shifted.
    """
    found, beyond = [], []
    names, places, width = tuple(plan.places), tuple(plan.places.values()), plan.width
    furthest = max(places)
    for number, row in _under(rows, plan, start, end):
        whole = row if len(row) > furthest else [*row, *[""] * (furthest + 1 - len(row))]
        texts = [whole[at].strip() for at in places]
        if any(texts):
            found.append((number, dict(zip(names, texts, strict=True))))
        if len(row) > width and any(map(str.strip, row[width:])):
            beyond.append(CellFinding(number, "", "returns.surplus_cells", Severity.WARNING))
    return found, beyond


def _under(rows: Sequence[Sequence[str]], plan: Layout, start: int, end: int | None) -> Iterable[tuple[int, Sequence[str]]]:
    last = len(rows) if end is None else plan.head + end
    return enumerate(rows[plan.head + start : last], plan.head + start + 1)


class Reader:
    """Reads rows into values by the columns of a kind. What equal texts were read as is kept: most cells repeat."""

    _KEPT = 4_000

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        # by column: texts that were read without a word, and what became of the others
        self._plan: list[tuple[Column, str, dict[str, Any], dict[str, tuple[Any, CellFault | None, bool]]]]
        self._plan = [(column, column.name, {}, {}) for column in columns]
        self._known = [(name, known.get) for _, name, known, _ in self._plan]
        self._heads = [frozenset({_folded(n) for n in (c.zh, c.en, c.name)}) for c in columns]

        # how a first cell begins that could be a name of its column or a total: of any other nothing more is asked
        self._suspects = frozenset({name[:1] for name in self._heads[0] | TOTALS} | set("_*＊（）()％%"))

    def line(self, row: int, cells: Mapping[str, str]) -> tuple[Line, list[CellFinding]]:
        """Read the cells of one row; every cell that cannot be read is a finding at its place."""
        whole = self._no_row_at_all(row, cells)
        if whole is not None:
            return Line(row, cells, {}), [whole]
        values = {name: value for name, known in self._known if (value := known(cells.get(name, ""))) is not None}
        found: list[CellFinding] = []
        if len(values) < len(self._known):
            for column, name, known, others in self._plan:
                if name not in values:
                    value = self._unknown(row, column, cells.get(name, ""), known, others, found)
                    if value is not None:
                        values[name] = value
        return Line(row, cells, values), found

    def _unknown(
        self, row: int, column: Column, text: str, known: dict[str, Any],
        others: dict[str, tuple[Any, CellFault | None, bool]], found: list[CellFinding],
    ) -> Any:  # fmt: skip
        """What a text is read as that was not read before, or not without a word."""
        held = others.get(text)
        if held is None:
            held = _read(column, text.strip())
            if len(known) + len(others) < self._KEPT:
                if held[0] is not None and not held[2]:
                    known[text] = held[0]
                else:
                    others[text] = held
        value, fault, unseen = held
        if fault is not None:
            found.append(CellFinding(row, column.name, fault.code, Severity.ERROR, fault.facts))
        elif unseen:
            found.append(CellFinding(row, column.name, "returns.invisible", Severity.WARNING))
        return value

    def _no_row_at_all(self, row: int, cells: Mapping[str, str]) -> CellFinding | None:
        """The names of the columns once more, or the totals under a list: no row of the return."""
        first = cells.get(self._columns[0].name, "")
        begin = first[:1]
        if begin and begin.lower() not in self._suspects and not begin.isspace():
            return None
        if _folded(first) in self._heads[0]:
            filled = [(heads, cells[c.name]) for c, heads in zip(self._columns, self._heads, strict=True) if cells.get(c.name)]
            if all(_folded(text) in heads for heads, text in filled):
                return CellFinding(row, "", "returns.repeated_header")
        if not first or first.strip().lower() in TOTALS:
            shown = next((text.strip().lower() for text in cells.values() if text.strip()), "")
            if shown in TOTALS:
                return CellFinding(row, "", "returns.totals_row")
        return None


def _read(column: Column, text: str) -> tuple[Any, CellFault | None, bool]:
    """(value or None, why it cannot be read, whether it holds characters that nobody sees)."""
    try:
        if USUAL.fullmatch(text) and text not in PLACEHOLDERS:
            return column.read(text), None, False
        plain = INVISIBLE.sub("", text).strip()
        if not plain:
            if column.needed:
                raise CellFault("returns.needed", column=column.zh, column_en=column.en)
            return None, None, False
        if len(plain) > column.most:
            raise CellFault("returns.too_long", length=len(plain), most=column.most)
        if plain.startswith("#") and ERROR_VALUE.fullmatch(plain):
            raise CellFault("returns.error_value", shown=plain[:8])
        if column.needed and plain.lower() in PLACEHOLDERS:
            raise CellFault("returns.placeholder", shown=plain, column=column.zh, column_en=column.en)
        if MANGLED.fullmatch(plain):
            raise CellFault("returns.mangled_number", shown=plain[:3] + "…" + plain[-4:])
        return column.read(plain), None, plain != text
    except CellFault as fault:
        return None, fault.with_traceback(None), False  # it is kept: not what was being done when it was found


def read_line(row: int, cells: Mapping[str, str], columns: Sequence[Column]) -> tuple[Line, list[CellFinding]]:
    """Read the cells of one row by itself."""
    return Reader(columns).line(row, cells)


def _folded(text: str) -> str:
    return re.sub(r"[\s_*＊（）()％%]", "", text).lower()


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


from skills.returns.rules.listed import COMMON as COMMON  # noqa: E402 - it stands on what is above
from skills.returns.rules.listed import REFUSED as REFUSED  # noqa: E402
