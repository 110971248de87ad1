"""From which device somebody learned is forgotten when its time is over, or with the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.learning.models import Overlap, Study
from skills.messages.actions import unsay
from skills.standards.queries import value

MANY = 500


@dataclass(frozen=True)
class Forgotten:
    """How many marks of devices are gone."""

    count: int


@action("study.forget_devices", may="system.jobs")
def forget_devices(act: Act) -> Forgotten:
    """Clear what is older than the policy allows, some at a time."""
    before = act.at - timedelta(days=int(value(act.db, "learning.device_days", act.today)))
    rows = act.db.scalars(select(Study).where(Study.device != "", Study.started_at < before).limit(MANY)).all()
    for row in rows:
        row.device = ""
    return Forgotten(len(rows))


def forget_person(act: Act, person_id: str) -> None:
    """Devices, and the words in which the bureau decided, go with the person: also where institutions were once told them."""
    for row in act.db.scalars(select(Study).where(Study.person_id == person_id, Study.device != "")):
        row.device = ""
    for one in act.db.scalars(select(Overlap).where(Overlap.person_id == person_id, Overlap.reason != "")):
        unsay(act, "overlap.told_institution_decided", reason=one.reason)
        one.reason = "—"
    act.db.flush()
