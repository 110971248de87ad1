"""A firm's board: its posts as they stand today, and what came of its nominations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.careers.models import BoardNomination, BoardNominee, BoardPost
from skills.careers.rules.board import Figures, Post, figures
from skills.careers.rules.routes import Standing, routes, soonest
from skills.careers.states import NomineeState
from skills.certification.queries import exams
from skills.certification.queries.decisions import terms_on
from skills.certification.queries.exams import SittingLine
from skills.certification.rules.numbers import BodyKind
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.records.queries import facts_of
from skills.records.rules import Facts
from skills.standards.queries import occupations
from skills.standards.rules import Level


@dataclass(frozen=True)
class Board:
    """A firm's board on a day. `names`: occupation → its name."""

    day: date
    figures: tuple[Figures, ...]
    posts: tuple[Post, ...]
    names: dict[str, str]


@dataclass(frozen=True)
class NomineeLine:
    """How the nomination of one person was answered. `code` and `facts` are those of a refusal."""

    id: str
    person_id: str
    name: str
    state: str
    code: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class NominationLine:
    """A nomination with its exam, and how far it is."""

    id: str
    exam: str
    held_on: date | None
    ordered_at: datetime
    asked: int
    registered: int
    refused: int
    people: tuple[NomineeLine, ...] = ()

    @property
    def waiting(self) -> int:
        """How many have no answer yet."""
        return self.asked - self.registered - self.refused


def working_at(db: Session, organisation_id: str, who: Iterable[tuple[str, date]], day: date) -> set[tuple[str, str]]:
    """(person, occupation) of those among these people, (id, birth), who work for a firm on a day."""
    return {(i, w) for i, facts in facts_of(db, who).items() for w in _jobs(facts, organisation_id, day)}


def _jobs(facts: Facts, organisation_id: str, day: date) -> set[str]:
    return {w.occupation for w in facts.works if w.employer_id == organisation_id and (w.until is None or w.until >= day)}


def board(db: Session, organisation_id: str, day: date) -> Board:
    """Every post of those who work for a firm today, with what each holds and from when each could sit for the level wanted."""
    rows = list(db.scalars(select(BoardPost).where(BoardPost.organisation_id == organisation_id, BoardPost.ended_at.is_(None))))
    known = people.persons(db, {r.person_id for r in rows})
    facts = facts_of(db, [(p.id, p.birth) for p in known.values()])
    terms = {code: terms_on(db, code, day) for code in {r.occupation for r in rows}}
    posts = []
    for row in rows:
        mine, wanted, code = facts[row.person_id], Level(row.wanted), row.occupation
        if not _jobs(mine, organisation_id, day):
            continue  # who has left is on no post
        sure = terms[code].strengths
        held = max((x.level for x in mine.levels if x.occupation == code and x.strength in sure), default=None)
        ready, when = False, None
        if held is None or held < wanted:
            ways = routes(wanted, code, mine, day, terms[code])
            ready = any(w.standing is Standing.READY for w in ways)
            when = None if ready else soonest(ways)
        posts.append(Post(row.person_id, known[row.person_id].name, code, wanted, held, ready, when))
    posts.sort(key=lambda p: (p.occupation, p.wanted, p.enough, not p.ready, p.from_day or date.max, p.name, p.person_id))
    names = {o.code: o.name for o in occupations(db, "skill") if o.code in terms}
    return Board(day, tuple(figures(posts)), tuple(posts), names)


def exams_for(db: Session, organisation_id: str, occupation: str, level: Level, day: date) -> list[SittingLine]:
    """Exams for which a firm can nominate today: its own, and those of bodies that are open to everybody."""
    return [
        s
        for s in exams.open_sittings(db, day)
        if (s.occupation, s.level) == (occupation, level)
        and (s.organisation_id == organisation_id or BodyKind(s.body_kind) is not BodyKind.EMPLOYER)
    ]


def nominations(db: Session, organisation_id: str) -> list[NominationLine]:
    """A firm's nominations, newest first, without the people."""
    chosen = select(BoardNomination).where(BoardNomination.organisation_id == organisation_id).order_by(BoardNomination.id.desc())
    return _lines(db, list(db.scalars(chosen)), whole=False)


def nomination(db: Session, organisation_id: str, nomination_id: str) -> NominationLine:
    """One of a firm's own nominations with its people. Raises Missing("board_nomination.unknown")."""
    row = db.get(BoardNomination, nomination_id)
    if row is None or row.organisation_id != organisation_id:
        raise Missing("board_nomination.unknown")
    return _lines(db, [row], whole=True)[0]


def _lines(db: Session, rows: Sequence[BoardNomination], *, whole: bool) -> list[NominationLine]:
    asked: dict[str, list[BoardNominee]] = {row.id: [] for row in rows}
    for one in db.scalars(select(BoardNominee).where(BoardNominee.nomination_id.in_(asked)).order_by(BoardNominee.id)):
        asked[one.nomination_id].append(one)
    names = people.persons(db, {n.person_id for held in asked.values() for n in held}) if whole else {}
    found = []
    for row in rows:
        sitting, held = exams.sitting(db, row.sitting_id), asked[row.id]
        states = [n.state for n in held]
        shown = tuple(NomineeLine(n.id, n.person_id, names[n.person_id].name, n.state, n.code, n.facts) for n in held) if whole else ()
        found.append(
            NominationLine(
                row.id, sitting.title, sitting.held_on, row.ordered_at, len(held), states.count(NomineeState.REGISTERED),
                states.count(NomineeState.REFUSED), shown,
            )
        )
    return found
