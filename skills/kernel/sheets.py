"""Spreadsheets from outside: bytes in, rows of text out, within bounds; and sheets that never run as formulas.

A file is checked first (`opened`); its rows are then read one after another, so that a large one never lies in memory
twice. Workbooks are `kernel.workbooks`.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from skills.kernel import workbooks
from skills.kernel.errors import Refusal
from skills.kernel.workbooks import DEEP, MOST_COLUMNS, MOST_ROWS, WIDE

MOST_BYTES = 24 * 2**20  # a hundred thousand rows of nine columns are 9 MB as CSV
MOST_IN_CELL = 2_000
_MOST_TEXTS = 100_000  # what is kept to find equal texts by
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Sheet:
    """The rows of a file as text. `rows[0]` is row 1 of the sheet; `form` is csv or xlsx."""

    rows: tuple[tuple[str, ...], ...]
    form: str


class Opened:
    """A checked file whose rows can be read. `most_rows`: it has no more rows than this; `form` is csv or xlsx."""

    def __init__(self, form: str, most_rows: int, rows: Iterator[Sequence[str]]) -> None:
        self.form = form
        self.most_rows = most_rows
        self._rows = rows

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Its rows, without the empty ones at the end; equal texts are one object. To be asked once. Raises Refusal."""
        kept: list[tuple[str, ...]] = []
        texts: dict[str, str] = {}
        blank: dict[int, tuple[str, ...]] = {}
        last = 0
        for row, cells in enumerate(self._bounded(), 1):
            if not any(cells):
                kept.append(blank.setdefault(len(cells), tuple(cells)))
                continue
            if len(texts) < _MOST_TEXTS:
                kept.append(tuple([texts.setdefault(cell, cell) for cell in cells]))
            else:
                kept.append(tuple([texts.get(cell, cell) for cell in cells]))
            if any(map(str.strip, cells)):
                last = row
        if not last:
            raise Refusal("sheet.empty")
        return tuple(kept[:last])

    def packed(self) -> Packed:
        """The same rows in a twentieth of the memory, for a file that is worked through part by part. Raises Refusal."""
        blocks: list[bytes] = []
        block: list[Sequence[str]] = []
        last = 0
        for row, cells in enumerate(self._bounded(), 1):
            block.append(cells)
            if any(map(str.strip, cells)):
                last = row
            if len(block) == Packed.BLOCK:
                blocks.append(Packed.pack(block))
                block = []
        if not last:
            raise Refusal("sheet.empty")
        return Packed((*blocks, Packed.pack(block)), last)

    def _bounded(self) -> Iterator[Sequence[str]]:
        """Its rows as they are read. Raises Refusal at one that is beyond what a file may hold."""
        width = 0
        for row, cells in enumerate(self._rows, 1):
            width = max(width, len(cells))
            if row > MOST_ROWS or width > MOST_COLUMNS or (row > DEEP and width > WIDE):
                raise Refusal("sheet.too_wide", rows=MOST_ROWS, columns=WIDE if row > DEEP else MOST_COLUMNS)
            if len("".join(cells)) > MOST_IN_CELL and len(max(cells, key=len)) > MOST_IN_CELL:
                raise Refusal("sheet.cell_too_long", row=row, most=MOST_IN_CELL)
            yield cells


class Packed(Sequence[Sequence[str]]):
    """Rows of text as compressed blocks: only what is asked for is unpacked, and nothing of it is kept."""

    BLOCK = 500  # rows

    def __init__(self, blocks: Sequence[bytes], count: int) -> None:
        self._blocks = blocks
        self._count = count

    @staticmethod
    def pack(rows: Sequence[Sequence[str]]) -> bytes:
        """One block."""
        return zlib.compress(json.dumps(rows).encode(), 1)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Sequence[str]]:
        return self._between(0, self._count)

    @overload
    def __getitem__(self, at: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[str]]: ...
    def __getitem__(self, at: int | slice) -> Sequence[str] | Sequence[Sequence[str]]:
        if isinstance(at, slice):
            places = range(self._count)[at]
            rows = list(self._between(min(places), max(places) + 1)) if places else []
            return rows[:: places.step]
        place = range(self._count)[at]
        return next(self._between(place, place + 1))

    def _between(self, start: int, end: int) -> Iterator[Sequence[str]]:
        for number in range(start // self.BLOCK, -(-end // self.BLOCK)):
            first = number * self.BLOCK
            yield from json.loads(zlib.decompress(self._blocks[number]))[max(start - first, 0) : end - first]


def address(row: int, column: int) -> str:
    """Where a cell stands, as spreadsheets write it: row 7, column 3 is C7."""
    return f"{get_column_letter(column)}{row}"


def opened(data: bytes) -> Opened:
    """Check an XLSX or CSV file.

    CSV is UTF-8 (with or without mark) or GB18030, divided by comma, semicolon or tab.
    Raises Refusal("sheet.…") for a file that is no such thing, is too large or carries more than values.
    """
    if len(data) > MOST_BYTES:
        raise Refusal("sheet.too_big", most=MOST_BYTES // 2**20)
    if not data[:4096].strip() and not data.strip():
        raise Refusal("sheet.empty")
    if data.startswith(b"PK\x03\x04"):
        book = workbooks.opened(data)
        return Opened("xlsx", book.most_rows, book.rows())
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refusal("sheet.old_or_locked")
    return _opened_csv(data)


def read(data: bytes) -> Sheet:
    """The rows of an XLSX or CSV file. Raises Refusal as `opened` does."""
    held = opened(data)
    return Sheet(held.rows(), held.form)


# CSV ------------------------------------------------------------------------------------------------------------

_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"<", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_DIVIDERS = ",;\t"
_PIECE = 2**20
_LONGEST_LINE = MOST_COLUMNS * MOST_IN_CELL * 4
_QUOTED = re.compile(r'"[^"]*(?:"|$)')
_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠")


def _opened_csv(data: bytes) -> Opened:
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    head = data[start : start + 4096].lstrip()
    if head.startswith(_FOREIGN) or (b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Refusal("sheet.not_a_sheet")
    lines = _check_lines(data)
    encoding = _encoding(data)
    stream = io.BytesIO(data)
    stream.seek(start)
    return Opened("csv", lines, _csv_rows(io.TextIOWrapper(stream, encoding, newline=""), guards=b"'" in data))


def _csv_rows(text: io.TextIOWrapper, guards: bool) -> Iterator[list[str]]:
    """guards: whether there is an apostrophe anywhere that could disarm a cell."""
    start = text.tell()
    first = next((line for line in text if line.strip("\r\n")), "")
    text.seek(start)
    divider = max(_DIVIDERS, key=_QUOTED.sub("", first).count)
    row = 1
    try:
        for cells in csv.reader(text, delimiter=divider, strict=True):
            row += 1
            yield [_unguarded(cell) for cell in cells] if guards and "'" in "".join(cells) else cells
    except csv.Error as error:
        raise Refusal("sheet.broken_quotes", row=row) from error


def _check_lines(data: bytes) -> int:
    """How many lines there are; none may be longer than a row can be. Raises Refusal."""
    end = b"\n" if b"\n" in data else b"\r"
    count, at = 0, 0
    while at < len(data):
        found = data.find(end, at)
        after = len(data) if found < 0 else found + 1
        count += 1
        if after - at > _LONGEST_LINE:
            raise Refusal("sheet.cell_too_long", row=count, most=MOST_IN_CELL)
        at = after
    return count


def _encoding(data: bytes) -> str:
    """utf-8 or gb18030; one for the whole file. Raises Refusal("sheet.encoding" | "sheet.mixed_encodings")."""
    if _decodes(data, "utf-8"):
        return "utf-8"
    told: dict[bool, int] = {}
    for number, line in enumerate(io.BytesIO(data), 1):
        if not line.isascii() and (utf8 := _is_utf8(line)) is not None:
            told.setdefault(utf8, number)
    if len(told) == 2:
        raise Refusal("sheet.mixed_encodings", row=max(told.values()))
    if _decodes(data, "gb18030"):
        return "gb18030"
    raise Refusal("sheet.encoding")


def _is_utf8(line: bytes) -> bool | None:
    """Whether a line is UTF-8 and could be nothing else; None if it could be both."""
    if not _decodes(line, "utf-8"):
        return False
    return True if max(line.decode()) >= "\u0800" else None  # two bytes a character: a word in GB18030, too


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether all of it can be read so; a piece at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(data), _PIECE):
            decoder.decode(data[at : at + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def guarded(cell: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: with an apostrophe before what would begin one."""
    return f"'{cell}" if cell.lstrip(" \u3000\ufeff")[:1] in _FORMULA and cell.strip(" ") else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with mark; cells that would run as formulas are disarmed."""
    return b"".join(csv_lines(rows)) or b"\xef\xbb\xbf"


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same line by line, for files that are sent while they are made; the first begins with the mark."""
    mark = "\ufeff"
    for row in rows:
        line = ",".join(_cell(cell) for cell in row) or '""'  # an empty line would be no row
        yield f"{mark}{line}\r\n".encode()
        mark = ""


def _cell(cell: str) -> str:
    """As it stands in the file; what any reader could take for a divider is quoted, whichever divider that reader expects."""
    cell = guarded(cell)
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in _DIVIDERS + '"\r\n') else cell


# Writing workbooks -----------------------------------------------------------------------------------------------

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
