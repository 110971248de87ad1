"""Files of completions with planted faults: what is planted, where it must be found, and nothing of how it is found.

Written from what goes wrong in offices, without the rules at hand: every kind names the cell and the code that a
person who looks at the row would point at.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bench.learners import CENTS, HOURS, Group, Learner, resident

HEAD = {
    "name": "姓名", "document_kind": "证件类型", "document": "证件号码", "class": "班级编号", "hours": "完成学时",
    "attendance": "出勤率%", "score": "结业成绩", "completed_on": "结业日期", "outcome": "结果",
}  # fmt: skip
LETTERS = dict(zip(HEAD, "ABCDEFGHI", strict=True))
Cells = dict[str, str]
Alter = Callable[[Cells, Learner, random.Random], Cells]


@dataclass(frozen=True)
class Planted:
    """One kind of fault: who it happens to, how the row is altered, the cell and the code where it must be found.

    column   the cell, "" for the whole row
    warning  it stops nothing
    more     how many rows it takes; the fault lies in the last
    person   whether the row is still about somebody whose voucher it would make payable
    """

    name: str
    column: str
    code: str
    alter: Alter
    group: str = "good"
    warning: bool = False
    more: int = 1
    person: bool = True


def put(**values: str) -> Alter:
    return lambda cells, _who, _chance: {**cells, **values}


def digits(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def day(offset: int, of: str = "ends_on") -> Alter:
    return lambda cells, who, _chance: {**cells, "completed_on": (getattr(who, of) + timedelta(days=offset)).isoformat()}


def stranger(cells: Cells, _who: Learner, chance: random.Random) -> Cells:
    return {**cells, "document": resident(5_000_000 + chance.randrange(2_000_000))}


def from_document(change: Callable[[str], str]) -> Alter:
    return lambda cells, who, _chance: {**cells, "document": change(who.document)}


def same(cells: Cells, _who: Learner, _chance: random.Random) -> Cells:
    return cells


KINDS: tuple[Planted, ...] = (
    # what a spreadsheet does to a cell
    Planted("a number in scientific notation", "document", "returns.mangled_number", put(document="5.00112E+17"), person=False),
    Planted("a date that became days", "completed_on", "returns.serial_date", put(completed_on="46346")),
    Planted("a formula's error", "score", "returns.error_value", put(score="#N/A")),
    Planted("a column too narrow", "completed_on", "returns.error_value", put(completed_on="########")),
    Planted("characters that nobody sees", "class", "returns.invisible",
            lambda c, _w, _r: {**c, "class": c["class"] + "\u200b"}, warning=True),
    Planted("the names of the columns once more", "", "returns.repeated_header", put(**HEAD), person=False),
    Planted("totals under the list", "", "returns.totals_row",
            put(**{**dict.fromkeys(HEAD, ""), "name": "合计", "hours": "7200"}), person=False),
    Planted("a letter pasted into a cell", "class", "returns.too_long", put(**{"class": "请各班级注意" * 50}), person=False),
    # what is not there
    Planted("no name", "name", "returns.needed", put(name="")),
    Planted("no document", "document", "returns.needed", put(document=" "), person=False),
    Planted("no date", "completed_on", "returns.needed", put(completed_on="")),
    Planted("a score to come", "score", "returns.placeholder", put(score="待定")),
    # what is no such value
    Planted("a word for a number", "hours", "returns.not_a_number", put(hours="六十")),
    Planted("digits of full width", "score", "returns.not_a_number", put(score="８８")),
    Planted("a negative number", "attendance", "returns.not_a_number", put(attendance="-5")),
    Planted("a day that is not", "completed_on", "returns.not_a_date", put(completed_on="2026-02-30")),
    Planted("no such type of document", "document_kind", "returns.not_a_choice", put(document_kind="学生证"), person=False),
    Planted("no such outcome", "outcome", "returns.not_a_choice", put(outcome="优秀")),
    # whom it is about
    Planted("a wrong check character", "document", "completions.document_invalid", from_document(digits), person=False),
    Planted("a number too short", "document", "completions.document_invalid", from_document(lambda d: d[:-4]), person=False),
    Planted("a masked number", "document", "completions.document_masked", from_document(lambda d: f"{d[:4]}********{d[-6:]}"),
            person=False),
    Planted("an old number", "document", "completions.document_old", from_document(lambda d: f"{d[:6]}991231{d[14:17]}"), person=False),
    Planted("a resident card filed as a passport", "document_kind", "completions.kind_differs", put(document_kind="护照"),
            person=False),
    Planted("a passport filed as a resident card", "document_kind", "completions.kind_differs", put(document="E12345678"),
            person=False),
    Planted("nobody known", "document", "completions.unknown_person", stranger, person=False),
    Planted("somebody else's name", "name", "completions.name_differs", put(name="欧阳修远")),
    Planted("a number for a name", "name", "completions.name_invalid", put(name="20260117")),
    Planted("the same person twice", "document", "completions.repeated", same, more=2),
    Planted("two of one name", "name", "completions.same_name", same, "namesakes", warning=True, more=2),
    Planted("the lecturer's namesake", "name", "completions.is_lecturer", same, "lecturer", warning=True),
    Planted("a name that no font draws", "name", "completions.name_unprintable", same, "rare"),
    # which class
    Planted("a class number of another form", "class", "completions.class_malformed", put(**{"class": "数据标注3班"}), person=False),
    Planted("no such class", "class", "completions.class_unknown", put(**{"class": "B2026-00009"}), person=False),
    Planted("a class of another institution", "class", "completions.class_unknown", same, "elsewhere", person=False),
    Planted("a class that has not begun", "class", "completions.class_not_running", same, "approved"),
    Planted("somebody who is in no class", "class", "completions.not_in_class", same, "outside", person=False),
    Planted("somebody who left", "class", "completions.left_class", same, "withdrawn", person=False),
    Planted("somebody who has completed", "class", "completions.already", same, "completed", person=False),
    Planted("somebody who has failed", "class", "completions.already", same, "failed", person=False),
    Planted("a course with signs in its title", "class", "completions.class_unprintable", same, "signs"),
    Planted("somebody who asked to leave", "class", "completions.leave_asked", same, "leaving", warning=True),
    # figures
    Planted("more hours than the course", "hours", "completions.hours_above", put(hours="61")),
    Planted("too few hours", "hours", "completions.hours_short", put(hours="47.5")),
    Planted("30 hours in a day", "hours", "completions.hours_per_day",
            put(hours="30", outcome="不合格", score="40"), "one_day"),
    Planted("hours that were not taught yet", "hours", "completions.hours_not_held",
            put(hours="6", outcome="不合格", score="40"), "one_day"),
    Planted("attendance above all", "attendance", "completions.attendance_above", put(attendance="101")),
    Planted("too little attendance", "attendance", "completions.attendance_short", put(attendance="79.5")),
    Planted("hours without attendance", "attendance", "completions.hours_without_attendance",
            put(hours="0", outcome="不合格", score="40")),
    Planted("attendance other than the scans", "attendance", "completions.attendance_differs", put(attendance="93.3"), "kept"),
    Planted("more hours than the scans", "hours", "completions.hours_beyond", put(hours="60"), "kept"),
    Planted("a score above all", "score", "completions.score_above", put(score="105")),
    Planted("a score too low", "score", "completions.score_short", put(score="59.5")),
    Planted("a score between the steps", "score", "completions.score_step", put(score="88.25")),
    # dates
    Planted("before the class", "completed_on", "completions.before_start", day(-1, "starts_on")),
    Planted("before the place was taken", "completed_on", "completions.before_enrolment",
            lambda c, w, r: {**day(-1)(c, w, r), "hours": "50"}, "joined_late"),
    Planted("before the end", "completed_on", "completions.before_end",
            lambda c, w, r: {**day(-4)(c, w, r), "hours": "50"}, warning=True),
    Planted("to come", "completed_on", "completions.in_future", day(30)),
    Planted("long after the end", "completed_on", "completions.after_end", day(31), "ended_long_ago"),
    Planted("filed late", "completed_on", "completions.filed_late", same, "ended_long_ago", warning=True),
    Planted("failed with a pass's figures", "outcome", "completions.outcome_doubtful", put(outcome="不合格"), warning=True),
)  # fmt: skip
NOWHERE = "\U0002b3f7"  # a character that Noto CJK lacks
CODES = frozenset(kind.code for kind in KINDS)

_GROUPS: Mapping[str, Group] = {
    "namesakes": Group(0, same_name=True),
    "lecturer": Group(0, lecturer=True),
    "rare": Group(0, rare=NOWHERE),
    "signs": Group(0, title="C<T> 入门"),
    "elsewhere": Group(0, here=False),
    "approved": Group(0, class_state="approved"),
    "outside": Group(0, in_class=False),
    "withdrawn": Group(0, state="withdrawn"),
    "completed": Group(0, state="completed"),
    "failed": Group(0, state="failed"),
    "leaving": Group(0, leaving=True),
    "one_day": Group(0, lessons=1),
    "joined_late": Group(0, joined_days_late=56),
    "kept": Group(0, attended=12),
    "ended_long_ago": Group(0, class_state="finished", ended_days_ago=70),
}


def groups(good: int, times: int) -> dict[str, Group]:
    """Who must be in the town for a file of so many rows in which every kind is planted so often."""
    wanted = {name: sum(k.more if k.more > 1 else 1 for k in KINDS if k.group == name) * times for name in _GROUPS}
    return {"good": Group(good), **{name: replace(group, count=wanted[name]) for name, group in _GROUPS.items()}}


@dataclass(frozen=True)
class File:
    """A file with what must be found in it. `worth` and `blocked` are money in 分."""

    rows: list[list[str]]
    expected: list[tuple[int, str, str]]
    lines: int
    bad: int
    warnings: int
    worth: int
    blocked: int

    @property
    def cells(self) -> list[tuple[str, str]]:
        """What must be found, by address."""
        return [(f"{LETTERS[c]}{row}" if c else str(row), code) for row, c, code in self.expected]


def good_row(who: Learner, chance: random.Random) -> Cells:
    """A row without fault: mostly passed, one in twenty failed."""
    most = HOURS if who.attended is None else HOURS * who.attended // 15
    failed = chance.random() < 0.05 and who.attended is None
    return {
        "name": who.name, "document_kind": "居民身份证", "document": who.document, "class": who.class_number,
        "hours": str(chance.randrange(10, 40) if failed else chance.randrange(48, most + 1)),
        "attendance": f"{80 + chance.randrange(0, 200) / 10:g}" if who.attended is None else f"{who.attended / 15:.1%}",
        "score": f"{chance.randrange(20, 59) if failed else chance.randrange(120, 201) / 2:g}",
        "completed_on": who.ends_on.isoformat(), "outcome": "不合格" if failed else "合格",
    }  # fmt: skip


def file(learners: Mapping[str, Sequence[Learner]], rows: int, times: int, seed: int) -> File:
    """So many rows, each kind of fault planted so often, at places that the seed decides."""
    chance = random.Random(seed)
    people = {name: list(found) for name, found in learners.items()}
    plan: list[Planted | None] = [kind for kind in KINDS for _ in range(times)]
    plan += [None] * (rows - sum(kind.more for kind in KINDS) * times)
    chance.shuffle(plan)
    made: list[Cells] = []
    expected, bad, warnings, worth, blocked = [], 0, 0, 0, 0
    for kind in plan:
        who = people[kind.group if kind else "good"].pop()
        cells = good_row(who, chance)
        if kind is None:
            made.append(cells)
            worth += CENTS * (cells["outcome"] == "合格")
            continue
        cells["outcome"], fresh = "合格", cells
        if who.attended is None:
            cells |= {"hours": "60", "score": "88", "attendance": "98.5"}
        for _ in range(1, kind.more):
            made.append(fresh)
            worth += CENTS
            if kind.group != "good":
                who = people[kind.group].pop()
                fresh = {**fresh, "name": who.name, "document": who.document}
        row = kind.alter(fresh, who, chance)
        made.append(row)
        expected.append((len(made) + 1, kind.column, kind.code))
        money = CENTS * (kind.person and row["outcome"] != "不合格")
        warnings, bad = warnings + kind.warning, bad + (not kind.warning)
        worth, blocked = worth + money * kind.warning, blocked + money * (not kind.warning)
    table = [list(HEAD.values()), *([cells[c] for c in HEAD] for cells in made)]
    return File(table, expected, len(made), bad, warnings, worth, blocked)
