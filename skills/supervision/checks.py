"""What always holds of supervision: drawn by a seed that the plan could not know, never somebody too near, reported on the day."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.queries import exams
from skills.config import Settings
from skills.credentials.rules.sampling import Announced, Case, announces, draw
from skills.kernel.box import Box
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.lots import assign, next_for
from skills.kernel.shots import faults
from skills.supervision.models import (
    Rectification,
    RectificationPhoto,
    RectificationStep,
    Supervision,
    SupervisionDraw,
    SupervisionPhoto,
)
from skills.supervision.queries.pool import SHELF
from skills.supervision.queries.rectifications import SHELF as RECTIFIED
from skills.supervision.rules import PLANNED, Side, digest
from skills.supervision.states import DrawState


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
