"""What always holds of inspections: drawn by a seed that the plan could not know, frozen as it stood, closed by two people."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.config import Settings
from skills.courses.queries import inspected
from skills.credentials.rules.sampling import Announced, Case, announces, draw
from skills.inspections.models import (
    Inspection,
    InspectionDraw,
    InspectionFinding,
    InspectionPhoto,
    InspectionPresence,
    InspectionStep,
)
from skills.inspections.queries.pool import SHELF
from skills.inspections.rules import (
    PLANNED,
    Limits,
    Seen,
    digest,
    findings,
    plan_text,
    source,
)
from skills.inspections.states import OUTCOMES, DrawState, InspectionState, Outcome
from skills.kernel.box import Box
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.lots import assign, next_for
from skills.kernel.shots import faults
from skills.standards.queries import value
from skills.vouchers.queries.uses import holds_of, sources_of


@check("inspections.drawn", "检查按日志种子抽取，可重抽 classes and inspectors are those that the seed draws, from what was planned before")
def drawn(book: Bookkeeper) -> Iterator[str]:
    made: dict[str, list[Inspection]] = {}
    for row in book.db.scalars(select(Inspection).order_by(Inspection.place)):
        made.setdefault(row.draw_id, []).append(row)
    for plan in book.db.scalars(select(InspectionDraw)):
        mine = made.pop(plan.id, [])
        barred = {(account, body) for account, body in plan.barred}
        if digest(plan_text([c[1:4] for c in plan.classes], plan.inspectors, barred)) != plan.digest:
            yield f"draw {plan.id}: what it is drawn from is not what was planned"
            continue
        if plan.state != DrawState.DRAWN:
            if mine or plan.seed:
                yield f"draw {plan.id} is {plan.state}, but something was drawn"
            continue
        said = Announced(plan.proof["entry"], plan.proof["index"], tuple(plan.proof["hashes"]), plan.checkpoint) if plan.proof else None
        if said is None or not announces(said, plan.seed, plan.digest, plan.size, PLANNED):
            yield f"draw {plan.id}: its seed is not the root of that head, or the plan was another"
            continue
        known = {number: (class_id, body) for class_id, number, _, body, _ in plan.classes}
        order = draw([Case(number, weight) for _, number, weight, _, _ in plan.classes], plan.seed, plan.size)
        chosen = assign([(d.number, known[d.number][1]) for d in order], plan.inspectors, barred, plan.seed)
        if [(r.class_id, r.first_drawn) for r in mine] != [(known[d.number][0], a) for d, a in zip(order, chosen, strict=True)]:
            yield f"draw {plan.id}: other classes or inspectors than the seed draws"
            continue
        for row, one in zip(mine, order, strict=True):
            yield from _heirs(row, one.number, plan, barred)
    for stray in made:
        yield f"inspections of draw {stray}, which does not exist"


def _heirs(row: Inspection, number: str, plan: InspectionDraw, barred: set[tuple[str, str]]) -> Iterator[str]:
    """Each who stepped back was the one whose it was; the next is whom the seed names."""
    holder: str | None = row.first_drawn
    for n, account in enumerate(row.passed):
        if account != holder:
            yield f"inspection {row.id}: {account} stepped back, but it was not theirs"
        holder = next_for(plan.seed, number, row.institution_id, plan.inspectors, barred, row.passed[: n + 1])
    if holder != row.inspector or (row.inspector, row.institution_id) in barred:
        yield f"inspection {row.id}: {row.inspector} is not whom the seed names"


@check("inspections.frozen", "清点时的考勤与检查一并冻结 what stood written when heads were counted is frozen with the visit")
def frozen(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[str]] = {}
    for inspection_id, attendance_id in book.db.execute(select(InspectionPresence.inspection_id, InspectionPresence.attendance_id)):
        held.setdefault(inspection_id, []).append(attendance_id)
    moments = inspected.attendance_moments(book.db, [i for ids in held.values() for i in ids])
    for row in book.db.scalars(select(Inspection)):
        ids = held.pop(row.id, [])
        if row.counted_at is None:
            if ids or row.written is not None:
                yield f"inspection {row.id} was not carried out, but something is frozen"
            continue
        if row.written != len(ids):
            yield f"inspection {row.id}: {row.written} were written, {len(ids)} are frozen"
        for i in ids:
            session, at = moments.get(i, ("", row.counted_at))
            if session != row.session_id or at > row.counted_at:
                yield f"inspection {row.id}: {i} was not written in this lesson by then"
    for stray in held:
        yield f"frozen attendance of inspection {stray}, which does not exist"


@check("inspections.findings", "发现的问题与所见一致 what was found is what the count and the answers come to")
def found(book: Bookkeeper) -> Iterator[str]:
    named: dict[str, set[str]] = {}
    for inspection_id, code in book.db.execute(select(InspectionFinding.inspection_id, InspectionFinding.code)):
        named.setdefault(inspection_id, set()).add(code)
    for row in book.db.scalars(select(Inspection)):
        codes = named.pop(row.id, set())
        if row.signed_at is None or row.list_day is None:
            if codes:
                yield f"inspection {row.id} is not signed, but found {sorted(codes)}"
            continue
        limits = value(book.db, "inspection.heads", row.list_day)
        answers = {code: said[0] for code, said in row.answers.items()}
        seen = Seen(bool(row.held), row.heads or 0, row.written or 0, bool(row.same_room), bool(row.same_lecturer), answers)
        if {f.code for f in findings(seen, Limits(limits["percent"], limits["least"]))} != codes:
            yield f"inspection {row.id}: found {sorted(codes)}, which is not what was seen"
        if (row.state == InspectionState.IN_ORDER) and codes:
            yield f"inspection {row.id} is in order, but found {sorted(codes)}"
        if row.state != InspectionState.SIGNED and bool(row.countersigned_by) == bool(row.refused):
            yield f"inspection {row.id}: the institution's signature is there twice or not at all"


@check("inspections.holds", "检查冻结的结算由两人办结才解冻 what an inspection holds is freed by two people, and by nothing else")
def holds(book: Bookkeeper) -> Iterator[str]:
    rows = {source(r.id): r for r in book.db.scalars(select(Inspection))}
    for key, held in holds_of(book.db, "inspection:").items():
        row = rows.get(key)
        if row is None:
            yield f"{len(held)} uses are held by {key}, which does not exist"
        elif row.signed_at is None or row.state == InspectionState.IN_ORDER:
            yield f"{key} found nothing and holds {len(held)} uses"
        elif row.state == InspectionState.CLOSED and OUTCOMES[Outcome(row.outcome)][2]:
            yield f"{key} is closed as {row.outcome} and holds {len(held)} uses"
        elif strays := set(sources_of(book.db, held).values()) - inspected.purposes_of(book.db, row.class_id):
            yield f"{key} holds {len(strays)} uses of other classes"
    for row in rows.values():
        two = {row.closed_by, row.proposed_by, row.inspector}
        if row.state == InspectionState.CLOSED and (None in two or row.closed_by in (row.proposed_by, row.inspector)):
            yield f"inspection {row.id} was closed by {row.closed_by}, proposed by {row.proposed_by}"
        if (row.state == InspectionState.ORDERED) != (row.due_on is not None):
            yield f"inspection {row.id} is {row.state}, its clock ends {row.due_on}"


@check("inspections.steps", "检查过程逐步留痕 what happened to an inspection is numbered without a gap")
def steps(book: Bookkeeper) -> Iterator[str]:
    serials: dict[str, list[int]] = {}
    for inspection_id, serial in book.db.execute(select(InspectionStep.inspection_id, InspectionStep.serial)):
        serials.setdefault(inspection_id, []).append(serial)
    for row_id in book.db.scalars(select(Inspection.id)):
        held = sorted(serials.pop(row_id, []))
        if not held or held != list(range(1, len(held) + 1)):
            yield f"inspection {row_id}: steps {held}"
    for stray in serials:
        yield f"steps of inspection {stray}, which does not exist"


@check("inspections.photos", "照片与登记的摘要一致 every picture is there and is the one that was put on record")
def photos(book: Bookkeeper) -> Iterator[str]:
    settings, box = book.tools[Settings], book.tools[Box]
    assert isinstance(settings, Settings) and isinstance(box, Box)  # noqa: S101, PT018 - narrows for the type checker
    rows = book.db.execute(select(InspectionPhoto.id, InspectionPhoto.size, InspectionPhoto.digest)).all()
    yield from faults(box, SHELF, settings.files_dir, rows)
