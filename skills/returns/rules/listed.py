"""What may be said of every return, whatever it reports, beside the rules of its kind (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from skills.kernel.sheets import MOST_BYTES, MOST_IN_CELL
from skills.kernel.workbooks import MOST_COLUMNS, MOST_ROWS
from skills.returns.rules import Rule, Severity

_FILE: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("sheet.empty", {}), ("sheet.too_big", {"most": MOST_BYTES // 2**20}), ("sheet.not_a_sheet", {}), ("sheet.old_or_locked", {}),
    ("sheet.encoding", {}), ("sheet.mixed_encodings", {"row": 12}), ("sheet.broken_quotes", {"row": 12}),
    ("sheet.cell_too_long", {"row": 12, "most": MOST_IN_CELL}), ("sheet.too_wide", {"rows": MOST_ROWS, "columns": MOST_COLUMNS}),
    ("sheet.damaged", {}), ("sheet.unpacks_too_far", {}), ("sheet.active_content", {}), ("sheet.formulas", {}),
    ("sheet.two_sheets", {}), ("sheet.merged", {}),
)  # fmt: skip
COMMON: tuple[Rule, ...] = (
    *(Rule(code, Severity.FAIL, "", example) for code, example in _FILE),
    Rule("returns.no_rows", Severity.FAIL, ""),
    Rule("returns.missing_column", Severity.FAIL, "", {"columns": "证件号码"}),
    Rule("returns.double_column", Severity.FAIL, "", {"columns": "姓名"}),
    Rule("returns.unknown_column", Severity.WARNING, "", {"columns": "备注"}),
    Rule("returns.surplus_cells", Severity.WARNING, ""),
    Rule("returns.needed", Severity.ERROR, "", {"column": "姓名", "column_en": "Name"}),
    Rule("returns.mangled_number", Severity.ERROR, "", {"shown": "1.10105E+17"}),
    Rule("returns.not_a_number", Severity.ERROR, ""),
    Rule("returns.not_a_date", Severity.ERROR, ""),
    Rule("returns.not_a_choice", Severity.ERROR, "", {"choices": "合格、不合格"}),
    Rule("returns.serial_date", Severity.ERROR, "", {"shown": "46346", "day": "2026-11-20"}),
    Rule("returns.placeholder", Severity.ERROR, "", {"shown": "待定", "column": "结业成绩", "column_en": "Final score"}),
    Rule("returns.error_value", Severity.ERROR, "", {"shown": "#N/A"}),
    Rule("returns.too_long", Severity.ERROR, "", {"length": 260, "most": 200}),
    Rule("returns.invisible", Severity.WARNING, ""),
    Rule("returns.repeated_header", Severity.ERROR, ""),
    Rule("returns.totals_row", Severity.ERROR, ""),
    Rule("returns.filed_otherwise", Severity.ERROR, "", {"on": date(2026, 11, 20), "receipt": "HZ20261120-ABCDEF"}),
    Rule("returns.key_changed", Severity.ERROR, "",
         {"on": date(2026, 11, 20), "receipt": "HZ20261120-ABCDEF", "column": "班级编号", "column_en": "Class number"}),
    Rule("returns.change_open", Severity.ERROR, ""),
    Rule("returns.left_out", Severity.ERROR, ""),
    Rule("returns.corrects", Severity.WARNING, "", {"on": date(2026, 11, 20), "receipt": "HZ20261120-ABCDEF"}),
    Rule("returns.filed_meanwhile", Severity.ERROR, ""),
    Rule("returns.taken_back", Severity.ERROR, ""),
    Rule("returns.request_refused", Severity.ERROR, ""),
)
# What may stand against a row of any kind when it is applied, corrected or made void: somebody else was at it just then.
REFUSED = (
    "change.not_standing", "changed_meanwhile", "filed_return.unknown", "key_reused", "return_change.cannot_carry_out",
    "return_change.cannot_wait", "return_change.changed_meanwhile", "return_change.unknown", "return_kind.unknown",
    "return_line.cannot_apply", "return_line.cannot_await", "return_line.cannot_hold", "return_line.cannot_replace",
    "return_line.cannot_void", "return_line.changed_meanwhile", "return_line.unknown",
)  # fmt: skip
