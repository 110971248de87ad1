"""What a draw is drawn from: exams, supervisors, and who is too near to which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import Role
from skills.certification.queries import exams
from skills.certification.queries.exams import SittingLine
from skills.certification.queries.hands import hands
from skills.certification.states import SittingState
from skills.kernel.shots import Shelf
from skills.records import queries as records
from skills.supervision.models import Supervision, SupervisionDraw, SupervisorTie
from skills.supervision.rules import Side
from skills.supervision.states import SUPERVISION_DRAW

SHELF = Shelf("supervision", "supervision_photo")
AHEAD = (SittingState.FILED, SittingState.OPEN, SittingState.CLOSED, SittingState.SEATED)


def ahead(
    db: Session, side: Side, since: date, until: date, bodies: Collection[str] | None, districts: Collection[str] | None
) -> list[SittingLine]:
    """Filed exams of these days, of these bodies and districts (None: of all), for which nobody of this side was drawn.

    Nor is any of them planned to be drawn: of two plans somebody could take the one whose outcome pleases.
    """
    busy = set(db.scalars(select(Supervision.sitting_id).where(Supervision.side == side)))
    planned = select(SupervisionDraw.sittings).where(SupervisionDraw.side == side, SupervisionDraw.state == SUPERVISION_DRAW.start)
    busy |= {sitting_id for sittings in db.scalars(planned) for sitting_id, _ in sittings}
    held = [
        line for line in exams.of_bodies(db, bodies, AHEAD)
        if line.held_on is not None and since <= line.held_on <= until and line.id not in busy
    ]  # fmt: skip
    if districts is not None:
        where = {line.organisation_id: accounts.organisation(db, line.organisation_id).district for line in held}
        held = [line for line in held if where[line.organisation_id] in districts]
    return sorted(held, key=lambda line: line.id)


def supervisors(db: Session, organisation_id: str | None, districts: Collection[str] | None) -> list[str]:
    """Accounts that may watch: a body's own, or the authority's who reach every one of these districts."""
    live = ("invited", "active")
    if organisation_id is not None:
        found = accounts.staff_of_roles(db, [Role.INTERNAL_SUPERVISOR], organisation_id)
        return sorted({line.account_id for line in found if line.state in live})
    reaching = []
    for account, lines in accounts.officials(db).items():
        held = {line.district or "" for line in lines if line.role == Role.SUPERVISOR and line.state in live}
        if "" in held or (districts and set(districts) <= held):
            reaching.append(account)
    return sorted(reaching)


def ties(db: Session, side: Side, lines: Sequence[SittingLine], among: Collection[str]) -> set[tuple[str, str]]:
    """(account, exam) of who is too near: a hand in it, the name on its list of staff, said so; of the authority's also who works
    or worked at the body."""
    by_body: dict[str, list[str]] = {}
    for line in lines:
        by_body.setdefault(line.organisation_id, []).append(line.id)
    said = select(SupervisorTie.account_id, SupervisorTie.organisation_id).where(SupervisorTie.organisation_id.in_(sorted(by_body)))
    bodies = {(account, body) for account, body in db.execute(said)}
    if side is Side.EXTERNAL:
        bodies |= records.near(db, among, by_body)
    found = {(account, one) for account, body in bodies for one in by_body.get(body, ())} | hands(db, [line.id for line in lines])
    names = {account: accounts.name_of(db, account) for account in among}
    for line in lines:
        found |= {(account, line.id) for account, name in names.items() if name in (*line.examiners, *line.invigilators)}
    return {pair for pair in found if pair[0] in among}
