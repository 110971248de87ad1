"""What the catalogue keeps beside the courses: their text as it is searched."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id


class CourseText(Base):
    """A published course's title and description, folded (`rules.search.fold`)."""

    __tablename__ = "course_text"
    unwitnessed = "made again from the published courses: courses.search"
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text())
    body: Mapped[str] = mapped_column(Text())


class CourseGram(Base):
    """A character or a pair of neighbours that a published course's text holds (`rules.search.grams`)."""

    __tablename__ = "course_gram"
    __table_args__ = (Index("ix_course_gram_course_id", "course_id"),)
    unwitnessed = "made again from the published courses: courses.search"
    gram: Mapped[str] = mapped_column(String(4), primary_key=True)
    course_id: Mapped[Id] = mapped_column(ForeignKey("course.id"), primary_key=True)
