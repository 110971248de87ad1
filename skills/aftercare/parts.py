"""Requests about a person's certificates: what was written lies under the person's data key; an open one is settled first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.aftercare.models import CareRequest
from skills.aftercare.queries.naming import naming
from skills.aftercare.states import OPEN
from skills.kernel.findings import Finding
from skills.people.parts import Part, nothing_under_way, register


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No request or revocation is under way."""
    chosen = select(func.count()).select_from(CareRequest)
    count = db.scalar(chosen.where(CareRequest.person_id == person_id, CareRequest.state.in_(OPEN))) or 0
    return (nothing_under_way("erasure.care", count),)


register("aftercare", Part(against=against, issued=naming))
