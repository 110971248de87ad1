"""The targets of the programme and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.certification.queries import exams
from skills.records import queries as records
from skills.standards.queries import policy
from skills.training_standards import queries as norms
from skills.vouchers import queries as vouchers


@dataclass(frozen=True)
class Goal:
    """A target with its source, and the figure reached."""

    zh: str
    en: str
    unit_zh: str
    unit_en: str
    by_zh: str
    by_en: str
    plan: int
    actual: int
    source: str


def board(db: Session, day: date) -> list[Goal]:
    """The four targets of measures 9 and 12, each with what the database holds."""
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    figures = (
        ("programme.vouchers_per_year", "发放培训券", "Vouchers issued", "张", "", f"{day.year} 年", f"in {day.year}",
         vouchers.issued_in(db, first, last)),
        ("programme.trainings", "数字技能培训", "People trained", "人次", "", "", "", records.count(db, "training")),
        ("programme.assessments", "职业技能评价", "Assessments", "人次", "", "", "", exams.examined(db)),
        ("programme.standards", "培训标准", "Training standards", "个", "", "", "", norms.count(db)),
    )  # fmt: skip
    found = []
    for name, zh, en, unit_zh, unit_en, by_zh, by_en, actual in figures:
        row = policy(db, name, day)
        found.append(Goal(zh, en, unit_zh, unit_en, by_zh, by_en, int(row.value), actual, row.source))
    return found
