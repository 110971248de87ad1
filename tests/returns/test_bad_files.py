"""Bad files: refused by name or marked by cell, within seconds, within 64 MiB more memory, and never half of one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from skills.kernel import sheets
from skills.kernel.errors import Refusal

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
MORE = 64 * 2**20
SECONDS = 60  # ten times what it takes when the machine is busy

# Reads one file as the pages do and says what came of it, with no more memory than it may have.
READER = f"""
import json, re, resource, sys, time
from skills.kernel import sheets
from skills.kernel.errors import Refusal
sheets.read(open(sys.argv[1], "rb").read())
sheets.read(b"a,b\\n1,2\\n")
held = int(re.search(r"VmSize:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (held + {MORE}, held + {MORE}))
start = time.monotonic()
try:
    with open(sys.argv[2], "rb") as file:
        rows = sheets.read(file.read(sheets.MOST_BYTES + 1)).rows
    told = "read"
except Refusal as refusal:
    told = refusal.code
print(json.dumps([told, time.monotonic() - start]))
"""


def workbook(*rows: list[object]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    for row in rows or (["姓名", "成绩"], ["甲", "60"]):
        made.active.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def patched(name: str, body: bytes | str, level: int = 9) -> bytes:
    """A good workbook with one part replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(workbook()))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
        new.writestr(name, body)
    return out.getvalue()


def sheet(cells: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet {SPACE}><sheetData>{cells}</sheetData></worksheet>'


def entities() -> bytes:
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(9))
    return patched(SHEET, f'<!DOCTYPE w [{levels}]><worksheet {SPACE}><c r="A1"><v>&l8;</v></c></worksheet>')


def outside_entity() -> bytes:
    return patched(SHEET, f'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet {SPACE}/>')


def many_parts_of_one() -> bytes:
    """Parts that all lie over the same packed bytes: each small, a gigabyte together."""
    made = bytearray(patched("xl/worksheets/sheet2.xml", b" " * (20 << 20)))
    with zipfile.ZipFile(io.BytesIO(bytes(made))) as archive:
        start, parts = archive.start_dir, archive.infolist()
    entry = bytes(made[start:-22]).split(b"PK\x01\x02")[-1]
    copies = b"".join(b"PK\x01\x02" + entry.replace(b"sheet2.xml", b"shee%02d.xml" % n) for n in range(60))
    directory = bytes(made[start:-22]) + copies
    end = bytearray(made[-22:])
    count = (len(parts) + 60).to_bytes(2, "little")
    end[8:12], end[12:16] = count + count, len(directory).to_bytes(4, "little")
    return bytes(made[:start]) + directory + bytes(end)


def two_sheets() -> bytes:
    made = workbook()
    made.create_sheet("more").append(["y"])
    return saved(made)


def merged() -> bytes:
    made = workbook()
    made.active.merge_cells("A2:B2")
    return saved(made)


def deep_formula() -> bytes:
    """A hundred thousand good rows, and a formula in the last."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>x{n}</t></is></c></row>' for n in range(1, 100_001))
    return patched(SHEET, sheet(rows + '<row r="100001"><c r="A100001"><f>1+1</f><v>2</v></c></row>'))


def empty_rows(cell: str) -> bytes:
    return patched(SHEET, sheet("".join(f'<row r="{n}">{cell.format(n=n)}</row>' for n in range(1, 1_048_577))))


def mixed() -> bytes:
    return "姓名,成绩\n欧阳星河,60\n".encode() + "张三丰,70\n".encode("gb18030") + "李四光,80\n".encode()


BAD: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "a zip bomb in one part": (lambda: patched(SHEET, b" " * (1 << 29)), {"sheet.unpacks_too_far"}),
    "a zip bomb that packs badly": (
        lambda: patched(SHEET, sheet(('<row r="1"><c r="A1"><v>%d</v></c></row>' * 40_000) % tuple(range(40_000)) * 60)),
        {"sheet.too_wide"},
    ),
    "parts over each other": (many_parts_of_one, {"sheet.damaged", "sheet.unpacks_too_far"}),
    "XML entities": (entities, {"sheet.damaged"}),
    "an entity from outside": (outside_entity, {"sheet.damaged"}),
    "macros": (lambda: patched("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), {"sheet.active_content"}),
    "links to other files": (
        lambda: patched("xl/externalLinks/externalLink1.xml", "<externalLink/>"), {"sheet.active_content"}
    ),
    "200 MB": (lambda: b"x,y\n" * (50 << 20), {"sheet.too_big"}),
    "1,048,576 empty rows": (lambda: empty_rows(""), {"sheet.empty", "sheet.unpacks_too_far"}),
    "1,048,576 rows of empty cells": (lambda: empty_rows('<c r="A{n}" s="1"/>'), {"sheet.too_wide"}),
    "1,048,576 empty lines": (lambda: b",,,,,,,,\r\n" * 1_048_576, {"sheet.too_wide"}),
    "a box of nothing around two cells": (
        lambda: patched(SHEET, sheet('<row r="1"><c r="AZ1"><v>1</v></c></row><row r="99999"><c r="A99999"><v>1</v></c></row>')),
        {"sheet.too_wide"},
    ),
    "a deep box around two cells": (
        lambda: patched(SHEET, sheet('<row r="1"><c r="P1"><v>1</v></c></row><row r="99999"><c r="A99999"><v>1</v></c></row>')),
        {"read"},
    ),
    "two sheets": (two_sheets, {"sheet.two_sheets"}),
    "merged cells": (merged, {"sheet.merged"}),
    "formulas": (lambda: saved(workbook(["姓名", "成绩"], ["甲", "=50+10"])), {"sheet.formulas"}),
    "a formula in the last of 100,000 rows": (deep_formula, {"sheet.formulas"}),
    "a CSV of mixed encodings": (mixed, {"sheet.mixed_encodings"}),
    "UTF-16": (lambda: "姓名,成绩\n甲,60\n".encode("utf-16"), {"sheet.encoding"}),
    "one line of 20 MB": (lambda: b"x" * (20 << 20), {"sheet.cell_too_long"}),
    "a quotation mark that never ends": (lambda: b'"' + b"x,y\n" * (5 << 20), {"sheet.broken_quotes"}),
    "cells without end": (lambda: (b"," * 51 + b"\n") * 400_000, {"sheet.too_wide"}),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, {"sheet.not_a_sheet"}),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 4096, {"sheet.old_or_locked"}),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.row(57)
def test_a_bad_file_is_refused_by_name_within_its_memory(name: str, tmp_path: Path) -> None:
    make, codes = BAD[name]
    (tmp_path / "good").write_bytes(saved(workbook()))
    (tmp_path / "bad").write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", READER, str(tmp_path / "good"), str(tmp_path / "bad")],
        capture_output=True, text=True, timeout=10 * SECONDS, cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told, seconds = json.loads(done.stdout)
    assert told in codes
    assert seconds < SECONDS


def test_the_line_of_another_encoding_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        sheets.read(mixed())
    assert (caught.value.code, caught.value.facts["row"]) == ("sheet.mixed_encodings", 3)


@pytest.mark.parametrize("word", ["怒", "联通", "帽子", "一"])
def test_a_short_word_in_gb18030_is_never_taken_for_another_encoding(word: str) -> None:
    rows = (("姓名", "证件类型"), (word, ""), ("张三", "居民身份证"))
    data = "\r\n".join(",".join(row) for row in rows).encode("gb18030")
    assert sheets.read(data).rows == rows


def test_only_the_checked_parts_are_read() -> None:
    """What else lies in a workbook (pictures, notes, its author) is left out of what is read, whatever it holds."""
    from skills.kernel import workbooks

    data = patched("docProps/more.xml", "<!DOCTYPE x>")
    with zipfile.ZipFile(io.BytesIO(next(workbooks.opened(data).archives()))) as archive:
        assert archive.testzip() is None
        assert not [name for name in archive.namelist() if name.startswith("docProps")]
    assert sheets.read(data).rows == (("姓名", "成绩"), ("甲", "60"))
