"""Print serials, control totals of an export, and what the national system's answer means row by row (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from skills.credentials.states import UploadState
from skills.returns.rules import CellFinding, Column, Line, Rule, Seen, Severity, as_date, as_text, one_of

CONFIRMED, SENT_BACK = "confirm", "reject"
RESULTS = {
    "可查": CONFIRMED, "已确认可查": CONFIRMED, "confirmed": CONFIRMED,
    "退回": SENT_BACK, "被退回": SENT_BACK, "sent back": SENT_BACK,
}  # fmt: skip
LONGEST_REASON = 200

# The columns of an export file; every one is a field of the certificate itself.
EXPORT_HEADER = (
    "序号", "姓名", "证件类型", "证件号码", "职业编码", "职业名称", "工种/职业方向", "等级", "证书编号", "发证日期", "发证机构", "备案号",
)  # fmt: skip

COLUMNS = (
    Column("number", "证书编号", "Certificate number", as_text),
    Column("result", "结果", "Result", one_of(RESULTS), choices=("可查", "退回")),
    Column("on", "可查日期", "Searchable since", as_date, needed=False),
    Column("reason", "退回原因", "Reason", as_text, needed=False),
)
RULES = (
    Rule("national.number_unknown", Severity.ERROR, "number"),
    Rule("national.repeated", Severity.ERROR, "number", {"first": 2}),
    Rule("national.not_exported", Severity.ERROR, "number", {"state": "待上传", "state_en": "waiting for upload"}),
    Rule("national.day_needed", Severity.ERROR, "on"),
    Rule("national.day_in_future", Severity.ERROR, "on"),
    Rule("national.day_before_export", Severity.ERROR, "on", {"exported": "2026-11-20"}),
    Rule("national.reason_needed", Severity.ERROR, "reason", {"most": LONGEST_REASON}),
)


@dataclass(frozen=True)
class UploadFact:
    """What is known of a certificate that an answer speaks of: its upload, its state in words, when it was exported."""

    upload_id: str
    state: str
    state_zh: str
    state_en: str
    exported_on: date | None


@dataclass(frozen=True)
class KnownUploads:
    """The certificates of a file, by number."""

    today: date
    by_number: Mapping[str, UploadFact]


def number_of(line: Line) -> str:
    """A row's certificate number as it is stored."""
    return "".join(str(line.values.get("number", "")).upper().split())


def judge_lines(lines: Sequence[Line], known: KnownUploads, seen: Seen | None = None) -> Iterator[CellFinding]:
    """Every finding of every row of the national system's answer."""
    seen = Seen() if seen is None else seen
    for line in lines:
        if number := number_of(line):
            first = seen.setdefault((number,), line.row)
            if first != line.row:
                yield CellFinding(line.row, "number", "national.repeated", facts={"first": first})
            else:
                yield from _judge(line, known.by_number.get(number), known.today)


def _judge(line: Line, fact: UploadFact | None, today: date) -> Iterator[CellFinding]:
    if fact is None:
        yield CellFinding(line.row, "number", "national.number_unknown")
        return
    if fact.state != UploadState.EXPORTED:
        facts = {"state": fact.state_zh, "state_en": fact.state_en}
        yield CellFinding(line.row, "number", "national.not_exported", facts=facts)
        return
    result, day, reason = (line.values.get(name) for name in ("result", "on", "reason"))
    if result == SENT_BACK and not 0 < len(str(reason or "").strip()) <= LONGEST_REASON:
        yield CellFinding(line.row, "reason", "national.reason_needed", facts={"most": LONGEST_REASON})
    if result == CONFIRMED:
        if day is None:
            if "on" not in line.cells or not line.cells["on"].strip():
                yield CellFinding(line.row, "on", "national.day_needed")
        elif day > today:
            yield CellFinding(line.row, "on", "national.day_in_future")
        elif fact.exported_on is not None and day < fact.exported_on:
            exported = {"exported": fact.exported_on.isoformat()}
            yield CellFinding(line.row, "on", "national.day_before_export", facts=exported)


def print_serial(status_index: int, copy: int) -> str:
    """The 流水码 of a paper: the certificate's random place in the status lists, and which copy it is."""
    return f"{status_index:07d}-{copy}"


def control_total(numbers: Iterable[str]) -> str:
    """SHA-256 over the sorted numbers of an export, one a line: whoever got the file can compare it."""
    return hashlib.sha256("".join(f"{n}\n" for n in sorted(numbers)).encode()).hexdigest()
