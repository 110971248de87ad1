"""Sittings, candidates, score sheets and notices, each shown only to whom it may be shown."""

from __future__ import annotations

from skills.certification.queries.exams.candidates import (
    CandidateLine,
    MyExam,
    candidates,
    examined,
    exams_of,
    my_exam,
    my_exams,
)
from skills.certification.queries.exams.notices import (
    NoticeLine,
    ObjectionLine,
    late_objections,
    notices,
    objections,
    open_objections,
)
from skills.certification.queries.exams.sheets import Sheet, SheetLine, SheetState, sheet, sheets
from skills.certification.queries.exams.sittings import (
    TOLD,
    SittingLine,
    faults_of,
    of_bodies,
    open_sittings,
    review_days,
    sitting,
)

__all__ = [
    "TOLD", "CandidateLine", "MyExam", "NoticeLine", "ObjectionLine", "Sheet", "SheetLine", "SheetState",
    "SittingLine", "candidates", "examined", "exams_of", "faults_of", "late_objections", "my_exam", "my_exams", "notices", "objections", "of_bodies",
    "open_objections", "open_sittings", "review_days", "sheet", "sheets", "sitting",
]  # fmt: skip
