"""Who has a hand in an exam: nobody of these watches it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import people_of_accounts
from skills.certification.models import Application, ScoreEntry, Sitting


def hands(db: Session, sitting_ids: Collection[str]) -> set[tuple[str, str]]:
    """(account, exam) of who planned it, typed or signed its scores, put somebody forward for it, or sits it."""
    wanted = sorted(set(sitting_ids))
    found: set[tuple[str, str]] = set()
    for row in db.scalars(select(Sitting).where(Sitting.id.in_(wanted))):
        found |= {(account, row.id) for account in (row.planned_by, row.signed_by, row.countersigned_by) if account}
    of_person: dict[str, list[str]] = {}
    for account, person_id in people_of_accounts(db).items():
        of_person.setdefault(person_id, []).append(account)
    for sitting_id, person_id, by in db.execute(
        select(Application.sitting_id, Application.person_id, Application.applied_by).where(Application.sitting_id.in_(wanted))
    ):
        found |= {(account, sitting_id) for account in (by, *of_person.get(person_id, ()))}
    typed = select(ScoreEntry.by, Application.sitting_id).join(Application, Application.id == ScoreEntry.application_id)
    found |= {(by, sitting_id) for by, sitting_id in db.execute(typed.where(Application.sitting_id.in_(wanted)).distinct())}
    return found
