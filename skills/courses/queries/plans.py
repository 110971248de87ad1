"""What was approved of classes and cannot change with their course any more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.models import ApprovedPlan, Course, CourseClass


def hours_of(db: Session, class_ids: Collection[str]) -> dict[str, int]:
    """Class → its class hours by the plan that counts; by its course, if it was approved before plans were frozen."""
    chosen = select(CourseClass.id, Course.hours).join(Course, Course.id == CourseClass.course_id)
    hours = dict(db.execute(chosen.where(CourseClass.id.in_(class_ids))).all())
    frozen = select(ApprovedPlan.class_id, ApprovedPlan.body).where(ApprovedPlan.class_id.in_(class_ids)).order_by(ApprovedPlan.version)
    return hours | {class_id: int(body["hours"]) for class_id, body in db.execute(frozen)}
