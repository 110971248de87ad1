"""The lecturer pool: publicly without private data, to institutions for naming, to the bureau with what was stated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.resources.models import Lecturer, Qualification
from skills.resources.rules import QUALIFICATION_KINDS, STRENGTH_WORDS
from skills.resources.states import LECTURER, LecturerState
from skills.standards import queries as standards
from skills.standards.rules import Level


@dataclass(frozen=True)
class QualificationLine:
    """A qualification that was confirmed. `kind` and `proven` in both languages; without the paper's number."""

    kind: tuple[str, str]
    name: str
    level: Level | None
    occupation: str
    issuer: str
    valid_until: date | None
    proven: tuple[str, str]


@dataclass(frozen=True)
class LecturerLine:
    """A lecturer as everybody may see one: no document, no phone, no number of a paper. `occupations` by name."""

    id: str
    name: str
    occupations: tuple[str, ...]
    qualifications: tuple[QualificationLine, ...]

    @property
    def code(self) -> str:
        """What tells namesakes apart."""
        return self.id[-4:]

    @property
    def title(self) -> str:
        """The qualifications in one line, as a class states them."""
        return "、".join(q.name for q in self.qualifications)


@dataclass(frozen=True)
class StatedLine:
    """A qualification as the bureau examines it, with the paper's number; `renewed_until`: stated anew and not confirmed yet."""

    id: str
    kind: tuple[str, str]
    name: str
    level: Level | None
    occupation: str
    issuer: str
    number: str
    valid_until: date | None
    strength: str
    proven: tuple[str, str]
    renewed_until: date | None = None


@dataclass(frozen=True)
class LecturerCase:
    """A lecturer as the bureau decides on one: masked document, every live qualification."""

    id: str
    name: str
    document: str
    occupations: tuple[str, ...]
    state: str
    proposed_for: str
    proposed_at: datetime
    reason: str
    stated: tuple[StatedLine, ...]

    @property
    def open(self) -> bool:
        """Whether something waits for the bureau."""
        return self.state == "proposed" or (
            self.state == "confirmed" and any(q.strength == "promised" or q.renewed_until for q in self.stated)
        )


def pool(db: Session, words: str = "", occupation: str = "", after: str = "", most: int = 25) -> list[LecturerLine]:
    """Confirmed lecturers, the newest first; by a part of the name, by an occupation's code. Dots or blanks alone name nobody."""
    rows = db.scalars(
        select(Lecturer).where(Lecturer.state == LecturerState.CONFIRMED).order_by(Lecturer.id.desc())
    ).all()  # names are sealed: whoever looks for one looks through the pool
    chosen = [r for r in rows if (not after or r.id < after) and (not occupation or occupation in r.occupations)]
    if not words:
        return lines(db, chosen[:most])
    wanted = normal_name(words)
    return [line for line in lines(db, chosen) if wanted in normal_name(line.name)][:most] if wanted else []


def one(db: Session, lecturer_id: str) -> LecturerLine:
    """A confirmed lecturer. Raises Missing("lecturer.unknown")."""
    row = db.get(Lecturer, lecturer_id)
    if row is None or row.state != LecturerState.CONFIRMED:
        raise Missing("lecturer.unknown")
    return lines(db, [row])[0]


def named(db: Session, names: Sequence[str]) -> dict[str, str]:
    """A name as written, whatever its dot and its form ("李敏", or "李敏#0K3F" among namesakes) → the confirmed lecturer.

    Raises Refusal("lecturer.not_in_pool" | "lecturer.several", with their codes).
    """
    found: dict[str, str] = {}
    known = pool(db, most=100_000) if names else []
    for written in names:
        name, _, code = written.replace("＃", "#").partition("#")
        wanted = normal_name(name)
        fits = [line for line in known if normal_name(line.name) == wanted and line.id.endswith(code.strip().upper())]
        if not fits:
            raise Refusal("lecturer.not_in_pool", name=written)
        if len(fits) > 1:
            raise Refusal("lecturer.several", name=name, codes="、".join(f"{line.name}#{line.code}" for line in fits))
        found[written] = fits[0].id
    return found


def lines_of(db: Session, ids: Collection[str]) -> dict[str, LecturerLine]:
    """Lecturers by id, in whatever state."""
    found = db.scalars(select(Lecturer).where(Lecturer.id.in_(set(ids)))).all()
    return {line.id: line for line in lines(db, found)}


def of_person(db: Session, person_id: str) -> str | None:
    """The lecturer that a person is, in whatever state."""
    return db.scalar(select(Lecturer.id).where(Lecturer.person_id == person_id))


def persons_at(db: Session, institution_id: str) -> set[str]:
    """Persons whom an institution proposed for the pool, or whose qualification it stated."""
    stated = select(Qualification.lecturer_id).where(Qualification.stated_for == institution_id)
    return set(db.scalars(select(Lecturer.person_id).where((Lecturer.proposed_for == institution_id) | Lecturer.id.in_(stated))))


def unproven() -> ColumnElement[bool]:
    """Qualifications of which something waits for the bureau: stated and not proven, or said to be renewed."""
    return Qualification.ended_at.is_(None) & ((Qualification.strength == "promised") | Qualification.renewed_until.is_not(None))


def confirmed(db: Session, ids: Collection[str], day: date) -> set[str]:
    """Who of these is in the pool with at least one proven qualification that is in force on a day."""
    return set(
        db.scalars(
            select(Lecturer.id)
            .join(Qualification, Qualification.lecturer_id == Lecturer.id)
            .where(
                Lecturer.id.in_(set(ids)), Lecturer.state == LecturerState.CONFIRMED, Qualification.ended_at.is_(None),
                Qualification.strength != "promised",
                Qualification.valid_until.is_(None) | (Qualification.valid_until >= day),
            )
        )
    )  # fmt: skip


def lines(db: Session, rows: Sequence[Lecturer]) -> list[LecturerLine]:
    """Lecturers with their proven qualifications."""
    names = people.persons(db, [r.person_id for r in rows])
    jobs = _jobs(db)
    held: dict[str, list[QualificationLine]] = {}
    chosen = select(Qualification).where(
        Qualification.lecturer_id.in_([r.id for r in rows]), Qualification.ended_at.is_(None), Qualification.strength != "promised"
    )
    for q in db.scalars(chosen.order_by(Qualification.id)):
        held.setdefault(q.lecturer_id, []).append(
            QualificationLine(
                QUALIFICATION_KINDS[q.kind], q.name, Level(q.level) if q.level else None, jobs.get(q.occupation or "", ""), q.issuer,
                q.valid_until, STRENGTH_WORDS[q.strength],
            )
        )  # fmt: skip
    return [
        LecturerLine(r.id, names[r.person_id].name, tuple(jobs.get(c, c) for c in r.occupations), tuple(held.get(r.id, ())))
        for r in rows
    ]


def cases(db: Session, box: Box, state: str = "", after: str = "", most: int = 50) -> list[LecturerCase]:
    """Lecturers for the bureau, the newest first: in a state, or (empty) with something that waits."""
    chosen = select(Lecturer).order_by(Lecturer.id.desc())
    if state:
        chosen = chosen.where(Lecturer.state == state)
    else:
        waiting = select(Qualification.lecturer_id).where(unproven())
        stated_anew = (Lecturer.state == LecturerState.CONFIRMED) & Lecturer.id.in_(waiting)
        chosen = chosen.where((Lecturer.state == LecturerState.PROPOSED) | stated_anew)
    if after:
        chosen = chosen.where(Lecturer.id < after)
    return _cases(db, box, db.scalars(chosen.limit(most)).all())


def case(db: Session, box: Box, lecturer_id: str) -> LecturerCase:
    """One lecturer for the bureau. Raises Missing("lecturer.unknown")."""
    row = db.get(Lecturer, lecturer_id)
    if row is None:
        raise Missing("lecturer.unknown")
    return _cases(db, box, [row])[0]


def proposed_for(db: Session, box: Box, institutions: Collection[str], most: int = 100) -> list[LecturerCase]:
    """Whom these institutions proposed last, the newest first."""
    chosen = select(Lecturer).where(Lecturer.proposed_for.in_(institutions)).order_by(Lecturer.id.desc()).limit(most)
    return _cases(db, box, db.scalars(chosen).all())


def mine(db: Session, box: Box, person_id: str) -> LecturerCase | None:
    """One's own line in the pool, if there is one."""
    row = db.scalars(select(Lecturer).where(Lecturer.person_id == person_id)).one_or_none()
    return None if row is None else _cases(db, box, [row])[0]


def _cases(db: Session, box: Box, rows: Sequence[Lecturer]) -> list[LecturerCase]:
    names = people.persons(db, [r.person_id for r in rows])
    jobs = _jobs(db)
    found = []
    for r in rows:
        chosen = select(Qualification).where(Qualification.lecturer_id == r.id, Qualification.ended_at.is_(None))
        stated = tuple(
            StatedLine(
                q.id, QUALIFICATION_KINDS[q.kind], q.name, Level(q.level) if q.level else None, jobs.get(q.occupation or "", ""),
                q.issuer, box.read(q.number, number_place(q.id)) if q.number else "", q.valid_until, q.strength,
                STRENGTH_WORDS[q.strength], q.renewed_until,
            )
            for q in db.scalars(chosen.order_by(Qualification.id))
        )  # fmt: skip
        document = people.documents(db, r.person_id)
        found.append(
            LecturerCase(
                r.id, names[r.person_id].name, document[0].masked if document else "", tuple(jobs.get(c, c) for c in r.occupations),
                r.state, accounts.organisation(db, r.proposed_for).name, r.proposed_at, r.reason, stated,
            )
        )  # fmt: skip
    return found


def number_place(qualification_id: str) -> str:
    """Where the number of a qualification's paper is sealed for."""
    return f"lecturer_qualification:{qualification_id}:number"


def state_words(state: str) -> tuple[str, str]:
    """A state in both languages."""
    return LECTURER.words[LecturerState(state)]


def _jobs(db: Session) -> dict[str, str]:
    return {o.code: o.name for o in standards.occupations(db)}
