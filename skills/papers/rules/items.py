"""A question of the bank with its key, and what it must have (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from skills.kernel.canon import canon
from skills.kernel.findings import Finding, Verdict, no_fault


class Kind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    NUMERIC = "numeric"


class Thinking(StrEnum):
    """What a question asks of the mind 认知层次: the second axis of a blueprint."""

    RECALL = "recall"
    UNDERSTAND = "understand"
    APPLY = "apply"
    ANALYSE = "analyse"


KIND_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.SINGLE: ("单选题", "single choice"), Kind.MULTIPLE: ("多选题", "multiple choice"), Kind.TRUE_FALSE: ("判断题", "true or false"),
    Kind.NUMERIC: ("数值题", "short numeric"),
}  # fmt: skip
THINKING_WORDS: Mapping[Thinking, tuple[str, str]] = {
    Thinking.RECALL: ("识记", "recall"), Thinking.UNDERSTAND: ("理解", "understand"), Thinking.APPLY: ("应用", "apply"),
    Thinking.ANALYSE: ("分析", "analyse"),
}  # fmt: skip
CHOICES = (Kind.SINGLE, Kind.MULTIPLE)
LETTERS = "ABCDEFGH"
LONGEST_STEM, LONGEST_OPTION, LONGEST_POINT, MOST_POINTS = 2_000, 400, 40, 60
TRUE, FALSE = "true", "false"

_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,6})?", re.ASCII)
# What XML and a printed sheet can hold: a line break is the one control character.
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Question:
    """A question with its key.

    options    of a choice, in the order of their letters; of others none
    answer     letters ("B", "ACD"), "true" or "false", or a decimal number
    tolerance  of a number: how far from `answer` still counts, as a decimal; of others empty
    point      the knowledge point 知识点
    """

    kind: Kind
    stem: str
    options: tuple[str, ...]
    answer: str
    tolerance: str
    point: str
    thinking: Thinking

    @property
    def key(self) -> str:
        """What is sealed, as text."""
        return canon([self.answer, self.tolerance])

    @property
    def whole(self) -> str:
        """All of it as one text, for its digest."""
        return canon([self.kind, self.stem, list(self.options), self.answer, self.tolerance, self.point, self.thinking])


def code_of(serial: int) -> str:
    """How an item is called in its bank: T0042."""
    return f"T{serial:04}"


def decimal(text: str) -> Decimal | None:
    """A plain decimal number, in whatever width it was typed; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def letters(text: str) -> str | None:
    """Letters of options in order, "D，b" → "BD"; None if there is anything else or one comes twice."""
    plain = re.sub(r"[\s,、;]", "", unicodedata.normalize("NFKC", text)).upper()
    return "".join(sorted(plain)) if set(plain) <= set(LETTERS) and len(set(plain)) == len(plain) else None


def normal_answer(kind: Kind, text: str) -> str | None:
    """An answer in its one form; None for a text that is none. The key and what is answered are read alike."""
    if kind in CHOICES:
        return letters(text) or None
    if kind is Kind.NUMERIC:
        number = decimal(text)
        return None if number is None else f"{number.normalize() + 0:f}"
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if word in {"true", "t", "对", "正确", "√"}:
        return TRUE
    return FALSE if word in {"false", "f", "错", "错误", "×"} else None


def normal(question: Question) -> Question:
    """The question without blanks around its texts and with its key in one form; what cannot be read stays as it is."""
    kind, stem = question.kind, question.stem.replace("\r\n", "\n").strip()
    tolerance = (normal_answer(kind, question.tolerance or "0") or question.tolerance) if kind is Kind.NUMERIC else question.tolerance.strip()
    return replace(
        question, stem=stem, options=tuple(option.strip() for option in question.options), tolerance=tolerance,
        answer=normal_answer(kind, question.answer) or question.answer.strip(), point=question.point.strip(),
    )  # fmt: skip


def may_hold(question: Question, points: Collection[str]) -> Verdict:
    """Whether a question in its normal form can stand in a bank with these knowledge points. `paper_item.incomplete`."""
    return no_fault("paper_item.incomplete", faults(question, points))


def faults(question: Question, points: Collection[str]) -> list[Finding]:
    """Every condition of a question."""
    kind, options = question.kind, question.options
    found = [
        Finding("paper_item.stem", bool(question.stem) and len(question.stem) <= LONGEST_STEM, facts={"most": LONGEST_STEM}),
        Finding("paper_item.printable", not any(_UNPRINTABLE.search(text) for text in (question.stem, *options))),
        Finding("paper_item.options", options_fit(kind, options), facts={"most": len(LETTERS)}),
        Finding("paper_item.answer", answer_fits(kind, question.answer, len(options))),
        Finding("paper_item.tolerance", tolerance_fits(kind, question.tolerance)),
        Finding("paper_item.point", question.point in points, facts={"point": question.point}),
    ]
    return [placed(finding) for finding in found]


def placed(finding: Finding, place: str = "") -> Finding:
    """A condition that says where it stands: at a cell of a sheet, in a file of a package; nowhere for a single question."""
    return replace(finding, facts={**finding.facts, "place": place, "at": place and f"{place}：", "at_en": place and f"{place}: "})


def options_fit(kind: Kind, options: Sequence[str]) -> bool:
    """Whether a choice has two to eight different options in one line each, and others have none."""
    if kind not in CHOICES:
        return not options
    return 2 <= len(options) <= len(LETTERS) and len(set(options)) == len(options) and all(
        0 < len(option) <= LONGEST_OPTION and "\n" not in option for option in options
    )


def answer_fits(kind: Kind, answer: str, options: int) -> bool:
    """Whether an answer can be given to a question of this kind: one letter, at least two, a truth, a number."""
    if normal_answer(kind, answer) != answer:
        return False
    if kind not in CHOICES:
        return True
    return set(answer) <= set(LETTERS[:options]) and (len(answer) == 1 if kind is Kind.SINGLE else len(answer) >= 2)


def tolerance_fits(kind: Kind, tolerance: str) -> bool:
    """Whether a number says how far from it still counts (never less than nothing), and no other kind does."""
    if kind is not Kind.NUMERIC:
        return not tolerance
    number = decimal(tolerance)
    return number is not None and number >= 0 and normal_answer(kind, tolerance) == tolerance


def points_of(text: str) -> tuple[str, ...]:
    """Knowledge points, one a line, without blanks and doubles."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def may_name(points: Iterable[str]) -> Verdict:
    """Whether these can be the knowledge points of a bank. `item_bank.points`."""
    held = tuple(points)
    good = 0 < len(held) <= MOST_POINTS and all(len(p) <= LONGEST_POINT and not _UNPRINTABLE.search(p) and "\n" not in p for p in held)
    return no_fault("item_bank.points", [Finding("item_bank.points_named", good, facts={"most": MOST_POINTS, "longest": LONGEST_POINT})])


def sealed_at(version_id: str) -> str:
    """Where the key of a version lies, as the box wants to know it."""
    return f"paper_item_version:{version_id}:answer"
