"""What always holds on the professional side."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.people.queries import erased
from skills.professional.models import EngineerProgramme, HoursStatement, Seminar, SeminarSeat
from skills.professional.rules.hours import statement_digest, statement_number
from skills.professional.states import ProgrammeState, SeminarState
from skills.records.queries import live_sources


@check("professional.seminars", "研修班不超员，结项者学时入档 no seminar is overfull; who took part has the hours on record, nobody else")
def seminars(book: Bookkeeper) -> Iterator[str]:
    seats: dict[str, list[SeminarSeat]] = {}
    for seat in book.db.scalars(select(SeminarSeat)):
        seats.setdefault(seat.seminar_id, []).append(seat)
    credited = {s for s in live_sources(book.db, "hours") if s.startswith("seminar:")}
    serials: dict[int, list[int]] = {}
    for row in book.db.scalars(select(Seminar).order_by(Seminar.serial)):
        serials.setdefault(row.year, []).append(row.serial)
        mine = seats.pop(row.id, [])
        held = row.state == SeminarState.HELD
        if len(mine) > row.seats:
            yield f"seminar {row.id}: {len(mine)} on the roster, {row.seats} seats"
        if any((s.came is not None) != held for s in mine):
            yield f"seminar {row.id} is {row.state}, but its roster says otherwise"
        wanted = {f"seminar:{row.id}:{s.person_id}" for s in mine if s.came}
        there = {s for s in credited if s.startswith(f"seminar:{row.id}:")}
        if wanted != there:
            yield f"seminar {row.id}: {len(wanted)} took part, {len(there)} have its hours"
    for year, found in serials.items():
        if found != list(range(1, len(found) + 1)):
            yield f"seminars of {year}: numbers {found}"
    for stray in seats:
        yield f"roster of seminar {stray}, which does not exist"


@check("professional.programmes", "培训与评价机构分设，两人批准 who trains does not assess, and two people said so")
def programmes(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(EngineerProgramme)):
        if row.training_id == row.assessment_id:
            yield f"programme {row.id}: one body trains and assesses"
        if row.state != ProgrammeState.PROPOSED and row.decided_by in (None, row.proposed_by):
            yield f"programme {row.id} is {row.state} by {row.decided_by}, proposed by {row.proposed_by}"


@check("professional.statements", "学时证明编号连续、内容未改 numbers of certificates of hours have no gap, and they say what they said")
def statements(book: Bookkeeper) -> Iterator[str]:
    gone = erased(book.db)
    serials: dict[int, list[int]] = {}
    for row in book.db.scalars(select(HoursStatement).order_by(HoursStatement.serial)):
        serials.setdefault(row.issued_year, []).append(row.serial)
        number = statement_number(row.issued_year, row.serial)
        if row.person_id in gone:
            if row.figures:
                yield f"{number}: its holder was erased, its figures were not"
        elif statement_digest(number, row.year, row.figures) != row.digest:
            yield f"{number}: it says something else than it did"
    for year, found in serials.items():
        if found != list(range(1, len(found) + 1)):
            yield f"certificates of hours of {year}: numbers {found}"
