"""Spreadsheets from outside: bytes in, rows of text out, within bounds; and sheets that never run as formulas.

A workbook is checked part by part, packed anew from the bytes that were checked, and only then read: what was
checked is what is read.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import python_calamine
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from skills.kernel.errors import Refusal

MOST_BYTES = 5 * 2**20
MOST_UNPACKED = 64 * 2**20
MOST_PARTS = 200
MOST_RATIO = 120
MOST_ROWS = 99_999
MOST_COLUMNS = 52
MOST_IN_CELL = 2_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

# Large whole numbers lose their last digits in a spreadsheet: a double holds fifteen.
EXACT_DIGITS = 10**15


@dataclass(frozen=True)
class Sheet:
    """The rows of a file as text. `rows[0]` is row 1 of the sheet; `form` is csv or xlsx."""

    rows: tuple[tuple[str, ...], ...]
    form: str


def address(row: int, column: int) -> str:
    """Where a cell stands, as spreadsheets write it: row 7, column 3 is C7."""
    return f"{get_column_letter(column)}{row}"


def read(data: bytes) -> Sheet:
    """The first sheet of an XLSX or CSV file.

    CSV is UTF-8 (with or without mark) or GB18030, divided by comma, semicolon or tab.
    Raises Refusal("sheet.…") for a file that is no such thing, is too large or carries more than values.
    """
    if not data.strip():
        raise Refusal("sheet.empty")
    if len(data) > MOST_BYTES:
        raise Refusal("sheet.too_big", most=MOST_BYTES // 2**20)
    if data.startswith(b"PK\x03\x04"):
        rows, form = _read_xlsx(data), "xlsx"
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refusal("sheet.old_or_locked")
    else:
        rows, form = _read_csv(data), "csv"
    kept = tuple(rows)
    while kept and not any(cell.strip() for cell in kept[-1]):
        kept = kept[:-1]
    if not kept:
        raise Refusal("sheet.empty")
    return Sheet(kept, form)


# CSV ------------------------------------------------------------------------------------------------------------

_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"<", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_DIVIDERS = ",;\t"
_QUOTED = re.compile(r'"[^"]*(?:"|$)')
_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠")


def _read_csv(data: bytes) -> Iterator[tuple[str, ...]]:
    body = data.removeprefix(b"\xef\xbb\xbf")
    if body.lstrip().startswith(_FOREIGN) or (b"\0" in body and not body.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Refusal("sheet.not_a_sheet")
    text = _decoded(body)
    first = _QUOTED.sub("", text.lstrip("\r\n")).split("\n", 1)[0]
    divider = max(_DIVIDERS, key=first.count)
    row = 0
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True), 1):
            _within(row, len(cells))
            yield tuple(_bounded(_unguarded(cell), row) for cell in cells)
    except csv.Error as error:
        raise Refusal("sheet.broken_quotes", row=row + 1) from error


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("sheet.encoding")


def guarded(cell: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: with an apostrophe before what would begin one."""
    return f"'{cell}" if cell.lstrip(" \u3000\ufeff")[:1] in _FORMULA and cell.strip(" ") else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with mark; cells that would run as formulas are disarmed."""
    lines = (",".join(_cell(cell) for cell in row) or '""' for row in rows)  # an empty line would be no row
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def _cell(cell: str) -> str:
    """As it stands in the file; what any reader could take for a divider is quoted, whichever divider that reader expects."""
    cell = guarded(cell)
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in _DIVIDERS + '"\r\n') else cell


# XLSX -----------------------------------------------------------------------------------------------------------

_ACTIVE = ("vbaproject", "externallink", "activex", "macrosheets", "dialogsheets", "embeddings", "ctrlprops")
_READ = re.compile(r"\[content_types\]\.xml|(_rels|xl/_rels)/.*\.rels|xl/(workbook|styles|sharedstrings)\.xml"
                   r"|xl/worksheets/.+\.(xml|rels)", re.IGNORECASE)
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_MARKUP = re.compile(rb"<!(?!--|\[CDATA\[)")
_NAME = rb"(?:[^\s<>/:!?]+:)?"
# Every cell says where it stands, within A1 … AZ99999; so the size of the sheet is known before it is read.
_STRAY_CELL = re.compile(rb"<" + _NAME + rb"c(?=[\s/>])(?!(?:\s+[a-z]+=\"[^\"&<>]*\")*?\s+r=\"A?[A-Z][1-9]\d{0,4}\")")
_FORMULA_CELL = re.compile(rb"<" + _NAME + rb"f[\s/>]")


def _read_xlsx(data: bytes) -> Iterator[tuple[str, ...]]:
    try:
        clean = _repacked(data)
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(clean)) as book:
            sheets = [book.get_sheet_by_index(i) for i in range(len(book.sheet_names))]
            filled = [sheet for sheet in sheets if sheet.height and sheet.width]
            if len(filled) > 1:
                raise Refusal("sheet.two_sheets")
            if not filled:
                raise Refusal("sheet.empty")
            if filled[0].merged_cell_ranges:
                raise Refusal("sheet.merged")
            for row, cells in enumerate(filled[0].to_python(skip_empty_area=False), 1):
                _within(row, len(cells))
                yield tuple(_bounded(_text(cell), row) for cell in cells)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, python_calamine.CalamineError) as error:
        raise Refusal("sheet.damaged") from error


def _repacked(data: bytes) -> bytes:
    """A fresh archive of the checked parts that hold values. Raises Refusal."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        _check_directory(parts)
        out, unpacked = io.BytesIO(), 0
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as fresh:
            for part in parts:
                with archive.open(part) as stream:
                    body = stream.read(MOST_UNPACKED - unpacked + 1)
                unpacked += len(body)
                if unpacked > MOST_UNPACKED:
                    raise Refusal("sheet.unpacks_too_far")
                if part.filename.lower().endswith((".xml", ".rels")):
                    _check_xml(part.filename, body)
                if _READ.fullmatch(part.filename):
                    fresh.writestr(part.filename, body)
    return out.getvalue()


def _check_directory(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    if len(parts) > MOST_PARTS or len(set(names)) != len(names):
        raise Refusal("sheet.damaged")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise Refusal("sheet.not_a_sheet")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refusal("sheet.unpacks_too_far")
    for part, name in zip(parts, names, strict=True):
        if part.flag_bits & 1:
            raise Refusal("sheet.old_or_locked")
        if any(word in name for word in _ACTIVE) or (name.startswith("xl/worksheets/") and name.endswith(".bin")):
            raise Refusal("sheet.active_content")
        if name.startswith(("/", "\\")) or ".." in name:
            raise Refusal("sheet.damaged")
        if part.file_size > 2**20 and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise Refusal("sheet.unpacks_too_far")


def _check_xml(name: str, body: bytes) -> None:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:64] or _OTHER_ENCODING.search(body[:256]):
        raise Refusal("sheet.damaged")
    if _MARKUP.search(body):
        raise Refusal("sheet.damaged")
    if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
        if _FORMULA_CELL.search(body):
            raise Refusal("sheet.formulas")
        if _STRAY_CELL.search(body):
            raise Refusal("sheet.too_wide", rows=MOST_ROWS, columns=MOST_COLUMNS)


def _text(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if abs(value) >= EXACT_DIGITS:
            return f"{value:.5E}"  # as the sheet shows it; the true digits are lost
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


# Bounds ---------------------------------------------------------------------------------------------------------


def _within(row: int, columns: int) -> None:
    if row > MOST_ROWS or columns > MOST_COLUMNS:
        raise Refusal("sheet.too_wide", rows=MOST_ROWS, columns=MOST_COLUMNS)


def _bounded(cell: str, row: int) -> str:
    if len(cell) > MOST_IN_CELL:
        raise Refusal("sheet.cell_too_long", row=row, most=MOST_IN_CELL)
    return cell


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write_xlsx(
    rows: Iterable[Sequence[str]], title: str = "Sheet1", choices: Mapping[int, Sequence[str]] | None = None
) -> bytes:
    """Rows as a workbook of texts: no cell is a number or a formula, so no document number loses its digits.

    choices  column (from 1) → the values that the column offers in a drop-down list
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for column in range(1, MOST_COLUMNS + 1):
        held = sheet.column_dimensions[get_column_letter(column)]
        held.number_format, held.width = "@", 20
    for column, offered in (choices or {}).items():
        letter = get_column_letter(column)
        listed = DataValidation(type="list", formula1=f'"{",".join(offered)}"', allow_blank=True)
        listed.add(f"{letter}2:{letter}{MOST_ROWS}")
        sheet.data_validations.append(listed)
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _UNPRINTABLE.sub("", value))
            cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
