"""A firm begins a recognition: method, level, committee, people; then for each a rule, what was done, and papers that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select, true

from skills.accounts.queries import organisation, people_of_accounts, staff
from skills.accounts.rules import GRANTS, Role
from skills.certification.actions.moves import as_filed, reason_of, take
from skills.certification.models import Filing
from skills.certification.queries.data_reviews import imports
from skills.certification.queries.decisions import own_people
from skills.certification.rules import filings as filing_rules
from skills.certification.states import ENDED
from skills.config import Settings
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.files import PAPERS
from skills.people.queries import may_hold_data, on_record, person
from skills.recognitions.actions.reading import covered, own, people_of
from skills.recognitions.models import RecognisedPerson, Recognition, RecognitionMember, RecognitionPaper
from skills.recognitions.queries.appointments import in_office, open_for, post_on
from skills.recognitions.queries.people import FOLDER, norm_for, papers_of, verdict_on
from skills.recognitions.rules import APPOINTMENT, METHODS, WAYS_OF, Ready, committee_faults, not_ready
from skills.recognitions.states import LIVE, PROPOSE, PROPOSED, RECOGNITION, VOTE, ProposedState, RecognitionState
from skills.records.actions import Paper
from skills.records.queries import facts
from skills.standards.queries import value
from skills.standards.rules import Level

MOST = 200
MOST_PAPERS = 3


@dataclass(frozen=True)
class RecognitionOrder:
    """What is to be recognised, for whom, by whom: people by their records' ids, members by their accounts'."""

    kind: str
    occupation: str
    branch: str
    level: int
    people: tuple[str, ...]
    chair: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Drafted:
    """A recognition in draft."""

    recognition_id: str


@dataclass(frozen=True)
class Line:
    """What is said of one person of a draft: by which rule, what was done, and more papers."""

    id: str
    way: str
    statement: str
    papers: tuple[Paper, ...] = ()


@action("recognition.draft", may=PROPOSE)
def draft(act: Act, organisation_id: str, order: RecognitionOrder) -> Drafted:
    """Begin a recognition of own people within the filing, before a committee of the firm's staff.

    Raises Refusal("recognition.no_filing" | "recognition.employers_only" | "recognition.method" | "recognition.level" |
    "recognition.committee" | "recognition.nobody" | "recognition.too_many" | "recognition.under_way" | "recognition.holds_it" |
    "filing.outside_scope" | "application.not_own_people" …).
    """
    act.require(PROPOSE, organisation_id)
    filing = act.db.scalars(select(Filing).where(Filing.organisation_id == organisation_id, Filing.state.not_in(ENDED))).first()
    if filing is None or not filing.number:
        raise Refusal("recognition.no_filing")
    if organisation(act.db, organisation_id).kind != "enterprise":
        raise Refusal("recognition.employers_only")
    level = _level(act, order)
    filing_rules.works_for(as_filed(act, filing), order.occupation, order.branch, level, act.today).or_refuse()
    if imports(act.db, filing.number, act.today):
        raise Refusal("recognition.numbers_imported")
    chosen = tuple(dict.fromkeys(order.people))
    if not chosen:
        raise Refusal("recognition.nobody")
    if len(chosen) > MOST:
        raise Refusal("recognition.too_many", most=MOST)
    _committee(act, organisation_id, order, chosen)
    if order.kind == APPOINTMENT:
        open_for(act.db, organisation_id, level, act.today, len(chosen)).or_refuse()
    row = act.add(
        Recognition(
            id=act.new_id(), organisation_id=organisation_id, filing_id=filing.id, kind=order.kind, occupation=order.occupation,
            branch=order.branch, level=int(level), state=RecognitionState.DRAFTED, made_by=act.actor.account, made_at=act.at,
        )
    )  # fmt: skip
    act.db.flush()
    for account in dict.fromkeys(order.members):
        act.add(RecognitionMember(recognition_id=row.id, account_id=account, chair=account == order.chair))
    for place, person_id in enumerate(chosen, 1):
        _may_be_proposed(act, row, filing, person_id)
        act.add(
            RecognisedPerson(
                id=act.new_id(), recognition_id=row.id, person_id=person_id, place=place, state=ProposedState.PROPOSED,
                proposed_by=act.actor.account,
            )
        )  # fmt: skip
    act.note("recognition.draft", id=row.id, people=len(chosen), level=row.level)
    return Drafted(row.id)


@action("recognition.propose", may=PROPOSE)
def propose(act: Act, recognition_id: str, lines: tuple[Line, ...]) -> None:
    """Say by which rule each is proposed and what was done, and add papers; what is not complete may be saved.

    Raises Missing("recognised_person.unknown"), Refusal("recognition.not_in_draft" | "recognition.member_hand" |
    "evidence.too_many" | "evidence.gone" | "recognition.way_unknown").
    """
    row = own(act, recognition_id, PROPOSE)
    _in_draft(act, row)
    held = {one.id: one for one in people_of(act, row, ProposedState.PROPOSED)}
    papers = papers_of(act.db, held)
    for line in lines:
        one = held.get(line.id)
        if one is None:
            raise Missing("recognised_person.unknown")
        if line.way and line.way not in WAYS_OF[row.kind]:
            raise Refusal("recognition.way_unknown")
        one.way, one.statement, one.proposed_by = line.way, line.statement.strip()[:400], act.actor.account
        one.norm_id = norm_for(act.db, row.filing_id, row.occupation, row.branch, Level(row.level)) if line.way == "norm" else None
        if len(papers.get(one.id, ())) + len(line.papers) > MOST_PAPERS:
            raise Refusal("evidence.too_many", most=MOST_PAPERS)
        _put(act, one, line.papers)
    act.db.flush()
    act.note("recognition.propose", id=row.id, lines=len(lines), papers=sum(len(line.papers) for line in lines))


@action("recognition.leave_out", may=PROPOSE)
def leave_out(act: Act, recognised_id: str) -> None:
    """Propose somebody no more, while it is a draft."""
    one = act.get(RecognisedPerson, id=recognised_id)
    _in_draft(act, own(act, one.recognition_id, PROPOSE))
    act.move(one, PROPOSED, "leave_out")


@action("recognition.submit", may=PROPOSE)
def submit(act: Act, recognition_id: str) -> None:
    """Put it before the committee: only with a paper, a statement and a rule that is met for everybody.

    Raises Refusal("recognition.not_ready") naming each fault by its line.
    """
    row = own(act, recognition_id, PROPOSE)
    RECOGNITION.check(row.state, "submit")
    _in_draft(act, row)
    covered(act, row).or_refuse()
    within_quota(act, row)
    people = people_of(act, row, ProposedState.PROPOSED)
    papers = papers_of(act.db, [one.id for one in people])
    ready = []
    for one in people:
        met, said = way_met(act, row, one)
        one.verdict = cast("dict[str, Any] | None", said)
        ready.append(Ready(one.place, len(papers.get(one.id, ())), bool(one.statement), met))
    not_ready(ready).or_refuse()
    take(act, row, RECOGNITION, "submit", submitted_by=act.actor.account)
    act.note("recognition.submit", id=row.id, people=len(people))


@action("recognition.cancel", may=PROPOSE)
def cancel(act: Act, recognition_id: str, reason: str) -> None:
    """Give it up before its notice, with a reason."""
    row = own(act, recognition_id, PROPOSE)
    take(act, row, RECOGNITION, "cancel", reason_of(reason))


def way_met(act: Act, row: Recognition, one: RecognisedPerson) -> tuple[bool | None, object]:
    """(whether the rule by which somebody is proposed is met today, the conditions with their facts); None while no rule is named."""
    if one.way == "norm":
        return norm_for(act.db, row.filing_id, row.occupation, row.branch, Level(row.level)) is not None, None
    if one.way:
        verdict = verdict_on(act.db, one.person_id, row.occupation, Level(row.level), act.today)
        return verdict.yes, plain(verdict)
    return None, None


def within_quota(act: Act, row: Recognition) -> None:
    """An appointment fits into what a firm may have, with all that are proposed."""
    if row.kind == APPOINTMENT:
        open_for(act.db, row.organisation_id, Level(row.level), act.today).or_refuse()


def _in_draft(act: Act, row: Recognition) -> None:
    if row.state != RecognitionState.DRAFTED:
        raise Refusal("recognition.not_in_draft")
    if act.find(RecognitionMember, recognition_id=row.id, account_id=act.actor.account) is not None:
        raise Refusal("recognition.member_hand")


def _level(act: Act, order: RecognitionOrder) -> Level:
    if order.kind not in METHODS:
        raise Refusal("recognition.method")
    if order.kind == APPOINTMENT:
        return post_on(act.db, order.level, act.today).level
    allowed = value(act.db, "recognition.direct_levels", act.today)
    if order.level not in allowed:
        words = [Level(rank) for rank in allowed]
        raise Refusal(
            "recognition.level", levels="、".join(one.wording for one in words), levels_en=", ".join(one.english for one in words)
        )
    return Level(order.level)


def _committee(act: Act, organisation_id: str, order: RecognitionOrder, people: Sequence[str]) -> None:
    here = {line.account_id for line in staff(act.db, organisation_id) if VOTE in GRANTS[Role(line.role)]}
    whose = people_of_accounts(act.db)
    proposed = {account for account, person_id in whose.items() if person_id in people}
    committee_faults(order.members, order.chair, act.actor.account, here, proposed).or_refuse()


def _may_be_proposed(act: Act, row: Recognition, filing: Filing, person_id: str) -> None:
    """Own people of today who do not hold the level and stand in no other recognition of it."""
    on_record(act.db, person_id)
    wait_exclusive(act.db, f"recognised:{person_id}")
    who = person(act.db, person_id)
    may_hold_data(act.db, who.id, act.today).or_refuse()
    known = facts(act.db, who.id, who.birth)
    own_people(act.db, known, filing.kind, row.organisation_id, (act.today,)).or_refuse()
    if row.kind == APPOINTMENT and in_office(act.db, who.id, row.level, act.today):
        raise Refusal("appointment.in_office", name=who.name)
    if row.kind != APPOINTMENT and any(one.occupation == row.occupation and one.level >= row.level for one in known.levels):
        raise Refusal("recognition.holds_it", name=who.name)
    elsewhere = (
        select(func.count()).select_from(RecognisedPerson).join(Recognition, Recognition.id == RecognisedPerson.recognition_id)
        .where(
            RecognisedPerson.person_id == who.id, Recognition.id != row.id,
            true() if row.kind == APPOINTMENT else Recognition.occupation == row.occupation,
            Recognition.state.in_((*LIVE, RecognitionState.CONCLUDED)), RecognisedPerson.state.in_((ProposedState.PROPOSED, ProposedState.CONFIRMED)),
        )
    )  # fmt: skip
    if act.db.scalar(elsewhere):
        raise Refusal("recognition.under_way", name=who.name)


def _put(act: Act, one: RecognisedPerson, papers: Sequence[Paper]) -> None:
    most = int(value(act.db, "fact.evidence", act.today)["bytes"])
    folder = act.using(Settings).files_dir / FOLDER
    for paper in papers:
        if paper.kind not in PAPERS or not 0 < paper.size <= most or not (folder / paper.id).is_file():
            raise Refusal("evidence.gone")
        act.add(
            RecognitionPaper(
                id=paper.id, recognised_person_id=one.id, kind=paper.kind, size=paper.size, digest=paper.digest,
                added_by=act.actor.account, at=act.at,
            )
        )  # fmt: skip
