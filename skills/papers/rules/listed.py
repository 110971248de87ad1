"""Items out of one spreadsheet: rows of text in, questions or findings at cells out (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from skills.kernel.findings import Finding
from skills.papers.rules.items import KIND_WORDS, LETTERS, THINKING_WORDS, Kind, Question, Thinking, faults, normal

MOST_ROWS = 500
MOST_FINDINGS = 100

# Column → its heading (Chinese, English), in the order of the template.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "kind": ("题型", "kind"), "stem": ("题干", "question"),
    **{f"option_{letter}": (f"选项{letter}", f"option {letter}") for letter in LETTERS},
    "answer": ("答案", "answer"), "tolerance": ("允许误差", "tolerance"), "point": ("知识点", "knowledge point"),
    "thinking": ("认知层次", "thinking"),
}  # fmt: skip
_OPTIONS = tuple(f"option_{letter}" for letter in LETTERS)
_NEEDED = ("kind", "stem", "answer", "point", "thinking")
# Which column a condition of a question is about; a finding stands at the cell of it.
_OF = {"paper_item.stem": "stem", "paper_item.printable": "stem", "paper_item.options": "option_A", "paper_item.answer": "answer",
       "paper_item.tolerance": "tolerance", "paper_item.point": "point"}  # fmt: skip


@dataclass(frozen=True)
class CellFault:
    """What is wrong at one cell: row and column from 1."""

    row: int
    column: int
    finding: Finding


def read(rows: Sequence[Sequence[str]], points: Collection[str]) -> tuple[tuple[Question, ...], tuple[CellFault, ...]]:
    """The questions of a sheet whose first row names the columns, in either language and any order; and every fault by its cell."""
    if not rows:
        return (), (CellFault(1, 1, Finding("paper_items.no_rows", False, facts={"most": MOST_ROWS})),)
    names = {word.casefold(): column for column, words in COLUMNS.items() for word in words}
    places = {names[head.strip().casefold()]: at for at, head in enumerate(rows[0]) if head.strip().casefold() in names}
    lacking = [COLUMNS[c] for c in _NEEDED if c not in places]
    if lacking:
        facts = {"columns": "、".join(zh for zh, _ in lacking), "columns_en": ", ".join(en for _, en in lacking)}
        return (), (CellFault(1, 1, Finding("paper_items.columns", False, facts=facts)),)
    filled = [(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not 0 < len(filled) <= MOST_ROWS:
        return (), (CellFault(2, 1, Finding("paper_items.no_rows", False, facts={"most": MOST_ROWS})),)
    found: list[Question] = []
    bad: list[CellFault] = []
    stems: dict[str, int] = {}
    for number, row in filled:
        cells = {column: row[at].strip() if at < len(row) else "" for column, at in places.items()}
        question, wrong = _question(cells, points)
        first = stems.setdefault(cells["stem"], number)
        if cells["stem"] and first != number:
            wrong = [*wrong, ("stem", Finding("paper_items.twice", False, facts={"row": first}))]
        bad += [CellFault(number, places.get(column, places["kind"]) + 1, finding) for column, finding in wrong]
        if question is not None:
            found.append(question)
    return tuple(found), tuple(bad)


def _question(cells: Mapping[str, str], points: Collection[str]) -> tuple[Question | None, list[tuple[str, Finding]]]:
    kind = _said(cells["kind"], KIND_WORDS)
    thinking = _said(cells["thinking"], THINKING_WORDS)
    unread = [
        ("kind", Finding("paper_items.kind", kind is not None)), ("thinking", Finding("paper_items.thinking", thinking is not None)),
    ]  # fmt: skip
    if kind is None or thinking is None:
        return None, [(column, finding) for column, finding in unread if not finding.met]
    options = [cells.get(column, "") for column in _OPTIONS]
    while options and not options[-1]:
        options.pop()
    tolerance = cells.get("tolerance", "")
    question = normal(Question(Kind(kind), cells["stem"], tuple(options), cells["answer"], tolerance, cells["point"], Thinking(thinking)))
    wrong = [(_OF[f.code], f) for f in faults(question, points) if not f.met]
    return question, wrong


def _said(cell: str, words: Mapping[Kind, tuple[str, str]] | Mapping[Thinking, tuple[str, str]]) -> str | None:
    """Which of these a cell names: by its code or by its word in either language, with or without 题."""
    text = cell.casefold()
    for code, (zh, en) in words.items():
        if text in {code.value, zh, zh.removesuffix("题"), en}:
            return code.value
    return None


def template() -> tuple[tuple[str, ...], ...]:
    """The headings and one example of each kind."""
    return (
        tuple(zh for zh, _ in COLUMNS.values()),
        ("单选", "下列哪一项是敏感个人信息？", "公开的单位名称", "身份证件号码", "", "", "", "", "", "", "B", "", "数据安全", "识记"),
        ("多选", "标注前应当做好哪些准备？", "阅读标注规范", "检查工具", "删除原始数据", "", "", "", "", "", "AB", "", "数据标注", "理解"),
        ("判断", "标注完成后不需要抽检。", "", "", "", "", "", "", "", "", "错", "", "数据标注", "识记"),
        ("数值", "200 张图像抽检 5 %，应抽检多少张？", "", "", "", "", "", "", "", "", "10", "0", "质量检查", "应用"),
    )
