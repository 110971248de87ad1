"""Signed scores that count: of each section the newest version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from skills.certification.models import Score


def newest() -> ColumnElement[bool]:
    """That no newer version of a score stands beside it."""
    later = aliased(Score)
    return ~exists().where(
        later.application_id == Score.application_id, later.section == Score.section, later.version > Score.version
    )


def live_scores() -> Select[Any]:
    """The scores that count."""
    return select(Score).where(newest())
