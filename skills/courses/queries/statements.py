"""What platforms said of learners, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.models import Course, CourseClass, Enrolment, XapiStatement
from skills.courses.rules.statements import REASON, VERB_WORDS, Verb
from skills.courses.states.statements import STATEMENT, StatementState
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.people import queries as people

PAGE = 50


@dataclass(frozen=True)
class StatementLine:
    """A statement and where it stands. `errors` are codes with facts of what the rules found; `reason` that of a waiver."""

    id: str
    statement_id: str
    verb: str
    verb_words: tuple[str, str]
    masked_name: str
    institution: str
    class_number: str
    title: str
    hours: int
    state: str
    state_words: tuple[str, str]
    errors: tuple[dict[str, Any], ...]
    return_id: str | None
    stored_at: datetime
    reason: str
    answer: str


def statement(db: Session, box: Box, institution_ids: Collection[str], statement_id: str) -> StatementLine:
    """A statement of one of these institutions by the platform's own id. Raises Missing("xapi_statement.unknown")."""
    row = db.scalars(
        select(XapiStatement).where(
            XapiStatement.institution_id.in_(institution_ids), XapiStatement.statement_id == statement_id.lower()
        )
    ).one_or_none()
    if row is None:
        raise Missing("xapi_statement.unknown")
    return _line(db, box, row)


def statements(db: Session, box: Box, institution_ids: Collection[str], after: str = "", most: int = 100) -> list[StatementLine]:
    """The statements of these institutions, newest first: up to `most` behind one."""
    chosen = select(XapiStatement).where(XapiStatement.institution_id.in_(institution_ids))
    if after:
        chosen = chosen.where(XapiStatement.id < after)
    return [_line(db, box, row) for row in db.scalars(chosen.order_by(XapiStatement.id.desc()).limit(most))]


def waivers(db: Session, box: Box, districts: Collection[str] | None, after: str = "", most: int = PAGE) -> list[StatementLine]:
    """Waivers that wait for an approver in these districts (None: in all), oldest first: up to `most` behind one, which may be
    decided by now."""
    chosen, last = _waiting(districts), db.get(XapiStatement, after) if after else None
    if last is not None:
        chosen = chosen.where(tuple_(XapiStatement.stored_at, XapiStatement.id) > (last.stored_at, last.id))
    rows: Sequence[XapiStatement] = db.scalars(chosen.order_by(XapiStatement.stored_at, XapiStatement.id).limit(most)).all()
    return [_line(db, box, row) for row in rows]


def waivers_waiting(db: Session, districts: Collection[str] | None) -> int:
    """How many waivers wait in these districts."""
    return db.scalar(select(func.count()).select_from(_waiting(districts).subquery())) or 0


def _waiting(districts: Collection[str] | None) -> Any:
    chosen = select(XapiStatement).where(XapiStatement.state == StatementState.WAITING)
    return chosen if districts is None else chosen.where(XapiStatement.district.in_(districts))


def _line(db: Session, box: Box, row: XapiStatement) -> StatementLine:
    place = db.get_one(Enrolment, row.enrolment_id)
    held = db.get_one(CourseClass, place.class_id)
    course = db.get_one(Course, held.course_id)
    body = json.loads(box.read(row.body, f"xapi_statement:{row.id}", gone="{}"))
    reason = str(((body.get("result") or {}).get("extensions") or {}).get(REASON, ""))
    return StatementLine(
        row.id, row.statement_id, row.verb, VERB_WORDS[Verb(row.verb)], people.person(db, place.person_id).masked_name,
        accounts.organisation(db, row.institution_id).name, held.number, course.title, course.hours, row.state,
        STATEMENT.words[StatementState(row.state)], tuple(row.findings.get("errors", ())), row.return_id, row.stored_at, reason,
        row.answer,
    )  # fmt: skip
