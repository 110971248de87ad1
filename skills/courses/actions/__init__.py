"""What changes courses, classes and enrolments."""

from skills.courses.actions import catalogue, classes, enrolments

__all__ = ["catalogue", "classes", "enrolments"]
