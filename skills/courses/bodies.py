"""Bodies that several JSON endpoints of this room take."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from skills.courses.rules.catalogue import FEE
from skills.web.amounts import Cents


class CourseBody(BaseModel):
    """A course. `fee` in 分, `level` a rank 1–8."""

    title: str = Field(min_length=1, max_length=60)
    kind: str = "skill"
    zone: str = ""
    occupation: str
    level: int | None = Field(default=None, ge=1, le=8)
    hours: int = Field(ge=1, le=2000)
    fee: Annotated[int, Cents(FEE)]
    standard: str = Field(default="", max_length=120)
    description: str = Field(default="", max_length=4000)
    course_id: str | None = None
    section: str = Field(default="", max_length=16)
    mode: str = Field(default="onsite", max_length=16)
    leads_to: str = Field(default="completion", max_length=24)
    ability: str = Field(default="", max_length=60)
    standard_version: str | None = Field(default=None, max_length=26)


class ReasonBody(BaseModel):
    """A reason."""

    reason: str = Field(max_length=400)
