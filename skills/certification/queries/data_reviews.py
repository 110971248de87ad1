"""Result files for the authority, what was answered, and whose numbers come from outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisations
from skills.certification.models import Application, Score, Sitting
from skills.certification.models.data_reviews import DataReview
from skills.certification.queries.exams import sitting
from skills.certification.queries.exams.sittings import sittings_of
from skills.certification.queries.live import live_scores
from skills.certification.rules.exams import Section
from skills.certification.rules.results import Result
from skills.certification.states import ApplicationState
from skills.certification.states.results import DataReviewState
from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people.queries import persons, printed_document
from skills.records.rules.marks import points, told
from skills.standards.queries import value


@dataclass(frozen=True)
class DataReviewLine:
    """A result file: its exam, rows and control total as it was sent, and the answer."""

    id: str
    sitting_id: str
    title: str
    body: str
    state: str
    rows: int
    total: str
    digest: str
    sent_at: datetime
    answered_at: datetime | None
    document: str
    reason: str
    imports: bool


def wanted(db: Session, filing_number: str, day: date) -> bool:
    """Whether numbers of this body wait for the authority's review (policy: kinds of filings, Y and S)."""
    return filing_number[:1] in value(db, "number.data_review", day)


def imports(db: Session, filing_number: str, day: date) -> bool:
    """Whether numbers of this body come from the authority (policy: filing numbers)."""
    return filing_number in value(db, "number.imported", day)


def results_of(db: Session, sitting_id: str) -> Sequence[Result]:
    """The passes of an exam with the marks that count, by seat."""
    marks: dict[str, dict[Section, int | None]] = {}
    passes = (Application.sitting_id == sitting_id, Application.state == ApplicationState.PASSED)
    for row in db.scalars(live_scores().join(Application, Application.id == Score.application_id).where(*passes)):
        marks.setdefault(row.application_id, {})[Section(row.section)] = row.hundredths
    ids = db.scalars(select(Application.id).where(*passes).order_by(Application.seat, Application.id))
    return [Result(one, tuple((s, marks[one][s]) for s in Section if s in marks[one])) for one in ids]


def reviewed(db: Session, sitting_id: str) -> frozenset[str]:
    """The passes of an exam whose marks stand as the authority has reviewed them."""
    files = db.scalars(select(DataReview.rows).where(DataReview.sitting_id == sitting_id, DataReview.state == DataReviewState.PASSED))
    seen = [dict(rows) for rows in files]
    now = results_of(db, sitting_id) if seen else ()
    return frozenset(one.application_id for one in now if any(rows.get(one.application_id) == one.digest for rows in seen))


def data_reviews(
    db: Session, sitting_id: str = "", today: date | None = None, districts: Collection[str] | None = None
) -> Sequence[DataReviewLine]:
    """Result files, of one exam or of all, of bodies of these districts (None: of all): those that wait first, then what was answered."""
    chosen = select(DataReview).order_by(DataReview.state != DataReviewState.SENT, DataReview.id)
    return _lines(db, chosen.where(DataReview.sitting_id == sitting_id) if sitting_id else chosen, today, districts)


def data_review(db: Session, review_id: str, today: date, districts: Collection[str] | None = None) -> DataReviewLine:
    """One result file, of a body of these districts (None: of any). Raises Missing("data_review.unknown")."""
    found = _lines(db, select(DataReview).where(DataReview.id == review_id), today, districts)
    if not found:
        raise Missing("data_review.unknown")
    return found[0]


def data_waiting(db: Session, districts: Collection[str] | None = None) -> int:
    """How many result files of bodies of these districts (None: of all) wait for the authority."""
    return len(_lines(db, select(DataReview).where(DataReview.state == DataReviewState.SENT), None, districts))


def result_file(db: Session, box: Box, review_id: str) -> Sequence[Sequence[str]]:
    """The rows of a result file as it was sent, with heads and, last, the control total. Marks as people read them.

    Who was sent and changed since is in it with an empty line of marks: the file says what it was reviewed for.
    """
    row = db.get(DataReview, (review_id,))
    if row is None:
        raise Missing("data_review.unknown")
    line, held = sitting(db, row.sitting_id), {one.application_id: one for one in results_of(db, row.sitting_id)}
    head = ["座位号 Seat", "准考证号 Ticket", "姓名 Name", "证件类型 Document", "证件号码 Number", "职业 Occupation", "等级 Level"]
    rows = [[*head, *(s.words[0] for s in line.sections)]]
    people = db.scalars(select(Application).where(Application.id.in_(row.rows)).order_by(Application.seat)).all()
    names = persons(db, [one.person_id for one in people])
    for one in people:
        paper, result = printed_document(db, box, one.person_id), held.get(one.id)
        same = result is not None and result.digest == row.rows[one.id]
        marks = dict(result.marks) if result and same else {}
        rows.append([
            str(one.seat), one.ticket or "", names[one.person_id].name, paper.kind_word, paper.number, line.occupation_name,
            line.level.wording, *(told(marks[s]) if s in marks else "" for s in line.sections),
        ])  # fmt: skip
    rows.append([f"合计 {len(people)} 人", "", "", "", "", "成绩合计", points(row.total), *("" for _ in line.sections)])
    return rows


def _lines(db: Session, chosen: Select[DataReview], today: date | None, districts: Collection[str] | None) -> list[DataReviewLine]:
    rows = list(db.scalars(chosen))
    held = {line.id: line for line in sittings_of(db, db.scalars(select(Sitting).where(among(db, Sitting.id, {r.sitting_id for r in rows}))))}
    if districts is not None:
        near = {o.id for o in organisations(db) if o.district in districts}
        rows = [row for row in rows if held[row.sitting_id].organisation_id in near]
    return [
        DataReviewLine(
            row.id, row.sitting_id, held[row.sitting_id].title, held[row.sitting_id].body, row.state, len(row.rows),
            points(row.total), row.digest, row.sent_at, row.answered_at, row.document, row.reason,
            today is not None and imports(db, held[row.sitting_id].filing_number, today),
        )
        for row in rows
    ]  # fmt: skip
