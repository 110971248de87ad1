"""What a course says is listed once: stored rows, versions, forms and programs know the same fields."""

from __future__ import annotations

from skills.courses.bodies import CourseBody
from skills.courses.models import Course
from skills.courses.queries.catalogue import CourseLine
from skills.courses.rules.catalogue import FIELDS
from skills.courses.views.shelf import FIELD_WORDS


def test_every_place_that_names_the_fields_of_a_course_names_those_of_the_list() -> None:
    assert set(CourseBody.model_fields) - {"course_id"} == set(FIELDS) == set(FIELD_WORDS)
    assert set(FIELDS) <= set(Course.__table__.columns.keys())
    assert set(FIELDS) <= set(CourseLine.__dataclass_fields__)
