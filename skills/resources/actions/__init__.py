"""Lecturers and training platforms: proposed, confirmed, withdrawn."""

from skills.resources.actions import lecturers, platforms

__all__ = ["lecturers", "platforms"]
