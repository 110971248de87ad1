"""An XLSX file from outside: checked piece by piece without ever lying unpacked in memory, then read.

The parts that hold values are unpacked and looked through; the same compressed bytes go into a fresh archive, and
that one is read: what was checked is what is read. Whatever refuses a file is found before a cell of it is kept.
The reader holds every cell of a sheet at once, so a long sheet is given to it in bands, each as an archive of its own.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

import python_calamine

from skills.kernel.errors import Refusal

MOST_ROWS = 100_001  # the names and a hundred thousand rows
MOST_COLUMNS = 52
MOST_UNPACKED = 160 * 2**20  # a hundred thousand rows of nine texts, each cell with its own text, are 63 MB
MOST_PARTS = 200
MOST_RATIO = 120
# The reader keeps every cell of the box around all filled cells: a sheet may be deep or wide, not both.
DEEP, WIDE = 30_000, 16
MOST_CELLS = MOST_ROWS * WIDE

# Large whole numbers lose their last digits in a spreadsheet: a double holds fifteen.
EXACT_DIGITS = 10**15

_PIECE = 2**20
_BAND = 4 * 2**20  # of a sheet's text, some 15,000 rows of nine cells: the reader takes five times as much for it
_LONGEST_TEXT = 2**17  # between two tags: far beyond a cell that may be read

_ACTIVE = ("vbaproject", "externallink", "activex", "macrosheets", "dialogsheets", "embeddings", "ctrlprops")
_READ = re.compile(r"\[content_types\]\.xml|(_rels|xl/_rels)/.*\.rels|xl/(workbook|styles|sharedstrings)\.xml"
                   r"|xl/worksheets/.+\.(xml|rels)", re.IGNORECASE)
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_MARKUP = re.compile(rb"<!(?!--|\[CDATA\[)")
_NAME = rb"(?:[^\s<>/:!?]+:)?"
# Every cell says where it stands, within A1 … AZ100999; so the size of the sheet is known before it is read.
_PLACE = rb"r=\"A?[A-Z](?:[1-9]\d{0,4}|100\d{3})\""
_UNUSUAL_CELL = re.compile(rb"<" + _NAME + rb"c(?=[\s/>])(?! " + _PLACE + rb")")
_UNUSUAL_BARE_CELL = re.compile(rb"<c(?=[\s/>])(?! " + _PLACE + rb")")
_CELL = re.compile(rb"<" + _NAME + rb"c[\s/>]")
_STRAY_CELL = re.compile(rb"<" + _NAME + rb"c(?=[\s/>])(?!(?:\s+[a-z]+=\"[^\"&<>]*\")*?\s+" + _PLACE + rb")")
_WIDE_CELL = re.compile(rb"<c r=\"(?:A[A-Z]|[Q-Z])\d")
_DEEP = rb"r=\"[A-Z]{1,2}(?:[3-9]\d{4}|\d{6})\""
_DEEP_CELL, _DEEP_PLACE = re.compile(rb"\s" + _DEEP), re.compile(_DEEP)
_FORMULA_CELL = re.compile(rb"<" + _NAME + rb"f[\s/>]")
_HEAD = re.compile(rb"<worksheet[\s>][^\0]*<sheetData>")
_FOOT = b"</sheetData></worksheet>"
_VALUE = re.compile(rb"<" + _NAME + rb"(?:v|is)>.")
_MERGED = re.compile(rb"<" + _NAME + rb"mergeCell[\s/>]")


@dataclass
class _Seen:
    """What a worksheet shows while it is looked through."""

    rows: int = 0
    cells: int = 0
    filled: bool = False
    merged: bool = False
    wide: bool = False
    deep: bool = False
    even: bool = True  # it can be cut between any two rows


@dataclass(frozen=True)
class Workbook:
    """A checked workbook.

    parts      what is read of it, as packed
    sheet      the one part of them that has values
    in_bands   whether that is read band by band; the rows of one band are as wide as the band
    most_rows  its sheet has no more rows than this
    """

    parts: Sequence[tuple[zipfile.ZipInfo, memoryview]]
    sheet: zipfile.ZipInfo
    in_bands: bool
    most_rows: int

    def rows(self) -> Iterator[list[str]]:
        """The rows of its one filled sheet as texts, from row 1 on. Raises Refusal."""
        done = 0
        try:
            for archive in self.archives():
                for cells in _rows_of(archive, done):
                    yield cells
                    done += 1
        except (zipfile.BadZipFile, python_calamine.CalamineError) as error:
            raise Refusal("sheet.damaged") from error

    def archives(self) -> Iterator[bytes]:
        """Fresh archives: of all its parts, or of each band of its sheet and the other parts."""
        if not self.in_bands:
            yield _fresh(self.parts)
            return
        others = [held for held in self.parts if held[0] is not self.sheet]
        packed = next(packed for part, packed in self.parts if part is self.sheet)
        for band in _bands(_pieces(packed, self.sheet), self.sheet.filename):
            yield _fresh([*others, band])


def opened(data: bytes) -> Workbook:
    """Check an XLSX file. Raises Refusal("sheet.…") for all that is no plain sheet of values."""
    try:
        return _checked(data)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError) as error:
        raise Refusal("sheet.damaged") from error


def _checked(data: bytes) -> Workbook:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    _check_directory(parts, len(data))
    read: list[tuple[zipfile.ZipInfo, memoryview]] = []
    sheets: list[tuple[zipfile.ZipInfo, _Seen]] = []
    for part in parts:
        if not _READ.fullmatch(part.filename):
            continue
        packed = _packed(data, part)
        seen = _look(part.filename.lower(), _pieces(packed, part))
        if seen is not None:
            sheets.append((part, seen))
        read.append((part, packed))
    filled = [held for held in sheets if held[1].filled]
    if not filled:
        raise Refusal("sheet.empty")
    if len(filled) > 1:
        raise Refusal("sheet.two_sheets")
    part, seen = filled[0]
    if seen.merged:
        raise Refusal("sheet.merged")
    return Workbook(read, part, seen.even and part.file_size > _BAND, seen.rows)


def _check_directory(parts: Sequence[zipfile.ZipInfo], size: int) -> None:
    names = [part.filename.lower() for part in parts]
    if len(parts) > MOST_PARTS or len(set(names)) != len(names):
        raise Refusal("sheet.damaged")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise Refusal("sheet.not_a_sheet")
    if sum(part.compress_size for part in parts) > size:
        raise Refusal("sheet.damaged")  # parts that lie over each other
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


# Looking through --------------------------------------------------------------------------------------------------


def _packed(data: bytes, part: zipfile.ZipInfo) -> memoryview:
    """The bytes of a part as they lie in the archive."""
    signature, name, extra = struct.unpack_from("<4s22xHH", data, part.header_offset)
    start = part.header_offset + 30 + name + extra
    if signature != b"PK\x03\x04" or start + part.compress_size > len(data):
        raise Refusal("sheet.damaged")
    return memoryview(data)[start : start + part.compress_size]


def _unpacked(packed: memoryview, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part unpacked, a piece at a time, and never beyond the size that it tells."""
    if part.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise Refusal("sheet.damaged")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(packed), _PIECE // 16):
        more = bytes(packed[at : at + _PIECE // 16])
        while more:
            yield unpacker.decompress(more, _PIECE)
            more = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof or unpacker.unused_data:
        raise Refusal("sheet.damaged")


def _pieces(packed: memoryview, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The text of a part in pieces that end with a tag: no tag lies in two of them."""
    size, checksum, rest = 0, 0, b""
    for piece in _unpacked(packed, part):
        size, checksum = size + len(piece), zlib.crc32(piece, checksum)
        if size > part.file_size:
            raise Refusal("sheet.damaged")
        rest += piece
        if len(rest) < _PIECE:
            continue
        end = rest.rfind(b">") + 1
        if len(rest) - end > _LONGEST_TEXT:
            raise Refusal("sheet.damaged")
        yield rest[:end]
        rest = rest[end:]
    if size != part.file_size or checksum != part.CRC:
        raise Refusal("sheet.damaged")
    yield rest


def _look(name: str, pieces: Iterator[bytes]) -> _Seen | None:
    """Look through one part; what a worksheet shows, None of any other part. Raises Refusal."""
    seen = _Seen() if name.startswith("xl/worksheets/") and name.endswith(".xml") else None
    for number, piece in enumerate(pieces):
        if number == 0 and (
            piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in piece[:64] or _OTHER_ENCODING.search(piece[:256])
        ):
            raise Refusal("sheet.damaged")
        if _MARKUP.search(piece):
            raise Refusal("sheet.damaged")
        if seen is not None:
            _look_at_cells(piece, seen)
            # Neither comments nor marked text, where what looks like a tag is none; and the names that _bands looks for.
            seen.even = seen.even and b"<!" not in piece and (number > 0 or _HEAD.search(piece) is not None)
    return seen


def _look_at_cells(piece: bytes, seen: _Seen) -> None:
    """What comes before a pattern here is in every text that the pattern fits, and is looked for ten times as fast."""
    if (b"<f" in piece or b":f" in piece) and _FORMULA_CELL.search(piece):
        raise Refusal("sheet.formulas")
    unusual = (_UNUSUAL_CELL if b":c" in piece else _UNUSUAL_BARE_CELL).search(piece) is not None
    if unusual and _STRAY_CELL.search(piece):
        raise Refusal("sheet.too_wide", rows=MOST_ROWS, columns=MOST_COLUMNS)
    seen.rows += piece.count(b"<row") + piece.count(b":row ")
    seen.cells += len(_CELL.findall(piece)) if unusual else piece.count(b"<c r")
    seen.even = seen.even and not unusual
    seen.wide = seen.wide or unusual or _WIDE_CELL.search(piece) is not None
    seen.deep = seen.deep or (_DEEP_PLACE.search(piece) is not None and _DEEP_CELL.search(piece) is not None)
    seen.filled = seen.filled or _VALUE.search(piece) is not None
    seen.merged = seen.merged or (b"mergeCell" in piece and _MERGED.search(piece) is not None)
    if seen.cells > MOST_CELLS or (seen.wide and seen.deep):
        raise Refusal("sheet.too_wide", rows=MOST_ROWS, columns=WIDE)


# Reading ----------------------------------------------------------------------------------------------------------


def _bands(pieces: Iterator[bytes], name: str) -> Iterator[tuple[zipfile.ZipInfo, memoryview]]:
    """An even sheet in bands, each packed as a sheet of its own: some whole rows between the head and a foot."""
    first = next(pieces)
    found = _HEAD.search(first)
    head = first[: found.end()] if found else b""
    band = _Part(name)
    band.write(first)
    for piece in pieces:
        end = piece.rfind(b"</row>") + len(b"</row>") if band.size >= _BAND and b"</row>" in piece else 0
        if end:
            band.write(piece[:end] + _FOOT)
            yield band.close()
            band = _Part(name)
            band.write(head)
        band.write(piece[end:])
    yield band.close()


class _Part:
    """A part that is packed while it is written."""

    def __init__(self, name: str) -> None:
        self.size = 0
        self._name, self._checksum, self._out = name, 0, bytearray()
        self._packer = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)

    def write(self, text: bytes) -> None:
        self.size, self._checksum = self.size + len(text), zlib.crc32(text, self._checksum)
        self._out += self._packer.compress(text)

    def close(self) -> tuple[zipfile.ZipInfo, memoryview]:
        """What the archive's directory tells of it, and its packed bytes."""
        self._out += self._packer.flush()
        part = zipfile.ZipInfo(self._name)
        part.compress_type, part.file_size, part.CRC = zipfile.ZIP_DEFLATED, self.size, self._checksum
        return part, memoryview(self._out)


def _rows_of(archive: bytes, done: int) -> Iterator[list[str]]:
    """The rows of an archive's filled sheet, without those that the bands before had."""
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(archive)) as book:
        for number in range(len(book.sheet_names)):
            sheet = book.get_sheet_by_index(number)
            if sheet.height and sheet.width and sheet.start is not None:
                if sheet.start[0] < done:
                    raise Refusal("sheet.damaged")  # rows that do not follow one another
                before = [""] * sheet.start[1]
                for cells in islice(sheet.iter_rows(), done, None):
                    yield before + [cell if type(cell) is str else _text(cell) for cell in cells]
                return


def _fresh(parts: Sequence[tuple[zipfile.ZipInfo, memoryview]]) -> bytes:
    archive = _Archive()
    for part, packed in parts:
        archive.add(part, packed)
    return archive.close()


class _Archive:
    """A fresh archive of parts as they were packed, under their names alone."""

    def __init__(self) -> None:
        self._out = io.BytesIO()
        self._directory: list[bytes] = []

    def add(self, part: zipfile.ZipInfo, packed: memoryview) -> None:
        name = part.filename.encode()
        told = struct.pack("<HHHHHLLLHH", 20, 0x800, part.compress_type, 0, 33, part.CRC, len(packed), part.file_size,
                           len(name), 0)  # fmt: skip
        self._directory.append(
            struct.pack("<4sH", b"PK\x01\x02", 20) + told + struct.pack("<HHHLL", 0, 0, 0, 0, self._out.tell()) + name
        )
        self._out.write(struct.pack("<4s", b"PK\x03\x04") + told + name)
        self._out.write(packed)

    def close(self) -> bytes:
        """The archive's bytes."""
        at, directory = self._out.tell(), b"".join(self._directory)
        self._out.write(directory)
        count = len(self._directory)
        self._out.write(struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0))
        return self._out.getvalue()


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
