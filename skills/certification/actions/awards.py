"""From sign-off to certificate: review window, public notice, number, certificate, record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from skills.certification.actions import gates
from skills.certification.actions.gates import Step, Subject
from skills.certification.actions.holding import held_by, none_open
from skills.certification.actions.moves import as_filed, chain, next_number, sitting_for, take
from skills.certification.models import Application, Award, Filing, ImportedNumber, Sitting
from skills.certification.queries.claims import claims_of
from skills.certification.queries.data_reviews import imports, reviewed, wanted
from skills.certification.queries.incidents import open_ids
from skills.certification.rules import exams, numbers
from skills.certification.rules import filings as filing_rules
from skills.certification.states import SITTING, ApplicationState, SittingState
from skills.credentials import actions as credentials
from skills.credentials.lint.draft import Grounds
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.messages.actions import send
from skills.people.queries import person
from skills.records import actions as records
from skills.records.rules import LevelHeld
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.standards.rules import Level

CHUNK = 25  # certificates an act: about a third of a second, for which SQLite has one writer


@dataclass(frozen=True)
class Noticed:
    """A notice that began, and its last day."""

    last_day: date


@dataclass(frozen=True)
class Concluded:
    """How many certificates are being made, and how many passes are held."""

    awarding: int
    held: int


@dataclass(frozen=True)
class Awarded:
    """A level given: the certificate's number; empty while something holds it, named in `held`."""

    number: str
    held: str = ""


@action("score.review", may="score.publish")
def end_review(act: Act, sitting_id: str) -> None:
    """End the review window 成绩复核: only after its last working day, and when every question about a score is decided."""
    row = sitting_for(act, sitting_id, "score.publish")
    SITTING.check(row.state, "review")
    days = value(act.db, "exam.review_working_days", _set(row.scored_on))  # as the candidates were told
    exams.window_over(_set(row.scored_on), days, act.today, "sitting.review_running").or_refuse()
    none_open(act, row.id)
    take(act, row, SITTING, "review")


@action("notice.give", may="score.publish")
def give_notice(act: Act, sitting_id: str) -> Noticed:
    """Put the passes on public notice 公示 for the working days of the policy."""
    row = sitting_for(act, sitting_id, "score.publish")
    SITTING.check(row.state, "notice")
    none_open(act, row.id)
    gates.pass_(act, Step.NOTICE, Subject(row.organisation_id, row.filing_id, row.id))
    last = add_working_days(act.today, value(act.db, "notice.working_days", act.today))
    take(act, row, SITTING, "notice", noticed_on=act.today, notice_to=last)
    passed = select(Application.id).where(Application.sitting_id == row.id, Application.state == ApplicationState.PASSED)
    passed = passed.where(Application.id.not_in(open_ids()))
    chain(act, "notice", act.db.scalars(passed.order_by(Application.seat)))
    return Noticed(last)


@action("sitting.conclude", may="score.publish", step_up=True)
def conclude(act: Act, sitting_id: str) -> Concluded:
    """Conclude an exam after the last day of its notice; every pass without an objection gets its certificate."""
    row = sitting_for(act, sitting_id, "score.publish")
    SITTING.check(row.state, "conclude")
    last = _set(row.notice_to)
    if act.today <= last:
        raise Refusal("sitting.notice_running", last=last)
    _covers(act, row).or_refuse()
    passes = act.db.execute(
        select(Application.id, Application.held)
        .where(Application.sitting_id == row.id, Application.state == ApplicationState.PASSED)
        .order_by(Application.seat)
    ).all()
    free = [application_id for application_id, held in passes if not held]
    if wanted(act.db, act.get(Filing, id=row.filing_id).number or "", act.today):
        seen = reviewed(act.db, row.id)
        if missing := sum(one not in seen for one in free):
            raise Refusal("sitting.data_review", count=missing)
    take(act, row, SITTING, "conclude", concluded_on=act.today)
    order_awards(act, free)
    return Concluded(len(free), len(passes) - len(free))


def order_awards(act: Act, application_ids: Sequence[str], due: datetime | None = None) -> None:
    """Order the certificates of these passes: jobs of one act each, in their order, so that numbers follow seats."""
    for start in range(0, len(application_ids), CHUNK):
        act.later(
            "certification.award", due=(due or act.at) + timedelta(microseconds=start),
            application_ids=application_ids[start : start + CHUNK],
        )  # fmt: skip


@action("award.make", may="score.publish")
def award(act: Act, application_id: str) -> Awarded:
    """Give a pass of a concluded exam its number and certificate; once. A lost filing holds it and says so."""
    candidate = act.get(Application, id=application_id)
    row = sitting_for(act, candidate.sitting_id, "score.publish")
    done = act.find(Award, grounds=f"application:{candidate.id}")
    if done is not None:
        return Awarded(done.number)
    if row.state != SittingState.CONCLUDED or candidate.state != ApplicationState.PASSED:
        raise Refusal("award.not_due")
    filing = act.get(Filing, id=row.filing_id)
    brought = _brought(act, candidate)
    candidate.held = held_by(act, candidate) or ("" if _covers(act, row) else "filing") or _numberless(act, candidate, filing, brought)
    candidate.problem = None
    if candidate.held:
        act.note("award.held", id=candidate.id, why=candidate.held)
        return Awarded("", candidate.held)
    number = give(
        act, grounds=f"application:{candidate.id}", person_id=candidate.person_id,
        filing=filing, occupation_code=row.occupation, branch=row.branch,
        level=Level(row.level), examined_on=_set(row.held_on), sitting_id=row.id, notice_to=row.notice_to,
        brought=brought,
    )  # fmt: skip
    chain(act, "award", [candidate.id])
    return Awarded(number)


def give(
    act: Act, *, grounds: str, person_id: str, filing: Filing, occupation_code: str, branch: str, level: Level,
    examined_on: date, sitting_id: str | None, notice_to: date | None = None, brought: str = "",
) -> str:  # fmt: skip
    """Number, certificate, record and message in the caller's act. Grounds are used once. The number.

    brought  the number that the authority gave; without one it is minted
    """
    gates.pass_(act, Step.AWARD, Subject(filing.organisation_id, filing.id, sitting_id))
    who = person(act.db, person_id)
    body = filing.organisation_id
    letter = value(act.db, "number.special_letter", act.today)
    filing_number = filing.number or ""
    number, sequence = (brought, numbers.read_number(brought).sequence) if brought else next_number(act, filing_number, level)
    filed = as_filed(act, filing)
    covered = filing_rules.covers(filed, occupation_code, branch, level, examined_on)
    claims = claims_of(
        act.db, act.using(Box), person_id=who.id, issuer_id=body, filing_number=filing_number,
        occupation_code=occupation_code, branch=branch, level=level, number=number, day=act.today,
    )  # fmt: skip
    issued = credentials.issue(
        act, claims=claims,
        person_id=who.id, issuer_id=body, synthetic=who.synthetic,
        grounds=Grounds(
            filing_number, filing.filed_on, filing.valid_to, filed.valid_on(examined_on), covered.yes, examined_on,
            notice_to, sequence, letter,
        ),
    )  # fmt: skip
    act.add(
        Award(
            id=act.new_id(), grounds=grounds, person_id=who.id, organisation_id=body, filing_id=filing.id,
            sitting_id=sitting_id, occupation=occupation_code, branch=branch, level=int(level),
            examined_on=examined_on, number=number, number_source="imported" if brought else "minted", certificate_id=issued.certificate_id,
            awarded_at=act.at,
        )
    )  # fmt: skip
    source = f"certificate:{number}"
    records.add(
        act, person_id=who.id, kind="level", source=source, strength="compared",
        body=LevelHeld(occupation_code, level, act.today, number, source=source, strength="compared"),
    )  # fmt: skip
    send(act, person_id=who.id, code="exam.certificate", number=number, level=level.wording, level_en=level.english)
    act.note("award.give", grounds=grounds, number=number)
    return number


def _numberless(act: Act, candidate: Application, filing: Filing, brought: str) -> str:
    """What a pass still waits for before it has a number: the authority's review, a number of its own; "" if for nothing."""
    number = filing.number or ""
    if wanted(act.db, number, act.today) and candidate.id not in reviewed(act.db, candidate.sitting_id):
        return "data"
    return "number" if not brought and imports(act.db, number, act.today) else ""


def _brought(act: Act, candidate: Application) -> str:
    """The number that the authority gave to a pass, "" if none: one of another year is none, a certificate carries its own year."""
    row = act.find(ImportedNumber, application_id=candidate.id, replaced_at=None)
    return row.number if row and numbers.read_number(row.number).year == act.today.year % 100 else ""


def _covers(act: Act, row: Sitting) -> Verdict:
    filed = as_filed(act, act.get(Filing, id=row.filing_id))
    return filing_rules.works_for(filed, row.occupation, row.branch, Level(row.level), _set(row.held_on))


def _set(day: date | None) -> date:
    if day is None:
        raise Refusal("changed_meanwhile")
    return day
