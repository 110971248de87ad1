"""What the national query system (jndj.osta.org.cn) can say of a certificate: one question, asked by every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

Upload = Literal["waiting", "exported", "confirmed", "returned"]


@dataclass(frozen=True)
class National:
    """待上传 → 已导出 → 已确认可查, or 被退回. `on`: the day of the last step; `days`: working days it usually takes."""

    state: Upload
    on: date | None = None
    days: int | None = None


def national(db: Session, number: str) -> National:
    """Where the upload of a certificate stands. Nothing is claimed that was not confirmed: the default is waiting."""
    return National("waiting")
