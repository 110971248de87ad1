"""What recognitions promise: nobody without evidence, nobody by the hand that proposed, no certificate before the notice was over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from skills.certification.models import Award, Objection
from skills.certification.states import ObjectionState
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.recognitions.models import (
    Appointment,
    Apprenticeship,
    RecognisedPerson,
    Recognition,
    RecognitionMember,
    RecognitionPaper,
    RecognitionVote,
)
from skills.recognitions.queries.appointments import POLICY
from skills.recognitions.queries.people import FOLDER
from skills.recognitions.rules import APPOINTMENT, FEWEST, carried, post_of
from skills.recognitions.states import ApprenticeshipState, ProposedState, RecognitionState
from skills.records.papers import damaged
from skills.records.queries import live_sources
from skills.standards.queries import value
from skills.standards.rules import Level

YES = (ProposedState.CONFIRMED, ProposedState.VOID, ProposedState.AWARDED)
DECIDED = (*YES, ProposedState.REFUSED)


@check("recognitions.confirmed", "认定有材料、有多数 whoever is confirmed has evidence and the votes; who proposed did not vote")
def confirmed(book: Bookkeeper) -> Iterator[str]:
    members: dict[str, dict[str, bool]] = defaultdict(dict)
    for member in book.db.scalars(select(RecognitionMember)):
        members[member.recognition_id][member.account_id] = member.chair
    votes: dict[str, dict[str, bool]] = defaultdict(dict)
    for vote in book.db.scalars(select(RecognitionVote)):
        votes[vote.recognised_person_id][vote.account_id] = vote.yes
    hands: dict[str, set[str]] = defaultdict(set)
    for paper in book.db.scalars(select(RecognitionPaper)):
        hands[paper.recognised_person_id].add(paper.added_by)
    for one, row in _people(book):
        board, held = members[row.id], votes[one.id]
        where = f"recognised person {one.id}"
        if len(board) < FEWEST or len(board) % 2 == 0 or sum(board.values()) != 1:
            yield f"{where}: a committee of {len(board)} with {sum(board.values())} chairs"
        if {row.made_by, row.submitted_by, one.proposed_by} & set(held) or hands[one.id] & set(held) or set(held) - set(board):
            yield f"{where}: voted on by somebody who proposed or is no member"
        if (one.state in DECIDED) != (row.decided_on is not None and one.state not in (ProposedState.PROPOSED, ProposedState.LEFT_OUT)):
            yield f"{where}: {one.state} in a recognition that is {row.state}"
        if one.state in YES:
            if not hands[one.id]:
                yield f"{where}: confirmed without evidence"
            yield from _agreed(book, row, where, board, held)


def _agreed(book: Bookkeeper, row: Recognition, where: str, board: dict[str, bool], held: dict[str, bool]) -> Iterator[str]:
    majority = value(book.db, "recognition.majority", row.decided_on or shanghai_day(row.made_at))
    if set(held) != set(board) or not carried(sum(held.values()), len(board), majority):
        yield f"{where}: confirmed by {sum(held.values())} of {len(board)}"
    if row.decided_by is None or not board.get(row.decided_by):
        yield f"{where}: decided by somebody who is not the chair"


def _people(book: Bookkeeper) -> Iterable[tuple[RecognisedPerson, Recognition]]:
    rows = book.db.execute(select(RecognisedPerson, Recognition).join(Recognition, Recognition.id == RecognisedPerson.recognition_id))
    return [(one, row) for one, row in rows]


@check("recognitions.awards", "认定证书与公示一致 every certificate of a recognition came after its notice, and everybody certified has one")
def awards(book: Bookkeeper) -> Iterator[str]:
    granted = {
        grounds.removeprefix("recognition:"): (number, examined_on, at)
        for grounds, number, examined_on, at in book.db.execute(
            select(Award.grounds, Award.number, Award.examined_on, Award.awarded_at).where(Award.grounds.like("recognition:%"))
        )
    }
    for one, row in _people(book):
        found = granted.pop(one.id, None)
        if (found is not None) != (one.state == ProposedState.AWARDED and row.level != Level.CHIEF):
            yield f"recognised person {one.id}: {one.state}, its certificate is {found and found[0]}"
        if found is not None and (
            found[1] != row.decided_on or row.notice_to is None or shanghai_day(found[2]) <= row.notice_to
            or row.state != RecognitionState.CONCLUDED
        ):  # fmt: skip
            yield f"{found[0]}: given before its notice was over, or not as the committee decided"
        if (one.held == "refused") != (one.problem is not None):
            yield f"recognised person {one.id}: held as {one.held!r}, its reason is {one.problem}"
    for number, _, _ in granted.values():
        yield f"{number}: a certificate of a recognition that is not there"


@check("recognitions.objections", "异议暂缓本人 an open objection to a name holds it, and it is about somebody")
def objections(book: Bookkeeper) -> Iterator[str]:
    people = {f"recognition:{one.id}": one for one in book.db.scalars(select(RecognisedPerson))}
    open_ones = set()
    rows = select(Objection).where(Objection.subject.is_not(None))
    for row in book.db.scalars(rows):
        if row.subject not in people:
            yield f"objection {row.receipt}: about nobody"
        elif row.state == ObjectionState.RAISED:
            open_ones.add(row.subject)
    for subject, one in people.items():
        if one.state == ProposedState.CONFIRMED and (one.held == "objection") != (subject in open_ones):
            yield f"recognised person {one.id}: held as {one.held!r}, an objection is {'open' if subject in open_ones else 'not open'}"


@check("recognitions.papers", "认定材料都在 every paper of a recognition is there, and what it was")
def papers(book: Bookkeeper) -> Iterator[str]:
    yield from damaged(book, book.db.scalars(select(RecognitionPaper)), FOLDER)


@check("recognitions.appointments", "评聘有据、不超名额 everybody appointed is certified as such, within the quota of the day")
def appointments(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, Appointment] = {row.recognised_person_id: row for row in book.db.scalars(select(Appointment))}
    terms: dict[tuple[str, int], list[Appointment]] = defaultdict(list)
    for one, row in _people(book):
        found = held.get(one.id)
        if (found is not None) != (row.kind == APPOINTMENT and one.state == ProposedState.AWARDED):
            yield f"recognised person {one.id}: {one.state} by {row.kind}, its appointment is {found and found.state}"
        if found is not None:
            terms[row.organisation_id, row.level].append(found)
    for (organisation_id, level), several in terms.items():
        for begun in several:
            post = post_of(Level(level), value(book.db, POLICY[Level(level)], begun.since))
            then = [
                other for other in several
                if other.since <= begun.since <= (other.until or begun.since) and (other.ended_on is None or begun.since < other.ended_on)
            ]  # fmt: skip
            if post is None or len(then) > post.most:
                yield f"organisation {organisation_id}: {len(then)} of level {level} on {begun.since}"


@check("recognitions.apprentices", "学徒定级由另一人办理 an apprentice was graded by another hand after the time, and the record says so")
def apprentices(book: Bookkeeper) -> Iterator[str]:
    recorded = live_sources(book.db, "level")
    for row in book.db.scalars(select(Apprenticeship)):
        graded = row.state == ApprenticeshipState.GRADED
        if graded != (f"apprenticeship:{row.id}" in recorded):
            yield f"apprenticeship {row.id}: {row.state}, and the record does not say so"
        if graded and (row.graded_by in (None, row.begun_by) or row.graded_on is None or row.graded_on <= row.ends_on):
            yield f"apprenticeship {row.id}: graded by {row.graded_by} on {row.graded_on}"
