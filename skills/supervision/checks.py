"""What always holds of supervision: drawn by a seed that the plan could not know, never somebody too near, reported on the day."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.queries import exams
from skills.config import Settings
from skills.credentials.rules.sampling import Announced, Case, announces, draw
from skills.kernel.box import Box
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.lots import assign, next_for, ranking
from skills.kernel.shots import faults
from skills.supervision.models import (
    Rectification,
    RectificationPhoto,
    RectificationStep,
    Retest,
    RetestDraw,
    Supervision,
    SupervisionDraw,
    SupervisionPhoto,
    TrustDecision,
    TrustRestoration,
)
from skills.supervision.queries.pool import SHELF
from skills.supervision.queries.rectifications import SHELF as RECTIFIED
from skills.supervision.rules import PLANNED, Side, digest
from skills.supervision.rules import retests as rules
from skills.supervision.states import DrawState
from skills.supervision.states.retests import RetestDrawState
from skills.supervision.states.trust import RestorationState


@check("supervision.drawn", "督导员按日志种子抽取，可重抽 exams and supervisors are those that the seed draws, nobody who is too near")
def drawn(book: Bookkeeper) -> Iterator[str]:
    made: dict[str, list[Supervision]] = {}
    for row in book.db.scalars(select(Supervision).order_by(Supervision.place)):
        made.setdefault(row.draw_id, []).append(row)
    for plan in book.db.scalars(select(SupervisionDraw)):
        mine = made.pop(plan.id, [])
        if digest(Side(plan.side), plan.sittings, plan.supervisors, plan.barred) != plan.digest:
            yield f"draw {plan.id}: what it is drawn from is not what was planned"
        elif plan.state != DrawState.DRAWN:
            if mine or plan.seed:
                yield f"draw {plan.id} is {plan.state}, but something was drawn"
        else:
            yield from _again(plan, mine)
    for stray in made:
        yield f"supervisions of draw {stray}, which does not exist"


def _again(plan: SupervisionDraw, mine: list[Supervision]) -> Iterator[str]:
    said = Announced(plan.proof["entry"], plan.proof["index"], tuple(plan.proof["hashes"]), plan.checkpoint) if plan.proof else None
    if said is None or not announces(said, plan.seed, plan.digest, plan.size, PLANNED):
        yield f"draw {plan.id}: its seed is not the root of that head, or the plan was another"
        return
    barred = {(account, sitting) for account, sitting in plan.barred}
    order = [one.number for one in draw([Case(sitting, 1) for sitting, _ in plan.sittings], plan.seed, plan.size)]
    chosen = assign([(one, one) for one in order], plan.supervisors, barred, plan.seed)
    if [(row.sitting_id, row.first_drawn) for row in mine] != list(zip(order, chosen, strict=True)):
        yield f"draw {plan.id}: other exams or supervisors than the seed draws"
        return
    for row in mine:
        holder: str | None = row.first_drawn
        for n, account in enumerate(row.passed):
            if account != holder:
                yield f"supervision {row.id}: {account} stepped back, but it was not theirs"
            holder = next_for(plan.seed, row.sitting_id, row.sitting_id, plan.supervisors, barred, row.passed[: n + 1])
        if holder != row.supervisor or (row.supervisor, row.sitting_id) in barred:
            yield f"supervision {row.id}: {row.supervisor} is not whom the seed names"


@check("supervision.on_the_day", "督导报告当日签署 a report was signed on the day of its exam")
def on_the_day(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Supervision).where(Supervision.signed_at.is_not(None))):
        if row.signed_on != exams.sitting(book.db, row.sitting_id).held_on:
            yield f"supervision {row.id}: signed on {row.signed_on}, which is not the day of the exam"


@check("supervision.photos", "督导照片与登记的摘要一致 every picture is there and is the one that was put on record")
def photos(book: Bookkeeper) -> Iterator[str]:
    settings, box = book.tools[Settings], book.tools[Box]
    assert isinstance(settings, Settings) and isinstance(box, Box)  # noqa: S101, PT018 - narrows for the type checker
    rows = book.db.execute(select(SupervisionPhoto.id, SupervisionPhoto.size, SupervisionPhoto.digest)).all()
    yield from faults(box, SHELF, settings.files_dir, rows)
    rows = book.db.execute(select(RectificationPhoto.id, RectificationPhoto.size, RectificationPhoto.digest)).all()
    yield from faults(box, RECTIFIED, settings.files_dir, rows)


@check("supervision.rectified", "整改由他人复查、过程完整 what was put right was checked by another person, and its steps say how it stands")
def rectified(book: Bookkeeper) -> Iterator[str]:
    steps: dict[str, list[RectificationStep]] = {}
    for one in book.db.scalars(select(RectificationStep).order_by(RectificationStep.serial)):
        steps.setdefault(one.rectification_id, []).append(one)
    after = {"order": "ordered", "insist": "ordered", "answer": "answered", "close": "closed"}
    for row in book.db.scalars(select(Rectification)):
        mine = steps.pop(row.id, [])
        if [s.serial for s in mine] != list(range(1, len(mine) + 1)) or not mine or after[mine[-1].move] != row.state:
            yield f"rectification {row.id}: {row.state}, but its steps say otherwise"
        elif row.due_on != [s.due_on for s in mine if s.due_on][-1]:
            yield f"rectification {row.id}: due on {row.due_on}, which nobody set"
        if row.ordered_by in {s.by for s in mine if s.move in ("close", "insist")}:
            yield f"rectification {row.id}: checked again by who ordered it"


@check("supervision.retests", "复核按种子和抽样率抽取，考评员与机构无关 re-tests are what the seed draws at the rate, by examiners without ties")
def retests(book: Bookkeeper) -> Iterator[str]:
    made: dict[str, list[Retest]] = {}
    for row in book.db.scalars(select(Retest).order_by(Retest.place)):
        made.setdefault(row.draw_id, []).append(row)
    for plan in book.db.scalars(select(RetestDraw)):
        mine = made.pop(plan.id, [])
        if rules.digest(plan.awards, plan.examiners, plan.barred, plan.rate) != plan.digest:
            yield f"draw {plan.id}: what it is drawn from is not what was planned"
            continue
        if plan.size != rules.size_of(len(plan.awards), plan.rate):
            yield f"draw {plan.id}: {plan.size} of {len(plan.awards)} is not {plan.rate} per cent"
        if plan.state != RetestDrawState.DRAWN:
            continue
        said = Announced(plan.proof["entry"], plan.proof["index"], tuple(plan.proof["hashes"]), plan.checkpoint) if plan.proof else None
        if said is None or not announces(said, plan.seed, plan.digest, plan.size, rules.PLANNED):
            yield f"draw {plan.id}: its seed is not the root of that head, or the plan was another"
            continue
        known, barred = {number: award for award, number in plan.awards}, {(a, award) for a, award in plan.barred}
        wanted = []
        for one in draw([Case(number, 1) for number in known], plan.seed, plan.size):
            free = [a for a in plan.examiners if (a, known[one.number]) not in barred]
            wanted.append((known[one.number], *ranking(plan.seed, one.number, free)[: rules.EXAMINERS]))
        if [(r.award_id, r.first_examiner, r.second_examiner) for r in mine] != wanted:
            yield f"draw {plan.id}: other certificates or examiners than the seed draws"


@check("supervision.trust", "抽样率只降不自升，恢复须两人 trust is lowered by the record and raised back by two people only")
def trusted(book: Bookkeeper) -> Iterator[str]:
    approved = {r.id: r.organisation_id for r in book.db.scalars(select(TrustRestoration)) if r.state == RestorationState.APPROVED}
    last: dict[str, TrustDecision] = {}
    for row in book.db.scalars(select(TrustDecision).order_by(TrustDecision.organisation_id, TrustDecision.serial)):
        before = last.get(row.organisation_id)
        if row.serial != (before.serial + 1 if before else 1):
            yield f"trust of {row.organisation_id}: decision {row.serial} does not follow the one before"
        if row.restoration_id is not None:
            if approved.pop(row.restoration_id, None) != row.organisation_id:
                yield f"trust of {row.organisation_id}: restored by a proposal that was not approved for it"
        elif before is not None and (
            row.rate < before.rate or row.stops < before.stops or (row.rate, row.stops) == (before.rate, before.stops)
        ):
            yield f"trust of {row.organisation_id}: raised by nobody"
        last[row.organisation_id] = row
    for left in approved:
        yield f"proposal {left} was approved, but nothing followed"
