"""What changes courses, classes and enrolments."""

from skills.courses.actions import catalogue, classes, enrolments, exams

__all__ = ["catalogue", "classes", "enrolments", "exams"]
