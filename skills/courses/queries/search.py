"""Finding words in the catalogue: in title, in description or occupation, in the name of the institution, in that order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, func, intersect, literal, or_, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from skills.accounts import queries as accounts
from skills.courses.models import Course, CourseGram, CourseText
from skills.courses.rules.search import asked, fold, words
from skills.standards import queries as standards

IN_TITLE, IN_TEXT, IN_INSTITUTION = 1, 2, 3


def hits(db: Session, text: str) -> list[Subquery]:
    """For each word of a text the courses that hold it: `course_id` and `rank`, the lower the better."""
    return [_hits(db, word) for word in words(text)]


def _hits(db: Session, word: str) -> Subquery:
    like = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    in_title, in_body = CourseText.title.like(like, escape="!"), CourseText.body.like(like, escape="!")
    holding = [select(CourseGram.course_id).where(CourseGram.gram == gram) for gram in asked(word)]
    candidates = holding[0] if len(holding) == 1 else select(intersect(*holding).subquery())
    found: list[Select[*tuple[Any, ...]]] = [
        select(CourseText.course_id.label("course_id"), case((in_title, IN_TITLE), else_=IN_TEXT).label("rank")).where(
            CourseText.course_id.in_(candidates), or_(in_title, in_body)
        )
    ]
    named = [o.code for o in standards.occupations(db) if word in fold(o.name)]
    if named:
        found.append(select(Course.id, literal(IN_TEXT)).where(Course.occupation.in_(named)))
    schools = [i for i, name in accounts.institution_names(db).items() if word in fold(name)]
    if schools:
        found.append(select(Course.id, literal(IN_INSTITUTION)).where(Course.institution_id.in_(schools)))
    every = union_all(*found).subquery()
    return select(every.c.course_id, func.min(every.c.rank).label("rank")).group_by(every.c.course_id).subquery()
