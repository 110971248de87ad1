"""Recognitions as their pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisation
from skills.certification.models import Award, Filing
from skills.certification.queries.filings import MACHINES
from skills.kernel.actors import Actor
from skills.kernel.errors import Missing
from skills.people.queries import persons
from skills.recognitions.models import RecognisedPerson, Recognition, RecognitionMember, RecognitionVote
from skills.recognitions.queries.apprentices import to_grade
from skills.recognitions.queries.people import PaperLine, papers_of
from skills.recognitions.states import LIVE, PROPOSE, PUBLISH, RECOGNITION, VOTE, ProposedState, RecognitionState
from skills.standards.queries import occupation
from skills.standards.rules import Level

MACHINES[RECOGNITION.name] = RECOGNITION  # its history is read as those of filings and exams are


@dataclass(frozen=True)
class MemberLine:
    """A member of a committee, and whether the vote is given."""

    account_id: str
    name: str
    chair: bool
    voted: bool


@dataclass(frozen=True)
class PersonLine:
    """One person of a recognition. `yes`, `no`: votes; `reasons` of those that are no."""

    id: str
    person_id: str
    place: int
    name: str
    way: str
    statement: str
    state: str
    held: str
    problem: Mapping[str, Any] | None
    papers: tuple[PaperLine, ...]
    yes: int
    no: int
    reasons: tuple[str, ...]
    number: str


@dataclass(frozen=True)
class RecognitionLine:
    """A recognition with its committee and people; names of the hands are of accounts."""

    id: str
    organisation_id: str
    body: str
    district: str
    filing_id: str
    filing_number: str
    kind: str
    occupation: str
    occupation_name: str
    branch: str
    level: Level
    state: str
    made_by: str
    proposer: str
    decided_on: date | None
    noticed_on: date | None
    notice_to: date | None
    reviewed_on: date | None
    concluded_on: date | None
    members: tuple[MemberLine, ...] = ()
    people: tuple[PersonLine, ...] = field(default=())

    @property
    def title(self) -> str:
        """Occupation and branch."""
        return self.occupation_name + (f"（{self.branch}）" if self.branch else "")

    @property
    def chair(self) -> str:
        """The chair's account."""
        return next((m.account_id for m in self.members if m.chair), "")

    @property
    def voted(self) -> int:
        """How many members have voted."""
        return sum(m.voted for m in self.members)

    def member(self, account_id: str) -> MemberLine | None:
        """Somebody as a member."""
        return next((m for m in self.members if m.account_id == account_id), None)


def recognition(db: Session, recognition_id: str, bodies: Collection[str] | None = None) -> RecognitionLine:
    """One recognition, of one's own firms if they are named. Raises Missing("recognition.unknown")."""
    row = db.get(Recognition, recognition_id)
    if row is None or (bodies is not None and row.organisation_id not in bodies):
        raise Missing("recognition.unknown")
    return _lines(db, [row])[0]


def of_bodies(db: Session, bodies: Collection[str]) -> Sequence[RecognitionLine]:
    """Those of firms, newest first."""
    rows = select(Recognition).where(Recognition.organisation_id.in_(bodies)).order_by(Recognition.id.desc())
    return _lines(db, db.scalars(rows))


def for_bureau(db: Session, districts: Collection[str] | None) -> Sequence[RecognitionLine]:
    """Those that a committee has decided, of firms of these districts (None: the whole city), newest first."""
    rows = select(Recognition).where(Recognition.decided_on.is_not(None)).order_by(Recognition.id.desc())
    return [line for line in _lines(db, db.scalars(rows)) if districts is None or line.district in districts]


def waiting(db: Session, actor: Actor, day: date) -> list[tuple[str, str, str, int]]:
    """(address, Chinese, English, how many people wait) for a member of a firm's staff."""
    found: list[tuple[str, str, str, int]] = []
    drafts = _of(db, actor.organisations_for(PROPOSE), RecognitionState.DRAFTED)
    found += [(f"/ent/recognitions/{one}/evidence", "人待填写认定材料", "people without evidence yet", count) for one, count in drafts]
    for one, count in _of(db, actor.organisations_for(VOTE), RecognitionState.COMMITTEE):
        line = recognition(db, one)
        me = line.member(actor.account)
        if me is not None and (not me.voted or (me.chair and line.voted == len(line.members))):
            found.append((f"/ent/recognitions/{one}/votes", "人待评审", "people before the committee", count))
    found.append(("/ent/apprentices", "学徒期满待定级", "Apprentices to grade", to_grade(db, actor, day)))
    bodies = actor.organisations_for(PUBLISH)
    for one, count in _of(db, bodies, RecognitionState.CONFIRMED):
        found.append((f"/ent/recognitions/{one}", "人待公示", "people to put on notice", count))
    for one, count in _of(db, bodies, RecognitionState.NOTICED, day):
        found.append((f"/ent/recognitions/{one}", "人公示期满待发证", "people whose notice is over", count))
    return [line for line in found if line[3]]


def to_review(db: Session, districts: Collection[str] | None, day: date) -> Sequence[RecognitionLine]:
    """Those whose notice is over and whose data the authority has not reviewed."""
    return [
        line for line in for_bureau(db, districts)
        if line.state == RecognitionState.NOTICED and line.reviewed_on is None and line.notice_to is not None and line.notice_to < day
    ]  # fmt: skip


def _of(db: Session, bodies: Collection[str], state: RecognitionState, over: date | None = None) -> list[tuple[str, int]]:
    waits = (ProposedState.PROPOSED, ProposedState.CONFIRMED)
    chosen = (
        select(Recognition.id, func.count())
        .join(RecognisedPerson, (RecognisedPerson.recognition_id == Recognition.id) & RecognisedPerson.state.in_(waits))
        .where(Recognition.organisation_id.in_(bodies), Recognition.state == state)
        .group_by(Recognition.id).order_by(Recognition.id)
    )  # fmt: skip
    if over is not None:
        chosen = chosen.where(Recognition.notice_to < over)
    return [(one, count) for one, count in db.execute(chosen)]


def _lines(db: Session, rows: Iterable[Recognition]) -> list[RecognitionLine]:
    held = list(rows)
    ids = [row.id for row in held]
    people: dict[str, list[RecognisedPerson]] = defaultdict(list)
    chosen = select(RecognisedPerson).where(RecognisedPerson.recognition_id.in_(ids)).order_by(RecognisedPerson.place)
    for one in db.scalars(chosen.where(RecognisedPerson.state != ProposedState.LEFT_OUT)):
        people[one.recognition_id].append(one)
    everybody = [one for several in people.values() for one in several]
    votes: dict[str, list[RecognitionVote]] = defaultdict(list)
    for vote in db.scalars(select(RecognitionVote).where(RecognitionVote.recognised_person_id.in_([one.id for one in everybody]))):
        votes[vote.recognised_person_id].append(vote)
    members: dict[str, list[RecognitionMember]] = defaultdict(list)
    for member in db.scalars(select(RecognitionMember).where(RecognitionMember.recognition_id.in_(ids))):
        members[member.recognition_id].append(member)
    names = {one: line.name for one, line in persons(db, {one.person_id for one in everybody}).items()}
    papers = papers_of(db, [one.id for one in everybody])
    grounds = [f"recognition:{one.id}" for one in everybody if one.state == ProposedState.AWARDED]
    numbers: dict[str, str] = {
        row.grounds: row.number for row in db.execute(select(Award.grounds, Award.number).where(Award.grounds.in_(grounds)))
    }
    found = []
    for row in held:
        body = organisation(db, row.organisation_id)
        voted = {vote.account_id for one in people[row.id] for vote in votes[one.id]}
        found.append(
            RecognitionLine(
                row.id, row.organisation_id, body.name, body.district, row.filing_id,
                db.scalar(select(Filing.number).where(Filing.id == row.filing_id)) or "", row.kind, row.occupation,
                occupation(db, row.occupation).name, row.branch, Level(row.level), row.state, row.made_by, name_of(db, row.made_by),
                row.decided_on, row.noticed_on, row.notice_to, row.reviewed_on, row.concluded_on,
                tuple(
                    MemberLine(m.account_id, name_of(db, m.account_id), m.chair, m.account_id in voted)
                    for m in sorted(members[row.id], key=lambda m: (not m.chair, m.account_id))
                ),
                tuple(_person(one, names, papers, votes[one.id], numbers) for one in people[row.id]),
            )
        )  # fmt: skip
    return found


def _person(
    one: RecognisedPerson, names: Mapping[str, str], papers: Mapping[str, list[PaperLine]], votes: Sequence[RecognitionVote],
    numbers: Mapping[str, str],
) -> PersonLine:  # fmt: skip
    yes = sum(vote.yes for vote in votes)
    return PersonLine(
        one.id, one.person_id, one.place, names[one.person_id], one.way, one.statement, one.state, one.held, one.problem,
        tuple(papers.get(one.id, ())), yes, len(votes) - yes, tuple(vote.reason for vote in votes if not vote.yes),
        numbers.get(f"recognition:{one.id}", ""),
    )  # fmt: skip


def live_of_person(db: Session, person_id: str) -> int:
    """How many recognitions somebody stands in that are not over, or whose certificate is still to come."""
    waits = (ProposedState.PROPOSED, ProposedState.CONFIRMED)
    chosen = (
        select(func.count()).select_from(RecognisedPerson).join(Recognition, Recognition.id == RecognisedPerson.recognition_id)
        .where(
            RecognisedPerson.person_id == person_id, RecognisedPerson.state.in_(waits),
            Recognition.state.in_((*LIVE, RecognitionState.CONCLUDED)),
        )
    )  # fmt: skip
    return db.scalar(chosen) or 0
