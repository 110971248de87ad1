"""What the national query system (jndj.osta.org.cn) can say of a certificate: one question, asked by every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.credentials.models import NationalUpload
from skills.credentials.states import UploadState
from skills.kernel.clock import shanghai_day
from skills.standards.queries import value

Upload = Literal["waiting", "exported", "confirmed", "returned", "dropped"]
_STATES: dict[str, Upload] = {
    UploadState.WAITING: "waiting", UploadState.EXPORTED: "exported", UploadState.CONFIRMED: "confirmed",
    UploadState.REJECTED: "returned", UploadState.DROPPED: "dropped",
}  # fmt: skip


@dataclass(frozen=True)
class National:
    """待上传 → 已导出 → 已确认可查, or 被退回. `on`: the day of the last step; `days`: working days it usually takes."""

    state: Upload
    on: date
    days: int


def national(db: Session, certificate_id: str, today: date) -> National | None:
    """Where the upload of a certificate stands; None for kinds that are never uploaded.

    Nothing is claimed that was not confirmed by the national system's own answer.
    """
    row = db.scalars(select(NationalUpload).where(NationalUpload.certificate_id == certificate_id)).one_or_none()
    if row is None:
        return None
    on = row.searchable_on or shanghai_day(row.changed_at)
    return National(_STATES[row.state], on, int(value(db, "national.usual_working_days", today)))
