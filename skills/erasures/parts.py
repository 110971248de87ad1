"""Records are not joined while somebody asks for one of them to be erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.erasures.models import ErasureRequest
from skills.erasures.states import OPEN
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding
from skills.people.parts import Part, register


def apart(db: Session, kept: str, gone: str, _day: date) -> Sequence[Finding]:
    """No request to be erased waits."""
    open_ones = select(ErasureRequest).where(ErasureRequest.person_id.in_((kept, gone)), ErasureRequest.state.in_(OPEN))
    return [
        Finding("joining.erasure", False, facts={"on": shanghai_day(row.asked_at), "on_url": f"/gov/erasures/{row.id}", "id": row.id})
        for row in db.scalars(open_ones)
    ]


register("erasures", Part(ends=frozenset({"erasure_request"}), apart=apart))
