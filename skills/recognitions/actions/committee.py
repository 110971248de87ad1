"""The committee: each member says yes or no of each person once; the chair takes the decision. Who proposed has no say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from skills.certification.actions.moves import take
from skills.certification.models import Filing
from skills.certification.queries.decisions import own_people
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.people.queries import person
from skills.recognitions.actions.drafts import way_met, within_quota
from skills.recognitions.actions.reading import covered, own, people_of
from skills.recognitions.models import Recognition, RecognitionMember, RecognitionPaper, RecognitionVote
from skills.recognitions.queries.people import papers_of
from skills.recognitions.rules import carried
from skills.recognitions.states import PROPOSED, RECOGNITION, VOTE, ProposedState, RecognitionState
from skills.records.queries import facts
from skills.standards.queries import value


@dataclass(frozen=True)
class Vote:
    """What a member says of one person; a no needs its reason."""

    id: str
    yes: bool
    reason: str = ""


@dataclass(frozen=True)
class Decided:
    """How many the committee confirmed, and how many it did not."""

    confirmed: int
    refused: int


@action("recognition.vote", may=VOTE)
def vote(act: Act, recognition_id: str, votes: tuple[Vote, ...]) -> None:
    """A member votes on everybody at once, and once.

    Raises Refusal("recognition.proposer" | "recognition.not_member" | "recognition.voted" | "recognition.everybody" |
    "recognition.why_not").
    """
    row = own(act, recognition_id, VOTE)
    if row.state != RecognitionState.COMMITTEE:
        raise Refusal("recognition.not_before_committee")
    _member(act, row)
    people = people_of(act, row, ProposedState.PROPOSED)
    if sorted(one.id for one in votes) != sorted(one.id for one in people):
        raise Refusal("recognition.everybody", count=len(people))
    for one in votes:
        if not one.yes and not one.reason.strip():
            raise Refusal("recognition.why_not")
        if act.find(RecognitionVote, recognised_person_id=one.id, account_id=act.actor.account) is not None:
            raise Refusal("recognition.voted")
        act.add(
            RecognitionVote(
                recognised_person_id=one.id, account_id=act.actor.account, yes=one.yes, reason=one.reason.strip()[:200], at=act.at
            )
        )
    act.note("recognition.vote", id=row.id, yes=sum(one.yes for one in votes), of=len(votes))


@action("recognition.decide", may=VOTE, step_up=True)
def decide(act: Act, recognition_id: str) -> Decided:
    """The chair takes the decision when every member has voted. Its day is the exam day of the certificates.

    Confirmed is who has the votes, a paper, still meets the rule, and belongs to the firm on that day. Raises Refusal("recognition.chair_decides" |
    "recognition.votes_missing"), what the filing refuses.
    """
    row = own(act, recognition_id, VOTE)
    RECOGNITION.check(row.state, "decide")
    wait_exclusive(act.db, f"recognition:{row.id}")
    if not _member(act, row).chair:
        raise Refusal("recognition.chair_decides")
    members = list(act.db.scalars(select(RecognitionMember.account_id).where(RecognitionMember.recognition_id == row.id)))
    people = people_of(act, row, ProposedState.PROPOSED)
    held = act.db.scalars(select(RecognitionVote).where(RecognitionVote.recognised_person_id.in_([one.id for one in people]))).all()
    if missing := len(members) - len({one.account_id for one in held}):
        raise Refusal("recognition.votes_missing", count=missing)
    covered(act, row).or_refuse()
    within_quota(act, row)
    yes = Counter(one.recognised_person_id for one in held if one.yes)
    papers = papers_of(act.db, [one.id for one in people])
    majority = value(act.db, "recognition.majority", act.today)
    confirmed = 0
    for one in people:
        met, _ = way_met(act, row, one)
        agreed = bool(papers.get(one.id)) and met is True and _still_own(act, row, one.person_id) and carried(yes[one.id], len(members), majority)
        act.move(one, PROPOSED, "confirm" if agreed else "refuse")
        confirmed += agreed
    name = "decide" if confirmed else "dismiss"
    take(act, row, RECOGNITION, name, decided_by=act.actor.account, decided_on=act.today)
    act.note("recognition.decide", id=row.id, confirmed=confirmed, of=len(people))
    return Decided(confirmed, len(people) - confirmed)


def _still_own(act: Act, row: Recognition, person_id: str) -> bool:
    known = facts(act.db, person_id, person(act.db, person_id).birth)
    return own_people(act.db, known, act.get(Filing, id=row.filing_id).kind, row.organisation_id, (act.today,)).yes


def _member(act: Act, row: Recognition) -> RecognitionMember:
    """The actor as a member who has proposed nobody here."""
    people = people_of(act, row)
    added = select(RecognitionPaper.added_by).where(RecognitionPaper.recognised_person_id.in_([one.id for one in people]))
    if act.actor.account in {row.made_by, row.submitted_by, *(one.proposed_by for one in people), *act.db.scalars(added)}:
        raise Refusal("recognition.proposer")
    member = act.find(RecognitionMember, recognition_id=row.id, account_id=act.actor.account)
    if member is None:
        raise Refusal("recognition.not_member")
    if act.actor.person is not None and act.actor.person in {one.person_id for one in people}:
        raise Missing("recognition.unknown")
    return member
