"""Spreadsheets from outside: what is read is what was written, and what is dangerous is refused with a reason."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skills.kernel import sheets, workbooks
from skills.kernel.errors import Refusal
from skills.web.i18n import catalogue

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SHEET = "xl/worksheets/sheet1.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

plain_cell = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\ufffe\uffff"), max_size=12
)
table = st.lists(st.lists(plain_cell, min_size=2, max_size=4), min_size=1, max_size=8).filter(
    lambda rows: any(cell.strip() for cell in rows[-1]) and not rows[0][0].startswith(("<", "{\\rtf", "%PDF", "GIF8"))
)


def even(rows: list[list[str]]) -> list[list[str]]:
    """Rows of one width, as a sheet holds them."""
    width = max(len(row) for row in rows)
    return [row + [""] * (width - len(row)) for row in rows]


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        sheets.read(data)
    said = catalogue()[caught.value.code]
    assert all(said[part] for part in ("zh_do", "en_do")), "a refused file says what to do"
    return caught.value.code


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows or ([1, 2], [3, 4]):
        made.active.append(row)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def patched(name: str, body: bytes | str) -> bytes:
    """A good workbook with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
        new.writestr(name, body)
    return out.getvalue()


def test_an_empty_cell_alone_in_its_row_is_a_row() -> None:
    assert sheets.read(sheets.write_csv([["a"], [""], ["b"]])).rows == (("a",), ("",), ("b",))


@given(table)
@example([[";", ";"]])
@example([["a;b\n\t\t\t", "c"]])
def test_csv_that_we_write_is_read_back_and_never_runs(rows: list[list[str]]) -> None:
    data = sheets.write_csv(rows)
    assert sheets.read(data).rows == tuple(map(tuple, rows))
    assert data.startswith(b"\xef\xbb\xbf")


@given(table)
def test_workbook_that_we_write_is_read_back_and_holds_no_formula(rows: list[list[str]]) -> None:
    rows = even(rows)
    rows[0] = [cell or "x" for cell in rows[0]]
    data = sheets.write_xlsx(rows)
    assert sheets.read(data).rows == tuple(map(tuple, rows))
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for c in row]
    assert {c.data_type for c in cells if c.value is not None} <= {"s"}


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-2", "@SUM(1)", "\t=1", "＝1+1", "|x", " =cmd", "　=1"])
def test_a_cell_never_runs_as_formula_in_csv(evil: str) -> None:
    line = sheets.write_csv([[evil, "x"]]).decode("utf-8-sig")
    assert line.startswith(("'", '"\''))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_csv_in_every_encoding_that_offices_use(encoding: str, divider: str) -> None:
    text = divider.join(["姓名", "证件号码"]) + "\r\n" + divider.join(["张𠮷", "500101199001011234"]) + "\r\n\r\n"
    sheet = sheets.read(text.encode(encoding))
    assert sheet.rows == (("姓名", "证件号码"), ("张𠮷", "500101199001011234"))
    assert sheet.form == "csv"


def test_values_of_a_workbook_become_text_as_a_reader_sees_them() -> None:
    sheet = sheets.read(
        book(["a", 60.0, 88.5, True, date(2026, 11, 20), datetime(2026, 11, 20, 8, 30)]  # noqa: DTZ001 - sheets know no zone
        , [None, 110105199001011234])
    )
    assert sheet.form == "xlsx"
    assert sheet.rows[0] == ("a", "60", "88.5", "TRUE", "2026-11-20", "2026-11-20T08:30:00")
    assert sheet.rows[1][:2] == ("", "1.10105E+17")


def test_rows_keep_their_numbers_when_the_first_are_empty() -> None:
    made = openpyxl.Workbook()
    made.active["B3"] = "x"
    assert sheets.read(saved(made)).rows[2] == ("", "x")


def test_addresses_are_those_of_the_sheet() -> None:
    assert [sheets.address(1, 1), sheets.address(7, 3), sheets.address(2, 28)] == ["A1", "C7", "AB2"]


ENTITIES = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(9))
BOMB = f"<!DOCTYPE w [{ENTITIES}]><worksheet {SPACE}><sheetData><row r='1'><c r='A1'/></row></sheetData></worksheet>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet.empty"),
        (b" \r\n ", "sheet.empty"),
        (b",,\r\n,,\r\n", "sheet.empty"),
        (b"<html><table>", "sheet.not_a_sheet"),
        (b"%PDF-1.7\nabc", "sheet.not_a_sheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "sheet.not_a_sheet"),
        (b"a,b\0c", "sheet.not_a_sheet"),
        (patched("word/document.xml", "<x/>").replace(b"xl/workbook.xml", b"wd/workbook.xml"), "sheet.not_a_sheet"),
        ("姓名,x".encode("utf-16"), "sheet.encoding"),
        (b"name,\xff\xff\xff", "sheet.encoding"),
        (b'a,"b" c\r\n', "sheet.broken_quotes"),
        (b"a" * (sheets.MOST_IN_CELL + 1) + b",b", "sheet.cell_too_long"),
        (b",".join([b"x"] * 53), "sheet.too_wide"),
        (b"x\n" * (sheets.MOST_ROWS + 1), "sheet.too_wide"),
        (b"x" * (sheets.MOST_BYTES + 1), "sheet.too_big"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 100, "sheet.old_or_locked"),
        (book()[:300], "sheet.damaged"),
        (patched(SHEET, b"\0" * (65 << 20)), "sheet.unpacks_too_far"),
        (patched(SHEET, f"<worksheet {SPACE}>" + " " * (5 << 20) + "</worksheet>"), "sheet.unpacks_too_far"),
        (patched(SHEET, HEAD + BOMB), "sheet.damaged"),
        (patched(SHEET, BOMB.encode("utf-16")), "sheet.damaged"),
        (patched(SHEET, f'<?xml version="1.0" encoding="GBK"?><worksheet {SPACE}/>'), "sheet.damaged"),
        (patched("xl/vbaProject.bin", b"x"), "sheet.active_content"),
        (patched("xl/externalLinks/externalLink1.xml", "<x/>"), "sheet.active_content"),
        (patched("xl/embeddings/oleObject1.bin", b"x"), "sheet.active_content"),
        (patched("../evil.xml", "<x/>"), "sheet.damaged"),
        (book(["=1+1", "x"]), "sheet.formulas"),
    ],
)
def test_what_is_no_plain_sheet_is_refused_with_what_to_do(data: bytes, code: str) -> None:
    assert refused(data) == code


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        "<row r='1'><c r='XFD1'><v>1</v></c></row>",
        '<row r="1"><c r="&#88;FD1"><v>1</v></c></row>',
        '<row><c><v>1</v></c></row>',
        '<x:row><x:c r="XFD9"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_the_size_of_a_sheet_is_known_before_it_is_read(cells: str) -> None:
    assert refused(patched(SHEET, f"{HEAD}<worksheet {SPACE}><sheetData>{cells}</sheetData></worksheet>")) == (
        "sheet.too_wide"
    )


def test_a_million_empty_rows_are_an_empty_sheet() -> None:
    body = f"{HEAD}<worksheet {SPACE}><sheetData>" + "".join(f'<row r="{i}"/>' for i in range(1, 200_000))
    assert refused(patched(SHEET, body + "</sheetData></worksheet>")) in {"sheet.empty", "sheet.unpacks_too_far"}


def test_two_filled_sheets_and_merged_cells_are_refused() -> None:
    two = openpyxl.Workbook()
    two.active.append(["x"])
    two.create_sheet("more").append(["y"])
    assert refused(saved(two)) == "sheet.two_sheets"
    merged = openpyxl.Workbook()
    merged.active.append(["x", "y"])
    merged.active.merge_cells("A2:B2")
    merged.active["A3"] = "z"
    assert refused(saved(merged)) == "sheet.merged"


def test_a_part_that_lies_about_its_size_is_never_read_beyond_it() -> None:
    data = bytearray(book())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo(SHEET).file_size
    lying = bytes(data).replace(size.to_bytes(4, "little"), (size - 40).to_bytes(4, "little"))
    assert refused(lying) == "sheet.damaged"


def test_a_template_offers_its_choices() -> None:
    data = sheets.write_xlsx([["证件类型"], ["护照"]], "结业", {1: ["居民身份证", "护照"]})
    listed = openpyxl.load_workbook(io.BytesIO(data)).active.data_validations.dataValidation[0]
    assert listed.formula1 == '"居民身份证,护照"'


def long_sheet(rows: str, before: str = "") -> bytes:
    return patched(SHEET, f"<worksheet {SPACE}>{before}<sheetData>{rows}</sheetData></worksheet>")


def texts(row: int, *cells: str) -> str:
    return f'<row r="{row}">' + "".join(
        f'<c r="{chr(65 + at)}{row}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(cells) if text
    ) + "</row>"


def test_a_long_sheet_read_in_bands_is_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands at a cut: rows that begin further right, rows that are narrower, thousands that are empty."""
    rows = [("姓名", "备注", "成绩")] + [(f"学员{n}" if n < 20_000 else "", "", "" if n % 3 else f"{n}") for n in range(1, 40_000)]
    for n in (9_000, 9_001, 26_000):
        rows[n] = ("", "", "")
    rows[11_000:18_000] = [("", "", "")] * 7_000
    whole = long_sheet("".join(texts(n, *cells) for n, cells in enumerate(rows, 1)))
    assert workbooks.opened(whole).in_bands is False
    monkeypatch.setattr(workbooks, "_BAND", 2**18)
    monkeypatch.setattr(workbooks, "_PIECE", 2**16)
    book = workbooks.opened(whole)
    assert sum(1 for _ in book.archives()) > 2
    found = [(*cells, "", "", "")[:3] for cells in book.rows()]
    last = max(n for n, cells in enumerate(rows) if any(cells))
    assert found == rows[: last + 1]


@pytest.mark.parametrize("odd", ["<!-- </row><row> -->", '<x:cols xmlns:x="urn:x"/><!--x-->'])
def test_a_sheet_with_comments_is_never_cut(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_BAND", 2**10)
    book = workbooks.opened(long_sheet("".join(texts(n, "甲", f"{n}") for n in range(1, 2_000)), odd))
    assert book.in_bands is False
    assert len(list(book.rows())) == 1_999


def test_rows_that_go_back_over_a_cut_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_BAND", 2**18)
    monkeypatch.setattr(workbooks, "_PIECE", 2**16)
    rows = "".join(texts(n, "甲" * 20, f"{n}") for n in (*range(20_001, 30_000), *range(1, 20_001)))
    with pytest.raises(Refusal, match=r"sheet\.damaged"):
        list(workbooks.opened(long_sheet(rows)).rows())
