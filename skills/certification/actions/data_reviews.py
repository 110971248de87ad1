"""数据审核: after the notice the results go to the authority; numbers follow its answer, minted here or brought with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from skills.certification.actions.awards import order_awards
from skills.certification.actions.filings import in_reach
from skills.certification.actions.moves import chain, reason_of, sitting_for
from skills.certification.models import Application, Award, Filing, NumberSeries, Sitting
from skills.certification.models.data_reviews import DataReview, ImportedNumber
from skills.certification.queries.data_reviews import imports, results_of
from skills.certification.rules.numbers import series_of_head
from skills.certification.rules.results import Numbering, NumberLine, control_total, file_digest, number_faults
from skills.certification.states import ApplicationState, SittingState
from skills.certification.states.results import DATA_REVIEW, DataReviewState
from skills.credentials.queries import numbers as issued_numbers
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.kernel.findings import no_fault
from skills.messages.actions import send
from skills.standards.queries import value
from skills.standards.rules import Level

MOST_LINES = 5_000


@dataclass(frozen=True)
class DataSent:
    """A result file on its way: its rows and its control total in hundredths."""

    review_id: str
    rows: int
    total: int


@dataclass(frozen=True)
class NumbersBrought:
    """How many numbers were taken in, and how many certificates are ordered by them."""

    count: int
    ordered: int


@action("data_review.send", may="score.publish")
def send_results(act: Act, sitting_id: str) -> DataSent:
    """Send the passes of an exam to the authority, when the notice is over. Raises Refusal("data_review.not_yet")."""
    row = sitting_for(act, sitting_id, "score.publish")
    over = row.notice_to is not None and act.today > row.notice_to
    if row.state not in (SittingState.NOTICED, SittingState.CONCLUDED) or not over:
        raise Refusal("data_review.not_yet", last=row.notice_to)
    if act.find(DataReview, sitting_id=row.id, state=DataReviewState.SENT) is not None:
        raise Refusal("data_review.under_way")
    results = results_of(act.db, row.id)
    if not results:
        raise Refusal("data_review.nobody")
    made = act.add(
        DataReview(
            id=act.new_id(), sitting_id=row.id, state=DataReviewState.SENT, total=control_total(results),
            rows={one.application_id: one.digest for one in results}, digest=file_digest(results),
            sent_by=act.actor.account, sent_at=act.at,
        )
    )  # fmt: skip
    chain(act, "data_send", made.rows)
    act.note("data_review.send", id=made.id, sitting=row.id, rows=len(results), total=made.total)
    return DataSent(made.id, len(results), made.total)


@action("data_review.answer", may="data.review")
def answer(act: Act, review_id: str, passed: bool, document: str, reason: str) -> None:
    """The authority's answer, with its document; sent back only with a reason. Passes that waited for it alone are awarded."""
    row = act.get(DataReview, id=review_id)
    in_reach(act, act.get(Filing, id=act.get(Sitting, id=row.sitting_id).filing_id), "data.review")
    why = reason.strip()[:400] if passed else reason_of(reason)
    act.move(
        row, DATA_REVIEW, "pass" if passed else "return", answered_by=act.actor.account, answered_at=act.at,
        document=document.strip()[:80], reason=why,
    )  # fmt: skip
    chain(act, "data_pass" if passed else "data_return", row.rows)
    sitting = act.get(Sitting, id=row.sitting_id)
    code = "exam.data_passed" if passed else "exam.data_returned"
    send(act, organisation_id=sitting.organisation_id, code=code, day=sitting.held_on, reason=why)
    if passed and sitting.state == SittingState.CONCLUDED:
        waiting = select(Application.id).where(Application.sitting_id == sitting.id, Application.held == "data")
        order_awards(act, act.db.scalars(waiting.order_by(Application.seat)).all())


@action("number.bring", may="data.review")
def bring_numbers(act: Act, sitting_id: str, lines: tuple[NumberLine, ...]) -> NumbersBrought:
    """Take in the numbers that the authority gave to passes of an exam; all of them or, with each fault named, none."""
    row = act.get(Sitting, id=sitting_id)
    filing = act.get(Filing, id=row.filing_id)
    in_reach(act, filing, "data.review")
    if not imports(act.db, filing.number or "", act.today):
        raise Refusal("numbers.minted_here")
    if row.state not in (SittingState.NOTICED, SittingState.CONCLUDED) or not 0 < len(lines) <= MOST_LINES:
        raise Refusal("numbers.not_now", most=MOST_LINES)
    plain = tuple(NumberLine(line.ticket.strip().upper(), line.number.strip().upper()) for line in lines)
    # While the notice runs, certificates are made on the day after it at the earliest.
    year = max(act.today, (row.notice_to or act.today) + timedelta(days=row.state == SittingState.NOTICED)).year % 100
    waiting = _waiting(act, row, year)
    no_fault("numbers.refused", number_faults(plain, _numbering(act, filing, Level(row.level), year, waiting, plain))).or_refuse()
    for line in plain:
        if outlived := act.find(ImportedNumber, application_id=waiting[line.ticket], replaced_at=None):
            act.alter(outlived, replaced_at=act.at)
            act.note("number.replace", id=outlived.id, number=outlived.number)
        act.add(
            ImportedNumber(
                id=act.new_id(), application_id=waiting[line.ticket], number=line.number, brought_by=act.actor.account,
                brought_at=act.at,
            )
        )  # fmt: skip
    act.note("number.bring", sitting=row.id, count=len(plain))
    owed = [waiting[line.ticket] for line in plain] if row.state == SittingState.CONCLUDED else []
    order_awards(act, owed)
    return NumbersBrought(len(plain), len(owed))


def _waiting(act: Act, row: Sitting, year: int) -> dict[str, str]:
    """Ticket → application of the passes that have neither a certificate nor a number of this year yet."""
    given = select(ImportedNumber.application_id).where(func.substr(ImportedNumber.number, 14, 2) == f"{year:02d}")
    awarded = select(Award.person_id).where(Award.sitting_id == row.id)
    chosen = select(Application.ticket, Application.id).where(
        Application.sitting_id == row.id, Application.state == ApplicationState.PASSED, Application.id.not_in(given),
        Application.person_id.not_in(awarded),
    )  # fmt: skip
    return {ticket: application for ticket, application in act.db.execute(chosen) if ticket}


def _numbering(
    act: Act, filing: Filing, level: Level, year: int, waiting: dict[str, str], lines: Sequence[NumberLine]
) -> Numbering:
    asked = {line.number for line in lines}
    taken = {number for number, _ in issued_numbers(act.db, "level") if number in asked}
    taken |= set(act.db.scalars(select(ImportedNumber.number).where(ImportedNumber.number.in_(asked))))
    minted = {}
    for head in {number[:16] for number in asked if len(number) == 22}:
        name = series_of_head(head, value(act.db, "number.series", act.today))
        minted[head] = act.db.scalar(select(NumberSeries.last).where(NumberSeries.name == name)) or 0
    return Numbering(filing.number or "", level, year, waiting.keys(), taken, minted)
