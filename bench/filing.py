"""Filing a return (file → every row checked, sealed, on record) beside a bare COPY of the same rows and beside openpyxl; applying it.

Two figures, each named: *filing* is what the rules and the record cost; *applying* is what follows from every row
(place completed, voucher earned, training recorded, certificate queued), fifty rows an act, and has no target but
to be as quick at the end of a large return as in a small one.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import psycopg

from bench import redemption
from bench.issuing import _in, _out
from bench.learners import CENTS, Group, Learner, Town
from bench.postgres import server
from bench.result import Result
from skills import config
from skills.accounts.actions import approve_organisation, register_organisation
from skills.accounts.queries import organisation
from skills.app import Works, assemble
from skills.kernel import jobs, sheets
from skills.kernel.actors import SYSTEM
from skills.kernel.box import Box
from skills.kernel.clock import FixedClock, SystemClock
from skills.migrations import upgrade
from skills.returns import actions, queries
from skills.returns.actions import background
from skills.returns.intake import order_of
from skills.returns.kinds import kind_of
from skills.returns.models import ReturnLine
from skills.standards.actions import load as load_standards

COUNT = int(os.environ.get("SKILLS_BENCH_ROWS", "100000"))
APPLIED = 300  # rows whose applying is timed, in a small return and at the end of a large one
NAMES = ("姓名", "证件类型", "证件号码", "班级编号", "完成学时", "出勤率%", "结业成绩", "结业日期", "结果")
FAULTY = 50  # one row in so many has a score too low
MOST_MEGABYTES = 300
FOLLOWING = frozenset({"messages.deliver", "credentials.print", "certificates.print"})


def measure(count: int = COUNT) -> list[Result]:
    """Rows a second of filing as CSV and as XLSX, the memory it takes, and rows a second of applying.

    Raises RuntimeError if a row or a fault is missing.
    """
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        postgres.sql("create database ours")
        environ = redemption.environment(postgres, folder, "ours")
        school, learners = _town(environ, count)
        rows = list(_rows(learners))
        files = {"csv": sheets.write_csv(rows), "xlsx": as_excel_writes(rows)}
        ours, peak = {}, 0.0
        for form, data in files.items():
            path = Path(folder) / f"file.{form}"
            path.write_bytes(data)
            ours[form], megabytes, made = _apart(_file, environ, school, str(path))
            peak = max(peak, megabytes)
            if made != (count, count // FAULTY):
                raise RuntimeError(f"{form}: {made} rows and faults of {count}")
        copied = _copied(postgres.url("ours"), Path(folder), count)
        plain = _apart(_openpyxl, environ, school, str(Path(folder) / "file.xlsx"))
        alike = _apart(_openpyxl_reading, environ, school, str(Path(folder) / "file.xlsx"))
        small, large = _applying(environ, school, learners)
    return [
        Result(f"filing {count:,} rows of CSV, checked and committed", "rows/s", count / ours["csv"], count / copied,
               "COPY of the same rows", 0.25),
        Result(f"filing {count:,} rows of XLSX, checked and committed", "rows/s", count / ours["xlsx"], count / plain,
               "openpyxl, the same rules, rows added as objects", 4.0),
        Result(f"filing {count:,} rows of XLSX, checked and committed", "rows/s", count / ours["xlsx"], count / alike,
               "the same way, read by openpyxl"),
        Result("memory that a worker may take for it, beside what it takes", "MB", MOST_MEGABYTES, peak, "the most it took", 1.0),
        Result(f"applying, at the end of a return of {count:,} rows", "rows/s", large, small, f"a return of {APPLIED}", 0.8),
    ]  # fmt: skip


def _town(environ: dict[str, str], count: int) -> tuple[str, list[Learner]]:
    """An institution with so many learners whose classes have ended."""
    works = assemble(config.read(environ), FixedClock(SystemClock().now()))
    upgrade(works.engine)
    works.office.perform(load_standards, actor=SYSTEM)
    made = works.office.perform(
        register_organisation, actor=SYSTEM, name="星河职业培训学校", kind="institution", credit_code="91500112MA5U1Q2X36",
        district="500112",
    )  # fmt: skip
    if works.office.ask(lambda db: organisation(db, made.id)).state != "approved":
        works.office.perform(approve_organisation, actor=SYSTEM, organisation_id=made.id)
    learners = Town(works, made.id).fill({"all": Group(count)})["all"]
    works.engine.dispose()
    return str(made.id), learners


def _rows(learners: Iterable[Learner]) -> Iterator[Sequence[str]]:
    yield NAMES
    for n, who in enumerate(learners, 1):
        score = "59.5" if n % FAULTY == 0 else f"{60 + n % 81 / 2:g}"
        yield (who.name, "居民身份证", who.document, who.class_number, str(48 + n % 13), f"{80 + n % 200 / 10:g}", score,
               who.ends_on.isoformat(), "合格")  # fmt: skip


_NAMED = (
    ("[Content_Types].xml", "</Types>", '<Override PartName="/xl/sharedStrings.xml" ContentType='
     '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'),
    ("xl/_rels/workbook.xml.rels", "</Relationships>", '<Relationship Id="rId99" Target="sharedStrings.xml" Type='
     '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'),
)  # fmt: skip


def as_excel_writes(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of these texts as Excel saves it: every different text once, cells by number."""
    texts: dict[str, int] = {}
    lines = []
    for row, cells in enumerate(rows, 1):
        inner = "".join(
            f'<c r="{chr(64 + at)}{row}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>' for at, cell in enumerate(cells, 1)
        )
        lines.append(f'<row r="{row}" spans="1:{len(cells)}">{inner}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    empty = openpyxl.Workbook()
    empty.active.append(["x"])
    form, out = io.BytesIO(), io.BytesIO()
    empty.save(form)
    parts = {
        "xl/worksheets/sheet1.xml": f'<worksheet {space}><sheetData>{"".join(lines)}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst {space} count="{len(texts)}" uniqueCount="{len(texts)}">'
        + "".join(f"<si><t>{escape(text)}</t></si>" for text in texts) + "</sst>",
    }  # fmt: skip
    with zipfile.ZipFile(form) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part).decode()
            for name, end, more in _NAMED:
                if part.filename == name:
                    body = body.replace(end, more + end)
            if part.filename not in parts:
                new.writestr(part.filename, body)
        for name, body in parts.items():
            new.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{body}')
    return out.getvalue()


# Filing, each in a process of its own, so that the memory is that of this work -------------------------------------


def _apart(work: Callable[..., Any], *given: object) -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def _works(environ: dict[str, str]) -> Works:
    return assemble(config.read(environ), FixedClock(SystemClock().now()))


def _file(environ: dict[str, str], school: str, path: str) -> tuple[float, float, tuple[int, int]]:
    """Seconds, the process's most megabytes, and (rows, faults) that stand: taken in and checked, as web and worker do."""
    works = _works(environ)
    start = time.perf_counter()
    data = Path(path).read_bytes()
    made = works.office.perform(
        actions.upload, actor=SYSTEM, key=path, kind="completions", organisation_id=school, **order_of(data, path)
    )
    jobs.run_due(works.office, but=FOLLOWING)
    took = time.perf_counter() - start
    found = works.office.ask(lambda db: queries.summary(db, made.return_id, [school]))
    return took, _most_megabytes(), (found.totals.lines, found.totals.bad)


def _most_megabytes() -> float:
    """What this process itself took at the most. Not ru_maxrss: that begins with the most of the process that started it."""
    held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if held is None:
        raise RuntimeError("the system does not tell how much memory was taken")
    return int(held[1]) / 1024


def _openpyxl(environ: dict[str, str], school: str, path: str) -> float:
    """Seconds of the usual way: openpyxl reads, every rule is asked in one go, rows are added as objects. No record is kept."""
    works = _works(environ)
    box = works.office.tools[Box]
    assert isinstance(box, Box)
    start = time.perf_counter()
    rows = _read_by_openpyxl(path)
    with works.office.read() as db:
        desk = queries.Desk(db, box, school, works.office.today())
        checked = queries.check_sheet(desk, kind_of("completions"), rows)
    from sqlalchemy.orm import Session

    with Session(works.engine.execution_options(writes=True)) as db, db.begin():
        held = db.connection().exec_driver_sql("select id from filed_return limit 1").scalar_one()
        for line in checked.lines:
            db.add(
                ReturnLine(
                    id=f"x{line.row:025}", return_id=held, row=1_000_000 + line.row, mark=checked.marks[line.row],
                    cells=box.seal(str(dict(line.cells)), f"x:{line.row}"), state="checked", worth=CENTS,
                )
            )  # fmt: skip
        db.flush()
        took = time.perf_counter() - start
        db.rollback()
    return took


def _openpyxl_reading(environ: dict[str, str], school: str, path: str) -> float:
    """Seconds of our own way with openpyxl for the reading."""
    import skills.returns.jobs as checking

    works = _works(environ)
    data = Path(path).read_bytes()
    checking.rows_of = lambda _data: _read_by_openpyxl(path)  # type: ignore[assignment]
    start = time.perf_counter()
    works.office.perform(
        actions.upload, actor=SYSTEM, key=f"openpyxl {path}", kind="completions", organisation_id=school, **order_of(data, path)
    )
    jobs.run_due(works.office, but=FOLLOWING)
    return time.perf_counter() - start


def _read_by_openpyxl(path: str) -> tuple[tuple[str, ...], ...]:
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return tuple(tuple("" if cell is None else str(cell) for cell in row) for row in sheet.iter_rows(values_only=True))


def _copied(url: str, folder: Path, count: int) -> float:
    """Seconds of a COPY of the rows that stand now into an empty table of the same making."""
    with psycopg.connect(url) as db:
        db.execute("create table public.one_return as select * from return_line where return_id = (select min(id) from filed_return)")
        file = _out(db, "one_return", folder)
        db.execute("create schema bare")
        db.execute("create table bare.one_return (like public.return_line including all)")
        db.commit()
        start = time.perf_counter()
        _in(db, "one_return", file)
        db.commit()
        took = time.perf_counter() - start
        (made,) = db.execute("select count(*) from bare.one_return").fetchone() or (0,)
    if made != count:
        raise RuntimeError(f"{made} of {count} rows copied")
    return took


# Applying -----------------------------------------------------------------------------------------------------------


def _applying(environ: dict[str, str], school: str, learners: Sequence[Learner]) -> tuple[float, float]:
    """Rows a second in a small return, and of the last rows of a large one."""
    works = _works(environ)
    rows = list(_rows(learners))
    del rows[FAULTY :: FAULTY]
    rates = []
    for chosen in (rows[-APPLIED:], rows[1:-APPLIED]):
        data = sheets.write_csv([NAMES, *chosen])
        made = works.office.perform(
            actions.upload, actor=SYSTEM, key=f"apply {len(chosen)}", kind="completions", organisation_id=school,
            **order_of(data, "apply.csv"),
        )  # fmt: skip
        jobs.run_due(works.office, but=FOLLOWING)
        works.office.perform(actions.accept, actor=SYSTEM, key=f"accept {len(chosen)}", return_id=made.return_id)
        done, step = 0, True
        while step:  # a large one is sorted out by the job that applies it
            order = {"return_id": made.return_id, "most": 5_000}
            step = works.office.perform(background.sort_part, actor=SYSTEM, key=f"sort {made.return_id} {done}", **order).taken
            done += 1
        waiting = works.office.ask(lambda db, made=made: queries.waiting(db, made.return_id))[-APPLIED:]
        if not waiting:
            raise RuntimeError(f"no row of {len(chosen)} waits to be applied")
        start = time.perf_counter()
        for at in range(0, len(waiting), actions.MOST_IN_ONE_ACT):
            works.office.perform(
                actions.apply_rows, actor=SYSTEM, key=f"{made.return_id} {at}", return_id=made.return_id,
                rows=tuple(waiting[at : at + actions.MOST_IN_ONE_ACT]),
            )  # fmt: skip
        rates.append(len(waiting) / (time.perf_counter() - start))
        held = works.office.ask(lambda db, made=made: queries.summary(db, made.return_id, [school]).held)
        if held:
            raise RuntimeError(f"{held} rows were held")
    works.engine.dispose()
    return rates[0], rates[1]


