"""Lecturers and training platforms as they are read."""

from skills.resources.queries import lecturers, platforms

__all__ = ["lecturers", "platforms"]
