"""What is promised of filings: terms, days of rest, and that nothing was certified or held outside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from skills.certification.models import Award, Filing, FilingPause, FilingScope, Sitting, StepTaken
from skills.certification.rules.filings import BEGINS_PAUSE, ENDS_PAUSE
from skills.certification.states import ENDED, FilingState
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day

STOPPED = {FilingState.SUSPENDED: "suspend", FilingState.REVOKED: "revoke", FilingState.WITHDRAWN: "withdraw"}


@dataclass(frozen=True)
class _Rest:
    """A pause with the moments at which it was ordered and lifted."""

    since: date
    until: date | None
    began: datetime
    ended: datetime | None


@check("certification.filed", "证书均在备案内 no award outside a filing that was in force on its exam date and covered it")
def filed(book: Bookkeeper) -> Iterator[str]:
    scope: dict[str, dict[tuple[str, str, int], date | None]] = defaultdict(dict)
    for item in book.db.scalars(select(FilingScope)):
        scope[item.filing_id][item.occupation, item.branch, item.level] = item.added_on
    rests = _rests(book)
    rows = book.db.execute(select(Award, Filing).join(Filing, Filing.id == Award.filing_id)).all()
    by_number = {award.number: award for award, _ in rows}
    for award, filing in rows:
        if award.number[:13] != filing.number or award.organisation_id != filing.organisation_id:
            yield f"{award.number}: not of the body that was filed as {filing.number}"
        if award.grounds.startswith("replaces:"):
            old = by_number.get(award.grounds.removeprefix("replaces:"))
            same = ("filing_id", "occupation", "branch", "level", "examined_on")
            if old is None or any(getattr(old, name) != getattr(award, name) for name in same):
                yield f"{award.number}: not what was examined for {award.grounds.removeprefix('replaces:')}"
            continue
        day = award.examined_on
        filed_since = [scope[filing.id].get((award.occupation, branch, award.level), date.max) for branch in (award.branch, "")]
        inside = any(since is None or since <= day for since in filed_since)
        in_term = filing.filed_on and filing.valid_to and filing.filed_on <= day <= filing.valid_to
        if not inside or not in_term:
            yield f"{award.number}: outside the filing {filing.number}"
        for rest in rests[filing.id]:
            # What was given earlier on the day of the order stands: a promotion is examined and given on one day.
            if rest.began < award.awarded_at and _on(rest, day):
                yield f"{award.number}: examined on {day}, when {filing.number} was not in force"
            if rest.began < award.awarded_at and (rest.ended is None or award.awarded_at < rest.ended):
                yield f"{award.number}: awarded while {filing.number} was suspended or ended"


@check("certification.held_in_force", "考试日备案均有效 no exam was noted as held on a day on which its filing was not in force")
def held_in_force(book: Bookkeeper) -> Iterator[str]:
    rests = _rests(book)
    held = (
        select(Sitting.id, Sitting.filing_id, Sitting.held_on, StepTaken.at, Filing.filed_on, Filing.valid_to)
        .join(StepTaken, StepTaken.subject_id == Sitting.id)
        .join(Filing, Filing.id == Sitting.filing_id)
        .where(StepTaken.subject == "sitting", StepTaken.move == "hold", Sitting.held_on.is_not(None))
    )
    for sitting_id, filing_id, day, at, filed_on, valid_to in book.db.execute(held):
        in_term = bool(day and filed_on and valid_to and filed_on <= day <= valid_to)
        if not in_term or any(rest.began < at and _on(rest, day or date.max) for rest in rests[filing_id]):
            yield f"sitting {sitting_id}: held on {day}, when its filing was not in force"


@check("certification.filing_pauses", "停业日期与办理记录一致 the days on which a filing rested are those of its history")
def filing_pauses(book: Bookkeeper) -> Iterator[str]:
    chosen = select(StepTaken).where(StepTaken.subject == "filing", StepTaken.move.in_(ENDS_PAUSE))
    steps = {step.id: step for step in book.db.scalars(chosen)}
    rows = list(book.db.scalars(select(FilingPause)))
    for step_id in sorted({s.id for s in steps.values() if s.move in BEGINS_PAUSE} - {row.step_id for row in rows}):
        yield f"filing {steps[step_id].subject_id}: its step {step_id} is not among the days of rest"
    for step_id in sorted({s.id for s in steps.values() if s.move == "resume"} - {row.ended_step for row in rows}):
        yield f"filing {steps[step_id].subject_id}: its step {step_id} ends no days of rest"
    for row in rows:
        began, ended = steps.get(row.step_id), steps.get(row.ended_step or "")
        if began is None or (began.subject_id, began.move, shanghai_day(began.at)) != (row.filing_id, row.kind, row.since):
            yield f"filing {row.filing_id}: nothing in its history began {row.step_id} on {row.since}"
        if row.until is not None and (
            ended is None or (ended.subject_id, shanghai_day(ended.at)) != (row.filing_id, row.until)
        ):  # fmt: skip
            yield f"filing {row.filing_id}: nothing in its history ended {row.step_id} on {row.until}"
    running = {row.filing_id: row.kind for row in rows if row.until is None}
    for filing_id, state in book.db.execute(select(Filing.id, Filing.state)):
        if running.get(filing_id) != STOPPED.get(FilingState(state)):
            yield f"filing {filing_id}: {state}, but its days of rest say {running.get(filing_id)}"


@check("certification.filing_terms", "备案均有编号和期限 a filing in force has a number and a term; one live filing for each body")
def filing_terms(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Filing)):
        begun = row.state in (FilingState.ON_COMMITMENT, FilingState.FILED, FilingState.SUSPENDED)
        if begun and (row.number is None or row.filed_on is None or row.valid_to is None):
            yield f"filing {row.id}: {row.state} without number or term"
        if row.state == FilingState.ON_COMMITMENT and (row.path != "commitment" or row.kind != "Y"):
            yield f"filing {row.id}: on a promise, but path {row.path} and kind {row.kind}"
    twice = (
        select(Filing.organisation_id, func.count())
        .where(Filing.state.not_in(ENDED))
        .group_by(Filing.organisation_id)
        .having(func.count() > 1)
    )
    for organisation_id, count in book.db.execute(twice):
        yield f"organisation {organisation_id}: {count} live filings"


def _rests(book: Bookkeeper) -> Mapping[str, list[_Rest]]:
    steps = book.db.execute(select(StepTaken.id, StepTaken.at).where(StepTaken.subject == "filing"))
    moments: dict[str, datetime] = {row.id: row.at for row in steps}
    found: dict[str, list[_Rest]] = defaultdict(list)
    for row in book.db.scalars(select(FilingPause)):
        if row.step_id in moments:
            ended = moments.get(row.ended_step or "")
            found[row.filing_id].append(_Rest(row.since, row.until, moments[row.step_id], ended))
    return found


def _on(rest: _Rest, day: date) -> bool:
    return rest.since <= day and (rest.until is None or day <= rest.until)
