"""What is promised of signed scores: each is as it was signed, or corrected by two others, and certificates follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import select

from skills.certification.models import (
    Application,
    Award,
    ChainLink,
    DataReview,
    ImportedNumber,
    Score,
    ScoreSheet,
    Sitting,
)
from skills.certification.models.results import ScoreCorrection, ScoreReview
from skills.certification.queries.panels import panel_of
from skills.certification.states import ApplicationState
from skills.certification.states.results import CorrectionState, ReviewState
from skills.credentials.queries import numbers as issued_numbers
from skills.kernel.audit import AuditEntry
from skills.kernel.checks import Bookkeeper, check


@check("certification.corrections", "更正成绩均经另外两人 a signed score is corrected by two who neither typed nor signed; certificates follow")
def corrections(book: Bookkeeper) -> Iterator[str]:
    versions: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for score in book.db.scalars(select(Score).order_by(Score.version)):
        versions[score.application_id, score.section].append(score)
    hands = _hands(book)
    decided: dict[str, ScoreCorrection] = {}
    rows = book.db.execute(
        select(ScoreCorrection, Application.sitting_id).join(Application, Application.id == ScoreCorrection.application_id)
    )
    begun = set()
    for row, sitting_id in rows:
        who = [row.proposed_by, *([row.decided_by] if row.decided_by else [])]
        if len(set(who)) < len(who) or set(who) & hands[sitting_id, row.section]:
            yield f"correction {row.id}: proposed by {row.proposed_by}, decided by {row.decided_by}"
        if row.state == CorrectionState.APPROVED:
            decided[row.id] = row
            begun |= {row.application_id} if row.revocation_id else set()
    for (application_id, section), held in versions.items():
        if [score.version for score in held] != list(range(1, len(held) + 1)):
            yield f"application {application_id} {section}: versions {[score.version for score in held]}"
        for before, after in pairwise(held):
            why = decided.pop(after.correction_id or "", None)
            told = why and (why.application_id, why.section, why.before, why.after)
            if told != (application_id, section, before.hundredths, after.hundredths):
                yield f"application {application_id} {section}: version {after.version} is not what was decided"
    for row_id in decided:
        yield f"correction {row_id}: approved, but no score says so"
    yield from _certificates(book, begun)


def _certificates(book: Bookkeeper, begun: set[str]) -> Iterator[str]:
    states = dict(issued_numbers(book.db, "level"))
    passed = (ApplicationState.PASSED, ApplicationState.VOID)
    rows = book.db.execute(
        select(Application.id, Application.state, Award.number)
        .join(Award, (Award.sitting_id == Application.sitting_id) & (Award.person_id == Application.person_id))
        .where(Application.state.not_in((*passed, ApplicationState.WITHDRAWN)))
    )
    for application_id, state, number in rows:
        if states.get(number) in ("issued", "suspended") and application_id not in begun:
            yield f"{number}: its exam is {state}, and nobody has proposed to revoke it"


@check("certification.reviews", "成绩复核由未录入的人答复 a review is answered by somebody who did not type; another score brings a correction")
def reviews(book: Bookkeeper) -> Iterator[str]:
    typists = _hands(book, signers=False)
    sources = set(book.db.scalars(select(ScoreCorrection.source)))
    rows = book.db.execute(select(ScoreReview, Application.sitting_id).join(Application, Application.id == ScoreReview.application_id))
    for row, sitting_id in rows:
        if row.decided_by in typists[sitting_id, row.section]:
            yield f"review {row.receipt}: answered by {row.decided_by}, who typed"
        if (row.state == ReviewState.UPHELD) != (f"review:{row.id}" in sources):
            yield f"review {row.receipt}: {row.state}, its correction is missing or not its own"


@check("certification.data_reviews", "数据审核后编号 an imported number stands on its own pass; who sends results does not answer them")
def data_reviews(book: Bookkeeper) -> Iterator[str]:
    chosen = select(ImportedNumber.application_id, ImportedNumber.number).where(ImportedNumber.replaced_at.is_(None))
    brought = {row.application_id: row.number for row in book.db.execute(chosen)}
    for grounds, number, source in book.db.execute(select(Award.grounds, Award.number, Award.number_source)):
        kind, _, application_id = grounds.partition(":")
        if kind == "application" and (source == "imported") != (brought.get(application_id) == number):
            yield f"{number}: {source}, the authority gave {brought.get(application_id)}"
    for row in book.db.scalars(select(DataReview)):
        if row.answered_by == row.sent_by:
            yield f"data review {row.id}: sent and answered by {row.sent_by}"


# What every application has behind it whose seat stands in its chain: signed off only by two, awarded only after a notice.
BEHIND = {"countersign": {"hold", "enter_1", "enter_2", "sign"}, "notice": {"countersign"}, "award": {"countersign"}}


@check("certification.chain", "从座位到证书逐环可查 the steps from seat to certificate follow one another, each in its audit entry")
def chain(book: Bookkeeper) -> Iterator[str]:
    steps: dict[str, set[str]] = defaultdict(set)
    rows = book.db.execute(
        select(ChainLink.application_id, ChainLink.step, AuditEntry.turn)
        .outerjoin(AuditEntry, AuditEntry.id == ChainLink.entry_id).order_by(ChainLink.at, AuditEntry.turn)
    )  # fmt: skip
    for application_id, step, turn in rows:
        before = steps[application_id]
        if turn is None:
            yield f"application {application_id}: {step} stands in no audit entry"
        by_panel = {"enter_1", "enter_2"} if "mark" in before else set()  # nothing was left to be typed, or it stands there too
        if "seat" in before and (missing := BEHIND.get(step, set()) - before - by_panel):
            yield f"application {application_id}: {step} without {', '.join(sorted(missing))}"
        before.add(step.partition(":")[0])


def _hands(book: Bookkeeper, signers: bool = True) -> dict[tuple[str, str], set[str]]:
    """Who typed (and signed) each section of each exam."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for sitting, sheet in book.db.execute(select(Sitting, ScoreSheet).join(ScoreSheet, ScoreSheet.sitting_id == Sitting.id)):
        signed = (sitting.signed_by, sitting.countersigned_by) if signers else ()
        found[sitting.id, sheet.section] = {one for one in (sheet.first_by, sheet.second_by, *signed) if one}
    for sitting in book.db.scalars(select(Sitting)):
        for section in sitting.panel:
            signed = (sitting.signed_by, sitting.countersigned_by) if signers else ()
            found[sitting.id, section] = {one for one in (*panel_of(book.db, sitting.id), *signed) if one}
    return found
