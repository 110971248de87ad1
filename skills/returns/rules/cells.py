"""How the text of a cell is read, and what is no value at all (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from skills.people.rules import DocumentKind

# What people write for a kind of document.
DOCUMENT_WORDS: Mapping[str, DocumentKind] = {kind.words[0]: kind for kind in DocumentKind}
DOCUMENT_KINDS: Mapping[str, DocumentKind] = {
    **DOCUMENT_WORDS,
    "身份证": DocumentKind.RESIDENT,
    "resident id": DocumentKind.RESIDENT,
    "passport": DocumentKind.PASSPORT,
}


class CellFault(Exception):
    """A cell cannot be read: the code of the rule and the facts of its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


# Readers of cells -------------------------------------------------------------------------------------------------

# What a spreadsheet leaves where a formula failed or a column is too narrow.
ERROR_VALUE = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|#+)")
# What people write when they have nothing to write.
PLACEHOLDERS = frozenset({"无", "暂无", "没有", "待定", "待补", "未知", "不详", "-", "--", "—", "——", "/", "\\", "?", "？", "n/a", "na",
                          "null", "none", "nil", "nan"})  # fmt: skip
TOTALS = frozenset({"合计", "总计", "小计", "共计", "总人数", "合计：", "total", "totals", "sum", "subtotal"})
# A name or a document number as most are: nothing in it that has to be looked for.
USUAL = re.compile("[\u4e00-\u9fa5]{2,8}|[0-9]{17}[0-9X]")
_SERIAL_DAYS = range(25_569, 73_051)  # 1970 to 2099 as days since 1899-12-30
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
    if len(text) == 5 and text.isascii() and text.isdecimal() and int(text) in _SERIAL_DAYS:
        raise CellFault("returns.serial_date", shown=text, day=date(1899, 12, 30) + timedelta(days=int(text)))
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
