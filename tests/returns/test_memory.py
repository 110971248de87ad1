"""A large return that waits for its check is held packed: what it keeps of memory is bounded by the row."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bench.filing import as_excel_writes
from skills.courses.kinds import COMPLETIONS
from skills.kernel import sheets
from skills.kernel.errors import Refusal
from skills.returns.intake import rows_of
from skills.returns.rules import Reader, Seen

pytestmark = pytest.mark.row(57)

MOST_WHILE_READING = {"csv": 300, "xlsx": 500}  # bytes a row
MOST_BYTES = 120  # a row, whose name and document no other has


def table(rows: int) -> list[list[str]]:
    return [["姓名", "证件号码", "班级编号", "成绩"]] + [
        [f"学员{n}", f"{500_000_000_000_000_000 + n * 7_919}", f"BJ2026{n // 50:06}", f"{n % 101}"] for n in range(rows)
    ]


def held(rows: int) -> int:
    """Bytes that stay while the rows of a file are kept."""
    data = sheets.write_csv(table(rows))
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = rows_of(data)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept) == rows + 1
    return after - before


def test_memory_grows_by_a_few_bytes_a_row() -> None:
    held(1_000)  # what is loaded at the first time is no part of it
    assert (held(15_000) - held(5_000)) / 10_000 < MOST_BYTES


# Reads a file as the worker does and tells by how many bytes its memory was larger at the most than before. Not
# ru_maxrss: that begins with the most that the process had which started this one.
READER = """
import re, sys
from pathlib import Path
from skills.kernel import sheets
from skills.returns.intake import rows_of

def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

rows_of(Path(sys.argv[1]).read_bytes())
before = most()
rows_of(Path(sys.argv[2]).read_bytes())
print(most() - before)
"""


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_reading_takes_little_more_for_a_larger_file(form: str, tmp_path: Path) -> None:
    """The file, its different texts and the packed rows grow with it; cells as objects are never all there at once."""
    write = {"csv": sheets.write_csv, "xlsx": as_excel_writes}[form]
    sizes = (20_000, 60_000)
    for count in sizes:
        rows = [[*row, f"{n % 13}", "2026-11-01", f"{n % 90}.5", "合格", "居民身份证"] for n, row in enumerate(table(count))]
        (tmp_path / f"{count}").write_bytes(write(rows))
    command = [sys.executable, "-c", READER, *(str(tmp_path / f"{count}") for count in sizes)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(told.stdout) / (sizes[1] - sizes[0]) < MOST_WHILE_READING[form]


@pytest.mark.parametrize("count", [1, 499, 500, 501, 1_203])
def test_packed_rows_are_the_rows(count: int) -> None:
    data = sheets.write_csv([*table(count)[:count], ["", " "], ["", ""]])
    plain: Sequence[Sequence[str]] = [list(row) for row in sheets.opened(data).rows()]
    packed = sheets.opened(data).packed()
    assert len(packed) == len(plain) == count
    assert list(packed) == plain
    assert (packed[0], packed[-1]) == (plain[0], plain[-1])
    for at in (slice(None), slice(1, None), slice(499, 501), slice(3, 1_100), slice(700, 2), slice(None, None, -7), slice(5_000, None)):
        assert list(packed[at]) == list(plain[at])
    with pytest.raises(IndexError):
        packed[count]


def test_a_file_of_blanks_has_no_rows_to_pack() -> None:
    with pytest.raises(Refusal, match=r"sheet\.empty"):
        sheets.opened(b" , \n,\n").packed()


def growth(work: Callable[[int], object], numbers: range) -> float:
    """Bytes that stay of each of some numbers once `work` was done with it."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for n in numbers:
            work(n)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / len(numbers)


def test_what_the_rows_before_were_about_is_kept_as_digests() -> None:
    seen = Seen()
    assert growth(lambda n: seen.setdefault((f"{n:026}", f"BJ2026{n // 50:06}"), n), range(20_000)) < 200
    assert seen.setdefault((f"{7:026}", "BJ2026000000"), 30_000) == 7
    assert seen.setdefault((f"{7:026}", "BJ2026000001"), 30_000) == 30_000
    assert seen.setdefault(("a", "bc"), 1) != seen.setdefault(("ab", "c"), 2)


def test_texts_that_do_not_repeat_are_not_kept_for_ever() -> None:
    reader = Reader(COMPLETIONS.columns)
    read = lambda n: reader.line(n, {"name": f"学员{n}", "document": f"{500_000_000_000_000_000 + n * 7_919}"})  # noqa: E731
    growth(read, range(5_000))
    assert growth(read, range(5_000, 15_000)) < 20
