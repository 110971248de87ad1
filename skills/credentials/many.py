"""Many at once for an employer: lines of number and name, and the table of what came out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from skills.credentials.inspection.answer import (
    CANNOT_CHECK,
    ERASED,
    NO_MATCH,
    Answer,
    Failed,
    Sheet,
    nothing,
    now_known,
)
from skills.credentials.on_record import OnRecord
from skills.credentials.pairs import answered, read_number
from skills.credentials.verdicts import State
from skills.credentials.words import REASONS, title_of
from skills.kernel import sheets
from skills.kernel.clock import SHANGHAI

MOST_ITEMS = 50
_LINE = re.compile(r"([A-Za-z0-9-]{4,40})[\s,，;；、\t]+(\S.{0,79})")
HEAD: tuple[tuple[str, str], ...] = (
    ("文件或行", "File or line"),
    ("结论", "Verdict"),
    ("说明", "Why"),
    ("姓名", "Name"),
    ("证书", "Certificate"),
    ("证书编号", "Number"),
    ("发证机构", "Issued by"),
    ("发证日期", "Issued on"),
    ("核验时间", "Checked at"),
    ("日志序号/总数", "Log index/size"),
    ("代码", "Code"),
)


@dataclass(frozen=True)
class Line:
    """A line of number and name; without a number when it could not be read, `twice` when its number came before."""

    source: str
    number: str = ""
    name: str = ""
    twice: bool = False


@dataclass(frozen=True)
class Item:
    """One thing that was asked about, and its answer."""

    source: str
    answer: Answer


def read_lines(text: str) -> list[Line]:
    """Lines "number name" (blank, comma or tab between), empty lines left out; at most one more than is allowed.

    A number is looked up with the first name given for it only: a list is no way to try names.
    """
    found: list[Line] = []
    names: dict[str, str] = {}
    for raw in text.splitlines():
        line = raw.strip()
        if not line or len(found) > MOST_ITEMS:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            found.append(Line(line[:80]))
            continue
        number, name = read_number(match[1]), match[2].strip()
        first = names.setdefault(number, name)
        found.append(Line(line[:80], number, name, first != name))
    return found


def answer_line(line: Line, record: OnRecord, now: int) -> Answer:
    """The answer to number and full name. A wrong pair and an unknown number are the same; last four do not count."""
    if not line.number:
        return nothing("pair", "line")
    if line.twice:
        return nothing("pair", "twice")
    known = record.by_pair(line.number, line.name)
    if known is None:
        return nothing("pair", "", NO_MATCH)
    sheet = Sheet("pair")
    if known.logged is False:
        return sheet.failed(Failed("log", "log_proof"))
    said, status = known.subject, now_known(known, now)
    answer = sheet.concluded(said, status, now, log=known.logged, replaced_by=known.replaced_by, erased=known.erased)
    return replace(answer, state=answered(State(answer.state), known.erased))


def table(items: Sequence[Item], at: datetime, lang: str) -> list[list[str]]:
    """Head and one row for each item, as the page and the CSV show it."""
    side = 1 if lang == "en" else 0
    checked = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S +08:00")
    return [[pair[side] for pair in HEAD], *(_row(item, checked, side) for item in items)]


def csv(rows: Sequence[Sequence[str]]) -> bytes:
    """The table as a file that no spreadsheet takes for formulas."""
    return sheets.write_csv(rows)


def counts(items: Sequence[Item]) -> dict[str, int]:
    """How many are valid, are not, and could not be judged."""
    found = Counter(_group(item.answer) for item in items)
    return {group: found[group] for group in ("valid", "bad", "open")}


def _group(answer: Answer) -> str:
    if answer.valid:
        return "valid"
    return "open" if answer.state in (CANNOT_CHECK, NO_MATCH, ERASED) else "bad"


def _row(item: Item, checked: str, side: int) -> list[str]:
    answer = item.answer
    said = answer.subject
    title, why_said = title_of(answer.state, said.kind if said else "", answer.erased)
    why = REASONS[answer.reason][side] if answer.reason else why_said[side]
    if answer.replaced_by:
        why += (" 新证书编号：", " New number: ")[side] + answer.replaced_by
    issued = datetime.fromtimestamp(said.issued_at, UTC).astimezone(SHANGHAI).date().isoformat() if said else ""
    return [
        item.source,
        title[side],
        why,
        said.name if said else "",
        said.what if said else "",
        said.number if said else "",
        said.issuer if said else "",
        issued,
        checked,
        f"{answer.log.index}/{answer.log.size}" if answer.log else "",
        str(answer.state),
    ]
