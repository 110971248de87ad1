"""Score sheets: how far they are, and what one typist may see of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.certification.models import Application, ScoreEntry, ScoreSheet
from skills.certification.queries.carried import sat_in
from skills.certification.queries.exams.sittings import SittingLine
from skills.certification.rules.exams import Section
from skills.certification.rules.online import MACHINE, TYPED
from skills.certification.states import ApplicationState
from skills.kernel.errors import Missing
from skills.records.rules.marks import points


@dataclass(frozen=True)
class SheetState:
    """How far a section's two entries are. No score is in it."""

    section: Section
    first_by: str
    second_by: str
    first: int
    second: int
    differing: int
    way: str = TYPED

    @property
    def machine(self) -> bool:
        """Whether it was sat on screens and is reckoned twice instead of typed."""
        return self.way == MACHINE


@dataclass(frozen=True)
class SheetLine:
    """One candidate on a typist's own sheet: seat and ticket, no name; `own` is what this typist wrote."""

    application_id: str
    seat: int
    ticket: str
    own: str
    typed: bool
    differs: bool


@dataclass(frozen=True)
class Sheet:
    """A section as one typist sees it. `turn` is 1, 2, or None if both places are taken by others.

    `kept`: how many candidates passed it before and do not sit it. `machine`: nobody types it.
    """

    section: Section
    turn: int | None
    lines: tuple[SheetLine, ...]
    kept: int = 0
    machine: bool = False


def sheets(db: Session, line: SittingLine) -> Sequence[SheetState]:
    """How far the entry of each section is: counts alone."""
    typed: dict[str, dict[int, dict[str, int | None]]] = defaultdict(lambda: {1: {}, 2: {}})
    for entry in _entries(db, line.id):
        typed[entry.section][entry.turn][entry.application_id] = entry.hundredths
    found = []
    for row in db.scalars(select(ScoreSheet).where(ScoreSheet.sitting_id == line.id)):
        first, second = typed[row.section][1], typed[row.section][2]
        differing = sum(1 for a, v in first.items() if a in second and second[a] != v)
        names = [name_of(db, who) if who else "" for who in (row.first_by, row.second_by)]
        found.append(SheetState(Section(row.section), names[0], names[1], len(first), len(second), differing, row.way))
    return sorted(found, key=lambda s: list(Section).index(s.section))


def sheet(db: Session, line: SittingLine, section: str, account: str) -> Sheet:
    """A section as this typist sees it: only the own entry, and where the two differ, never the other's score."""
    row = db.scalars(select(ScoreSheet).where(ScoreSheet.sitting_id == line.id, ScoreSheet.section == section)).first()
    if row is None:
        raise Missing("score_sheet.unknown")
    if row.first_by == account or (row.first_by is None and row.second_by != account):
        turn: int | None = 1
    else:
        turn = 2 if row.second_by in (account, None) else None
    by_turn: dict[int, dict[str, int | None]] = {1: {}, 2: {}}
    for entry in _entries(db, line.id):
        if entry.section == section:
            by_turn[entry.turn][entry.application_id] = entry.hundredths
    own = by_turn[turn] if turn else {}
    other = by_turn[3 - turn] if turn else {}
    examined = db.scalars(
        select(Application)
        .where(Application.sitting_id == line.id, Application.state == ApplicationState.EXAMINED)
        .order_by(Application.seat)
    ).all()
    rows = [a for a in examined if section in sat_in(a, line.level)]
    return Sheet(
        Section(section), turn,
        tuple(
            SheetLine(
                a.id, a.seat or 0, a.ticket or "", _text(own, a.id), a.id in own,
                a.id in own and a.id in other and own[a.id] != other[a.id],
            )
            for a in rows
        ),
        len(examined) - len(rows), row.way == MACHINE,
    )  # fmt: skip


def _entries(db: Session, sitting_id: str) -> Sequence[ScoreEntry]:
    return db.scalars(
        select(ScoreEntry)
        .join(Application, Application.id == ScoreEntry.application_id)
        .where(Application.sitting_id == sitting_id, ScoreEntry.replaced_at.is_(None))
    ).all()


def _text(own: dict[str, int | None], application_id: str) -> str:
    if application_id not in own:
        return ""
    held = own[application_id]
    return "缺考" if held is None else points(held)
